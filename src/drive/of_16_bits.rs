//! Kernels for 16-bit elements, beside those of f32.

use super::precision::Precision;
use super::{Kernel, Weight};
use crate::simd::Vocabulary;
use core::marker::PhantomData;

/// A kernel that has other operations for results of 16 bits.
pub(crate) trait KernelOf16Bits: Kernel {
    /// As [`Kernel::WEIGHT`].
    const WEIGHT_OF_16_BITS: Weight = Self::WEIGHT;

    /// As [`Kernel::eval`], for elements of type `T`. If they are f16 all are given to it, infinities and NaN, too; none but
    /// zeros is next to zero.
    fn eval_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s;

    /// As [`Kernel::near_zero`].
    #[inline(always)]
    fn near_zero_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        self.near_zero(simd, x)
    }
}

/// A kernel as it is for elements of type `T`, which have 16 bits.
#[derive(Clone, Copy)]
pub(crate) struct Of16Bits<K, T> {
    kernel: K,
    elements: PhantomData<T>,
}

impl<K, T> Of16Bits<K, T> {
    pub(crate) const fn new(kernel: K) -> Self {
        Self {
            kernel,
            elements: PhantomData,
        }
    }
}

impl<K: KernelOf16Bits, T: Precision> Kernel for Of16Bits<K, T> {
    const WEIGHT: Weight = K::WEIGHT_OF_16_BITS;
    const HAS_NEAR_ZERO: bool = K::HAS_NEAR_ZERO;
    const LARGEST: f32 = if T::HAS_RANGE_OF_F32 {
        K::LARGEST
    } else {
        f32::INFINITY
    };

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        self.kernel.eval_16::<T, V>(simd, x)
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        self.kernel.far(simd, x)
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        self.kernel.near_zero_16::<T, V>(simd, x)
    }
}
