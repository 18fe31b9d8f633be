//! How the operations on rows walk a tensor `[outer, axis, inner]`.
//!
//! An operation goes over a row several times, each time with a [`Pass`]: what to do with sixteen elements.
//! A row of the last axis (`inner` = 1) is walked sixteen elements at a time, [`Along`] it; of any other axis,
//! sixteen rows are walked side by side, [`Across`] them. So a pass has sixteen lanes on every instruction
//! set, and what it sums up in them is the same everywhere.

use super::Io;
use crate::math::exp_sum::{Inverse, Sum};
use crate::row::shape::{Lengths, Rows};
use crate::simd::{Machine, Unrolled};
use core::mem::MaybeUninit;

/// Elements in a block.
pub(crate) const LANES: usize = 16;

/// Sixteen elements: `K` vectors.
pub(crate) type Block<S, const K: usize> = [<S as pulp::Simd>::f32s; K];

/// Sixteen numbers, aligned to a cache line.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Lanes(pub(crate) [f32; LANES]);

impl Lanes {
    /// Sets the lanes to those of `block`.
    ///
    /// They go through memory for certain. Else the compiler would see that halves of vectors are wanted, and keep
    /// what is summed up in halves.
    #[inline(always)]
    fn set<S: Machine, const K: usize>(lanes: &mut MaybeUninit<Self>, block: Block<S, K>) -> &Self {
        let first = lanes.as_mut_ptr().cast::<S::f32s>();
        let mut k = 0;
        while k < K {
            // SAFETY: there is room for sixteen lanes, which are `K` vectors, aligned to a cache line.
            unsafe { first.add(k).write_volatile(block[k]) };
            k += 1;
        }
        // SAFETY: all of them were written.
        unsafe { lanes.assume_init_ref() }
    }

    /// The block of these lanes.
    #[inline(always)]
    pub(crate) fn block<S: Machine, const K: usize>(&self, simd: S) -> Block<S, K> {
        // SAFETY: there are sixteen.
        unsafe { Whole.load(simd, self.0.as_ptr()) }
    }
}

/// How many elements of a block there are.
pub(crate) trait Extent: Copy {
    /// Reads them; what is not there is 0.
    ///
    /// # Safety
    /// `from` is valid for reads of them.
    unsafe fn load<S: Machine, const K: usize>(self, simd: S, from: *const f32) -> Block<S, K>;

    /// Writes them.
    ///
    /// # Safety
    /// `to` is valid for writes of them.
    unsafe fn store<S: Machine, const K: usize>(self, simd: S, to: *mut f32, value: Block<S, K>);

    /// `value` where there are elements, `other` where not.
    fn or<S: Machine, const K: usize>(
        self,
        simd: S,
        value: Block<S, K>,
        other: Block<S, K>,
    ) -> Block<S, K>;
}

/// All sixteen.
#[derive(Clone, Copy)]
pub(crate) struct Whole;

impl Extent for Whole {
    #[inline(always)]
    unsafe fn load<S: Machine, const K: usize>(self, simd: S, from: *const f32) -> Block<S, K> {
        let mut block = [simd.splat_f32s(0.0); K];
        let mut k = 0;
        while k < K {
            // SAFETY: the caller vouches for sixteen elements, which are `K` vectors.
            block[k] = unsafe { simd.load_f32s(from.add(k * S::F32_LANES)) };
            k += 1;
        }
        block
    }

    #[inline(always)]
    unsafe fn store<S: Machine, const K: usize>(self, simd: S, to: *mut f32, value: Block<S, K>) {
        let mut k = 0;
        while k < K {
            // SAFETY: as above.
            unsafe { simd.store_f32s(to.add(k * S::F32_LANES), value[k]) };
            k += 1;
        }
    }

    #[inline(always)]
    fn or<S: Machine, const K: usize>(
        self,
        _simd: S,
        value: Block<S, K>,
        _other: Block<S, K>,
    ) -> Block<S, K> {
        value
    }
}

/// The first few, at most fifteen.
#[derive(Clone, Copy)]
pub(crate) struct First(usize);

/// The number of each lane.
static NUMBERS: Lanes = {
    let mut numbers = [0.0; LANES];
    let mut lane = 0;
    while lane < LANES {
        numbers[lane] = lane as f32;
        lane += 1;
    }
    Lanes(numbers)
};

impl First {
    /// How many of them are in vector `k`.
    #[inline(always)]
    fn of_vector<S: Machine>(self, k: usize) -> usize {
        self.0.saturating_sub(k * S::F32_LANES).min(S::F32_LANES)
    }
}

impl Extent for First {
    #[inline(always)]
    unsafe fn load<S: Machine, const K: usize>(self, simd: S, from: *const f32) -> Block<S, K> {
        let mut block = [simd.splat_f32s(0.0); K];
        let mut k = 0;
        while k < K {
            // SAFETY: the caller vouches for as many elements; a vector without any is read at an address
            // that may lie behind them, and reads nothing.
            block[k] = unsafe {
                simd.load_first_f32s(self.of_vector::<S>(k), from.wrapping_add(k * S::F32_LANES))
            };
            k += 1;
        }
        block
    }

    #[inline(always)]
    unsafe fn store<S: Machine, const K: usize>(self, simd: S, to: *mut f32, value: Block<S, K>) {
        let mut k = 0;
        while k < K {
            // SAFETY: as above.
            unsafe {
                let to = to.wrapping_add(k * S::F32_LANES);
                simd.store_first_f32s(self.of_vector::<S>(k), to, value[k]);
            };
            k += 1;
        }
    }

    #[inline(always)]
    fn or<S: Machine, const K: usize>(
        self,
        simd: S,
        value: Block<S, K>,
        other: Block<S, K>,
    ) -> Block<S, K> {
        let count = simd.splat_f32s(self.0 as f32);
        let numbers: Block<S, K> = NUMBERS.block(simd);
        let mut chosen = value;
        let mut k = 0;
        while k < K {
            let inside = simd.less_than_f32s(numbers[k], count);
            chosen[k] = simd.select_f32s(inside, value[k], other[k]);
            k += 1;
        }
        chosen
    }
}

/// What to do with a block.
pub(crate) trait Pass<S: Machine, const K: usize> {
    /// Whether it wants the mask.
    const MASKED: bool;

    /// Whether it is but a few operations: [`four`](Self::four) blocks are then worked on at a time.
    const LIGHT: bool = false;

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
    fn inverse(simd: S, sum: Sum<Block<S, K>>) -> Inverse<Block<S, K>> {
        let v = Unrolled::<S, K>(simd);
        let (high, low) = sum.parts(v);
        let mut lanes = [const { MaybeUninit::uninit() }; 2];
        let [first, second] = &mut lanes;
        let (high, low) = (Lanes::set::<S, K>(first, high), Lanes::set::<S, K>(second, low));
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
    fn inverse(simd: S, sum: Sum<Block<S, K>>) -> Inverse<Block<S, K>> {
        Inverse::of_lanes(Unrolled(simd), sum)
    }
}

/// An operation on rows, in up to three passes.
pub(crate) trait RowKernel: Copy {
    /// What comes out past the length of a row.
    const PAST: f32;

    /// What the passes of a row hand on, of numbers `F`.
    type State<F: Copy>: Copy;

    /// The first pass.
    ///
    /// # Safety
    /// As for [`Walk::pass`]; so are the other two.
    unsafe fn first<S: Machine, W: Walk<S, K>, const K: usize>(
        self,
        simd: S,
        walk: W,
    ) -> Self::State<Block<S, K>>;

    /// The second pass.
    ///
    /// # Safety
    /// As for [`Walk::pass`].
    unsafe fn second<S: Machine, W: Walk<S, K>, const K: usize>(
        self,
        simd: S,
        walk: W,
        state: &mut Self::State<Block<S, K>>,
    );

    /// The third pass.
    ///
    /// # Safety
    /// As for [`Walk::pass`].
    unsafe fn third<S: Machine, W: Walk<S, K>, const K: usize>(
        self,
        simd: S,
        walk: W,
        state: &Self::State<Block<S, K>>,
    );
}

/// A tensor `[outer, axis, inner]`, and what there is to know of its rows.
#[derive(Clone, Copy)]
pub struct Tensor<'a> {
    /// All of its elements.
    pub(crate) io: Io<f32>,
    /// Neither of its numbers is 0.
    pub(crate) rows: Rows,
    /// Empty, or some rows of `axis` numbers, which repeat.
    pub(crate) mask: &'a [f32],
    /// None is above `axis`.
    pub(crate) lengths: Lengths<'a>,
}

impl Tensor<'_> {
    /// Row `row` of the mask; null where there is none.
    #[inline(always)]
    fn mask(&self, row: usize) -> *const f32 {
        if self.mask.is_empty() {
            return core::ptr::null();
        }
        let at = row * self.rows.axis % self.mask.len();
        self.mask.as_ptr().wrapping_add(at)
    }
}

/// Rows whose passes take turns: while one waits for its sum, or for its maximum, others have work.
const GROUP: usize = 8;

/// But not where so many elements would leave the first-level cache.
const GROUP_ELEMENTS: usize = 2048;

/// Applies `kernel` to each row of `tensor`.
///
/// # Safety
/// `tensor.io` is valid for reads at `src` and for writes at `dst`, which are equal or do not overlap, and the
/// rest is as [`Tensor`] says.
#[inline(always)]
pub(crate) unsafe fn map_rows<S: Machine, R: RowKernel>(simd: S, tensor: Tensor<'_>, kernel: R) {
    // A constant, though the language does not know: one arm is compiled.
    // SAFETY: the caller's promise, passed on; so many vectors have sixteen lanes.
    unsafe {
        match S::F32_LANES {
            16 => map_rows_of::<S, R, 1>(simd, tensor, kernel),
            8 => map_rows_of::<S, R, 2>(simd, tensor, kernel),
            4 => map_rows_of::<S, R, 4>(simd, tensor, kernel),
            _ => map_rows_of::<S, R, 16>(simd, tensor, kernel),
        }
    }
}

/// [`map_rows`] with `K` vectors to a block.
///
/// # Safety
/// As for that.
#[inline(always)]
unsafe fn map_rows_of<S: Machine, R: RowKernel, const K: usize>(
    simd: S,
    tensor: Tensor<'_>,
    kernel: R,
) {
    // SAFETY: the caller's promise, passed on.
    unsafe {
        let Tensor { rows, mask, lengths, .. } = tensor;
        if rows.inner == 1 && rows.axis <= SHORT && mask.is_empty() && lengths == Lengths::All {
            short_rows::<S, R, K>(simd, tensor, kernel);
        } else if rows.inner == 1 {
            last_axis::<S, R, K>(simd, tensor, kernel);
        } else {
            other_axis::<S, R, K>(simd, tensor, kernel);
        }
    }
}

/// Rows that are consecutive elements.
///
/// # Safety
/// As for [`map_rows`]; `inner` is 1.
#[inline(always)]
unsafe fn last_axis<S: Machine, R: RowKernel, const K: usize>(
    simd: S,
    tensor: Tensor<'_>,
    kernel: R,
) {
    let Tensor { io, rows, lengths, .. } = tensor;
    let axis = rows.axis;
    let group = (GROUP_ELEMENTS / axis).clamp(1, GROUP);
    let outer = io.len / axis;
    let mut start = 0;
    while start < outer {
        let count = group.min(outer - start);
        // SAFETY: the rows lie inside, and a length is at most the axis. A state is read in the turn that
        // wrote it.
        unsafe {
            let walk = |i: usize| Along {
                io: io.part((start + i) * axis, lengths.of(start + i, axis)),
                mask: tensor.mask(start + i),
            };
            let mut states = [const { MaybeUninit::<R::State<Block<S, K>>>::uninit() }; GROUP];
            let (states, _) = states.split_at_mut_unchecked(count);
            for (i, state) in states.iter_mut().enumerate() {
                state.write(kernel.first::<S, _, K>(simd, walk(i)));
            }
            for (i, state) in states.iter_mut().enumerate() {
                kernel.second::<S, _, K>(simd, walk(i), state.assume_init_mut());
            }
            for (i, state) in states.iter_mut().enumerate() {
                kernel.third::<S, _, K>(simd, walk(i), state.assume_init_ref());
            }
            for i in 0..count {
                let len = lengths.of(start + i, axis);
                let dst = io.dst.add((start + i) * axis);
                for past in len..axis {
                    dst.add(past).write(R::PAST);
                }
            }
        }
        start += count;
    }
}

/// Rows up to this long are worked on side by side.
const SHORT: usize = 128;

/// Short rows that are consecutive elements. What is summed up in sixteen lanes wants to be put together, which
/// takes as long as fifty elements do: so sixteen rows are copied to lie side by side, and back.
///
/// # Safety
/// As for [`map_rows`]; `inner` is 1, `axis` at most [`SHORT`], and there are neither mask nor lengths.
#[inline(always)]
unsafe fn short_rows<S: Machine, R: RowKernel, const K: usize>(
    simd: S,
    tensor: Tensor<'_>,
    kernel: R,
) {
    let Tensor { io, rows, .. } = tensor;
    let axis = rows.axis;
    let mut scratch = [Lanes([0.0; LANES]); SHORT];
    let scratch = scratch.as_mut_ptr().cast::<f32>();
    let mut at = 0;
    while at < io.len {
        let count = ((io.len - at) / axis).min(LANES);
        // SAFETY: `count` rows of `axis` elements start at `at`; there is room for `axis` groups of sixteen. What
        // is left over in it is a number.
        unsafe {
            copy_transposed(simd, io.src.add(at), (count, axis), axis, scratch, LANES);
            let walk = Across {
                io: Io {
                    src: scratch.cast_const(),
                    dst: scratch,
                    len: axis,
                },
                mask: core::ptr::null(),
                extent: Whole,
                stride: LANES,
            };
            let mut state = kernel.first::<S, _, K>(simd, walk);
            kernel.second::<S, _, K>(simd, walk, &mut state);
            kernel.third::<S, _, K>(simd, walk, &state);
            copy_transposed(simd, scratch, (axis, count), LANES, io.dst.add(at), axis);
        }
        at += count * axis;
    }
}

/// Writes the columns of a matrix of `size`, rows by columns, as rows.
///
/// # Safety
/// Its rows are valid for reads, `from_stride` apart, and the columns for writes, `to_stride` apart.
#[inline(always)]
unsafe fn copy_transposed<S: Machine>(
    simd: S,
    from: *const f32,
    (rows, columns): (usize, usize),
    from_stride: usize,
    to: *mut f32,
    to_stride: usize,
) {
    let tile = S::TILE;
    // SAFETY: all that is accessed lies inside the matrix. The last tile of a row overlaps the one before.
    unsafe {
        if rows >= tile && columns >= tile {
            let mut row = 0;
            while row < rows {
                row = row.min(rows - tile);
                let mut column = 0;
                while column < columns {
                    column = column.min(columns - tile);
                    let from = from.add(row * from_stride + column);
                    let to = to.add(column * to_stride + row);
                    simd.transpose(from, from_stride, to, to_stride);
                    column += tile;
                }
                row += tile;
            }
        } else {
            for row in 0..rows {
                for column in 0..columns {
                    *to.add(column * to_stride + row) = *from.add(row * from_stride + column);
                }
            }
        }
    }
}

/// Rows whose elements lie apart.
///
/// # Safety
/// As for [`map_rows`].
#[inline(always)]
unsafe fn other_axis<S: Machine, R: RowKernel, const K: usize>(
    simd: S,
    tensor: Tensor<'_>,
    kernel: R,
) {
    let Rows { axis, inner } = tensor.rows;
    let mut at = 0;
    let mut row = 0;
    // SAFETY: rows of `axis` groups of `inner` elements fill the tensor.
    unsafe {
        while at < tensor.io.len {
            let mut column = 0;
            while inner - column >= LANES {
                strip::<S, R, _, K>(simd, tensor, kernel, row, at + column, Whole);
                column += LANES;
            }
            if column < inner {
                let extent = First(inner - column);
                strip::<S, R, _, K>(simd, tensor, kernel, row, at + column, extent);
            }
            at += axis * inner;
            row += 1;
        }
    }
}

/// Up to sixteen rows side by side, the first of which starts at `at`.
///
/// # Safety
/// As for [`map_rows`]; the rows lie inside.
#[inline(always)]
unsafe fn strip<S: Machine, R: RowKernel, E: Extent, const K: usize>(
    simd: S,
    tensor: Tensor<'_>,
    kernel: R,
    row: usize,
    at: usize,
    extent: E,
) {
    let Rows { axis, inner } = tensor.rows;
    let len = tensor.lengths.of(row, axis);
    // SAFETY: the caller's promise.
    unsafe {
        let walk = Across {
            io: Io {
                src: tensor.io.src.add(at),
                dst: tensor.io.dst.add(at),
                len,
            },
            mask: tensor.mask(row),
            extent,
            stride: inner,
        };
        let mut state = kernel.first::<S, _, K>(simd, walk);
        kernel.second::<S, _, K>(simd, walk, &mut state);
        kernel.third::<S, _, K>(simd, walk, &state);
        for past in len..axis {
            let dst = walk.io.dst.add(past * inner);
            extent.store(simd, dst, [simd.splat_f32s(R::PAST); K]);
        }
    }
}
