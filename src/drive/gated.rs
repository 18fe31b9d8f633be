//! One tensor's activation times another tensor.

use super::map::{Place, load, map};
use super::{Cached, Io, Kernel, Stores, Walk, Weight};
use crate::simd::{Machine, Unrolled, Vocabulary};

/// A gate, and a value for each of its elements.
///
/// As a walk it asks that `gate` is as in the plain walk, and that `value` is valid for reads of as many
/// elements, which are not written.
#[derive(Clone, Copy, Debug)]
pub struct TwoTensors<M = Cached> {
    pub(crate) gate: Io<f32, M>,
    pub(crate) value: *const f32,
}

impl<M: Stores> TwoTensors<M> {
    /// The same, written otherwise.
    #[inline(always)]
    pub(crate) fn by<N: Stores>(self) -> TwoTensors<N> {
        let Self { gate, value } = self;
        let gate = gate.by();
        TwoTensors { gate, value }
    }
}

impl<M: Stores> Walk for TwoTensors<M> {
    type Stores = M;

    #[inline(always)]
    unsafe fn walk<S: Machine, K: Kernel>(self, simd: S, kernel: K) {
        let place = Times {
            kernel,
            factors: self.value,
        };
        // SAFETY: there is a factor for each element, and the rest is the caller's promise.
        unsafe { map(simd, self.gate, place) }
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
