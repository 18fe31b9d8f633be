//! The ways over a row, and what is done on the way.

use super::block::{Block, Extent, First, LANES, Lanes, Whole, first_lane, one_in_lane};
use crate::drive::Io;
use crate::math::exp_sum::Total;
use crate::simd::{Machine, Vocabulary};
use core::mem::MaybeUninit;

/// What to do with a block.
pub(crate) trait Pass<S: Machine, const K: usize> {
    /// Whether it wants the mask.
    const MASKED: bool;

    /// Whether it is but a few operations: [`four`](Self::four) blocks are then worked on at a time.
    const LIGHT: bool = false;

    /// Whether it is so many that memory can be read ahead meanwhile, for the rows to come.
    const AHEAD: bool = false;

    /// Works on the block of `extent` at `src`, and writes to `dst` alone, if at all.
    ///
    /// # Safety
    /// `src` is valid for reads and `dst` for writes of `extent`; the two are equal or do not overlap.
    unsafe fn block<E: Extent>(
        &mut self,
        simd: S,
        src: *const f32,
        dst: *mut f32,
        extent: E,
        mask: Block<S, K>,
    );

    /// What is to be done every [`PART`] blocks of rows side by side.
    #[inline(always)]
    fn fold(&mut self, _simd: S) {}

    /// Works on the four blocks at `src`, which [`Pass::block`] may do one after the other.
    ///
    /// # Safety
    /// As for that, for four blocks of sixteen elements.
    #[inline(always)]
    unsafe fn four(&mut self, simd: S, src: *const f32, dst: *mut f32, masks: [Block<S, K>; 4]) {
        for (i, mask) in masks.into_iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe { self.block(simd, src.add(i * LANES), dst.add(i * LANES), Whole, mask) };
        }
    }
}

/// [`Pass::block`] for scalar code, which is large: one serves all walks, and blocks that are whole.
///
/// # Safety
/// As for that.
#[inline(never)]
unsafe fn block_out_of_line<S: Machine, P: Pass<S, K>, const K: usize>(
    pass: &mut P,
    simd: S,
    src: *const f32,
    dst: *mut f32,
    extent: First,
    mask: Block<S, K>,
) {
    // SAFETY: the caller's promise, passed on.
    unsafe { pass.block(simd, src, dst, extent, mask) }
}

/// The way over one row, or over sixteen.
pub(crate) trait RowWalk<S: Machine, const K: usize>: Copy {
    /// Whether each lane is all that there is of a row.
    const LANES_ARE_ROWS: bool;

    /// Takes `pass` over all elements.
    ///
    /// # Safety
    /// The walk is over memory as the walks here say; where the pass wants a mask, there is one.
    unsafe fn pass<P: Pass<S, K>>(self, simd: S, pass: &mut P);

    /// The same walk over what was written.
    fn again(self) -> Self;

    /// In each lane, what is known of its row, `numbers`.
    fn same(numbers: Block<S, K>) -> Block<S, K>;

    /// Whether `mask`, of what is known of each row, is set anywhere.
    fn any(simd: S, mask: [S::m32s; K]) -> bool;

    /// The largest number of the row, of the largest in each lane. There is no NaN.
    fn largest(simd: S, lanes: Block<S, K>) -> Block<S, K>;

    /// The smallest number of the row, of the smallest in each lane. There is no NaN.
    fn smallest(simd: S, lanes: Block<S, K>) -> Block<S, K>;

    /// The second-largest number of the row, of the two largest in each lane. There is no NaN.
    fn second_largest(simd: S, largest: Block<S, K>, second: Block<S, K>) -> Block<S, K>;

    /// Whether two numbers of the row are known to be `least` or more, of the largest in each lane. Of rows side by
    /// side nothing is known.
    fn has_two(simd: S, largest: Block<S, K>, least: Block<S, K>) -> bool;

    /// The sum of the row, of the two parts of the sum in each lane, and of what came before in
    /// [`parts`](Self::part).
    fn total(simd: S, sum: (Block<S, K>, Block<S, K>), before: f64) -> Total<Block<S, K>>;

    /// The same for the row of the first lane, in f64.
    fn total_f64(simd: S, sum: (Block<S, K>, Block<S, K>)) -> f64;

    /// NaN if a lane of the row is NaN, else 0; of NaN or 0 in each lane.
    fn nan(simd: S, lanes: Block<S, K>) -> Block<S, K>;

    /// Of the ones in `hits`, which are 0 elsewhere, the first of each row. Where there is one, `left` becomes 0
    /// throughout the row.
    fn first_hit(simd: S, hits: Block<S, K>, left: &mut Block<S, K>) -> Block<S, K>;

    /// Of a row of more than `most` elements, the [`PART`] elements from `start` on. `None` at its end, for other
    /// rows, and where rows lie side by side.
    fn part(self, start: usize, most: usize) -> Option<Self>;
}

/// Along one row, sixteen elements at a time.
#[derive(Clone, Copy)]
pub(crate) struct Along {
    /// Its elements: readable at `src`, writable at `dst`, which are equal or do not overlap.
    pub(crate) io: Io<f32>,
    /// As many numbers, or null.
    pub(crate) mask: *const f32,
    /// Elements from here to what will be needed soon.
    pub(crate) ahead: usize,
}

impl<S: Machine, const K: usize> RowWalk<S, K> for Along {
    const LANES_ARE_ROWS: bool = false;

    #[inline(always)]
    unsafe fn pass<P: Pass<S, K>>(self, simd: S, pass: &mut P) {
        let Io { src, dst, len, .. } = self.io;
        let mut at = 0;
        // SAFETY: a block at `at` lies below `len`, or is cut off there.
        unsafe {
            while P::LIGHT && !S::IS_SCALAR && len - at >= 4 * LANES {
                let mut masks = [[simd.splat_f32s(0.0); K]; 4];
                for (i, mask) in masks.iter_mut().enumerate() {
                    *mask = self.mask::<S, P, _, K>(simd, at + i * LANES, Whole);
                }
                pass.four(simd, src.add(at), dst.add(at), masks);
                at += 4 * LANES;
            }
            while S::IS_SCALAR && at < len {
                let extent = First::of_row(LANES.min(len - at));
                let mask = self.mask::<S, P, _, K>(simd, at, extent);
                block_out_of_line(pass, simd, src.add(at), dst.add(at), extent, mask);
                at += LANES;
            }
            if S::IS_SCALAR {
                return;
            }
            while len - at >= LANES {
                if P::AHEAD {
                    simd.prefetch(src.wrapping_add(at + self.ahead));
                    simd.prefetch(dst.wrapping_add(at + self.ahead).cast_const());
                }
                let mask = self.mask::<S, P, _, K>(simd, at, Whole);
                pass.block(simd, src.add(at), dst.add(at), Whole, mask);
                at += LANES;
            }
            if at < len {
                let extent = First::of_row(len - at);
                let mask = self.mask::<S, P, _, K>(simd, at, extent);
                pass.block(simd, src.add(at), dst.add(at), extent, mask);
            }
        }
    }

    #[inline(always)]
    fn again(self) -> Self {
        let src = self.io.dst.cast_const();
        Self {
            io: Io { src, ..self.io },
            ..self
        }
    }

    #[inline(always)]
    fn same(numbers: Block<S, K>) -> Block<S, K> {
        [numbers[0]; K]
    }

    #[inline(always)]
    fn any(simd: S, mask: [S::m32s; K]) -> bool {
        simd.first_set_m32s(mask[0]) == 0
    }

    #[inline(always)]
    fn largest(simd: S, lanes: Block<S, K>) -> Block<S, K> {
        let mut max = lanes[0];
        let mut k = 1;
        while k < K {
            max = simd.at_least_f32s(max, lanes[k]);
            k += 1;
        }
        // Without NaN it is the same whatever the order, but for the sign of a zero.
        [simd.splat_f32s(simd.reduce_max_f32s(max)); K]
    }

    #[inline(always)]
    fn smallest(simd: S, lanes: Block<S, K>) -> Block<S, K> {
        let mut min = lanes[0];
        let mut k = 1;
        while k < K {
            min = simd.at_most_f32s(min, lanes[k]);
            k += 1;
        }
        [simd.splat_f32s(simd.reduce_min_f32s(min)); K]
    }

    #[inline(always)]
    fn second_largest(simd: S, largest: Block<S, K>, second: Block<S, K>) -> Block<S, K> {
        let v = simd.block::<K>();
        let max = <Self as RowWalk<S, K>>::largest(simd, largest);
        let hits = v.keep_f32s(v.equal_f32s(largest, max), v.splat_f32s(1.0));
        let first = <Self as RowWalk<S, K>>::first_hit(simd, hits, &mut v.splat_f32s(1.0));
        let is_first = v.less_than_f32s(v.splat_f32s(0.0), first);
        let others = v.select_f32s(is_first, second, largest);
        // The second of another lane is no larger than the first of it.
        <Self as RowWalk<S, K>>::largest(simd, others)
    }

    #[inline(always)]
    fn has_two(simd: S, largest: Block<S, K>, least: Block<S, K>) -> bool {
        let are = simd.block::<K>().less_than_or_equal_f32s(least, largest);
        let mut count = 0;
        let mut k = 0;
        while k < K {
            count += simd.count_set_m32s(are[k]);
            k += 1;
        }
        count > 1
    }

    #[inline(always)]
    fn total(simd: S, sum: (Block<S, K>, Block<S, K>), before: f64) -> Total<Block<S, K>> {
        let total = before + <Self as RowWalk<S, K>>::total_f64(simd, sum);
        Total::of_row(simd.block::<K>(), total)
    }

    #[inline(always)]
    fn total_f64(simd: S, sum: (Block<S, K>, Block<S, K>)) -> f64 {
        let (high, low) = sum;
        let mut lanes = [const { MaybeUninit::uninit() }; 2];
        let [first, second] = &mut lanes;
        let high = Lanes::set::<S, K>(simd, first, high);
        let low = Lanes::set::<S, K>(simd, second, low);
        simd.sum_f64(&high.0, &low.0)
    }

    #[inline(always)]
    fn nan(simd: S, lanes: Block<S, K>) -> Block<S, K> {
        let mut numbers = MaybeUninit::uninit();
        let numbers = Lanes::set::<S, K>(simd, &mut numbers, lanes);
        let sum = simd.sum_f64(&numbers.0, &[0.0; LANES]);
        [simd.splat_f32s(sum as f32); K]
    }

    #[inline(always)]
    fn first_hit(simd: S, hits: Block<S, K>, left: &mut Block<S, K>) -> Block<S, K> {
        let v = simd.block::<K>();
        let zero = v.splat_f32s(0.0);
        let found = v.less_than_f32s(zero, hits);
        let mut k = 0;
        while k < K {
            let lane = simd.first_set_m32s(found[k]);
            if lane < S::F32_LANES {
                *left = zero;
                return one_in_lane(simd, k * S::F32_LANES + lane);
            }
            k += 1;
        }
        zero
    }

    #[inline(always)]
    fn part(self, start: usize, most: usize) -> Option<Self> {
        let Io { src, dst, len, .. } = self.io;
        if len <= most || start >= len {
            return None;
        }
        // Neither overflows: the row has more than `start` elements.
        Some(Self {
            io: Io {
                src: src.wrapping_add(start),
                dst: dst.wrapping_add(start),
                len: PART.min(len - start),
            },
            mask: self
                .mask
                .wrapping_add(if self.mask.is_null() { 0 } else { start }),
            ahead: self.ahead,
        })
    }
}

/// Rows longer than this are better read in parts of [`PART`] elements, once each from memory: their numerators
/// would not wait in a cache.
pub(crate) const LONG: usize = 1 << 17;

/// Elements of a part, which fit a first-level cache.
pub(crate) const PART: usize = 4096;

impl Along {
    /// The mask of the block at `at`; zeros where the pass wants none.
    ///
    /// # Safety
    /// As for [`RowWalk::pass`]; the block lies in the row.
    #[inline(always)]
    unsafe fn mask<S: Machine, P: Pass<S, K>, E: Extent, const K: usize>(
        self,
        simd: S,
        at: usize,
        extent: E,
    ) -> Block<S, K> {
        if P::MASKED {
            // SAFETY: the mask is as long as the row.
            unsafe { extent.load(simd, self.mask.add(at)) }
        } else {
            [simd.splat_f32s(0.0); K]
        }
    }
}

/// Across up to sixteen rows that lie side by side: from group to group of an element of each.
#[derive(Clone, Copy)]
pub(crate) struct Across<E> {
    /// Its groups, `len` of them: readable at `src`, writable at `dst`, which are equal or do not overlap.
    pub(crate) io: Io<f32>,
    /// As many numbers, or null.
    pub(crate) mask: *const f32,
    /// The rows.
    pub(crate) extent: E,
    /// Elements from a group to the next.
    pub(crate) stride: usize,
}

impl<S: Machine, E: Extent, const K: usize> RowWalk<S, K> for Across<E> {
    const LANES_ARE_ROWS: bool = true;

    #[inline(always)]
    unsafe fn pass<P: Pass<S, K>>(self, simd: S, pass: &mut P) {
        let Io { src, dst, len, .. } = self.io;
        let mut start = 0;
        while start < len {
            let end = len.min(start + PART);
            for i in start..end {
                let at = i * self.stride;
                // SAFETY: there are `len` groups, and as many numbers in the mask.
                unsafe {
                    let mask = if P::MASKED { *self.mask.add(i) } else { 0.0 };
                    let mask = [simd.splat_f32s(mask); K];
                    let (src, dst) = (src.add(at), dst.add(at));
                    if S::IS_SCALAR {
                        let extent = First::of_rows(self.extent.count());
                        block_out_of_line(pass, simd, src, dst, extent, mask);
                    } else {
                        pass.block(simd, src, dst, self.extent, mask);
                    }
                }
            }
            pass.fold(simd);
            start = end;
        }
    }

    #[inline(always)]
    fn again(self) -> Self {
        let src = self.io.dst.cast_const();
        Self {
            io: Io { src, ..self.io },
            ..self
        }
    }

    #[inline(always)]
    fn same(numbers: Block<S, K>) -> Block<S, K> {
        numbers
    }

    #[inline(always)]
    fn any(simd: S, mask: [S::m32s; K]) -> bool {
        let mut any = false;
        let mut k = 0;
        while k < K {
            any |= simd.first_set_m32s(mask[k]) < S::F32_LANES;
            k += 1;
        }
        any
    }

    #[inline(always)]
    fn largest(_simd: S, lanes: Block<S, K>) -> Block<S, K> {
        lanes
    }

    #[inline(always)]
    fn smallest(_simd: S, lanes: Block<S, K>) -> Block<S, K> {
        lanes
    }

    #[inline(always)]
    fn second_largest(_simd: S, _largest: Block<S, K>, second: Block<S, K>) -> Block<S, K> {
        second
    }

    #[inline(always)]
    fn has_two(_simd: S, _largest: Block<S, K>, _least: Block<S, K>) -> bool {
        false
    }

    #[inline(always)]
    fn total(simd: S, sum: (Block<S, K>, Block<S, K>), _before: f64) -> Total<Block<S, K>> {
        Total::of_lanes(simd.block::<K>(), sum)
    }

    #[inline(always)]
    fn total_f64(simd: S, sum: (Block<S, K>, Block<S, K>)) -> f64 {
        let (high, low) = sum;
        f64::from(first_lane::<S, K>(simd, high)) + f64::from(first_lane::<S, K>(simd, low))
    }

    #[inline(always)]
    fn nan(_simd: S, lanes: Block<S, K>) -> Block<S, K> {
        lanes
    }

    #[inline(always)]
    fn first_hit(simd: S, hits: Block<S, K>, left: &mut Block<S, K>) -> Block<S, K> {
        *left = simd.block::<K>().sub_f32s(*left, hits);
        hits
    }

    #[inline(always)]
    fn part(self, _start: usize, _most: usize) -> Option<Self> {
        None
    }
}
