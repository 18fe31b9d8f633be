//! The pipeline of [`Fused`](crate::Fused): a bias before the activation, a residual after it.

use super::{Pipeline, Scratch, blocks, prefetch_next};
use crate::channels::{Channels, Operand};
use crate::drive::{Io, Stores};

/// What surrounds an activation: a bias per channel before it, a residual per element after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Surroundings<'a> {
    pub(crate) bias: Option<Channels<'a>>,
    pub(crate) residual: Option<&'a [f32]>,
}

/// What surrounds the activation of a run of elements.
#[derive(Clone, Copy)]
struct Run {
    bias: Option<Operand>,
    /// The residual of the run's first element, with those of the others behind it.
    residual: Option<*const f32>,
}

impl Pipeline<'_> {
    /// Writes `kernel(x + bias) + residual` for all of `io`. If it streams, the fence is left to the caller.
    ///
    /// # Safety
    /// As for [`Apply::apply_raw`](crate::apply::Apply::apply_raw); the bias's channels fit `io.len`, there are as
    /// many residuals, and neither is written.
    pub(crate) unsafe fn fused(self, io: Io<f32>, around: Surroundings<'_>, stores: Stores) {
        let Surroundings { bias, residual } = around;
        let residual = residual.map(<[f32]>::as_ptr);
        // SAFETY: the caller's promises, passed on; a run is a part of `io`.
        unsafe {
            if self.kernel.depends_on_position {
                self.fused_in_steps(io, bias, residual);
            } else if let Some(channels) = bias {
                channels.for_each_run(io.len, |start, len, bias| {
                    let run = Run {
                        bias: Some(bias),
                        residual: residual.map(|residual| residual.add(start)),
                    };
                    self.run(io.part(start, len), run, stores);
                });
            } else {
                let bias = None;
                self.run(io, Run { bias, residual }, stores);
            }
        }
    }

    /// Writes the results of a run of elements.
    ///
    /// # Safety
    /// As for [`fused`](Self::fused).
    #[inline]
    unsafe fn run(self, io: Io<f32>, run: Run, stores: Stores) {
        // SAFETY: the caller's promises, passed on.
        unsafe {
            match stores {
                Stores::Cached => self.run_cached(io, run),
                Stores::Streamed => self.run_streamed(io, run),
            }
        }
    }

    /// Writes the results of a run block by block; the destination holds what is between two stages.
    ///
    /// # Safety
    /// As for [`fused`](Self::fused), where nothing streams.
    unsafe fn run_cached(self, io: Io<f32>, Run { bias, residual }: Run) {
        for (at, len) in blocks(io.dst, io.len) {
            prefetch_next([io.src, residual.unwrap_or(io.src)], at, io.len);
            // SAFETY: a part of what the caller vouches for.
            unsafe {
                let mut block = io.part(at, len);
                if let Some(bias) = bias {
                    self.add_bias(block, bias, at);
                    block = Io::in_place(block.dst, len);
                }
                self.kernel(block, Stores::Cached);
                if let Some(residual) = residual {
                    let block = Io::in_place(block.dst, len);
                    self.stages
                        .add
                        .apply(block, residual.add(at), Stores::Cached);
                }
            }
        }
    }

    /// Writes the results of a run block by block; a block on the stack holds what is between two stages, and the last
    /// stage alone writes to the destination, past the cache.
    ///
    /// # Safety
    /// As for [`fused`](Self::fused) where it streams.
    #[inline(never)]
    unsafe fn run_streamed(self, io: Io<f32>, Run { bias, residual }: Run) {
        let mut scratch = Scratch::new();
        let scratch = scratch.start();
        for (at, len) in blocks(io.dst, io.len) {
            prefetch_next([io.src, residual.unwrap_or(io.src)], at, io.len);
            // SAFETY: a part of what the caller vouches for, and no longer than the scratch.
            unsafe {
                let Io { mut src, dst, .. } = io.part(at, len);
                if let Some(bias) = bias {
                    self.add_bias(
                        Io {
                            src,
                            dst: scratch,
                            len,
                        },
                        bias,
                        at,
                    );
                    src = scratch.cast_const();
                }
                if let Some(residual) = residual {
                    self.kernel(
                        Io {
                            src,
                            dst: scratch,
                            len,
                        },
                        Stores::Cached,
                    );
                    let block = Io {
                        src: scratch.cast_const(),
                        dst,
                        len,
                    };
                    self.stages
                        .add
                        .apply(block, residual.add(at), Stores::Streamed);
                } else {
                    self.kernel(Io { src, dst, len }, Stores::Streamed);
                }
            }
        }
    }

    /// Writes the sum of a block, which starts `at` elements into its run, and the bias of the run.
    ///
    /// # Safety
    /// `block` is as the `io` of [`fused`](Self::fused) for [`Stores::Cached`]; a stream of biases is as long as the run.
    unsafe fn add_bias(self, block: Io<f32>, bias: Operand, at: usize) {
        // SAFETY: the caller's promises, passed on.
        unsafe {
            match bias {
                Operand::Stream(first) => {
                    self.stages.add.apply(block, first.add(at), Stores::Cached);
                }
                Operand::Constant(bias) => (self.stages.add_constant)(block, &raw const bias),
            }
        }
    }

    /// Writes the results for an activation that depends on the position of an element: each stage goes over all of the
    /// tensor, as the kernel has to see all of it.
    ///
    /// # Safety
    /// As for [`fused`](Self::fused), where nothing streams.
    #[cold]
    #[inline(never)]
    unsafe fn fused_in_steps(
        self,
        mut io: Io<f32>,
        bias: Option<Channels<'_>>,
        residual: Option<*const f32>,
    ) {
        let in_place = Io::in_place(io.dst, io.len);
        // SAFETY: the caller's promises, passed on; a run is a part of `io`.
        unsafe {
            if let Some(channels) = bias {
                channels.for_each_run(io.len, |start, len, bias| {
                    self.add_bias(io.part(start, len), bias, 0);
                });
                io = in_place;
            }
            self.kernel(io, Stores::Cached);
            if let Some(residual) = residual {
                self.stages.add.apply(in_place, residual, Stores::Cached);
            }
        }
    }
}
