//! 1 - e^t: -expm1(t), whose zero is +0, which is what the kernels want to subtract.
//!
//! Algorithm: e^t = 2^n head e^r with a head of twelve bits, so that 1 - 2^n head is exact where it is
//! small, as is the result for r = 0. The rest, 2^n head (e^r - 1), is subtracted in one rounding; next
//! to t = 0 it is all there is. What has to be added to r is added after the largest term, so that
//! e^r - 1 is rounded once in all.
//!
//! Error: 0.9 ULP, most where the result is about 0.05: there the roundings of e^r - 1 weigh most. It never
//! falls as t falls. ±0 give +0, NaN gives NaN.

use super::exp::{Steps, beyond_linear, reduce, scale};
use crate::simd::Vocabulary;

/// From here on down the result is 1.
pub(crate) const LOWEST: f32 = -18.0;

/// The heads are doubled and the exponents less by one, so that 2^128 head, just below infinity, has
/// factors.
static STEPS: Steps = Steps::short(2.0);
const BIAS: i32 = -1;

/// 2^(n-1), the doubled head, and head (e^r - 1), doubled.
struct Parts<F> {
    half: F,
    head: F,
    tail: F,
}

/// The parts of e^(t + `t_low`).
#[inline(always)]
fn parts<V: Vocabulary>(simd: V, t: V::f32s, t_low: Option<V::f32s>) -> Parts<V::f32s> {
    let (bits, r, low) = reduce::<V, BIAS>(simd, t, &STEPS);
    let low = match t_low {
        Some(t_low) => simd.add_f32s(low, t_low),
        None => low,
    };
    let sum = simd.add_f32s(r, low);
    let beyond_r = simd.mul_add_f32s(simd.mul_f32s(sum, sum), beyond_linear(simd, sum), low);
    let head = simd.lookup_f32s(&STEPS.head, bits);
    Parts {
        half: scale(simd, bits),
        head,
        tail: simd.mul_add_f32s(head, r, simd.mul_f32s(head, beyond_r)),
    }
}

/// 1 - e^x where x is negative, else +0.
#[inline(always)]
pub(crate) fn one_less_exp<V: Vocabulary>(simd: V, x: V::f32s) -> V::f32s {
    let t = simd.at_most_f32s(x, simd.splat_f32s(0.0));
    let t = simd.at_least_f32s(t, simd.splat_f32s(LOWEST));
    one_less(simd, parts(simd, t, None))
}

/// 1 - e^(t + `t_low`) for [`LOWEST`] <= t <= 0 and a small `t_low`.
#[inline(always)]
pub(crate) fn one_less_exp_of_sum<V: Vocabulary>(simd: V, t: V::f32s, t_low: V::f32s) -> V::f32s {
    one_less(simd, parts(simd, t, Some(t_low)))
}

#[inline(always)]
fn one_less<V: Vocabulary>(simd: V, parts: Parts<V::f32s>) -> V::f32s {
    let Parts { half, head, tail } = parts;
    let one = simd.splat_f32s(1.0);
    let rest = simd.negate_mul_add_f32s(half, head, one);
    // What its rounding took, which for t < -9 is not 0.
    let lost = simd.negate_mul_add_f32s(half, head, simd.sub_f32s(one, rest));
    simd.add_f32s(rest, simd.negate_mul_add_f32s(half, tail, lost))
}

/// e^t - 1 for [`LOWEST`] <= t <= 89, but for the sign of zero; infinite where it ought to be.
#[inline(always)]
pub(crate) fn expm1<V: Vocabulary>(simd: V, t: V::f32s) -> V::f32s {
    let Parts { half, head, tail } = parts(simd, t, None);
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
