use super::{Formula, parameter::Parameter};
use crate::Error;
use crate::drive::precision::Precision;
use crate::drive::{ChooseKernel, Kernel, Weight, WithKernel};
use crate::math::normal_tail::{Product, VANISHED, normal_distribution};
use crate::simd::{NEXT_TO_ZERO, Vocabulary, product_in_range};

/// `f(x) = Phi((x - mu) / sigma) = 1/2 (1 + erf((x - mu) / (sigma * sqrt(2))))`.
///
/// Phi is the distribution function of the standard normal distribution. With the default parameters it comes near to the
/// square of ReLU.
///
/// | | |
/// |---|---|
/// | Parameters | `mu`, 0.707107 by default: finite; `sigma`, 0.282095 by default: finite, above 0 |
/// | Domain | all of f32; the lower tail keeps its relative accuracy down to the subnormal numbers; the results rise with x, but for single units where floats lie so dense that roundings show more |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.987 ULP with the defaults, 2 with other parameters |
/// | Special values | -inf gives +0 and +inf gives 1; ±0 give Phi(-`mu` / `sigma`); NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Ma et al., 2022 (Mega); Hugging Face `laplace`, `LaplaceActivation` |
///
/// ```
/// use activations::{Activation, Laplace};
/// let mut x = [f32::NEG_INFINITY, 0.5, 4.0];
/// Laplace { mu: 0.5, sigma: 0.25 }.apply_in_place(&mut x)?;
/// assert_eq!(x, [0.0, 0.5, 1.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Laplace {
    /// Where the result is 1/2.
    pub mu: f32,
    /// The width of the step.
    pub sigma: f32,
}

/// sqrt(1/2) and sqrt(1/(4 pi)), to the digits that Hugging Face has.
#[allow(clippy::approx_constant)]
const MU: f32 = 0.707_107;
const SIGMA: f32 = 0.282_095;

impl Default for Laplace {
    fn default() -> Self {
        Self {
            mu: MU,
            sigma: SIGMA,
        }
    }
}

impl Formula for Laplace {
    fn reference(&self, x: f64) -> f64 {
        let z = (x - f64::from(self.mu)) / f64::from(self.sigma);
        // erfc keeps the relative accuracy of the lower tail.
        0.5 * libm::erfc(-z * core::f64::consts::FRAC_1_SQRT_2)
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        let parameter = |name, value| Parameter {
            activation: "laplace",
            name,
            value,
        };
        parameter("mu", self.mu).finite()?;
        let sigma = parameter("sigma", self.sigma);
        sigma.finite()?;
        sigma.positive()
    }
}

impl ChooseKernel for Laplace {
    #[inline(always)]
    fn choose_kernel<T: Precision, W: WithKernel>(&self, then: W) {
        let mut step = Step::new(*self);
        if !T::HAS_RANGE_OF_F32 && *self == Self::default() {
            // The only result of f16 next to a tie that would be on the wrong side is brought to the right one.
            step.before = 1.0 + f32::EPSILON;
            step.inverse_low *= 127.0 / 128.0;
        }
        then.with(step);
    }
}

/// A sigma above this is brought down to it before anything else, so that no difference with mu overflows.
const LARGE: f32 = (1u64 << 40) as f32;

/// A sigma below this is brought up, so that its inverse does not overflow.
const SMALL: f32 = 1.0 / (1u128 << 100) as f32;

/// Beyond, Phi(-u) is subnormal.
const SUBNORMAL: f32 = 12.95;

/// Down to here no result shows that 2^-60 is added to x.
const WIDE: f32 = 1.0 / (1 << 20) as f32;

#[derive(Clone, Copy)]
struct Step {
    /// What x is multiplied by before it is compared with mu.
    before: f32,
    /// mu times that.
    mu: f32,
    /// What the difference is multiplied by.
    after: f32,
    /// The inverse of sigma times both, as the sum of two numbers.
    inverse: f32,
    inverse_low: f32,
    /// What is added to x, so that it is not subnormal.
    speck: f32,
}

impl Step {
    #[inline(always)]
    fn new(Laplace { mu, sigma }: Laplace) -> Self {
        let before = if sigma > LARGE {
            1.0 / (1u128 << 90) as f32
        } else {
            1.0
        };
        let after = if sigma < SMALL {
            (1u64 << 60) as f32
        } else {
            1.0
        };
        let inverse = 1.0 / (f64::from(sigma) * f64::from(before) * f64::from(after));
        let high = inverse as f32;
        Self {
            before,
            mu: mu * before,
            after,
            inverse: high,
            inverse_low: (inverse - f64::from(high)) as f32,
            speck: if sigma >= WIDE { NEXT_TO_ZERO } else { 0.0 },
        }
    }
}

impl Kernel for Step {
    const WEIGHT: Weight = Weight::Heavy;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let mu = simd.splat_f32s(self.mu);
        let x = simd.add_f32s(x, simd.splat_f32s(self.speck));
        let x = simd.mul_f32s(x, simd.splat_f32s(self.before));
        // x - mu = d + d_low exactly (Knuth's sum of two, in either order).
        let d = simd.sub_f32s(x, mu);
        let of_mu = simd.sub_f32s(d, x);
        let of_x = simd.sub_f32s(d, of_mu);
        let d_low = simd.sub_f32s(simd.sub_f32s(x, of_x), simd.add_f32s(mu, of_mu));
        let after = simd.splat_f32s(self.after);
        let (d, d_low) = (simd.mul_f32s(d, after), simd.mul_f32s(d_low, after));

        // That divided by sigma, negated, and what its rounding added.
        let inverse = simd.splat_f32s(self.inverse);
        let minus = simd.mul_f32s(d, simd.splat_f32s(-self.inverse));
        let excess = simd.mul_add_f32s(d, inverse, minus);
        let excess = simd.mul_add_f32s(d, simd.splat_f32s(self.inverse_low), excess);
        let excess = simd.mul_add_f32s(d_low, inverse, excess);

        let vanished = simd.splat_f32s(VANISHED);
        let magnitude = simd.magnitude_f32s(minus);
        let is_beyond = simd.less_than_or_equal_f32s(vanished, magnitude);
        let u = simd.at_most_f32s(magnitude, vanished);
        let excess = simd.xor_f32s(excess, simd.sign_f32s(minus));
        let Product { power, rest } =
            normal_distribution(simd, u, simd.clear_f32s(is_beyond, excess));
        let is_small = simd.less_than_f32s(simd.splat_f32s(SUBNORMAL), u);
        let lower = product_in_range(simd, power, rest, is_small);

        // 1 - Phi(-u) above mu; below, minus Phi(-u), whose sign is taken off.
        let is_above = simd.less_than_f32s(minus, simd.splat_f32s(0.0));
        let upper = simd.keep_f32s(is_above, simd.splat_f32s(1.0));
        simd.magnitude_f32s(simd.sub_f32s(upper, lower))
    }
}
