//! e^t for results of 16 bits: less is left to do than where 24 count.
//!
//! Algorithm: as in [`exp`](mod@super::exp), but t less k ln2/8 is rounded once, and F 2^(j/8) is near enough to a float for
//! one lookup to do (see [`gate`](super::gate)); a polynomial of degree 3 takes F back. Error: 2^-22 of the result at |t| = 88,
//! less for smaller ones. Which results are the correctly rounded ones is a matter of all inputs: `tests/it/float16.rs`.

use super::exp::{ROUNDED_FACTOR, STEP_HIGH, STEPS, round, scale};
use super::{hex, polynomial};
use crate::simd::{Table, Vocabulary};

/// F 2^(j/8).
static TABLE: Table = {
    let mut entries = [0.0; 8];
    entries[0] = ROUNDED_FACTOR[0];
    let mut j = 1;
    while j < entries.len() {
        entries[j] = 2.0 * ROUNDED_FACTOR[8 - j];
        j += 1;
    }
    Table::new(entries)
};

/// The constants, which are next to 8/ln2, ln2/8 and the coefficients of e^r/F - 1, from the constant term up.
///
/// Of all that come as near, those below were found by trial: with them all results are rounded right, those next to a tie,
/// too.
pub(crate) struct Fit {
    steps: f32,
    step: f32,
    growth: [f32; 4],
}

/// For e^x that is f16.
pub(crate) const EXP_F16: Fit = Fit {
    steps: STEPS,
    step: STEP_HIGH,
    growth: [
        hex("-0x1.b08e6cp-6"), // -0.0264011435
        hex("0x1.f27b6ep-1"),  // 0.973597944
        hex("0x1.f28f76p-2"),  // 0.48687539
        hex("0x1.4c527cp-3"),  // 0.16226671
    ],
};

/// For e^x that is bf16, and for Mish.
pub(crate) const EXP_BF16: Fit = Fit {
    growth: [
        hex("-0x1.b08e0ap-6"), // -0.0264010523
        hex("0x1.f27b8cp-1"),  // 0.97359884
        EXP_F16.growth[2],
        EXP_F16.growth[3],
    ],
    ..EXP_F16
};

/// For e^x less 1.
pub(crate) const EXPM1_16: Fit = Fit {
    growth: [
        hex("-0x1.b08e32p-6"), // -0.0264010895
        EXP_F16.growth[1],
        EXP_F16.growth[2],
        EXP_F16.growth[3],
    ],
    ..EXP_F16
};

/// For softplus that is f16.
pub(crate) const SOFTPLUS_F16: Fit = Fit {
    growth: [
        hex("-0x1.b08e72p-6"), // -0.0264011491
        hex("0x1.f27b8cp-1"),  // 0.973598838
        hex("0x1.f28f26p-2"),  // 0.486874193
        hex("0x1.4c525cp-3"),  // 0.162266463
    ],
    ..EXP_F16
};

/// For the square root of softplus that is f16.
pub(crate) const SQRT_SOFTPLUS_F16: Fit = Fit {
    growth: [
        hex("-0x1.b08ebp-6"), // -0.0264012069
        hex("0x1.f27b6ap-1"), // 0.973597825
        hex("0x1.f28f8p-2"),  // 0.486875534
        hex("0x1.4c5274p-3"), // 0.162266642
    ],
    ..EXP_F16
};

/// For Mish that is f16.
pub(crate) const MISH_F16: Fit = Fit {
    steps: hex("0x1.715414p3"), // 11.5415134
    step: hex("0x1.62e42ep-4"), // 0.0866433904
    growth: [
        hex("-0x1.b08f2cp-6"), // -0.0264013223
        hex("0x1.f27b5ap-1"),  // 0.973597348
        hex("0x1.f286dcp-2"),  // 0.486842573
        hex("0x1.4c540cp-3"),  // 0.162269682
    ],
};

/// e^t for |t| up to 87 or so.
#[inline(always)]
pub(crate) fn exp16<V: Vocabulary>(simd: V, t: V::f32s, fit: &Fit) -> V::f32s {
    let (bits, k) = round::<V, 0>(simd, t, simd.splat_f32s(fit.steps));
    let r = simd.negate_mul_add_f32s(k, simd.splat_f32s(fit.step), t);
    let table = simd.lookup_f32s(&TABLE, bits);
    let mantissa = simd.mul_add_f32s(table, polynomial(simd, r, &fit.growth), table);
    simd.mul_f32s(mantissa, scale(simd, bits))
}
