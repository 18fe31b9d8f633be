//! One tensor's activation times another tensor: both read along the same rows.

use super::map::{Place, load, map};
use super::{Io, Kernel, Walk, Weight};
use crate::simd::{Machine, Unrolled, Vocabulary};

/// Rows of a gate, as many of a value, and where their products go, row after row.
///
/// As a walk it asks that `gate` and `value` are valid for reads of `count` rows of `len` elements,
/// `stride` apart, and `dst` for writes of `count * len` elements. What is written is the gate itself,
/// where that is one row, or nothing of what is read.
#[derive(Clone, Copy, Debug)]
pub struct Rows {
    pub(crate) gate: *const f32,
    pub(crate) value: *const f32,
    pub(crate) dst: *mut f32,
    /// Elements in a row.
    pub(crate) len: usize,
    /// Rows.
    pub(crate) count: usize,
    /// Elements from the start of a row to that of the next, of the gate and of the value.
    pub(crate) stride: usize,
}

impl Walk for Rows {
    #[inline(always)]
    unsafe fn walk<S: Machine, K: Kernel>(self, simd: S, kernel: K) {
        for row in 0..self.count {
            // SAFETY: the row is one of those that the caller vouches for, and `map` gets it whole.
            unsafe {
                let io = Io {
                    src: self.gate.add(row * self.stride),
                    dst: self.dst.add(row * self.len),
                    len: self.len,
                };
                let factors = self.value.add(row * self.stride);
                map(simd, io, Times { kernel, factors });
            }
        }
    }
}

/// A kernel's results, each times a factor.
#[derive(Clone, Copy)]
struct Times<K> {
    kernel: K,
    /// As many as the buffer has elements.
    factors: *const f32,
}

impl<K: Kernel> Place for Times<K> {
    const WEIGHT: Weight = K::WEIGHT;

    #[inline(always)]
    unsafe fn vectors<S: Machine, const N: usize>(
        self,
        simd: S,
        at: usize,
        x: [S::f32s; N],
    ) -> [S::f32s; N] {
        let simd = Unrolled(simd);
        let y = self.kernel.eval(simd, x);
        // SAFETY: there is a factor for each of the buffer's elements, and the caller says that the
        // vectors lie inside it.
        let factors = unsafe { load(simd.0, self.factors.add(at)) };
        simd.mul_f32s(y, factors)
    }

    #[inline(always)]
    unsafe fn first<S: Machine>(self, simd: S, count: usize, x: S::f32s) -> S::f32s {
        let [y] = self.kernel.eval(Unrolled(simd), [x]);
        // SAFETY: there are `count` factors, and `count` is less than a vector.
        let factors = unsafe { simd.load_first_f32s(count, self.factors) };
        simd.mul_f32s(y, factors)
    }
}
