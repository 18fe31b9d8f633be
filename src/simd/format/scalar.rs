//! 16-bit types one element at a time.

use super::Format;
use half::{bf16, f16};
use pulp::Scalar;

/// The same for each type: `half` has the two conversions.
macro_rules! format {
    ($type:ident) => {
        impl Format<Scalar> for $type {
            #[inline(always)]
            unsafe fn load(_: Scalar, from: *const Self) -> f32 {
                // SAFETY: the caller vouches for one element.
                unsafe { *from }.to_f32_const()
            }

            #[inline(always)]
            unsafe fn store(_: Scalar, to: *mut Self, value: f32) {
                // SAFETY: the caller vouches for one element.
                unsafe { *to = Self::from_f32_const(value) }
            }

            #[inline(always)]
            unsafe fn stream_each<const N: usize>(simd: Scalar, to: *mut Self, values: [f32; N]) {
                // SAFETY: the caller's promise, passed on.
                unsafe { Self::store_each(simd, to, values) }
            }

            #[inline(always)]
            unsafe fn load_first(simd: Scalar, count: usize, from: *const Self) -> f32 {
                if count == 0 {
                    0.0
                } else {
                    // SAFETY: there is one element.
                    unsafe { Self::load(simd, from) }
                }
            }

            #[inline(always)]
            unsafe fn store_first(simd: Scalar, count: usize, to: *mut Self, value: f32) {
                if count != 0 {
                    // SAFETY: there is one element.
                    unsafe { Self::store(simd, to, value) }
                }
            }
        }
    };
}

format!(f16);
format!(bf16);
