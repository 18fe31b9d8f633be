//! The passes of the softmax family.

use super::logits::{Logits, settled};
use crate::drive::rows::{Block, Extent, LANES, Pass, RowWalk, Whole};
use crate::math::exp_sum::{Inverse, Shift, Sum, numerator};
use crate::simd::{Machine, Vocabulary};

/// What is known of a row's logits after the first pass.
#[derive(Clone, Copy)]
pub(crate) struct Extremes<F> {
    /// The largest; -inf where there is none but NaN. A NaN may hide others: the row is NaN in any case.
    pub(crate) max: F,
    /// The smallest; +inf where there is none but NaN.
    pub(crate) min: F,
    /// The largest term of the logits, where they may cancel.
    pub(crate) term: F,
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
    term: Block<S, K>,
}

/// Goes over a row for its extremes, and if `SECOND` is set, for the second-largest.
///
/// # Safety
/// As for [`RowWalk::pass`].
#[inline(always)]
pub(super) unsafe fn extremes<
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
        term: v.splat_f32s(0.0),
    };
    // SAFETY: the caller's promise, passed on.
    unsafe { walk.pass(simd, &mut pass) };
    let max = W::largest(simd, pass.max);
    Extremes {
        max,
        min: W::smallest(simd, pass.min),
        term: if L::CANCELS {
            W::largest(simd, pass.term)
        } else {
            pass.term
        },
        second: if SECOND {
            W::second_largest(simd, pass.max, pass.second)
        } else {
            max
        },
        of_lanes: pass.max,
    }
}

impl<F: Copy> Extremes<F> {
    /// The shift that they ask for.
    #[inline(always)]
    pub(super) fn shift<V: Vocabulary<f32s = F>>(&self, simd: V) -> Shift<F> {
        let shift = Shift::of(simd, self.max);
        let second = Shift::of(simd, or_else(simd, self.second, self.max));
        let large = simd.less_than_f32s(simd.splat_f32s(LARGE_TERM), self.term);
        let cancels = simd.keep_f32s(large, simd.splat_f32s(1.0));
        let based = simd.at_least_f32s(shift.based, second.based);
        Shift {
            based: simd.at_least_f32s(based, cancels),
            ..shift
        }
    }
}

/// Terms up to this, and a little beyond where one is negative, add no more to a logit when they are rounded than
/// [`numerator`] and the shift allow: 2^-7.
const LARGE_TERM: f32 = (1 << 17) as f32;

/// `x`, but `other` where it is -inf.
#[inline(always)]
pub(super) fn or_else<V: Vocabulary>(simd: V, x: V::f32s, other: V::f32s) -> V::f32s {
    let none = simd.equal_f32s(x, simd.splat_f32s(f32::NEG_INFINITY));
    simd.select_f32s(none, other, x)
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
        if L::CANCELS {
            // Past the end of a row x is 0, and so is the mask.
            let term = self.logits.larger_term(v, x, mask);
            self.term = v.at_least_f32s(self.term, term);
        }
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
            if L::CANCELS {
                let term = self.logits.larger_term(v, x, masks[i]);
                self.term = v.at_least_f32s(self.term, term);
            }
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

/// By so much the logits of numerators differ of which one is a 32nd of the other: 5 ln2, rounded down.
const NEAR: f32 = 3.465;

/// Goes over a row to find out, and if `SECOND` is set, for the second-largest logit.
///
/// # Safety
/// As for [`RowWalk::pass`].
#[inline(always)]
pub(super) unsafe fn shifted<
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
    let mut found = unsafe { extremes::<S, W, L, SECOND, K>(simd, walk, logits, none) };
    let near = v.sub_f32s(found.max, v.splat_f32s(NEAR));
    let has_rival = W::has_two(simd, found.of_lanes, near);
    let mut shift = found.shift(v);
    let vanish = v.less_than_f32s(found.min, shift.lowest);
    let based = is_based::<S, W, K>(simd, &shift);
    if based {
        // What the roundings added to logits of such a size decides which is the largest, and by how much.
        let origin = Shift {
            origin: shift.base,
            based: shift.based,
            ..none
        };
        let logits = logits.based();
        // SAFETY: as above.
        found = unsafe { extremes::<S, W, _, SECOND, K>(simd, walk, logits, origin) };
        shift = Shift {
            origin: origin.origin,
            based: origin.based,
            ..Shift::of(v, found.max)
        };
        let largest = v.sub_f32s(found.max, shift.base);
        // SAFETY: as above.
        let excess = unsafe { excess_of_largest(simd, walk, logits, shift, largest) };
        shift.excess = v.keep_f32s(shift.is_based(v), excess);
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

/// Whether a logit is so large that it is subtracted from all.
#[inline(always)]
pub(super) fn is_based<S: Machine, W: RowWalk<S, K>, const K: usize>(
    simd: S,
    shift: &Shift<Block<S, K>>,
) -> bool {
    W::any(simd, shift.is_based(simd.block::<K>()))
}

/// The parts of a logit as its numerator takes them: it counts as `limit` where it is more.
#[inline(always)]
pub(super) fn counted<V: Vocabulary, L: Logits>(
    simd: V,
    (mut t, excess): (V::f32s, Option<V::f32s>),
    shift: &Shift<V::f32s>,
    limit: Option<V::f32s>,
) -> (V::f32s, Option<V::f32s>) {
    if let Some(limit) = limit {
        t = simd.at_most_f32s(t, limit);
    }
    match excess {
        Some(excess) if L::SETTLES => {
            let (mut based_t, based_excess) =
                settled(simd, simd.at_least_f32s(t, shift.lowest), excess);
            if let Some(limit) = limit {
                // Far above, there is so little next to the largest that it does not count.
                let above = simd.add_f32s(limit, simd.splat_f32s(1.0));
                based_t = simd.at_most_f32s(based_t, above);
            }
            let is_based = shift.is_based(simd);
            let excess = simd.select_f32s(is_based, based_excess, excess);
            (simd.select_f32s(is_based, based_t, t), Some(excess))
        }
        excess => (t, excess),
    }
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
    fn fold(&mut self, simd: S) {
        self.sum.fold(simd.block::<K>());
    }

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
            let (t, excess) = counted::<_, L>(v, (t, excess), &self.shift, self.limit);
            let t = extent.or(simd, t, self.shift.lowest);
            let excess = excess.map(|excess| extent.or(simd, excess, v.splat_f32s(0.0)));
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
            let parts = self.logits.parts::<_, true>(v, x, mask, &self.shift);
            let (t, excess) = counted::<_, L>(v, parts, &self.shift, None);
            let value = numerator::<_, true>(v, t, excess, &self.shift).value(v);
            extent.store(simd, dst, self.inverse.times::<_, true>(v, value));
        }
    }
}

/// What the roundings added to the largest logit: the least of it, where several are the largest once rounded.
struct Excess<S: Machine, L, const K: usize> {
    logits: L,
    shift: Shift<Block<S, K>>,
    largest: Block<S, K>,
    least: Block<S, K>,
}

/// That, which takes a pass where there are roundings.
///
/// # Safety
/// As for [`RowWalk::pass`].
#[inline(always)]
pub(super) unsafe fn excess_of_largest<S: Machine, W: RowWalk<S, K>, L: Logits, const K: usize>(
    simd: S,
    walk: W,
    logits: L,
    shift: Shift<Block<S, K>>,
    largest: Block<S, K>,
) -> Block<S, K> {
    if !L::ROUNDS {
        return [simd.splat_f32s(0.0); K];
    }
    let mut pass = Excess {
        logits,
        shift: shift.map(W::same),
        largest: W::same(largest),
        least: [simd.splat_f32s(f32::INFINITY); K],
    };
    // SAFETY: the caller's promise, passed on.
    unsafe { walk.pass(simd, &mut pass) };
    W::smallest(simd, pass.least)
}

impl<S: Machine, L: Logits, const K: usize> Pass<S, K> for Excess<S, L, K> {
    const MASKED: bool = L::MASKED;

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
        let (t, excess) = self.logits.parts::<_, true>(v, x, mask, &self.shift);
        let infinite = v.splat_f32s(f32::INFINITY);
        let is_largest = v.equal_f32s(t, self.largest);
        let candidate = v.select_f32s(is_largest, excess.unwrap_or(infinite), infinite);
        let candidate = extent.or(simd, candidate, infinite);
        self.least = v.at_most_f32s(self.least, candidate);
    }
}
