//! What is added to a gate and to its value: block by block, by the stages that there are, so that no kernel has a loop for it.

use super::{BLOCK, Pipeline, Run, Source};
use crate::channels::Numbers;
use crate::converted::ElementsMut;
use crate::drive::{Io, Stores};
use core::marker::PhantomData;

/// Blocks are a multiple of this, if rows are long: of what most loops take in a turn, as what is left over behind whole turns
/// takes longer.
const TURN: usize = 64;

/// Numbers that all rooms of a call take together, so that they fit a small stack.
const ROOM: usize = 35 * TURN;

/// A bias of the gate, of the value, or of both: a number for each element of a row, and the same ones for each row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Biases<'a> {
    /// Where the biases of a row are, as a gate and a value are; if one of them is not there, the other stands for it.
    row: Source,
    has_gate: bool,
    has_value: bool,
    /// The place in a row of the first element that is worked on.
    start: usize,
    borrowed: PhantomData<&'a ()>,
}

impl Biases<'_> {
    /// Biases that are in `row`, which lives as long as they do, for elements of which the first is at `start` of a row.
    #[inline]
    pub(crate) fn new(row: Source, [has_gate, has_value]: [bool; 2], start: usize) -> Self {
        Self {
            row,
            has_gate,
            has_value,
            start,
            borrowed: PhantomData,
        }
    }
}

/// Where gates and values go that are not consecutive f32 where they are.
#[derive(Clone, Copy)]
struct Rooms {
    gates: *mut f32,
    values: *mut f32,
    /// Room for as many pairs, if some are widened.
    pairs: *mut f32,
}

impl Rooms {
    /// The rooms without what has been written of the first two.
    fn behind(self, written: usize) -> Self {
        Self {
            gates: self.gates.wrapping_add(written),
            values: self.values.wrapping_add(written),
            ..self
        }
    }
}

/// The biases of a block.
#[derive(Clone, Copy)]
struct OfBlock {
    /// The place in a row of the first of them, and how many they are.
    at: (usize, usize),
    /// Those of the gates, and those of the values.
    first: [*const f32; 2],
}

impl Pipeline<'_> {
    /// Writes the products of a gate and a value to which biases are added first.
    ///
    /// # Safety
    /// As for [`gate`](Self::gate); the biases have a number for each element of a row, are not written, and if there are any
    /// products, a row has elements.
    #[inline(never)]
    pub(super) unsafe fn gate_biased(&self, biases: &Biases<'_>, source: Source, dst: ElementsMut) {
        let (products, row) = (source.products(), biases.row.products());
        let is_narrow = |source: &Source| source.as_f32().is_none();
        let biases_move = biases.row.in_pairs || is_narrow(&biases.row) || row < BLOCK;
        let pairs_widen = [&source, &biases.row]
            .iter()
            .any(|source| source.in_pairs && is_narrow(source));
        // Gates go to where the products will be, if these are f32.
        let rooms = 1
            + usize::from(dst.as_f32().is_none())
            + if biases_move { 2 } else { 0 }
            + if pairs_widen { 2 } else { 0 };
        let most = (ROOM / rooms / TURN * TURN).min(BLOCK);
        let mut scratch = crate::scratch::Scratch::<ROOM>::new();
        let scratch = scratch.start();
        // What there is no room for is never written.
        let room = |number: usize| scratch.wrapping_add(number % rooms * most);
        let own_room = room(rooms - 1);
        let of_source = Rooms {
            gates: own_room,
            values: room(0),
            pairs: room(if biases_move { 3 } else { 1 }),
        };
        let of_biases = Rooms {
            gates: room(1),
            values: room(2),
            ..of_source
        };
        let mut of_block = None;
        let mut start = 0;
        while start < products {
            let place = (self.start + biases.start + start) % row;
            // If rows are short, a block is some of them, so that all blocks have the same biases.
            let whole = if row < most {
                most / row * row
            } else {
                most.min(row - place)
            };
            let len = self.kernel.cuts.block(start, whole.min(products - start));
            let at = (place, len);
            let dst = dst.from(start);
            let of_source = Rooms {
                gates: dst.room(own_room),
                ..of_source
            };
            // SAFETY: a part of what the caller vouches for, and no longer than the rooms, which do not overlap. Gates and products
            // may be one.
            unsafe {
                let block = match of_block {
                    Some(
                        block @ OfBlock {
                            at: (place, count), ..
                        },
                    ) if place == at.0 && count >= len => block,
                    _ => self.biases_of_block(biases.row, at, of_biases),
                };
                of_block = Some(block);
                let [mut gates, mut values] = self.load(source, (start, len), of_source);
                let [of_gates, of_values] = block.first;
                if biases.has_value {
                    values = self.add_to_room(values, of_values, of_source.values, len);
                }
                let mut bias = biases.has_gate.then_some(of_gates);
                // The loop of a kernel with limits has no bias.
                if self.limits.is_some()
                    && let Some(bias) = bias.take()
                {
                    gates = self.add_to_room(gates, bias, of_source.gates, len);
                }
                let room = dst.room(of_source.gates);
                let io = Io {
                    src: gates,
                    dst: room,
                    len,
                };
                let run = Run {
                    bias: bias.map(Numbers::Stream),
                    factor: Some(values),
                    addend: None,
                };
                // A block is too short to be written past the cache.
                self.from(start).run(io, run, Stores::Cached);
                dst.round(self.isa, room, len);
            }
            start += len;
        }
    }

    /// Writes the sums of `len` numbers and their biases to `room`, and returns where they are.
    ///
    /// # Safety
    /// As many numbers and biases can be read, and as many sums written; `room` is where the numbers are, or overlaps none.
    unsafe fn add_to_room(
        &self,
        src: *const f32,
        biases: *const f32,
        room: *mut f32,
        len: usize,
    ) -> *const f32 {
        // SAFETY: the caller's promises, passed on.
        unsafe {
            (self.stages.add)(
                Io {
                    src,
                    dst: room,
                    len,
                },
                biases,
            )
        };
        room.cast_const()
    }

    /// The biases of a block that begins `at` an element of a row, and is as long as `at` says.
    ///
    /// # Safety
    /// The row, which has elements, can be read, and as many numbers as the block has written in the rooms.
    #[inline(never)] // not to take stack while a kernel runs
    unsafe fn biases_of_block(&self, row: Source, at: (usize, usize), rooms: Rooms) -> OfBlock {
        let (place, len) = at;
        let of_row = row.products();
        // SAFETY: a part of the row, and no more than a block; what is repeated has been written.
        unsafe {
            if place + len <= of_row {
                let first = self.load(row, at, rooms);
                return OfBlock { at, first };
            }
            // From there to the end of the row, and then from its beginning on.
            let filled = len.min(of_row);
            let head = filled.min(of_row - place);
            self.copy(row, (place, head), rooms);
            self.copy(row, (0, filled - head), rooms.behind(head));
            let first = [rooms.gates, rooms.values].map(|room| {
                repeat(room, filled, len);
                room.cast_const()
            });
            OfBlock { at, first }
        }
    }

    /// Writes the gates and the values of the `len` products from `start` on to the rooms.
    ///
    /// # Safety
    /// As for [`load`](Self::load).
    unsafe fn copy(&self, source: Source, (start, len): (usize, usize), rooms: Rooms) {
        // SAFETY: the caller's promises, passed on; what is not in its room does not overlap it.
        unsafe {
            let loaded = self.load(source, (start, len), rooms);
            for (from, room) in loaded.into_iter().zip([rooms.gates, rooms.values]) {
                if !core::ptr::eq(from, room) {
                    from.copy_to_nonoverlapping(room, len);
                }
            }
        }
    }

    /// The gates and the values of the `len` products from `start` on as consecutive f32: where they are, if they are so, and else
    /// in the rooms.
    ///
    /// # Safety
    /// The CPU has the instruction set; there are so many products, their elements can be read, and as many written in each room.
    #[inline(never)] // not to take stack while a kernel runs
    unsafe fn load(
        &self,
        source: Source,
        (start, len): (usize, usize),
        rooms: Rooms,
    ) -> [*const f32; 2] {
        let Rooms {
            gates,
            values,
            pairs,
        } = rooms;
        // SAFETY: the caller's promises, passed on; there is room for pairs if some are widened.
        unsafe {
            if source.in_pairs {
                let (first, value_first) = source.first_pair();
                let pairs = first.from(2 * start).widened(self.isa, 2 * len, pairs);
                let (first, second) = if value_first {
                    (values, gates)
                } else {
                    (gates, values)
                };
                (self.stages.unzip)(pairs, first, second, len);
                [gates.cast_const(), values.cast_const()]
            } else {
                [
                    source.gather(source.gate, self.isa, (start, len), gates),
                    source.gather(source.value, self.isa, (start, len), values),
                ]
            }
        }
    }
}

/// Repeats the first `filled` numbers in `room` until there are `len`.
///
/// # Safety
/// So many have been written, and `len` can be.
unsafe fn repeat(room: *mut f32, mut filled: usize, len: usize) {
    while filled < len {
        let more = filled.min(len - filled);
        // SAFETY: the caller's promises; the two do not overlap.
        unsafe { room.copy_to_nonoverlapping(room.add(filled), more) };
        filled += more;
    }
}
