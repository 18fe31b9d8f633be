//! 16-bit types in 512-bit vectors: VCVTPH2PS and VCVTPS2PH for f16, integers for bf16.

use super::Format;
use crate::simd::avx512::mask_first;
use core::arch::x86_64::*;
use half::{bf16, f16};
use pulp::{Simd, cast, f32x16, x86::V4};

/// Rounds to bf16, in the upper half of each lane; the lower half is of no account.
///
/// A NaN has no bits in the lower half, and stays one: results are NaN where inputs are, which have 16 bits, and arithmetic
/// hands on the bits of a NaN, or makes one with a single bit.
///
/// # Safety
/// The CPU has AVX-512F.
#[inline(always)]
unsafe fn round_bf16(value: f32x16) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe {
        let bits = cast(value);
        // Less than half a unit, and one more bit if the last that is kept is set: ties become even.
        let is_odd = _mm512_test_epi32_mask(bits, _mm512_set1_epi32(0x1_0000));
        let rounded = _mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff));
        _mm512_mask_sub_epi32(rounded, is_odd, rounded, _mm512_set1_epi32(-1))
    }
}

/// How the elements of a type are converted; the rest is the same for both.
trait Words: Copy {
    /// The numbers that elements stand for.
    ///
    /// # Safety
    /// The CPU has AVX-512F.
    unsafe fn widen(words: __m256i) -> f32x16;

    /// Rounds to the type.
    ///
    /// # Safety
    /// The CPU has AVX-512F.
    unsafe fn narrow(value: f32x16) -> __m256i;
}

impl Words for f16 {
    #[inline(always)]
    unsafe fn widen(words: __m256i) -> f32x16 {
        // SAFETY: the caller's promise.
        unsafe { cast(_mm512_cvtph_ps(words)) }
    }

    #[inline(always)]
    unsafe fn narrow(value: f32x16) -> __m256i {
        // SAFETY: the caller's promise.
        unsafe { _mm512_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(cast(value)) }
    }
}

impl Words for bf16 {
    #[inline(always)]
    unsafe fn widen(words: __m256i) -> f32x16 {
        // SAFETY: the caller's promise.
        unsafe { cast(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(words))) }
    }

    #[inline(always)]
    unsafe fn narrow(value: f32x16) -> __m256i {
        // SAFETY: the caller's promise.
        unsafe { _mm512_cvtepi32_epi16(_mm512_srli_epi32::<16>(round_bf16(value))) }
    }
}

/// What [`Format`] has in common for both types. `$pairs` are methods beside it.
macro_rules! format {
    ($type:ident; $($pairs:item)*) => {
        impl Format<V4> for $type {
            #[inline(always)]
            unsafe fn load(_: V4, from: *const Self) -> f32x16 {
                // SAFETY: the token proves AVX-512F, BW and VL, and the caller vouches for sixteen elements; so it is
                // below.
                unsafe { Self::widen(_mm256_loadu_si256(from.cast())) }
            }

            #[inline(always)]
            unsafe fn store(_: V4, to: *mut Self, value: f32x16) {
                // SAFETY: as above.
                unsafe { _mm256_storeu_si256(to.cast(), Self::narrow(value)) }
            }

            #[inline(always)]
            unsafe fn load_first(_: V4, count: usize, from: *const Self) -> f32x16 {
                // A masked move neither reads nor faults on a lane masked off.
                // SAFETY: as above, for `count` elements.
                unsafe { Self::widen(_mm256_maskz_loadu_epi16(mask_first(count), from.cast())) }
            }

            #[inline(always)]
            unsafe fn store_first(_: V4, count: usize, to: *mut Self, value: f32x16) {
                // SAFETY: as above, for writes.
                unsafe { _mm256_mask_storeu_epi16(to.cast(), mask_first(count), Self::narrow(value)) }
            }

            $($pairs)*
        }
    };
}

format! {f16;
    #[inline(always)]
    unsafe fn stream_each<const N: usize>(_: V4, to: *mut f16, values: [f32x16; N]) {
        for (k, value) in values.into_iter().enumerate() {
            // SAFETY: as above; it is aligned.
            unsafe { _mm256_stream_si256(to.add(16 * k).cast(), f16::narrow(value)) };
        }
    }
}

/// Two vectors of results, of elements by turns, as one of 32 elements.
///
/// # Safety
/// The CPU has AVX-512F and BW.
#[inline(always)]
unsafe fn interleave_bf16(even: f32x16, odd: f32x16) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe {
        let even = _mm512_srli_epi32::<16>(round_bf16(even));
        _mm512_mask_mov_epi16(even, 0xaaaa_aaaa, round_bf16(odd))
    }
}

format! {bf16;
    // Elements by turns: a shift or a mask widens them, and a blend puts them together again.
    #[inline(always)]
    unsafe fn load_each<const N: usize>(simd: V4, from: *const bf16) -> [f32x16; N] {
        let mut vectors = [simd.splat_f32s(0.0); N];
        let (pairs, rest) = vectors.as_chunks_mut::<2>();
        for (k, [even, odd]) in pairs.iter_mut().enumerate() {
            // SAFETY: as above, for all `N`.
            unsafe {
                let words = _mm512_loadu_si512(from.add(32 * k).cast());
                *even = cast(_mm512_slli_epi32::<16>(words));
                *odd = cast(_mm512_and_si512(words, _mm512_set1_epi32(!0xffff)));
            }
        }
        if let [last] = rest {
            // SAFETY: as above.
            *last = unsafe { Self::load(simd, from.add(16 * (N - 1))) };
        }
        vectors
    }

    #[inline(always)]
    unsafe fn store_each<const N: usize>(simd: V4, to: *mut bf16, values: [f32x16; N]) {
        let (pairs, rest) = values.as_chunks::<2>();
        for (k, &[even, odd]) in pairs.iter().enumerate() {
            // SAFETY: as above, for all `N`.
            unsafe { _mm512_storeu_si512(to.add(32 * k).cast(), interleave_bf16(even, odd)) };
        }
        if let &[last] = rest {
            // SAFETY: as above.
            unsafe { Self::store(simd, to.add(16 * (N - 1)), last) };
        }
    }

    #[inline(always)]
    unsafe fn stream_each<const N: usize>(_: V4, to: *mut bf16, values: [f32x16; N]) {
        let (pairs, rest) = values.as_chunks::<2>();
        for (k, &[even, odd]) in pairs.iter().enumerate() {
            // SAFETY: as above, for all `N`; a line is as long as a vector.
            unsafe { _mm512_stream_si512(to.add(32 * k).cast(), interleave_bf16(even, odd)) };
        }
        if let &[last] = rest {
            // SAFETY: as above.
            unsafe { _mm256_stream_si256(to.add(16 * (N - 1)).cast(), bf16::narrow(last)) };
        }
    }
}
