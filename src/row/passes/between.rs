//! What is worked out between the passes, of all rows of a group at once: a lane for each.

use crate::math::exp_shift::{HARMLESS, Shift};
use crate::math::exp_sum::{Numerator, Total, numerator};
use crate::math::log1p::log1p;
use crate::row::block::{Block, Extent, First, Lanes};
use crate::row::group::Group;
use crate::simd::{Machine, Unrolled, Vocabulary};

/// The shift of rows from `lane` on.
///
/// # Safety
/// There are as many lanes from `lane` on as a block has.
#[inline(always)]
unsafe fn load_shift<S: Machine, const K: usize>(
    shift: &Shift<Lanes>,
    simd: S,
    lane: usize,
) -> Shift<Block<S, K>> {
    // SAFETY: the caller's promise, passed on.
    shift.map(|lanes| unsafe { lanes.load(simd, lane) })
}

/// Sets the shift of rows from `lane` on.
///
/// # Safety
/// There are as many lanes from `lane` on as a block has.
#[inline(always)]
unsafe fn store_shift<S: Machine, const K: usize>(
    to: &mut Shift<Lanes>,
    simd: S,
    lane: usize,
    shift: Shift<Block<S, K>>,
) {
    // SAFETY: the caller's promise, passed on.
    unsafe {
        to.base.store(simd, lane, shift.base);
        to.rounder.store(simd, lane, shift.rounder);
        to.lowest.store(simd, lane, shift.lowest);
    }
}

/// The sinks of rows from `lane` on, whose largest logits are `largest`: 0 for one of an empty row that is to give
/// zeros, so that there is something that it has a share of.
///
/// # Safety
/// There are as many lanes from `lane` on as a block has, and their sinks have been set.
#[inline(always)]
unsafe fn sink_or_one_for_empty<S: Machine, const K: usize>(
    v: Unrolled<S, K>,
    group: &Group,
    lane: usize,
    largest: Block<S, K>,
) -> Block<S, K> {
    // SAFETY: the caller's promise, passed on.
    let sink = unsafe { group.sinks.load(v.0, lane) };
    if !group.zeroes_empty {
        return sink;
    }
    // A sink that is NaN stays so.
    let most = v.at_least_f32s(sink, largest);
    let is_empty = v.equal_f32s(most, v.splat_f32s(f32::NEG_INFINITY));
    v.select_f32s(is_empty, v.splat_f32s(0.0), sink)
}

/// The numerators of the sinks of rows from `lane` on, under `shift`; 0 where there is none.
///
/// # Safety
/// There are as many lanes from `lane` on as a block has, and their sinks are known.
#[inline(always)]
unsafe fn numerator_of_sink<S: Machine, const K: usize>(
    v: Unrolled<S, K>,
    group: &Group,
    lane: usize,
    shift: &Shift<Block<S, K>>,
) -> Numerator<Block<S, K>> {
    // SAFETY: the caller's promise, passed on.
    let sink = unsafe { group.known.sinks.load(v.0, lane) };
    let mut numerator = numerator::<_, true>(v, sink, shift);
    let is_none = v.equal_f32s(sink, v.splat_f32s(f32::NEG_INFINITY));
    numerator.step = v.clear_f32s(is_none, numerator.step);
    numerator
}

/// A smallest logit that is less than this above the lowest of its row, 121 ln2, has a numerator of 2^-64 or less.
const ABOVE_LOWEST: f32 = 83.8;

/// Works out how the rows are shifted, of the largest and the smallest logits that were found.
#[inline(always)]
pub(super) fn shift<S: Machine, const K: usize>(simd: S, group: &mut Group) {
    let v = Unrolled::<S, 1>(simd);
    let (mut is_deep, mut is_faint) = (false, false);
    let mut lane = 0;
    // By vectors, which are enough to keep in registers, to the end of a block.
    while lane < group.count.next_multiple_of(K * S::F32_LANES) {
        // SAFETY: the lanes of a block are among the sixteen, and were found.
        unsafe {
            let mut largest: Block<S, 1> = group.found[0].load(simd, lane);
            let smallest: Block<S, 1> = group.found[1].load(simd, lane);
            if group.has_sinks {
                let sink = sink_or_one_for_empty(v, group, lane, largest);
                group.known.sinks.store(simd, lane, sink);
                largest = v.at_least_f32s(largest, sink);
            }
            let shift = Shift::of(v, v.sub_f32s(largest, v.splat_f32s(HARMLESS)));
            let any = |mask: [S::m32s; 1]| simd.any_m32s(mask[0]);
            // A base that is the largest logit is 1 or more in magnitude, or infinite.
            let one = v.splat_f32s(1.0);
            let is_based = any(v.less_than_or_equal_f32s(one, v.magnitude_f32s(shift.base)));
            // A row of such numbers alone is as good as one of zeros, but slow.
            let farthest = v.at_least_f32s(v.magnitude_f32s(largest), v.magnitude_f32s(smallest));
            let is_tiny = any(v.less_than_f32s(farthest, v.splat_f32s(HARMLESS)));
            is_deep |= any(v.less_than_f32s(smallest, shift.lowest)) | is_based | is_tiny;
            let faint = v.add_f32s(shift.lowest, v.splat_f32s(ABOVE_LOWEST));
            is_faint |= any(v.less_than_f32s(smallest, faint)) | is_based;
            group.known.largest.store(simd, lane, largest);
            store_shift(&mut group.known.shift, simd, lane, shift);
        }
        lane += S::F32_LANES;
    }
    group.is_deep = is_deep;
    group.is_faint = is_faint;
}

/// Works out one over the sum of the numerators, of its two parts that were found.
#[inline(always)]
pub(super) fn inverse<S: Machine, const K: usize>(simd: S, group: &mut Group) {
    let v = Unrolled::<S, K>(simd);
    let mut lane = 0;
    while lane < group.count {
        // SAFETY: the lanes of a block are among the sixteen, and were found.
        unsafe {
            let high: Block<S, K> = group.found[0].load(simd, lane);
            let low = group.found[1].load(simd, lane);
            let mut total = Total::of(v, high, low);
            if group.has_sinks {
                let shift = load_shift(&group.known.shift, simd, lane);
                total = total.plus(v, numerator_of_sink(v, group, lane, &shift));
            }
            let inverse = total.inverse(v);
            group.known.of_sum[0].store(simd, lane, inverse.high);
            group.known.of_sum[1].store(simd, lane, inverse.low);
        }
        lane += K * S::F32_LANES;
    }
}

/// Others whose sum is below this, as a share of the largest numerator, are summed up by themselves.
const OUTWEIGHED: f32 = 1.0 / 32.0;

/// Others whose sum comes out below this, as the difference of the sum of all and the largest, may be anything.
const UNKNOWN: f32 = 1.0 / (1 << 16) as f32;

/// Works out the logarithm of the sum of the numerators, each divided by the largest one, of the two parts of the sum
/// that were found.
///
/// Where the largest outweighs the others, `group.again` says that their sum is wanted by itself, and
/// `known.shift_of_others` is the shift for it.
#[inline(always)]
pub(super) fn logarithm<S: Machine, const K: usize>(simd: S, group: &mut Group) {
    let v = Unrolled::<S, K>(simd);
    let mut again = false;
    let mut lane = 0;
    while lane < group.count {
        // SAFETY: the lanes of a block are among the sixteen; they were found, or worked out before.
        unsafe {
            let largest: Block<S, K> = group.known.largest.load(simd, lane);
            let shift = load_shift(&group.known.shift, simd, lane);
            let high = group.found[0].load(simd, lane);
            let low = group.found[1].load(simd, lane);

            let heaviest = numerator::<_, true>(v, largest, &shift);
            let mut total = Total::of(v, high, low);
            if group.has_sinks {
                total = total.plus(v, numerator_of_sink(v, group, lane, &shift));
            }
            let others = total.less(v, heaviest);
            let (quotient, lost) = others.over(v, heaviest);
            // NaN, if the largest is infinite.
            let log = v.add_f32s(log1p(v, quotient, lost), v.sub_f32s(largest, largest));
            group.known.of_sum[0].store(simd, lane, log);

            let outweighed = v.less_than_f32s(quotient, v.splat_f32s(OUTWEIGHED));
            let is_known = v.less_than_f32s(v.splat_f32s(UNKNOWN), quotient);
            // Nothing is known of the lanes that belong to no row, which might go on for ever.
            let rows = First {
                count: group.count - lane,
                of_rows: false,
            };
            let unsettled = v.keep_f32s(outweighed, v.splat_f32s(1.0));
            let unsettled = rows.or(simd, unsettled, 0.0);
            for mask in v.less_than_f32s(v.splat_f32s(0.0), unsettled) {
                again |= simd.any_m32s(mask);
            }
            group.known.unsettled.store(simd, lane, unsettled);
            let raised = shift.raised(v, others.high);
            let raised = raised.or(v, is_known, &shift);
            store_shift(&mut group.known.shift_of_others, simd, lane, raised);
        }
        lane += K * S::F32_LANES;
    }
    group.again = again;
}

/// Works out the same for the rows that are not settled yet, of the sum of the others, in two parts, and how often the
/// largest logit is there.
#[inline(always)]
pub(super) fn logarithm_of_others<S: Machine, const K: usize>(simd: S, group: &mut Group) {
    let v = Unrolled::<S, K>(simd);
    let mut again = false;
    let mut lane = 0;
    while lane < group.count {
        // SAFETY: as in `logarithm`.
        unsafe {
            let largest: Block<S, K> = group.known.largest.load(simd, lane);
            let unsettled = group.known.unsettled.load(simd, lane);
            let shift = load_shift(&group.known.shift, simd, lane);
            let shift_of_others = load_shift(&group.known.shift_of_others, simd, lane);
            let high = group.found[0].load(simd, lane);
            let low = group.found[1].load(simd, lane);
            let mut count: Block<S, K> = group.found[2].load(simd, lane);

            let mut others = Total::of(v, high, low);
            if group.has_sinks {
                let is_largest = v.equal_f32s(group.known.sinks.load(simd, lane), largest);
                let mut numerator = numerator_of_sink(v, group, lane, &shift_of_others);
                numerator.step = v.clear_f32s(is_largest, numerator.step);
                others = others.plus(v, numerator);
                count = v.add_f32s(count, v.keep_f32s(is_largest, v.splat_f32s(1.0)));
            }
            let heaviest = numerator::<_, true>(v, largest, &shift);
            let (quotient, lost) = others.over(v, heaviest);
            let quotient = shift_of_others.lowered(v, quotient, &shift);
            let lost = shift_of_others.lowered(v, lost, &shift);

            // The numerators of the largest logit are 1 each; one of them is the 1 of `log1p`.
            let more = v.sub_f32s(count, v.splat_f32s(1.0));
            let sum = v.add_f32s(quotient, more);
            // Exact whichever is the larger (Knuth, 1969).
            let of_more = v.sub_f32s(sum, quotient);
            let of_quotient = v.sub_f32s(sum, of_more);
            let lost_of_sum =
                v.add_f32s(v.sub_f32s(quotient, of_quotient), v.sub_f32s(more, of_more));
            let log = log1p(v, sum, v.add_f32s(lost, lost_of_sum));
            let log = v.add_f32s(log, v.sub_f32s(largest, largest));
            let is_unsettled = v.less_than_f32s(v.splat_f32s(0.0), unsettled);
            let settled = group.known.of_sum[0].load(simd, lane);
            let log = v.select_f32s(is_unsettled, log, settled);
            group.known.of_sum[0].store(simd, lane, log);

            // Once more for those that were not known so well, unless there are none.
            let is_first_look = v.equal_f32s(shift_of_others.rounder, shift.rounder);
            let left = v.keep_f32s(is_first_look, unsettled);
            let left = v.keep_f32s(v.less_than_f32s(sum, v.splat_f32s(OUTWEIGHED)), left);
            let left = v.keep_f32s(v.less_than_f32s(v.splat_f32s(0.0), sum), left);
            let is_left = v.less_than_f32s(v.splat_f32s(0.0), left);
            for mask in is_left {
                again |= simd.any_m32s(mask);
            }
            group.known.unsettled.store(simd, lane, left);
            let raised = shift.raised(v, others.high);
            let raised = raised.or(v, is_left, &shift_of_others);
            store_shift(&mut group.known.shift_of_others, simd, lane, raised);
        }
        lane += K * S::F32_LANES;
    }
    group.again = again;
}
