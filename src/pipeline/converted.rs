//! Tensors of which some are not f32: block by block their elements are widened, worked on as f32, and rounded once.

use super::source::Source;
use super::{BLOCK, Pipeline, Scratch};
use crate::apply::Apply;
use crate::channels::Channels;
use crate::converted::{AnyIo, Elements, ElementsMut, is_far};
use crate::drive::{Io, Stores};
use crate::element::Slice;
use crate::pipeline::Surroundings;
use crate::{Cuts, Isa};

/// Applies `activation` to all of `io`.
///
/// # Safety
/// The CPU has `isa`; what `io` says can be read and written, and the two do not overlap, or are the same and of one type.
/// `check` of the length has returned `Ok`.
pub(crate) unsafe fn convert<A: Apply<f32>>(activation: &A, isa: Isa, io: AnyIo) {
    let pipeline = Pipeline::new(Apply::<f32>::erase(activation), isa);
    // SAFETY: the caller's promises, passed on.
    unsafe { pipeline.convert(io) }
}

impl Pipeline<'_> {
    /// See [`convert`].
    ///
    /// # Safety
    /// As there.
    #[inline(never)]
    unsafe fn convert(self, io: AnyIo) {
        let mut scratch = Scratch::new();
        for (start, len) in blocks(self.kernel.cuts, io.len) {
            io.look_ahead(start + len, BLOCK);
            let AnyIo { src, dst, .. } = io.part(start, len);
            let room = dst.room(scratch.start());
            // SAFETY: a part of what the caller vouches for, and no longer than the scratch.
            unsafe {
                let io = Io {
                    src: src.widened(self.isa, len, room),
                    dst: room,
                    len,
                };
                self.from(start).kernel(io, Stores::Cached);
                dst.round(self.isa, room, len);
            }
        }
    }

    /// Writes `kernel(x + bias + skip) + residual` for all of `io`, if one of the last two is not f32.
    ///
    /// # Safety
    /// As for [`fused`](Self::fused), where nothing streams.
    #[inline(never)]
    pub(super) unsafe fn fused_in_blocks(
        self,
        io: Io<f32>,
        bias: Option<Channels<'_>>,
        operands: [Option<Elements>; 2],
    ) {
        let of_bias = bias.map_or(Cuts::Anywhere, |bias| bias.cuts());
        // One block for both operands, as both at a time would be half of a small stack.
        let mut scratch = Scratch::new();
        for (start, len) in blocks(self.kernel.cuts.and(of_bias), io.len) {
            let room = scratch.start();
            // SAFETY: a part of what the caller vouches for, and no longer than the scratch, which holds one operand at a time.
            unsafe {
                let widened = |operand: Elements| {
                    let widened = operand.from(start).widened(self.isa, len, room);
                    Slice::F32(core::slice::from_raw_parts(widened, len))
                };
                let mut block = io.part(start, len);
                let mut around = Surroundings {
                    bias: bias.map(|bias| bias.part(start, len)),
                    skip: None,
                    residual: None,
                };
                match operands {
                    [Some(skip), Some(residual)] => {
                        let skip = Elements::of_slice(widened(skip)).as_f32();
                        block = self.add_before(block, around.bias.take(), skip);
                        around.residual = Some(widened(residual));
                    }
                    [skip, residual] => {
                        around.skip = skip.map(widened);
                        around.residual = residual.map(widened);
                    }
                }
                self.from(start).fused(block, around, Stores::Cached);
            }
        }
    }

    /// Writes the products of [`gate`](Self::gate), of which some tensor is not f32.
    ///
    /// # Safety
    /// As there, where nothing streams; if it is in place, gate and products are of one type.
    #[inline(never)]
    pub(super) unsafe fn gate_in_blocks(self, source: Source, dst: ElementsMut) {
        if source.in_pairs {
            // SAFETY: the caller's promises, passed on.
            return unsafe { self.pairs_in_blocks(source, dst) };
        }
        let (mut gates, mut values) = (Scratch::new(), Scratch::new());
        let products = source.products();
        for (start, len) in blocks(self.kernel.cuts, products) {
            if is_far(products) {
                let next = start + len;
                source.element(source.gate, next).fetch(BLOCK);
                source.element(source.value, next).fetch(BLOCK);
                dst.from(next).fetch(BLOCK);
            }
            let dst = dst.from(start);
            let room = dst.room(gates.start());
            // SAFETY: a part of what the caller vouches for, and no longer than the scratch; gate and products may be one.
            unsafe {
                let block = Source {
                    gate: source.gather(source.gate, self.isa, (start, len), room),
                    value: source.gather(source.value, self.isa, (start, len), values.start()),
                    len,
                    rows: 1,
                    stride: len,
                    in_pairs: false,
                };
                self.from(start).gate_of_f32(block, room, Stores::Cached);
                dst.round(self.isa, room, len);
            }
        }
    }

    /// Writes the products of pairs.
    ///
    /// # Safety
    /// As there.
    #[inline(never)]
    unsafe fn pairs_in_blocks(self, source: Source, dst: ElementsMut) {
        let (pairs, value_first) = source.first_pair();
        let mut widened = [const { Scratch::new() }; 2];
        let mut scratch = Scratch::new();
        for (start, len) in blocks(self.kernel.cuts, source.rows) {
            let dst = dst.from(start);
            let room = dst.room(scratch.start());
            // SAFETY: as above; two blocks of scratch are one stretch of memory, with room for the pairs of a block.
            unsafe {
                let pairs = pairs.from(2 * start);
                let pairs = pairs.widened(self.isa, 2 * len, widened.as_mut_ptr().cast());
                let (gate, value) = if value_first {
                    (pairs.add(1), pairs)
                } else {
                    (pairs, pairs.add(1))
                };
                let block = Source {
                    gate,
                    value,
                    len: 1,
                    rows: len,
                    stride: 2,
                    in_pairs: true,
                };
                self.from(start).gate_of_f32(block, room, Stores::Cached);
                dst.round(self.isa, room, len);
            }
        }
    }
}

/// Blocks of `len` elements that an activation with these `cuts` can be told to be a tensor: their starts and lengths.
fn blocks(cuts: Cuts, len: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    core::iter::from_fn(move || {
        let start = at;
        let left = len - start;
        (left > 0).then(|| {
            let count = cuts.block(start, BLOCK.min(left));
            at += count;
            (start, count)
        })
    })
}
