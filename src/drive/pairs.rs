//! One tensor's activation times another tensor, where their elements take turns in memory.

use super::map::{Place, load, map};
use super::{Io, Kernel, Walk, Weight};
use crate::simd::{Machine, Unrolled};

/// Pairs of a gate and a value, in either order, and where their products go.
///
/// As a walk it asks that `src` is valid for reads of `2 * len` elements and `dst` for writes of `len`,
/// that the two do not overlap, and that `gate` is 0 or 1.
#[derive(Clone, Copy, Debug)]
pub struct Pairs {
    pub(crate) src: *const f32,
    pub(crate) dst: *mut f32,
    /// Pairs.
    pub(crate) len: usize,
    /// Which element of a pair is the gate.
    pub(crate) gate: usize,
}

impl Walk for Pairs {
    #[inline(always)]
    unsafe fn walk<S: Machine, K: Kernel>(self, simd: S, kernel: K) {
        let Self {
            src,
            dst,
            len,
            gate,
        } = self;
        let place = Product {
            kernel,
            pairs: src,
            gate,
        };
        // SAFETY: `Product` reads a pair where the source would have an element, and the caller
        // vouches for `len` of them.
        unsafe { map(simd, Io { src, dst, len }, place) }
    }
}

/// A kernel's result for one element of each pair, times the other.
#[derive(Clone, Copy)]
struct Product<K> {
    kernel: K,
    /// As many as the buffer has elements.
    pairs: *const f32,
    /// 0 or 1.
    gate: usize,
}

impl<K> Product<K> {
    /// Gates and values of the pairs from `at` on.
    ///
    /// # Safety
    /// `N` vectors from pair `at` on, there are that many.
    #[inline(always)]
    unsafe fn split<S: Machine, const N: usize>(
        &self,
        simd: S,
        at: usize,
    ) -> ([S::f32s; N], [S::f32s; N]) {
        let mut gates = [simd.splat_f32s(0.0); N];
        let mut values = gates;
        for k in 0..N {
            // SAFETY: two vectors hold the pairs of one vector of results, says the caller.
            let [low, high] = unsafe { load(simd, self.pairs.add(2 * (at + k * S::F32_LANES))) };
            (gates[k], values[k]) = simd.unpair_f32s(low, high, self.gate);
        }
        (gates, values)
    }

    /// Gates and values of the first `count` pairs.
    ///
    /// # Safety
    /// There are that many, and they are at most a vector of results.
    #[inline(always)]
    unsafe fn split_first<S: Machine>(&self, simd: S, count: usize) -> (S::f32s, S::f32s) {
        let low = S::F32_LANES.min(2 * count);
        // SAFETY: the two read `2 * count` elements between them, neither more than a vector.
        let (low, high) = unsafe {
            (
                simd.load_first_f32s(low, self.pairs),
                simd.load_first_f32s(2 * count - low, self.pairs.add(low)),
            )
        };
        simd.unpair_f32s(low, high, self.gate)
    }
}

impl<K: Kernel> Place for Product<K> {
    const WEIGHT: Weight = K::WEIGHT;

    #[inline(always)]
    unsafe fn load<S: Machine, const N: usize>(
        self,
        simd: S,
        _src: *const f32,
        at: usize,
    ) -> [S::f32s; N] {
        // SAFETY: there is a pair for each of the buffer's elements, and the caller says that the
        // vectors lie inside it.
        unsafe { self.split::<S, N>(simd, at).0 }
    }

    #[inline(always)]
    unsafe fn load_first<S: Machine>(self, simd: S, _src: *const f32, count: usize) -> S::f32s {
        // SAFETY: there are `count` pairs, and `count` is less than a vector.
        unsafe { self.split_first(simd, count).0 }
    }

    #[inline(always)]
    unsafe fn vectors<S: Machine, const N: usize>(
        self,
        simd: S,
        at: usize,
        x: [S::f32s; N],
    ) -> [S::f32s; N] {
        let mut y = self.kernel.eval(Unrolled(simd), x);
        // SAFETY: as in `load`.
        let (_, values) = unsafe { self.split::<S, N>(simd, at) };
        for (y, value) in y.iter_mut().zip(values) {
            *y = simd.mul_f32s(*y, value);
        }
        y
    }

    #[inline(always)]
    unsafe fn first<S: Machine>(self, simd: S, count: usize, x: S::f32s) -> S::f32s {
        let [y] = self.kernel.eval(Unrolled(simd), [x]);
        // SAFETY: as in `load_first`.
        let (_, value) = unsafe { self.split_first(simd, count) };
        simd.mul_f32s(y, value)
    }
}
