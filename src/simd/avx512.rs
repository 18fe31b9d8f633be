//! The vocabulary on 512-bit vectors: AVX-512 F, BW, CD, DQ and VL.

use super::{Machine, NEXT_TO_ZERO, Outlined, Table, keep_apart};
use core::arch::x86_64::{
    __m512, __m512i, _CMP_NEQ_UQ, _MM_HINT_T0, _mm_add_pd, _mm_add_sd, _mm_cvtsd_f64,
    _mm_loadu_si128, _mm_prefetch, _mm_unpackhi_pd, _mm256_add_pd, _mm256_add_ps,
    _mm256_castpd256_pd128, _mm256_extractf128_pd, _mm512_add_pd, _mm512_and_si512,
    _mm512_castpd512_pd256, _mm512_cmpgt_epi32_mask, _mm512_cmpgt_epu32_mask,
    _mm512_cmplt_epi32_mask, _mm512_cvtps_pd, _mm512_extractf64x4_pd, _mm512_loadu_ps,
    _mm512_mask_cmp_ps_mask, _mm512_mask_mul_ps, _mm512_mask_storeu_ps, _mm512_maskz_loadu_ps,
    _mm512_maskz_mov_ps, _mm512_max_epu32, _mm512_max_ps, _mm512_min_epi32, _mm512_min_ps,
    _mm512_movepi32_mask, _mm512_permutex2var_ps, _mm512_permutexvar_ps, _mm512_set1_epi32,
    _mm512_setr_epi32, _mm512_setzero_ps, _mm512_slli_epi32, _mm512_srli_epi32, _mm512_storeu_ps,
    _mm512_stream_ps, _mm512_sub_epi32,
};
use pulp::{
    b16, cast, f32x16,
    x86::{V3, V4},
};

/// A mask whose first `count` lanes are set; `count` is at most 16.
#[inline(always)]
pub(super) fn mask_first(count: usize) -> u16 {
    debug_assert!(count <= 16);
    ((1u32 << count) - 1) as u16
}

/// In each lane the least of all vectors, as integers.
///
/// # Safety
/// The CPU has AVX-512F.
#[inline(always)]
unsafe fn least<const N: usize>(x: [f32x16; N]) -> __m512i {
    let mut least = cast(x[0]);
    let mut k = 1;
    while k < N {
        // SAFETY: the caller's promise.
        least = unsafe { _mm512_min_epi32(least, cast(x[k])) };
        k += 1;
    }
    least
}

/// In each lane the most of all vectors, as integers without signs.
///
/// # Safety
/// The CPU has AVX-512F.
#[inline(always)]
unsafe fn most<const N: usize>(x: [f32x16; N]) -> __m512i {
    let mut most = cast(x[0]);
    let mut k = 1;
    while k < N {
        // SAFETY: the caller's promise.
        most = unsafe { _mm512_max_epu32(most, cast(x[k])) };
        k += 1;
    }
    most
}

/// The magnitudes, which are ordered as integers are.
///
/// # Safety
/// The CPU has AVX-512F.
#[inline(always)]
unsafe fn magnitudes<const N: usize>(mut x: [f32x16; N]) -> [f32x16; N] {
    let mut k = 0;
    while k < N {
        // SAFETY: the caller's promise.
        x[k] = unsafe { cast(_mm512_and_si512(cast(x[k]), _mm512_set1_epi32(i32::MAX))) };
        k += 1;
    }
    x
}

/// Whether any lane of any of the vectors is not zero, but less than `limit` as an integer.
///
/// # Safety
/// The CPU has AVX-512F.
#[inline(always)]
unsafe fn any_is_not_zero<const N: usize>(x: [f32x16; N], limit: f32) -> bool {
    keep_apart();
    let mut found = 0;
    let mut k = 0;
    while k < N {
        // SAFETY: the caller's promise.
        unsafe {
            let limit = _mm512_set1_epi32(limit.to_bits() as i32);
            let is_near = _mm512_cmplt_epi32_mask(cast(x[k]), limit);
            let zero = _mm512_setzero_ps();
            found |= _mm512_mask_cmp_ps_mask::<_CMP_NEQ_UQ>(is_near, cast(x[k]), zero);
        }
        k += 1;
    }
    found != 0
}

impl Machine for V4 {
    const LONG: usize = 2;
    const HEAVY: usize = 2;

    #[inline(always)]
    fn at_least_f32s(self, x: f32x16, low: f32x16) -> f32x16 {
        // VMAXPS is `a > b ? a : b`, so the operand to keep on NaN and on equal zeros is second.
        // SAFETY: the token proves AVX-512F.
        unsafe { cast(_mm512_max_ps(cast(low), cast(x))) }
    }

    #[inline(always)]
    fn at_most_f32s(self, x: f32x16, high: f32x16) -> f32x16 {
        // VMINPS is `a < b ? a : b`.
        // SAFETY: the token proves AVX-512F.
        unsafe { cast(_mm512_min_ps(cast(high), cast(x))) }
    }

    #[inline(always)]
    fn scale_negative_f32s(self, x: f32x16, scale: f32x16) -> f32x16 {
        let all: __m512 = cast(x);
        // SAFETY: the token proves AVX-512F and DQ.
        unsafe {
            let negative = _mm512_movepi32_mask(cast(x));
            cast(_mm512_mask_mul_ps(all, negative, all, cast(scale)))
        }
    }

    #[inline(always)]
    fn clear_f32s(self, mask: b16, x: f32x16) -> f32x16 {
        // SAFETY: the token proves AVX-512F.
        unsafe { cast(_mm512_maskz_mov_ps(!mask.0, cast(x))) }
    }

    #[inline(always)]
    fn keep_f32s(self, mask: b16, x: f32x16) -> f32x16 {
        // SAFETY: the token proves AVX-512F.
        unsafe { cast(_mm512_maskz_mov_ps(mask.0, cast(x))) }
    }

    #[inline(always)]
    fn shift_left_bits_f32s<const COUNT: u32>(self, x: f32x16) -> f32x16 {
        // SAFETY: the token proves AVX-512F.
        unsafe { cast(_mm512_slli_epi32::<COUNT>(cast(x))) }
    }

    #[inline(always)]
    fn shift_right_bits_f32s<const COUNT: u32>(self, x: f32x16) -> f32x16 {
        // SAFETY: the token proves AVX-512F.
        unsafe { cast(_mm512_srli_epi32::<COUNT>(cast(x))) }
    }

    #[inline(always)]
    fn lookup_f32s(self, table: &Table, index: f32x16) -> f32x16 {
        // VPERMPS looks at the last four bits of an index; the upper half repeats the lower.
        // SAFETY: the token proves AVX-512F.
        unsafe { cast(_mm512_permutexvar_ps(cast(index), cast(table.0))) }
    }

    #[inline(always)]
    fn any_m32s(self, mask: b16) -> bool {
        mask.0 != 0
    }

    #[inline(always)]
    fn any_next_to_zero_f32s<const N: usize>(self, x: [f32x16; N]) -> bool {
        // SAFETY: the token proves AVX-512F.
        unsafe {
            let x = magnitudes(x);
            let limit = _mm512_set1_epi32(NEXT_TO_ZERO.to_bits() as i32);
            _mm512_cmplt_epi32_mask(least(x), limit) != 0 && any_is_not_zero(x, NEXT_TO_ZERO)
        }
    }

    #[inline(always)]
    fn any_beyond_f32s<const N: usize>(self, x: [f32x16; N], largest: f32) -> bool {
        // SAFETY: the token proves AVX-512F.
        unsafe {
            let largest = _mm512_set1_epi32(largest.to_bits() as i32);
            _mm512_cmpgt_epi32_mask(most(magnitudes(x)), largest) != 0
        }
    }

    #[inline(always)]
    fn any_next_to_zero_or_beyond_f32s<const N: usize>(self, x: [f32x16; N], largest: f32) -> bool {
        let least = NEXT_TO_ZERO.to_bits();
        // SAFETY: the token proves AVX-512F.
        unsafe {
            // Less the least that is allowed: what is less has become the largest of all.
            let x = magnitudes(x);
            let mut shifted = x;
            let mut k = 0;
            while k < N {
                let from_least = _mm512_sub_epi32(cast(x[k]), _mm512_set1_epi32(least as i32));
                shifted[k] = cast(from_least);
                k += 1;
            }
            let limit = _mm512_set1_epi32((largest.to_bits() - least) as i32);
            _mm512_cmpgt_epu32_mask(most(shifted), limit) != 0
                && (any_is_not_zero(x, NEXT_TO_ZERO) || self.any_beyond_f32s(x, largest))
        }
    }

    #[inline(always)]
    fn outline<W: Outlined>(self, work: W) {
        #[cold]
        #[inline(never)]
        #[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,fma")]
        fn outlined<W: Outlined>(work: W) {
            work.run();
        }
        // SAFETY: the token proves these.
        unsafe { outlined(work) }
    }

    #[inline(always)]
    fn sum_f32(self, x: &[f32; 16]) -> f32 {
        let narrower: V3 = *self;
        narrower.sum_f32(x)
    }

    #[inline(always)]
    fn sum_f64(self, high: &[f32; 16], low: &[f32; 16]) -> f64 {
        let (high, _) = high.as_chunks::<8>();
        let (low, _) = low.as_chunks::<8>();
        // SAFETY: the token proves AVX-512F and what it builds on.
        unsafe {
            let of_high = _mm512_add_pd(
                _mm512_cvtps_pd(cast(high[0])),
                _mm512_cvtps_pd(cast(high[1])),
            );
            let of_low = _mm512_cvtps_pd(_mm256_add_ps(cast(low[0]), cast(low[1])));
            let eight = _mm512_add_pd(of_high, of_low);
            let four = _mm256_add_pd(
                _mm512_castpd512_pd256(eight),
                _mm512_extractf64x4_pd::<1>(eight),
            );
            let two = _mm_add_pd(
                _mm256_castpd256_pd128(four),
                _mm256_extractf128_pd::<1>(four),
            );
            _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)))
        }
    }

    const TILE: usize = V3::TILE;

    #[inline(always)]
    unsafe fn transpose(
        self,
        from: *const f32,
        from_stride: usize,
        to: *mut f32,
        to_stride: usize,
    ) {
        let narrower: V3 = *self;
        // SAFETY: the caller's promise, passed on.
        unsafe { narrower.transpose(from, from_stride, to, to_stride) }
    }

    #[inline(always)]
    unsafe fn load_bytes(self, from: *const u8) -> f32x16 {
        // SAFETY: the token proves SSE2, and the caller vouches for sixteen bytes.
        let bytes = unsafe { _mm_loadu_si128(from.cast()) };
        cast(self.avx512f._mm512_cvtepu8_epi32(bytes))
    }

    #[inline(always)]
    unsafe fn load_f32s(self, from: *const f32) -> f32x16 {
        // SAFETY: the token proves AVX-512F, and the caller vouches for one vector.
        unsafe { cast(_mm512_loadu_ps(from)) }
    }

    #[inline(always)]
    fn unzip_f32s(self, low: f32x16, high: f32x16) -> (f32x16, f32x16) {
        let (low, high) = (cast(low), cast(high));
        // SAFETY: the token proves AVX-512F.
        unsafe {
            let even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
            let odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
            (
                cast(_mm512_permutex2var_ps(low, even, high)),
                cast(_mm512_permutex2var_ps(low, odd, high)),
            )
        }
    }

    #[inline(always)]
    unsafe fn store_f32s(self, to: *mut f32, value: f32x16) {
        // SAFETY: the token proves AVX-512F, and the caller vouches for one vector.
        unsafe { _mm512_storeu_ps(to, cast(value)) }
    }

    #[inline(always)]
    unsafe fn stream_f32s(self, to: *mut f32, value: f32x16) {
        // SAFETY: the token proves AVX-512F, and the caller vouches for one aligned vector.
        unsafe { _mm512_stream_ps(to, cast(value)) }
    }

    #[inline(always)]
    unsafe fn load_first_f32s(self, count: usize, from: *const f32) -> f32x16 {
        // SAFETY: the token proves AVX-512F, the caller that `count` is in range and that its
        // elements are readable; a masked move neither reads nor faults on a lane masked off.
        unsafe { cast(_mm512_maskz_loadu_ps(mask_first(count), from)) }
    }

    #[inline(always)]
    unsafe fn store_first_f32s(self, count: usize, to: *mut f32, value: f32x16) {
        // SAFETY: as above, for writes.
        unsafe { _mm512_mask_storeu_ps(to, mask_first(count), cast(value)) }
    }

    #[inline(always)]
    fn prefetch(self, at: *const f32) {
        // SAFETY: a prefetch accesses nothing that a program can see, and never faults.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
    }
}
