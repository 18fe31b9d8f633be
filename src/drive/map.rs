//! Element by element, from the first to the last: the walk that all drivers share.

use super::stream::stream;
use super::{Cached, Io, Kernel, LaneKernel, Stores, Streamed, Weight};
use crate::simd::{Machine, Unrolled};

/// Vectors in one turn of the body: enough independent work to cover the latency of a load and of
/// a few operations, few enough for sixteen registers.
pub(super) const UNROLL: usize = 4;

/// Elements in one turn of scalar code: a block that the compiler can vectorise with what the
/// target has, because it cannot overlap the buffers.
const SCALAR_UNROLL: usize = 32;

/// Elements in a cache line.
pub(crate) const LINE: usize = 64 / size_of::<f32>();

/// How far ahead of the body the destination is prefetched: eight lines. The hardware prefetcher
/// follows loads well and stores less so; this is worth 4 % where the output lies in L2. Longer kernels have too
/// few loads under way at a time to wait for memory in the meantime. In place this helps them as well, and where
/// they stream they prefetch the source: that is worth a third of the time, and to light ones nothing.
const PREFETCH_AHEAD: usize = 8 * LINE;

/// What to compute at a place in the buffer.
pub(crate) trait Place: Copy {
    /// [`Kernel::WEIGHT`] of what is computed.
    const WEIGHT: Weight = Weight::Light;

    /// Whether the inputs stand apart in memory: scalar code has nothing to gain from blocks of them.
    const APART: bool = false;

    /// The `N` whole vectors of inputs from element `at` of `src` on.
    ///
    /// # Safety
    /// As for [`vectors`](Self::vectors), and `src` is the source of the buffer being walked.
    #[inline(always)]
    unsafe fn load<S: Machine, const N: usize>(
        self,
        simd: S,
        src: *const f32,
        at: usize,
    ) -> [S::f32s; N] {
        // SAFETY: the vectors lie inside the source, says the caller.
        unsafe { load(simd, src.add(at)) }
    }

    /// The inputs of the buffer that is being walked, which is less than a vector long.
    ///
    /// # Safety
    /// As for [`first`](Self::first), and `src` is the source of the buffer being walked.
    #[inline(always)]
    unsafe fn load_first<S: Machine>(self, simd: S, src: *const f32, count: usize) -> S::f32s {
        // SAFETY: the source has `count` elements, says the caller.
        unsafe { simd.load_first_f32s(count, src) }
    }

    /// The results for the `N` whole vectors `x` that were read from element `at` on.
    ///
    /// # Safety
    /// `at` plus `N` vectors is at most the length of the buffer being walked.
    unsafe fn vectors<S: Machine, const N: usize>(
        self,
        simd: S,
        at: usize,
        x: [S::f32s; N],
    ) -> [S::f32s; N];

    /// The results for the first `count` lanes of `x`, which were read at element 0.
    ///
    /// # Safety
    /// `count` is the length of the buffer being walked, and less than a vector.
    unsafe fn first<S: Machine>(self, simd: S, count: usize, x: S::f32s) -> S::f32s;
}

/// The same everywhere.
#[derive(Clone, Copy)]
pub(crate) struct Uniform<K>(pub(crate) K);

impl<K: Kernel> Place for Uniform<K> {
    const WEIGHT: Weight = K::WEIGHT;

    #[inline(always)]
    unsafe fn vectors<S: Machine, const N: usize>(
        self,
        simd: S,
        _at: usize,
        x: [S::f32s; N],
    ) -> [S::f32s; N] {
        self.0.eval(Unrolled(simd), x)
    }

    #[inline(always)]
    unsafe fn first<S: Machine>(self, simd: S, _count: usize, x: S::f32s) -> S::f32s {
        let [y] = self.0.eval(Unrolled(simd), [x]);
        y
    }
}

/// A parameter of its own for each element.
#[derive(Clone, Copy)]
pub(crate) struct PerElement<K> {
    pub(crate) kernel: K,
    /// As many parameters as the buffer has elements.
    pub(crate) parameters: *const f32,
}

impl<K: LaneKernel> Place for PerElement<K> {
    #[inline(always)]
    unsafe fn vectors<S: Machine, const N: usize>(
        self,
        simd: S,
        at: usize,
        x: [S::f32s; N],
    ) -> [S::f32s; N] {
        // SAFETY: there is a parameter for each of the buffer's elements, and the caller says
        // that the vectors lie inside it.
        let parameters = unsafe { load(simd, self.parameters.add(at)) };
        self.kernel.eval(Unrolled(simd), x, parameters)
    }

    #[inline(always)]
    unsafe fn first<S: Machine>(self, simd: S, count: usize, x: S::f32s) -> S::f32s {
        // SAFETY: there are `count` parameters, and `count` is less than a vector.
        let parameter = unsafe { simd.load_first_f32s(count, self.parameters) };
        let [y] = self.kernel.eval(Unrolled(simd), [x], [parameter]);
        y
    }
}

/// Reads `N` vectors.
///
/// # Safety
/// `from` is valid for reads of that many.
#[inline(always)]
pub(super) unsafe fn load<S: Machine, const N: usize>(simd: S, from: *const f32) -> [S::f32s; N] {
    let mut x = [simd.splat_f32s(0.0); N];
    for (k, x) in x.iter_mut().enumerate() {
        // SAFETY: the caller vouches for all `N`.
        *x = unsafe { simd.load_f32s(from.add(k * S::F32_LANES)) };
    }
    x
}

/// Applies `place` to all of `io`.
///
/// A length that is no multiple of the vector's ends in a vector that overlaps the one before.
/// Its inputs are read before anything is written, so that in place, too, no element is
/// transformed twice; what it writes again is what stands there. Shorter inputs than one vector
/// take a masked vector.
///
/// # Safety
/// `io.src` is valid for reads and `io.dst` for writes of `io.len` elements; the two are equal or
/// do not overlap, or they do not overlap where it streams. What `place` refers to is as long.
#[inline(always)]
pub(crate) unsafe fn map<S: Machine, P: Place, M: Stores>(simd: S, io: Io<f32, M>, place: P) {
    let Io { src, dst, len, .. } = io;
    let lanes = S::F32_LANES;
    // SAFETY: all accesses are below `len`: the partial ones because they are of `len` elements,
    // `last` because `lanes <= len`. The buffers may be one buffer: no read follows a write to
    // the same place, as `last` is read up front.
    unsafe {
        if len < lanes {
            if len > 0 {
                let x = place.load_first(simd, src, len);
                simd.store_first_f32s(len, dst, place.first(simd, len, x));
            }
            return;
        }
        let last = place.load::<S, 1>(simd, src, len - lanes);
        let interleave = match P::WEIGHT {
            Weight::Light if S::IS_SCALAR && P::APART => 1,
            Weight::Light if S::IS_SCALAR => SCALAR_UNROLL,
            Weight::Light => UNROLL,
            Weight::Long => S::LONG,
            Weight::Heavy => S::HEAVY,
        };
        // A constant, though the language does not know: one arm is compiled.
        let at = match interleave {
            SCALAR_UNROLL => bulk::<S, P, M, SCALAR_UNROLL>(simd, io, place),
            UNROLL => bulk::<S, P, M, UNROLL>(simd, io, place),
            2 => bulk::<S, P, M, 2>(simd, io, place),
            _ => bulk::<S, P, M, 1>(simd, io, place),
        };
        let at = if interleave == 1 {
            at
        } else {
            turns::<S, P, 1>(simd, io.by::<Cached>(), place, at)
        };
        if at < len {
            let at = len - lanes;
            let [y] = place.vectors(simd, at, last);
            simd.store_f32s(dst.add(at), y);
        }
    }
}

/// Applies `place` to all but what is less than `VECTORS` vectors, and returns where that starts.
///
/// # Safety
/// As for [`map`], and there is a vector or more.
#[inline(always)]
unsafe fn bulk<S: Machine, P: Place, M: Stores, const VECTORS: usize>(
    simd: S,
    io: Io<f32, M>,
    place: P,
) -> usize {
    // SAFETY: the caller's promise, passed on.
    unsafe {
        let streamed = if S::STREAMS && M::STREAM {
            stream::<S, P, VECTORS>(simd, io.by::<Streamed>(), place)
        } else {
            0
        };
        turns::<S, P, VECTORS>(simd, io.by::<Cached>(), place, streamed)
    }
}

/// Applies `place` from `at` on, `VECTORS` vectors a turn, and returns where whole turns end.
///
/// # Safety
/// As for [`map`]; `at` is at most `io.len`.
#[inline(always)]
unsafe fn turns<S: Machine, P: Place, const VECTORS: usize>(
    simd: S,
    io: Io<f32>,
    place: P,
    mut at: usize,
) -> usize {
    while io.len - at >= VECTORS * S::F32_LANES {
        // SAFETY: as many elements are left, as the condition says.
        unsafe { turn::<S, P, _, VECTORS>(simd, io, place, at) };
        at += VECTORS * S::F32_LANES;
    }
    at
}

/// Applies `place` to the `VECTORS` vectors from `at` on. All are read before one is written.
///
/// # Safety
/// As for [`map`]; `VECTORS` vectors lie between `at` and the end of `io`. Where it streams,
/// `io.dst` is aligned to a vector at `at`.
#[inline(always)]
pub(super) unsafe fn turn<S: Machine, P: Place, M: Stores, const VECTORS: usize>(
    simd: S,
    io: Io<f32, M>,
    place: P,
    at: usize,
) {
    let Io { src, dst, .. } = io;
    let lanes = S::F32_LANES;
    let soon = if M::STREAM { src } else { dst.cast_const() };
    let is_light = P::WEIGHT == Weight::Light;
    if !is_light || VECTORS > 1 && !M::STREAM {
        for line in 0..(VECTORS * lanes).div_ceil(LINE) {
            simd.prefetch(soon.wrapping_add(at + PREFETCH_AHEAD + line * LINE));
        }
    }
    // SAFETY: the caller vouches for all `VECTORS` vectors.
    unsafe {
        let x = place.load::<S, VECTORS>(simd, src, at);
        let y = place.vectors(simd, at, x);
        for (k, y) in y.into_iter().enumerate() {
            let to = dst.add(at + k * lanes);
            if M::STREAM {
                simd.stream_f32s(to, y);
            } else {
                simd.store_f32s(to, y);
            }
        }
    }
}
