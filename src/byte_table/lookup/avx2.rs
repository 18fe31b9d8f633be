//! 32 bytes at a time, by VPSHUFB, which looks up sixteen entries: sixteen times, and what is wanted of it.

use super::Lookup;
use crate::drive::Io;
use core::arch::x86_64::*;

/// The table in sixteen rows of sixteen entries, each row twice.
#[derive(Clone, Copy)]
struct Rows<'a>(&'a [__m256i; 16]);

impl<'a> Rows<'a> {
    /// The rows of `table`, which are written to `memory`.
    ///
    /// # Safety
    /// The CPU has AVX2.
    #[inline(always)]
    unsafe fn of(table: &[u8; 256], memory: &'a mut [__m256i; 16]) -> Self {
        for (row, entries) in memory.iter_mut().zip(table.as_chunks::<16>().0) {
            // SAFETY: sixteen bytes are read, from any alignment.
            *row = unsafe { _mm256_broadcastsi128_si256(_mm_loadu_si128(entries.as_ptr().cast())) };
        }
        Self(memory)
    }
}

impl Lookup for Rows<'_> {
    type Vector = __m256i;

    #[inline(always)]
    fn entries(self, bytes: __m256i) -> __m256i {
        // SAFETY: whoever made the rows vouches for AVX2.
        unsafe {
            // VPSHUFB gives 0 where the top bit of the index is set. So of rows r and r + 8 one gives the entry and
            // the other 0, and no blend is needed to choose between them.
            let low = _mm256_and_si256(bytes, _mm256_set1_epi8(0x8f_u8.cast_signed()));
            let high = _mm256_xor_si256(low, _mm256_set1_epi8(0x80_u8.cast_signed()));
            // VPBLENDVB chooses by the top bit of each byte: bits 4, 5 and 6 are moved there.
            let bit_6 = _mm256_add_epi8(bytes, bytes);
            let bit_5 = _mm256_add_epi8(bit_6, bit_6);
            let bit_4 = _mm256_add_epi8(bit_5, bit_5);
            let index = Index {
                low,
                high,
                bit_4,
                bit_5,
            };
            _mm256_blendv_epi8(self.four(0, index), self.four(4, index), bit_6)
        }
    }
}

/// What chooses an entry.
#[derive(Clone, Copy)]
struct Index {
    /// The last four bits, and the top one.
    low: __m256i,
    /// The same with the top bit inverted.
    high: __m256i,
    /// Bit 4 at the top of each byte.
    bit_4: __m256i,
    /// Bit 5 there.
    bit_5: __m256i,
}

// Methods, as closures would not be inlined into functions that have AVX2.
impl Rows<'_> {
    /// The entry of row `row` or of row `row + 8`.
    ///
    /// # Safety
    /// The CPU has AVX2.
    #[inline(always)]
    unsafe fn one(self, row: usize, index: Index) -> __m256i {
        // SAFETY: the caller's promise.
        unsafe {
            _mm256_or_si256(
                _mm256_shuffle_epi8(self.0[row], index.low),
                _mm256_shuffle_epi8(self.0[row + 8], index.high),
            )
        }
    }

    /// The entry in one of the two rows from `row` on, or from `row + 8` on.
    ///
    /// # Safety
    /// The CPU has AVX2.
    #[inline(always)]
    unsafe fn two(self, row: usize, index: Index) -> __m256i {
        // SAFETY: the caller's promise.
        unsafe { _mm256_blendv_epi8(self.one(row, index), self.one(row + 1, index), index.bit_4) }
    }

    /// The entry in one of the four rows from `row` on, or from `row + 8` on.
    ///
    /// # Safety
    /// The CPU has AVX2.
    #[inline(always)]
    unsafe fn four(self, row: usize, index: Index) -> __m256i {
        // SAFETY: the caller's promise.
        unsafe { _mm256_blendv_epi8(self.two(row, index), self.two(row + 2, index), index.bit_5) }
    }
}

/// Looks up all of `io`.
///
/// # Safety
/// The CPU has AVX2; `io` is as for [`apply`](super::apply).
#[target_feature(enable = "avx2")]
#[inline(never)]
pub(super) unsafe fn map(table: &[u8; 256], io: Io<u8>) {
    // SAFETY: the caller's promises.
    unsafe {
        let mut memory = [_mm256_setzero_si256(); 16];
        super::map(table, Rows::of(table, &mut memory), io);
    }
}

/// Looks up all of `io`, and writes the entries past the cache.
///
/// # Safety
/// As for [`map`]; the buffers do not overlap, and a fence follows.
#[target_feature(enable = "avx2")]
#[inline(never)]
pub(super) unsafe fn stream(table: &[u8; 256], io: Io<u8>) {
    // SAFETY: the caller's promises.
    unsafe {
        let mut memory = [_mm256_setzero_si256(); 16];
        super::stream(table, Rows::of(table, &mut memory), io);
    }
}
