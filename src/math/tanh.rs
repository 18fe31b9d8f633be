//! tanh, by its addition theorem and one division.
//!
//! Algorithm: u = |x| lies in one of eight intervals. With a point c of it, t = u - c and T = tanh c,
//!
//! ```text
//! tanh u = T + (1 - T^2) w,   w = tanh t / (1 + T tanh t) = t / (t coth t + T t)
//! ```
//!
//! so that all intervals share one polynomial, that of the even function t coth t - 1 = t^2 M(t^2).
//! w is computed as t - t^2 (T + t M)/(1 + t (T + t M)), of which the second term is the smaller, and
//! rounded once. c is an f32 number whose tanh is nearly one, within 1.3e-4 ULP. In the first interval
//! c = T = 0: w is the result, and that of a tiny x is x.
//!
//! Source: the addition theorem; `fit/tanh.py` computes the constants. Interval of the fit:
//! |t| <= 0.533, within 1.2e-8; farther from c, T^2 is so near 1 that less will do. Error: the last
//! rounding, and that of w times 1 - T^2, with the polynomial's at both ends of the second interval:
//! 0.94 ULP. Rising throughout, as a sweep over all inputs tells, and never above 1, which it is from
//! x = 9.0109 on. NaN gives NaN, the infinities ±1, and ±0 are their own images.

use super::{hex, intervals, polynomial};
use crate::simd::{Table, Vocabulary};

/// Above it the result is 1, and it lies in the last interval.
const SATURATED: f32 = 9.05;

/// Intervals of one step each.
const SINGLE: usize = 3;

/// 1 / 0.755: what the intervals are counted in.
const STEPS: f32 = hex("0x1.5312a6p0"); // 1.3245033

/// Coefficients of (t coth t - 1) / t^2 in t^2, from the constant term up.
const EVEN: [f32; 3] = [
    hex("0x1.55551ep-2"),  // 0.33333251
    hex("-0x1.6bcbacp-6"), // -0.022204321
    hex("0x1.06e356p-9"),  // 0.0020056765
];

/// A point c of each interval.
const CENTRES: [f32; 8] = [
    hex("0x0p0"),         // 0
    hex("0x1.332f1cp-1"), // 0.59996879
    hex("0x1.770eap0"),   // 1.4650669
    hex("0x1.36b468p1"),  // 2.4273806
    hex("0x1.d743cp1"),   // 3.6817551
    hex("0x1.4a9f76p2"),  // 5.1659827
    hex("0x1.ab77e6p2"),  // 6.679193
    hex("0x1.0a2b24p3"),  // 8.3177662
];
static CENTRE: Table = intervals::table::<SINGLE>(CENTRES);

/// T = tanh c.
const VALUES: [f32; 8] = [
    hex("0x0p0"),         // 0
    hex("0x1.12f54p-1"),  // 0.53702736
    hex("0x1.cc1986p-1"), // 0.89863223
    hex("0x1.f8156p-1"),  // 0.98453808
    hex("0x1.ff59eap-1"), // 0.99873286
    hex("0x1.fff776p-1"), // 0.99993485
    hex("0x1.ffff96p-1"), // 0.99999684
    hex("0x1.fffffcp-1"), // 0.99999988
];
static VALUE: Table = intervals::table::<SINGLE>(VALUES);

/// 1 - T^2.
const SLOPES: [f32; 8] = [
    hex("0x1p0"),          // 1
    hex("0x1.6c570cp-1"),  // 0.71160161
    hex("0x1.8a2888p-3"),  // 0.19246012
    hex("0x1.f6bd44p-6"),  // 0.030684773
    hex("0x1.4bf62p-9"),   // 0.0025326647
    hex("0x1.113db8p-13"), // 0.0001302915
    hex("0x1.a7ffd4p-18"), // 6.3180823e-06
    hex("0x1.fffffap-23"), // 2.3841854e-07
];
static SLOPE: Table = intervals::table::<SINGLE>(SLOPES);

/// tanh x.
#[inline(always)]
pub(crate) fn tanh<V: Vocabulary>(simd: V, x: V::f32s) -> V::f32s {
    let u = simd.at_most_f32s(simd.magnitude_f32s(x), simd.splat_f32s(SATURATED));
    let index = intervals::index::<V, SINGLE>(simd, u, STEPS);
    let t = simd.sub_f32s(u, simd.lookup_f32s(&CENTRE, index));
    let value = simd.lookup_f32s(&VALUE, index);
    let w = added(simd, t, value, &EVEN);
    let y = simd.mul_add_f32s(simd.lookup_f32s(&SLOPE, index), w, value);
    simd.or_f32s(y, simd.sign_f32s(x))
}

/// w = tanh t / (1 + `value` tanh t); `even` are the coefficients of (t coth t - 1) / t^2.
#[inline(always)]
pub(crate) fn added<V: Vocabulary>(
    simd: V,
    t: V::f32s,
    value: V::f32s,
    even: &[f32; 3],
) -> V::f32s {
    let square = simd.mul_f32s(t, t);
    let even = polynomial(simd, square, even);
    simd.negate_mul_add_f32s(square, missing(simd, t, even, value), t)
}

/// (t - w) / t^2, where t times `even` is coth t - 1/t.
#[inline(always)]
fn missing<V: Vocabulary>(simd: V, t: V::f32s, even: V::f32s, value: V::f32s) -> V::f32s {
    let numerator = simd.mul_add_f32s(t, even, value);
    let denominator = simd.mul_add_f32s(t, numerator, simd.splat_f32s(1.0));
    simd.div_f32s(numerator, denominator)
}

/// What a cap makes of the constants. All lengths are `cap` times as long as those of [`tanh`].
pub(crate) struct Cap {
    inverse: f32,
    inverse_low: f32,
    steps: f32,
    saturated: f32,
    even: [f32; 3],
    /// `cap` c, rounded.
    centre: Table,
    /// `cap` T, rounded.
    value: Table,
    /// What the two roundings added to the result, divided by the slope.
    excess: Table,
}

/// Another point c of the second interval, nearer to its end, where errors are largest; and T, which is not nearly a float, as
/// its product with a cap will not be, either.
const SECOND: (f64, f64) = (0.633_300_781_25, 0.560_320_872_877_805_3);

/// T to the nearest f32, and 1 - T^2, with that point.
static VALUE_OF_CAP: Table = {
    let mut values = VALUES;
    values[1] = SECOND.1 as f32;
    intervals::table::<SINGLE>(values)
};
const SLOPES_OF_CAP: [f32; 8] = {
    let mut slopes = SLOPES;
    slopes[1] = (1.0 - SECOND.1 * SECOND.1) as f32;
    slopes
};
static SLOPE_OF_CAP: Table = intervals::table::<SINGLE>(SLOPES_OF_CAP);

impl Cap {
    /// The constants for `cap`, which lies between 2^-60 and 2^64.
    #[inline(always)]
    pub(crate) const fn new(cap: f32) -> Self {
        let exact = 1.0 / cap as f64;
        let inverse = exact as f32;
        let (mut centre, mut value, mut excess) = ([0.0; 8], [0.0; 8], [0.0; 8]);
        let mut i = 0;
        while i < 8 {
            let (c, t) = if i == 1 {
                SECOND
            } else {
                (CENTRES[i] as f64, VALUES[i] as f64)
            };
            let (c, t) = (cap as f64 * c, cap as f64 * t);
            (centre[i], value[i]) = (c as f32, t as f32);
            let of_value = (value[i] as f64 - t) / SLOPES_OF_CAP[i] as f64;
            excess[i] = (of_value - (centre[i] as f64 - c)) as f32;
            i += 1;
        }
        Self {
            inverse,
            inverse_low: (exact - inverse as f64) as f32,
            steps: STEPS * inverse,
            saturated: SATURATED * cap,
            even: [EVEN[0], EVEN[1] * inverse, EVEN[2] * inverse * inverse],
            centre: intervals::table::<SINGLE>(centre),
            value: intervals::table::<SINGLE>(value),
            excess: intervals::table::<SINGLE>(excess),
        }
    }
}

/// The constants for a cap of 30 and results that are f16: next to the others, found by trial, such that with two factors of
/// [`softcap`](crate::Softcap)'s all are rounded right.
pub(crate) const CAP_30_F16: Cap = Cap {
    inverse: hex("0x1.1110aap-5"), // 0.0333331414
    even: [
        hex("0x1.55587ep-2"),   // 0.333345383
        hex("-0x1.85e134p-11"), // -7.43636512e-4
        Cap::new(30.0).even[2],
    ],
    ..Cap::new(30.0)
};

/// `cap` tanh(x / `cap`), where no x is divided by anything.
#[inline(always)]
pub(crate) fn capped<V: Vocabulary>(simd: V, x: V::f32s, cap: &Cap) -> V::f32s {
    let u = simd.at_most_f32s(simd.magnitude_f32s(x), simd.splat_f32s(cap.saturated));
    let index = intervals::index::<V, SINGLE>(simd, u, cap.steps);
    // `cap` times the t of `tanh`, t and `cap` t^2.
    let long_t = simd.sub_f32s(u, simd.lookup_f32s(&cap.centre, index));
    let low = simd.mul_f32s(long_t, simd.splat_f32s(cap.inverse_low));
    let t = simd.mul_add_f32s(long_t, simd.splat_f32s(cap.inverse), low);
    let long_square = simd.mul_f32s(t, long_t);
    let even = polynomial(simd, long_square, &cap.even);
    let missing = missing(simd, t, even, simd.lookup_f32s(&VALUE_OF_CAP, index));
    let excess = simd.lookup_f32s(&cap.excess, index);
    let less = simd.mul_add_f32s(long_square, missing, excess);
    let long_w = simd.sub_f32s(long_t, less);
    let value = simd.lookup_f32s(&cap.value, index);
    let y = simd.mul_add_f32s(simd.lookup_f32s(&SLOPE_OF_CAP, index), long_w, value);
    simd.or_f32s(y, simd.sign_f32s(x))
}
