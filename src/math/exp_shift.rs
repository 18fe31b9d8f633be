//! How the exponentials of a softmax row are shifted, so that their sum is in range and as exact as can be.
//!
//! A row is shifted by a multiple of ln2/8, K ln2/8: see [`exp_sum`](super::exp_sum).

use super::exp::{STEP_HIGH, STEPS};
use crate::simd::{NEXT_TO_ZERO, Vocabulary};

/// What numerators are multiplied by: the smallest of them is a normal number so, with a product in reach that
/// makes it less than half the smallest f32 even times 2^24.
pub(super) const SCALE_EXPONENT: i32 = 60;

/// 2^60.
pub(super) const SCALE: f32 = (1u64 << SCALE_EXPONENT) as f32;

/// A shifted logit is raised to this many times ln2, where it is less.
const LOWEST: f32 = -185.0;

/// A largest logit beyond this, in magnitude, is subtracted first: the reduction has no room for more. The
/// subtraction is exact then, but where the numerator is 0.
pub(crate) const LARGEST: f32 = 32_768.0;

/// Subtracted from a logit, it changes no bit of the numerator, and leaves no subnormal number: a product with one
/// takes some 150 cycles.
pub(crate) const HARMLESS: f32 = NEXT_TO_ZERO;

/// Added to a number, it rounds it to an integer, and the last twelve bits of the sum are that of the integer
/// plus eight times the exponent of [`SCALE`].
const ROUNDER: f32 = (0x00c0_0000 + 8 * SCALE_EXPONENT) as f32;

/// Added to a number, and subtracted again, it rounds it to an integer: 1.5 * 2^23.
const TO_INTEGER: f32 = 12_582_912.0;

/// Added to a number before it is rounded to an integer, it makes that an integer that is above the number, by more
/// than the product with the steps is off, which is 0.03.
const ABOVE: f32 = 0.62;

/// How a row is shifted.
#[derive(Clone, Copy)]
pub(crate) struct Shift<F> {
    /// What is subtracted from a logit first: the largest one if that is beyond [`LARGEST`], else [`HARMLESS`].
    pub(crate) base: F,
    /// [`ROUNDER`] less K, by ln2/8 times which a row is shifted.
    pub(crate) rounder: F,
    /// The least that a logit, less the base, counts as.
    pub(crate) lowest: F,
}

impl<F> Shift<F> {
    /// The shift with `f` of each of its numbers.
    #[inline(always)]
    pub(crate) fn map<G>(&self, f: impl Fn(&F) -> G) -> Shift<G> {
        Shift {
            base: f(&self.base),
            rounder: f(&self.rounder),
            lowest: f(&self.lowest),
        }
    }
}

impl<F: Copy> Shift<F> {
    /// The shift for a largest logit of `max`, which is not NaN.
    ///
    /// The shift for an infinite one, of whatever sign, makes some numerator NaN, and so their sum.
    #[inline(always)]
    pub(crate) fn of<V: Vocabulary<f32s = F>>(simd: V, max: F) -> Self {
        let splat = |value| simd.splat_f32s(value);
        let fits = simd.less_than_or_equal_f32s(simd.magnitude_f32s(max), splat(LARGEST));
        let base = simd.select_f32s(fits, splat(HARMLESS), max);
        let steps = simd.mul_add_f32s(max, splat(STEPS), splat(ABOVE));
        let k = simd.sub_f32s(simd.add_f32s(steps, splat(TO_INTEGER)), splat(TO_INTEGER));
        // The comparison is made meanwhile.
        Self::by(simd, base, simd.select_f32s(fits, k, splat(1.0)))
    }

    /// The same for a row whose sum, under this shift, is `total`, a small one: so that the sum comes out between
    /// a half and 1 times [`SCALE`].
    #[inline(always)]
    pub(crate) fn raised<V: Vocabulary<f32s = F>>(&self, simd: V, total: F) -> Self {
        let splat = |value| simd.splat_f32s(value);
        let k = simd.sub_f32s(splat(ROUNDER), self.rounder);
        let exponent = exponent(simd, total);
        let steps = simd.mul_add_f32s(exponent, splat(8.0), splat(8.0));
        Self::by(simd, self.base, simd.add_f32s(k, steps))
    }

    /// This shift where `mask` is set, `other` elsewhere.
    #[inline(always)]
    pub(crate) fn or<V: Vocabulary<f32s = F>>(&self, simd: V, mask: V::m32s, other: &Self) -> Self
    where
        V::m32s: Copy,
    {
        let either = |a, b| simd.select_f32s(mask, a, b);
        Self {
            base: either(self.base, other.base),
            rounder: either(self.rounder, other.rounder),
            lowest: either(self.lowest, other.lowest),
        }
    }

    /// `x` as it would have been under the shift `other`, which shifts by up to 200 powers of two more: rounded once.
    #[inline(always)]
    pub(crate) fn lowered<V: Vocabulary<f32s = F>>(&self, simd: V, x: F, other: &Self) -> F {
        let splat = |value| simd.splat_f32s(value);
        let power = |n| simd.shift_left_bits_f32s::<23>(simd.add_f32s(n, splat(TO_EXPONENT)));
        let n = simd.mul_f32s(simd.sub_f32s(other.rounder, self.rounder), splat(0.125));
        // Two factors, since one could be subnormal.
        let first = simd.at_least_f32s(n, splat(-100.0));
        let second = simd.sub_f32s(n, first);
        simd.mul_f32s(simd.mul_f32s(x, power(first)), power(second))
    }

    #[inline(always)]
    fn by<V: Vocabulary<f32s = F>>(simd: V, base: F, k: F) -> Self {
        let splat = |value| simd.splat_f32s(value);
        let lowest = simd.add_f32s(k, splat(8.0 * LOWEST));
        Self {
            base,
            rounder: simd.sub_f32s(splat(ROUNDER), k),
            lowest: simd.mul_f32s(lowest, splat(STEP_HIGH)),
        }
    }
}

/// Added to an integer, it makes a number whose bits, shifted left by 23, are two to the power of the integer.
const TO_EXPONENT: f32 = (0x00c0_0000 + 127) as f32;

/// The exponent of `total`, a positive normal number, less that of [`SCALE`].
#[inline(always)]
fn exponent<V: Vocabulary>(simd: V, total: V::f32s) -> V::f32s {
    // The biased exponent in the last bits of 2^23.
    let two_to_23 = simd.splat_f32s((1 << 23) as f32);
    let bits = simd.or_f32s(simd.shift_right_bits_f32s::<23>(total), two_to_23);
    let bias = simd.splat_f32s(((1 << 23) + 127 + SCALE_EXPONENT) as f32);
    simd.sub_f32s(bits, bias)
}

/// The sum of the parts of a row, each of which is shifted as its own largest logit asks for.
pub(crate) struct PartialSums {
    /// The shift of the sum: its base, and K.
    base: f64,
    steps: f64,
    sum: f64,
}

impl PartialSums {
    /// The sum of no parts.
    pub(crate) const NONE: Self = Self {
        base: f64::NEG_INFINITY,
        steps: 0.0,
        sum: 0.0,
    };

    /// Adds the sum of a part.
    pub(crate) fn add(&mut self, base: f32, rounder: f32, sum: f64) {
        let base = f64::from(base);
        let steps = f64::from(ROUNDER) - f64::from(rounder);
        let exponent = (base - self.base) + (steps - self.steps) * (core::f64::consts::LN_2 / 8.0);
        if self.sum == 0.0 || exponent > 0.0 {
            let before = if self.sum == 0.0 {
                0.0
            } else {
                self.sum * libm::exp(-exponent)
            };
            *self = Self {
                base,
                steps,
                sum: before + sum,
            };
        } else {
            self.sum += sum * libm::exp(exponent);
        }
    }

    /// The sum of all, shifted as the part with the largest logit was.
    pub(crate) fn total(&self) -> f64 {
        self.sum
    }
}
