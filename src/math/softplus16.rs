//! log(1 + e^x) for results of 16 bits.
//!
//! Algorithm: max(x, 0) + e Q(e) with e = e^-|x|, all of whose terms are positive, so that nothing cancels; Q is a polynomial
//! of degree 8, within 2^-25 on [0, 1]. Error: that of [`exp16()`], and two roundings. Which results are the
//! correctly rounded ones is a matter of all inputs: `tests/it/float16.rs`. NaN gives NaN.

use super::exp16::{self, exp16};
use super::{hex, polynomial};
use crate::simd::Vocabulary;

/// The constants.
pub(crate) struct Fit {
    /// Coefficients of log(1 + e)/e, from the constant term up.
    quotient: [f32; 9],
    exp: exp16::Fit,
}

/// For results that are bf16.
pub(crate) const FIT_BF16: Fit = Fit {
    quotient: [
        hex("0x1.fffffep-1"),  // 0.99999994
        hex("-0x1.fffeacp-2"), // -0.499994934
        hex("0x1.553004p-2"),  // 0.333190978
        hex("-0x1.fcc8c6p-3"), // -0.24842982
        hex("0x1.874a7ep-3"),  // 0.191060051
        hex("-0x1.17d2bep-3"), // -0.136632428
        hex("0x1.4069dp-4"),   // 0.0782259107
        hex("-0x1.e369d6p-6"), // -0.0295052137
        hex("0x1.56edfp-8"),   // 0.00523268804
    ],
    exp: exp16::EXP_F16,
};

/// For results that are f16: next to the others, found by trial, such that all are rounded right.
pub(crate) const FIT_F16: Fit = Fit {
    quotient: [
        1.0,
        FIT_BF16.quotient[1],
        FIT_BF16.quotient[2],
        hex("-0x1.fcc8d2p-3"), // -0.248429909
        hex("0x1.874a8p-3"),   // 0.191060066
        FIT_BF16.quotient[5],
        hex("0x1.4069d4p-4"),  // 0.0782259256
        hex("-0x1.e369dcp-6"), // -0.0295052193
        FIT_BF16.quotient[8],
    ],
    exp: exp16::SOFTPLUS_F16,
};

/// For the square root of log(1 + e^x) that is f16: likewise.
pub(crate) const FIT_SQRT_F16: Fit = Fit {
    quotient: [
        FIT_BF16.quotient[0],
        hex("-0x1.fffea6p-2"), // -0.499994844
        hex("0x1.552fe2p-2"),  // 0.333190471
        hex("-0x1.fcc8a8p-3"), // -0.248429596
        hex("0x1.874a8cp-3"),  // 0.191060156
        hex("-0x1.17d2b4p-3"), // -0.136632353
        hex("0x1.4069e2p-4"),  // 0.0782259777
        hex("-0x1.e369eep-6"), // -0.0295052361
        hex("0x1.56edd2p-8"),  // 0.00523268105
    ],
    exp: exp16::SQRT_SOFTPLUS_F16,
};

/// log(1 + e^x), where `below`, which is -|x| or so, is not less than -87.
#[inline(always)]
pub(crate) fn softplus16<V: Vocabulary>(simd: V, x: V::f32s, below: V::f32s, fit: &Fit) -> V::f32s {
    let e = exp16(simd, below, &fit.exp);
    let max = simd.at_least_f32s(x, simd.splat_f32s(0.0));
    simd.mul_add_f32s(e, polynomial(simd, e, &fit.quotient), max)
}
