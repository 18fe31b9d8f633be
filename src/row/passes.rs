//! The passes of the softmax family.

use super::logits::Logits;
use crate::drive::rows::{Block, Extent, LANES, Pass, RowWalk, Whole};
use crate::math::exp_sum::{Inverse, Shift, Sum, numerator};
use crate::simd::{Machine, Vocabulary};

/// What is known of a row's logits after the first pass.
#[derive(Clone, Copy)]
pub(crate) struct Extremes<F> {
    /// The largest; -inf where there is none but NaN.
    pub(crate) max: F,
    /// The smallest; +inf where there is none but NaN.
    pub(crate) min: F,
    /// The second-largest, if it was asked for; else the largest.
    pub(crate) second: F,
    /// The largest of each lane.
    pub(crate) of_lanes: F,
}

/// The pass that finds them.
struct Extrema<S: Machine, L, const SECOND: bool, const K: usize> {
    logits: L,
    shift: Shift<Block<S, K>>,
    max: Block<S, K>,
    min: Block<S, K>,
    second: Block<S, K>,
}

impl<F: Copy> Extremes<F> {
    /// Goes over a row for them, and if `SECOND` is set, for the second-largest.
    ///
    /// # Safety
    /// As for [`RowWalk::pass`].
    #[inline(always)]
    pub(crate) unsafe fn of<
        S: Machine,
        W: RowWalk<S, K>,
        L: Logits,
        const SECOND: bool,
        const K: usize,
    >(
        simd: S,
        walk: W,
        logits: L,
        shift: Shift<Block<S, K>>,
    ) -> Extremes<Block<S, K>> {
        let v = simd.block::<K>();
        let mut pass = Extrema::<S, L, SECOND, K> {
            logits,
            shift,
            max: v.splat_f32s(f32::NEG_INFINITY),
            min: v.splat_f32s(f32::INFINITY),
            second: v.splat_f32s(f32::NEG_INFINITY),
        };
        // SAFETY: the caller's promise, passed on.
        unsafe { walk.pass(simd, &mut pass) };
        let max = W::largest(simd, pass.max);
        Extremes {
            max,
            min: W::smallest(simd, pass.min),
            second: if SECOND {
                W::second(simd, pass.max, pass.second)
            } else {
                max
            },
            of_lanes: pass.max,
        }
    }
}

/// The second-largest logit, if there is one but -inf; else the largest.
#[inline(always)]
pub(super) fn or_max<V: Vocabulary>(simd: V, second: V::f32s, max: V::f32s) -> V::f32s {
    let none = simd.equal_f32s(second, simd.splat_f32s(f32::NEG_INFINITY));
    simd.select_f32s(none, max, second)
}

impl<S: Machine, L: Logits, const SECOND: bool, const K: usize> Extrema<S, L, SECOND, K> {
    #[inline(always)]
    fn take(&mut self, simd: S, high: Block<S, K>, low: Block<S, K>) {
        let v = simd.block::<K>();
        if SECOND {
            let lesser = v.at_most_f32s(self.max, high);
            self.second = v.at_least_f32s(self.second, lesser);
        }
        // A NaN is passed over: its numerator will be one.
        self.max = v.at_least_f32s(self.max, high);
        self.min = v.at_most_f32s(self.min, low);
    }
}

impl<S: Machine, L: Logits, const SECOND: bool, const K: usize> Pass<S, K>
    for Extrema<S, L, SECOND, K>
{
    const MASKED: bool = L::MASKED;
    const LIGHT: bool = !SECOND;

    #[inline(always)]
    unsafe fn block<E: Extent>(
        &mut self,
        simd: S,
        src: *const f32,
        _dst: *mut f32,
        extent: E,
        mask: Block<S, K>,
    ) {
        let v = simd.block::<K>();
        // SAFETY: the caller's promise.
        let x = unsafe { extent.load(simd, src) };
        let t = self.logits.rounded(v, x, mask, &self.shift);
        let high = extent.or(simd, t, v.splat_f32s(f32::NEG_INFINITY));
        let low = extent.or(simd, t, v.splat_f32s(f32::INFINITY));
        self.take(simd, high, low);
    }

    /// In pairs, as one maximum after the other would wait for the one before.
    #[inline(always)]
    unsafe fn four(&mut self, simd: S, src: *const f32, _dst: *mut f32, masks: [Block<S, K>; 4]) {
        let v = simd.block::<K>();
        let mut t = masks;
        let mut i = 0;
        while i < 4 {
            // SAFETY: the caller's promise.
            let x = unsafe { Whole.load(simd, src.add(i * LANES)) };
            t[i] = self.logits.rounded(v, x, masks[i], &self.shift);
            i += 1;
        }
        let high = v.at_least_f32s(v.at_least_f32s(t[0], t[1]), v.at_least_f32s(t[2], t[3]));
        let low = v.at_most_f32s(v.at_most_f32s(t[0], t[1]), v.at_most_f32s(t[2], t[3]));
        self.take(simd, high, low);
    }
}

/// How a row is to be shifted, and what that says of it.
pub(super) struct Shifted<F> {
    pub(super) shift: Shift<F>,
    /// The logits are so large that one is subtracted from all: [`Logits::based`].
    pub(super) based: bool,
    /// Some numerators may be so small that they are to be 0.
    pub(super) deep: bool,
    /// The largest logit, less what is subtracted from all.
    pub(super) largest: F,
    /// The second-largest, less the origin, if it was asked for; else the largest.
    pub(super) second: F,
    /// Another logit is known to be as large, or [`NEAR`] less at most.
    pub(super) has_rival: bool,
}

/// By so much the logits of numerators differ of which one is a 32th of the other: 5 ln2, rounded down.
const NEAR: f32 = 3.465;

impl<F: Copy> Shifted<F> {
    /// Goes over a row to find out, and if `SECOND` is set, for the second-largest logit.
    ///
    /// # Safety
    /// As for [`RowWalk::pass`].
    #[inline(always)]
    pub(super) unsafe fn of<
        S: Machine,
        W: RowWalk<S, K>,
        L: Logits,
        const SECOND: bool,
        const K: usize,
    >(
        simd: S,
        walk: W,
        logits: L,
    ) -> Shifted<Block<S, K>> {
        let v = simd.block::<K>();
        let none = Shift::none(v);
        // SAFETY: the caller's promise, passed on.
        let mut found =
            unsafe { Extremes::<F>::of::<_, _, _, SECOND, K>(simd, walk, logits, none) };
        let near = v.sub_f32s(found.max, v.splat_f32s(NEAR));
        let has_rival = W::has_two(simd, found.of_lanes, near);
        let mut shift = Shift::of(v, found.max);
        let vanish = v.less_than_f32s(found.min, shift.lowest);
        let of_second = Shift::of(v, or_max(v, found.second, found.max));
        shift.based = v.at_least_f32s(shift.based, of_second.based);
        let based = is_based::<S, W, K>(simd, &shift);
        if based {
            // What the roundings added to logits of such a size decides which is the largest.
            let origin = Shift {
                origin: shift.base,
                based: shift.based,
                ..none
            };
            // SAFETY: as above.
            found = unsafe {
                Extremes::<F>::of::<_, _, _, SECOND, K>(simd, walk, logits.based(), origin)
            };
            shift = Shift {
                origin: origin.origin,
                based: origin.based,
                ..Shift::of(v, found.max)
            };
        }
        Shifted {
            shift,
            based,
            deep: S::IS_SCALAR || based || W::any(simd, vanish),
            largest: v.sub_f32s(found.max, shift.base),
            second: found.second,
            has_rival: has_rival && !based,
        }
    }
}

/// Whether a logit is so large that it is subtracted from all.
#[inline(always)]
pub(super) fn is_based<S: Machine, W: RowWalk<S, K>, const K: usize>(
    simd: S,
    shift: &Shift<Block<S, K>>,
) -> bool {
    W::any(simd, shift.is_based(simd.block::<K>()))
}

/// Numerators, summed up; and written, if `WRITE` is set. Where no logit is so small that its numerator is to be
/// 0, `DEEP` need not be set.
pub(super) struct Numerators<S: Machine, L, const DEEP: bool, const WRITE: bool, const K: usize> {
    logits: L,
    shift: Shift<Block<S, K>>,
    /// If there is one, larger logits, less origin and base, count as this.
    limit: Option<Block<S, K>>,
    sum: Sum<Block<S, K>>,
}

impl<S: Machine, L: Logits, const DEEP: bool, const WRITE: bool, const K: usize>
    Numerators<S, L, DEEP, WRITE, K>
{
    /// Goes over a row, and returns the sum in each lane.
    ///
    /// # Safety
    /// As for [`RowWalk::pass`].
    #[inline(always)]
    pub(super) unsafe fn sum<W: RowWalk<S, K>>(
        simd: S,
        walk: W,
        logits: L,
        shift: Shift<Block<S, K>>,
        limit: Option<Block<S, K>>,
    ) -> Sum<Block<S, K>> {
        let mut pass = Self {
            logits,
            shift,
            limit,
            sum: Sum::new(simd.block::<K>()),
        };
        // SAFETY: the caller's promise, passed on.
        unsafe { walk.pass(simd, &mut pass) };
        pass.sum
    }
}

impl<S: Machine, L: Logits, const DEEP: bool, const WRITE: bool, const K: usize> Pass<S, K>
    for Numerators<S, L, DEEP, WRITE, K>
{
    const MASKED: bool = L::MASKED;
    const AHEAD: bool = true;

    #[inline(always)]
    unsafe fn block<E: Extent>(
        &mut self,
        simd: S,
        src: *const f32,
        dst: *mut f32,
        extent: E,
        mask: Block<S, K>,
    ) {
        let v = simd.block::<K>();
        // SAFETY: the caller's promise.
        unsafe {
            let x = extent.load(simd, src);
            let (t, excess) = self.logits.parts::<_, DEEP>(v, x, mask, &self.shift);
            let t = match self.limit {
                Some(limit) => v.at_most_f32s(t, limit),
                None => t,
            };
            let t = extent.or(simd, t, self.shift.lowest);
            let numerator = numerator::<_, DEEP>(v, t, excess, &self.shift);
            let value = self.sum.add(v, numerator);
            if WRITE {
                extent.store(simd, dst, value);
            }
        }
    }
}

/// Numerators that were written, divided by their sum.
pub(super) struct Quotients<S: Machine, const DEEP: bool, const K: usize> {
    pub(super) inverse: Inverse<Block<S, K>>,
}

impl<S: Machine, const DEEP: bool, const K: usize> Pass<S, K> for Quotients<S, DEEP, K> {
    const MASKED: bool = false;

    #[inline(always)]
    unsafe fn block<E: Extent>(
        &mut self,
        simd: S,
        src: *const f32,
        dst: *mut f32,
        extent: E,
        _mask: Block<S, K>,
    ) {
        // SAFETY: the caller's promise.
        unsafe {
            let numerator = extent.load(simd, src);
            let v = simd.block::<K>();
            let y = self.inverse.times::<_, DEEP>(v, numerator);
            extent.store(simd, dst, y);
        }
    }
}

/// Numerators, once more, divided by their sum.
pub(super) struct Anew<S: Machine, L, const K: usize> {
    pub(super) logits: L,
    pub(super) shift: Shift<Block<S, K>>,
    pub(super) inverse: Inverse<Block<S, K>>,
}

impl<S: Machine, L: Logits, const K: usize> Pass<S, K> for Anew<S, L, K> {
    const MASKED: bool = L::MASKED;

    #[inline(always)]
    unsafe fn block<E: Extent>(
        &mut self,
        simd: S,
        src: *const f32,
        dst: *mut f32,
        extent: E,
        mask: Block<S, K>,
    ) {
        let v = simd.block::<K>();
        // SAFETY: the caller's promise.
        unsafe {
            let x = extent.load(simd, src);
            let (t, excess) = self.logits.parts::<_, true>(v, x, mask, &self.shift);
            let value = numerator::<_, true>(v, t, excess, &self.shift).value(v);
            extent.store(simd, dst, self.inverse.times::<_, true>(v, value));
        }
    }
}
