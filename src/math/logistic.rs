//! 1 / (1 + e^u) for u >= 0: the lower side of the logistic function, as numerator and denominator.
//!
//! With e^u = A / G, A = head e^r and G = 2^n <= 1 from [`exp`], it is G / (G + A), and G scales what
//! the kernel divides without rounding it. The denominator is at most one and a half roundings off:
//! G + head (e^r - 1) is rounded, and so is its sum with the head. Both terms are multiplied by 2^40, so
//! that the scaled G is a normal number for all u <= [`LIMIT`].
//!
//! Error: at most 1.01 ULP of the denominator's inverse. NaN gives NaN.
//!
//! [`exp`]: super::exp

use super::exp::{Steps, expm1, reduce_inverse, scale};
use crate::simd::Vocabulary;

/// From here on, e^-u, and u e^-u as well, are less than half the smallest f32.
pub(crate) const LIMIT: f32 = 110.0;

const BIAS: i32 = 40;

static STEPS: Steps = Steps::falling((1u64 << BIAS) as f32);

/// `numerator / denominator` is 1 / (1 + e^u); the numerator is a power of two.
#[derive(Clone, Copy)]
pub(crate) struct Fraction<F> {
    pub(crate) numerator: F,
    pub(crate) denominator: F,
}

/// 1 / (1 + e^u) for 0 <= u <= [`LIMIT`].
#[inline(always)]
pub(crate) fn falling<V: Vocabulary>(simd: V, u: V::f32s) -> Fraction<V::f32s> {
    let (bits, r, low) = reduce_inverse::<V, BIAS>(simd, u, &STEPS);
    let growth = expm1(simd, simd.add_f32s(r, low));
    let numerator = scale(simd, bits);
    let head = simd.lookup_f32s(&STEPS.head, bits);
    let tail = simd.mul_add_f32s(head, growth, numerator);
    Fraction {
        numerator,
        denominator: simd.add_f32s(head, tail),
    }
}
