//! The loop that writes by way of the cache.

use super::apart::{Apart, Left, SeenTo};
use super::body::{Body, First, Load, Unary, Whole};
use super::precision::Precision;
use super::{Io, Kernel, WithKernel};
use crate::simd::{Format, Machine};
use core::hint::black_box;

/// Vectors in one turn of a light body: enough independent work to cover the latency of a load and of
/// a few operations, few enough for sixteen registers.
pub(super) const UNROLL: usize = 4;

/// Elements in one turn of scalar code: a block that the compiler can vectorise with what the
/// target has, because it cannot overlap the buffers.
pub(super) const SCALAR_UNROLL: usize = 32;

/// Bytes in a cache line.
pub(crate) const LINE: usize = 64;

/// How many lines ahead of the body the destination is prefetched. The hardware prefetcher
/// follows loads well and stores less so; this is worth 4 % where the output lies in L2. Longer kernels have too
/// few loads under way at a time to wait for memory in the meantime. In place this helps them as well, and where
/// they stream they prefetch the source: that is worth a third of the time, and to light ones nothing.
const PREFETCH_AHEAD: usize = 8;

/// What surrounds a kernel: [`Operands`](super::operands::Operands), or nothing.
pub(crate) trait Around: Copy {
    /// A kernel so surrounded.
    type Body<K: Kernel>: Body;

    /// `kernel` with its surroundings.
    fn around<K: Kernel>(self, kernel: K) -> Self::Body<K>;

    /// [`map`] of `kernel` with its surroundings.
    ///
    /// # Safety
    /// As for [`map`].
    #[inline(always)]
    unsafe fn map<S: Machine, T: Format<S>, K: Kernel>(self, simd: S, io: Io<T>, kernel: K) {
        // SAFETY: the caller's promise, passed on.
        unsafe { map(simd, io, self.around(kernel)) }
    }
}

impl Around for () {
    type Body<K: Kernel> = Unary<K>;

    #[inline(always)]
    fn around<K: Kernel>(self, kernel: K) -> Unary<K> {
        Unary(kernel)
    }
}

/// A buffer that a chosen kernel is mapped over.
pub(crate) struct Mapping<S, T, A> {
    simd: S,
    io: Io<T>,
    around: A,
}

impl<S, T, A> Mapping<S, T, A> {
    /// The buffer `io`, and what surrounds the kernel.
    ///
    /// # Safety
    /// As for [`map`].
    #[inline(always)]
    pub(crate) unsafe fn new(simd: S, io: Io<T>, around: A) -> Self {
        Self { simd, io, around }
    }
}

impl<S: Machine, T: Format<S> + Precision, A: Around> WithKernel for Mapping<S, T, A> {
    #[inline(always)]
    fn with<K: Kernel>(self, kernel: K) {
        let Self { simd, io, around } = self;
        // SAFETY: whoever made the mapping has vouched for the buffer.
        unsafe { around.map(simd, io, T::given(kernel)) }
    }
}

/// Applies `body` to all of `io`.
///
/// A length that is no multiple of the vector's ends in a vector that overlaps the one before.
/// Its inputs are read before anything is written, so that in place, too, no element is
/// transformed twice; what it writes again is what stands there. Shorter inputs than one vector
/// take a masked vector.
///
/// # Safety
/// `io.src` is valid for reads and `io.dst` for writes of `io.len` elements; the two are equal or
/// do not overlap. The operands that `body` refers to are as many.
#[inline(always)]
pub(crate) unsafe fn map<S: Machine, T: Format<S>, B: Body>(simd: S, io: Io<T>, body: B) {
    // SAFETY: the caller's promise, passed on.
    unsafe {
        if const { B::WEIGHT.is_light() } {
            map_light(simd, io, body);
        } else {
            map_long(simd, io, body);
        }
    }
}

/// A short body stands four times, so that each kind of length takes the shortest way.
///
/// # Safety
/// As for [`map`].
#[inline(always)]
unsafe fn map_light<S: Machine, T: Format<S>, B: Body>(simd: S, io: Io<T>, body: B) {
    let Io { src, dst, len } = io;
    let lanes = S::F32_LANES;
    // SAFETY: all accesses are below `len`: the partial ones because they are of `len` elements,
    // `last` because `lanes <= len`. The buffers may be one buffer: no read follows a write to
    // the same place, as `last` is read up front.
    unsafe {
        if len < lanes {
            if len > 0 {
                let x = T::load_first(simd, len, src);
                let (is_whole, count) = (false, len);
                let y = one(simd, body, 0, x, First { is_whole, count });
                T::store_first(simd, len, dst, y);
            }
            return;
        }
        let end = len - lanes;
        let last = T::load(simd, src.add(end));
        let at = interleaved(simd, io, body);
        let at = turns::<S, T, B, 1>(simd, io, body, at);
        if at < len {
            let y = one(simd, body, end, last, Whole);
            T::store(simd, dst.add(end), y);
        }
    }
}

/// A long body stands twice: as the loop of interleaved vectors, and once for single vectors of all kinds, be they
/// left over behind that loop, the last one that overlaps another, or one that is not whole.
///
/// # Safety
/// As for [`map`].
#[inline(always)]
unsafe fn map_long<S: Machine, T: Format<S>, B: Body>(simd: S, io: Io<T>, body: B) {
    let Io { src, dst, len } = io;
    let lanes = S::F32_LANES;
    let is_whole = len >= lanes;
    let end = len.saturating_sub(lanes);
    // SAFETY: as in `map_light`; where a vector is not whole, it is the only one, and starts at 0. What is hidden from
    // the compiler in `black_box` is what comes out of it.
    unsafe {
        let last = if is_whole {
            T::load(simd, src.add(end))
        } else {
            T::load_first(simd, len, src)
        };
        let mut at = if is_whole {
            interleaved(simd, io, body)
        } else {
            0
        };
        // A scalar is a whole vector, and none is left over.
        while !S::IS_SCALAR && at < len {
            let (to, x) = if len - at >= lanes {
                (at, T::load(simd, src.add(at)))
            } else {
                (end, last)
            };
            // Where it cannot tell the answer, the compiler makes no loop for each.
            let is_whole = black_box(is_whole);
            let count = len;
            let y = one(simd, body, to, x, First { is_whole, count });
            if is_whole {
                T::store(simd, dst.add(to), y);
            } else {
                T::store_first(simd, len, dst, y);
            }
            // Where it cannot tell how often this goes round, it peels nothing off: the body stands once.
            at = black_box(at + lanes);
        }
    }
}

/// Applies `body` to as many interleaved vectors as its weight says, again and again, and returns where whole turns
/// end. Where nothing is optimised, each value of each of them would have a place of its own on the stack: none are taken
/// then, and the single vectors that follow are all.
///
/// # Safety
/// As for [`map`].
#[inline(always)]
unsafe fn interleaved<S: Machine, T: Format<S>, B: Body>(simd: S, io: Io<T>, body: B) -> usize {
    // SAFETY: the caller's promise, passed on.
    unsafe {
        #[cfg(unoptimised)]
        return if S::IS_SCALAR {
            turns::<S, T, B, 1>(simd, io, body, 0)
        } else {
            0
        };
        // A constant, though the language does not know: one arm is compiled.
        #[cfg(not(unoptimised))]
        match const { B::WEIGHT.interleave::<S>() } {
            SCALAR_UNROLL => turns::<S, T, B, SCALAR_UNROLL>(simd, io, body, 0),
            UNROLL => turns::<S, T, B, UNROLL>(simd, io, body, 0),
            2 => turns::<S, T, B, 2>(simd, io, body, 0),
            _ => turns::<S, T, B, 1>(simd, io, body, 0),
        }
    }
}

/// Applies `body` from `at` on, `N` vectors a turn, and returns where whole turns end.
///
/// # Safety
/// As for [`map`]; `at` is at most `io.len`.
#[inline(always)]
unsafe fn turns<S: Machine, T: Format<S>, B: Body, const N: usize>(
    simd: S,
    io: Io<T>,
    body: B,
    mut at: usize,
) -> usize {
    let step = N * S::F32_LANES;
    loop {
        while io.len - at >= step {
            // SAFETY: as many elements are left, as the condition says.
            if !unsafe { turn::<S, T, B, _, N, false>(simd, io, body, at, Left) } {
                break;
            }
            at += step;
        }
        if !B::leaves_some::<S>() || io.len - at < step {
            return at;
        }
        // Out of the loop above, which then has no calls and need not keep anything for them.
        // SAFETY: as above.
        unsafe { turn::<S, T, B, _, N, false>(simd, io, body, at, SeenTo) };
        at += step;
    }
}

/// The results of `body` for one vector.
///
/// # Safety
/// As for [`Body::eval`].
#[inline(always)]
unsafe fn one<S: Machine, B: Body, L: Load<S>>(
    simd: S,
    body: B,
    at: usize,
    x: S::f32s,
    load: L,
) -> S::f32s {
    // SAFETY: the caller's promise, passed on.
    unsafe {
        let left = if const { B::LEAVES_REST } {
            None
        } else {
            body.eval(simd, at, [x], load, Left)
        };
        let [y] = match left {
            Some(y) => y,
            None if B::leaves_some::<S>() => body.eval(simd, at, [x], load, SeenTo).unwrap_or([x]),
            None => [x],
        };
        y
    }
}

/// Applies `body` to the `N` vectors from `at` on, or returns that `apart` leaves them to others. All are read before
/// one is written.
///
/// # Safety
/// As for [`map`]; `N` vectors lie between `at` and the end of `io`. Where it streams, the buffers are two and
/// `io.dst` is aligned to a vector at `at`.
#[inline(always)]
pub(super) unsafe fn turn<
    S: Machine,
    T: Format<S>,
    B: Body,
    Z: Apart,
    const N: usize,
    const STREAM: bool,
>(
    simd: S,
    io: Io<T>,
    body: B,
    at: usize,
    apart: Z,
) -> bool {
    let Io { src, dst, .. } = io;
    let soon = if STREAM { src } else { dst.cast_const() };
    if const { !B::WEIGHT.is_light() || N > 1 && !STREAM } {
        let of_line = LINE / size_of::<T>();
        for line in 0..(N * S::F32_LANES).div_ceil(of_line) {
            let soon = soon.wrapping_add(at + (PREFETCH_AHEAD + line) * of_line);
            simd.prefetch(soon.cast());
        }
    }
    // SAFETY: the caller vouches for all `N` vectors.
    unsafe {
        let (from, to) = (src.add(at), dst.add(at));
        let x: [S::f32s; N] = if const { B::HAS_OPERANDS } {
            T::load_in_order(simd, from)
        } else {
            T::load_each(simd, from)
        };
        let Some(y) = body.eval(simd, at, x, Whole, apart) else {
            return false;
        };
        if STREAM {
            T::stream_each(simd, to, y);
        } else if const { B::HAS_OPERANDS } {
            T::store_in_order(simd, to, y);
        } else {
            T::store_each(simd, to, y);
        }
    }
    true
}
