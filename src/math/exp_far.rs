//! e^x and x e^x far from zero, where they leave the range of normal numbers.
//!
//! Algorithm: as in [`exp`](mod@super::exp), with the power of two in two factors, of which the second is multiplied such that
//! no product is subnormal: [`product_in_range`]. Error: that of [`power`], 0.27 ULP, and one rounding of a normal number;
//! one more where the result is subnormal. NaN gives NaN.

use super::exp::{self, Steps};
use crate::simd::{Vocabulary, product_in_range};

/// Up to here, in magnitude, e^x is a normal number.
pub(crate) const NEAR: f32 = 87.0;

/// e^x rounds to 0 from here on, and to infinity.
const LOWEST: f32 = -104.0;
const HIGHEST: f32 = 89.0;

/// Below, e^x is subnormal.
const SUBNORMAL: f32 = -87.337;

/// The same for x e^x.
const LOWEST_TIMES_X: f32 = -109.0;
const SUBNORMAL_TIMES_X: f32 = -91.9;

static STEPS: Steps = Steps::rising(1.0);

/// e^x as (head + head growth) 2^n: the head is 2^(j/8) to the nearest f32, and the bits those that [`exp::scale`] makes 2^n
/// of.
pub(crate) struct Power<F> {
    head: F,
    growth: F,
    pub(crate) bits: F,
}

impl<F: Copy> Power<F> {
    /// e^x, but for 2^n.
    #[inline(always)]
    pub(crate) fn mantissa<V: Vocabulary<f32s = F>>(&self, simd: V) -> F {
        simd.mul_add_f32s(self.head, self.growth, self.head)
    }
}

/// The parts of e^x.
#[inline(always)]
pub(crate) fn power<V: Vocabulary, const BIAS: i32>(simd: V, x: V::f32s) -> Power<V::f32s> {
    let (bits, r, low) = exp::reduce::<V, BIAS>(simd, x, &STEPS);
    let growth = exp::expm1(simd, simd.add_f32s(r, low));
    let head = simd.lookup_f32s(&STEPS.head, bits);
    Power { head, growth, bits }
}

/// e^x, which may be subnormal, 0 or infinite.
#[inline(always)]
pub(crate) fn exp<V: Vocabulary>(simd: V, x: V::f32s) -> V::f32s {
    let t = simd.at_least_f32s(x, simd.splat_f32s(LOWEST));
    let t = simd.at_most_f32s(t, simd.splat_f32s(HIGHEST));
    let power = power::<V, 127>(simd, t);
    let (first, second) = exp::two_scales(simd, power.bits);
    let y = simd.mul_f32s(power.mantissa(simd), first);
    let is_small = simd.less_than_f32s(t, simd.splat_f32s(SUBNORMAL));
    product_in_range(simd, y, second, is_small)
}

/// x where it is positive, and x e^x where it is negative, for |x| far above 1: what x/(1 + e^-x) is, and the like, as the
/// rest is less than 2^-24 of either.
#[inline(always)]
pub(crate) fn x_or_x_exp<V: Vocabulary>(simd: V, x: V::f32s) -> V::f32s {
    let t = simd.at_least_f32s(x, simd.splat_f32s(LOWEST_TIMES_X));
    let t = simd.at_most_f32s(t, simd.splat_f32s(-1.0));
    let Power { head, growth, bits } = power::<V, 127>(simd, t);
    let (first, second) = exp::two_scales(simd, bits);
    let u = simd.magnitude_f32s(t);
    let tail = simd.mul_f32s(head, growth);
    let y = simd.mul_add_f32s(u, head, simd.mul_f32s(u, tail));
    let is_small = simd.less_than_f32s(t, simd.splat_f32s(SUBNORMAL_TIMES_X));
    let y = product_in_range(simd, simd.mul_f32s(y, first), second, is_small);
    let is_below = simd.less_than_f32s(x, simd.splat_f32s(0.0));
    simd.select_f32s(is_below, simd.xor_f32s(y, simd.splat_f32s(-0.0)), x)
}
