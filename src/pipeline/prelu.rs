//! PReLU, which may be more than a kernel: it has stages if there is a slope per channel.

use crate::Isa;
use crate::activation::{Prelu, Slopes, Special};
use crate::apply::Apply;
use crate::channels::Numbers;
use crate::drive::{Io, Stores, operands::Operands};
use crate::kernel::{has_surrounded, on_isa, surrounded_on_isa};
use crate::stage::Stages;

impl Apply for Prelu<'_> {
    #[inline]
    unsafe fn apply_raw(&self, isa: Isa, io: Io<f32>, stores: Stores) {
        // SAFETY: the caller's promises, passed on.
        unsafe {
            match self.slopes() {
                None => on_isa::prelu(self, isa, io, stores),
                Some(slopes) => per_channel(slopes, isa, io, stores),
            }
        }
    }

    #[inline]
    fn has_loop(&self, isa: Isa, is_limited: bool) -> bool {
        has_surrounded(isa) && !is_limited && self.slopes().is_none()
    }

    #[inline]
    unsafe fn surrounded_raw(&self, isa: Isa, io: Io<f32>, operands: &Operands, stores: Stores) {
        // SAFETY: the caller's promises, passed on.
        unsafe { surrounded_on_isa::prelu(self, isa, io, operands, stores) }
    }
}

/// Applies slopes to all of `io`: a run of elements that share a slope is left to the kernel, any other to a stage.
///
/// # Safety
/// As for [`Apply::apply_raw`]; the slopes fit `io.len`.
unsafe fn per_channel(slopes: Slopes<'_>, isa: Isa, io: Io<f32>, stores: Stores) {
    let stages = Stages::of(isa);
    let stage = match slopes.special {
        Special::None => stages.scale_negative,
        Special::Zero => stages.scale_negative_or_flat,
        Special::NotFinite => stages.scale_negative_by_any,
    };
    let apply = |start, len, slope| {
        // SAFETY: a run is a part of `io`, and a stream has a slope for each of its elements.
        unsafe {
            let run = io.part(start, len);
            match slope {
                Numbers::Constant(slope) => on_isa::prelu(&Prelu::shared(slope), isa, run, stores),
                Numbers::Stream(slopes) => stage.apply(run, slopes, stores),
            }
        }
    };
    // SAFETY: the caller's promises, passed on.
    unsafe { slopes.for_each_run(isa, io.len, apply) };
}

/// [`Apply`] for the 16-bit type `$element`.
#[cfg(feature = "half")]
macro_rules! apply_to_16_bits {
    ($element:ident) => {
        impl Apply<half::$element> for Prelu<'_> {
            #[inline]
            unsafe fn apply_raw(&self, isa: Isa, io: Io<half::$element>, stores: Stores) {
                use crate::kernel::float16::$element::on_isa;
                use crate::stage::float16::$element::scale_negative;

                let Some(slopes) = self.slopes() else {
                    // SAFETY: the caller's promises, passed on.
                    return unsafe { on_isa::prelu(self, isa, io, stores) };
                };
                let apply = |start, len, slope| {
                    // SAFETY: a run is a part of `io`, and a stream has a slope for each of its elements.
                    unsafe {
                        let run = io.part(start, len);
                        match slope {
                            Numbers::Constant(slope) => {
                                on_isa::prelu(&Prelu::shared(slope), isa, run, stores);
                            }
                            Numbers::Stream(slopes) => scale_negative(isa, run, slopes),
                        }
                    }
                };
                // SAFETY: the caller's promises, passed on.
                unsafe { slopes.for_each_run(isa, io.len, apply) };
            }
        }
    };
}

#[cfg(feature = "half")]
apply_to_16_bits!(f16);
#[cfg(feature = "half")]
apply_to_16_bits!(bf16);
