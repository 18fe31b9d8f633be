//! One row in pieces, each of which is widened to scratch for every pass: for rows that are longer than the scratch.

use super::group::{Group, Span};
use super::logits::Logits;
use super::passes::{Pass, Passes};
use super::tensor::Tensor;
use crate::Isa;
use crate::converted::AnyIo;
use crate::scratch::Scratch;

/// Elements in a piece.
pub(super) const PIECE: usize = 1024;

/// A row of a tensor.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Its first element, where it is read and where it is written; of its elements there are `io.len`.
    pub(super) io: AnyIo,
    /// Elements from one element of the row to the next.
    pub(super) step: usize,
}

/// What a pass finds out, and how that of several pieces is put together.
#[derive(Clone, Copy)]
pub(super) enum Finds {
    /// The largest and the smallest number.
    Extremes,
    /// A sum in two parts.
    Sum,
    /// A sum in two parts, and a count.
    SumAndCount,
    /// The largest number, and a sum that is 0 or NaN.
    LargestAndSum,
}

/// A row in pieces, as a group of one row that lies in scratch.
pub(crate) struct Pieces<'a> {
    pub(super) passes: &'static Passes,
    /// What is found out and known of the row; its memory is the scratch.
    pub(super) group: Group,
    isa: Isa,
    row: Row,
    /// What takes part of it.
    span: Span,
    logits: Logits,
    scratch: &'a mut Scratch<PIECE>,
}

impl<'a> Pieces<'a> {
    /// The row that is one of row `outer` of those of `tensor`, and number `number` of all.
    ///
    /// # Safety
    /// There is such a row.
    pub(super) unsafe fn new(
        isa: Isa,
        row: Row,
        tensor: &Tensor<'_>,
        (outer, number): (usize, usize),
        scratch: &'a mut Scratch<PIECE>,
    ) -> Self {
        let mut group = tensor.group();
        let room = scratch.start();
        (group.src, group.dst) = (room.cast_const(), room);
        group.count = 1;
        group.pitch = PIECE;
        group.log_sums = tensor.log_sum(number);
        group.look_ahead(0);
        // SAFETY: the caller's promise; the row is set before it is asked for.
        let span = unsafe {
            tensor.set_row(&mut group, 0, outer);
            group.span()
        };
        Self {
            passes: Passes::of(isa),
            group,
            isa,
            row,
            span,
            logits: tensor.logits(),
            scratch,
        }
    }

    /// Finds out the extremes of the logits, how they are to be shifted, and the sum of the numerators.
    ///
    /// # Safety
    /// The CPU has the instruction set; the row is as its fields say.
    pub(super) unsafe fn find_sum(&mut self) {
        let [_, deep_sums] = self.passes.along.sums;
        // SAFETY: the caller's promise, passed on; the extremes have been found.
        unsafe {
            self.take_over(None, Finds::Extremes);
            (self.passes.shift)(&mut self.group);
            self.take(deep_sums, Finds::Sum);
        }
    }

    /// Takes `pass` over the logits of each piece, and leaves in `group.found` what it finds in all of them. What is known and
    /// what was found before is the same for each.
    ///
    /// # Safety
    /// As for [`find_sum`](Self::find_sum); the pass finds what `finds` says, and what it wants is known.
    pub(super) unsafe fn take(&mut self, pass: Pass, finds: Finds) {
        // SAFETY: the caller's promise, passed on.
        unsafe { self.take_over(Some(pass), finds) }
    }

    /// The same; without a `pass`, what the passes find that make the logits.
    ///
    /// # Safety
    /// As there.
    unsafe fn take_over(&mut self, pass: Option<Pass>, finds: Finds) {
        let (mut largest, mut smallest) = (f32::NEG_INFINITY, f32::INFINITY);
        let (mut sum, mut count) = (0.0, 0.0);
        // SAFETY: the caller's promise, passed on; a pass sets what it finds.
        unsafe {
            self.each(pass, |group| {
                let found = |i: usize| group.found[i].get(0);
                let sum_of_parts = || f64::from(found(0)) + f64::from(found(1));
                match finds {
                    Finds::Extremes => {
                        largest = found(0).max(largest);
                        smallest = found(1).min(smallest);
                    }
                    Finds::LargestAndSum => {
                        largest = found(0).max(largest);
                        sum += f64::from(found(1));
                    }
                    Finds::Sum => sum += sum_of_parts(),
                    Finds::SumAndCount => {
                        sum += sum_of_parts();
                        count += found(2);
                    }
                }
            });
            let high = sum as f32;
            let found = match finds {
                Finds::Extremes => [largest, smallest, 0.0],
                Finds::LargestAndSum => [largest, high, 0.0],
                Finds::Sum | Finds::SumAndCount => [high, (sum - f64::from(high)) as f32, count],
            };
            for (lanes, found) in self.group.found.iter_mut().zip(found) {
                lanes.fill(found);
            }
        }
    }

    /// Takes `pass`, which writes results over the logits, over each piece; `amend` may change what it wrote before that is
    /// rounded.
    ///
    /// # Safety
    /// As for [`take`](Self::take).
    pub(super) unsafe fn write(&mut self, pass: Pass, mut amend: impl FnMut(&Group)) {
        let mut start = self.span.start;
        let (row, isa) = (self.row, self.isa);
        // SAFETY: the caller's promise, passed on; the pass has written the piece.
        unsafe {
            self.each(Some(pass), |group| {
                amend(group);
                let count = group.lens.get(0);
                row.write(isa, (start, count), group.dst);
                start += count;
            });
        }
    }

    /// Writes `past` to the elements that take no part.
    ///
    /// # Safety
    /// As for [`find_sum`](Self::find_sum).
    pub(super) unsafe fn fill_rest(&mut self, past: f32) {
        let room = self.scratch.start();
        let (row, Span { start, len, .. }) = (self.row, self.span);
        for (start, end) in [(0, start), (start + len, row.io.len)] {
            for at in (start..end).step_by(PIECE) {
                let count = PIECE.min(end - at);
                // SAFETY: a part of the row, and no longer than the scratch.
                unsafe {
                    (0..count).for_each(|at| room.add(at).write(past));
                    row.write(self.isa, (at, count), room);
                }
            }
        }
    }

    /// Calls `then` after the logits of each piece were made, and `pass` went over them, if there is one, for all
    /// pieces in their order.
    ///
    /// # Safety
    /// As for [`take`](Self::take).
    unsafe fn each(&mut self, pass: Option<Pass>, mut then: impl FnMut(&Group)) {
        let (known, found) = (self.group.known, self.group.found);
        let (row, span, logits) = (self.row, self.span, self.logits);
        let room = self.scratch.start();
        for at in (0..span.len).step_by(PIECE) {
            let count = PIECE.min(span.len - at);
            let group = &mut self.group;
            // SAFETY: a part of the row, and no longer than the scratch.
            unsafe {
                row.read(self.isa, (span.start + at, count), room);
                let mut piece = span.part(logits, at, count);
                piece.start = 0;
                group.set_span(piece);
                match pass {
                    None => self.passes.along.logits(logits, group),
                    Some(pass) => {
                        if logits != Logits::PLAIN {
                            self.passes.along.logits(logits, group);
                            (group.known, group.found) = (known, found);
                        }
                        pass(group);
                    }
                }
            }
            then(group);
            (group.known, group.found) = (known, found);
        }
    }
}

impl Row {
    /// Widens the `count` elements from `start` on.
    ///
    /// # Safety
    /// The CPU has `isa`; they can be read, and as many f32 written at `room`.
    unsafe fn read(self, isa: Isa, (start, count): (usize, usize), room: *mut f32) {
        // SAFETY: the caller's promise, passed on.
        unsafe {
            if self.step == 1 {
                return self.io.src.from(start).widen(isa, count, room);
            }
            for at in 0..count {
                let element = self.io.src.from((start + at) * self.step);
                element.widen(isa, 1, room.add(at));
            }
        }
    }

    /// Rounds the results at `room` to the `count` elements from `start` on.
    ///
    /// # Safety
    /// The CPU has `isa`; there are so many results, and the elements can be written.
    unsafe fn write(self, isa: Isa, (start, count): (usize, usize), room: *const f32) {
        // SAFETY: the caller's promise, passed on.
        unsafe {
            if self.step == 1 {
                return self.io.dst.from(start).round(isa, room, count);
            }
            for at in 0..count {
                let element = self.io.dst.from((start + at) * self.step);
                element.round(isa, room.add(at), 1);
            }
        }
    }
}
