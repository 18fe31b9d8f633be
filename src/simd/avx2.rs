//! The vocabulary on 256-bit vectors: AVX2 with FMA.

use super::{Machine, NEXT_TO_ZERO, Outlined, Table, keep_apart};
use core::arch::x86_64::{
    __m256i, _CMP_EQ_OQ, _CMP_LT_OQ, _MM_HINT_T0, _mm_loadl_epi64, _mm_loadu_ps, _mm_prefetch,
    _mm_store_ss, _mm_storel_epi64, _mm_storeu_ps, _mm256_loadu_ps, _mm256_maskload_ps,
    _mm256_storeu_ps, _mm256_stream_ps,
};
use pulp::{cast, f32x8, m32x8, x86::V3};

/// Eight lanes of ones, then eight of zeros: the eight at `8 - n` are a mask of `n` lanes.
static MASKS: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];

/// A mask whose first `count` lanes are set.
///
/// # Safety
/// `count` is at most 8.
#[inline(always)]
unsafe fn mask_first(count: usize) -> __m256i {
    debug_assert!(count <= 8);
    // SAFETY: `8 - count` is in 0..=8, so the eight integers read lie inside the sixteen.
    unsafe {
        MASKS
            .as_ptr()
            .add(8 - count)
            .cast::<__m256i>()
            .read_unaligned()
    }
}

/// What the questions about several vectors are made of.
trait Several {
    /// The magnitudes, as numbers or as integers.
    fn magnitudes<const N: usize>(self, x: [f32x8; N]) -> [f32x8; N];

    /// In each lane the most of all vectors, as integers.
    fn most<const N: usize>(self, x: [f32x8; N]) -> __m256i;

    /// Whether any lane of any of the vectors is not zero, but less than `limit` as an integer.
    fn any_is_not_zero<const N: usize>(self, x: [f32x8; N], limit: f32) -> bool;
}

impl Several for V3 {
    #[inline(always)]
    fn magnitudes<const N: usize>(self, mut x: [f32x8; N]) -> [f32x8; N] {
        let all = self.avx._mm256_set1_epi32(i32::MAX);
        let mut k = 0;
        while k < N {
            x[k] = cast(self.avx2._mm256_and_si256(cast(x[k]), all));
            k += 1;
        }
        x
    }

    #[inline(always)]
    fn most<const N: usize>(self, x: [f32x8; N]) -> __m256i {
        let mut most = cast(x[0]);
        let mut k = 1;
        while k < N {
            most = self.avx2._mm256_max_epi32(most, cast(x[k]));
            k += 1;
        }
        most
    }

    #[inline(always)]
    fn any_is_not_zero<const N: usize>(self, x: [f32x8; N], limit: f32) -> bool {
        keep_apart();
        let Self { avx, avx2, .. } = self;
        let limit = avx._mm256_set1_epi32(limit.to_bits() as i32);
        let mut found = avx._mm256_setzero_si256();
        let mut k = 0;
        while k < N {
            let is_near = avx2._mm256_cmpgt_epi32(limit, cast(x[k]));
            let is_zero = avx._mm256_cmp_ps::<_CMP_EQ_OQ>(cast(x[k]), avx._mm256_setzero_ps());
            found = avx2._mm256_or_si256(found, avx2._mm256_andnot_si256(cast(is_zero), is_near));
            k += 1;
        }
        self.any_m32s(cast(found))
    }
}

impl Machine for V3 {
    const LONG: usize = 2;
    // Two of them would go by way of the stack, which takes twice as long where its vectors happen to
    // straddle cache lines.
    const HEAVY: usize = 1;

    #[inline(always)]
    fn at_least_f32s(self, x: f32x8, low: f32x8) -> f32x8 {
        // VMAXPS is `a > b ? a : b`, so the operand to keep on NaN and on equal zeros is second.
        cast(self.avx._mm256_max_ps(cast(low), cast(x)))
    }

    #[inline(always)]
    fn at_most_f32s(self, x: f32x8, high: f32x8) -> f32x8 {
        // VMINPS is `a < b ? a : b`.
        cast(self.avx._mm256_min_ps(cast(high), cast(x)))
    }

    #[inline(always)]
    fn scale_negative_f32s(self, x: f32x8, scale: f32x8) -> f32x8 {
        // One of the two parts is `x` and the other a zero that the sum does not show: -0 is
        // neutral in addition, and `scale * 0 + x` is `x`. Three operations; a blend takes as
        // many micro-operations by itself on recent Intel cores, and where it meets a load and
        // a store of one address it is compiled to a slow VMASKMOVPS.
        let zero = self.avx._mm256_setzero_ps();
        let negative = self.avx._mm256_min_ps(zero, cast(x));
        let positive = self
            .avx
            ._mm256_max_ps(self.avx._mm256_set1_ps(-0.0), cast(x));
        cast(self.fma._mm256_fmadd_ps(cast(scale), negative, positive))
    }

    #[inline(always)]
    fn clear_f32s(self, mask: m32x8, x: f32x8) -> f32x8 {
        // A lane of the mask is all ones or all zeros. (A select against 0 would compare the
        // mask once more.)
        cast(self.avx._mm256_andnot_ps(cast(mask), cast(x)))
    }

    #[inline(always)]
    fn keep_f32s(self, mask: m32x8, x: f32x8) -> f32x8 {
        cast(self.avx._mm256_and_ps(cast(mask), cast(x)))
    }

    #[inline(always)]
    fn shift_left_bits_f32s<const COUNT: u32>(self, x: f32x8) -> f32x8 {
        let count = self.avx._mm256_set1_epi32(COUNT as i32);
        cast(self.avx2._mm256_sllv_epi32(cast(x), count))
    }

    #[inline(always)]
    fn shift_right_bits_f32s<const COUNT: u32>(self, x: f32x8) -> f32x8 {
        let count = self.avx._mm256_set1_epi32(COUNT as i32);
        cast(self.avx2._mm256_srlv_epi32(cast(x), count))
    }

    #[inline(always)]
    fn lookup_f32s(self, table: &Table, index: f32x8) -> f32x8 {
        // VPERMPS looks at the last three bits of an index.
        let (entries, _) = table.0.as_chunks::<8>();
        cast(
            self.avx2
                ._mm256_permutevar8x32_ps(cast(entries[0]), cast(index)),
        )
    }

    #[inline(always)]
    fn any_m32s(self, mask: m32x8) -> bool {
        self.avx._mm256_movemask_ps(cast(mask)) != 0
    }

    #[inline(always)]
    fn any_next_to_zero_f32s<const N: usize>(self, x: [f32x8; N]) -> bool {
        // Magnitudes are ordered as integers are.
        let x = self.magnitudes(x);
        let mut least: __m256i = cast(x[0]);
        let mut k = 1;
        while k < N {
            least = self.avx2._mm256_min_epi32(least, cast(x[k]));
            k += 1;
        }
        let limit = self.avx._mm256_set1_ps(NEXT_TO_ZERO);
        let are_near = self.avx._mm256_cmp_ps::<_CMP_LT_OQ>(cast(least), limit);
        self.any_m32s(cast(are_near)) && self.any_is_not_zero(x, NEXT_TO_ZERO)
    }

    #[inline(always)]
    fn any_beyond_f32s<const N: usize>(self, x: [f32x8; N], largest: f32) -> bool {
        let most = self.most(self.magnitudes(x));
        let largest = self.avx._mm256_set1_epi32(largest.to_bits() as i32);
        self.any_m32s(cast(self.avx2._mm256_cmpgt_epi32(most, largest)))
    }

    #[inline(always)]
    fn any_next_to_zero_or_beyond_f32s<const N: usize>(self, x: [f32x8; N], largest: f32) -> bool {
        // Less the least that is allowed, as integers without signs: what is less has become the largest of all. Integers
        // with signs, which is what there are comparisons for, are ordered as these are if the sign bit is turned.
        let turned = 1_u32 << 31;
        let least = NEXT_TO_ZERO.to_bits();
        let shift = self.avx._mm256_set1_epi32((turned - least) as i32);
        let x = self.magnitudes(x);
        let mut shifted = x;
        let mut k = 0;
        while k < N {
            shifted[k] = cast(self.avx2._mm256_add_epi32(cast(x[k]), shift));
            k += 1;
        }
        let limit = self
            .avx
            ._mm256_set1_epi32(((largest.to_bits() - least) ^ turned) as i32);
        let are_beyond = self.avx2._mm256_cmpgt_epi32(self.most(shifted), limit);
        self.any_m32s(cast(are_beyond))
            && (self.any_is_not_zero(x, NEXT_TO_ZERO) || self.any_beyond_f32s(x, largest))
    }

    #[inline(always)]
    fn outline<W: Outlined>(self, work: W) {
        #[cold]
        #[inline(never)]
        #[target_feature(enable = "avx2,fma")]
        fn outlined<W: Outlined>(work: W) {
            work.run();
        }
        // SAFETY: the token proves AVX2 and FMA.
        unsafe { outlined(work) }
    }

    #[inline(always)]
    fn sum_f32(self, x: &[f32; 16]) -> f32 {
        let (quarters, _) = x.as_chunks::<4>();
        let quarter = |i: usize| {
            self.sse
                ._mm_add_ps(cast(quarters[i]), cast(quarters[i + 2]))
        };
        let four = self.sse._mm_add_ps(quarter(0), quarter(1));
        let two = self
            .sse
            ._mm_add_ps(four, self.sse._mm_movehl_ps(four, four));
        let second = self.sse._mm_shuffle_ps::<1>(two, two);
        self.sse._mm_cvtss_f32(self.sse._mm_add_ss(two, second))
    }

    #[inline(always)]
    fn sum_f64(self, high: &[f32; 16], low: &[f32; 16]) -> f64 {
        let (high, _) = high.as_chunks::<4>();
        let (low, _) = low.as_chunks::<4>();
        let mut halves = [self.avx._mm256_setzero_pd(); 2];
        let mut i = 0;
        while i < 2 {
            let of_high = self.avx._mm256_add_pd(
                self.avx._mm256_cvtps_pd(cast(high[i])),
                self.avx._mm256_cvtps_pd(cast(high[i + 2])),
            );
            let of_low = self.sse._mm_add_ps(cast(low[i]), cast(low[i + 2]));
            halves[i] = self
                .avx
                ._mm256_add_pd(of_high, self.avx._mm256_cvtps_pd(of_low));
            i += 1;
        }
        let four = self.avx._mm256_add_pd(halves[0], halves[1]);
        let two = self.sse2._mm_add_pd(
            self.avx._mm256_castpd256_pd128(four),
            self.avx._mm256_extractf128_pd::<1>(four),
        );
        let one = self
            .sse2
            ._mm_add_sd(two, self.sse2._mm_unpackhi_pd(two, two));
        self.sse2._mm_cvtsd_f64(one)
    }

    const TILE: usize = 8;

    #[inline(always)]
    unsafe fn transpose(
        self,
        from: *const f32,
        from_stride: usize,
        to: *mut f32,
        to_stride: usize,
    ) {
        let avx = self.avx;
        // Four columns at a time: of row i, and of row i + 4, in the two halves of a vector.
        let mut columns = [[avx._mm256_setzero_ps(); 4]; 2];
        let mut column = 0;
        while column < 2 {
            let mut rows = [avx._mm256_setzero_ps(); 4];
            let mut i = 0;
            while i < 4 {
                // SAFETY: the caller vouches for eight rows of eight elements.
                let (upper, lower) = unsafe {
                    let upper = from.add(i * from_stride + 4 * column);
                    (upper, upper.add(4 * from_stride))
                };
                // SAFETY: as above.
                let (upper, lower) = unsafe { (_mm_loadu_ps(upper), _mm_loadu_ps(lower)) };
                rows[i] = avx._mm256_insertf128_ps::<1>(avx._mm256_castps128_ps256(upper), lower);
                i += 1;
            }
            let [a, b, c, d] = rows;
            let (ab, ab_high) = (avx._mm256_unpacklo_ps(a, b), avx._mm256_unpackhi_ps(a, b));
            let (cd, cd_high) = (avx._mm256_unpacklo_ps(c, d), avx._mm256_unpackhi_ps(c, d));
            columns[column] = [
                avx._mm256_shuffle_ps::<0b01_00_01_00>(ab, cd),
                avx._mm256_shuffle_ps::<0b11_10_11_10>(ab, cd),
                avx._mm256_shuffle_ps::<0b01_00_01_00>(ab_high, cd_high),
                avx._mm256_shuffle_ps::<0b11_10_11_10>(ab_high, cd_high),
            ];
            column += 1;
        }
        let mut i = 0;
        while i < 8 {
            // SAFETY: as above, for writes.
            unsafe { _mm256_storeu_ps(to.add(i * to_stride), columns[i / 4][i % 4]) };
            i += 1;
        }
    }

    #[inline(always)]
    unsafe fn load_bytes(self, from: *const u8) -> f32x8 {
        // SAFETY: the token proves SSE2, and the caller vouches for eight bytes.
        let bytes = unsafe { _mm_loadl_epi64(from.cast()) };
        cast(self.avx2._mm256_cvtepu8_epi32(bytes))
    }

    #[inline(always)]
    unsafe fn load_f32s(self, from: *const f32) -> f32x8 {
        // SAFETY: the token proves AVX, and the caller vouches for one vector.
        unsafe { cast(_mm256_loadu_ps(from)) }
    }

    #[inline(always)]
    fn unzip_f32s(self, low: f32x8, high: f32x8) -> (f32x8, f32x8) {
        // VSHUFPS takes two lanes of the one and two of the other, in each half of the vectors, which leaves pairs of
        // lanes out of order.
        let in_order = |x| cast(self.avx2._mm256_permute4x64_pd::<0xd8>(cast(x)));
        let (low, high) = (cast(low), cast(high));
        (
            in_order(self.avx._mm256_shuffle_ps::<0x88>(low, high)),
            in_order(self.avx._mm256_shuffle_ps::<0xdd>(low, high)),
        )
    }

    #[inline(always)]
    unsafe fn store_f32s(self, to: *mut f32, value: f32x8) {
        // SAFETY: the token proves AVX, and the caller vouches for one vector.
        unsafe { _mm256_storeu_ps(to, cast(value)) }
    }

    #[inline(always)]
    unsafe fn stream_f32s(self, to: *mut f32, value: f32x8) {
        // SAFETY: the token proves AVX, and the caller vouches for one aligned vector.
        unsafe { _mm256_stream_ps(to, cast(value)) }
    }

    #[inline(always)]
    unsafe fn load_first_f32s(self, count: usize, from: *const f32) -> f32x8 {
        // SAFETY: the token proves AVX2, the caller that `count` is in range and that its
        // elements are readable; VMASKMOVPS neither reads nor faults on a lane that is masked off.
        unsafe { cast(_mm256_maskload_ps(from, mask_first(count))) }
    }

    #[inline(always)]
    unsafe fn store_first_f32s(self, count: usize, to: *mut f32, value: f32x8) {
        debug_assert!(count <= 8);
        let value = cast(value);
        // VMASKMOVPS takes dozens of cycles on some CPUs where it writes: four, two and one lanes take a few.
        // SAFETY: the token proves AVX; as many elements are written as `count` has in its bits, and the caller
        // vouches for those.
        unsafe {
            if count == 8 {
                return _mm256_storeu_ps(to, value);
            }
            let (mut to, mut rest) = (to, self.avx._mm256_castps256_ps128(value));
            if count & 4 != 0 {
                _mm_storeu_ps(to, rest);
                (to, rest) = (to.add(4), self.avx._mm256_extractf128_ps::<1>(value));
            }
            if count & 2 != 0 {
                _mm_storel_epi64(to.cast(), cast(rest));
                (to, rest) = (to.add(2), self.sse._mm_movehl_ps(rest, rest));
            }
            if count & 1 != 0 {
                _mm_store_ss(to, rest);
            }
        }
    }

    #[inline(always)]
    fn prefetch(self, at: *const f32) {
        // SAFETY: a prefetch accesses nothing that a program can see, and never faults.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
    }
}
