//! 64 bytes at a time, by VPSHUFB, where there is no VBMI: as on AVX2, but for masks in place of blends.

use super::Lookup;
use crate::drive::Io;
use core::arch::x86_64::*;

/// The table in sixteen rows of sixteen entries, each row four times.
#[derive(Clone, Copy)]
struct Rows([__m512i; 16]);

impl Rows {
    /// The rows of `table`.
    ///
    /// # Safety
    /// The CPU has AVX-512F and AVX-512BW.
    #[inline(always)]
    unsafe fn of(table: &[u8; 256]) -> Self {
        // SAFETY: the caller vouches for the CPU; sixteen bytes are read for each row, from any alignment.
        unsafe {
            let mut rows = [_mm512_setzero_si512(); 16];
            for (row, entries) in rows.iter_mut().zip(table.as_chunks::<16>().0) {
                *row = _mm512_broadcast_i32x4(_mm_loadu_si128(entries.as_ptr().cast()));
            }
            Self(rows)
        }
    }
}

impl Lookup for Rows {
    type Vector = __m512i;

    #[inline(always)]
    fn entries(self, bytes: __m512i) -> __m512i {
        // SAFETY: whoever made the rows vouches for AVX-512.
        unsafe {
            let index = _mm512_and_si512(bytes, _mm512_set1_epi8(0x0f));
            let index = Index {
                low: index,
                bit_4: _mm512_test_epi8_mask(bytes, _mm512_set1_epi8(0x10)),
                bit_5: _mm512_test_epi8_mask(bytes, _mm512_set1_epi8(0x20)),
                bit_6: _mm512_test_epi8_mask(bytes, _mm512_set1_epi8(0x40)),
            };
            let bit_7 = _mm512_movepi8_mask(bytes);
            _mm512_mask_blend_epi8(bit_7, self.eight(0, index), self.eight(8, index))
        }
    }
}

/// What chooses an entry: the last four bits, and masks of the next three.
#[derive(Clone, Copy)]
struct Index {
    low: __m512i,
    bit_4: __mmask64,
    bit_5: __mmask64,
    bit_6: __mmask64,
}

// Methods, as closures would not be inlined into functions that have AVX-512.
impl Rows {
    /// The entry in row `row` or the one after it.
    ///
    /// # Safety
    /// The CPU has AVX-512BW.
    #[inline(always)]
    unsafe fn two(self, row: usize, index: Index) -> __m512i {
        // SAFETY: the caller's promise.
        unsafe {
            let even = _mm512_shuffle_epi8(self.0[row], index.low);
            _mm512_mask_shuffle_epi8(even, index.bit_4, self.0[row + 1], index.low)
        }
    }

    /// The entry in one of the four rows from `row` on.
    ///
    /// # Safety
    /// The CPU has AVX-512BW.
    #[inline(always)]
    unsafe fn four(self, row: usize, index: Index) -> __m512i {
        // SAFETY: the caller's promise.
        unsafe {
            _mm512_mask_blend_epi8(index.bit_5, self.two(row, index), self.two(row + 2, index))
        }
    }

    /// The entry in one of the eight rows from `row` on.
    ///
    /// # Safety
    /// The CPU has AVX-512BW.
    #[inline(always)]
    unsafe fn eight(self, row: usize, index: Index) -> __m512i {
        // SAFETY: the caller's promise.
        unsafe {
            _mm512_mask_blend_epi8(
                index.bit_6,
                self.four(row, index),
                self.four(row + 4, index),
            )
        }
    }
}

/// Looks up all of `io`.
///
/// # Safety
/// The CPU has AVX-512F and AVX-512BW; `io` is as for [`apply`](super::apply).
#[target_feature(enable = "avx512f,avx512bw")]
#[inline(never)]
pub(super) unsafe fn map(table: &[u8; 256], io: Io<u8>) {
    // SAFETY: the caller's promises.
    unsafe { super::map(table, Rows::of(table), io) }
}

/// Looks up all of `io`, and writes the entries past the cache.
///
/// # Safety
/// As for [`map`]; the buffers do not overlap, and a fence follows.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline(never)]
pub(super) unsafe fn stream(table: &[u8; 256], io: Io<u8>) {
    // SAFETY: the caller's promises.
    unsafe { super::stream(table, Rows::of(table), io) }
}
