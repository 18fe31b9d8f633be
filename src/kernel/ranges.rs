//! The loops over [`Ranges`] of 16-bit numbers, in explicit integer instructions: `activations::kernel::ranges::avx2::map`.

use crate::Isa;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use crate::drive::bytes::{self, Bytes};
use crate::drive::ranges::Ranges;
use crate::drive::{Io, Stores};

/// Replaces the numbers in ranges in all of `io`, whose elements have 16 bits. Where it streams, the fence is left to the
/// caller.
///
/// # Safety
/// As for [`Apply::apply_raw`](crate::apply::Apply::apply_raw).
#[inline]
pub(crate) unsafe fn apply<T>(ranges: &Ranges, isa: Isa, io: Io<T>, stores: Stores) {
    const { assert!(size_of::<T>() == 2 && align_of::<T>() == 2) };
    let words = Io {
        src: io.src.cast::<u16>(),
        dst: io.dst.cast::<u16>(),
        len: io.len,
    };
    // An arm that is missing on this architecture stands for an `Isa` that no CPU of it has.
    // SAFETY: the caller's promises are those that the functions ask for.
    unsafe {
        match (isa, stores) {
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx512, Stores::Streamed) => avx512::stream(ranges, words),
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx512, Stores::Cached) => avx512::map(ranges, words),
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx2, Stores::Streamed) => avx2::stream(ranges, words),
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx2, Stores::Cached) => avx2::map(ranges, words),
            #[cfg(target_arch = "aarch64")]
            (Isa::Neon, _) => neon::map(ranges, words),
            _ => scalar::map(ranges, words),
        }
    }
}

/// Ranges in the registers of one instruction set. Whoever makes one vouches for that, and for words at even addresses.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[derive(Clone, Copy)]
struct InRegisters<'a, V> {
    ranges: &'a Ranges,
    first: [V; 2],
    span: [V; 2],
    result: [V; 2],
}

/// The bytes of words.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[inline(always)]
fn bytes_of(io: Io<u16>) -> Io<u8> {
    Io {
        src: io.src.cast(),
        dst: io.dst.cast(),
        len: 2 * io.len,
    }
}

/// [`InRegisters`] as the loops over bytes want it, and the functions of an instruction set. `$splat` makes a vector of a
/// word; `$replace` returns y, but `result` in the lanes in which x - `first` is at most `span`.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
macro_rules! loops {
    (
        $(#[$attribute:meta])*
        $isa:ident, $vector:ident, $instructions:meta, $splat:expr,
        |$x:ident, $y:ident, $first:ident, $span:ident, $result:ident| $replace:expr; $($streams:ident)?
    ) => {
        $(#[$attribute])*
        pub(crate) mod $isa {
            use super::*;

            impl Bytes for InRegisters<'_, $vector> {
                type Vector = $vector;

                #[inline(always)]
                fn of_vector(self, $x: $vector) -> $vector {
                    let mut $y = $x;
                    let mut k = 0;
                    while k < 2 {
                        let ($first, $span, $result) = (self.first[k], self.span[k], self.result[k]);
                        // SAFETY: whoever made it vouches for the instruction set.
                        $y = unsafe { $replace };
                        k += 1;
                    }
                    $y
                }

                #[inline(always)]
                unsafe fn of_few(self, io: Io<u8>) {
                    let words = Io {
                        src: io.src.cast(),
                        dst: io.dst.cast(),
                        len: io.len / 2,
                    };
                    // SAFETY: the caller's promise, passed on; the words were words, and so lie at even addresses.
                    unsafe { each(self.ranges, words) }
                }
            }

            /// The ranges in registers.
            ///
            /// # Safety
            /// The CPU has the instruction set.
            #[inline(always)]
            unsafe fn in_registers(ranges: &Ranges) -> InRegisters<'_, $vector> {
                let [a, b] = ranges.ranges;
                // SAFETY: the caller's promise.
                unsafe {
                    InRegisters {
                        ranges,
                        first: [$splat(a.first.cast_signed()), $splat(b.first.cast_signed())],
                        span: [$splat(a.span.cast_signed()), $splat(b.span.cast_signed())],
                        result: [$splat(a.result.cast_signed()), $splat(b.result.cast_signed())],
                    }
                }
            }

            loops! { function map, $instructions }
            $(loops! { function $streams, $instructions })?
        }
    };
    (function $name:ident, $instructions:meta) => {
        /// Replaces the numbers in ranges in all of `io`.
        ///
        /// # Safety
        /// The CPU has the instruction set; `io` is as for the function of this name in `drive/bytes.rs`.
        #[$instructions]
        #[inline(never)]
        pub(crate) unsafe fn $name(ranges: &Ranges, io: Io<u16>) {
            // SAFETY: the caller's promises.
            unsafe { bytes::$name(in_registers(ranges), bytes_of(io)) }
        }
    };
}

/// Replaces the numbers in ranges one by one.
///
/// # Safety
/// `io` is as for [`apply()`].
#[inline(always)]
unsafe fn each(ranges: &Ranges, io: Io<u16>) {
    for at in 0..io.len {
        // SAFETY: `at` is less than the length; a word is read before it is written.
        unsafe { *io.dst.add(at) = ranges.result(*io.src.add(at)) };
    }
}

pub(crate) mod scalar {
    //! The loop on the target's baseline, of which the compiler makes what it can.
    use super::*;

    /// Replaces the numbers in ranges in all of `io`.
    ///
    /// # Safety
    /// `io` is as for [`apply()`].
    #[inline(never)]
    pub(crate) unsafe fn map(ranges: &Ranges, io: Io<u16>) {
        // SAFETY: the caller's promise, passed on.
        unsafe { each(ranges, io) }
    }
}

#[cfg(target_arch = "aarch64")]
use core::arch::aarch64::*;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;

#[cfg(target_arch = "x86_64")]
loops! {
    /// The loops in 256-bit vectors.
    avx2, __m256i, target_feature(enable = "avx2"), _mm256_set1_epi16,
    |x, y, first, span, result| {
        let from_first = _mm256_sub_epi16(x, first);
        // There is no comparison without signs.
        let is_inside = _mm256_cmpeq_epi16(_mm256_min_epu16(from_first, span), from_first);
        _mm256_blendv_epi8(y, result, is_inside)
    };
    stream
}

#[cfg(target_arch = "x86_64")]
loops! {
    /// The loops in 512-bit vectors.
    avx512, __m512i, target_feature(enable = "avx512f,avx512bw"), _mm512_set1_epi16,
    |x, y, first, span, result| {
        let is_inside = _mm512_cmple_epu16_mask(_mm512_sub_epi16(x, first), span);
        _mm512_mask_mov_epi16(y, is_inside, result)
    };
    stream
}

/// A word in each lane.
///
/// # Safety
/// The CPU has NEON.
#[cfg(target_arch = "aarch64")]
#[inline(always)]
unsafe fn splat(word: i16) -> uint8x16_t {
    // SAFETY: the caller's promise.
    unsafe { vreinterpretq_u8_s16(vdupq_n_s16(word)) }
}

#[cfg(target_arch = "aarch64")]
loops! {
    /// The loop in 128-bit vectors.
    neon, uint8x16_t, target_feature(enable = "neon"), splat,
    |x, y, first, span, result| {
        let (x, first, span) = (
            vreinterpretq_u16_u8(x),
            vreinterpretq_u16_u8(first),
            vreinterpretq_u16_u8(span),
        );
        let is_inside = vcleq_u16(vsubq_u16(x, first), span);
        vbslq_u8(vreinterpretq_u8_u16(is_inside), result, y)
    };
}
