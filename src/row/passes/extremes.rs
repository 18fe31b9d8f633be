//! The first pass: logits, where they are not the inputs themselves, and the largest and the smallest of each
//! row, which say how it is shifted.

use super::between;
use super::inputs::{Input, Numbers};
use crate::row::block::{Block, Extent, Lanes, Whole};
use crate::row::group::Group;
use crate::row::layout::{Pass, Place, Reduction};
use crate::row::operand::Amend;
use crate::simd::{Machine, Unrolled, Vocabulary};
use core::marker::PhantomData;

/// Finds the largest and the smallest of the logits, which are what `X` makes of the elements and the operand `A` of
/// that, each step rounded to f32. Unless both leave the elements as they are, the logits are written.
///
/// A NaN is passed over; the numerators will meet it again.
pub(crate) struct Extremes<X, A>(PhantomData<(X, A)>);

/// The extremes in each lane.
#[derive(Clone, Copy)]
pub(crate) struct State<F> {
    numbers: Numbers<F>,
    largest: F,
    smallest: F,
}

impl<X: Input, A: Amend> Extremes<X, A> {
    /// The logits of a block, which are written, where they are not the inputs.
    ///
    /// # Safety
    /// As for [`Pass::block`].
    #[inline(always)]
    unsafe fn logits<S: Machine, E: Extent, const K: usize>(
        state: &State<Block<S, K>>,
        simd: S,
        place: Place<Block<S, K>>,
        extent: E,
    ) -> Block<S, K> {
        let v = Unrolled::<S, K>(simd);
        // SAFETY: the caller's promise, passed on.
        unsafe {
            let t = X::logit(v, extent.load(simd, place.src), &state.numbers);
            let t = A::amend(v, t, place.operand);
            if X::CHANGES || A::CHANGES {
                extent.store(simd, place.dst, t);
            }
            t
        }
    }
}

impl<X: Input, A: Amend> Pass for Extremes<X, A> {
    type Operand = A;

    // NEON, whose blocks are of four vectors, has as many chains of maxima without that, and no registers for sixteen masks.
    const FOUR_UP_TO: usize = match X::IS_LIGHT {
        true if A::IS_LIGHT => 4,
        true if A::IS_LIGHT_ALONE && !X::CHANGES => 2,
        _ => 0,
    };
    const FINDS: &'static [Reduction] = &[Reduction::Largest, Reduction::Smallest];

    type State<S: Machine, const K: usize> = State<Block<S, K>>;

    #[inline(always)]
    fn begin<S: Machine, const K: usize>(
        simd: S,
        group: &Group,
        _of: impl Fn(&Lanes) -> Block<S, K>,
        _is_short: bool,
    ) -> State<Block<S, K>> {
        let v = Unrolled::<S, K>(simd);
        State {
            numbers: Numbers::of(v, group),
            largest: v.splat_f32s(f32::NEG_INFINITY),
            smallest: v.splat_f32s(f32::INFINITY),
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
        let t = unsafe { Self::logits(state, simd, place, extent) };
        state.largest = v.at_least_f32s(state.largest, extent.or(simd, t, f32::NEG_INFINITY));
        state.smallest = v.at_most_f32s(state.smallest, extent.or(simd, t, f32::INFINITY));
    }

    /// In pairs, as one maximum after the other would wait for the one before.
    #[inline(always)]
    unsafe fn four<S: Machine, const K: usize>(
        state: &mut State<Block<S, K>>,
        simd: S,
        places: [Place<Block<S, K>>; 4],
    ) {
        let v = Unrolled::<S, K>(simd);
        let mut t = [[simd.splat_f32s(0.0); K]; 4];
        for (t, place) in t.iter_mut().zip(places) {
            // SAFETY: the caller's promise, passed on.
            *t = unsafe { Self::logits(state, simd, place, Whole) };
        }
        // Of a NaN and a number the pair may keep either; a NaN is then passed over.
        let larger = |a, b| v.at_least_f32s(a, b);
        let smaller = |a, b| v.at_most_f32s(a, b);
        let largest = larger(larger(t[0], t[1]), larger(t[2], t[3]));
        let smallest = smaller(smaller(t[0], t[1]), smaller(t[2], t[3]));
        state.largest = larger(state.largest, largest);
        state.smallest = smaller(state.smallest, smallest);
    }

    #[inline(always)]
    unsafe fn finish<S: Machine, const K: usize>(simd: S, group: &mut Group) {
        between::shift::<S, K>(simd, group);
    }

    #[inline(always)]
    fn end<S: Machine, const K: usize>(state: State<Block<S, K>>, _simd: S) -> [Block<S, K>; 3] {
        [state.largest, state.smallest, state.smallest]
    }
}
