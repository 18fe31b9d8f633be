//! The stages of 16-bit types: conversions from and to f32, and PReLU with a slope per channel. The last one is called
//! `activations::stage::float16::bf16::avx2::scale_negative`.

use super::arithmetic::finite_if_flat;
use crate::Isa;
use crate::drive::body::Binary;
use crate::drive::map::map;
use crate::drive::precision::Precision;
use crate::drive::{BinaryKernel, Io, Weight};
use crate::registry::for_each_isa;
use crate::simd::odd::{instead_of_negative, product_to_odd, small_product_to_odd};
use crate::simd::{Format, Machine, Unrolled, Vocabulary};
use core::marker::PhantomData;

/// `x` where it is positive, `slope * x` where it is negative, rounded to odd. In the lanes where the slope is 0, -inf counts
/// as the smallest finite number, so that the product is a zero and not NaN.
#[derive(Clone, Copy)]
struct ScaleNegative<T>(PhantomData<T>);

impl<T: Precision> BinaryKernel for ScaleNegative<T> {
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

/// Vectors in a turn of the loops that convert.
const UNROLL: usize = 4;

/// Writes `len` elements as f32.
///
/// # Safety
/// `from` is valid for reads and `to` for writes of `len` elements, and they do not overlap.
#[inline(always)]
unsafe fn widen<S: Machine, T: Format<S>>(simd: S, from: *const T, to: *mut f32, len: usize) {
    let turn = UNROLL * S::F32_LANES;
    let mut at = 0;
    // SAFETY: what is accessed lies below `len`.
    unsafe {
        while at + turn <= len {
            let x: [_; UNROLL] = T::load_in_order(simd, from.add(at));
            f32::store_in_order(simd, to.add(at), x);
            at += turn;
        }
        while at < len {
            let count = S::F32_LANES.min(len - at);
            let x = T::load_first(simd, count, from.add(at));
            simd.store_first_f32s(count, to.add(at), x);
            at += count;
        }
    }
}

/// Writes `len` f32 as the nearest elements, ties to even; what is NaN becomes a quiet one.
///
/// # Safety
/// `from` is valid for reads and `to` for writes of `len` elements, and they do not overlap.
#[inline(always)]
unsafe fn round<S: Machine, T: Format<S> + Precision>(
    simd: S,
    from: *const f32,
    to: *mut T,
    len: usize,
) {
    let turn = UNROLL * S::F32_LANES;
    let mut at = 0;
    // SAFETY: what is accessed lies below `len`.
    unsafe {
        while at + turn <= len {
            let x = f32::load_in_order(simd, from.add(at));
            let x = quiet::<T, _>(Unrolled::<S, UNROLL>(simd), x);
            T::store_in_order(simd, to.add(at), x);
            at += turn;
        }
        while at < len {
            let count = S::F32_LANES.min(len - at);
            let x = simd.load_first_f32s(count, from.add(at));
            let [x] = quiet::<T, _>(Unrolled::<S, 1>(simd), [x]);
            T::store_first(simd, count, to.add(at), x);
            at += count;
        }
    }
}

/// `x`, and instead of any NaN one that stays one if it is rounded as a number is: one with many bits could become infinite.
/// (Conversions to f16 take care of that.)
#[inline(always)]
fn quiet<T: Precision, V: Vocabulary>(v: V, x: V::f32s) -> V::f32s {
    if const { T::HAS_RANGE_OF_F32 } {
        v.select_f32s(v.equal_f32s(x, x), x, v.splat_f32s(f32::NAN))
    } else {
        x
    }
}

/// The functions of one instruction set.
macro_rules! stages {
    ($isa:ident, $instructions:meta, $token:expr; $element:ident) => {
        #[doc = concat!("The stages on ", stringify!($isa), ".")]
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

            /// Writes `len` elements as f32.
            ///
            /// # Safety
            /// The CPU has the instruction set; `from` is valid for reads and `to` for writes of `len` elements, and they do
            /// not overlap.
            #[$instructions]
            #[inline(never)]
            pub(crate) unsafe fn widen(from: *const $element, to: *mut f32, len: usize) {
                // SAFETY: the caller's promises, passed on.
                unsafe { super::super::widen($token, from, to, len) }
            }

            /// Writes `len` f32 as the nearest elements.
            ///
            /// # Safety
            /// As for `widen`.
            #[$instructions]
            #[inline(never)]
            pub(crate) unsafe fn round(from: *const f32, to: *mut $element, len: usize) {
                // SAFETY: the caller's promises, passed on.
                unsafe { super::super::round($token, from, to, len) }
            }
        }
    };
}

/// A function that calls the one of its name on the instruction set that its first argument names.
macro_rules! on_isa {
    ($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*)) => {
        $(#[$doc])*
        #[inline]
        pub(crate) unsafe fn $name(isa: Isa, $($argument: $type),*) {
            // An arm that is missing on this architecture stands for an `Isa` that no CPU of it has.
            // SAFETY: the caller's promises, passed on.
            unsafe {
                match isa {
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 => avx512::$name($($argument),*),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 => avx2::$name($($argument),*),
                    #[cfg(target_arch = "aarch64")]
                    Isa::Neon => neon::$name($($argument),*),
                    _ => scalar::$name($($argument),*),
                }
            }
        }
    };
}

/// The functions of a type.
macro_rules! stages_of {
    ($element:ident) => {
        #[doc = concat!("The stages of ", stringify!($element), ".")]
        pub(crate) mod $element {
            use super::*;
            use half::$element;

            for_each_isa! { stages! $element }

            on_isa! {
                /// Multiplies the negative elements of `io` by slopes, on the instruction set of one's choice.
                ///
                /// # Safety
                /// The CPU has `isa`; `io` is as for [`map`], and there is a slope for each element.
                scale_negative(io: Io<$element>, slopes: *const f32)
            }

            on_isa! {
                /// Writes `len` elements as f32, on the instruction set of one's choice.
                ///
                /// # Safety
                /// The CPU has `isa`; `from` is valid for reads and `to` for writes of `len` elements, and they do not overlap.
                widen(from: *const $element, to: *mut f32, len: usize)
            }

            on_isa! {
                /// Writes `len` f32 as the nearest elements, on the instruction set of one's choice.
                ///
                /// # Safety
                /// As for `widen`.
                round(from: *const f32, to: *mut $element, len: usize)
            }
        }
    };
}

stages_of!(f16);
stages_of!(bf16);
