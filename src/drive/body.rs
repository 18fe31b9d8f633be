//! What the loops compute, and how they read what goes with an element.

use super::apart::Apart;
use super::{BinaryKernel, Kernel, Weight};
use crate::simd::{Machine, Unrolled, Vocabulary};

/// What the loops compute for each element: a kernel of the element alone, or of the element and what goes with it.
pub(crate) trait Body: Copy {
    /// [`Kernel::WEIGHT`] of the kernel.
    const WEIGHT: Weight;

    /// [`Kernel::LEAVES_SOME`] of the kernel.
    const LEAVES_SOME: bool;

    /// Whether it leaves any on `S`. Scalar code of a light kernel does not: the compiler may make vectors of it.
    #[inline(always)]
    fn leaves_some<S: Machine>() -> bool {
        Self::LEAVES_SOME && !(S::IS_SCALAR && Self::WEIGHT.is_light())
    }

    /// Whether it reads what goes with an element, so that the elements are wanted in their order.
    const HAS_OPERANDS: bool;

    /// Whether what is left over behind whole turns is seen to out of line, whatever it is: that is the body once less.
    const LEAVES_REST: bool = false;

    /// The results for `x`, the vectors from element `at` of the buffer on; `load` reads what goes with them. There are none
    /// if `apart` leaves the numbers that the kernel would get to others.
    ///
    /// # Safety
    /// What `load` reads lies inside the buffer.
    unsafe fn eval<S: Machine, L: Load<S>, Z: Apart, const N: usize>(
        self,
        simd: S,
        at: usize,
        x: [S::f32s; N],
        load: L,
        apart: Z,
    ) -> Option<[S::f32s; N]>;
}

/// How much of some vectors is read.
pub(crate) trait Load<S: Machine>: Copy {
    /// Reads `N` vectors.
    ///
    /// # Safety
    /// `from` is valid for reads of that.
    unsafe fn load<const N: usize>(self, simd: S, from: *const f32) -> [S::f32s; N];

    /// Reads as many pairs as [`load`](Self::load) reads elements: the first elements, and the second ones.
    ///
    /// # Safety
    /// `from` is valid for reads of that.
    unsafe fn load_pairs<const N: usize>(
        self,
        simd: S,
        from: *const f32,
    ) -> ([S::f32s; N], [S::f32s; N]);
}

/// All of them.
#[derive(Clone, Copy)]
pub(super) struct Whole;

impl<S: Machine> Load<S> for Whole {
    #[inline(always)]
    unsafe fn load<const N: usize>(self, simd: S, from: *const f32) -> [S::f32s; N] {
        // SAFETY: the caller vouches for all `N`.
        unsafe { simd.load_each_f32s(from) }
    }

    #[inline(always)]
    unsafe fn load_pairs<const N: usize>(
        self,
        simd: S,
        from: *const f32,
    ) -> ([S::f32s; N], [S::f32s; N]) {
        let zeros = [simd.splat_f32s(0.0); N];
        let (mut first, mut second) = (zeros, zeros);
        for k in 0..N {
            // SAFETY: the caller vouches for all `N`.
            (first[k], second[k]) = unsafe { simd.load_pairs_f32s(from.add(2 * k * S::F32_LANES)) };
        }
        (first, second)
    }
}

/// Of one vector all, or if it is not whole, the first lanes.
#[derive(Clone, Copy)]
pub(super) struct First {
    pub(super) is_whole: bool,
    pub(super) count: usize,
}

impl<S: Machine> Load<S> for First {
    #[inline(always)]
    unsafe fn load<const N: usize>(self, simd: S, from: *const f32) -> [S::f32s; N] {
        // SAFETY: the caller vouches for so many elements, which are no more than a vector unless it is whole.
        unsafe {
            if self.is_whole {
                Whole.load(simd, from)
            } else {
                [simd.load_first_f32s(self.count, from); N]
            }
        }
    }

    #[inline(always)]
    unsafe fn load_pairs<const N: usize>(
        self,
        simd: S,
        from: *const f32,
    ) -> ([S::f32s; N], [S::f32s; N]) {
        // SAFETY: as in `load`.
        unsafe {
            if self.is_whole {
                Whole.load_pairs(simd, from)
            } else {
                let (first, second) = simd.load_first_pairs_f32s(self.count, from);
                ([first; N], [second; N])
            }
        }
    }
}

/// A kernel of the element alone.
#[derive(Clone, Copy)]
pub(crate) struct Unary<K>(pub(crate) K);

impl<K: Kernel> Body for Unary<K> {
    const HAS_OPERANDS: bool = false;
    const WEIGHT: Weight = K::WEIGHT;
    const LEAVES_SOME: bool = K::LEAVES_SOME;

    #[inline(always)]
    unsafe fn eval<S: Machine, L: Load<S>, Z: Apart, const N: usize>(
        self,
        simd: S,
        _at: usize,
        x: [S::f32s; N],
        _load: L,
        apart: Z,
    ) -> Option<[S::f32s; N]> {
        apart.eval::<S, Self, K, N>(simd, self.0, x)
    }
}

/// A kernel of the element and an operand in memory.
#[derive(Clone, Copy)]
pub(crate) struct Binary<K> {
    pub(crate) kernel: K,
    /// The operands, as many as the buffer has elements.
    pub(crate) operands: *const f32,
}

impl<K: BinaryKernel> Body for Binary<K> {
    const HAS_OPERANDS: bool = true;
    const WEIGHT: Weight = K::WEIGHT;
    const LEAVES_SOME: bool = false;

    #[inline(always)]
    unsafe fn eval<S: Machine, L: Load<S>, Z: Apart, const N: usize>(
        self,
        simd: S,
        at: usize,
        x: [S::f32s; N],
        load: L,
        _apart: Z,
    ) -> Option<[S::f32s; N]> {
        // SAFETY: there is an operand for each of the buffer's elements, and the caller says that what is read lies
        // inside it.
        let operands = unsafe { load.load(simd, self.operands.add(at)) };
        Some(self.kernel.eval(Unrolled(simd), x, operands))
    }
}

/// A kernel of the element and an operand that is the same for all.
#[derive(Clone, Copy)]
pub(crate) struct Splat<K> {
    pub(crate) kernel: K,
    pub(crate) operand: f32,
}

impl<K: BinaryKernel> Kernel for Splat<K> {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        self.kernel.eval(simd, x, simd.splat_f32s(self.operand))
    }
}
