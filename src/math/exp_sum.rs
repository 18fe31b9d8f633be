//! The numerators e^t of a softmax row, and their sum.
//!
//! Algorithm: a row is shifted by a multiple of ln2/8, K ln2/8, and not by its maximum; the reduction of t takes that
//! along for nothing. (Subtracting the maximum would round t, which costs tens of ULP where t is -80. Powers of
//! two in place of the maximum: Dukhan and Ablavatski, 2020.) K is such that the largest numerator lies
//! between 0.9 and 1, where floats are densest.
//!
//! With t = (K + 8n + j) ln2/8 + r as in [`exp`](super::exp) and a table of F 2^(j/8), whose eight entries lie
//! within 2^-27.5 of a float, e^t is `step` + `step` `growth`: `step` is the entry with its exponent moved, and
//! `growth`, e^r/F - 1, at most 0.07 in magnitude and off by some 2^-28.
//!
//! [`Sum`] adds them up in two parts, what a running sum takes and what it does not (Dekker's sum, 1971,
//! which is exact as the running sum starts above every numerator). The second part gets what
//! the rounding of the numerator took, too: so the sum is that of the unrounded numerators, and its error
//! some 2^-27 whatever their number.
//!
//! Numerators come times [`SCALE`], so that all of them are normal numbers. A quotient that may be subnormal, or small
//! next to those, is worked out [`MAGNIFIED`], and rounded as the last thing: no operation gets or makes a subnormal number,
//! which takes Intel's CPUs some 150 cycles. NaN gives NaN.

use super::exp::{ROUNDED_FACTOR, STEP_HIGH, STEP_LOW, STEPS};
use super::exp_shift::{SCALE, Shift};
use super::gate::LOGISTIC;
use super::polynomial;
use crate::simd::{Table, Vocabulary, product_in_range};

/// What small quotients are multiplied by, 2^120: so that not even the product with the low part of the inverse, some
/// 2^-25 of a quotient that is 2^-185 over the length of the row, is subnormal.
const MAGNIFIED: f32 = (1u128 << 120) as f32;

/// Larger than all numerators: the running sum of a lane starts here.
const START: f32 = 2.0 * SCALE;

/// The longest row whose running sums start at [`START_OF_SHORT`].
pub(crate) const SHORT: usize = 64;

/// Larger than the sum of all numerators of a short row: what the running sums take is a multiple of one
/// spacing throughout, so that their total is exact, whatever the order.
const START_OF_SHORT: f32 = SHORT as f32 * SCALE;

/// What [`Vocabulary::lookup_f32s`] gives, as bits, plus the bits of k shifted left by 20 is the bits of
/// F 2^(k/8), where k = 8n + j: so j times 2^20 is taken off.
static TABLE: Table = {
    let mut entries = [0.0; 8];
    let mut j = 0;
    while j < entries.len() {
        let step = if j == 0 {
            ROUNDED_FACTOR[0]
        } else {
            2.0 * ROUNDED_FACTOR[8 - j]
        };
        entries[j] = f32::from_bits(step.to_bits() - ((j as u32) << 20));
        j += 1;
    }
    Table::new(entries)
};

/// A numerator below this, 2^-64 times [`SCALE`], may have a quotient, or a correction of it, that is subnormal.
#[cfg(not(unoptimised))]
pub(crate) const FAINT: f32 = SCALE / (1u128 << 64) as f32;

/// A numerator, not yet rounded: `step + step * growth`.
#[derive(Clone, Copy)]
pub(crate) struct Numerator<F> {
    pub(crate) step: F,
    pub(crate) growth: F,
}

impl<F: Copy> Numerator<F> {
    /// What was lost when the numerator was rounded to `value`.
    #[inline(always)]
    pub(crate) fn lost<V: Vocabulary<f32s = F>>(&self, simd: V, value: F) -> F {
        let rest = simd.sub_f32s(self.step, value);
        simd.mul_add_f32s(self.step, self.growth, rest)
    }

    /// The numerator, rounded.
    #[inline(always)]
    pub(crate) fn value<V: Vocabulary<f32s = F>>(&self, simd: V) -> F {
        simd.mul_add_f32s(self.step, self.growth, self.step)
    }
}

/// e^t for a logit t. Unless `DEEP` is set, there is no base, and t is at least `shift.lowest`.
#[inline(always)]
pub(crate) fn numerator<V: Vocabulary, const DEEP: bool>(
    simd: V,
    t: V::f32s,
    shift: &Shift<V::f32s>,
) -> Numerator<V::f32s> {
    let t = if DEEP {
        simd.at_least_f32s(simd.sub_f32s(t, shift.base), shift.lowest)
    } else {
        t
    };
    let bits = simd.mul_add_f32s(t, simd.splat_f32s(STEPS), shift.rounder);
    let k = simd.sub_f32s(bits, shift.rounder);
    let r = simd.negate_mul_add_f32s(k, simd.splat_f32s(STEP_HIGH), t);
    let r = simd.negate_mul_add_f32s(k, simd.splat_f32s(STEP_LOW), r);
    let growth = polynomial(simd, r, &LOGISTIC.polynomial);
    let entry = simd.lookup_f32s(&TABLE, bits);
    let step = simd.add_bits_f32s(entry, simd.shift_left_bits_f32s::<20>(bits));
    Numerator { step, growth }
}

/// A sum of numerators, in each lane.
#[derive(Clone, Copy)]
pub(crate) struct Sum<F> {
    start: F,
    high: F,
    low: F,
}

impl<F: Copy> Sum<F> {
    /// The sum of no numerators, of a row that `is_short`, at most [`SHORT`] elements long, or not.
    #[inline(always)]
    pub(crate) fn new<V: Vocabulary<f32s = F>>(simd: V, is_short: bool) -> Self {
        let start = simd.splat_f32s(if is_short { START_OF_SHORT } else { START });
        Self {
            start,
            high: start,
            low: simd.splat_f32s(0.0),
        }
    }

    /// Adds `numerator`, and returns it, rounded.
    #[inline(always)]
    pub(crate) fn add<V: Vocabulary<f32s = F>>(&mut self, simd: V, numerator: Numerator<F>) -> F {
        let (value, left) = self.add_high(simd, numerator);
        self.low = simd.add_f32s(self.low, left);
        value
    }

    /// Adds to the first part of the sum what that takes of `numerator`, and returns it, rounded, and what is left.
    #[inline(always)]
    pub(crate) fn add_high<V: Vocabulary<f32s = F>>(
        &mut self,
        simd: V,
        numerator: Numerator<F>,
    ) -> (F, F) {
        let value = numerator.value(simd);
        let high = simd.add_f32s(self.high, value);
        let taken = simd.sub_f32s(high, self.high);
        // Exact where it matters: `taken` is `value` to within the spacing at `high`.
        let rest = simd.sub_f32s(numerator.step, taken);
        let left = simd.mul_add_f32s(numerator.step, numerator.growth, rest);
        self.high = high;
        (value, left)
    }

    /// Makes what was left over part of the sum, as far as it goes. The rounding errors of what is left over grow
    /// with it.
    #[inline(always)]
    pub(crate) fn fold<V: Vocabulary<f32s = F>>(&mut self, simd: V) {
        let high = simd.add_f32s(self.high, self.low);
        // Exact, as the sum is the larger.
        let taken = simd.sub_f32s(high, self.high);
        self.low = simd.sub_f32s(self.low, taken);
        self.high = high;
    }

    /// The sum and what was left over, in each lane.
    #[inline(always)]
    pub(crate) fn parts<V: Vocabulary<f32s = F>>(self, simd: V) -> (F, F) {
        (simd.sub_f32s(self.high, self.start), self.low)
    }
}

/// The sum of a row, in two parts.
#[derive(Clone, Copy)]
pub(crate) struct Total<F> {
    /// The sum, rounded.
    pub(crate) high: F,
    /// What the rounding lost.
    pub(crate) low: F,
}

impl<F: Copy> Total<F> {
    /// The total of two parts, of which the first is the larger.
    #[inline(always)]
    pub(crate) fn of<V: Vocabulary<f32s = F>>(simd: V, high: F, low: F) -> Self {
        let total = simd.add_f32s(high, low);
        Self {
            high: total,
            low: simd.sub_f32s(low, simd.sub_f32s(total, high)),
        }
    }

    /// The sum with `numerator`, whichever is the larger (Knuth, 1969).
    #[inline(always)]
    pub(crate) fn plus<V: Vocabulary<f32s = F>>(&self, simd: V, numerator: Numerator<F>) -> Self {
        let value = numerator.value(simd);
        let high = simd.add_f32s(self.high, value);
        let of_value = simd.sub_f32s(high, self.high);
        let of_sum = simd.sub_f32s(high, of_value);
        let lost = simd.add_f32s(
            simd.sub_f32s(self.high, of_sum),
            simd.sub_f32s(value, of_value),
        );
        let low = simd.add_f32s(self.low, numerator.lost(simd, value));
        Self::of(simd, high, simd.add_f32s(low, lost))
    }

    /// The sum without `numerator`, which is among the largest in it.
    #[inline(always)]
    pub(crate) fn less<V: Vocabulary<f32s = F>>(&self, simd: V, numerator: Numerator<F>) -> Self {
        let value = numerator.value(simd);
        let high = simd.sub_f32s(self.high, value);
        // Exact, as the sum is the larger.
        let lost = simd.sub_f32s(simd.sub_f32s(self.high, high), value);
        let low = simd.sub_f32s(self.low, numerator.lost(simd, value));
        Self {
            high,
            low: simd.add_f32s(low, lost),
        }
    }

    /// One over the sum.
    #[inline(always)]
    pub(crate) fn inverse<V: Vocabulary<f32s = F>>(&self, simd: V) -> Inverse<F> {
        let one = simd.splat_f32s(1.0);
        let inverse = simd.div_f32s(one, self.high);
        let rest = simd.negate_mul_add_f32s(inverse, self.high, one);
        let rest = simd.negate_mul_add_f32s(inverse, self.low, rest);
        let rest = simd.add_f32s(rest, simd.splat_f32s(NUDGE));
        Inverse {
            high: inverse,
            low: simd.mul_f32s(inverse, rest),
        }
    }

    /// The sum divided by `numerator`, rounded, and what the rounding lost.
    #[inline(always)]
    pub(crate) fn over<V: Vocabulary<f32s = F>>(&self, simd: V, numerator: Numerator<F>) -> (F, F) {
        let divisor = numerator.value(simd);
        let lost = numerator.lost(simd, divisor);
        let quotient = simd.div_f32s(self.high, divisor);
        let rest = simd.negate_mul_add_f32s(quotient, divisor, self.high);
        let rest = simd.negate_mul_add_f32s(quotient, lost, rest);
        let rest = simd.add_f32s(rest, self.low);
        (quotient, simd.div_f32s(rest, divisor))
    }
}

/// One over a sum, in two parts.
#[derive(Clone, Copy)]
pub(crate) struct Inverse<F> {
    pub(crate) high: F,
    pub(crate) low: F,
}

/// By this much an inverse is too large, so that a row whose largest numerator is all there is gets 1: the
/// rounding of that numerator may have taken a little more than half the spacing of f32 below 1.
const NUDGE: f32 = 1.0 / (1 << 28) as f32;

impl<F: Copy> Inverse<F> {
    /// This times [`MAGNIFIED`], if `IS_FAINT` is set: what [`times`](Self::times) wants.
    #[inline(always)]
    pub(crate) fn magnified<V: Vocabulary<f32s = F>, const IS_FAINT: bool>(self, simd: V) -> Self {
        if !IS_FAINT {
            return self;
        }
        let by = simd.splat_f32s(MAGNIFIED);
        Self {
            high: simd.mul_f32s(self.high, by),
            low: simd.mul_f32s(self.low, by),
        }
    }

    /// The quotient: `numerator` times this. Where that may be small, `IS_FAINT` is set, and this is
    /// [`magnified`](Self::magnified).
    #[inline(always)]
    pub(crate) fn times<V: Vocabulary<f32s = F>, const IS_FAINT: bool>(
        &self,
        simd: V,
        numerator: F,
    ) -> F {
        let low = simd.mul_f32s(numerator, self.low);
        let quotient = simd.mul_add_f32s(numerator, self.high, low);
        if !IS_FAINT {
            return quotient;
        }
        let least = simd.splat_f32s(f32::MIN_POSITIVE * MAGNIFIED);
        let is_subnormal = simd.less_than_f32s(quotient, least);
        product_in_range(
            simd,
            quotient,
            simd.splat_f32s(1.0 / MAGNIFIED),
            is_subnormal,
        )
    }
}
