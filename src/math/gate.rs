//! u / (1 + e^(cw)) for u, w >= 0: what is missing from u, or x from 0, in x / (1 + e^(-cw)).
//!
//! Algorithm: cw = -n ln2/8 + cr with an integer n = 8m + j <= 0, |cr| <= ln2/16 (Cody and Waite,
//! 1980; Tang, 1989, for the table). With G = 2^m and A = 2^(-j/8) e^(cr) this is uG / (A + G):
//! nothing overflows, and where the result is subnormal, it is the quotient that is rounded to it.
//! The argument stays in its own units; its factor c is part of the constants.
//!
//! - The table holds F 2^(-j/8), with F = 1.027 such that all eight entries lie within 2^-27.5 of a
//!   float: so one lookup will do. The polynomial takes F back.
//! - The denominator is the entry, plus the entry times the polynomial plus G: two roundings, of which
//!   the first is the smaller. The division adds another. That is all there is to the error.
//!
//! Error: below 2 ULP. A polynomial of degree 4 is off by 2^-31 at most, one of degree 3, which will do for
//! `gelu_tanh`, by 2^-25.7. NaN gives NaN; infinities are for the
//! caller to keep out. The constants come from `fit/gate.py` (those of degree 3, too)
//! and `fit/gate.sollya`.
//!
//! One ULP would take six more operations: what the sum lost, and a correction of the quotient by
//! its remainder. That costs more than a third of the time; `docs/kernels.md` has the figures.

use super::exp::{self, ROUNDED_FACTOR};
use super::{hex, polynomial, x_or_less};
use crate::simd::{Table, Vocabulary, product_in_range};

/// The power of two that all but the result is multiplied by, so that G is a normal number.
const BIAS: i32 = 40;

/// 2^BIAS F 2^(-j/8).
static TABLE: Table = {
    let mut entries = ROUNDED_FACTOR;
    let mut j = 0;
    while j < entries.len() {
        entries[j] *= (1u64 << BIAS) as f32;
        j += 1;
    }
    Table::new(entries)
};

/// The constants of a factor c.
pub(crate) struct Factor<const N: usize> {
    /// -8c / ln2.
    pub(crate) steps: f32,
    /// ln2 / (8c) in two parts; for results of 16 bits the second is 0 and left out.
    pub(crate) step_high: f32,
    pub(crate) step_low: f32,
    /// e^(cr) / F - 1, from the constant term up.
    pub(super) polynomial: [f32; N],
}

/// The n of w, in bits and as a number; `steps` are those of the factor.
#[inline(always)]
pub(crate) fn round<V: Vocabulary>(simd: V, w: V::f32s, steps: V::f32s) -> (V::f32s, V::f32s) {
    exp::round::<V, BIAS>(simd, w, steps)
}

/// `w = -n ln2/(8c) + r`: the bits in which n stands, and r. The first product with n, plus w, is
/// exact.
#[inline(always)]
pub(crate) fn reduce<V: Vocabulary, const N: usize>(
    simd: V,
    w: V::f32s,
    factor: &Factor<N>,
) -> (V::f32s, V::f32s) {
    let (bits, n) = round(simd, w, simd.splat_f32s(factor.steps));
    let mut r = simd.mul_add_f32s(n, simd.splat_f32s(factor.step_high), w);
    if factor.step_low != 0.0 {
        r = simd.mul_add_f32s(n, simd.splat_f32s(factor.step_low), r);
    }
    (bits, r)
}

/// Numerator and denominator of `1 / (1 + e^(cw))`, w given as its bits and r. The numerator is a power
/// of two.
#[inline(always)]
pub(crate) fn fraction<V: Vocabulary, const N: usize>(
    simd: V,
    bits: V::f32s,
    r: V::f32s,
    factor: &Factor<N>,
) -> (V::f32s, V::f32s) {
    let growth = polynomial(simd, r, &factor.polynomial);
    let table = simd.lookup_f32s(&TABLE, bits);
    let power = exp::scale(simd, bits);
    let sum = simd.add_f32s(table, simd.mul_add_f32s(table, growth, power));
    (power, sum)
}

/// `x / (1 + e^(-cw))` for u = |x| and w >= 0 that is given as its bits and r: max(x, 0) less the gate.
#[inline(always)]
pub(crate) fn gated<V: Vocabulary, const N: usize>(
    simd: V,
    x: V::f32s,
    u: V::f32s,
    (bits, r): (V::f32s, V::f32s),
    factor: &Factor<N>,
) -> V::f32s {
    let (power, sum) = fraction(simd, bits, r, factor);
    let gate = simd.div_f32s(simd.mul_f32s(u, power), sum);
    // Less from -0 where x is negative: -0 stays, and -inf gives -0.
    simd.sub_f32s(simd.at_least_f32s(x, simd.splat_f32s(-0.0)), gate)
}

/// The same for so large a w that x is the result, or the gate is so next to 0; where `is_small` is set, the gate is
/// subnormal or vanishes.
#[inline(always)]
pub(crate) fn gated_far<V: Vocabulary, const N: usize>(
    simd: V,
    x: V::f32s,
    u: V::f32s,
    (bits, r): (V::f32s, V::f32s),
    factor: &Factor<N>,
    is_small: V::m32s,
) -> V::f32s {
    let (power, sum) = fraction(simd, bits, r, factor);
    let gate = product_in_range(simd, simd.div_f32s(u, sum), power, is_small);
    x_or_less(simd, x, gate)
}

/// c = 1.
pub(crate) const LOGISTIC: Factor<5> = Factor {
    steps: hex("-0x1.715476p3"),     // -11.5415602
    step_high: hex("0x1.62e43p-4"),  // 0.0866433978
    step_low: hex("-0x1.05c61p-32"), // -2.38081777e-10
    polynomial: [
        hex("-0x1.b08e38p-6"), // -0.0264010951
        hex("0x1.f27b8ep-1"),  // 0.973598897
        hex("0x1.f27b8ap-2"),  // 0.486799389
        hex("0x1.4c5bd8p-3"),  // 0.162284553
        hex("0x1.4c8d14p-5"),  // 0.0405946150
    ],
};

/// c = 1, for the logistic function itself in 16 bits.
///
/// Of all that are as near to the exponential, these and the next coefficients were found by trial: with them all results
/// are rounded right, those next to a tie, too.
pub(crate) const SIGMOID_16: Factor<4> = Factor {
    steps: LOGISTIC.steps,
    step_high: LOGISTIC.step_high,
    step_low: 0.0,
    polynomial: [
        hex("-0x1.b08dcp-6"), // -0.0264009833
        hex("0x1.f27b04p-1"), // 0.973594785
        hex("0x1.f27a06p-2"), // 0.486793607
        hex("0x1.4c5fdap-3"), // 0.162292197
    ],
};

/// c = 1, for its products with x in 16 bits.
pub(crate) const SILU_16: Factor<4> = Factor {
    polynomial: [
        hex("-0x1.b08e52p-6"), // -0.0264011193
        hex("0x1.f27b9p-1"),   // 0.973598957
        hex("0x1.f298eap-2"),  // 0.486911446
        hex("0x1.4c4d8p-3"),   // 0.162257195
    ],
    ..SIGMOID_16
};

/// c = 1.702, in 16 bits.
pub(crate) const QUICK_GELU_16: Factor<4> = Factor {
    steps: QUICK_GELU.steps,
    step_high: QUICK_GELU.step_high,
    step_low: 0.0,
    polynomial: [
        hex("-0x1.b08df2p-6"), // -0.0264010299
        hex("0x1.a8356ep0"),   // 1.65706527
        hex("0x1.690ec4p0"),   // 1.41038156
        hex("0x1.99a8cp-1"),   // 0.80011559
    ],
};

/// c = 2 sqrt(2/pi) 0.044715, in 16 bits.
pub(crate) const GELU_TANH_16: Factor<4> = Factor {
    steps: GELU_TANH.steps,
    step_high: hex("0x1.36d9d6p0"), // 1.21426141
    step_low: 0.0,
    polynomial: [
        hex("-0x1.b08e68p-6"), // -0.0264011398
        hex("0x1.1c8de6p-4"),  // 0.0694712624
        hex("0x1.450358p-9"),  // 0.00247965287
        hex("0x1.ee963p-15"),  // 5.89593255e-5
    ],
};

/// c = 1.702.
pub(crate) const QUICK_GELU: Factor<5> = Factor {
    steps: hex("-0x1.3a4cbep4"),     // -19.6437359
    step_high: hex("0x1.a10754p-5"), // 0.0509068146
    step_low: hex("-0x1.2f1edp-31"), // -5.51372725e-10
    polynomial: [
        hex("-0x1.b08e38p-6"), // -0.0264010951
        hex("0x1.a8356ep0"),   // 1.65706527
        hex("0x1.690068p0"),   // 1.41016245
        hex("0x1.99b5eap-1"),  // 0.800216019
        hex("0x1.5cc47cp-2"),  // 0.340593278
    ],
};

/// c = 1.702 as f32 has it, which is 2e-8 more: to that precision all other constants are the same.
pub(crate) const QUICK_F32: Factor<5> = Factor {
    step_low: hex("-0x1.4be59ap-30"), // -1.20743382e-9
    ..QUICK_GELU
};

/// c = 2 sqrt(2/pi) 0.044715, with a `step_high` of 13 bits: its product with n is exact.
pub(crate) const GELU_TANH: Factor<4> = Factor {
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
