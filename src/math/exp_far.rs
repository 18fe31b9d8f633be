//! e^x and x e^x far from zero, where they leave the range of normal numbers.
//!
//! Algorithm: as in [`exp`](mod@super::exp), with the power of two in two factors, of which the second is multiplied such that
//! no product is subnormal: [`product_in_range`]. Error: that of [`power()`], 0.27 ULP, and one rounding of a normal number;
//! one more where the result is subnormal. NaN gives NaN.

use super::exp::{self, Power, RISING, power};
use super::x_or_less;
use crate::simd::{Vocabulary, product_in_range};

/// Up to here, in magnitude, e^x is a normal number.
pub(crate) const NEAR: f32 = 87.0;

/// e^x rounds to 0 from here on down.
const LOWEST: f32 = -104.0;

/// e^x is infinite from here on.
const HIGHEST: f32 = 89.0;

/// Below, e^x is subnormal.
const SUBNORMAL: f32 = -87.337;

/// x e^x rounds to -0 from here on down.
const LOWEST_TIMES_X: f32 = -109.0;

/// Below, x e^x is subnormal.
const SUBNORMAL_TIMES_X: f32 = -91.9;

/// e^x, which may be subnormal, 0 or infinite.
#[inline(always)]
pub(crate) fn exp<V: Vocabulary>(simd: V, x: V::f32s) -> V::f32s {
    let t = simd.at_least_f32s(x, simd.splat_f32s(LOWEST));
    let t = simd.at_most_f32s(t, simd.splat_f32s(HIGHEST));
    let power = power::<V, 127>(simd, t, &RISING);
    let is_small = simd.less_than_f32s(t, simd.splat_f32s(SUBNORMAL));
    scaled(simd, power.mantissa(simd), power.bits, is_small)
}

/// x where it is positive, and x e^x where it is negative, for |x| far above 1: what x/(1 + e^-x) is, and the like, as the
/// rest is less than 2^-24 of either.
#[inline(always)]
pub(crate) fn x_or_x_exp<V: Vocabulary>(simd: V, x: V::f32s) -> V::f32s {
    let t = simd.at_least_f32s(x, simd.splat_f32s(LOWEST_TIMES_X));
    let t = simd.at_most_f32s(t, simd.splat_f32s(-1.0));
    let Power { head, growth, bits } = power::<V, 127>(simd, t, &RISING);
    let u = simd.magnitude_f32s(t);
    let tail = simd.mul_f32s(head, growth);
    let y = simd.mul_add_f32s(u, head, simd.mul_f32s(u, tail));
    let is_small = simd.less_than_f32s(t, simd.splat_f32s(SUBNORMAL_TIMES_X));
    x_or_less(simd, x, scaled(simd, y, bits, is_small))
}

/// `y` times the power of two that the bits stand for, which is subnormal or 0 where `is_small` is set.
#[inline(always)]
fn scaled<V: Vocabulary>(simd: V, y: V::f32s, bits: V::f32s, is_small: V::m32s) -> V::f32s {
    let (first, second) = exp::two_scales(simd, bits);
    product_in_range(simd, simd.mul_f32s(y, first), second, is_small)
}
