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
//! Numerators come times [`SCALE`]. They are 0 in effect, [`VANISHING`] or less, where the quotient is below
//! half the smallest f32 for certain. NaN gives NaN.

use super::exp::{ROUNDED_FACTOR, STEP_HIGH, STEP_LOW, STEPS};
use super::gate::LOGISTIC;
use super::polynomial;
use crate::simd::{Table, Vocabulary};

/// What numerators are multiplied by: the smallest of them is a normal number so, with a product in reach that
/// makes it less than half the smallest f32 even times 2^24.
const SCALE_EXPONENT: i32 = 60;

/// 2^60.
const SCALE: f32 = (1u64 << SCALE_EXPONENT) as f32;

/// A shifted logit is raised to this many times ln2, where it is less.
const LOWEST: f32 = -185.0;

/// Numerators up to here, 2^-151 times [`SCALE`], are to count as 0: the quotient is no larger.
const VANISHING: f32 = 1.0 / (1u128 << (151 - SCALE_EXPONENT)) as f32;

/// Larger than all numerators: the running sum starts here.
const START: f32 = 2.0 * SCALE;

/// A largest logit beyond this, in magnitude, is subtracted first: the reduction has no room for more. The
/// subtraction is exact then, but where the numerator is 0.
pub(crate) const LARGEST: f32 = 32_768.0;

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

/// Added to a number, it rounds it to an integer, and the last twelve bits of the sum are that of the integer
/// plus eight times the exponent of [`SCALE`].
const ROUNDER: f32 = (0x00c0_0000 + 8 * SCALE_EXPONENT) as f32;

/// Added to a number, and subtracted again, it rounds it to an integer: 1.5 * 2^23.
const TO_INTEGER: f32 = 12_582_912.0;

/// Added to a number before it is rounded to an integer, it makes that an integer that is above the number, by more
/// than what is not yet known of a logit in steps: 0.09 that its roundings took, and 0.03 of the product.
const ABOVE: f32 = 0.62;

/// How a row is shifted.
#[derive(Clone, Copy)]
pub(crate) struct Shift<F> {
    /// What is to be subtracted from a logit before its roundings are made good; 0 as a rule.
    pub(crate) origin: F,
    /// What is to be subtracted then; 0 as a rule.
    pub(crate) base: F,
    /// [`ROUNDER`] less K, by ln2/8 times which a row is shifted.
    pub(crate) rounder: F,
    /// The least that a logit, less the base, counts as.
    pub(crate) lowest: F,
    /// Whether the row needs origin and base: 1, or 0.
    pub(crate) based: F,
    /// What is to be subtracted from what roundings added, where the row needs a base.
    pub(crate) excess: F,
}

impl<F: Copy> Shift<F> {
    /// What is known of the row, in each lane.
    #[inline(always)]
    pub(crate) fn map(&self, of_row: impl Fn(F) -> F) -> Self {
        Self {
            origin: of_row(self.origin),
            base: of_row(self.base),
            rounder: of_row(self.rounder),
            lowest: of_row(self.lowest),
            based: of_row(self.based),
            excess: of_row(self.excess),
        }
    }

    /// None at all: for the first look at logits.
    #[inline(always)]
    pub(crate) fn none<V: Vocabulary<f32s = F>>(simd: V) -> Self {
        let zero = simd.splat_f32s(0.0);
        Self {
            origin: zero,
            base: zero,
            rounder: zero,
            lowest: simd.splat_f32s(f32::MIN),
            based: zero,
            excess: zero,
        }
    }

    /// The shift for a largest logit of `max`, which is not NaN.
    #[inline(always)]
    pub(crate) fn of<V: Vocabulary<f32s = F>>(simd: V, max: F) -> Self {
        let splat = |value| simd.splat_f32s(value);
        let fits = simd.less_than_or_equal_f32s(simd.magnitude_f32s(max), splat(LARGEST));
        // An infinite one, of whatever sign, makes a NaN of some numerator, and so of their sum.
        let base = simd.clear_f32s(fits, max);
        let steps = simd.mul_add_f32s(simd.keep_f32s(fits, max), splat(STEPS), splat(ABOVE));
        let k = simd.sub_f32s(simd.add_f32s(steps, splat(TO_INTEGER)), splat(TO_INTEGER));
        let lowest = simd.add_f32s(k, splat(8.0 * LOWEST));
        Self {
            origin: splat(0.0),
            base,
            rounder: simd.sub_f32s(splat(ROUNDER), k),
            lowest: simd.mul_f32s(lowest, splat(STEP_HIGH)),
            based: simd.clear_f32s(fits, splat(1.0)),
            excess: splat(0.0),
        }
    }

    /// Of which rows.
    #[inline(always)]
    pub(crate) fn is_based<V: Vocabulary<f32s = F>>(&self, simd: V) -> V::m32s {
        simd.less_than_f32s(simd.splat_f32s(0.0), self.based)
    }

    /// The shift for the reciprocals of numerators, those of the opposite logits.
    #[inline(always)]
    pub(crate) fn inverted<V: Vocabulary<f32s = F>>(&self, simd: V) -> Self {
        let splat = |value| simd.splat_f32s(value);
        let k = simd.sub_f32s(splat(ROUNDER), self.rounder);
        let lowest = simd.sub_f32s(splat(8.0 * LOWEST), k);
        Self {
            rounder: simd.add_f32s(splat(ROUNDER), k),
            lowest: simd.mul_f32s(lowest, splat(STEP_HIGH)),
            ..*self
        }
    }
}

/// A numerator, not yet rounded: `step + step * growth`.
#[derive(Clone, Copy)]
pub(crate) struct Numerator<F> {
    pub(crate) step: F,
    pub(crate) growth: F,
}

impl<F: Copy> Numerator<F> {
    /// What the rounding of `value`, which is it, lost.
    #[inline(always)]
    pub(crate) fn lost<V: Vocabulary<f32s = F>>(&self, simd: V, value: F) -> F {
        let rest = simd.sub_f32s(self.step, value);
        simd.mul_add_f32s(self.step, self.growth, rest)
    }

    /// It, rounded.
    #[inline(always)]
    pub(crate) fn value<V: Vocabulary<f32s = F>>(&self, simd: V) -> F {
        simd.mul_add_f32s(self.step, self.growth, self.step)
    }
}

/// e^(t - `excess`), for a logit less the base, t, and what its rounding added, if anything: 0.01 at most, as the
/// reduction is over when it is subtracted. Unless `DEEP` is set, t is at least `shift.lowest`.
#[inline(always)]
pub(crate) fn numerator<V: Vocabulary, const DEEP: bool>(
    simd: V,
    t: V::f32s,
    excess: Option<V::f32s>,
    shift: &Shift<V::f32s>,
) -> Numerator<V::f32s> {
    let t = if DEEP {
        simd.at_least_f32s(t, shift.lowest)
    } else {
        t
    };
    let bits = simd.mul_add_f32s(t, simd.splat_f32s(STEPS), shift.rounder);
    let k = simd.sub_f32s(bits, shift.rounder);
    let mut r = simd.negate_mul_add_f32s(k, simd.splat_f32s(STEP_HIGH), t);
    r = simd.negate_mul_add_f32s(k, simd.splat_f32s(STEP_LOW), r);
    if let Some(excess) = excess {
        r = simd.sub_f32s(r, excess);
    }
    let growth = polynomial(simd, r, &LOGISTIC.polynomial);
    let entry = simd.lookup_f32s(&TABLE, bits);
    let step = simd.add_bits_f32s(entry, simd.shift_left_bits_f32s::<20>(bits));
    Numerator { step, growth }
}

/// A sum of numerators, in each lane.
#[derive(Clone, Copy)]
pub(crate) struct Sum<F> {
    high: F,
    low: F,
}

impl<F: Copy> Sum<F> {
    /// No numerators.
    #[inline(always)]
    pub(crate) fn new<V: Vocabulary<f32s = F>>(simd: V) -> Self {
        Self {
            high: simd.splat_f32s(START),
            low: simd.splat_f32s(0.0),
        }
    }

    /// Adds `numerator`, and returns it, rounded.
    #[inline(always)]
    pub(crate) fn add<V: Vocabulary<f32s = F>>(&mut self, simd: V, numerator: Numerator<F>) -> F {
        let value = numerator.value(simd);
        let high = simd.add_f32s(self.high, value);
        let taken = simd.sub_f32s(high, self.high);
        // Exact where it matters: `taken` is `value` to within the spacing at `high`.
        let rest = simd.sub_f32s(numerator.step, taken);
        let left = simd.mul_add_f32s(numerator.step, numerator.growth, rest);
        *self = Self {
            high,
            low: simd.add_f32s(self.low, left),
        };
        value
    }

    /// Makes what was left over part of the sum, as far as it goes. The rounding errors of what is left over grow
    /// with it.
    #[inline(always)]
    pub(crate) fn fold<V: Vocabulary<f32s = F>>(&mut self, simd: V) {
        let high = simd.add_f32s(self.high, self.low);
        // Exact, as the sum is the larger.
        let taken = simd.sub_f32s(high, self.high);
        *self = Self {
            high,
            low: simd.sub_f32s(self.low, taken),
        };
    }

    /// The sum and what was left over, in each lane.
    #[inline(always)]
    pub(crate) fn parts<V: Vocabulary<f32s = F>>(self, simd: V) -> (F, F) {
        (simd.sub_f32s(self.high, simd.splat_f32s(START)), self.low)
    }
}

/// The sum of a row, in two parts.
#[derive(Clone, Copy)]
pub(crate) struct Total<F> {
    /// It, rounded.
    pub(crate) high: F,
    /// What the rounding lost.
    pub(crate) low: F,
}

impl<F: Copy> Total<F> {
    /// In each lane that of the lane.
    #[inline(always)]
    pub(crate) fn of_lanes<V: Vocabulary<f32s = F>>(simd: V, (high, low): (F, F)) -> Self {
        let total = simd.add_f32s(high, low);
        Self {
            high: total,
            low: simd.sub_f32s(low, simd.sub_f32s(total, high)),
        }
    }

    /// In each lane that of the row.
    #[inline(always)]
    pub(crate) fn of_row<V: Vocabulary<f32s = F>>(simd: V, total: f64) -> Self {
        let high = total as f32;
        Self {
            high: simd.splat_f32s(high),
            low: simd.splat_f32s((total - f64::from(high)) as f32),
        }
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

    /// The sum times `numerator`, without what numerators are multiplied by; rounded, and what the rounding lost.
    #[inline(always)]
    pub(crate) fn times<V: Vocabulary<f32s = F>>(
        &self,
        simd: V,
        numerator: Numerator<F>,
    ) -> (F, F) {
        let down = simd.splat_f32s(1.0 / SCALE);
        let (high, low) = (
            simd.mul_f32s(self.high, down),
            simd.mul_f32s(self.low, down),
        );
        let factor = numerator.value(simd);
        let product = simd.mul_f32s(high, factor);
        let below = simd.sub_f32s(simd.splat_f32s(0.0), product);
        let lost = simd.mul_add_f32s(high, factor, below);
        let lost = simd.mul_add_f32s(high, numerator.lost(simd, factor), lost);
        let lost = simd.mul_add_f32s(low, factor, lost);
        // At the end, as the product may become subnormal.
        (simd.mul_f32s(product, down), simd.mul_f32s(lost, down))
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
    /// What is known of the row, in each lane.
    #[inline(always)]
    pub(crate) fn map(&self, of_row: impl Fn(F) -> F) -> Self {
        Self {
            high: of_row(self.high),
            low: of_row(self.low),
        }
    }

    /// The quotient: `numerator` times this. Where numerators may be 0 in effect, `DEEP` is set.
    #[inline(always)]
    pub(crate) fn times<V: Vocabulary<f32s = F>, const DEEP: bool>(
        &self,
        simd: V,
        numerator: F,
    ) -> F {
        let numerator = if DEEP {
            let vanishes = simd.less_than_or_equal_f32s(numerator, simd.splat_f32s(VANISHING));
            // Before it is multiplied: a product below the normal numbers takes some 150 cycles.
            simd.clear_f32s(vanishes, numerator)
        } else {
            numerator
        };
        let low = simd.mul_f32s(numerator, self.low);
        simd.mul_add_f32s(numerator, self.high, low)
    }
}

/// The sum of the parts of a row, which are shifted differently.
pub(crate) struct PartialSums {
    /// K of the sum.
    steps: f64,
    sum: f64,
}

impl PartialSums {
    /// No parts.
    pub(crate) const NONE: Self = Self {
        steps: f64::NEG_INFINITY,
        sum: 0.0,
    };

    /// Adds the sum of a part whose rounder is `rounder`.
    #[inline(always)]
    pub(crate) fn add(&mut self, rounder: f32, sum: f64) {
        let steps = f64::from(ROUNDER) - f64::from(rounder);
        if steps > self.steps {
            self.sum = self.sum * power(self.steps - steps) + sum;
            self.steps = steps;
        } else {
            self.sum += sum * power(steps - self.steps);
        }
    }

    /// The sum of all, shifted as the part with the largest logit was.
    #[inline(always)]
    pub(crate) fn total(&self) -> f64 {
        self.sum
    }
}

/// 2^(steps/8) for integers, or -inf, up to 0; 0 where it is nothing next to 1.
#[inline(always)]
fn power(steps: f64) -> f64 {
    const EIGHTH: f64 = 1.090_507_732_665_257_7; // 2^(1/8)
    const FEWEST: f64 = -800.0;
    if steps < FEWEST {
        return 0.0;
    }
    let steps = steps as i64;
    let mut power = f64::from_bits(((1023 + steps.div_euclid(8)) as u64) << 52);
    for _ in 0..steps.rem_euclid(8) {
        power *= EIGHTH;
    }
    power
}
