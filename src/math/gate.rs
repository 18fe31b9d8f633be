//! u / (1 + e^(cw)) for u, w >= 0: what is missing from u, or x from 0, in x / (1 + e^(-cw)).
//!
//! Algorithm: cw = -n ln2/8 + cr with an integer n = 8m + j <= 0, |cr| <= ln2/16 (Cody and Waite,
//! 1980; Tang, 1989, for the table). With G = 2^m and A = 2^(-j/8) e^(cr) this is uG / (A + G):
//! nothing overflows, and where the result is subnormal, it is the quotient that is rounded to it.
//! The argument stays in its own units; its factor c is part of the constants.
//!
//! - The table holds F 2^(-j/8), with F = 1.027 such that all eight entries lie within 2^-27.5 of a
//!   float: so one lookup will do. The cubic takes F back; it is off by 2^-25.7.
//! - The sum of table, product and power of two is rounded; the rest is found exactly, as F > 1
//!   keeps the middle one of the subtractions exact for n = 0, too.
//! - One correction by the remainder takes back the roundings of the sum and of the quotient. It is
//!   so small that a reciprocal of the denominator to within an eighth does: an integer subtraction.
//!
//! The result is off by 0.9 units in its last place. The constants come from `fit/gate.py`.

use super::hex;
use crate::simd::{Table, Vocabulary};

/// The power of two that all but the result is multiplied by, so that G is a normal number.
const BIAS: i32 = 40;
const SCALE: f32 = (1u64 << BIAS) as f32;

/// What, added to a number and subtracted again, rounds it to an integer n; that stands in the last
/// bits of the sum then, as 8 (m + 127 + BIAS) + j.
const ROUNDER: f32 = (0x00c0_0000 + 8 * (127 + BIAS)) as f32;

/// F 2^(-j/8).
const TABLE: [f32; 8] = [
    hex("0x1.06f124p0"),  // 1.02711701
    hex("0x1.e23cd8p-1"), // 0.941870451
    hex("0x1.ba36c2p-1"), // 0.863699019
    hex("0x1.95830ep-1"), // 0.792015493
    hex("0x1.73db28p-1"), // 0.726281404
    hex("0x1.54fe58p-1"), // 0.666002989
    hex("0x1.38b144p-1"), // 0.610727429
    hex("0x1.1ebd8p-1"),  // 0.56003952
];

static SCALED: Table = {
    let mut entries = TABLE;
    let mut j = 0;
    while j < entries.len() {
        entries[j] *= SCALE;
        j += 1;
    }
    Table::new(entries)
};

/// The bits of 2^126 (1 - 1/16): less the bits of d, those of a number within an eighth of 1/d.
const RECIPROCAL: f32 = f32::from_bits(0x7ef0_0000);

/// The constants of a factor c.
pub(crate) struct Factor {
    /// -8c / ln2.
    pub(crate) steps: f32,
    /// ln2 / (8c) in two parts.
    pub(crate) step_high: f32,
    pub(crate) step_low: f32,
    /// e^(cr) / F - 1, from the constant term up.
    pub(crate) polynomial: [f32; 4],
}

/// What [`reduce`] and its kin find: n in its place, as `ROUNDER + n`, and n.
#[inline(always)]
pub(crate) fn round<V: Vocabulary>(simd: V, w: V::f32s, steps: V::f32s) -> (V::f32s, V::f32s) {
    let rounder = simd.splat_f32s(ROUNDER);
    let bits = simd.mul_add_f32s(w, steps, rounder);
    (bits, simd.sub_f32s(bits, rounder))
}

/// `w = -n ln2/(8c) + r`: the bits in which n stands, and r. The first product with n, plus w, is
/// exact.
#[inline(always)]
pub(crate) fn reduce<V: Vocabulary>(simd: V, w: V::f32s, factor: &Factor) -> (V::f32s, V::f32s) {
    let (bits, n) = round(simd, w, simd.splat_f32s(factor.steps));
    let r = simd.mul_add_f32s(n, simd.splat_f32s(factor.step_high), w);
    (
        bits,
        simd.mul_add_f32s(n, simd.splat_f32s(factor.step_low), r),
    )
}

/// 2^BIAS times the terms of the denominator A + G: table + table `growth` + `power`.
#[derive(Clone, Copy)]
struct Terms<F> {
    table: F,
    growth: F,
    power: F,
}

#[inline(always)]
pub(crate) fn growth<V: Vocabulary>(simd: V, r: V::f32s, factor: &Factor) -> V::f32s {
    let [c0, c1, c2, c3] = factor.polynomial;
    let growth = simd.mul_add_f32s(simd.splat_f32s(c3), r, simd.splat_f32s(c2));
    let growth = simd.mul_add_f32s(growth, r, simd.splat_f32s(c1));
    simd.mul_add_f32s(growth, r, simd.splat_f32s(c0))
}

pub(crate) const fn rising_table() -> Table {
    let mut entries = TABLE;
    let mut j = 1;
    while j < entries.len() {
        entries[j] = TABLE[8 - j] * 2.0;
        j += 1;
    }
    Table::new(entries)
}

#[inline(always)]
fn terms<V: Vocabulary>(simd: V, bits: V::f32s, r: V::f32s, factor: &Factor) -> Terms<V::f32s> {
    let growth = growth(simd, r, factor);
    let power = simd.and_f32s(bits, simd.splat_f32s(f32::from_bits(!7)));
    Terms {
        table: simd.lookup_f32s(&SCALED, bits),
        growth,
        power: simd.shift_left_bits_f32s::<20>(power),
    }
}

/// `u / (1 + e^(cw))`, w given as its bits and r.
#[inline(always)]
pub(crate) fn gate<V: Vocabulary>(
    simd: V,
    u: V::f32s,
    bits: V::f32s,
    r: V::f32s,
    factor: &Factor,
) -> V::f32s {
    let Terms {
        table,
        growth,
        power,
    } = terms(simd, bits, r, factor);
    divided(simd, simd.mul_f32s(u, power), table, growth, power)
}

/// `1 / (1 + e^(cw))`, w given as its bits and r.
#[inline(always)]
pub(crate) fn logistic<V: Vocabulary>(
    simd: V,
    bits: V::f32s,
    r: V::f32s,
    factor: &Factor,
) -> V::f32s {
    let Terms {
        table,
        growth,
        power,
    } = terms(simd, bits, r, factor);
    let sum = simd.add_f32s(table, simd.mul_add_f32s(table, growth, power));
    simd.div_f32s(power, sum)
}

#[inline(always)]
fn divided<V: Vocabulary>(
    simd: V,
    numerator: V::f32s,
    table: V::f32s,
    growth: V::f32s,
    power: V::f32s,
) -> V::f32s {
    // table + table growth + power = sum + rest.
    let sum = simd.add_f32s(table, simd.mul_add_f32s(table, growth, power));
    let rest = simd.sub_f32s(power, simd.sub_f32s(sum, table));
    let rest = simd.mul_add_f32s(table, growth, rest);

    let quotient = simd.div_f32s(numerator, sum);
    let remainder = simd.negate_mul_add_f32s(quotient, sum, numerator);
    let remainder = simd.negate_mul_add_f32s(quotient, rest, remainder);
    let reciprocal = simd.sub_bits_f32s(simd.splat_f32s(RECIPROCAL), sum);
    simd.mul_add_f32s(remainder, reciprocal, quotient)
}

/// As [`gate`], without the correction.
#[inline(always)]
#[allow(dead_code)]
pub(crate) fn coarse_gate<V: Vocabulary>(
    simd: V,
    u: V::f32s,
    bits: V::f32s,
    r: V::f32s,
    factor: &Factor,
) -> V::f32s {
    let Terms {
        table,
        growth,
        power,
    } = terms(simd, bits, r, factor);
    let sum = simd.add_f32s(table, simd.mul_add_f32s(table, growth, power));
    simd.div_f32s(simd.mul_f32s(u, power), sum)
}

/// `x` where it is positive or NaN, else -0, less `tail`: -0 stays, and -inf gives -0.
#[inline(always)]
pub(crate) fn less_tail<V: Vocabulary>(simd: V, x: V::f32s, tail: V::f32s) -> V::f32s {
    simd.sub_f32s(simd.at_least_f32s(x, simd.splat_f32s(-0.0)), tail)
}

/// c = 1.
pub(crate) const LOGISTIC: Factor = Factor {
    steps: hex("-0x1.715476p3"),     // -11.5415602
    step_high: hex("0x1.62e43p-4"),  // 0.0866433978
    step_low: hex("-0x1.05c61p-32"), // -2.38081777e-10
    polynomial: [
        hex("-0x1.b08e4cp-6"), // -0.0264011137
        hex("0x1.f27b8ep-1"),  // 0.973598897
        hex("0x1.f28f88p-2"),  // 0.486875653
        hex("0x1.4c5e52p-3"),  // 0.162289277
    ],
};

/// c = 1.702.
pub(crate) const QUICK_GELU: Factor = Factor {
    steps: hex("-0x1.3a4cbep4"),     // -19.6437359
    step_high: hex("0x1.a10754p-5"), // 0.0509068146
    step_low: hex("-0x1.2f1edp-31"), // -5.51372725e-10
    polynomial: [
        hex("-0x1.b08e4cp-6"), // -0.0264011137
        hex("0x1.a8356ep0"),   // 1.65706527
        hex("0x1.690ee2p0"),   // 1.41038334
        hex("0x1.99ac8ep-1"),  // 0.800144613
    ],
};

/// c = 2 sqrt(2/pi) 0.044715, with a `step_high` of 13 bits: its product with n is exact.
pub(crate) const GELU_TANH: Factor = Factor {
    steps: hex("-0x1.a5a7dp-1"),      // -0.823545933
    step_high: hex("0x1.36ep0"),      // 1.21435547
    step_low: hex("-0x1.8aa4a2p-14"), // -9.40902464e-5
    polynomial: [
        hex("-0x1.b08e4cp-6"), // -0.0264011137
        hex("0x1.1c8d98p-4"),  // 0.0694709718
        hex("0x1.44eb2ap-9"),  // 0.00247893226
        hex("0x1.ee984ap-15"), // 5.89603042e-5
    ],
};
