//! 16-bit types in 128-bit vectors: FCVTL and FCVTN for f16, integers for bf16.

use super::{Format, words};
use core::arch::aarch64::*;
use core::arch::asm;
use half::{bf16, f16};
use pulp::{aarch64::Neon, cast, f32x4};

/// How the elements of a type are converted; the rest is the same for both.
trait Words: Copy {
    /// The numbers that elements stand for.
    ///
    /// # Safety
    /// The CPU has NEON.
    unsafe fn widen(words: uint16x4_t) -> f32x4;

    /// Rounds to the type.
    ///
    /// # Safety
    /// The CPU has NEON.
    unsafe fn narrow(value: f32x4) -> uint16x4_t;
}

impl Words for f16 {
    #[inline(always)]
    unsafe fn widen(words: uint16x4_t) -> f32x4 {
        let value: float32x4_t;
        // The intrinsics are not stable.
        // SAFETY: every CPU of aarch64 has the instruction, which works on registers alone.
        unsafe {
            asm!("fcvtl {:v}.4s, {:v}.4h", out(vreg) value, in(vreg) words,
                options(pure, nomem, nostack, preserves_flags));
        }
        cast(value)
    }

    #[inline(always)]
    unsafe fn narrow(value: f32x4) -> uint16x4_t {
        let value: float32x4_t = cast(value);
        let words;
        // SAFETY: as above.
        unsafe {
            asm!("fcvtn {:v}.4h, {:v}.4s", out(vreg) words, in(vreg) value,
                options(pure, nomem, nostack, preserves_flags));
        }
        words
    }
}

impl Words for bf16 {
    #[inline(always)]
    unsafe fn widen(words: uint16x4_t) -> f32x4 {
        // SAFETY: the caller's promise.
        unsafe { cast(vshll_n_u16::<16>(words)) }
    }

    #[inline(always)]
    unsafe fn narrow(value: f32x4) -> uint16x4_t {
        // SAFETY: the caller's promise.
        unsafe {
            let bits = cast(value);
            // Less than half a unit, and one more bit if the last that is kept is set: ties become even.
            let last = vandq_u32(vshrq_n_u32::<16>(bits), vdupq_n_u32(1));
            // A NaN has no bits in the lower half, and stays one: results are NaN where inputs are, which have 16 bits, and
            // arithmetic hands on the bits of a NaN, or makes one with a single bit.
            vshrn_n_u32::<16>(vaddq_u32(vaddq_u32(bits, vdupq_n_u32(0x7fff)), last))
        }
    }
}

/// What [`Format`] asks for, which is the same for both types.
macro_rules! format {
    ($type:ident) => {
        impl Format<Neon> for $type {
            #[inline(always)]
            unsafe fn load(_: Neon, from: *const Self) -> f32x4 {
                // SAFETY: the token proves NEON, and the caller vouches for four elements; so it is below.
                unsafe { Self::widen(vld1_u16(from.cast())) }
            }

            #[inline(always)]
            unsafe fn store(_: Neon, to: *mut Self, value: f32x4) {
                // SAFETY: as above.
                unsafe { vst1_u16(to.cast(), Self::narrow(value)) }
            }

            #[inline(always)]
            unsafe fn stream_each<const N: usize>(simd: Neon, to: *mut Self, values: [f32x4; N]) {
                // SAFETY: as above.
                unsafe { Self::store_each(simd, to, values) }
            }

            #[inline(always)]
            unsafe fn load_first(_: Neon, count: usize, from: *const Self) -> f32x4 {
                // SAFETY: as above, for `count` elements.
                unsafe { Self::widen(vcreate_u16(words::load_first(count, from.cast()) as u64)) }
            }

            #[inline(always)]
            unsafe fn store_first(_: Neon, count: usize, to: *mut Self, value: f32x4) {
                // SAFETY: as above.
                unsafe {
                    let words = vget_lane_u64::<0>(vreinterpret_u64_u16(Self::narrow(value)));
                    words::store_first(count, to.cast(), u128::from(words));
                }
            }
        }
    };
}

format!(f16);
format!(bf16);
