//! The passes of hardmax: the largest element, and which elements equal it.

use crate::row::block::{Block, Extent, Lanes};
use crate::row::group::Group;
use crate::row::layout::{Pass, Place, Reduction};
use crate::row::operand::Nothing;
use crate::simd::{Machine, Unrolled, Vocabulary};

/// Finds the largest element, and NaN if there is one, else 0.
pub(crate) struct LargestOrNan;

impl Pass for LargestOrNan {
    type Operand = Nothing;
    const FINDS: &'static [Reduction] = &[Reduction::Largest, Reduction::Sum];

    /// The largest in each lane, and NaN or 0.
    type State<S: Machine, const K: usize> = (Block<S, K>, Block<S, K>);

    #[inline(always)]
    fn begin<S: Machine, const K: usize>(
        simd: S,
        _group: &Group,
        _of: impl Fn(&Lanes) -> Block<S, K>,
        _is_short: bool,
    ) -> Self::State<S, K> {
        let v = Unrolled::<S, K>(simd);
        (v.splat_f32s(f32::NEG_INFINITY), v.splat_f32s(0.0))
    }

    #[inline(always)]
    unsafe fn block<S: Machine, E: Extent, const K: usize>(
        (largest, nan): &mut Self::State<S, K>,
        simd: S,
        place: Place<Block<S, K>>,
        extent: E,
    ) {
        let v = Unrolled::<S, K>(simd);
        // SAFETY: the caller's promise, passed on.
        let x = unsafe { extent.load(simd, place.src) };
        *nan = v.or_f32s(*nan, v.clear_f32s(v.equal_f32s(x, x), x));
        *largest = v.at_least_f32s(*largest, extent.or(simd, x, f32::NEG_INFINITY));
    }

    #[inline(always)]
    fn end<S: Machine, const K: usize>(
        (largest, nan): Self::State<S, K>,
        _simd: S,
    ) -> [Block<S, K>; 3] {
        [largest, nan, nan]
    }
}

/// Writes 1 where an element equals the largest and 0 elsewhere, or NaN throughout; counts the ones.
///
/// Of what [`LargestOrNan`] found, the largest element stands in `known`, and NaN or 0 still where it was found.
pub(crate) struct Matches;

/// The largest element, NaN or 0, and the count in each lane.
#[derive(Clone, Copy)]
pub(crate) struct State<F> {
    largest: F,
    nan: F,
    count: F,
}

impl Pass for Matches {
    type Operand = Nothing;
    const FINDS: &'static [Reduction] = &[Reduction::Sum];

    type State<S: Machine, const K: usize> = State<Block<S, K>>;

    #[inline(always)]
    fn begin<S: Machine, const K: usize>(
        simd: S,
        group: &Group,
        of: impl Fn(&Lanes) -> Block<S, K>,
        _is_short: bool,
    ) -> State<Block<S, K>> {
        State {
            largest: of(&group.known.largest),
            nan: of(&group.found[1]),
            count: [simd.splat_f32s(0.0); K],
        }
    }

    #[inline(always)]
    unsafe fn block<S: Machine, E: Extent, const K: usize>(
        state: &mut State<Block<S, K>>,
        simd: S,
        place: Place<Block<S, K>>,
        extent: E,
    ) {
        let v = Unrolled::<S, K>(simd);
        // SAFETY: the caller's promise, passed on.
        unsafe {
            let x = extent.or(simd, extent.load(simd, place.src), f32::NAN);
            let one = v.keep_f32s(v.equal_f32s(x, state.largest), v.splat_f32s(1.0));
            state.count = v.add_f32s(state.count, one);
            extent.store(simd, place.dst, v.add_f32s(one, state.nan));
        }
    }

    #[inline(always)]
    fn end<S: Machine, const K: usize>(state: State<Block<S, K>>, _simd: S) -> [Block<S, K>; 3] {
        [state.count; 3]
    }
}
