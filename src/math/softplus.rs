//! log(1 + e^x), the logarithm of a sum whose larger term is known: in two parts.
//!
//! [`near`], for |x| < 11/16: log 2 + x/2 + log cosh(x/2), of which the last is even, x^2 q(x^2). Next
//! to 0 a neighbour's result is a small fraction of an ULP away; x/2 + x (x q) rises all the same, as the
//! second product's roundings are smaller than the steps of x/2.
//!
//! [`far`], for |x| >= 11/16: log(1 + e^x) = max(x, 0) + log(1 + e^t) with t = -|x|. With e^t = 2^n head e^r
//! from [`exp`], log(1 + e^t) = 2^n head (s + s (e^r - 1) + q e^r), where s is 15/16, in the middle of the
//! values of log(1 + e)/e, and q is a polynomial in e = e^t for the rest, at most 0.09 in magnitude. So
//! s head is exact, and the other terms add little to one rounding.
//!
//! Intervals of the fits: |x| <= 0.691; 0 < e <= 0.5034. Errors of the fits: 4.3e-10 absolute, 3.3e-9
//! relative; with the roundings at most 0.97 ULP. NaN gives NaN.
//!
//! [`exp`]: super::exp

use super::exp::{Steps, expm1, reduce, scale};
use super::{exp_far, hex, polynomial};
use crate::simd::{NEXT_TO_ZERO, Vocabulary};

/// 2^n is returned times 2^40, so that it is a normal number, and the rest divided by it.
const BIAS: i32 = 40;

static STEPS: Steps = Steps::short(1.0 / (1u64 << BIAS) as f32);

/// Coefficients of log(cosh(x/2))/x^2 in x^2, from the constant term up.
const NEAR: [f32; 4] = [
    hex("0x1p-3"),          // 0.125
    hex("-0x1.5554aap-8"),  // -0.0052082934
    hex("0x1.6b8e8p-12"),   // 3.4671463e-4
    hex("-0x1.9ae6c6p-16"), // -2.4491635e-5
];

/// Where the two parts meet.
const MEETING: f32 = 11.0 / 16.0;

/// s.
const SLOPE: f32 = 15.0 / 16.0;

/// The middle of the values of e.
const CENTRE: f32 = 3.0 / 16.0;

/// Coefficients of log(1 + e)/e - s in e - 3/16, from the constant term up.
const FAR: [f32; 8] = [
    hex("-0x1.577ed2p-6"), // -0.020965295
    hex("-0x1.967becp-2"), // -0.39695710
    hex("0x1.cef8a8p-3"),  // 0.22606021
    hex("-0x1.26eb6cp-3"), // -0.14400372
    hex("0x1.8fc9d8p-4"),  // 0.097604603
    hex("-0x1.1c967ap-4"), // -0.069479443
    hex("0x1.9f9022p-5"),  // 0.050727908
    hex("-0x1.bfb62ep-6"), // -0.027326150
];

/// log(1 + e^x) for |x| up to [`exp_far::NEAR`].
#[inline(always)]
pub(crate) fn softplus<V: Vocabulary>(simd: V, x: V::f32s) -> V::f32s {
    // No result shows what is added, but with it no subnormal number is multiplied, which takes long.
    let x = simd.add_f32s(x, simd.splat_f32s(NEXT_TO_ZERO));
    let t = simd.or_f32s(x, simd.splat_f32s(-0.0));
    let (scale, far) = far(simd, t);
    let max = simd.at_least_f32s(x, simd.splat_f32s(0.0));
    let far = simd.mul_add_f32s(scale, far.value(simd), max);
    simd.select_f32s(is_near(simd, t), near(simd, x), far)
}

/// log(1 + e^x) for larger |x|: x, or e^x, as the other term is less than 2^-24 of either.
#[inline(always)]
pub(crate) fn softplus_far<V: Vocabulary>(simd: V, x: V::f32s) -> V::f32s {
    let is_above = simd.less_than_f32s(simd.splat_f32s(0.0), x);
    simd.select_f32s(is_above, x, exp_far::exp(simd, x))
}

/// Whether `below`, which is -|x|, is for [`near`].
#[inline(always)]
pub(crate) fn is_near<V: Vocabulary>(simd: V, below: V::f32s) -> V::m32s {
    simd.less_than_f32s(simd.splat_f32s(-MEETING), below)
}

/// log(1 + e^x) for |x| <= 11/16.
#[inline(always)]
pub(crate) fn near<V: Vocabulary>(simd: V, x: V::f32s) -> V::f32s {
    let q = polynomial(simd, simd.mul_f32s(x, x), &NEAR);
    let half = simd.mul_f32s(x, simd.splat_f32s(0.5));
    let rest = simd.mul_add_f32s(x, simd.mul_f32s(x, q), half);
    simd.add_f32s(rest, simd.splat_f32s(core::f32::consts::LN_2))
}

/// `high + head * rest`, times a power of two, is log(1 + e^t); the sum is not rounded yet.
pub(crate) struct Far<F> {
    high: F,
    head: F,
    rest: F,
}

impl<F: Copy> Far<F> {
    /// The sum, rounded.
    #[inline(always)]
    pub(crate) fn value<V: Vocabulary<f32s = F>>(&self, simd: V) -> F {
        simd.mul_add_f32s(self.head, self.rest, self.high)
    }

    /// What the rounding of `value` took.
    #[inline(always)]
    pub(crate) fn value_low<V: Vocabulary<f32s = F>>(&self, simd: V, value: F) -> F {
        simd.mul_add_f32s(self.head, self.rest, simd.sub_f32s(self.high, value))
    }
}

/// log(1 + e^t) for -[`exp_far::NEAR`] <= t <= -11/16, and the factor 2^n/2^40 of it.
#[inline(always)]
fn far<V: Vocabulary>(simd: V, t: V::f32s) -> (V::f32s, Far<V::f32s>) {
    let (bits, r, low) = reduce::<V, BIAS>(simd, t, &STEPS);
    let scale = scale(simd, bits);
    let r = simd.add_f32s(r, low);
    (scale, far_part(simd, bits, r, scale, &STEPS))
}

/// log(1 + e^t), where e^t is `scale` 2^(j/8) e^r with the bits of j, and 2^(j/8) to be found in `steps`.
#[inline(always)]
pub(crate) fn far_part<V: Vocabulary>(
    simd: V,
    bits: V::f32s,
    r: V::f32s,
    scale: V::f32s,
    steps: &Steps,
) -> Far<V::f32s> {
    let growth = expm1(simd, r);
    let head = simd.lookup_f32s(&steps.head, bits);
    let e = simd.mul_f32s(simd.mul_add_f32s(head, growth, head), scale);
    let q = polynomial(simd, simd.sub_f32s(e, simd.splat_f32s(CENTRE)), &FAR);
    let slope = simd.splat_f32s(SLOPE);
    Far {
        high: simd.mul_f32s(head, slope),
        head,
        rest: simd.mul_add_f32s(growth, simd.add_f32s(q, slope), q),
    }
}
