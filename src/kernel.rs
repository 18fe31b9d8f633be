//! The kernels as named functions, one per activation and instruction set.
//!
//! `activations::kernel::avx512::hardswish` is the AVX-512 hardswish: under that path `nm --demangle`, a debugger and
//! a profiler show it. Each function serves out of place and in place.
//! `activations::kernel::streamed::avx512::hardswish` is the same for outputs that no cache would hold.
//! `activations::kernel::surrounded::avx512::hardswish` computes `f(x + bias) * factor + addend` in one loop, for gates,
//! biases and residuals, and there is a streamed one of that. Nothing else is compiled per activation, but for gates with
//! limits, whose activation is [`Swish`]: `activations::kernel::limited::avx512::swish`. Scalar code has
//! the plain kernels alone: there, what surrounds them is a stage (`stage.rs`) before or after. So it is on all instruction
//! sets where the library is not optimised (`build.rs`), and nothing streams there. Without the features `fused` and
//! `gates`, which alone call them, there are no surrounded kernels either.

use crate::apply::Apply;
#[cfg(all(target_arch = "x86_64", not(unoptimised)))]
use crate::drive::stream::Streaming;
use crate::drive::{ChooseKernel, Io, Stores, map::Mapping, operands::Operands};
use crate::registry::{for_each_activation, for_each_isa};
use crate::{Isa, activation::*};

/// What surrounds the kernels of a module: nothing, or the operands that its functions have as an argument.
macro_rules! around {
    () => {
        ()
    };
    ($operands:ident) => {
        *$operands
    };
}

/// The kernels of one instruction set, from its module, the attribute that selects its instructions, and pulp's token for
/// them. In brackets stands the type of the elements; if a name for operands and their type follow, the kernels are
/// surrounded.
macro_rules! kernels {
    (
        $isa:ident, $instructions:meta, $token:expr; [$element:ident $($operands:ident: $around:ident)?]
        $($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt $other_names:tt;)*
    ) => {
        #[doc = concat!("The kernels on ", stringify!($isa), ".")]
        pub(crate) mod $isa {
            use super::*;
            kernels! { each $instructions, $token, [$element $($operands: $around)?]; $($type $name)* }
        }
    };
    (each $instructions:meta, $token:expr, $operands:tt; $($type:ident $name:ident)*) => {
        $(kernels! { one $instructions, $token, $operands; $type $name })*
    };
    (one $instructions:meta, $token:expr, [$element:ident $($operands:ident: $around:ident)?]; $type:ident $name:ident) => {
        #[doc = concat!("[`", stringify!($type), "`].")]
        ///
        /// # Safety
        /// The CPU has the instruction set; `io` is as for [`Apply::apply_raw`], and operands are as many.
        #[$instructions]
        #[inline(never)]
        pub(crate) unsafe fn $name(activation: &$type, io: Io<$element> $(, $operands: &$around)?) {
            // SAFETY: the caller vouches for the CPU, which is all that a token stands for, and for the memory.
            let mapping = unsafe { Mapping::new($token, io, around!($($operands)?)) };
            activation.choose_kernel::<$element, _>(mapping);
        }
    };
}

/// The kernels of one instruction set that stream. What is left before and behind whole cache lines they leave to those
/// that do not.
#[cfg(all(target_arch = "x86_64", not(unoptimised)))]
macro_rules! streamed_kernels {
    (
        $isa:ident, $instructions:meta, $token:expr; [$element:ident $($operands:ident: $around:ident)?]
        $($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt $other_names:tt;)*
    ) => {
        #[doc = concat!("The kernels on ", stringify!($isa), " that stream.")]
        pub(crate) mod $isa {
            use super::*;
            streamed_kernels! { each $isa, $instructions, $token, [$element $($operands: $around)?]; $($type $name)* }
        }
    };
    (each $isa:ident, $instructions:meta, $token:expr, $operands:tt; $($type:ident $name:ident)*) => {
        $(streamed_kernels! { one $isa, $instructions, $token, $operands; $type $name })*
    };
    (
        one $isa:ident, $instructions:meta, $token:expr, [$element:ident $($operands:ident: $around:ident)?];
        $type:ident $name:ident
    ) => {
        #[doc = concat!("[`", stringify!($type), "`].")]
        ///
        /// # Safety
        /// The CPU has the instruction set; `io` is as for [`Apply::apply_raw`] where it streams, and operands are as
        /// many.
        #[$instructions]
        #[inline(never)]
        pub(crate) unsafe fn $name(activation: &$type, io: Io<$element> $(, $operands: &$around)?) {
            // SAFETY: a part of what the caller vouches for.
            let cached = |start, len| unsafe {
                let io = io.part(start, len);
                super::super::$isa::$name(activation, io $(, &$operands.part(start))?)
            };
            // SAFETY: as in `kernels`.
            let streaming = unsafe { Streaming::new($token, io, around!($($operands)?), cached) };
            activation.choose_kernel::<$element, _>(streaming);
        }
    };
}

/// From an [`Isa`] to the functions written for it: the only run-time branch. In brackets stands the type of the elements.
macro_rules! on_isa {
    ([$element:ident] $($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt $other_names:tt;)*) => {
        /// The kernels, on the instruction set of one's choice.
        pub(crate) mod on_isa {
            use super::*;
            $(
                #[doc = concat!("[`", stringify!($type), "`] on `isa`.")]
                ///
                /// # Safety
                /// As for [`Apply::apply_raw`].
                #[inline]
                pub(crate) unsafe fn $name(
                    activation: &$type,
                    isa: Isa,
                    io: Io<$element>,
                    stores: Stores,
                ) {
                    // SAFETY: the caller's promises are those that the kernels ask for.
                    unsafe { choose!(isa, stores, self, $name, activation, io) }
                }
            )*
        }
    };
}

/// As `on_isa`, for kernels of f32 with what surrounds them.
macro_rules! surrounded_on_isa {
    ($($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt $other_names:tt;)*) => {
        /// The kernels with their surroundings, on the instruction set of one's choice.
        pub(crate) mod surrounded_on_isa {
            use super::*;
            $(
                #[doc = concat!("[`", stringify!($type), "`] on `isa`.")]
                ///
                /// # Safety
                /// As for [`Apply::surrounded_raw`].
                #[inline]
                pub(crate) unsafe fn $name(
                    activation: &$type,
                    isa: Isa,
                    io: Io<f32>,
                    operands: &Operands,
                    stores: Stores,
                ) {
                    #[cfg(surrounded)]
                    // SAFETY: the caller's promises are those that the kernels ask for.
                    unsafe {
                        choose!(isa, stores, surrounded, $name, activation, io, operands)
                    }
                    #[cfg(not(surrounded))]
                    {
                        let _ = (activation, isa, io, operands, stores);
                        unreachable!("there are no such kernels: `has_surrounded` says so")
                    }
                }
            )*
        }

        $(apply! { $type $(<$lt>)? $name })*
    };
}

/// Calls the kernel `$name` of `$module` for an instruction set. An arm that is missing on this architecture stands for an
/// [`Isa`] that no CPU of it has, so the caller has ruled it out; scalar code is right there all the same.
macro_rules! choose {
    ($isa:ident, $stores:ident, $module:ident, $name:ident, $($argument:ident),*) => {
        match ($isa, $stores) {
            #[cfg(all(target_arch = "x86_64", not(unoptimised)))]
            (Isa::Avx512, Stores::Streamed) => choose!($module streamed avx512 $name)($($argument),*),
            #[cfg(all(target_arch = "x86_64", not(unoptimised)))]
            (Isa::Avx2, Stores::Streamed) => choose!($module streamed avx2 $name)($($argument),*),
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx512, _) => choose!($module avx512 $name)($($argument),*),
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx2, _) => choose!($module avx2 $name)($($argument),*),
            #[cfg(target_arch = "aarch64")]
            (Isa::Neon, _) => choose!($module neon $name)($($argument),*),
            _ => choose!(rest $module $name $($argument),*),
        }
    };
    (self $isa:ident $name:ident) => { super::$isa::$name };
    (self streamed $isa:ident $name:ident) => { super::streamed::$isa::$name };
    (surrounded $isa:ident $name:ident) => { super::surrounded::$isa::$name };
    (surrounded streamed $isa:ident $name:ident) => { super::surrounded::streamed::$isa::$name };
    (limited $isa:ident $name:ident) => { super::limited::$isa::$name };
    (limited streamed $isa:ident $name:ident) => { super::limited::streamed::$isa::$name };
    (rest self $name:ident $($argument:ident),*) => { super::scalar::$name($($argument),*) };
    // Scalar code has no others: `has_loop` says so.
    (rest $module:ident $name:ident $($argument:ident),*) => {{
        let _ = ($($argument),*);
        unreachable!("scalar kernels have no surroundings")
    }};
}

/// Whether there are kernels with what surrounds them on `isa`.
#[inline]
pub(crate) fn has_surrounded(isa: Isa) -> bool {
    isa != Isa::Scalar && cfg!(surrounded)
}

/// How each activation is applied: by its kernel, or, with parameters that none takes, by its oracle. [`Prelu`] and
/// [`Snake`] may have parameters per channel; see `pipeline::prelu` and `pipeline::snake`. [`Swish`] alone has kernels
/// with limits; see `kernel::limited`.
macro_rules! apply {
    (Prelu<$lt:lifetime> $name:ident) => {};
    (Snake<$lt:lifetime> $name:ident) => {};
    (Swish $name:ident) => {};
    ($type:ident $name:ident) => {
        impl Apply for $type {
            #[inline]
            unsafe fn apply_raw(&self, isa: Isa, io: Io<f32>, stores: Stores) {
                // SAFETY: the caller's promises, passed on.
                unsafe {
                    if self.is_rest() {
                        rest::apply(&|x| self.reference(x), io)
                    } else {
                        on_isa::$name(self, isa, io, stores)
                    }
                }
            }

            #[inline]
            fn has_loop(&self, isa: Isa, is_limited: bool) -> bool {
                has_surrounded(isa) && !is_limited && !self.is_rest()
            }

            #[inline]
            unsafe fn surrounded_raw(
                &self,
                isa: Isa,
                io: Io<f32>,
                operands: &Operands,
                stores: Stores,
            ) {
                // SAFETY: the caller's promises, passed on.
                unsafe { surrounded_on_isa::$name(self, isa, io, operands, stores) }
            }
        }
    };
}

macro_rules! all_kernels {
    ($($line:tt)*) => {
        for_each_isa! { kernels! [f32] $($line)* }

        /// The kernels that write past the cache.
        #[cfg(all(target_arch = "x86_64", not(unoptimised)))]
        pub(crate) mod streamed {
            use super::*;
            for_each_isa! { streaming streamed_kernels! [f32] $($line)* }
        }

        /// The kernels with what surrounds them.
        #[cfg(surrounded)]
        pub(crate) mod surrounded {
            #[allow(unused_imports)] // Architectures that have scalar code alone have none.
            use super::*;
            for_each_isa! { vectors kernels! [f32 operands: Operands] $($line)* }

            /// Those that write past the cache.
            #[cfg(target_arch = "x86_64")]
            pub(crate) mod streamed {
                use super::*;
                for_each_isa! { streaming streamed_kernels! [f32 operands: Operands] $($line)* }
            }
        }

        on_isa! { [f32] $($line)* }
        surrounded_on_isa! { $($line)* }
    };
}

for_each_activation!(all_kernels);

// Behind the macros that it uses.
#[cfg(feature = "half")]
pub(crate) mod float16;
pub(crate) mod limited;
pub(crate) mod of_each;
#[cfg(feature = "half")]
pub(crate) mod ranges;
pub(crate) mod rest;
