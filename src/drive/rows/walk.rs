//! The ways over a row, and what is done on the way.

use super::block::{Block, Extent, First, LANES, Lanes, Whole};
use crate::drive::Io;
use crate::math::exp_sum::{Inverse, Sum};
use crate::simd::{Machine, Unrolled};
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

/// The way over one row, or over sixteen.
pub(crate) trait Walk<S: Machine, const K: usize>: Copy {
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

    /// The inverse of the sum of the row.
    fn inverse(simd: S, sum: Sum<Block<S, K>>) -> Inverse<Block<S, K>>;
}

/// Along one row, sixteen elements at a time.
#[derive(Clone, Copy)]
pub(crate) struct Along {
    /// Its elements: readable at `src`, writable at `dst`, which are equal or do not overlap.
    pub(crate) io: Io<f32>,
    /// As many numbers, or null.
    pub(crate) mask: *const f32,
}

impl<S: Machine, const K: usize> Walk<S, K> for Along {
    #[inline(always)]
    unsafe fn pass<P: Pass<S, K>>(self, simd: S, pass: &mut P) {
        let Io { src, dst, len } = self.io;
        let mut at = 0;
        // SAFETY: a block at `at` lies below `len`, or is cut off there.
        unsafe {
            while P::LIGHT && len - at >= 4 * LANES {
                let mut masks = [[simd.splat_f32s(0.0); K]; 4];
                for (i, mask) in masks.iter_mut().enumerate() {
                    *mask = self.mask::<S, P, _, K>(simd, at + i * LANES, Whole);
                }
                pass.four(simd, src.add(at), dst.add(at), masks);
                at += 4 * LANES;
            }
            while len - at >= LANES {
                let mask = self.mask::<S, P, _, K>(simd, at, Whole);
                pass.block(simd, src.add(at), dst.add(at), Whole, mask);
                at += LANES;
            }
            if at < len {
                let extent = First(len - at);
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
        simd.first_true_m32s(mask[0]) == 0
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
    fn inverse(simd: S, sum: Sum<Block<S, K>>) -> Inverse<Block<S, K>> {
        let v = Unrolled::<S, K>(simd);
        let (high, low) = sum.parts(v);
        let mut lanes = [const { MaybeUninit::uninit() }; 2];
        let [first, second] = &mut lanes;
        let high = Lanes::set::<S, K>(simd, first, high);
        let low = Lanes::set::<S, K>(simd, second, low);
        Inverse::of_total(v, simd.sum_f64(&high.0, &low.0))
    }
}

impl Along {
    /// The mask of the block at `at`; zeros where the pass wants none.
    ///
    /// # Safety
    /// As for [`Walk::pass`]; the block lies in the row.
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

impl<S: Machine, E: Extent, const K: usize> Walk<S, K> for Across<E> {
    #[inline(always)]
    unsafe fn pass<P: Pass<S, K>>(self, simd: S, pass: &mut P) {
        let Io { src, dst, len } = self.io;
        for i in 0..len {
            let at = i * self.stride;
            // SAFETY: there are `len` groups, and as many numbers in the mask.
            unsafe {
                let mask = if P::MASKED { *self.mask.add(i) } else { 0.0 };
                let mask = [simd.splat_f32s(mask); K];
                pass.block(simd, src.add(at), dst.add(at), self.extent, mask);
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
        numbers
    }

    #[inline(always)]
    fn any(simd: S, mask: [S::m32s; K]) -> bool {
        let mut any = false;
        let mut k = 0;
        while k < K {
            any |= simd.first_true_m32s(mask[k]) < S::F32_LANES;
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
    fn inverse(simd: S, sum: Sum<Block<S, K>>) -> Inverse<Block<S, K>> {
        Inverse::of_lanes(Unrolled(simd), sum)
    }
}
