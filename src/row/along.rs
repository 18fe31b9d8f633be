//! Passes over rows of consecutive elements.

use super::block::{First, LANES, Lanes, Whole};
use super::group::Group;
use super::layout::{Layout, PART, Pass, Place, Reduction};
use super::operand::Operand;
use crate::math::exp_sum::SHORT;
use crate::simd::Machine;

/// Along one row after the other, each of consecutive elements.
pub(crate) struct Along;

impl Layout for Along {
    #[inline(always)]
    unsafe fn pass<S: Machine, P: Pass<Operand: Operand<S>>, const K: usize>(
        simd: S,
        group: &mut Group,
    ) {
        let width = K * S::F32_LANES;
        let mut row = 0;
        while row < group.count {
            // SAFETY: there is such a row, which is a lane of what is known; lanes are a multiple of `width`.
            unsafe {
                let len = group.lens.get(row);
                let is_short = len <= SHORT;
                let mut lanes = [Lanes::unset(); 3];
                let mut lane = 0;
                while lane < LANES {
                    let of = |known: &Lanes| [simd.splat_f32s(known.get(row)); K];
                    let mut state = P::begin::<S, K>(simd, group, of, is_short);
                    along::<S, P, K>(simd, &mut state, group, row, (lane, len));
                    let found = P::end(state, simd);
                    for (lanes, found) in lanes.iter_mut().zip(found).take(P::FINDS.len()) {
                        lanes.store(simd, lane, found);
                    }
                    lane += width;
                }
                reduce::<S, P, K>(simd, group, row, &lanes, is_short);
            }
            row += 1;
        }
        // SAFETY: it has been set for each row.
        unsafe { P::finish::<S, K>(simd, group) };
    }
}

/// Takes a pass along row `row` of `group`: over every sixteenth element from `lane` on, if a block is one lane, and
/// else over all of the `len` elements.
///
/// # Safety
/// As for [`Layout::pass`]; there is such a row.
#[inline(always)]
unsafe fn along<S: Machine, P: Pass<Operand: Operand<S>>, const K: usize>(
    simd: S,
    state: &mut P::State<S, K>,
    group: &Group,
    row: usize,
    (lane, len): (usize, usize),
) {
    let width = K * S::F32_LANES;
    // SAFETY: there is such a row, says the caller.
    let (src, dst, operands) = unsafe {
        let start = row * group.pitch + group.starts.get(row);
        (
            group.src.add(start),
            group.dst.add(start),
            P::Operand::of_row(group, row),
        )
    };
    let place = |at: usize| Place {
        src: src.wrapping_add(at),
        dst: dst.wrapping_add(at),
        // SAFETY: there is an operand for each element of the row, and the places are whole blocks of it.
        operand: unsafe { P::Operand::along(simd, operands, at, Whole) },
        leftover: core::ptr::null_mut(),
    };
    let (mut at, mut part) = (lane, 0);
    while part < len {
        let end = len.min(part + PART);
        // SAFETY: what is accessed lies below `end`.
        unsafe {
            while K <= P::FOUR_UP_TO && width == LANES && at + 4 * LANES <= end {
                let places = [
                    place(at),
                    place(at + LANES),
                    place(at + 2 * LANES),
                    place(at + 3 * LANES),
                ];
                P::four(state, simd, places);
                at += 4 * LANES;
            }
            while at + width <= end {
                if P::READS_AHEAD {
                    simd.prefetch(group.next[0].wrapping_add(row * group.pitch + at));
                    simd.prefetch(group.next[1].wrapping_add(row * group.pitch + at));
                }
                P::block(state, simd, place(at), Whole);
                at += LANES;
            }
            if width == LANES && at < end {
                let extent = First {
                    count: end - at,
                    of_rows: false,
                };
                let place = Place {
                    src: src.add(at),
                    dst: dst.add(at),
                    operand: P::Operand::along(simd, operands, at, extent),
                    leftover: core::ptr::null_mut(),
                };
                P::block(state, simd, place, extent);
            }
        }
        // The sum of a short row has room for all, and so the order of what is left over is the same in scratch.
        if len > SHORT {
            P::fold(state, simd);
        }
        part = end;
    }
}

/// Puts together what a pass found out in the `lanes` of row `row`, which is short or not, and leaves it in
/// `group.found`.
///
/// # Safety
/// There is such a row, and all lanes of what the pass finds have been set.
#[inline(always)]
unsafe fn reduce<S: Machine, P: Pass, const K: usize>(
    simd: S,
    group: &mut Group,
    row: usize,
    lanes: &[Lanes; 3],
    is_short: bool,
) {
    let mut put = |i: usize, value: f32| {
        let found = &mut group.found[i];
        // SAFETY: there is such a row; lanes are a multiple of what a block has. The first row sets the lanes of all: as
        // whole vectors are stored so, they can be read again at once.
        unsafe {
            let mut lane = 0;
            while row == 0 && lane < LANES {
                found.store(simd, lane, [simd.splat_f32s(value); K]);
                lane += K * S::F32_LANES;
            }
            if row > 0 {
                found.set(row, value);
            }
        }
    };
    let mut i = 0;
    while i < P::FINDS.len() {
        // SAFETY: all lanes have been set, says the caller.
        unsafe {
            match P::FINDS[i] {
                Reduction::Largest => {
                    let larger = |a, b| simd.at_least_f32s(a, b);
                    put(i, simd.reduce_max_f32s(folded(simd, &lanes[i], larger)));
                }
                Reduction::Smallest => {
                    let smaller = |a, b| simd.at_most_f32s(a, b);
                    put(i, simd.reduce_min_f32s(folded(simd, &lanes[i], smaller)));
                }
                Reduction::Sum => put(i, simd.sum_f32(lanes[i].all())),
                Reduction::Total if is_short => {
                    put(i, simd.sum_f32(lanes[i].all()));
                    put(i + 1, simd.sum_f32(lanes[i + 1].all()));
                }
                Reduction::Total => {
                    let total = simd.sum_f64(lanes[i].all(), lanes[i + 1].all());
                    put(i, total as f32);
                    put(i + 1, (total - f64::from(total as f32)) as f32);
                }
                // It goes with the total.
                Reduction::Leftover => {}
            }
        }
        i += 1;
    }
}

/// The vectors of `lanes` put together by `both`.
///
/// # Safety
/// All lanes have been set.
#[inline(always)]
unsafe fn folded<S: Machine>(
    simd: S,
    lanes: &Lanes,
    both: impl Fn(S::f32s, S::f32s) -> S::f32s,
) -> S::f32s {
    // SAFETY: a vector has no more than sixteen lanes, and as many are left; all are set, says the caller.
    let vector = |lane| unsafe { lanes.load::<S, 1>(simd, lane)[0] };
    let mut all = vector(0);
    let mut lane = S::F32_LANES;
    while lane < LANES {
        all = both(all, vector(lane));
        lane += S::F32_LANES;
    }
    all
}
