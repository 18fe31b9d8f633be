//! Snake, which has parameters per channel: a run of elements that share them is left to the kernel of shared ones, any other to
//! one with parameters for each element.

use crate::Element;
use crate::Isa;
use crate::activation::{Snake, Waves};
use crate::apply::Apply;
use crate::channels::{Channels, Numbers};
use crate::drive::{ChooseKernel, Io, Stores, operands::Operands};
use crate::kernel::{has_surrounded, of_each, on_isa, rest, surrounded_on_isa};

impl Apply for Snake<'_> {
    #[inline]
    unsafe fn apply_raw(&self, isa: Isa, io: Io<f32>, stores: Stores) {
        // SAFETY: the caller's promises, passed on.
        unsafe {
            match self.channels() {
                Some(waves) => per_channel(waves, isa, io, stores, of_each::f32::snake),
                None if self.is_rest() => rest::apply(&|x| self.reference(x), io),
                None => on_isa::snake(self, isa, io, stores),
            }
        }
    }

    #[inline]
    fn has_loop(&self, isa: Isa, is_limited: bool) -> bool {
        has_surrounded(isa) && !is_limited && !self.is_per_channel() && !self.is_rest()
    }

    #[inline]
    unsafe fn surrounded_raw(&self, isa: Isa, io: Io<f32>, operands: &Operands, stores: Stores) {
        // SAFETY: the caller's promises, passed on.
        unsafe { surrounded_on_isa::snake(self, isa, io, operands, stores) }
    }
}

/// A kernel with parameters for each element.
type OfEach<T> = unsafe fn(isa: Isa, io: Io<T>, operands: [*const f32; 2]);

/// Applies the parameters of channels to all of `io`; `of_each` is the kernel of the type.
///
/// # Safety
/// As for [`Apply::apply_raw`]; the channels fit `io.len`.
unsafe fn per_channel<T: Element>(
    waves: Waves<'_>,
    isa: Isa,
    io: Io<T>,
    stores: Stores,
    of_each: OfEach<T>,
) where
    for<'a> Snake<'a>: Apply<T>,
{
    let Waves { alphas, betas, .. } = waves;
    let shared = |start, len, alpha, beta| {
        // SAFETY: a run is a part of `io`; the rest is the caller's promise.
        unsafe { Snake::shared(alpha, beta).apply_raw(isa, io.part(start, len), stores) };
    };
    if waves.has_rest {
        // Slow, but right.
        let inner = alphas.inner();
        for start in (0..io.len).step_by(inner) {
            shared(start, inner, alphas.at(start), betas.at(start));
        }
        return;
    }
    let apply = |start, len, numbers: [Numbers; 2]| match numbers {
        [Numbers::Stream(alphas), Numbers::Stream(betas)] => {
            // SAFETY: a run is a part of `io`, and a stream has a number for each of its elements.
            unsafe { of_each(isa, io.part(start, len), [alphas, betas]) };
        }
        [Numbers::Constant(alpha), Numbers::Constant(beta)] => shared(start, len, alpha, beta),
        // The two lists have channels of one kind, so that a run is the same for both.
        _ => unreachable!("a run is one of streams or of constants"),
    };
    // SAFETY: the caller's promises, passed on; both have as many channels, of numbers of one type, and are as long.
    unsafe { Channels::for_each_run_of([alphas, betas], isa, io.len, apply) };
}

/// [`Apply`] for the 16-bit type `$element`.
#[cfg(feature = "half")]
macro_rules! apply_to_16_bits {
    ($element:ident) => {
        impl Apply<half::$element> for Snake<'_> {
            #[inline]
            unsafe fn apply_raw(&self, isa: Isa, io: Io<half::$element>, stores: Stores) {
                use crate::kernel::float16::$element::on_isa;

                // SAFETY: the caller's promises, passed on.
                unsafe {
                    match self.channels() {
                        Some(waves) => {
                            per_channel(waves, isa, io, stores, of_each::$element::snake)
                        }
                        None if self.is_rest() => {
                            rest::apply_to_16_bits(&|x| self.reference(x), io);
                        }
                        None => on_isa::snake(self, isa, io, stores),
                    }
                }
            }
        }
    };
}

#[cfg(feature = "half")]
apply_to_16_bits!(f16);
#[cfg(feature = "half")]
apply_to_16_bits!(bf16);
