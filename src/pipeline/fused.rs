//! A bias before the activation, a residual after it.

use super::{Pipeline, Run};
use crate::channels::Channels;
use crate::drive::{Io, Stores};

/// What surrounds an activation: a bias per channel before it, a residual per element after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Surroundings<'a> {
    pub(crate) bias: Option<Channels<'a>>,
    pub(crate) residual: Option<&'a [f32]>,
}

impl Pipeline<'_> {
    /// Writes `kernel(x + bias) + residual` for all of `io`. Where it streams, the fence is left to the caller.
    ///
    /// # Safety
    /// As for [`Apply::apply_raw`](crate::apply::Apply::apply_raw); the bias's channels fit `io.len`, there are as
    /// many residuals, and neither is written.
    pub(crate) unsafe fn fused(self, io: Io<f32>, around: Surroundings<'_>, stores: Stores) {
        let Surroundings { bias, residual } = around;
        let residual = residual.map(<[f32]>::as_ptr);
        let factor = None;
        // SAFETY: the caller's promises, passed on; a run is a part of `io`.
        unsafe {
            if self.kernel.depends_on_position {
                self.fused_in_steps(io, bias, residual);
            } else if let Some(channels) = bias {
                channels.for_each_run(io.len, |start, len, bias| {
                    let run = Run {
                        bias: Some(bias),
                        factor,
                        addend: residual.map(|residual| residual.add(start)),
                    };
                    self.run(io.part(start, len), run, stores);
                });
            } else {
                let run = Run {
                    bias: None,
                    factor,
                    addend: residual,
                };
                self.run(io, run, stores);
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
                (self.stages.add)(in_place, residual);
            }
        }
    }
}
