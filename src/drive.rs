//! How a kernel walks memory.
//!
//! A [`Kernel`] knows one vector of inputs; a driver knows buffers, lengths and tails. A [`Walk`] is what
//! a call gives a driver to do: the plain one is [`Io`], gates and fused calls have theirs. The drivers
//! work on raw pointers because the source and the destination may be one buffer: "in place" is
//! the same code as "out of place", so it returns the same bits.

use crate::simd::{Machine, Vocabulary};
use core::marker::PhantomData;

pub(crate) mod channel;
pub(crate) mod fused;
pub(crate) mod gated;
pub(crate) mod map;
pub(crate) mod pairs;
pub(crate) mod stream;

pub(crate) use stream::{Cached, Stores, Streamed};

/// Where a call reads and writes: `len` elements at `src`, and as many at `dst`.
///
/// `src == dst` (in place) is allowed for stores of type [`Cached`]; buffers that overlap in any other way
/// are not.
#[derive(Clone, Copy, Debug)]
pub struct Io<T, M = Cached> {
    pub(crate) src: *const T,
    pub(crate) dst: *mut T,
    pub(crate) len: usize,
    /// Cached or streamed.
    pub(crate) stores: PhantomData<M>,
}

impl<T> Io<T> {
    /// From `x` to another buffer of the same length.
    #[inline(always)]
    pub(crate) fn between(x: &[T], dst: *mut T) -> Self {
        Self {
            src: x.as_ptr(),
            dst,
            len: x.len(),
            stores: PhantomData,
        }
    }

    /// Over one buffer.
    #[inline(always)]
    pub(crate) fn over(x: &mut [T]) -> Self {
        let dst = x.as_mut_ptr();
        Self::between(x, dst)
    }
}

impl<T, M: Stores> Io<T, M> {
    /// The same, written otherwise.
    #[inline(always)]
    pub(crate) fn by<N: Stores>(self) -> Io<T, N> {
        let Self { src, dst, len, .. } = self;
        Io {
            src,
            dst,
            len,
            stores: PhantomData,
        }
    }

    /// The `len` elements from `start` on.
    ///
    /// # Safety
    /// `start + len` is at most `self.len`.
    #[inline(always)]
    pub(crate) unsafe fn part(self, start: usize, len: usize) -> Self {
        debug_assert!(start + len <= self.len);
        // SAFETY: `start` lies inside both buffers or at their end, says the caller.
        unsafe {
            Self {
                src: self.src.add(start),
                dst: self.dst.add(start),
                len,
                ..self
            }
        }
    }
}

/// What a kernel takes, which says how many vectors of it are worked on at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Weight {
    /// A few operations: the driver unrolls, so that latencies overlap.
    Light,
    /// A long chain of operations: [`Machine::LONG`] of them in program order keep the ports busy.
    Long,
    /// That, and so many values at a time that the registers hold fewer: [`Machine::HEAVY`].
    Heavy,
}

/// The maths of an activation: one vector in, one vector out, lane by lane.
pub(crate) trait Kernel: Copy {
    /// How many vectors to interleave.
    const WEIGHT: Weight = Weight::Light;

    /// `f(x)` in each lane. A lane's result depends on that lane alone.
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s;
}

/// A kernel whose parameter may differ from lane to lane.
pub(crate) trait LaneKernel: Copy {
    /// `f(x; parameter)` in each lane.
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s, parameter: V::f32s) -> V::f32s;
}

/// A way over memory: where it reads, where it writes, and what else it does with what it reads.
pub(crate) trait Walk: Copy {
    /// How it writes.
    type Stores: Stores;

    /// Applies `kernel` from one end to the other.
    ///
    /// # Safety
    /// What the walk's type asks of its memory holds.
    unsafe fn walk<S: Machine, K: Kernel>(self, simd: S, kernel: K);

    /// Source and destination, where the walk goes over a whole tensor and does nothing else: only
    /// there can parameters differ from channel to channel.
    #[inline(always)]
    fn tensor(self) -> Option<Io<f32, Self::Stores>> {
        None
    }
}

/// The plain walk: `io.src` is valid for reads and `io.dst` for writes of `io.len` elements; the two
/// are equal or do not overlap, or they do not overlap where it streams.
impl<M: Stores> Walk for Io<f32, M> {
    type Stores = M;

    #[inline(always)]
    unsafe fn walk<S: Machine, K: Kernel>(self, simd: S, kernel: K) {
        // SAFETY: the caller's promise, passed on.
        unsafe { map::map(simd, self, map::Uniform(kernel)) }
    }

    #[inline(always)]
    fn tensor(self) -> Option<Self> {
        Some(self)
    }
}

/// An activation as the body of its named functions on each instruction set: it picks the kernel for
/// its parameters.
pub(crate) trait Run {
    /// Applies the activation along `walk`.
    ///
    /// # Safety
    /// What `walk` asks of its memory holds. The activation's `check` of its length has returned
    /// `Ok`, and where it depends on the position, `walk` is an [`Io`].
    unsafe fn run<S: Machine, W: Walk>(&self, simd: S, walk: W);
}

impl<K: Kernel> Run for K {
    #[inline(always)]
    unsafe fn run<S: Machine, W: Walk>(&self, simd: S, walk: W) {
        // SAFETY: the caller's promise, passed on.
        unsafe { walk.walk(simd, *self) }
    }
}
