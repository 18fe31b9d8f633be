//! Which rows of a tensor `[outer, axis, inner]` are worked on together.
//!
//! Rows of the last axis are taken a few at a time, as they lie; but short ones, if there are many, are copied to lie
//! side by side, sixteen at a time, since what is found out in sixteen lanes of one row takes as long to be put together as
//! fifty elements do. Rows of any other axis lie side by side already. A row's bits do not depend on which of
//! these ways it goes, if it is one of the last axis.

use super::block::LANES;
use super::group::{Group, Logits, Scratch};
use super::passes::{OfLayout, Passes};
use crate::Isa;
use crate::drive::Io;
use crate::math::exp_sum::SHORT;
use crate::shape::{Lengths, Rows};

/// A tensor `[outer, axis, inner]`, and how logits are made of its elements.
#[derive(Clone, Copy)]
pub(crate) struct Tensor<'a> {
    /// All of its elements.
    pub(crate) io: Io<f32>,
    /// Neither of its numbers is 0.
    pub(crate) rows: Rows,
    /// What the elements are multiplied by.
    pub(crate) scale: f32,
    /// Empty, or some rows of `axis` numbers, which repeat.
    pub(crate) mask: &'a [f32],
    /// How many elements of each row take part; no number is above `axis`.
    pub(crate) lengths: Lengths<'a>,
}

/// An operation on rows.
#[derive(Clone, Copy)]
pub(crate) struct Operation {
    /// The passes that it takes over a group of rows that have the layout; the second argument makes logits.
    ///
    /// # Safety
    /// The CPU has the instruction set of the passes; the group is as its fields say and has the layout.
    pub(crate) run: unsafe fn(&Passes, &OfLayout, Logits, &mut Group),
    /// What comes out past the length of a row.
    pub(crate) past: f32,
}

/// Elements of the rows of a group at most, if it is more than one row: more would leave the first-level cache.
const GROUP: usize = 2048;

impl Tensor<'_> {
    fn logits(&self) -> Logits {
        if !self.mask.is_empty() {
            Logits::Masked
        } else if self.scale != 1.0 {
            Logits::Scaled
        } else {
            Logits::Plain
        }
    }

    /// Row `row` of the mask; null if there is none.
    fn mask(&self, row: usize) -> *const f32 {
        if self.mask.is_empty() {
            return core::ptr::null();
        }
        if row == 0 {
            return self.mask.as_ptr();
        }
        let at = row % (self.mask.len() / self.rows.axis) * self.rows.axis;
        self.mask.as_ptr().wrapping_add(at)
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
    let is_whole = tensor.lengths == Lengths::All;
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

/// One row of consecutive elements: what [`last_axis`] does for some takes as long as some elements of a short one.
///
/// # Safety
/// As for [`map_rows`]; `inner` is 1, and `axis` the length.
#[inline(never)] // So that one way alone has its group on the stack.
unsafe fn one_row(passes: &Passes, tensor: Tensor<'_>, operation: Operation) {
    let Tensor { io, rows, .. } = tensor;
    let len = tensor.lengths.of(0, rows.axis);
    let mut group = Group::new();
    (group.src, group.dst) = (io.src, io.dst);
    group.count = 1;
    group.pitch = rows.axis;
    group.scale_by(tensor.scale);
    group.look_ahead(rows.axis);
    // SAFETY: the row lies inside the tensor, and its length is at most the axis.
    unsafe {
        group.lens.set(0, len);
        group.masks.set(0, tensor.mask(0));
        (operation.run)(passes, &passes.along, tensor.logits(), &mut group);
        for past in len..rows.axis {
            io.dst.add(past).write(operation.past);
        }
    }
}

/// Rows of consecutive elements, from one row on to another, as they lie.
///
/// # Safety
/// As for [`map_rows`]; `inner` is 1.
#[inline(never)] // So that one way alone has its group on the stack.
unsafe fn last_axis(
    passes: &Passes,
    tensor: Tensor<'_>,
    operation: Operation,
    (start, end): (usize, usize),
) {
    let Tensor { io, lengths, .. } = tensor;
    let axis = tensor.rows.axis;
    // A mask has rows of its own.
    let elements = if tensor.mask.is_empty() {
        GROUP
    } else {
        GROUP / 2
    };
    let most = if end - start <= 1 {
        1
    } else {
        (elements / axis).clamp(1, LANES)
    };
    let mut group = Group::new();
    group.pitch = axis;
    group.scale_by(tensor.scale);
    let ahead = most * axis;
    let mut first = start;
    while first < end {
        group.count = most.min(end - first);
        // SAFETY: the rows lie inside the tensor, a length is at most the axis, and there are at most sixteen rows.
        unsafe {
            for row in 0..group.count {
                group.lens.set(row, lengths.of(first + row, axis));
                group.masks.set(row, tensor.mask(first + row));
            }
            group.src = io.src.add(first * axis);
            group.dst = io.dst.add(first * axis);
            group.look_ahead(ahead);
            (operation.run)(passes, &passes.along, tensor.logits(), &mut group);
            for row in 0..group.count {
                for past in group.lens.get(row)..axis {
                    io.dst
                        .add((first + row) * axis + past)
                        .write(operation.past);
                }
            }
        }
        first += group.count;
    }
}

/// The first `count` rows of consecutive elements, a multiple of sixteen, by way of scratch.
///
/// # Safety
/// As for [`map_rows`]; `inner` is 1, `axis` at most [`SHORT`], and there are no lengths, and at least `count` rows.
#[inline(never)]
unsafe fn short_rows(passes: &Passes, tensor: Tensor<'_>, operation: Operation, count: usize) {
    let io = tensor.io;
    let axis = tensor.rows.axis;
    let (mut scratch, mut leftovers) = (Scratch::new(), Scratch::new());
    let mut group = Group::new();
    group.scale_by(tensor.scale);
    group.pitch = axis;
    group.stride = LANES;
    group.count = LANES;
    // SAFETY: there are sixteen rows.
    unsafe { (0..LANES).for_each(|row| group.lens.set(row, axis)) };
    // A mask that all rows share is one for rows side by side, too.
    let is_shared = tensor.mask.len() <= axis;
    let logits = if is_shared {
        tensor.logits()
    } else {
        Logits::Plain
    };
    group.leftovers = leftovers.as_mut_ptr();
    let scratch = scratch.as_mut_ptr();
    for first in (0..count).step_by(LANES) {
        // SAFETY: sixteen rows of `axis` elements start at `first`; there is room for `axis` times sixteen elements.
        unsafe {
            let (mut src, dst) = (io.src.add(first * axis), io.dst.add(first * axis));
            if !is_shared {
                for row in 0..LANES {
                    group.masks.set(row, tensor.mask(first + row));
                }
                (group.src, group.dst) = (src, dst);
                (passes.along.extremes[Logits::Masked as usize])(&mut group);
                src = dst.cast_const();
            } else {
                group.masks.set(0, tensor.mask.as_ptr());
            }
            (passes.transpose)((LANES, axis), (src, axis), (scratch, LANES));
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
unsafe fn other_axis(passes: &Passes, tensor: Tensor<'_>, operation: Operation) {
    let Rows { axis, inner } = tensor.rows;
    let mut group = Group::new();
    group.stride = inner;
    group.scale_by(tensor.scale);
    for row in 0..tensor.io.len / (axis * inner) {
        let len = tensor.lengths.of(row, axis);
        // SAFETY: there is a row.
        unsafe {
            group.lens.set(0, len);
            group.masks.set(0, tensor.mask(row));
        }
        for column in (0..inner).step_by(LANES) {
            group.count = LANES.min(inner - column);
            let at = row * axis * inner + column;
            // SAFETY: rows of `axis` groups of `inner` elements fill the tensor, and a length is at most the axis.
            unsafe {
                group.src = tensor.io.src.add(at);
                group.dst = tensor.io.dst.add(at);
                (operation.run)(passes, &passes.across, tensor.logits(), &mut group);
                for past in len..axis {
                    let dst = tensor.io.dst.add(at + past * inner);
                    core::slice::from_raw_parts_mut(dst, group.count).fill(operation.past);
                }
            }
        }
    }
}
