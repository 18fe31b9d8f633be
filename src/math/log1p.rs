//! log(1 + z) for z >= 0 in two parts: the logarithm of a sum whose largest term is 1.
//!
//! Algorithm: 1 + z, rounded, is 2^e (1 + f) with 1 + f between 1/sqrt 2 and sqrt 2, and what the rounding lost is
//! added to the logarithm: next to 0 that is all there is. With s = f/(2 + f) and w = s^2,
//! log(1 + f) = 2 atanh s = f - s (f - w R(w)).
//!
//! Interval of the fit: |s| <= 0.1716. Its error: 2.8e-9 of the logarithm; with the roundings less than 1 ULP
//! up to z = 2^24, and beyond that what log z differs by. NaN gives NaN, and +inf gives NaN.

use super::{hex, polynomial};
use crate::simd::Vocabulary;

/// Coefficients of R in w, from the constant term up.
const R: [f32; 3] = [
    hex("0x1.55555cp-1"), // 0.66666687
    hex("0x1.997b9ep-2"), // 0.39988562
    hex("0x1.2ef65ep-2"), // 0.29586169
];

/// ln2 to sixteen bits: its product with e is exact.
const LN2_HIGH: f32 = hex("0x1.62e4p-1"); // 0.69314575

/// What is left of it.
const LN2_LOW: f32 = hex("0x1.7f7d1cp-20"); // 1.4286068e-6

/// log(1 + z + `low`), where `low` is small next to z.
#[inline(always)]
pub(crate) fn log1p<V: Vocabulary>(simd: V, z: V::f32s, low: V::f32s) -> V::f32s {
    let one = simd.splat_f32s(1.0);
    let sum = simd.add_f32s(z, one);
    let lost = simd.add_f32s(simd.sub_f32s(z, simd.sub_f32s(sum, one)), low);
    // Floats of positive numbers are ordered as integers are: e is how many times the exponent can be taken off.
    let from_least = simd.sub_bits_f32s(sum, simd.splat_f32s(core::f32::consts::FRAC_1_SQRT_2));
    let e = simd.shift_right_bits_f32s::<23>(from_least);
    let exponent = simd.shift_left_bits_f32s::<23>(e);
    let near_one = simd.sub_bits_f32s(sum, exponent);
    let scale = simd.sub_bits_f32s(one, exponent);
    let f = simd.sub_f32s(near_one, one);
    // As much the logarithm lost: that divided by 1 + f, which need not be exact.
    let inverse = simd.negate_mul_add_f32s(f, simd.sub_f32s(one, f), one);
    let lost = simd.mul_f32s(simd.mul_f32s(lost, scale), inverse);

    let s = simd.div_f32s(f, simd.add_f32s(f, simd.splat_f32s(2.0)));
    let w = simd.mul_f32s(s, s);
    let rest = simd.negate_mul_add_f32s(w, polynomial(simd, w, &R), f);

    // An integer in the last bits of 2^23.
    let two_to_23 = simd.splat_f32s((1 << 23) as f32);
    let e = simd.sub_f32s(simd.or_f32s(e, two_to_23), two_to_23);
    // The larger terms, and what their sum loses: f is below ln2, if e is not 0.
    let high = simd.mul_f32s(e, simd.splat_f32s(LN2_HIGH));
    let sum = simd.add_f32s(high, f);
    let lost = simd.add_f32s(lost, simd.sub_f32s(f, simd.sub_f32s(sum, high)));
    let low = simd.mul_add_f32s(e, simd.splat_f32s(LN2_LOW), lost);
    simd.add_f32s(sum, simd.negate_mul_add_f32s(s, rest, low))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Unrolled;
    use pulp::Scalar;

    #[test]
    fn it_is_as_near_as_it_says() {
        let mut worst: f64 = 0.0;
        // From 0 to 2^24, every 4099th float.
        for bits in (0..=0x4b80_0000u32).step_by(4099) {
            let z = f32::from_bits(bits);
            let [y] = log1p(Unrolled::<Scalar, 1>(Scalar), [z], [0.0]);
            let exact = libm::log1p(f64::from(z));
            let spacing = f64::from(y.next_up() - y);
            worst = worst.max((f64::from(y) - exact).abs() / spacing);
        }
        assert!(worst < 1.0, "{worst}");
    }
}
