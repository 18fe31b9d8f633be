//! The second pass: numerators and their sum.

use super::between;
use crate::math::exp_shift::Shift;
use crate::math::exp_sum::{Numerator, Sum, numerator};
use crate::row::block::{Block, Extent, Lanes, Whole};
use crate::row::group::Group;
use crate::row::layout::{Pass, Place, Reduction};
use crate::row::operand::Nothing;
use crate::simd::{Machine, Unrolled, Vocabulary};

/// Sums the numerators up, and writes them if `WRITES` is set: then it is one over the sum that is wanted.
///
/// Unless `IS_DEEP` is set, the group is not deep. If `IN_SCRATCH` is set, the rows lie side by side in scratch, and
/// are summed up in the order of a row along sixteen lanes.
pub(crate) struct Numerators<const IS_DEEP: bool, const WRITES: bool, const IN_SCRATCH: bool>;

/// What a row is shifted by, and the sum so far.
#[derive(Clone, Copy)]
pub(crate) struct State<F> {
    shift: Shift<F>,
    sum: Sum<F>,
}

/// Adds the numerator to the sum, and what it leaves over to that or to scratch; returns it.
///
/// # Safety
/// In scratch, there is room for a block at `leftover`.
#[inline(always)]
unsafe fn add<S: Machine, const IN_SCRATCH: bool, const K: usize>(
    sum: &mut Sum<Block<S, K>>,
    simd: S,
    numerator: Numerator<Block<S, K>>,
    leftover: *mut f32,
) -> Block<S, K> {
    let v = Unrolled::<S, K>(simd);
    if IN_SCRATCH {
        let (value, left) = sum.add_high(v, numerator);
        // SAFETY: the caller's promise.
        unsafe { Whole.store(simd, leftover, left) };
        value
    } else {
        sum.add(v, numerator)
    }
}

impl<const IS_DEEP: bool, const WRITES: bool, const IN_SCRATCH: bool> Pass
    for Numerators<IS_DEEP, WRITES, IN_SCRATCH>
{
    type Operand = Nothing;
    const READS_AHEAD: bool = true;
    const KEEPS_LEFTOVERS: bool = IN_SCRATCH;
    const FINDS: &'static [Reduction] = &[Reduction::Total, Reduction::Leftover];

    type State<S: Machine, const K: usize> = State<Block<S, K>>;

    #[inline(always)]
    fn begin<S: Machine, const K: usize>(
        simd: S,
        group: &Group,
        of: impl Fn(&Lanes) -> Block<S, K>,
        is_short: bool,
    ) -> State<Block<S, K>> {
        let v = Unrolled::<S, K>(simd);
        State {
            shift: group.known.shift.map(of),
            sum: Sum::new(v, is_short),
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
            let mut t = extent.load(simd, place.src);
            if IS_DEEP {
                // Past the end of a row there is no logit, and 0 may be too far from the base.
                t = extent.or(simd, t, f32::NEG_INFINITY);
            }
            let mut numerator = numerator::<_, IS_DEEP>(v, t, &state.shift);
            numerator.step = extent.or(simd, numerator.step, 0.0);
            let value = add::<S, IN_SCRATCH, K>(&mut state.sum, simd, numerator, place.leftover);
            if WRITES {
                extent.store(simd, place.dst, value);
            }
        }
    }

    #[inline(always)]
    fn fold<S: Machine, const K: usize>(state: &mut State<Block<S, K>>, simd: S) {
        if !IN_SCRATCH {
            state.sum.fold(Unrolled::<S, K>(simd));
        }
    }

    #[inline(always)]
    unsafe fn finish<S: Machine, const K: usize>(simd: S, group: &mut Group) {
        if WRITES {
            between::inverse::<S, K>(simd, group);
        }
    }

    #[inline(always)]
    fn end<S: Machine, const K: usize>(state: State<Block<S, K>>, simd: S) -> [Block<S, K>; 3] {
        let (high, low) = state.sum.parts(Unrolled::<S, K>(simd));
        [high, low, low]
    }
}

/// Sums up the numerators of all but the largest logit, and counts how often that is there.
///
/// The sum is so as exact, in proportion, as if those were all of the row, however small they are: what the
/// logarithm of a sum near 1 wants.
pub(crate) struct Others<const IN_SCRATCH: bool>;

/// What a row is shifted by, the sum so far, the largest logit, and how often there was one.
#[derive(Clone, Copy)]
pub(crate) struct StateOfOthers<F> {
    shift: Shift<F>,
    sum: Sum<F>,
    largest: F,
    count: F,
}

impl<const IN_SCRATCH: bool> Pass for Others<IN_SCRATCH> {
    type Operand = Nothing;
    const READS_AHEAD: bool = true;
    const KEEPS_LEFTOVERS: bool = IN_SCRATCH;
    const FINDS: &'static [Reduction] = &[Reduction::Total, Reduction::Leftover, Reduction::Sum];

    type State<S: Machine, const K: usize> = StateOfOthers<Block<S, K>>;

    #[inline(always)]
    fn begin<S: Machine, const K: usize>(
        simd: S,
        group: &Group,
        of: impl Fn(&Lanes) -> Block<S, K>,
        is_short: bool,
    ) -> StateOfOthers<Block<S, K>> {
        let v = Unrolled::<S, K>(simd);
        StateOfOthers {
            shift: group.known.shift_of_others.map(&of),
            sum: Sum::new(v, is_short),
            largest: of(&group.known.largest),
            count: v.splat_f32s(0.0),
        }
    }

    #[inline(always)]
    unsafe fn block<S: Machine, E: Extent, const K: usize>(
        state: &mut StateOfOthers<Block<S, K>>,
        simd: S,
        place: Place<Block<S, K>>,
        extent: E,
    ) {
        let v = Unrolled::<S, K>(simd);
        // SAFETY: the caller's promise, passed on.
        unsafe {
            let t = extent.load(simd, place.src);
            // Past the end of a row there is no logit.
            let t = extent.or(simd, t, f32::NEG_INFINITY);
            let is_largest = v.equal_f32s(t, state.largest);
            let mut numerator = numerator::<_, true>(v, t, &state.shift);
            numerator.step = v.clear_f32s(is_largest, numerator.step);
            numerator.step = extent.or(simd, numerator.step, 0.0);
            add::<S, IN_SCRATCH, K>(&mut state.sum, simd, numerator, place.leftover);
            let one = v.keep_f32s(is_largest, v.splat_f32s(1.0));
            state.count = v.add_f32s(state.count, one);
        }
    }

    #[inline(always)]
    fn fold<S: Machine, const K: usize>(state: &mut StateOfOthers<Block<S, K>>, simd: S) {
        if !IN_SCRATCH {
            state.sum.fold(Unrolled::<S, K>(simd));
        }
    }

    #[inline(always)]
    fn end<S: Machine, const K: usize>(
        state: StateOfOthers<Block<S, K>>,
        simd: S,
    ) -> [Block<S, K>; 3] {
        let (high, low) = state.sum.parts(Unrolled::<S, K>(simd));
        [high, low, state.count]
    }
}
