//! The vocabulary on 128-bit vectors: NEON, as every aarch64 CPU has it.

use super::{Machine, NEXT_TO_ZERO, Outlined, Table};
use core::arch::aarch64::{
    float32x4_t, vadd_f32, vaddq_f32, vaddq_f64, vaddvq_f64, vandq_u32, vbicq_u32, vbslq_f32,
    vcgtq_f32, vcltq_f32, vcltzq_s32, vcvt_f64_f32, vdup_n_u32, vdupq_n_f32, vdupq_n_s32,
    vdupq_n_u32, vget_high_f32, vget_lane_f32, vget_low_f32, vget_low_u16, vld1_f32, vld1q_f32,
    vld1q_lane_f32, vld1q_u8_x2, vld2q_f32, vmaxq_u32, vmaxvq_u32, vminq_u32, vminvq_u32,
    vmlaq_u32, vmovl_u8, vmovl_u16, vmulq_f32, vqtbl2q_u8, vreinterpret_u8_u32,
    vreinterpretq_f32_f64, vreinterpretq_f32_u32, vreinterpretq_f64_f32, vreinterpretq_s32_f32,
    vshlq_u32, vst1q_f32, vst1q_lane_f32, vsubq_u32, vtrn1q_f32, vtrn2q_f32, vuzp1q_f32,
    vuzp2q_f32, vzip1q_f64, vzip2q_f64,
};
use pulp::{aarch64::Neon, cast, f32x4, m32x4};

/// Whether the bits of any lane of any of the vectors are in `first..end`.
///
/// # Safety
/// The CPU has NEON.
#[inline(always)]
unsafe fn any_less_than<const N: usize>(x: [f32x4; N], first: u32, end: u32) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        // What is less than `first` becomes larger than all others.
        let mut least = vsubq_u32(cast(x[0]), vdupq_n_u32(first));
        let mut k = 1;
        while k < N {
            least = vminq_u32(least, vsubq_u32(cast(x[k]), vdupq_n_u32(first)));
            k += 1;
        }
        vminvq_u32(least) < end - first
    }
}

impl Machine for Neon {
    const LONG: usize = 2;
    const HEAVY: usize = 1;

    #[inline(always)]
    fn at_least_f32s(self, x: f32x4, low: f32x4) -> f32x4 {
        let (x, low): (float32x4_t, float32x4_t) = (cast(x), cast(low));
        // Not FMAX, which makes of -0 and +0 a +0.
        // SAFETY: the token proves NEON.
        unsafe { cast(vbslq_f32(vcltq_f32(x, low), low, x)) }
    }

    #[inline(always)]
    fn at_most_f32s(self, x: f32x4, high: f32x4) -> f32x4 {
        let (x, high): (float32x4_t, float32x4_t) = (cast(x), cast(high));
        // SAFETY: the token proves NEON.
        unsafe { cast(vbslq_f32(vcgtq_f32(x, high), high, x)) }
    }

    #[inline(always)]
    fn scale_negative_f32s(self, x: f32x4, scale: f32x4) -> f32x4 {
        let x: float32x4_t = cast(x);
        // SAFETY: the token proves NEON.
        unsafe {
            let negative = vcltzq_s32(vreinterpretq_s32_f32(x));
            cast(vbslq_f32(negative, vmulq_f32(x, cast(scale)), x))
        }
    }

    #[inline(always)]
    fn clear_f32s(self, mask: m32x4, x: f32x4) -> f32x4 {
        // A lane of the mask is all ones or all zeros. SAFETY: the token proves NEON.
        unsafe { cast(vbicq_u32(cast(x), cast(mask))) }
    }

    #[inline(always)]
    fn keep_f32s(self, mask: m32x4, x: f32x4) -> f32x4 {
        // SAFETY: the token proves NEON.
        unsafe { cast(vandq_u32(cast(x), cast(mask))) }
    }

    #[inline(always)]
    fn shift_left_bits_f32s<const COUNT: u32>(self, x: f32x4) -> f32x4 {
        // SAFETY: the token proves NEON.
        unsafe { cast(vshlq_u32(cast(x), vdupq_n_s32(COUNT as i32))) }
    }

    #[inline(always)]
    fn shift_right_bits_f32s<const COUNT: u32>(self, x: f32x4) -> f32x4 {
        // A shift by a negative count goes to the right. SAFETY: the token proves NEON.
        unsafe { cast(vshlq_u32(cast(x), vdupq_n_s32(-(COUNT as i32)))) }
    }

    #[inline(always)]
    fn lookup_f32s(self, table: &Table, index: f32x4) -> f32x4 {
        // TBL chooses bytes: those of entry `i` are 4i to 4i + 3.
        // SAFETY: the token proves NEON, and the table has 64 bytes, of which 32 are read.
        unsafe {
            let entries = vld1q_u8_x2(table.0.as_ptr().cast());
            let entry = vandq_u32(cast(index), vdupq_n_u32(7));
            let bytes = vmlaq_u32(vdupq_n_u32(0x0302_0100), entry, vdupq_n_u32(0x0404_0404));
            cast(vqtbl2q_u8(entries, cast(bytes)))
        }
    }

    #[inline(always)]
    fn any_m32s(self, mask: m32x4) -> bool {
        // SAFETY: the token proves NEON.
        unsafe { vmaxvq_u32(cast(mask)) != 0 }
    }

    #[inline(always)]
    fn any_next_to_zero_f32s<const N: usize>(self, mut x: [f32x4; N]) -> bool {
        let mut k = 0;
        while k < N {
            // SAFETY: the token proves NEON.
            x[k] = unsafe { cast(vandq_u32(cast(x[k]), vdupq_n_u32(0x7fff_ffff))) };
            k += 1;
        }
        // SAFETY: the token proves NEON.
        unsafe { any_less_than::<N>(x, 1, NEXT_TO_ZERO.to_bits()) }
    }

    #[inline(always)]
    fn any_beyond_f32s<const N: usize>(self, x: [f32x4; N], largest: f32) -> bool {
        // SAFETY: the token proves NEON.
        unsafe {
            let all = vdupq_n_u32(0x7fff_ffff);
            let mut most = vandq_u32(cast(x[0]), all);
            let mut k = 1;
            while k < N {
                most = vmaxq_u32(most, vandq_u32(cast(x[k]), all));
                k += 1;
            }
            vmaxvq_u32(most) > largest.to_bits()
        }
    }

    #[inline(always)]
    fn outline<W: Outlined>(self, work: W) {
        #[cold]
        #[inline(never)]
        #[target_feature(enable = "neon")]
        fn outlined<W: Outlined>(work: W) {
            work.run();
        }
        // SAFETY: the token proves NEON.
        unsafe { outlined(work) }
    }

    #[inline(always)]
    fn sum_f32(self, x: &[f32; 16]) -> f32 {
        // SAFETY: the token proves NEON; quarters from 0 to 12 are read.
        unsafe {
            let quarter = |i: usize| vld1q_f32(x.as_ptr().add(i));
            let half = |i: usize| vaddq_f32(quarter(i), quarter(i + 8));
            let four = vaddq_f32(half(0), half(4));
            let two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
            vget_lane_f32::<0>(two) + vget_lane_f32::<1>(two)
        }
    }

    #[inline(always)]
    fn sum_f64(self, high: &[f32; 16], low: &[f32; 16]) -> f64 {
        // SAFETY: the token proves NEON; pairs from 0 to 14 are read.
        unsafe {
            let pair = |of: &[f32; 16], i: usize| vld1_f32(of.as_ptr().add(i));
            let sum = |i: usize| {
                let of_high =
                    vaddq_f64(vcvt_f64_f32(pair(high, i)), vcvt_f64_f32(pair(high, i + 8)));
                let of_low = vadd_f32(pair(low, i), pair(low, i + 8));
                vaddq_f64(of_high, vcvt_f64_f32(of_low))
            };
            let (a, b) = (vaddq_f64(sum(0), sum(4)), vaddq_f64(sum(2), sum(6)));
            vaddvq_f64(vaddq_f64(a, b))
        }
    }

    const TILE: usize = 4;

    #[inline(always)]
    unsafe fn transpose(
        self,
        from: *const f32,
        from_stride: usize,
        to: *mut f32,
        to_stride: usize,
    ) {
        // SAFETY: the token proves NEON, and the caller vouches for four rows of four elements.
        unsafe {
            let row = |i: usize| vld1q_f32(from.add(i * from_stride));
            let (a, b, c, d) = (row(0), row(1), row(2), row(3));
            let pair = |low: float32x4_t, high: float32x4_t| {
                let (low, high) = (vreinterpretq_f64_f32(low), vreinterpretq_f64_f32(high));
                let (first, second) = (vzip1q_f64(low, high), vzip2q_f64(low, high));
                (vreinterpretq_f32_f64(first), vreinterpretq_f32_f64(second))
            };
            let (first, third) = pair(vtrn1q_f32(a, b), vtrn1q_f32(c, d));
            let (second, fourth) = pair(vtrn2q_f32(a, b), vtrn2q_f32(c, d));
            vst1q_f32(to, first);
            vst1q_f32(to.add(to_stride), second);
            vst1q_f32(to.add(2 * to_stride), third);
            vst1q_f32(to.add(3 * to_stride), fourth);
        }
    }

    #[inline(always)]
    unsafe fn load_bytes(self, from: *const u8) -> f32x4 {
        // SAFETY: the token proves NEON, and the caller vouches for four bytes.
        unsafe {
            let bytes = vdup_n_u32(from.cast::<u32>().read_unaligned());
            let words = vget_low_u16(vmovl_u8(vreinterpret_u8_u32(bytes)));
            cast(vreinterpretq_f32_u32(vmovl_u16(words)))
        }
    }

    #[inline(always)]
    unsafe fn load_f32s(self, from: *const f32) -> f32x4 {
        // SAFETY: the token proves NEON, and the caller vouches for one vector.
        unsafe { cast(vld1q_f32(from)) }
    }

    #[inline(always)]
    fn unzip_f32s(self, low: f32x4, high: f32x4) -> (f32x4, f32x4) {
        let (low, high) = (cast(low), cast(high));
        // SAFETY: the token proves NEON.
        unsafe { (cast(vuzp1q_f32(low, high)), cast(vuzp2q_f32(low, high))) }
    }

    #[inline(always)]
    unsafe fn load_pairs_f32s(self, from: *const f32) -> (f32x4, f32x4) {
        // SAFETY: the token proves NEON, and the caller vouches for two vectors.
        let pairs = unsafe { vld2q_f32(from) };
        (cast(pairs.0), cast(pairs.1))
    }

    #[inline(always)]
    unsafe fn store_f32s(self, to: *mut f32, value: f32x4) {
        // SAFETY: the token proves NEON, and the caller vouches for one vector.
        unsafe { vst1q_f32(to, cast(value)) }
    }

    // There is no intrinsic for STNP, and where to measure it neither.
    #[inline(always)]
    unsafe fn load_first_f32s(self, count: usize, from: *const f32) -> f32x4 {
        debug_assert!(count <= 4);
        // SAFETY: the token proves NEON; lane `i` is read only if `i < count`, and the caller
        // vouches for `count` elements.
        unsafe {
            let mut value = vdupq_n_f32(0.0);
            if count > 0 {
                value = vld1q_lane_f32::<0>(from, value);
            }
            if count > 1 {
                value = vld1q_lane_f32::<1>(from.add(1), value);
            }
            if count > 2 {
                value = vld1q_lane_f32::<2>(from.add(2), value);
            }
            if count > 3 {
                value = vld1q_lane_f32::<3>(from.add(3), value);
            }
            cast(value)
        }
    }

    #[inline(always)]
    unsafe fn store_first_f32s(self, count: usize, to: *mut f32, value: f32x4) {
        debug_assert!(count <= 4);
        let value: float32x4_t = cast(value);
        // SAFETY: the token proves NEON; lane `i` is written only if `i < count`, and the caller
        // vouches for `count` elements.
        unsafe {
            if count > 0 {
                vst1q_lane_f32::<0>(to, value);
            }
            if count > 1 {
                vst1q_lane_f32::<1>(to.add(1), value);
            }
            if count > 2 {
                vst1q_lane_f32::<2>(to.add(2), value);
            }
            if count > 3 {
                vst1q_lane_f32::<3>(to.add(3), value);
            }
        }
    }
}
