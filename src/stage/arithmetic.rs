//! The stages that compute: an operation on each element and its operand.

use crate::drive::limits::{GateLimits, limited_factor, limited_result};
use crate::drive::{BinaryKernel, Weight};
use crate::simd::Vocabulary;
use crate::simd::odd::instead_of_negative;

/// `x + operand`.
#[derive(Clone, Copy)]
pub(super) struct Add;

impl BinaryKernel for Add {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s, operand: V::f32s) -> V::f32s {
        simd.add_f32s(x, operand)
    }
}

/// `x * operand`.
#[derive(Clone, Copy)]
pub(super) struct Multiply;

impl BinaryKernel for Multiply {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s, operand: V::f32s) -> V::f32s {
        simd.mul_f32s(x, operand)
    }
}

/// `if x > operand { operand } else { x }`.
#[derive(Clone, Copy)]
pub(super) struct AtMost;

impl BinaryKernel for AtMost {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s, operand: V::f32s) -> V::f32s {
        simd.at_most_f32s(x, operand)
    }
}

/// `x * operand`, both within the limits of a gate.
#[derive(Clone, Copy)]
pub(super) struct MultiplyLimited(pub(super) GateLimits);

impl BinaryKernel for MultiplyLimited {
    // So many operations that an unrolled loop of them is more code than its speed is worth.
    const WEIGHT: Weight = Weight::Long;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s, operand: V::f32s) -> V::f32s {
        let x = limited_result(simd, self.0, x);
        simd.mul_f32s(x, limited_factor(simd, self.0, operand))
    }
}

/// `x` where it is positive, `slope * x` where it is negative; all slopes are finite, and none is 0.
#[derive(Clone, Copy)]
pub(super) struct ScaleNegative;

impl BinaryKernel for ScaleNegative {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s, slope: V::f32s) -> V::f32s {
        simd.scale_negative_f32s(x, slope)
    }
}

/// As [`ScaleNegative`], and a slope may be 0. In the lanes where it is, -inf counts as the smallest finite number, so
/// that the product is a zero and not NaN.
#[derive(Clone, Copy)]
pub(super) struct ScaleNegativeOrFlat;

impl BinaryKernel for ScaleNegativeOrFlat {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s, slope: V::f32s) -> V::f32s {
        simd.scale_negative_f32s(finite_if_flat(simd, x, slope), slope)
    }
}

/// As [`ScaleNegativeOrFlat`], and a slope may be infinite or NaN.
#[derive(Clone, Copy)]
pub(super) struct ScaleNegativeByAny;

impl BinaryKernel for ScaleNegativeByAny {
    // As for `MultiplyLimited`.
    const WEIGHT: Weight = Weight::Long;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s, slope: V::f32s) -> V::f32s {
        let product = simd.mul_f32s(finite_if_flat(simd, x, slope), slope);
        instead_of_negative(simd, x, product)
    }
}

/// `x`, but the smallest finite number for -inf in the lanes in which the slope is 0.
#[inline(always)]
pub(super) fn finite_if_flat<V: Vocabulary>(simd: V, x: V::f32s, slope: V::f32s) -> V::f32s {
    let low = simd.select_f32s(
        simd.equal_f32s(slope, simd.splat_f32s(0.0)),
        simd.splat_f32s(f32::MIN),
        simd.splat_f32s(f32::NEG_INFINITY),
    );
    simd.at_least_f32s(x, low)
}
