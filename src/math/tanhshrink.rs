//! x - tanh x, without the cancellation.
//!
//! Algorithm: below u = |x| = 3/4, 0.2945 u^3 (1 + q(u^2)) with a polynomial q that is 0.13 at most:
//! u^2 and 0.2945 u are each taken with what their rounding lost, so that the product of the two, to
//! which q adds little, is rounded once. It is computed at 2^64 times its size, so that what it is the
//! sum of does not fall below the normal numbers, and rounded a second time where it does itself.
//!
//! From 3/4 on, (u - T) - (1 - T^2) w, as in [`super::tanh`], the intervals being those between
//! 3/4, 1, 3/2, 2, 3, 4, 6, 8 and infinity, which the first bits of u tell apart. T is a multiple of
//! the last place of u, so that u - T is exact. In the last interval T is 1 and the second term
//! follows 1 - tanh u roughly, which is half an ULP of the result at most.
//!
//! Source: the addition theorem; `fit/tanhshrink.py` computes the constants. Interval of the fit of q:
//! u^2 <= 9/16, within 2.7e-9; of t coth t - 1, |t| <= 0.42, within 1.8e-9. Error: 0.97 ULP, just below 3/4,
//! where q is a difference: that of its coefficients' rounding, and the last one. NaN gives NaN, the infinities are their
//! own images, and so are ±0.

use super::{hex, intervals, polynomial, tanh};
use crate::simd::{Table, Vocabulary, product_in_range};

/// From here on x less tanh x loses little.
const LARGE: f32 = 0.75;

/// Above it, 1 - tanh u is less than 2^-32: any number in the last interval.
const SATURATED: f32 = 11.5;

/// Among what u^3 is multiplied by, from 1/3 down to 0.272; where the error is least, by trial.
const FACTOR: f32 = hex("0x1.2d9168p-2"); // 0.29449999

/// By which the products are larger than they ought to be.
const SCALE: f32 = (1u128 << 64) as f32;

/// Below, u^3/3 is less than half the smallest f32.
const VANISHES: f32 = 1.0 / (1u64 << 51) as f32;

/// Below, u^3/3 is subnormal.
const SUBNORMAL: f32 = 1.0 / (1u64 << 42) as f32;

/// The polynomials.
pub(crate) struct Fit {
    /// Coefficients of q in u^2, from the constant term up.
    small: [f32; 7],
    /// Coefficients of (t coth t - 1) / t^2 in t^2, from the constant term up.
    even: [f32; 3],
}

pub(crate) const FIT: Fit = Fit {
    small: [
        hex("0x1.0e0da2p-3"),  // 0.13186194
        hex("-0x1.cf9c48p-2"), // -0.4527446
        hex("0x1.7749ccp-3"),  // 0.18324623
        hex("-0x1.2fc5fcp-4"), // -0.074163422
        hex("0x1.e41136p-6"),  // 0.029545119
        hex("-0x1.5a7374p-7"), // -0.010572845
        hex("0x1.3be842p-9"),  // 0.0024101811
    ],
    even: [
        hex("0x1.555548p-2"),  // 0.33333313
        hex("-0x1.6bf972p-6"), // -0.022215234
        hex("0x1.0c4826p-9"),  // 0.0020468279
    ],
};

/// The polynomials for results of 16 bits, next to the others: found by trial, such that all results are rounded right.
pub(crate) const FIT_16: Fit = Fit {
    small: {
        let mut small = FIT.small;
        small[1] = hex("-0x1.cf9c78p-2"); // -0.452745318
        small
    },
    even: {
        let mut even = FIT.even;
        even[0] = hex("0x1.555368p-2"); // 0.333325982
        even
    },
};

/// The bits of 3/4, shifted, are 5 but for multiples of 8.
const TURN: usize = 3;

/// A point c of each interval from 3/4 on.
static CENTRES: Table = intervals::table::<TURN>([
    hex("0x1.b3a838p-1"), // 0.85089278
    hex("0x1.197964p0"),  // 1.0995085
    hex("0x1.ab8c74p0"),  // 1.6701119
    hex("0x1.38849ap1"),  // 2.4415467
    hex("0x1.b3604ep1"),  // 3.4013765
    hex("0x1.2f630cp2"),  // 4.7404203
    hex("0x1.8b7bccp2"),  // 6.179431
    hex("0x1.2p3"),       // 9
]);

/// T = tanh c.
static VALUES: Table = intervals::table::<TURN>([
    hex("0x1.6210f4p-1"), // 0.69153559
    hex("0x1.99c3dcp-1"), // 0.80032241
    hex("0x1.dcf648p-1"), // 0.93156648
    hex("0x1.f84d9p-1"),  // 0.98496675
    hex("0x1.fedd28p-1"), // 0.99778104
    hex("0x1.ffecp-1"),   // 0.99984741
    hex("0x1.fffeep-1"),  // 0.99999142
    hex("0x1p0"),         // 1
]);

/// 1 - T^2.
static SLOPES: Table = intervals::table::<TURN>([
    hex("0x1.0b268ep-1"), // 0.52177852
    hex("0x1.701c96p-2"), // 0.35948405
    hex("0x1.0eb66ep-3"), // 0.13218389
    hex("0x1.e8e818p-6"), // 0.029840492
    hex("0x1.228564p-8"), // 0.0044329995
    hex("0x1.3ff9cp-12"), // 0.0003051525
    hex("0x1.1fffbp-16"), // 1.7166065e-05
    hex("0x1.2ca5dp-24"), // 6.9999999e-08
]);

/// x - tanh x.
#[inline(always)]
pub(crate) fn tanhshrink<V: Vocabulary>(simd: V, x: V::f32s, fit: &Fit) -> V::f32s {
    let u = simd.magnitude_f32s(x);
    let vanishes = simd.less_than_f32s(u, simd.splat_f32s(VANISHES));
    let is_small = simd.less_than_f32s(u, simd.splat_f32s(SUBNORMAL));
    let bounded = simd.at_most_f32s(u, simd.splat_f32s(SATURATED));
    let small = simd.less_than_f32s(u, simd.splat_f32s(LARGE));
    let cubic = cubic(simd, simd.clear_f32s(vanishes, bounded), fit);
    let cubic = product_in_range(simd, cubic, simd.splat_f32s(1.0 / SCALE), is_small);
    let y = simd.select_f32s(small, cubic, difference(simd, u, bounded, fit));
    simd.or_f32s(y, simd.sign_f32s(x))
}

/// For u from 3/4 on; `bounded` is u up to [`SATURATED`].
#[inline(always)]
fn difference<V: Vocabulary>(simd: V, u: V::f32s, bounded: V::f32s, fit: &Fit) -> V::f32s {
    let index = simd.shift_right_bits_f32s::<22>(bounded);
    let t = simd.sub_f32s(bounded, simd.lookup_f32s(&CENTRES, index));
    let value = simd.lookup_f32s(&VALUES, index);
    let w = tanh::added(simd, t, value, &fit.even);
    let slope = simd.lookup_f32s(&SLOPES, index);
    simd.negate_mul_add_f32s(slope, w, simd.sub_f32s(u, value))
}

/// For u up to 3/4, times [`SCALE`]; beyond, any finite number.
#[inline(always)]
fn cubic<V: Vocabulary>(simd: V, u: V::f32s, fit: &Fit) -> V::f32s {
    let square = simd.mul_f32s(u, u);
    // What rounding added to the square.
    let excess = simd.negate_mul_add_f32s(u, u, square);
    let q = polynomial(simd, square, &fit.small);
    // Two numbers are negated, so that each step is one fused operation.
    let minus_rest = simd.negate_mul_add_f32s(square, q, excess);
    let minus_part = simd.mul_f32s(u, simd.splat_f32s(-SCALE * FACTOR));
    let lost = simd.mul_add_f32s(u, simd.splat_f32s(SCALE * FACTOR), minus_part);
    let rest = simd.mul_add_f32s(minus_part, minus_rest, simd.mul_f32s(lost, square));
    simd.negate_mul_add_f32s(minus_part, square, rest)
}
