//! The stage of PReLU with a slope per channel, of 16-bit types: `activations::stage::float16::bf16::avx2::scale_negative`.

use super::arithmetic::finite_if_flat;
use crate::Isa;
use crate::activation::instead_of_negative;
use crate::drive::body::Binary;
use crate::drive::float::Float;
use crate::drive::map::map;
use crate::drive::{BinaryKernel, Io, Weight};
use crate::registry::for_each_isa;
use crate::simd::Vocabulary;
use crate::simd::odd::{product_to_odd, small_product_to_odd};
use core::marker::PhantomData;

/// `x` where it is positive, `slope * x` where it is negative, rounded to odd. In the lanes where the slope is 0, -inf counts
/// as the smallest finite number, so that the product is a zero and not NaN.
#[derive(Clone, Copy)]
struct ScaleNegative<T>(PhantomData<T>);

impl<T: Float> BinaryKernel for ScaleNegative<T> {
    const WEIGHT: Weight = Weight::Long;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s, slope: V::f32s) -> V::f32s {
        let finite = finite_if_flat(simd, x, slope);
        let product = if const { T::HAS_RANGE_OF_F32 } {
            small_product_to_odd(simd, finite, slope)
        } else {
            product_to_odd(simd, finite, slope)
        };
        instead_of_negative(simd, x, product)
    }
}

/// The function of one instruction set.
macro_rules! stage {
    ($isa:ident, $instructions:meta, $token:expr; $element:ident) => {
        #[doc = concat!("The stage on ", stringify!($isa), ".")]
        pub(crate) mod $isa {
            use super::*;

            /// Multiplies the negative elements of `io` by slopes.
            ///
            /// # Safety
            /// The CPU has the instruction set; `io` is as for [`map`], and there is a slope for each element.
            #[$instructions]
            #[inline(never)]
            pub(crate) unsafe fn scale_negative(io: Io<$element>, slopes: *const f32) {
                let kernel = ScaleNegative::<$element>(PhantomData);
                let body = Binary {
                    kernel,
                    operands: slopes,
                };
                // SAFETY: the caller's promises, passed on.
                unsafe { map($token, io, body) }
            }
        }
    };
}

/// The functions of a type.
macro_rules! stages_of {
    ($element:ident) => {
        #[doc = concat!("The stage of ", stringify!($element), ".")]
        pub(crate) mod $element {
            use super::*;
            use half::$element;

            for_each_isa! { stage! $element }

            /// Multiplies the negative elements of `io` by slopes, on the instruction set of one's choice.
            ///
            /// # Safety
            /// The CPU has `isa`; `io` is as for [`map`], and there is a slope for each element.
            #[inline]
            pub(crate) unsafe fn scale_negative(isa: Isa, io: Io<$element>, slopes: *const f32) {
                // An arm that is missing on this architecture stands for an `Isa` that no CPU of it has.
                // SAFETY: the caller's promises, passed on.
                unsafe {
                    match isa {
                        #[cfg(target_arch = "x86_64")]
                        Isa::Avx512 => avx512::scale_negative(io, slopes),
                        #[cfg(target_arch = "x86_64")]
                        Isa::Avx2 => avx2::scale_negative(io, slopes),
                        #[cfg(target_arch = "aarch64")]
                        Isa::Neon => neon::scale_negative(io, slopes),
                        _ => scalar::scale_negative(io, slopes),
                    }
                }
            }
        }
    };
}

stages_of!(f16);
stages_of!(bf16);
