//! Bytes by a table of 256: the loops, and what chooses the instructions.
//!
//! One function per instruction set, `activations::byte_table::lookup::avx2::map`, and `stream`, which writes past the
//! cache. AVX-512 has two of each: VBMI, which not all of its CPUs have, looks up 128 entries at a time.

use crate::Isa;
use crate::drive::bytes::{self, Bytes, Vector};
use crate::drive::{Io, Stores};

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

/// A table in the registers of one instruction set, which whoever makes one vouches for.
trait Lookup: Copy {
    /// What is looked up at a time.
    type Vector: Vector;

    /// The entries for some bytes.
    fn entries(self, bytes: Self::Vector) -> Self::Vector;
}

/// A table in memory, and in registers.
#[derive(Clone, Copy)]
struct Tabled<'a, L> {
    table: &'a [u8; 256],
    lookup: L,
}

impl<L: Lookup> Bytes for Tabled<'_, L> {
    type Vector = L::Vector;

    #[inline(always)]
    fn of_vector(self, bytes: L::Vector) -> L::Vector {
        self.lookup.entries(bytes)
    }

    #[inline(always)]
    unsafe fn of_few(self, io: Io<u8>) {
        // SAFETY: the caller's promise, passed on.
        unsafe { each(self.table, io) }
    }
}

/// Looks up all of `io` by way of the cache.
///
/// # Safety
/// `io` is as for [`apply`].
#[inline(always)]
unsafe fn map<L: Lookup>(table: &[u8; 256], lookup: L, io: Io<u8>) {
    // SAFETY: the caller's promise, passed on.
    unsafe { bytes::map(Tabled { table, lookup }, io) }
}

/// Looks up all of `io`, and writes whole lines past the cache.
///
/// # Safety
/// `io` is as for [`apply`], and the buffers do not overlap. A fence follows.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn stream<L: Lookup>(table: &[u8; 256], lookup: L, io: Io<u8>) {
    // SAFETY: the caller's promise, passed on.
    unsafe { bytes::stream(Tabled { table, lookup }, io) }
}
