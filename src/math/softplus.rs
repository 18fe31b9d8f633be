//! log(1 + e^t) for t <= 0, divided by a power of two.
//!
//! Algorithm: with e^t = 2^n a, a = head e^r from [`exp`], log(1 + e^t) = 2^n (s a + a q(e^t)), where s is
//! 27/32, in the middle of the values of log(1 + e)/e on (0, 1], and q a polynomial for the rest, at
//! most 0.16 in magnitude. So s head is exact, and the other terms add little to one rounding.
//!
//! Interval of the fit: 0 < e <= 1, in powers of e - 1/2. Error of the fit 6.3e-9 relative, with the
//! roundings at most 1.06 ULP, for t = 0 to -110, where the result is less than half the smallest f32.
//! NaN gives NaN.
//!
//! [`exp`]: super::exp

use super::exp::{Steps, expm1, reduce, scale};
use super::hex;
use crate::simd::Vocabulary;

/// From here on down the result is 0.
pub(crate) const LOWEST: f32 = -110.0;

/// 2^n is returned times 2^40, so that it is a normal number, and the rest divided by it.
const BIAS: i32 = 40;

static STEPS: Steps = Steps::short(1.0 / (1u64 << BIAS) as f32);

const SLOPE: f32 = 27.0 / 32.0;

/// Coefficients of log(1 + e)/e - 27/32 in v = e - 1/2, from the constant term up.
const COEFFICIENTS: [f32; 10] = [
    hex("-0x1.0cdc12p-5"), // -0.032819781
    hex("-0x1.2773a8p-2"), // -0.28852713
    hex("0x1.0f955ap-3"),  // 0.13260908
    hex("-0x1.153eaep-4"), // -0.067686729
    hex("0x1.2c1bc6p-5"),  // 0.036634337
    hex("-0x1.513d04p-6"), // -0.020583395
    hex("0x1.7b84d2p-7"),  // 0.011581996
    hex("-0x1.b5f866p-8"), // -0.0066828965
    hex("0x1.57a1e2p-8"),  // 0.0052434136
    hex("-0x1.b856c4p-9"), // -0.0033595194
];

/// `scale * (high + low)` is log(1 + e^t); the sum is not rounded yet.
pub(crate) struct Scaled<F> {
    pub(crate) scale: F,
    pub(crate) high: F,
    pub(crate) low: F,
}

/// log(1 + e^(t + `t_low`)) for [`LOWEST`] <= t <= 0 and a small `t_low`.
#[inline(always)]
pub(crate) fn log1p_exp<V: Vocabulary>(
    simd: V,
    t: V::f32s,
    t_low: Option<V::f32s>,
) -> Scaled<V::f32s> {
    let (bits, r, low) = reduce::<V, BIAS>(simd, t, &STEPS);
    let low = match t_low {
        Some(t_low) => simd.add_f32s(low, t_low),
        None => low,
    };
    let growth = expm1(simd, simd.add_f32s(r, low));
    let head = simd.lookup_f32s(&STEPS.head, bits);
    let scale = scale(simd, bits);
    let a = simd.mul_add_f32s(head, growth, head);

    let v = simd.sub_f32s(simd.mul_f32s(a, scale), simd.splat_f32s(0.5));
    let mut q = simd.splat_f32s(COEFFICIENTS[COEFFICIENTS.len() - 1]);
    let mut i = COEFFICIENTS.len() - 1;
    while i > 0 {
        i -= 1;
        q = simd.mul_add_f32s(q, v, simd.splat_f32s(COEFFICIENTS[i]));
    }

    let slope = simd.mul_f32s(head, simd.splat_f32s(SLOPE));
    Scaled {
        scale,
        high: slope,
        low: simd.mul_add_f32s(a, q, simd.mul_f32s(slope, growth)),
    }
}
