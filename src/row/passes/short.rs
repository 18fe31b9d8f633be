//! Softmax of short rows of consecutive elements, in one go: what one pass would leave for the next stays in registers.
//!
//! The passes over a group, of which each is a call, wait for each other, which takes longer than the work of so few
//! elements. The operations are those of the passes, in their order, and so are the bits.

use crate::math::exp_shift::Shift;
use crate::math::exp_sum::{FAINT, Inverse, SHORT, Sum, Total, numerator};
use crate::row::block::{Block, Extent, First, LANES, Lanes, Whole};
use crate::row::group::Group;
use crate::row::passes::inputs::{Input, Numbers, Scaled};
use crate::simd::{Machine, Unrolled, Vocabulary};

/// Turns the rows of `group` into their softmax, be its logits scaled, masked, both or neither.
///
/// # Safety
/// The group is as its fields say, of rows of consecutive elements, at most [`SHORT`] of them. `masks` has one for
/// each row, or null. `K` vectors of `S` are sixteen lanes.
#[inline(always)]
pub(super) unsafe fn softmax_of_short<S: Machine, const K: usize>(simd: S, group: &mut Group) {
    const { assert!(K * S::F32_LANES == LANES && SHORT == 4 * LANES) };
    for row in 0..group.count {
        // SAFETY: there is such a row, as long as its number of blocks says.
        unsafe {
            match group.lens.get(row).div_ceil(LANES) {
                0 => {}
                1 => row_of_blocks::<S, K, 1>(simd, group, row),
                2 => row_of_blocks::<S, K, 2>(simd, group, row),
                3 => row_of_blocks::<S, K, 3>(simd, group, row),
                _ => row_of_blocks::<S, K, 4>(simd, group, row),
            }
        }
    }
}

/// Turns row `row` into its softmax.
///
/// # Safety
/// As for [`softmax_of_short`]; the row is `N` blocks long, of which the last need not be whole.
#[inline(always)]
unsafe fn row_of_blocks<S: Machine, const K: usize, const N: usize>(
    simd: S,
    group: &Group,
    row: usize,
) {
    let (v, one) = (Unrolled::<S, K>(simd), Unrolled::<S, 1>(simd));
    // SAFETY: there is such a row.
    let (src, dst, mask, len) = unsafe {
        (
            group.src.add(row * group.pitch + group.starts.get(row)),
            group.dst.add(row * group.pitch + group.starts.get(row)),
            group.masks.get(row).cast::<f32>(),
            group.lens.get(row),
        )
    };
    let last = First {
        count: len - (N - 1) * LANES,
        of_rows: false,
    };

    let numbers = Numbers::of(v, group);
    let is_scaled = group.scale != 1.0;
    let nothing = v.splat_f32s(f32::NEG_INFINITY);
    let mut logits = [nothing; N];
    let mut largest = nothing;
    for (i, t) in logits.iter_mut().enumerate() {
        let is_last = i + 1 == N;
        let load = |from: *const f32| {
            let from = from.wrapping_add(i * LANES);
            // SAFETY: the row, and the mask if there is one, have all blocks, and of the last one so many elements.
            unsafe {
                if is_last {
                    last.load::<S, K>(simd, from)
                } else {
                    Whole.load(simd, from)
                }
            }
        };
        *t = load(src);
        if is_scaled {
            *t = Scaled::logit(v, *t, &numbers);
        }
        if !mask.is_null() {
            *t = v.add_f32s(*t, load(mask));
        }
        if is_last {
            *t = last.or(simd, *t, f32::NEG_INFINITY);
        }
        largest = v.at_least_f32s(largest, *t);
    }
    let mut most = largest[0];
    for vector in &largest[1..] {
        most = simd.at_least_f32s(most, *vector);
    }
    let most = simd.splat_f32s(simd.reduce_max_f32s(most));

    let shift = Shift::of(one, [most]).map(|[of_row]| [*of_row; K]);
    let mut sum = Sum::new(v, true);
    let mut numerators = logits;
    for (i, t) in numerators.iter_mut().enumerate() {
        let mut numerator = numerator::<_, true>(v, *t, &shift);
        if i + 1 == N {
            numerator.step = last.or(simd, numerator.step, 0.0);
        }
        *t = sum.add(v, numerator);
    }
    let (high, low) = sum.parts(v);
    let (high, low) = (sum_of(simd, high), sum_of(simd, low));

    let Inverse {
        high: [high],
        low: [low],
    } = Total::of(one, [high], [low]).inverse(one);
    let inverse = Inverse {
        high: [high; K],
        low: [low; K],
    };
    // Where all quotients are far from the subnormal numbers, those are their bits, too: a branch that is foretold takes
    // no time, and the last operation of a row is what the caller waits for.
    let mut least = numerators[N - 1];
    least = last.or(simd, least, f32::INFINITY);
    for numerator in &numerators[..N - 1] {
        least = v.at_most_f32s(least, *numerator);
    }
    let is_faint = v.less_than_f32s(least, v.splat_f32s(FAINT));
    let mut is_any_faint = false;
    for mask in is_faint {
        is_any_faint |= simd.any_m32s(mask);
    }
    let magnified = inverse.magnified::<_, true>(v);
    for (i, numerator) in numerators.into_iter().enumerate() {
        let quotient = if is_any_faint {
            magnified.times::<_, true>(v, numerator)
        } else {
            inverse.times::<_, false>(v, numerator)
        };
        // SAFETY: as where it is read.
        unsafe {
            let to = dst.add(i * LANES);
            if i + 1 == N && last.count < LANES {
                last.store(simd, to, quotient);
            } else {
                Whole.store(simd, to, quotient);
            }
        }
    }
}

/// The sum of the sixteen lanes of `block`, in each lane of a vector.
#[inline(always)]
fn sum_of<S: Machine, const K: usize>(simd: S, block: Block<S, K>) -> S::f32s {
    let mut lanes = Lanes::unset();
    // SAFETY: a block has as many lanes, and so all are set.
    unsafe {
        lanes.store(simd, 0, block);
        simd.splat_f32s(simd.sum_f32(lanes.all()))
    }
}
