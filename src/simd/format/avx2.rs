//! 16-bit types in 256-bit vectors: F16C for f16, integers for bf16.

use super::{Format, words};
use core::arch::asm;
use core::arch::x86_64::*;
use half::{bf16, f16};
use pulp::{Simd, cast, f32x8, x86::V3};

/// Sixteen bytes as a vector.
#[inline(always)]
fn vector(words: u128) -> __m128i {
    // SAFETY: any bits are a vector.
    unsafe { core::mem::transmute(words) }
}

/// A vector as sixteen bytes.
#[inline(always)]
fn integer(words: __m128i) -> u128 {
    // SAFETY: any bits are an integer.
    unsafe { core::mem::transmute(words) }
}

/// Writes past the cache. (`_mm_stream_si128` is an instruction of SSE, which does not go well with those of AVX.)
///
/// # Safety
/// The CPU has AVX; `to` is valid for writes of a vector, and aligned to its size.
#[inline(always)]
unsafe fn stream(to: *mut __m128i, words: __m128i) {
    // SAFETY: the caller's promise.
    unsafe {
        asm!("vmovntdq [{}], {}", in(reg) to, in(xmm_reg) words, options(nostack, preserves_flags));
    }
}

/// Rounds to f16.
///
/// # Safety
/// The CPU has AVX and F16C.
#[inline(always)]
unsafe fn narrow_f16(value: f32x8) -> __m128i {
    // SAFETY: the caller's promise.
    unsafe { _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(cast(value)) }
}

/// The numbers that elements of f16 stand for.
///
/// # Safety
/// The CPU has AVX and F16C.
#[inline(always)]
unsafe fn widen_f16(words: __m128i) -> f32x8 {
    // SAFETY: the caller's promise.
    unsafe { cast(_mm256_cvtph_ps(words)) }
}

impl Format<V3> for f16 {
    #[inline(always)]
    unsafe fn load(_: V3, from: *const f16) -> f32x8 {
        // SAFETY: the caller vouches for eight elements, and whoever calls a kernel of f16 for F16C; so it is below.
        unsafe { widen_f16(_mm_loadu_si128(from.cast())) }
    }

    #[inline(always)]
    unsafe fn store(_: V3, to: *mut f16, value: f32x8) {
        // SAFETY: as above.
        unsafe { _mm_storeu_si128(to.cast(), narrow_f16(value)) }
    }

    #[inline(always)]
    unsafe fn stream_each<const N: usize>(_: V3, to: *mut f16, values: [f32x8; N]) {
        for (k, value) in values.into_iter().enumerate() {
            // SAFETY: as above; it is aligned.
            unsafe { stream(to.add(8 * k).cast(), narrow_f16(value)) };
        }
    }

    #[inline(always)]
    unsafe fn load_first(_: V3, count: usize, from: *const f16) -> f32x8 {
        // SAFETY: as above, for `count` elements.
        unsafe { widen_f16(vector(words::load_first(count, from.cast()))) }
    }

    #[inline(always)]
    unsafe fn store_first(_: V3, count: usize, to: *mut f16, value: f32x8) {
        // SAFETY: as above.
        unsafe { words::store_first(count, to.cast(), integer(narrow_f16(value))) }
    }
}

/// Rounds to bf16, in the upper half of each lane; the lower half is of no account.
///
/// A NaN has no bits in the lower half, and stays one: results are NaN where inputs are, which have 16 bits, and arithmetic
/// hands on the bits of a NaN, or makes one with a single bit.
#[inline(always)]
fn round_bf16(simd: V3, value: f32x8) -> __m256i {
    let V3 { avx, avx2, .. } = simd;
    let bits = cast(value);
    // Less than half a unit, and one more bit if the last that is kept is set: ties become even.
    let last = avx2._mm256_and_si256(avx2._mm256_srli_epi32::<16>(bits), avx._mm256_set1_epi32(1));
    let rounded = avx2._mm256_add_epi32(bits, avx._mm256_set1_epi32(0x7fff));
    avx2._mm256_add_epi32(rounded, last)
}

/// Rounds to bf16.
#[inline(always)]
fn narrow_bf16(simd: V3, value: f32x8) -> __m128i {
    let V3 {
        sse4_1, avx, avx2, ..
    } = simd;
    let words = avx2._mm256_srli_epi32::<16>(round_bf16(simd, value));
    let (low, high) = (
        avx._mm256_castsi256_si128(words),
        avx2._mm256_extracti128_si256::<1>(words),
    );
    sse4_1._mm_packus_epi32(low, high)
}

/// The numbers that elements of bf16 stand for.
#[inline(always)]
fn widen_bf16(simd: V3, words: __m128i) -> f32x8 {
    let V3 { avx2, .. } = simd;
    cast(avx2._mm256_slli_epi32::<16>(avx2._mm256_cvtepu16_epi32(words)))
}

/// Two vectors of results, of elements by turns, as one of sixteen elements.
#[inline(always)]
fn interleave_bf16(simd: V3, even: f32x8, odd: f32x8) -> __m256i {
    let V3 { avx2, .. } = simd;
    let even = avx2._mm256_srli_epi32::<16>(round_bf16(simd, even));
    avx2._mm256_blend_epi16::<0b1010_1010>(even, round_bf16(simd, odd))
}

impl Format<V3> for bf16 {
    #[inline(always)]
    unsafe fn load(simd: V3, from: *const bf16) -> f32x8 {
        // SAFETY: the token proves SSE2, and the caller vouches for eight elements; so it is below.
        widen_bf16(simd, unsafe { _mm_loadu_si128(from.cast()) })
    }

    #[inline(always)]
    unsafe fn store(simd: V3, to: *mut bf16, value: f32x8) {
        // SAFETY: as above.
        unsafe { _mm_storeu_si128(to.cast(), narrow_bf16(simd, value)) }
    }

    #[inline(always)]
    unsafe fn load_first(simd: V3, count: usize, from: *const bf16) -> f32x8 {
        // SAFETY: as above, for `count` elements.
        widen_bf16(
            simd,
            vector(unsafe { words::load_first(count, from.cast()) }),
        )
    }

    #[inline(always)]
    unsafe fn store_first(simd: V3, count: usize, to: *mut bf16, value: f32x8) {
        // SAFETY: as above.
        unsafe { words::store_first(count, to.cast(), integer(narrow_bf16(simd, value))) }
    }

    // Elements by turns: a shift or a mask widens them, and a blend puts them together again.
    #[inline(always)]
    unsafe fn load_each<const N: usize>(simd: V3, from: *const bf16) -> [f32x8; N] {
        let V3 { avx, avx2, .. } = simd;
        let mut vectors = [simd.splat_f32s(0.0); N];
        let (pairs, rest) = vectors.as_chunks_mut::<2>();
        for (k, [even, odd]) in pairs.iter_mut().enumerate() {
            // SAFETY: as above, for all `N`.
            let words = unsafe { _mm256_loadu_si256(from.add(16 * k).cast()) };
            *even = cast(avx2._mm256_slli_epi32::<16>(words));
            *odd = cast(avx2._mm256_and_si256(words, avx._mm256_set1_epi32(!0xffff)));
        }
        if let [last] = rest {
            // SAFETY: as above.
            *last = unsafe { Self::load(simd, from.add(8 * (N - 1))) };
        }
        vectors
    }

    #[inline(always)]
    unsafe fn store_each<const N: usize>(simd: V3, to: *mut bf16, values: [f32x8; N]) {
        let (pairs, rest) = values.as_chunks::<2>();
        for (k, &[even, odd]) in pairs.iter().enumerate() {
            // SAFETY: as above, for all `N`.
            unsafe {
                let to = to.add(16 * k).cast();
                _mm256_storeu_si256(to, interleave_bf16(simd, even, odd));
            }
        }
        if let &[last] = rest {
            // SAFETY: as above.
            unsafe { Self::store(simd, to.add(8 * (N - 1)), last) };
        }
    }

    #[inline(always)]
    unsafe fn stream_each<const N: usize>(simd: V3, to: *mut bf16, values: [f32x8; N]) {
        let (pairs, rest) = values.as_chunks::<2>();
        for (k, &[even, odd]) in pairs.iter().enumerate() {
            // SAFETY: as above, for all `N`.
            unsafe {
                let to = to.add(16 * k).cast();
                _mm256_stream_si256(to, interleave_bf16(simd, even, odd));
            }
        }
        if let &[last] = rest {
            // SAFETY: as above.
            unsafe { stream(to.add(8 * (N - 1)).cast(), narrow_bf16(simd, last)) };
        }
    }
}
