//! Loops over bytes, for what is done with whole vectors of them: tables of 256 entries, and ranges of 16-bit numbers.

use super::Io;
#[cfg(target_arch = "x86_64")]
use super::{map::LINE, stream::STRANDS};
#[cfg(target_arch = "aarch64")]
use core::arch::aarch64::{uint8x16_t, vld1q_u8, vst1q_u8};
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::{
    __m256i, __m512i, _mm256_loadu_si256, _mm256_storeu_si256, _mm256_stream_si256,
    _mm512_loadu_si512, _mm512_storeu_si512, _mm512_stream_si512,
};

/// Some bytes in a register.
pub(crate) trait Vector: Copy {
    /// Reads a vector, from any alignment.
    ///
    /// # Safety
    /// The CPU has such vectors; `from` is valid for reads of one.
    unsafe fn load(from: *const u8) -> Self;

    /// Writes a vector, to any alignment.
    ///
    /// # Safety
    /// The CPU has such vectors; `to` is valid for writes of one.
    unsafe fn store(self, to: *mut u8);

    /// Writes a vector past the cache, on the instruction sets that can.
    ///
    /// # Safety
    /// The CPU has such vectors; `to` is valid for writes of one, and aligned to its size.
    unsafe fn stream(self, to: *mut u8) {
        // SAFETY: the caller's promise, passed on.
        unsafe { self.store(to) }
    }
}

/// What is done with vectors of bytes, in registers of one instruction set, which whoever makes one vouches for.
pub(crate) trait Bytes: Copy {
    /// What is worked on at a time.
    type Vector: Vector;

    /// How many bytes that are.
    const BYTES: usize = size_of::<Self::Vector>();

    /// The results for a vector of bytes.
    fn of_vector(self, bytes: Self::Vector) -> Self::Vector;

    /// Does the same with fewer bytes than a vector has.
    ///
    /// # Safety
    /// As for [`map`].
    unsafe fn of_few(self, io: Io<u8>);
}

#[cfg(target_arch = "x86_64")]
impl Vector for __m256i {
    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller vouches for the vector and the CPU.
        unsafe { _mm256_loadu_si256(from.cast()) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        // SAFETY: as above.
        unsafe { _mm256_storeu_si256(to.cast(), self) }
    }

    #[inline(always)]
    unsafe fn stream(self, to: *mut u8) {
        // SAFETY: as above; it is aligned.
        unsafe { _mm256_stream_si256(to.cast(), self) }
    }
}

#[cfg(target_arch = "x86_64")]
impl Vector for __m512i {
    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller vouches for the vector and the CPU.
        unsafe { _mm512_loadu_si512(from.cast()) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        // SAFETY: as above.
        unsafe { _mm512_storeu_si512(to.cast(), self) }
    }

    #[inline(always)]
    unsafe fn stream(self, to: *mut u8) {
        // SAFETY: as above; it is aligned.
        unsafe { _mm512_stream_si512(to.cast(), self) }
    }
}

#[cfg(target_arch = "aarch64")]
impl Vector for uint8x16_t {
    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller vouches for the vector and the CPU.
        unsafe { vld1q_u8(from) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        // SAFETY: the caller vouches for the vector and the CPU.
        unsafe { vst1q_u8(to, self) }
    }
}

/// Vectors in one turn of the loop.
const UNROLL: usize = 4;

/// Applies `bytes` to all of `io` by way of the cache. As in [`map`](mod@super::map), the last vector overlaps the one before.
///
/// # Safety
/// The CPU has the vectors; `io.src` is valid for reads and `io.dst` for writes of `io.len` bytes, and the two are equal or
/// do not overlap.
#[inline(always)]
pub(crate) unsafe fn map<B: Bytes>(bytes: B, io: Io<u8>) {
    let Io { src, dst, len } = io;
    // SAFETY: all that is accessed lies below `len`. The buffers may be one: all of a turn is read before it is written,
    // and the last vector before anything is.
    unsafe {
        if len < B::BYTES {
            return bytes.of_few(io);
        }
        let end = len - B::BYTES;
        let last = B::Vector::load(src.add(end));
        let mut at = 0;
        while len - at >= UNROLL * B::BYTES {
            turn::<B, false>(bytes, io, at);
            at += UNROLL * B::BYTES;
        }
        while at < end {
            let vector = B::Vector::load(src.add(at));
            bytes.of_vector(vector).store(dst.add(at));
            at += B::BYTES;
        }
        bytes.of_vector(last).store(dst.add(end));
    }
}

/// Applies `bytes` to the [`UNROLL`] vectors from `at` on.
///
/// # Safety
/// There are as many. Where it streams, the buffers do not overlap and `io.dst` is aligned to a vector at `at`.
#[inline(always)]
unsafe fn turn<B: Bytes, const STREAM: bool>(bytes: B, io: Io<u8>, at: usize) {
    // SAFETY: as many vectors lie in the buffers, says the caller.
    unsafe {
        let from = io.src.add(at);
        let vectors: [B::Vector; UNROLL] = [
            B::Vector::load(from),
            B::Vector::load(from.add(B::BYTES)),
            B::Vector::load(from.add(2 * B::BYTES)),
            B::Vector::load(from.add(3 * B::BYTES)),
        ];
        for (k, vector) in vectors.into_iter().enumerate() {
            let (result, to) = (bytes.of_vector(vector), io.dst.add(at + k * B::BYTES));
            if STREAM {
                result.stream(to);
            } else {
                result.store(to);
            }
        }
    }
}

/// Bytes below which nothing streams: the lines at the two ends, written in part, would be too many.
#[cfg(target_arch = "x86_64")]
pub(crate) const SHORTEST: usize = 4 * 4096 * STRANDS;

/// Applies `bytes` to all of `io`, and writes whole lines past the cache.
///
/// # Safety
/// As for [`map`], and the buffers do not overlap. A fence follows.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) unsafe fn stream<B: Bytes>(bytes: B, io: Io<u8>) {
    let step = UNROLL * B::BYTES;
    if io.len < SHORTEST {
        // SAFETY: the caller's promise.
        return unsafe { map(bytes, io) };
    }
    let start = io.dst.addr().wrapping_neg() % LINE;
    // One step is left over: strands of a power of two would fall on the same sets of a cache.
    let strand = (io.len - start - step) / STRANDS / step * step;
    let end = start + STRANDS * strand;
    // SAFETY: `start` is less than a line, and the strands lie inside the buffers; each is a multiple of a step long, and
    // that a multiple of a line.
    unsafe {
        bytes.of_few(io.part(0, start));
        for at in (start..start + strand).step_by(step) {
            for place in 0..STRANDS {
                turn::<B, true>(bytes, io, at + place * strand);
            }
        }
        map(bytes, io.part(end, io.len - end));
    }
}
