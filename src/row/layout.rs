//! How a pass goes over a group: the rows are consecutive elements, or they lie side by side.
//!
//! On every instruction set with vectors a pass has sixteen lanes, be they elements of one row or one element
//! each of sixteen rows. Scalar code takes one lane after the other, in the same order within each, so that what
//! is summed up in a lane is the same everywhere.

use super::block::{Block, Extent, First, LANES, Lanes, Whole};
use super::group::Group;
use crate::math::exp_sum::SHORT;
use crate::simd::{Machine, Unrolled, Vocabulary};

/// Elements of a row after which what a sum left over is folded into it.
pub(crate) const PART: usize = 4096;

/// Where a block of elements is.
#[derive(Clone, Copy)]
pub(crate) struct Place<F> {
    /// Where it is read.
    pub(crate) src: *const f32,
    /// Where it is written.
    pub(crate) dst: *mut f32,
    /// The mask of each element; 0 unless the pass asks for it.
    pub(crate) mask: F,
    /// Where what a sum leaves over is written, if the pass [keeps](Pass::KEEPS_LEFTOVERS) it.
    pub(crate) leftover: *mut f32,
}

/// One pass over the rows of a group: what is done with each block.
pub(crate) trait Pass {
    /// Whether it wants the mask.
    const IS_MASKED: bool = false;

    /// Whether it is but a few operations: [`four`](Self::four) blocks are then worked on at a time.
    const IS_LIGHT: bool = false;

    /// Whether it is so many that memory can be read ahead meanwhile, for the rows to come.
    const READS_AHEAD: bool = false;

    /// Whether it writes what its sum leaves over for each element, instead of adding it up.
    const KEEPS_LEFTOVERS: bool = false;

    /// What it finds out in each lane, and how that of the lanes of one row is put together.
    const FINDS: &'static [Reduction];

    /// What it keeps in registers.
    type State<S: Machine, const K: usize>: Copy;

    /// The state before the first block of rows of which `of` reads what is known, and which are short or not.
    fn begin<S: Machine, const K: usize>(
        simd: S,
        group: &Group,
        of: impl Fn(&Lanes) -> Block<S, K>,
        is_short: bool,
    ) -> Self::State<S, K>;

    /// Works on one block.
    ///
    /// # Safety
    /// What `place` says is valid for reads and writes of `extent`.
    unsafe fn block<S: Machine, E: Extent, const K: usize>(
        state: &mut Self::State<S, K>,
        simd: S,
        place: Place<Block<S, K>>,
        extent: E,
    );

    /// Works on four whole blocks.
    ///
    /// # Safety
    /// As for [`block`](Self::block), for each of the four.
    #[inline(always)]
    unsafe fn four<S: Machine, const K: usize>(
        state: &mut Self::State<S, K>,
        simd: S,
        places: [Place<Block<S, K>>; 4],
    ) {
        for place in places {
            // SAFETY: the caller's promise, passed on.
            unsafe { Self::block(state, simd, place, Whole) };
        }
    }

    /// What is done after each [`PART`] elements of a row.
    #[inline(always)]
    fn fold<S: Machine, const K: usize>(_state: &mut Self::State<S, K>, _simd: S) {}

    /// Works out of what was found, of all rows of the group at once, what the next pass wants to know.
    ///
    /// # Safety
    /// What the pass finds has been set.
    #[inline(always)]
    unsafe fn finish<S: Machine, const K: usize>(_simd: S, _group: &mut Group) {}

    /// What it found out; of the three, as many count as [`FINDS`](Self::FINDS) has.
    fn end<S: Machine, const K: usize>(state: Self::State<S, K>, simd: S) -> [Block<S, K>; 3];
}

/// How numbers of sixteen lanes become one of the row.
#[derive(Clone, Copy)]
pub(crate) enum Reduction {
    /// The largest; none is NaN.
    Largest,
    /// The smallest; none is NaN.
    Smallest,
    /// The sum, as a tree.
    Sum,
    /// The two parts of a sum, of which this is the first and the next one the second.
    Total,
    /// The second part of that.
    Leftover,
}

/// A way over a group.
pub(crate) trait Layout {
    /// Takes the pass `P` over `group`, and leaves in `group.found` what it found out.
    ///
    /// # Safety
    /// The memory of the group is as its fields say. `K` vectors of `S` are sixteen lanes, or one.
    unsafe fn pass<S: Machine, P: Pass, const K: usize>(simd: S, group: &mut Group);
}

/// Along one row after the other, each of consecutive elements.
pub(crate) struct Along;

impl Layout for Along {
    #[inline(always)]
    unsafe fn pass<S: Machine, P: Pass, const K: usize>(simd: S, group: &mut Group) {
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
unsafe fn along<S: Machine, P: Pass, const K: usize>(
    simd: S,
    state: &mut P::State<S, K>,
    group: &Group,
    row: usize,
    (lane, len): (usize, usize),
) {
    let width = K * S::F32_LANES;
    // SAFETY: there is such a row, says the caller.
    let (src, dst, mask) = unsafe {
        (
            group.src.add(row * group.pitch),
            group.dst.add(row * group.pitch),
            if P::IS_MASKED {
                group.masks.get(row)
            } else {
                core::ptr::null()
            },
        )
    };
    let zero = [simd.splat_f32s(0.0); K];
    let place = |at: usize| Place {
        src: src.wrapping_add(at),
        dst: dst.wrapping_add(at),
        mask: if P::IS_MASKED {
            // SAFETY: the mask is as long as the row, and the places are whole blocks of it.
            unsafe { Whole.load(simd, mask.add(at)) }
        } else {
            zero
        },
        leftover: core::ptr::null_mut(),
    };
    let (mut at, mut part) = (lane, 0);
    while part < len {
        let end = len.min(part + PART);
        // SAFETY: what is accessed lies below `end`.
        unsafe {
            while P::IS_LIGHT && width == LANES && at + 4 * LANES <= end {
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
                let mask = if P::IS_MASKED {
                    extent.load(simd, mask.add(at))
                } else {
                    zero
                };
                let place = Place {
                    src: src.add(at),
                    dst: dst.add(at),
                    mask,
                    leftover: core::ptr::null_mut(),
                };
                P::block(state, simd, place, extent);
            }
        }
        P::fold(state, simd);
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

/// Across rows that lie side by side: a row for each lane.
pub(crate) struct Across;

impl Layout for Across {
    #[inline(always)]
    unsafe fn pass<S: Machine, P: Pass, const K: usize>(simd: S, group: &mut Group) {
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
unsafe fn across<S: Machine, P: Pass, E: Extent, const K: usize>(
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
                let mask = if P::IS_MASKED {
                    *group.masks.get(0).add(element)
                } else {
                    0.0
                };
                let place = Place {
                    src: src.add(element * stride),
                    dst: dst.add(element * stride),
                    mask: [simd.splat_f32s(mask); K],
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
/// There are as many, a block of lanes every sixteen numbers, and room for [`SHORT`]; `len` is at most that, and not 0.
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
