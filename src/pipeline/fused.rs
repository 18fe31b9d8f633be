//! A bias and a skip connection before the activation, a residual after it.

use super::{BLOCK, Pipeline, Run, Scratch};
use crate::channels::{Channels, Numbers};
use crate::converted::Elements;
use crate::drive::{Io, Stores};
use crate::element::Slice;

/// What surrounds an activation: a bias per channel and a skip connection per element before it, a residual per element
/// after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Surroundings<'a> {
    pub(crate) bias: Option<Channels<'a>>,
    pub(crate) skip: Option<Slice<'a>>,
    pub(crate) residual: Option<Slice<'a>>,
}

impl Pipeline<'_> {
    /// Writes `kernel(x + bias + skip) + residual` for all of `io`. Where it streams, the fence is left to the caller.
    ///
    /// # Safety
    /// As for [`Apply::apply_raw`](crate::apply::Apply::apply_raw); the bias's channels fit `io.len`, skip and residual
    /// have as many elements, and none of them is written.
    pub(crate) unsafe fn fused(self, io: Io<f32>, around: Surroundings<'_>, stores: Stores) {
        let Surroundings {
            bias,
            skip,
            residual,
        } = around;
        let operands = [skip, residual].map(|operand| operand.map(Elements::of_slice));
        #[cfg(feature = "half")]
        if operands.iter().flatten().any(|any| any.as_f32().is_none()) {
            // SAFETY: the caller's promises, passed on.
            return unsafe { self.fused_in_blocks(io, bias, operands) };
        }
        let [skip, residual] = operands.map(|operand| operand.and_then(Elements::as_f32));
        // SAFETY: the caller's promises, passed on; a run is a part of `io`.
        unsafe {
            if self.kernel.depends_on_position {
                self.fused_in_steps(io, bias, [skip, residual]);
            } else if let Some(channels) = bias {
                channels.for_each_run(self.isa, io.len, |start, len, bias| {
                    let [skip, residual] =
                        [skip, residual].map(|operand| Some(operand?.add(start)));
                    let io = io.part(start, len);
                    match skip {
                        None => self.run(io, between(Some(bias), residual), stores),
                        Some(_) if stores == Stores::Cached => {
                            self.run_of_sums(io, bias, [skip, residual], (None, stores));
                        }
                        Some(_) => self.run_by_scratch(io, bias, [skip, residual], stores),
                    }
                });
            } else {
                // All there is before the activation: it is added as a bias that differs for each element.
                self.run(io, between(skip.map(Numbers::Stream), residual), stores);
            }
        }
    }

    /// Writes `kernel(x + bias + skip) + residual` for a run that streams: the first sum of each block goes to a block
    /// on the stack.
    ///
    /// # Safety
    /// As for [`run`](Self::run).
    #[inline(never)] // So that no other way has its scratch on the stack.
    unsafe fn run_by_scratch(
        self,
        io: Io<f32>,
        bias: Numbers,
        operands: [Option<*const f32>; 2],
        stores: Stores,
    ) {
        let mut scratch = Scratch::new();
        // SAFETY: the caller's promises, passed on; the scratch has room for a block, and overlaps nothing.
        unsafe { self.run_of_sums(io, bias, operands, (Some(scratch.start()), stores)) };
    }

    /// Writes `kernel(x + bias + skip) + residual` for a run: block by block the first sum goes to `room`, or to where
    /// the results will be, and the kernel's loop adds the rest. (An operand more in all loops would be read by all
    /// that have none.)
    ///
    /// # Safety
    /// As for [`run`](Self::run), where nothing streams unless there is `room`; that has room for a block and overlaps nothing.
    #[inline]
    unsafe fn run_of_sums(
        self,
        io: Io<f32>,
        bias: Numbers,
        operands: [Option<*const f32>; 2],
        (room, stores): (Option<*mut f32>, Stores),
    ) {
        for at in (0..io.len).step_by(BLOCK) {
            let len = BLOCK.min(io.len - at);
            // SAFETY: a part of what the caller vouches for.
            unsafe {
                let Io { src, dst, .. } = io.part(at, len);
                let sums = room.unwrap_or(dst);
                let to_sums = Io {
                    src,
                    dst: sums,
                    len,
                };
                self.add_bias(to_sums, bias, at);
                let [skip, residual] = operands.map(|operand| Some(operand?.add(at)));
                let run = between(skip.map(Numbers::Stream), residual);
                let src = sums.cast_const();
                self.run(Io { src, dst, len }, run, stores);
            }
        }
    }

    /// An activation that depends on the position: a pass over all of the tensor for each step.
    ///
    /// # Safety
    /// As for [`fused`](Self::fused), where nothing streams.
    #[cold]
    #[inline(never)]
    unsafe fn fused_in_steps(
        self,
        io: Io<f32>,
        bias: Option<Channels<'_>>,
        [skip, residual]: [Option<*const f32>; 2],
    ) {
        // SAFETY: the caller's promises, passed on.
        unsafe {
            let sums = self.add_before(io, bias, skip);
            self.kernel(sums, Stores::Cached);
            if let Some(residual) = residual {
                (self.stages.add)(Io::in_place(io.dst, io.len), residual);
            }
        }
    }

    /// Writes `x + bias + skip` for all of `io`, if there is either, and returns where the kernel reads and writes then.
    ///
    /// # Safety
    /// As for [`fused`](Self::fused), where nothing streams.
    pub(super) unsafe fn add_before(
        self,
        mut io: Io<f32>,
        bias: Option<Channels<'_>>,
        skip: Option<*const f32>,
    ) -> Io<f32> {
        let in_place = Io::in_place(io.dst, io.len);
        // SAFETY: the caller's promises, passed on; a run is a part of `io`.
        unsafe {
            if let Some(channels) = bias {
                channels.for_each_run(self.isa, io.len, |start, len, bias| {
                    self.add_bias(io.part(start, len), bias, 0);
                });
                io = in_place;
            }
            if let Some(skip) = skip {
                (self.stages.add)(io, skip);
                io = in_place;
            }
        }
        io
    }
}

/// A run between what is added before the kernel and after it.
fn between(bias: Option<Numbers>, addend: Option<*const f32>) -> Run {
    Run {
        bias,
        factor: None,
        addend,
    }
}
