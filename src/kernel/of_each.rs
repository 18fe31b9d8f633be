//! Kernels with parameters for each element: `activations::kernel::of_each::f32::avx512::snake`.
//!
//! They are for channels of a few elements. They stand once for each type and instruction set, and do not stream.

use super::Io;
use crate::Isa;
use crate::activation::WaveOfEach;
use crate::drive::map::map;
use crate::drive::precision::Precision;
use crate::drive::ternary::Ternary;
use crate::registry::for_each_isa;

/// The kernel of one instruction set.
macro_rules! kernels {
    ($isa:ident, $instructions:meta, $token:expr; $element:ty) => {
        #[doc = concat!("The kernels on ", stringify!($isa), ".")]
        pub(crate) mod $isa {
            use super::*;

            /// [`Snake`](crate::Snake).
            ///
            /// # Safety
            /// The CPU has the instruction set; `io` is as for [`map`], and there are two operands for each element.
            #[$instructions]
            #[inline(never)]
            pub(crate) unsafe fn snake(io: Io<$element>, operands: [*const f32; 2]) {
                let kernel = WaveOfEach::<{ <$element as Precision>::HAS_16_BITS }>;
                // SAFETY: the caller's promises, passed on.
                unsafe { map($token, io, Ternary { kernel, operands }) }
            }
        }
    };
}

/// The kernels for elements of one type, in a module.
macro_rules! kernels_of {
    ($module:ident $element:ty) => {
        #[doc = concat!("The kernels of ", stringify!($module), ".")]
        pub(crate) mod $module {
            use super::*;

            for_each_isa! { kernels! $element }

            /// [`Snake`](crate::Snake) on the instruction set of one's choice, with alphas and betas.
            ///
            /// # Safety
            /// The CPU has `isa`; `io` is as for [`map`], and there are two operands for each element.
            #[inline]
            pub(crate) unsafe fn snake(isa: Isa, io: Io<$element>, operands: [*const f32; 2]) {
                // An arm that is missing on this architecture stands for an `Isa` that no CPU of it has.
                // SAFETY: the caller's promises, passed on.
                unsafe {
                    match isa {
                        #[cfg(target_arch = "x86_64")]
                        Isa::Avx512 => avx512::snake(io, operands),
                        #[cfg(target_arch = "x86_64")]
                        Isa::Avx2 => avx2::snake(io, operands),
                        #[cfg(target_arch = "aarch64")]
                        Isa::Neon => neon::snake(io, operands),
                        _ => scalar::snake(io, operands),
                    }
                }
            }
        }
    };
}

kernels_of!(f32 core::primitive::f32);
#[cfg(feature = "half")]
kernels_of!(f16 half::f16);
#[cfg(feature = "half")]
kernels_of!(bf16 half::bf16);
