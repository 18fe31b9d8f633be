//! The last pass: results.

use crate::math::exp_shift::Shift;
use crate::math::exp_sum::{Inverse, numerator};
use crate::row::block::{Block, Extent, Lanes};
use crate::row::group::Group;
use crate::row::layout::{Pass, Place};
use crate::row::operand::Nothing;
use crate::simd::{Machine, Unrolled, Vocabulary};

/// Divides the numerators, which were written, by their sum.
///
/// Unless `IS_FAINT` is set, the group is not faint.
pub(crate) struct Quotients<const IS_FAINT: bool>;

impl<const IS_FAINT: bool> Pass for Quotients<IS_FAINT> {
    type Operand = Nothing;
    type State<S: Machine, const K: usize> = Inverse<Block<S, K>>;

    #[inline(always)]
    fn begin<S: Machine, const K: usize>(
        simd: S,
        group: &Group,
        of: impl Fn(&Lanes) -> Block<S, K>,
        _is_short: bool,
    ) -> Inverse<Block<S, K>> {
        let inverse = Inverse {
            high: of(&group.known.of_sum[0]),
            low: of(&group.known.of_sum[1]),
        };
        inverse.magnified::<_, IS_FAINT>(Unrolled::<S, K>(simd))
    }

    #[inline(always)]
    unsafe fn block<S: Machine, E: Extent, const K: usize>(
        inverse: &mut Inverse<Block<S, K>>,
        simd: S,
        place: Place<Block<S, K>>,
        extent: E,
    ) {
        let v = Unrolled::<S, K>(simd);
        // SAFETY: the caller's promise, passed on.
        unsafe {
            let numerator = extent.load(simd, place.src);
            extent.store(simd, place.dst, inverse.times::<_, IS_FAINT>(v, numerator));
        }
    }
}

/// Computes the numerators once more, and divides them by their sum: for rows so long that they would not have
/// waited in a cache.
pub(crate) struct Anew;

impl Pass for Anew {
    type Operand = Nothing;
    const READS_AHEAD: bool = true;
    type State<S: Machine, const K: usize> = (Shift<Block<S, K>>, Inverse<Block<S, K>>);

    #[inline(always)]
    fn begin<S: Machine, const K: usize>(
        simd: S,
        group: &Group,
        of: impl Fn(&Lanes) -> Block<S, K>,
        is_short: bool,
    ) -> Self::State<S, K> {
        (
            group.known.shift.map(&of),
            Quotients::<true>::begin(simd, group, of, is_short),
        )
    }

    #[inline(always)]
    unsafe fn block<S: Machine, E: Extent, const K: usize>(
        (shift, inverse): &mut Self::State<S, K>,
        simd: S,
        place: Place<Block<S, K>>,
        extent: E,
    ) {
        let v = Unrolled::<S, K>(simd);
        // SAFETY: the caller's promise, passed on.
        unsafe {
            let t = extent.load(simd, place.src);
            let value = numerator::<_, true>(v, t, shift).value(v);
            extent.store(simd, place.dst, inverse.times::<_, true>(v, value));
        }
    }
}

/// Subtracts from each logit the largest one, and then the logarithm of the sum: two terms of one sign, of which
/// nothing cancels.
pub(crate) struct Logarithms;

impl Pass for Logarithms {
    type Operand = Nothing;
    /// The largest logit, and the logarithm.
    type State<S: Machine, const K: usize> = (Block<S, K>, Block<S, K>);

    #[inline(always)]
    fn begin<S: Machine, const K: usize>(
        _simd: S,
        group: &Group,
        of: impl Fn(&Lanes) -> Block<S, K>,
        _is_short: bool,
    ) -> Self::State<S, K> {
        (of(&group.known.largest), of(&group.known.of_sum[0]))
    }

    #[inline(always)]
    unsafe fn block<S: Machine, E: Extent, const K: usize>(
        (largest, logarithm): &mut Self::State<S, K>,
        simd: S,
        place: Place<Block<S, K>>,
        extent: E,
    ) {
        let v = Unrolled::<S, K>(simd);
        // SAFETY: the caller's promise, passed on.
        unsafe {
            let t = extent.load(simd, place.src);
            let y = v.sub_f32s(v.sub_f32s(t, *largest), *logarithm);
            extent.store(simd, place.dst, y);
        }
    }
}
