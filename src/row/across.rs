//! Passes over rows that lie side by side.

use super::block::{Block, Extent, First, LANES, Lanes, Whole};
use super::group::Group;
use super::layout::{Layout, PART, Pass, Place};
use super::operand::Operand;
use crate::simd::{Machine, Unrolled, Vocabulary};

/// Across rows that lie side by side: a row for each lane.
pub(crate) struct Across;

impl Layout for Across {
    #[inline(always)]
    unsafe fn pass<S: Machine, P: Pass<Operand: Operand<S>>, const K: usize>(
        simd: S,
        group: &mut Group,
    ) {
        let width = K * S::F32_LANES;
        let mut lane = 0;
        while lane < group.count {
            let count = (group.count - lane).min(width);
            // SAFETY: the caller's promise; `count` rows are left from `lane` on.
            unsafe {
                if count == width {
                    across::<S, P, _, K>(simd, group, lane, Whole);
                } else {
                    let of_rows = true;
                    across::<S, P, _, K>(simd, group, lane, First { count, of_rows });
                }
            }
            lane += width;
        }
        // SAFETY: it has been set for each row.
        unsafe { P::finish::<S, K>(simd, group) };
    }
}

/// Takes a pass across the rows from `lane` on, of which there are `extent`.
///
/// # Safety
/// As for [`Layout::pass`]; there are such rows.
#[inline(always)]
unsafe fn across<S: Machine, P: Pass<Operand: Operand<S>>, E: Extent, const K: usize>(
    simd: S,
    group: &mut Group,
    lane: usize,
    extent: E,
) {
    let stride = group.stride;
    // SAFETY: the lanes of a block lie among the sixteen; the elements of the rows are where the group says, and
    // where it has scratch for sums, there are no more elements than that has room for.
    unsafe {
        let len = group.lens.get(0);
        let of = |known: &Lanes| known.load::<S, K>(simd, lane);
        let mut state = P::begin::<S, K>(simd, group, of, P::KEEPS_LEFTOVERS);
        let (src, dst) = (group.src.add(lane), group.dst.add(lane));
        let (mut element, mut part) = (0, 0);
        while part < len {
            let end = len.min(part + PART);
            while element < end {
                let place = Place {
                    src: src.add(element * stride),
                    dst: dst.add(element * stride),
                    operand: P::Operand::across(simd, group, lane, element),
                    leftover: group.leftovers.wrapping_add(element * LANES + lane),
                };
                P::block(&mut state, simd, place, extent);
                element += 1;
            }
            P::fold(&mut state, simd);
            part = end;
        }
        let found = P::end(state, simd);
        for (lanes, found) in group.found.iter_mut().zip(found).take(P::FINDS.len()) {
            lanes.store(simd, lane, found);
        }
        if P::KEEPS_LEFTOVERS {
            let leftover = total_of_leftovers::<S, K>(simd, group.leftovers.add(lane), len);
            group.found[1].store(simd, lane, leftover);
        }
    }
}

/// The sum of the `len` numbers of each row at `leftovers`, in the order in which those of one row are summed up in
/// sixteen lanes: elements 16 apart, then as a tree.
///
/// # Safety
/// There are as many, a block of lanes every sixteen numbers, and room for [`SHORT`](crate::math::exp_sum::SHORT);
/// `len` is at most that, and not 0.
#[inline(always)]
unsafe fn total_of_leftovers<S: Machine, const K: usize>(
    simd: S,
    leftovers: *mut f32,
    len: usize,
) -> Block<S, K> {
    let zero = [simd.splat_f32s(0.0); K];
    let v = Unrolled::<S, K>(simd);
    // SAFETY: all that is accessed has room, says the caller, and was written before it is read.
    unsafe {
        let add = |to: usize, from: usize| {
            let to = leftovers.add(to * LANES);
            let a: Block<S, K> = Whole.load(simd, to);
            let b = Whole.load(simd, leftovers.add(from * LANES));
            Whole.store(simd, to, v.add_f32s(a, b));
        };
        let mut element = LANES;
        while element < len {
            add(element % LANES, element);
            element += 1;
        }
        // Where there are fewer elements than lanes, a branch of the tree is the sum with 0.
        let whole = len.next_power_of_two().min(LANES);
        let mut element = len;
        while element < whole {
            Whole.store(simd, leftovers.add(element * LANES), zero);
            element += 1;
        }
        let mut half = whole / 2;
        while half > 0 {
            let mut element = 0;
            while element < half {
                add(element, element + half);
                element += 1;
            }
            half /= 2;
        }
        Whole.load(simd, leftovers)
    }
}
