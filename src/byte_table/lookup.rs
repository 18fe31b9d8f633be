//! Bytes by a table of 256: the loops, and what chooses the instructions.
//!
//! One function per instruction set, `activations::byte_table::lookup::avx2::map`, and `stream`, which writes past the cache. AVX-512
//! has two of each: VBMI, which not all of its CPUs have, looks up 128 entries at a time.

use crate::Isa;
use crate::drive::{Io, Stores};
#[cfg(target_arch = "x86_64")]
use crate::drive::{map, stream::STRANDS};

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod vbmi;

#[cfg(target_arch = "x86_64")]
cpufeatures::new!(has_vbmi, "avx512vbmi");

/// Applies `table` to all of `io`. Where it streams, the fence is left to the caller.
///
/// # Safety
/// As for [`Apply::apply_raw`](crate::apply::Apply::apply_raw).
#[inline]
pub(super) unsafe fn apply(table: &[u8; 256], isa: Isa, io: Io<u8>, stores: Stores) {
    // An arm that is missing on this architecture stands for an `Isa` that no CPU of it has.
    // SAFETY: the caller's promises are those that the functions ask for; VBMI is asked for.
    unsafe {
        match (isa, stores) {
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx512, Stores::Streamed) if has_vbmi::get() => vbmi::stream(table, io),
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx512, Stores::Cached) if has_vbmi::get() => vbmi::map(table, io),
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx512, Stores::Streamed) => avx512::stream(table, io),
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx512, Stores::Cached) => avx512::map(table, io),
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx2, Stores::Streamed) => avx2::stream(table, io),
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx2, Stores::Cached) => avx2::map(table, io),
            #[cfg(target_arch = "aarch64")]
            (Isa::Neon, _) => neon::map(table, io),
            _ => each(table, io),
        }
    }
}

/// Byte after byte, in scalar code.
///
/// # Safety
/// `io` is as for [`apply`].
#[inline]
unsafe fn each(table: &[u8; 256], io: Io<u8>) {
    for at in 0..io.len {
        // SAFETY: `at` is less than the length; a byte is read before it is written.
        unsafe { *io.dst.add(at) = table[usize::from(*io.src.add(at))] };
    }
}

/// Some bytes in a register.
trait Vector: Copy {
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

/// A table in the registers of one instruction set, which whoever makes one vouches for.
trait Lookup: Copy {
    /// What is looked up at a time.
    type Vector: Vector;

    /// How many bytes that are.
    const BYTES: usize = size_of::<Self::Vector>();

    /// The entries for some bytes.
    fn entries(self, bytes: Self::Vector) -> Self::Vector;
}

/// Vectors in one turn of the loop.
const UNROLL: usize = 4;

/// Looks up all of `io` by way of the cache. As in [`drive::map`](crate::drive::map), the last vector overlaps the one
/// before; fewer bytes than a vector are looked up one by one.
///
/// # Safety
/// `io` is as for [`apply`].
#[inline(always)]
unsafe fn map<L: Lookup>(table: &[u8; 256], lookup: L, io: Io<u8>) {
    let Io { src, dst, len } = io;
    // SAFETY: all that is accessed lies below `len`. The buffers may be one: all of a turn is read before it is written,
    // and the last vector before anything is.
    unsafe {
        if len < L::BYTES {
            return each(table, io);
        }
        let end = len - L::BYTES;
        let last = L::Vector::load(src.add(end));
        let mut at = 0;
        while len - at >= UNROLL * L::BYTES {
            turn::<L, false>(lookup, io, at);
            at += UNROLL * L::BYTES;
        }
        while at < end {
            let bytes = L::Vector::load(src.add(at));
            lookup.entries(bytes).store(dst.add(at));
            at += L::BYTES;
        }
        lookup.entries(last).store(dst.add(end));
    }
}

/// Looks up the [`UNROLL`] vectors from `at` on.
///
/// # Safety
/// There are as many. Where it streams, the buffers do not overlap and `io.dst` is aligned to a vector at `at`.
#[inline(always)]
unsafe fn turn<L: Lookup, const STREAM: bool>(lookup: L, io: Io<u8>, at: usize) {
    // SAFETY: as many vectors lie in the buffers, says the caller.
    unsafe {
        let from = io.src.add(at);
        let bytes: [L::Vector; UNROLL] = [
            L::Vector::load(from),
            L::Vector::load(from.add(L::BYTES)),
            L::Vector::load(from.add(2 * L::BYTES)),
            L::Vector::load(from.add(3 * L::BYTES)),
        ];
        for (k, bytes) in bytes.into_iter().enumerate() {
            let (entries, to) = (lookup.entries(bytes), io.dst.add(at + k * L::BYTES));
            if STREAM {
                entries.stream(to);
            } else {
                entries.store(to);
            }
        }
    }
}

/// Bytes in a cache line.
#[cfg(target_arch = "x86_64")]
const LINE: usize = map::LINE * size_of::<f32>();

/// Bytes below which nothing streams: the lines at the two ends, written in part, would be too many.
#[cfg(target_arch = "x86_64")]
const SHORTEST: usize = 4 * 4096 * STRANDS;

/// Looks up all of `io`, and writes whole lines past the cache.
///
/// # Safety
/// `io` is as for [`apply`], and the buffers do not overlap. A fence follows.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn stream<L: Lookup>(table: &[u8; 256], lookup: L, io: Io<u8>) {
    let step = UNROLL * L::BYTES;
    if io.len < SHORTEST {
        // SAFETY: the caller's promise.
        return unsafe { map(table, lookup, io) };
    }
    let start = io.dst.addr().wrapping_neg() % LINE;
    // One step is left over: strands of a power of two would fall on the same sets of a cache.
    let strand = (io.len - start - step) / STRANDS / step * step;
    let end = start + STRANDS * strand;
    // SAFETY: `start` is less than a line, and the strands lie inside the buffers; each is a multiple of a step long, and
    // that a multiple of a line.
    unsafe {
        each(table, io.part(0, start));
        for at in (start..start + strand).step_by(step) {
            for place in 0..STRANDS {
                turn::<L, true>(lookup, io, at + place * strand);
            }
        }
        map(table, lookup, io.part(end, io.len - end));
    }
}
