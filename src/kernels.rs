//! The kernels as named functions, one per activation, walk over memory and instruction set.
//!
//! `activations::kernels::avx512::hardswish` is the AVX-512 hardswish: under that path
//! `nm --demangle`, a debugger and a profiler show it. Each function serves out of place and in
//! place. `activations::kernels::gated::avx512::hardswish` is that of a gate, and `gated_pairs`,
//! `biased` and `residual` are modules of that kind, too; those whose names start with `streamed` write outputs that
//! no cache would hold. Users reach them through [`Activation::apply_on`],
//! [`Gate::apply_on`] and [`Fused`], which check lengths, parameters and CPU first.

#[cfg(target_arch = "x86_64")]
use crate::drive::Streamed;
use crate::drive::fused::{Biased, Residual};
use crate::drive::{Io, Run, gated::TwoTensors, pairs::Pairs};
use crate::registry::for_each_activation;
use crate::*;

/// One module: its name, the attribute that selects its instructions, pulp's token for them, the walk.
macro_rules! module {
    (
        $isa:ident, $instructions:meta, $token:expr, $walk:ty;
        $($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt $other_names:tt;)*
    ) => {
        #[doc = concat!("The kernels on ", stringify!($isa), ".")]
        pub(crate) mod $isa {
            use super::*;
            $(
                #[doc = concat!("[`", stringify!($type), "`] on ", stringify!($isa), ".")]
                ///
                /// # Safety
                /// The CPU has the instruction set; activation and walk are as [`Run::run`] wants
                /// them.
                #[$instructions]
                #[inline(never)]
                pub(crate) unsafe fn $name$(<$lt>)?(activation: &$type$(<$lt>)?, walk: $walk) {
                    // SAFETY: the caller vouches for the CPU, which is all that a token stands
                    // for, and for the memory.
                    unsafe { activation.run($token, walk) }
                }
            )*
        }
    };
}

/// A module for each instruction set.
macro_rules! modules {
    ($walk:ty; $($line:tt)*) => {
        module! { scalar, doc = "(The target's baseline.)",
            pulp::Scalar, $walk; $($line)* }

        #[cfg(target_arch = "aarch64")]
        module! { neon, target_feature(enable = "neon"),
            pulp::aarch64::Neon::new_unchecked(), $walk; $($line)* }

        #[cfg(target_arch = "x86_64")]
        x86_modules! { $walk; $($line)* }
    };
}

/// Those of x86-64, which are all that a walk that streams has.
#[cfg(target_arch = "x86_64")]
macro_rules! x86_modules {
    ($walk:ty; $($line:tt)*) => {
        module! { avx2, target_feature(enable = "avx2,fma"),
            pulp::x86::V3::new_unchecked(), $walk; $($line)* }

        module! { avx512,
            target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,fma"),
            pulp::x86::V4::new_unchecked(), $walk; $($line)* }
    };
}

/// Those modules for each walk.
macro_rules! walks {
    ($($line:tt)*) => {
        modules! { Io<f32>; $($line)* }

        /// The activation of one tensor times another.
        pub(crate) mod gated {
            use super::*;
            modules! { TwoTensors; $($line)* }
        }

        /// The same, where the elements of the two take turns in memory.
        pub(crate) mod gated_pairs {
            use super::*;
            modules! { Pairs; $($line)* }
        }

        /// The activation of a sum with a bias.
        pub(crate) mod biased {
            use super::*;
            modules! { Biased; $($line)* }
        }

        /// The same, and then a sum with a residual.
        pub(crate) mod residual {
            use super::*;
            modules! { Residual; $($line)* }
        }

        /// The activation, written past the cache.
        #[cfg(target_arch = "x86_64")]
        pub(crate) mod streamed {
            use super::*;
            x86_modules! { Io<f32, Streamed>; $($line)* }
        }

        /// As `gated`, written past the cache.
        #[cfg(target_arch = "x86_64")]
        pub(crate) mod streamed_gated {
            use super::*;
            x86_modules! { TwoTensors<Streamed>; $($line)* }
        }

        /// As `biased`, written past the cache.
        #[cfg(target_arch = "x86_64")]
        pub(crate) mod streamed_biased {
            use super::*;
            x86_modules! { Biased<Streamed>; $($line)* }
        }

        /// As `residual`, written past the cache.
        #[cfg(target_arch = "x86_64")]
        pub(crate) mod streamed_residual {
            use super::*;
            x86_modules! { Residual<Streamed>; $($line)* }
        }
    };
}

for_each_activation!(walks);
