//! 64 bytes at a time, by VPERMI2B of AVX-512 VBMI, which looks up 128 entries: twice, and one of the two.

use super::Lookup;
use crate::drive::Io;
use core::arch::x86_64::*;

/// The table in four vectors.
#[derive(Clone, Copy)]
struct Quarters([__m512i; 4]);

impl Quarters {
    /// The quarters of `table`.
    ///
    /// # Safety
    /// The CPU has AVX-512F, AVX-512BW and AVX-512 VBMI.
    #[inline(always)]
    unsafe fn of(table: &[u8; 256]) -> Self {
        let start = table.as_ptr();
        // SAFETY: the caller vouches for the CPU; four times 64 bytes are read.
        unsafe {
            Self([
                _mm512_loadu_si512(start.cast()),
                _mm512_loadu_si512(start.add(64).cast()),
                _mm512_loadu_si512(start.add(128).cast()),
                _mm512_loadu_si512(start.add(192).cast()),
            ])
        }
    }
}

impl Lookup for Quarters {
    type Vector = __m512i;

    #[inline(always)]
    fn entries(self, bytes: __m512i) -> __m512i {
        let [a, b, c, d] = self.0;
        // SAFETY: whoever made the quarters vouches for the CPU. The index of a permutation is the last seven bits.
        unsafe {
            let is_high = _mm512_movepi8_mask(bytes);
            let low = _mm512_permutex2var_epi8(a, bytes, b);
            let high = _mm512_permutex2var_epi8(c, bytes, d);
            _mm512_mask_blend_epi8(is_high, low, high)
        }
    }
}

/// Looks up all of `io`.
///
/// # Safety
/// The CPU has AVX-512F, AVX-512BW and AVX-512 VBMI; `io` is as for [`apply`](super::apply).
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
#[inline(never)]
pub(super) unsafe fn map(table: &[u8; 256], io: Io<u8>) {
    // SAFETY: the caller's promises.
    unsafe { super::map(table, Quarters::of(table), io) }
}

/// Looks up all of `io`, and writes the entries past the cache.
///
/// # Safety
/// As for [`map`]; the buffers do not overlap, and a fence follows.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
#[inline(never)]
pub(super) unsafe fn stream(table: &[u8; 256], io: Io<u8>) {
    // SAFETY: the caller's promises.
    unsafe { super::stream(table, Quarters::of(table), io) }
}
