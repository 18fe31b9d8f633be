//! One tensor's activation times another tensor, where their elements take turns in memory.

use super::map::{Place, map};
use super::{Cached, Io, Kernel, Walk, Weight};
use crate::simd::{Machine, Unrolled, Vocabulary};
use core::hint::black_box;
use core::marker::PhantomData;

/// Lanes of the widest vector.
const MAX_LANES: usize = 16;

/// Pairs of a gate and a value, in either order, and where their products go.
///
/// As a walk it asks that `src` is valid for reads of `2 * len` elements and `dst` for writes of `len`,
/// and that the two do not overlap.
#[derive(Clone, Copy, Debug)]
pub struct Pairs {
    pub(crate) src: *const f32,
    pub(crate) dst: *mut f32,
    /// Pairs.
    pub(crate) len: usize,
    /// Whether the second element of a pair is the gate.
    pub(crate) value_first: bool,
}

impl Walk for Pairs {
    type Stores = Cached;

    #[inline(always)]
    unsafe fn walk<S: Machine, K: Kernel>(self, simd: S, kernel: K) {
        let Self { src, dst, len, .. } = self;
        let io = Io {
            src,
            dst,
            len,
            stores: PhantomData::<Cached>,
        };
        let values = match K::WEIGHT {
            Weight::Light => src,
            // Such kernels have no registers to spare for the values, which are better read again:
            // from a pointer that the compiler does not know to be the same.
            Weight::Long | Weight::Heavy => black_box(src),
        };
        // Two loops, as an order that is known costs nothing.
        // SAFETY: `Product` reads a pair where the source would have an element, and the caller
        // vouches for `len` of them.
        unsafe {
            if self.value_first {
                map(simd, io, Product::<K, true> { kernel, values });
            } else {
                map(simd, io, Product::<K, false> { kernel, values });
            }
        }
    }
}

/// A kernel's result for one element of each pair, times the other.
#[derive(Clone, Copy)]
struct Product<K, const VALUE_FIRST: bool> {
    kernel: K,
    /// The pairs, as many as the buffer has elements, where the values are read.
    values: *const f32,
}

/// Gates and values of the pairs of `N` vectors from pair `at` on, in the order that
/// [`Machine::load_pairs_f32s`] has them.
///
/// # Safety
/// `pairs` are valid for reads of that many.
#[inline(always)]
unsafe fn split<S: Machine, const N: usize, const VALUE_FIRST: bool>(
    simd: S,
    pairs: *const f32,
    at: usize,
) -> ([S::f32s; N], [S::f32s; N]) {
    let mut first = [simd.splat_f32s(0.0); N];
    let mut second = first;
    for k in 0..N {
        // SAFETY: the caller vouches for the pairs of all `N`.
        (first[k], second[k]) =
            unsafe { simd.load_pairs_f32s(pairs.add(2 * (at + k * S::F32_LANES))) };
    }
    if VALUE_FIRST {
        (second, first)
    } else {
        (first, second)
    }
}

/// Gates and values of the first `count` pairs, in such an order; the other lanes are `0.0`.
///
/// # Safety
/// `pairs` are valid for reads of that many, which is at most a vector of results.
#[inline(always)]
unsafe fn split_first<S: Machine, const VALUE_FIRST: bool>(
    simd: S,
    pairs: *const f32,
    count: usize,
) -> ([S::f32s; 1], [S::f32s; 1]) {
    const { assert!(S::F32_LANES <= MAX_LANES) };
    let mut cells = [0.0; 2 * MAX_LANES];
    let first = S::F32_LANES.min(2 * count);
    // SAFETY: the two read `2 * count` elements between them, neither more than a vector, and the
    // cells are two vectors.
    unsafe {
        let low = simd.load_first_f32s(first, pairs);
        let high = simd.load_first_f32s(2 * count - first, pairs.add(first));
        simd.store_f32s(cells.as_mut_ptr(), low);
        simd.store_f32s(cells.as_mut_ptr().add(S::F32_LANES), high);
        split::<S, 1, VALUE_FIRST>(simd, cells.as_ptr(), 0)
    }
}

impl<K: Kernel, const VALUE_FIRST: bool> Place for Product<K, VALUE_FIRST> {
    const WEIGHT: Weight = K::WEIGHT;
    const APART: bool = true;

    #[inline(always)]
    unsafe fn load<S: Machine, const N: usize>(
        self,
        simd: S,
        src: *const f32,
        at: usize,
    ) -> [S::f32s; N] {
        // SAFETY: there is a pair for each of the buffer's elements, and the caller says that the
        // vectors lie inside it.
        unsafe { split::<S, N, VALUE_FIRST>(simd, src, at).0 }
    }

    #[inline(always)]
    unsafe fn load_first<S: Machine>(self, simd: S, src: *const f32, count: usize) -> S::f32s {
        // SAFETY: there are `count` pairs, and `count` is less than a vector.
        let ([gate], _) = unsafe { split_first::<S, VALUE_FIRST>(simd, src, count) };
        gate
    }

    #[inline(always)]
    unsafe fn vectors<S: Machine, const N: usize>(
        self,
        simd: S,
        at: usize,
        x: [S::f32s; N],
    ) -> [S::f32s; N] {
        let y = self.kernel.eval(Unrolled(simd), x);
        // SAFETY: as in `load`.
        let (_, values) = unsafe { split::<S, N, VALUE_FIRST>(simd, self.values, at) };
        let mut y = Unrolled(simd).mul_f32s(y, values);
        for y in &mut y {
            *y = simd.in_order_f32s(*y);
        }
        y
    }

    #[inline(always)]
    unsafe fn first<S: Machine>(self, simd: S, count: usize, x: S::f32s) -> S::f32s {
        let [y] = self.kernel.eval(Unrolled(simd), [x]);
        // SAFETY: as in `load_first`.
        let (_, [value]) = unsafe { split_first::<S, VALUE_FIRST>(simd, self.values, count) };
        simd.in_order_f32s(simd.mul_f32s(y, value))
    }
}
