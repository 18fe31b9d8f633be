//! The kernels as named functions, one per activation and instruction set.
//!
//! `activations::kernel::avx512::hardswish` is the AVX-512 hardswish: under that path `nm --demangle`, a debugger and
//! a profiler show it. Each function serves out of place and in place.
//! `activations::kernel::streamed::avx512::hardswish` is the same for outputs that no cache would hold. Nothing else is
//! compiled per activation: gates, biases and residuals are stages (`stage.rs`) before and after these functions.

use crate::apply::Apply;
#[cfg(target_arch = "x86_64")]
use crate::drive::stream::Streaming;
use crate::drive::{ChooseKernel, Io, Stores, flushed, map::Mapping};
use crate::registry::{for_each_activation, for_each_isa};
use crate::{Isa, activation::*};

/// The kernels of one instruction set, from its module, the attribute that selects its instructions, and pulp's token for
/// them.
macro_rules! kernels {
    (
        $isa:ident, $instructions:meta, $token:expr;
        $($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt $other_names:tt;)*
    ) => {
        #[doc = concat!("The kernels on ", stringify!($isa), ".")]
        pub(crate) mod $isa {
            use super::*;
            $(
                #[doc = concat!("[`", stringify!($type), "`] on ", stringify!($isa), ".")]
                ///
                /// # Safety
                /// The CPU has the instruction set; `io` is as for [`Apply::apply_raw`].
                #[$instructions]
                #[inline(never)]
                pub(crate) unsafe fn $name(activation: &$type, io: Io<f32>) {
                    // SAFETY: the caller vouches for the CPU, which is all that a token stands
                    // for, and for the memory.
                    activation.choose_kernel(unsafe { Mapping::new($token, io) })
                }
            )*
        }
    };
}

/// The kernels of one instruction set that stream. What is left before and behind whole cache lines they leave to those
/// that do not.
#[cfg(target_arch = "x86_64")]
macro_rules! streamed_kernels {
    (
        $isa:ident, $instructions:meta, $token:expr;
        $($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt $other_names:tt;)*
    ) => {
        #[doc = concat!("The kernels on ", stringify!($isa), " that stream.")]
        pub(crate) mod $isa {
            use super::*;
            $(
                #[doc = concat!("[`", stringify!($type), "`] on ", stringify!($isa), ".")]
                ///
                /// # Safety
                /// The CPU has the instruction set; `io` is as for [`Apply::apply_raw`] where it streams.
                #[$instructions]
                #[inline(never)]
                pub(crate) unsafe fn $name(activation: &$type, io: Io<f32>) {
                    // SAFETY: a part of what the caller vouches for.
                    let cached = |start, len| unsafe {
                        super::super::$isa::$name(activation, io.part(start, len))
                    };
                    // SAFETY: as above, in `kernels`.
                    activation.choose_kernel(unsafe { Streaming::new($token, io, cached) })
                }
            )*
        }
    };
}

/// From an [`Isa`] to the function written for it: the only run-time branch. One function per activation.
macro_rules! on_isa {
    ($($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt $other_names:tt;)*) => {
        /// The kernels, on the instruction set of one's choice.
        pub(crate) mod on_isa {
            use super::*;
            $(
                #[doc = concat!("[`", stringify!($type), "`] on `isa`.")]
                ///
                /// # Safety
                /// As for [`Apply::apply_raw`].
                #[inline]
                pub(crate) unsafe fn $name(activation: &$type, isa: Isa, io: Io<f32>, stores: Stores) {
                    // SAFETY: the caller's promises are those that the kernels ask for. An arm that is
                    // missing on this architecture stands for an `Isa` that no CPU of it has, so the
                    // caller has ruled it out; scalar code is right there all the same.
                    unsafe {
                        match (isa, stores) {
                            #[cfg(target_arch = "x86_64")]
                            (Isa::Avx512, Stores::Cached) => avx512::$name(activation, io),
                            #[cfg(target_arch = "x86_64")]
                            (Isa::Avx512, Stores::Streamed) => streamed::avx512::$name(activation, io),
                            #[cfg(target_arch = "x86_64")]
                            (Isa::Avx2, Stores::Cached) => avx2::$name(activation, io),
                            #[cfg(target_arch = "x86_64")]
                            (Isa::Avx2, Stores::Streamed) => streamed::avx2::$name(activation, io),
                            #[cfg(target_arch = "aarch64")]
                            (Isa::Neon, _) => neon::$name(activation, io),
                            _ => scalar::$name(activation, io),
                        }
                    }
                }
            )*
        }

        $(apply! { $type $(<$lt>)? $name })*
    };
}

/// How each activation is applied: by its kernel. [`Prelu`] alone may have a kernel and stages; see `pipeline::prelu`.
macro_rules! apply {
    (Prelu<$lt:lifetime> $name:ident) => {};
    ($type:ident $name:ident) => {
        impl Apply for $type {
            #[inline]
            unsafe fn apply_raw(&self, isa: Isa, io: Io<f32>, stores: Stores) {
                // SAFETY: the caller's promises, passed on.
                unsafe {
                    if <Self as ChooseKernel>::NEEDS_SUBNORMALS && flushed::is_flushing() {
                        flushed::without_tiny(io, |io| {
                            on_isa::$name(self, isa, io, Stores::Cached)
                        });
                    } else {
                        on_isa::$name(self, isa, io, stores);
                    }
                }
            }
        }
    };
}

macro_rules! all_kernels {
    ($($line:tt)*) => {
        for_each_isa! { kernels! $($line)* }

        /// The kernels that write past the cache.
        #[cfg(target_arch = "x86_64")]
        pub(crate) mod streamed {
            use super::*;
            for_each_isa! { streaming streamed_kernels! $($line)* }
        }

        on_isa! { $($line)* }
    };
}

for_each_activation!(all_kernels);
