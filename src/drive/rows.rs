//! How the operations on rows walk a tensor `[outer, axis, inner]`.
//!
//! An operation goes over a row several times, each time with a [`Pass`]: what to do with sixteen elements.
//! A row of the last axis (`inner` = 1) is walked sixteen elements at a time, [`Along`] it; of any other axis,
//! sixteen rows are walked side by side, [`Across`] them, and so are sixteen short rows of the last axis, once they
//! are copied to lie so. A pass has sixteen lanes on every instruction set, and what it sums up in them
//! is the same everywhere.

mod block;
mod walk;

pub(crate) use block::{Block, Extent, LANES, Whole, first_lane};
pub(crate) use walk::{LONG, PART, Pass, RowWalk};

use super::Io;
use crate::row::logits::{Kind, OfKind};
use crate::row::shape::{Lengths, Rows};
use crate::simd::Machine;
use block::{First, Lanes};
use core::mem::MaybeUninit;
use walk::{Across, Along};

/// An operation on rows, in up to three passes.
pub(crate) trait RowKernel: Copy {
    /// What comes out past the length of a row.
    const PAST: f32;

    /// What the passes of a row hand on, of numbers `F`.
    type State<F: Copy>: Copy;

    /// The first pass.
    ///
    /// # Safety
    /// As for [`RowWalk::pass`]; so are the other two.
    unsafe fn first<S: Machine, W: RowWalk<S, K>, const K: usize>(
        self,
        simd: S,
        walk: W,
    ) -> Self::State<Block<S, K>>;

    /// The second pass.
    ///
    /// # Safety
    /// As for [`RowWalk::pass`].
    unsafe fn second<S: Machine, W: RowWalk<S, K>, const K: usize>(
        self,
        simd: S,
        walk: W,
        state: &mut Self::State<Block<S, K>>,
    );

    /// The third pass.
    ///
    /// # Safety
    /// As for [`RowWalk::pass`].
    unsafe fn third<S: Machine, W: RowWalk<S, K>, const K: usize>(
        self,
        simd: S,
        walk: W,
        state: &Self::State<Block<S, K>>,
    );
}

/// An operation as a walk over a tensor: the body of its named functions on each instruction set.
pub(crate) trait RunRows<T> {
    /// Which of them to call.
    fn kind(&self) -> Kind;

    /// Applies the operation to each row of `io`: of the last axis if `LAST` is set, else of others.
    ///
    /// # Safety
    /// `io.src` is valid for reads and `io.dst` for writes of `io.len` elements; the two are equal or do not overlap.
    /// There are elements, and the operation's `check` of `rows` and `io.len` has returned `Ok`. The logits are of
    /// the kind that [`kind`](Self::kind) says, and `LAST` says whether `rows.inner` is 1.
    unsafe fn run<S: Machine, L: OfKind, const LAST: bool>(&self, simd: S, io: Io<T>, rows: Rows);
}

/// A tensor `[outer, axis, inner]`, and what there is to know of its rows.
#[derive(Clone, Copy)]
pub(crate) struct Tensor<'a> {
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
        let at = (row * self.rows.axis)
            .checked_rem(self.mask.len())
            .unwrap_or(0);
        self.mask.as_ptr().wrapping_add(at)
    }
}

/// Rows whose passes take turns: while one waits for its sum, or for its maximum, others have work.
const GROUP: usize = 8;

/// But not where so many elements would leave the first-level cache.
const GROUP_ELEMENTS: usize = 2048;

/// Memory is read ahead by a group of rows, but no further than this many elements: a part of a cache.
const FURTHEST: usize = 1 << 16;

/// Applies `kernel` to each row of `tensor`: of the last axis if `LAST` is set, else of others.
///
/// # Safety
/// `tensor.io` is valid for reads at `src` and for writes at `dst`, which are equal or do not overlap, and the
/// rest is as [`Tensor`] says.
#[inline(always)]
pub(crate) unsafe fn map_rows<S: Machine, R: RowKernel, const LAST: bool>(
    simd: S,
    tensor: Tensor<'_>,
    kernel: R,
) {
    // A constant, though the language does not know: one arm is compiled.
    // SAFETY: the caller's promise, passed on; so many vectors have sixteen lanes.
    unsafe {
        match S::F32_LANES {
            16 => map_rows_of::<S, R, LAST, 1>(simd, tensor, kernel),
            8 => map_rows_of::<S, R, LAST, 2>(simd, tensor, kernel),
            4 => map_rows_of::<S, R, LAST, 4>(simd, tensor, kernel),
            _ => map_rows_of::<S, R, LAST, 16>(simd, tensor, kernel),
        }
    }
}

/// [`map_rows`] with `K` vectors to a block.
///
/// # Safety
/// As for that.
#[inline(always)]
unsafe fn map_rows_of<S: Machine, R: RowKernel, const LAST: bool, const K: usize>(
    simd: S,
    tensor: Tensor<'_>,
    kernel: R,
) {
    // SAFETY: the caller's promise, passed on.
    unsafe {
        let Tensor {
            rows,
            mask,
            lengths,
            ..
        } = tensor;
        if !LAST {
            other_axis::<S, R, K>(simd, tensor, kernel);
        } else if rows.axis <= SHORT && mask.is_empty() && lengths == Lengths::All {
            short_rows::<S, R, K>(simd, tensor, kernel);
        } else {
            last_axis::<S, R, K>(simd, tensor, kernel);
        }
    }
}

/// `a / b`, where b is not 0; saying what happens if it were spares the kernel a call to the panic handler.
#[inline(always)]
fn quotient(a: usize, b: usize) -> usize {
    a.checked_div(b).unwrap_or(0)
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
    let Tensor {
        io, rows, lengths, ..
    } = tensor;
    let axis = rows.axis;
    let group = quotient(GROUP_ELEMENTS, axis).clamp(1, GROUP);
    let outer = quotient(io.len, axis);
    let mut start = 0;
    while start < outer {
        let count = group.min(outer - start);
        // SAFETY: the rows lie inside, and a length is at most the axis. `count` is at most `GROUP`, and a
        // state is read in the turn that wrote it.
        unsafe {
            let walk = |i: usize| Along {
                io: io.part((start + i) * axis, lengths.of(start + i, axis)),
                mask: tensor.mask(start + i),
                ahead: (group * axis).min(FURTHEST),
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
        let count = quotient(io.len - at, axis).min(LANES);
        // SAFETY: `count` rows of `axis` elements start at `at`; there is room for `axis` groups of sixteen. What
        // is left over in it was written, and is not copied back.
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
            while S::IS_SCALAR && column < inner {
                let extent = First::of_rows(LANES.min(inner - column));
                strip::<S, R, _, K>(simd, tensor, kernel, row, at + column, extent);
                column += LANES;
            }
            while !S::IS_SCALAR && inner - column >= LANES {
                strip::<S, R, _, K>(simd, tensor, kernel, row, at + column, Whole);
                column += LANES;
            }
            if !S::IS_SCALAR && column < inner {
                let extent = First::of_rows(inner - column);
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
