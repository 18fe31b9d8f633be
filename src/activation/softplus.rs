use super::{Formula, parameter::Parameter};
use crate::Error;
use crate::drive::{Io, Kernel, Run, Weight, map};
use crate::math::softplus::{self, LOWEST};
use crate::simd::{Machine, Vocabulary};

/// `f(x) = if beta * x > threshold { x } else { ln(1 + e^(beta * x)) / beta }`.
///
/// | | |
/// |---|---|
/// | Parameters | `beta`, 1 by default: finite, not 0; `threshold`, 20 by default: not NaN |
/// | Domain | all of f32; the tail that falls to 0 keeps its relative accuracy down to the subnormal numbers |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 1 ULP |
/// | Special values | for a positive `beta` ±0 give ln 2 / `beta`, -inf gives +0 and +inf gives +inf; for a negative one the results are those of `-beta` at -x, negated, and the 0 is -0; NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Dugas et al., 2001; PyTorch `nn.Softplus`, ONNX `Softplus` |
///
/// ```
/// use activations::{Activation, Softplus};
/// let mut x = [f32::NEG_INFINITY, -200.0, 200.0];
/// Softplus::default().apply_in_place(&mut x)?;
/// assert_eq!(x, [0.0, 0.0, 200.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Softplus {
    /// The slope of the exponent.
    pub beta: f32,
    /// Above it, `beta * x` counts as large: the result is x.
    pub threshold: f32,
}

impl Default for Softplus {
    fn default() -> Self {
        Self {
            beta: 1.0,
            threshold: 20.0,
        }
    }
}

impl Formula for Softplus {
    fn reference(&self, x: f64) -> f64 {
        let beta = f64::from(self.beta);
        // The product of two f32 is exact in f64, so that the threshold parts the exact values.
        let t = beta * x;
        if t > f64::from(self.threshold) {
            x
        } else {
            log1p_exp(t) / beta
        }
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        let parameter = |name, value| Parameter {
            activation: "softplus",
            name,
            value,
        };
        let beta = parameter("beta", self.beta);
        beta.finite()?;
        beta.not_zero()?;
        parameter("threshold", self.threshold).not_nan()
    }
}

/// `ln(1 + e^t)`. Only powers of e below 1 are taken: none overflows, and none is lost beside the 1.
pub(super) fn log1p_exp(t: f64) -> f64 {
    let rest = libm::log1p(libm::exp(-t.abs()));
    if t > 0.0 { t + rest } else { rest }
}

/// From here on the result is x, even without a threshold that says so.
const SATURATED: f32 = 17.0;

impl Run<f32> for Softplus {
    #[inline(always)]
    unsafe fn run<S: Machine>(&self, simd: S, io: Io<f32>) {
        // SAFETY: the caller's promise, passed on.
        unsafe {
            if self.beta == 1.0 && self.threshold >= SATURATED {
                map::map(simd, io, map::Uniform(Plain));
            } else {
                map::map(simd, io, map::Uniform(Sloped(*self)));
            }
        }
    }
}

/// `log(1 + e^x)`.
#[derive(Clone, Copy)]
struct Plain;

impl Kernel for Plain {
    const WEIGHT: Weight = Weight::Heavy;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        softplus::softplus(simd, x)
    }
}

/// Any parameters.
#[derive(Clone, Copy)]
struct Sloped(Softplus);

impl Kernel for Sloped {
    const WEIGHT: Weight = Weight::Heavy;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let (zero, minus) = (simd.splat_f32s(0.0), simd.splat_f32s(-0.0));
        let beta = simd.splat_f32s(self.0.beta);
        let lowest = simd.splat_f32s(LOWEST);

        // beta x in two parts; the second is left out where the first is beyond all exponents.
        let product = simd.mul_f32s(x, beta);
        let below = simd.or_f32s(product, minus);
        let beyond = simd.less_than_or_equal_f32s(below, lowest);
        let product_low = simd.mul_add_f32s(x, beta, simd.xor_f32s(product, minus));
        let product_low = simd.clear_f32s(beyond, product_low);
        let above = simd.less_than_f32s(zero, product);

        // Far: log(1 + e^-|beta x|)/beta, unrounded, and x where the product is positive.
        let turn = simd.keep_f32s(above, minus);
        let t = simd.at_least_f32s(below, lowest);
        let far = softplus::far(simd, t, Some(simd.xor_f32s(product_low, turn)));
        let value = far.value(simd);
        let quotient = simd.div_f32s(value, beta);
        let remainder = simd.negate_mul_add_f32s(quotient, beta, value);
        let remainder = simd.add_f32s(remainder, far.value_low(simd, value));
        let quotient_low = simd.div_f32s(remainder, beta);
        let y = simd.mul_add_f32s(far.scale, quotient_low, simd.keep_f32s(above, x));
        let y = simd.mul_add_f32s(far.scale, quotient, y);

        // Near: the derivative there is about a half.
        let value = softplus::near(simd, product);
        let near = simd.div_f32s(value, beta);
        let remainder = simd.negate_mul_add_f32s(near, beta, value);
        let remainder = simd.mul_add_f32s(product_low, simd.splat_f32s(0.5), remainder);
        let near = simd.add_f32s(near, simd.div_f32s(remainder, beta));
        let y = simd.select_f32s(softplus::is_near(simd, below), near, y);

        // The exact product against the threshold: a difference of equal numbers is 0.
        let distance = simd.sub_f32s(product, simd.splat_f32s(self.0.threshold));
        let distance = simd.add_f32s(distance, product_low);
        simd.select_f32s(simd.less_than_f32s(zero, distance), x, y)
    }
}
