//! Which rows of a tensor `[outer, axis, inner]` are worked on together.
//!
//! Rows of the last axis are taken a few at a time, as they lie; but short ones, if there are many, are copied to lie
//! side by side, sixteen at a time, since what is found out in sixteen lanes of one row takes as long to be put together as
//! fifty elements do. Rows of any other axis lie side by side already. A row's bits do not depend on which of
//! these ways it goes, if it is one of the last axis.

use super::attention::Attention;
use super::block::LANES;
#[cfg(feature = "half")]
use super::converted;
use super::group::Group;
use super::logits::Logits;
use super::passes::{OfLayout, Passes};
#[cfg(feature = "half")]
use super::pieces::Pieces;
use crate::Isa;
use crate::converted::AnyIo;
use crate::drive::Io;
use crate::math::exp_sum::SHORT;
use crate::scratch::Scratch;
use crate::shape::Rows;

mod lanes;

/// A tensor `[outer, axis, inner]`, and how logits are made of its elements.
#[derive(Clone, Copy)]
pub(crate) struct Tensor<'a> {
    /// All of its elements.
    pub(crate) io: Io<f32>,
    /// Neither of its numbers is 0.
    pub(crate) rows: Rows,
    /// How logits are made, and of which elements; it fits the tensor.
    pub(crate) attention: &'a Attention<'a>,
    /// The number of the first of the rows, as the attention counts them.
    pub(crate) first: usize,
    /// Where the logarithm of the sum of each row is written, `[outer, inner]`; null if nobody asks for it.
    pub(crate) log_sums: *mut f32,
}

/// An operation on rows.
#[derive(Clone, Copy)]
pub(crate) struct Operation {
    /// The passes that it takes over a group of rows that have the layout; the second argument makes logits.
    ///
    /// # Safety
    /// The CPU has the instruction set of the passes; the group is as its fields say and has the layout.
    pub(crate) run: unsafe fn(&Passes, &OfLayout, Logits, &mut Group),
    /// The same over one long row, piece by piece.
    ///
    /// # Safety
    /// The CPU has the instruction set of the passes; the row is as its fields say.
    #[cfg(feature = "half")]
    pub(crate) run_in_pieces: unsafe fn(&mut Pieces<'_>),
    /// What comes out for keys that take no part.
    pub(crate) past: f32,
}

/// Elements of the rows of a group at most, if it is more than one row: more would leave the first-level cache.
const GROUP: usize = 2048;

/// Applies `operation` to the rows of `io`, and writes the logarithms of their sums, if it has such and they are not null.
///
/// # Safety
/// As for [`LaunchRows::launch`](super::formula::LaunchRows::launch); there is room for the logarithm of each row.
#[inline]
pub(super) unsafe fn map(
    isa: Isa,
    attention: &Attention<'_>,
    rows: Rows,
    (io, log_sums): (AnyIo, *mut f32),
    operation: Operation,
) {
    let tensor = |io| Tensor {
        io,
        rows,
        attention,
        first: attention.first,
        log_sums,
    };
    // SAFETY: the caller's promise, passed on; `check` has seen to the attention.
    unsafe {
        match io.as_f32() {
            Some(io) => map_rows(isa, tensor(io), operation),
            #[cfg(feature = "half")]
            None => converted::map_rows(converted::Call {
                isa,
                tensor: tensor(Io::in_place(core::ptr::null_mut(), 0)),
                io,
                operation,
            }),
            #[cfg(not(feature = "half"))]
            None => {}
        }
    }
}

/// Applies `operation` to each row of `tensor`.
///
/// # Safety
/// The CPU has `isa`. `tensor.io` is valid for reads at `src` and for writes at `dst`, which are equal or do not
/// overlap; its length is not 0, and the rest is as [`Tensor`] says.
pub(crate) unsafe fn map_rows(isa: Isa, tensor: Tensor<'_>, operation: Operation) {
    let passes = Passes::of(isa);
    let Rows { axis, inner } = tensor.rows;
    let is_whole = tensor.attention.has_all_keys();
    // SAFETY: the caller's promise, passed on.
    unsafe {
        if inner > 1 {
            other_axis(passes, tensor, operation);
        } else if axis <= SHORT && tensor.io.len >= LANES * axis && is_whole && isa != Isa::Scalar {
            let outer = tensor.io.len / axis;
            let done = outer / LANES * LANES;
            short_rows(passes, tensor, operation, done);
            last_axis(passes, tensor, operation, (done, outer));
        } else if tensor.io.len == axis {
            one_row(passes, tensor, operation);
        } else {
            last_axis(passes, tensor, operation, (0, tensor.io.len / axis));
        }
    }
}

/// Writes `past` to the `axis` elements at `row`, but for the `len` from `start` on.
///
/// # Safety
/// All of them can be written.
#[inline(always)]
unsafe fn fill_around(row: *mut f32, axis: usize, (start, len): (usize, usize), past: f32) {
    // SAFETY: the caller's promise; what takes part lies inside the row.
    unsafe {
        (0..start).for_each(|at| row.add(at).write(past));
        (start + len..axis).for_each(|at| row.add(at).write(past));
    }
}

/// One row of consecutive elements: what [`last_axis`] does for some takes as long as some elements of a short one.
///
/// # Safety
/// As for [`map_rows`]; `inner` is 1, and `axis` the length.
#[inline(never)] // So that one way alone has its group on the stack.
unsafe fn one_row(passes: &Passes, tensor: Tensor<'_>, operation: Operation) {
    let Tensor { io, rows, .. } = tensor;
    let mut group = tensor.group();
    (group.src, group.dst) = (io.src, io.dst);
    group.count = 1;
    group.pitch = rows.axis;
    group.log_sums = tensor.log_sums;
    group.look_ahead(rows.axis);
    // SAFETY: the row lies inside the tensor, and so do its keys.
    unsafe {
        tensor.set_row(&mut group, 0, 0);
        let keys = (group.starts.get(0), group.lens.get(0));
        (operation.run)(passes, &passes.along, tensor.logits(), &mut group);
        fill_around(io.dst, rows.axis, keys, operation.past);
    }
}

/// Rows of consecutive elements, from one row on to another, as they lie.
///
/// # Safety
/// As for [`map_rows`]; `inner` is 1.
#[inline(never)] // So that one way alone has its group on the stack.
pub(super) unsafe fn last_axis(
    passes: &Passes,
    tensor: Tensor<'_>,
    operation: Operation,
    (start, end): (usize, usize),
) {
    let io = tensor.io;
    let axis = tensor.rows.axis;
    let most = if end - start <= 1 {
        1
    } else {
        (GROUP / axis).clamp(1, LANES)
    };
    let mut group = tensor.group();
    group.pitch = axis;
    let ahead = most * axis;
    let mut first = start;
    while first < end {
        group.count = most.min(end - first);
        // SAFETY: the rows lie inside the tensor, so do their keys, and there are at most sixteen rows.
        unsafe {
            for row in 0..group.count {
                tensor.set_row(&mut group, row, first + row);
            }
            group.src = io.src.add(first * axis);
            group.dst = io.dst.add(first * axis);
            group.log_sums = tensor.log_sum(first);
            group.look_ahead(ahead);
            (operation.run)(passes, &passes.along, tensor.logits(), &mut group);
            for row in 0..group.count {
                let keys = (group.starts.get(row), group.lens.get(row));
                fill_around(io.dst.add((first + row) * axis), axis, keys, operation.past);
            }
        }
        first += group.count;
    }
}

/// The first `count` rows of consecutive elements, a multiple of sixteen, by way of scratch.
///
/// # Safety
/// As for [`map_rows`]; `inner` is 1, `axis` at most [`SHORT`], all keys take part, and there are at least `count` rows.
#[inline(never)]
unsafe fn short_rows(passes: &Passes, tensor: Tensor<'_>, operation: Operation, count: usize) {
    let io = tensor.io;
    let axis = tensor.rows.axis;
    // Sixteen rows that lie side by side, and what their sums leave over.
    let [mut scratch, mut leftovers] = [const { Scratch::<{ LANES * SHORT }>::new() }; 2];
    let mut group = tensor.group();
    group.pitch = axis;
    group.count = LANES;
    group.leftovers = leftovers.start();
    // A mask that all rows share is one for rows side by side, too.
    let mask = tensor.attention.mask;
    let is_shared = match mask.strides {
        Some(strides) => strides == [0; 3],
        None => mask.values.len() <= axis,
    };
    let logits = tensor.logits();
    let scratch = scratch.start();
    for first in (0..count).step_by(LANES) {
        // SAFETY: sixteen rows of `axis` elements start at `first`; there is room for `axis` times sixteen elements.
        unsafe {
            let dst = io.dst.add(first * axis);
            (group.src, group.dst) = (io.src.add(first * axis), dst);
            group.log_sums = tensor.log_sum(first);
            for row in 0..LANES {
                tensor.set_row(&mut group, row, first + row);
            }
            let logits = if is_shared {
                logits
            } else {
                group.stride = 0;
                passes.along.logits(logits, &mut group);
                Logits::PLAIN
            };
            group.stride = LANES;
            (passes.transpose)((LANES, axis), (group.src, axis), (scratch, LANES));
            (group.src, group.dst) = (scratch.cast_const(), scratch);
            (operation.run)(passes, &passes.in_scratch, logits, &mut group);
            (passes.transpose)((axis, LANES), (scratch.cast_const(), LANES), (dst, axis));
        }
    }
}

/// Rows whose elements lie apart: sixteen at a time, side by side.
///
/// # Safety
/// As for [`map_rows`]; `inner` is not 1.
#[inline(never)]
pub(super) unsafe fn other_axis(passes: &Passes, tensor: Tensor<'_>, operation: Operation) {
    let Rows { axis, inner } = tensor.rows;
    let mut group = tensor.group();
    group.stride = inner;
    for row in 0..tensor.io.len / (axis * inner) {
        // SAFETY: there is a row, and the first call sets its length.
        let (start, len) = unsafe {
            (
                tensor.set_rows_side_by_side(&mut group, row),
                group.lens.get(0),
            )
        };
        for column in (0..inner).step_by(LANES) {
            group.count = LANES.min(inner - column);
            let at = row * axis * inner + column;
            group.log_sums = tensor.log_sum(row * inner + column);
            // SAFETY: rows of `axis` groups of `inner` elements fill the tensor, and the keys lie inside.
            unsafe {
                group.src = tensor.io.src.add(at + start * inner);
                group.dst = tensor.io.dst.add(at + start * inner);
                (operation.run)(passes, &passes.across, tensor.logits(), &mut group);
                for past in (0..start).chain(start + len..axis) {
                    let dst = tensor.io.dst.add(at + past * inner);
                    core::slice::from_raw_parts_mut(dst, group.count).fill(operation.past);
                }
            }
        }
    }
}
