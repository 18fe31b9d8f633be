//! 1 - e^t: -expm1(t), whose zero is +0, which is what the kernels want to subtract; and e^t - 1 for all t.
//!
//! Algorithm of the first: t = n ln2 + r with an integer n and |r| <= ln2/2, so that 1 - e^t is
//! (1 - 2^n) - 2^n (e^r - 1). The first difference is exact down to n = -24, and below all but nothing else
//! counts. e^r - 1 is a polynomial whose largest term, r, is added last. As n is small one number stands
//! for ln2, and r is exact: what n times the rest of ln2 is, 2^n makes less than 2^-30.
//!
//! Interval of the fit: |r| <= 1.001 ln2/2, of relative error 1.4e-8. Error: 0.95 ULP, most where t is about
//! -0.38: there the rounding of e^r - 1 weighs most. It never falls as t falls. ±0 give +0, NaN gives NaN.
//!
//! Algorithm of the second, which knows no small n: e^t = 2^n head e^r with a head of twelve bits, so that
//! head - 2^-n is exact where it is small, as is the result for r = 0. The rest, head (e^r - 1), is added in
//! one rounding, with what that difference lost; next to t = 0 it is all there is. What has to be added to r
//! is added after the largest term, so that e^r - 1 is rounded once in all.

use super::exp::{Steps, beyond_linear, reduce, scale};
use super::exp16::{EXPM1_16, exp16};
use super::{hex, polynomial};
use crate::drive::precision::Precision;
use crate::simd::Vocabulary;

/// From here on down the result is 1.
pub(crate) const LOWEST: f32 = -18.0;

/// 1 / ln 2.
const PER_LN2: f32 = hex("0x1.715476p0"); // 1.4426950

/// ln 2.
const LN2: f32 = hex("0x1.62e43p-1"); // 0.69314718

/// Coefficients of (e^r - 1 - r) / r^2, from the constant term up.
const COEFFICIENTS: [f32; 5] = [
    hex("0x1.fffffep-2"),  // 0.49999997
    hex("0x1.5554bp-3"),   // 0.16666543
    hex("0x1.555718p-5"),  // 0.041667506
    hex("0x1.1227b8p-7"),  // 0.0083665513
    hex("0x1.6b7182p-10"), // 0.0013864264
];

/// What, added to a number and subtracted again, rounds it to an integer n; the last bits of the sum then
/// are the exponent of 2^n.
const ROUNDER: f32 = (0x00c0_0000 + 127) as f32;

/// 1 - e^x where x is negative, else +0.
#[inline(always)]
pub(crate) fn one_less_exp<V: Vocabulary>(simd: V, x: V::f32s) -> V::f32s {
    let t = simd.at_most_f32s(x, simd.splat_f32s(0.0));
    let t = simd.at_least_f32s(t, simd.splat_f32s(LOWEST));
    let (power, r) = reduce_small(simd, t);
    one_less(simd, power, growth(simd, r, r))
}

/// 1 - e^(t + `t_low`) for [`LOWEST`] <= t <= 0 and a small `t_low`.
#[inline(always)]
pub(crate) fn one_less_exp_of_sum<V: Vocabulary>(simd: V, t: V::f32s, t_low: V::f32s) -> V::f32s {
    let (power, r) = reduce_small(simd, t);
    let beyond_r = growth(simd, simd.add_f32s(r, t_low), t_low);
    one_less(simd, power, simd.add_f32s(r, beyond_r))
}

/// 2^n and r for [`LOWEST`] <= t <= 0.
#[inline(always)]
pub(crate) fn reduce_small<V: Vocabulary>(simd: V, t: V::f32s) -> (V::f32s, V::f32s) {
    let rounder = simd.splat_f32s(ROUNDER);
    let bits = simd.mul_add_f32s(t, simd.splat_f32s(PER_LN2), rounder);
    let n = simd.sub_f32s(bits, rounder);
    let r = simd.negate_mul_add_f32s(n, simd.splat_f32s(LN2), t);
    (simd.shift_left_bits_f32s::<23>(bits), r)
}

/// `e^r - 1 - r + linear`.
#[inline(always)]
fn growth<V: Vocabulary>(simd: V, r: V::f32s, linear: V::f32s) -> V::f32s {
    let beyond_linear = polynomial(simd, r, &COEFFICIENTS);
    simd.mul_add_f32s(simd.mul_f32s(r, r), beyond_linear, linear)
}

#[inline(always)]
fn one_less<V: Vocabulary>(simd: V, power: V::f32s, growth: V::f32s) -> V::f32s {
    let rest = simd.sub_f32s(simd.splat_f32s(1.0), power);
    simd.negate_mul_add_f32s(power, growth, rest)
}

/// The heads are doubled and the exponents less by one, so that 2^128 head, just below infinity, has
/// factors.
static STEPS: Steps = Steps::short(2.0);
const BIAS: i32 = -1;

/// e^t - 1 for [`LOWEST`] <= t <= 89, but for the sign of zero; infinite where it ought to be.
#[inline(always)]
pub(crate) fn expm1<V: Vocabulary>(simd: V, t: V::f32s) -> V::f32s {
    let (bits, r, low) = reduce::<V, BIAS>(simd, t, &STEPS);
    let sum = simd.add_f32s(r, low);
    let beyond_r = simd.mul_add_f32s(simd.mul_f32s(sum, sum), beyond_linear(simd, sum), low);
    // 2^(n-1), the doubled head, and head (e^r - 1), doubled.
    let half = scale(simd, bits);
    let head = simd.lookup_f32s(&STEPS.head, bits);
    let tail = simd.mul_add_f32s(head, r, simd.mul_f32s(head, beyond_r));
    // 2^n is factored out of the 1, too: its product with the head may be infinite where that with
    // the sum is not. 1/half has the exponent -e where half has e: the fields add up to 254.
    let inverse = simd.sub_bits_f32s(simd.splat_f32s(f32::from_bits(254 << 23)), half);
    // What the difference's rounding takes is exact again (Knuth's sum of two, in either order).
    let rest = simd.sub_f32s(head, inverse);
    let of_inverse = simd.sub_f32s(rest, head);
    let of_head = simd.sub_f32s(rest, of_inverse);
    let lost = simd.sub_f32s(
        simd.sub_f32s(head, of_head),
        simd.add_f32s(inverse, of_inverse),
    );
    simd.mul_f32s(simd.add_f32s(rest, simd.add_f32s(tail, lost)), half)
}

/// Coefficients of (e^x - 1 - x) / x^2 for |x| up to [`MEETING`], from the constant term up.
const NEAR_16: [f32; 5] = [
    hex("0x1p-1"),         // 0.5
    hex("0x1.555556p-3"),  // 0.16666667
    hex("0x1.55567ap-5"),  // 0.041667212
    hex("0x1.1111p-7"),    // 0.00833333
    hex("0x1.6c16c2p-10"), // 0.0013888889
];

/// Where the two parts for results of 16 bits meet.
const MEETING: f32 = 0.34375;

/// What is added next to zero where results are f16: it shows about 2^-10 alone, where one result is next to a tie.
const SPECK_F16: f32 = hex("0x1.8p-35"); // 4.3655746e-11

/// e^x - 1 for [`LOWEST`] <= x <= 89, for results of 16 bits, but for the sign of zero: by a polynomial next to zero,
/// where 1 would cancel most of e^x.
#[inline(always)]
pub(crate) fn expm1_16<T: Precision, V: Vocabulary>(simd: V, x: V::f32s) -> V::f32s {
    let far = simd.sub_f32s(exp16(simd, x, &EXPM1_16), simd.splat_f32s(1.0));
    let square = simd.mul_f32s(x, x);
    let mut near = simd.mul_add_f32s(square, polynomial(simd, x, &NEAR_16), x);
    if const { !T::HAS_RANGE_OF_F32 } {
        near = simd.add_f32s(near, simd.splat_f32s(SPECK_F16));
    }
    let is_near = simd.less_than_f32s(simd.magnitude_f32s(x), simd.splat_f32s(MEETING));
    simd.select_f32s(is_near, near, far)
}
