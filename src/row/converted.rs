//! Rows of tensors of which one is not f32: some rows at a time are widened to scratch, worked on as f32, and rounded
//! once. A row that is longer than the scratch goes through it in pieces, once for each pass.

use super::block::LANES;
use super::passes::Passes;
use super::pieces::{Pieces, Row};
use super::tensor::{self, Operation, Tensor, other_axis};
use crate::Isa;
use crate::converted::AnyIo;
use crate::drive::Io;
use crate::scratch::Scratch;
use crate::shape::Rows;

/// Elements of some rows that are widened at a time: 7 KiB of stack.
const ROOM: usize = 1792;

/// An operation on the rows of a tensor.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) isa: Isa,
    /// All but its elements.
    pub(super) tensor: Tensor<'a>,
    pub(super) io: AnyIo,
    pub(super) operation: Operation,
}

/// Applies the operation to each row.
///
/// # Safety
/// As for [`LaunchRows::launch`](super::formula::LaunchRows::launch).
pub(super) unsafe fn map_rows(call: Call<'_>) {
    // SAFETY: the caller's promise, passed on.
    unsafe {
        if call.tensor.rows.axis > ROOM {
            long_rows(call);
        } else if call.tensor.rows.inner == 1 {
            last_axis(call);
        } else {
            side_by_side(call);
        }
    }
}

/// Rows of consecutive elements, of which at least one has room in the scratch.
///
/// # Safety
/// As for [`map_rows`].
#[inline(never)] // So that one way alone has its scratch on the stack.
unsafe fn last_axis(call: Call<'_>) {
    let Call {
        isa,
        tensor,
        io,
        operation,
    } = call;
    let mut scratch = Scratch::<ROOM>::new();
    let axis = tensor.rows.axis;
    let most = ROOM / axis;
    let outer = io.len / axis;
    for first in (0..outer).step_by(most) {
        let len = most.min(outer - first) * axis;
        io.look_ahead(first * axis + len, len);
        let AnyIo { src, dst, .. } = io.part(first * axis, len);
        let room = dst.room(scratch.start());
        // SAFETY: some of the rows that the caller vouches for, and no more than the scratch has room for.
        unsafe {
            let io = Io {
                src: src.widened(isa, len, room),
                dst: room,
                len,
            };
            let some = Tensor {
                io,
                first: tensor.first + first,
                log_sums: tensor.log_sum(first),
                ..tensor
            };
            // Short ones, too: what copies them to lie side by side has more scratch on the stack.
            tensor::last_axis(Passes::of(isa), some, operation, (0, len / axis));
            dst.round(isa, room, len);
        }
    }
}

/// Rows side by side, of which at least one has room in the scratch.
///
/// # Safety
/// As for [`map_rows`].
#[inline(never)] // As above.
unsafe fn side_by_side(call: Call<'_>) {
    let Call {
        isa,
        tensor,
        io,
        operation,
    } = call;
    let Rows { axis, inner } = tensor.rows;
    let mut scratch = Scratch::<ROOM>::new();
    let room = scratch.start();
    let mut most = ROOM / axis;
    if most > LANES {
        most -= most % LANES;
    }
    for first in 0..io.len / (axis * inner) {
        for column in (0..inner).step_by(most) {
            let width = most.min(inner - column);
            let start = first * axis * inner + column;
            let line = |element: usize| io.part(start + element * inner, width);
            // SAFETY: a line is a part of what the caller vouches for, and the scratch has room for `axis` of them.
            unsafe {
                for element in 0..axis {
                    line(element)
                        .src
                        .widen(isa, width, room.add(element * width));
                }
                let columns = Tensor {
                    io: Io::in_place(room, axis * width),
                    rows: Rows::strided(axis, width),
                    first: tensor.first + first,
                    log_sums: tensor.log_sum(first * inner + column),
                    ..tensor
                };
                other_axis(Passes::of(isa), columns, operation);
                for element in 0..axis {
                    line(element)
                        .dst
                        .round(isa, room.add(element * width), width);
                }
            }
        }
    }
}

/// Rows that are longer than the scratch, one by one.
///
/// # Safety
/// As for [`map_rows`].
#[cold]
#[inline(never)] // As above.
unsafe fn long_rows(call: Call<'_>) {
    let Call {
        isa,
        tensor,
        io,
        operation,
    } = call;
    let Rows { axis, inner } = tensor.rows;
    let mut scratch = Scratch::new();
    for row in 0..io.len / axis {
        let (outer, column) = (row / inner, row % inner);
        let elements = Row {
            io: io.part(outer * axis * inner + column, axis),
            step: inner,
        };
        // SAFETY: one of the rows that the caller vouches for.
        unsafe {
            let mut pieces = Pieces::new(isa, elements, &tensor, (outer, row), &mut scratch);
            (operation.run_in_pieces)(&mut pieces);
            pieces.fill_rest(operation.past);
        }
    }
}
