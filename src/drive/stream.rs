//! Big outputs: by non-temporal stores past the cache, in several places at a time.
//!
//! An ordinary store reads the line that it is going to overwrite. For an output that no cache will
//! hold, that is a third of all traffic, and it drives out what a cache could have held. A
//! non-temporal store gathers a whole line and writes it. What bounds such a loop is then how many
//! lines are under way: the hardware prefetcher follows a sequence no further than the page's end, so
//! the buffer is walked in [`STRANDS`] places at once, each a sequence of its own.

use super::apart::{Left, SeenTo};
use super::body::Body;
use super::map::{Around, LINE, SCALAR_UNROLL, UNROLL, turn};
use super::precision::Precision;
use super::{Io, Kernel, Stores, WithKernel};
use crate::Isa;
use crate::simd::{Format, Machine};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Places in which a buffer is walked at a time. Four were as good as eight and better than two:
/// 64 MiB of 4 KiB pages took two thirds of the time that one took.
pub(crate) const STRANDS: usize = 4;

/// Bytes in a page; each strand has one or more.
const PAGE: usize = 4096;

/// Elements of f32 below which a stretch of a big output is written by way of the cache, as the lines at its two
/// ends, written in part, would be too many of all.
pub(crate) const SHORTEST: usize = 1024;

/// Bytes of output that always go by way of the cache; a cache larger than that is not asked for its
/// size.
const LEAST: usize = 4 << 20;

/// Bytes of output beyond which it never pays. A cache of hundreds of megabytes is shared by many cores,
/// and what a core gets of it was less: on one of 480 MiB, ordinary stores were ahead up to 16 MiB and behind
/// from 64 MiB on.
const MOST: usize = 32 << 20;

impl Stores {
    /// How an output of `bytes`, which is not the input, is best written by `isa`.
    #[inline]
    pub(crate) fn for_output(isa: Isa, bytes: usize) -> Self {
        if bytes >= LEAST && isa >= Isa::Avx2 && bytes >= threshold() {
            Self::Streamed
        } else {
            Self::Cached
        }
    }
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

/// A buffer that a chosen kernel streams to.
pub(crate) struct Streaming<S, T, A, C> {
    simd: S,
    io: Io<T>,
    around: A,
    cached: C,
}

impl<S, T, A, C> Streaming<S, T, A, C> {
    /// The buffer `io`, and what surrounds the kernel; `cached` is as for [`stream`].
    ///
    /// # Safety
    /// As for [`stream`].
    #[inline(always)]
    pub(crate) unsafe fn new(simd: S, io: Io<T>, around: A, cached: C) -> Self {
        Self {
            simd,
            io,
            around,
            cached,
        }
    }
}

impl<S: Machine, T: Format<S> + Precision, A: Around, C: Fn(usize, usize)> WithKernel
    for Streaming<S, T, A, C>
{
    #[inline(always)]
    fn with<K: Kernel>(self, kernel: K) {
        let Self {
            simd,
            io,
            around,
            cached,
        } = self;
        // SAFETY: whoever made it has vouched for the buffer.
        unsafe { stream(simd, io, around.around(T::given(kernel)), cached) }
    }
}

/// Applies `body` to all of `io`, whole lines past the cache.
///
/// What comes before the first whole line and what is left behind the last are some elements each. They are left to
/// `cached(start, len)`, which does as much from `start` on by ordinary stores: it is a function of its own, so that
/// `body` stands here once.
///
/// # Safety
/// As for [`map`](super::map::map), and the buffers do not overlap. A [`fence`] follows.
#[inline(always)]
pub(crate) unsafe fn stream<S: Machine, T: Format<S>, B: Body>(
    simd: S,
    io: Io<T>,
    body: B,
    cached: impl Fn(usize, usize),
) {
    if io.len * size_of::<T>() < SHORTEST * size_of::<f32>() {
        return cached(0, io.len);
    }
    let start = io.dst.addr().wrapping_neg() % LINE / size_of::<T>();
    cached(0, start);
    // SAFETY: `start` is less than a line, and the buffer longer; the rest is the caller's promise.
    let end = unsafe {
        // A constant, though the language does not know: one arm is compiled.
        match const { B::WEIGHT.interleave::<S>() } {
            SCALAR_UNROLL => strands::<S, T, B, SCALAR_UNROLL>(simd, io, body, start),
            UNROLL => strands::<S, T, B, UNROLL>(simd, io, body, start),
            2 => strands::<S, T, B, 2>(simd, io, body, start),
            _ => strands::<S, T, B, 1>(simd, io, body, start),
        }
    };
    cached(end, io.len - end);
}

/// Applies `body` from `start` on, `N` vectors a turn, in several places by turns, and returns where that ends.
///
/// # Safety
/// As for [`stream`]; `io.dst` is aligned to a line at `start`, which is inside the buffer.
#[inline(always)]
unsafe fn strands<S: Machine, T: Format<S>, B: Body, const N: usize>(
    simd: S,
    io: Io<T>,
    body: B,
    start: usize,
) -> usize {
    let step = N * S::F32_LANES;
    let unit = step.max(LINE / size_of::<T>());
    let strands = match io.len * size_of::<T>() < STRANDS * PAGE {
        true => 1,
        false => STRANDS,
    };
    // A unit is left over: strands of a power of two, which many tensors would have, would fall on the same sets of a
    // cache, which takes up to four times as long.
    let strand = (io.len - start - unit) / strands / unit * unit;
    let end = start + strands * strand;
    let mut at = start;
    let mut turns = strands * strand / step;
    let next = |at: usize| {
        if at + strand >= end {
            at + strand - (end - start - step)
        } else {
            at + strand
        }
    };
    loop {
        // SAFETY: the strands lie inside the buffer, and `at` in one of them; each is a multiple of a step
        // long, and of a line, so that what is written is as aligned as a whole vector.
        while turns > 0 && unsafe { turn::<S, T, B, _, N, true>(simd, io, body, at, Left) } {
            at = next(at);
            turns -= 1;
        }
        if !B::leaves_some::<S>() || turns == 0 {
            return end;
        }
        // Out of the loop above, as in `map`. SAFETY: as above.
        unsafe { turn::<S, T, B, _, N, true>(simd, io, body, at, SeenTo) };
        at = next(at);
        turns -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_outputs_and_instruction_sets_without_such_stores_never_stream() {
        for &isa in Isa::ALL {
            assert_eq!(Stores::for_output(isa, 0), Stores::Cached);
            assert_eq!(Stores::for_output(isa, LEAST - 1), Stores::Cached);
            let streams = Stores::for_output(isa, MOST) == Stores::Streamed;
            assert_eq!(streams, isa >= Isa::Avx2);
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn the_size_of_a_cache_is_plausible_or_unknown() {
        if let Some(bytes) = last_level_cache() {
            assert!(bytes.is_power_of_two() || bytes % 1024 == 0, "{bytes}");
            assert!((32 << 10..64 << 30).contains(&bytes), "{bytes}");
        }
    }
}
