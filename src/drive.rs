//! How a kernel walks memory: the loops, in registers, from the first element to the last.
//!
//! A [`Kernel`] knows one vector of inputs; the loops of [`map`] and [`stream`] know buffers, lengths and
//! tails. They work on raw pointers because the source and the destination may be one buffer: "in
//! place" is the same code as "out of place", so it returns the same bits.

use crate::simd::{Machine, Vocabulary};
use precision::Precision;

pub(crate) mod apart;
pub(crate) mod body;
// Scalar code has no vectors of bytes.
#[cfg_attr(
    not(any(target_arch = "x86_64", target_arch = "aarch64")),
    allow(dead_code)
)]
pub(crate) mod bytes;
pub(crate) mod limits;
pub(crate) mod map;
pub(crate) mod of_16_bits;
pub(crate) mod operands;
pub(crate) mod precision;
#[cfg(feature = "half")]
pub(crate) mod ranges;
// Only x86-64 has such stores, and only optimised code uses them.
#[cfg_attr(any(not(target_arch = "x86_64"), unoptimised), allow(dead_code))]
pub(crate) mod stream;
pub(crate) mod ternary;

#[cfg(feature = "half")]
use ranges::Ranges;

/// Where a call reads and writes: `len` elements at `src`, and as many at `dst`.
///
/// `src == dst` (in place) is allowed for [`Stores::Cached`]; buffers that overlap in any other way are
/// not.
#[derive(Clone, Copy, Debug)]
pub struct Io<T> {
    pub(crate) src: *const T,
    pub(crate) dst: *mut T,
    pub(crate) len: usize,
}

impl<T> Io<T> {
    /// From `x` to another buffer of the same length.
    #[inline(always)]
    pub(crate) fn between(x: &[T], dst: *mut T) -> Self {
        Self {
            src: x.as_ptr(),
            dst,
            len: x.len(),
        }
    }

    /// Over one buffer, by one pointer: a second one, taken from the same borrow, would end the life of the
    /// first.
    #[inline(always)]
    pub(crate) fn over(x: &mut [T]) -> Self {
        Self::in_place(x.as_mut_ptr(), x.len())
    }

    /// Over the `len` elements at `dst`.
    #[inline(always)]
    pub(crate) fn in_place(dst: *mut T, len: usize) -> Self {
        Self {
            src: dst.cast_const(),
            dst,
            len,
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
            }
        }
    }
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stores {
    /// By way of the cache.
    Cached,
    /// Past the cache, on the instruction sets that can. A [`fence`](stream::fence) has to follow, and the
    /// source is never the destination.
    Streamed,
}

/// What a kernel takes, which says how many vectors of it are worked on at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Weight {
    /// A few operations: the loop is unrolled, so that latencies overlap.
    Light,
    /// A long chain of operations: [`Machine::LONG`] of them in program order keep the ports busy.
    Long,
    /// A long chain that keeps so many values at a time that the registers hold fewer chains:
    /// [`Machine::HEAVY`].
    Heavy,
}

impl Weight {
    const fn is_light(self) -> bool {
        matches!(self, Self::Light)
    }

    const fn is_heavy(self) -> bool {
        matches!(self, Self::Heavy)
    }

    /// How many vectors are interleaved on `S`.
    const fn interleave<S: Machine>(self) -> usize {
        match self {
            Self::Light if S::IS_SCALAR => map::SCALAR_UNROLL,
            Self::Light => map::UNROLL,
            Self::Long => S::LONG,
            Self::Heavy => S::HEAVY,
        }
    }
}

/// The maths of an activation: one vector in, one vector out, lane by lane.
pub(crate) trait Kernel: Copy {
    /// How many vectors are interleaved.
    const WEIGHT: Weight = Weight::Light;

    /// Whether there is an operation of its own for numbers next to zero. [`eval`](Self::eval) is given zeros then, but no
    /// number of a magnitude between 0 and 2^-60. (A [light](Weight::Light) kernel is given some of them: for these the
    /// two operations have the same results.)
    const HAS_NEAR_ZERO: bool = false;

    /// Numbers of a larger magnitude, infinities and NaN have an operation of their own, [`far`](Self::far), and are not
    /// given to [`eval`](Self::eval). If it is infinite there is none.
    const LARGEST: f32 = f32::INFINITY;

    /// [`LARGEST`](Self::LARGEST) for the parameters that the kernel has, where it depends on them: finite if that is.
    #[inline(always)]
    fn largest(&self) -> f32 {
        Self::LARGEST
    }

    /// Whether there are numbers that [`eval`](Self::eval) is not given.
    const LEAVES_SOME: bool = Self::HAS_NEAR_ZERO || Self::LARGEST < f32::INFINITY;

    /// `f(x)` for numbers beyond [`LARGEST`](Self::LARGEST), infinities and NaN: x, unless a kernel says otherwise.
    #[inline(always)]
    fn far<V: Vocabulary>(self, _simd: V, x: V::f32s) -> V::f32s {
        x
    }

    /// `f(x)` for numbers next to zero, and for zeros: x, unless a kernel says otherwise; see [`apart`].
    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, _simd: V, x: V::f32s) -> V::f32s {
        x
    }

    /// `f(x)` in each lane. A lane's result depends on that lane alone.
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s;

    /// The ranges of 16-bit numbers whose result is another number, if that is all there is to the activation.
    #[cfg(feature = "half")]
    #[inline(always)]
    fn ranges<T: Precision>(&self) -> Option<Ranges> {
        None
    }

    /// Whether the parameters are so rare that there is no kernel for them: the oracle is taken instead.
    #[inline(always)]
    fn is_rest(&self) -> bool {
        false
    }

    /// Hands on the kernel for elements of type `T`: this one, unless there is another for 16 bits.
    #[inline(always)]
    fn choose_for<T: Precision, W: WithKernel>(self, then: W) {
        then.with(self);
    }
}

/// An operation on an element and an operand that goes with it; a few operations.
pub(crate) trait BinaryKernel: Copy {
    /// How many vectors are interleaved.
    const WEIGHT: Weight = Weight::Light;

    /// `f(x, operand)` in each lane.
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s, operand: V::f32s) -> V::f32s;
}

/// An activation as one kernel or several, of which its parameters and the type of the results choose one.
pub(crate) trait ChooseKernel {
    /// Hands on the kernel that is chosen for elements of type `T`.
    fn choose_kernel<T: Precision, W: WithKernel>(&self, then: W);

    /// [`Kernel::is_rest`].
    #[inline(always)]
    fn is_rest(&self) -> bool {
        false
    }

    /// [`Kernel::ranges`].
    #[cfg(feature = "half")]
    #[inline(always)]
    fn ranges_of<T: Precision>(&self) -> Option<Ranges> {
        None
    }
}

impl<K: Kernel> ChooseKernel for K {
    #[inline(always)]
    fn choose_kernel<T: Precision, W: WithKernel>(&self, then: W) {
        self.choose_for::<T, W>(then);
    }

    #[inline(always)]
    fn is_rest(&self) -> bool {
        Kernel::is_rest(self)
    }

    #[cfg(feature = "half")]
    #[inline(always)]
    fn ranges_of<T: Precision>(&self) -> Option<Ranges> {
        self.ranges::<T>()
    }
}

/// What is done with the kernel that an activation chooses.
pub(crate) trait WithKernel {
    /// Does it.
    fn with<K: Kernel>(self, kernel: K);
}
