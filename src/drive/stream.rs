//! Big outputs: by non-temporal stores past the cache, in several places at a time.
//!
//! An ordinary store reads the line that it is going to overwrite. For an output that no cache will
//! hold, that is a third of all traffic, and it drives out what a cache could have held. A
//! non-temporal store gathers a whole line and writes it. What bounds such a loop is then how many
//! lines are under way: the hardware prefetcher follows a sequence no further than the page's end, so
//! the buffer is walked in [`STRANDS`] places at once, each a sequence of its own.

use super::Io;
use super::map::{LINE, Place, turn};
use crate::Isa;
use crate::simd::Machine;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Places in which a buffer is walked at a time. Four were as good as eight and better than two:
/// 64 MiB of 4 KiB pages took two thirds of the time that one took.
const STRANDS: usize = 4;

/// Elements in a page; each strand has one or more.
const PAGE: usize = 4096 / size_of::<f32>();

/// Elements below which a stretch of a big output is written by way of the cache, as the lines at its two
/// ends, written in part, would be too many of all.
const SHORTEST: usize = 1024;

/// Bytes of output that always go by way of the cache; a cache larger than that is not asked for its
/// size.
const LEAST: usize = 4 << 20;

/// Bytes of output beyond which it never pays. A cache of hundreds of megabytes is shared by many cores,
/// and what a core gets of it was less: on one of 480 MiB, ordinary stores were ahead up to 16 MiB and behind
/// from 64 MiB on.
const MOST: usize = 32 << 20;

/// How a walk writes.
pub trait Stores: Copy {
    /// Whether past the cache, where it can.
    const STREAM: bool;
}

/// By way of the cache.
#[derive(Clone, Copy, Debug)]
pub struct Cached;

impl Stores for Cached {
    const STREAM: bool = false;
}

/// Past the cache; a [`fence`] has to follow. Never in place.
#[derive(Clone, Copy, Debug)]
pub struct Streamed;

impl Stores for Streamed {
    const STREAM: bool = true;
}

/// Whether an output of `bytes`, which is not the input, is better written past the cache by `isa`.
#[inline]
pub(crate) fn pays(isa: Isa, bytes: usize) -> bool {
    bytes >= LEAST && isa >= Isa::Avx2 && bytes >= threshold()
}

/// Makes what was streamed visible to other threads in the order in which the program wrote it: what
/// ordinary stores do by themselves.
#[inline]
pub(crate) fn fence() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every CPU of x86-64 has SSE.
    unsafe {
        core::arch::x86_64::_mm_sfence();
    }
}

/// Bytes of output from which on streaming pays: those of the last-level cache, within [`LEAST`] and
/// [`MOST`].
#[cold]
fn threshold() -> usize {
    /// 0 until it is known.
    static THRESHOLD: AtomicUsize = AtomicUsize::new(0);

    // Relaxed: the number is all there is to know.
    match THRESHOLD.load(Relaxed) {
        0 => {
            let threshold = last_level_cache().unwrap_or(MOST).clamp(LEAST, MOST);
            THRESHOLD.store(threshold, Relaxed);
            threshold
        }
        threshold => threshold,
    }
}

/// Bytes of the largest cache that the CPU tells of.
fn last_level_cache() -> Option<usize> {
    #[cfg(target_arch = "x86_64")]
    return raw_cpuid::CpuId::new()
        .get_cache_parameters()?
        .map(|cache| {
            let lines = cache.associativity() * cache.physical_line_partitions() * cache.sets();
            lines * cache.coherency_line_size()
        })
        .max();
    #[cfg(not(target_arch = "x86_64"))]
    None
}

/// Applies `place` to most of `io`, `VECTORS` vectors a turn, and returns where that ends.
///
/// # Safety
/// As for [`map`](super::map::map). The buffers do not overlap, and are a vector or more.
#[inline(always)]
pub(super) unsafe fn stream<S: Machine, P: Place, const VECTORS: usize>(
    simd: S,
    io: Io<f32, Streamed>,
    place: P,
) -> usize {
    if io.len < SHORTEST {
        return 0;
    }
    // Up to the first whole line. As the buffers are two, computing an element twice does no harm.
    let start = io.dst.addr().wrapping_neg() % (LINE * size_of::<f32>()) / size_of::<f32>();
    let mut at = 0;
    while at < start {
        // SAFETY: `start` is less than a line, and the buffer is longer than a line and a vector.
        unsafe { turn::<S, P, _, 1>(simd, io.by::<Cached>(), place, at) };
        at += S::F32_LANES;
    }
    let step = VECTORS * S::F32_LANES;
    // A vector is left over: the last one, which is written by way of the cache, may overlap what goes
    // before it, and what was streamed may not be touched before a fence.
    let unit = step.max(LINE);
    let strands = if io.len < STRANDS * PAGE { 1 } else { STRANDS };
    let strand = (io.len - start - S::F32_LANES) / strands / unit * unit;
    let end = start + strands * strand;
    let mut at = start;
    for _ in 0..strands * strand / step {
        // SAFETY: the strands lie inside the buffer, and `at` in one of them; each is a multiple of a step
        // long, and of a line, so that what is written is as aligned as a whole vector.
        unsafe { turn::<S, P, _, VECTORS>(simd, io, place, at) };
        at += strand;
        if at >= end {
            at -= end - start - step;
        }
    }
    end
}

#[cfg(test)]
mod tests;
