use super::{Formula, parameter::Parameter};
use crate::Error;
use crate::drive::of_16_bits::{KernelOf16Bits, Of16Bits};
use crate::drive::precision::Precision;
use crate::drive::{ChooseKernel, Kernel, Weight, WithKernel};
use crate::math::exp::{self, SMALL_BIAS, Steps};
use crate::math::exp_far;
use crate::math::softplus;
use crate::math::softplus16::{FIT_BF16, FIT_F16, softplus16};
use crate::simd::{NEXT_TO_ZERO, Vocabulary};

/// `f(x) = if beta * x > threshold { x } else { ln(1 + e^(beta * x)) / beta }`.
///
/// | | |
/// |---|---|
/// | Parameters | `beta`, 1 by default: finite, not 0; `threshold`, 20 by default: not NaN |
/// | Domain | all of f32; the tail that falls to 0 keeps its relative accuracy down to the subnormal numbers |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.949 ULP with the defaults, 2 with other parameters |
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

impl ChooseKernel for Softplus {
    #[inline(always)]
    fn choose_kernel<T: Precision, W: WithKernel>(&self, then: W) {
        if self.beta == 1.0 && self.threshold >= SATURATED {
            T::choose(then, Plain, Of16Bits::<_, T>::new(Plain));
        } else {
            then.with(Sloped::new(*self));
        }
    }
}

/// `log(1 + e^x)`.
#[derive(Clone, Copy)]
pub(super) struct Plain;

impl Kernel for Plain {
    const WEIGHT: Weight = Weight::Heavy;
    const LARGEST: f32 = exp_far::NEAR;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        softplus::softplus(simd, x)
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        softplus::softplus_far(simd, x)
    }
}

/// From here on down results of f16 are 0.
const VANISHED_F16: f32 = -18.0;

impl KernelOf16Bits for Plain {
    const WEIGHT_OF_16_BITS: Weight = Weight::Long;

    #[inline(always)]
    fn eval_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let (mut x, mut fit) = (x, &FIT_F16);
        if T::HAS_RANGE_OF_F32 {
            // No result shows what is added, but with it no subnormal number is multiplied, which takes long.
            (x, fit) = (simd.add_f32s(x, simd.splat_f32s(NEXT_TO_ZERO)), &FIT_BF16);
        }
        let mut below = simd.or_f32s(x, simd.splat_f32s(-0.0));
        if !T::HAS_RANGE_OF_F32 {
            below = simd.at_least_f32s(below, simd.splat_f32s(VANISHED_F16));
        }
        softplus16(simd, x, below, fit)
    }
}

/// Any parameters.
#[derive(Clone, Copy)]
struct Sloped {
    beta: f32,
    /// Numbers above, of x with the sign of beta, are their own images.
    linear: f32,
    /// The steps of the power of e. For a subnormal beta they are divided by [`SHRINK`] squared.
    steps: &'static Steps,
    /// Each of the two factors after the division is multiplied by this, which makes up for `steps`.
    growth: f32,
}

impl Sloped {
    #[inline(always)]
    fn new(Softplus { beta, threshold }: Softplus) -> Self {
        // The largest f32 whose product with |beta|, which f64 holds, is not above the threshold: the
        // quotient, but for the roundings of a division and to f32.
        let slope = f64::from(beta.abs());
        let above = |x: f32| f64::from(x) * slope > f64::from(threshold);
        let mut linear = (f64::from(threshold) / slope) as f32;
        while above(linear) {
            linear = linear.next_down();
        }
        while linear != f32::INFINITY && !above(linear.next_up()) {
            linear = linear.next_up();
        }
        let (steps, growth) = if beta.is_subnormal() {
            (&SHRUNK_STEPS, SHRINK)
        } else {
            (&STEPS, 1.0)
        };
        Self {
            beta,
            linear,
            steps,
            growth,
        }
    }
}

static STEPS: Steps = Steps::short(1.0);

/// The steps for a subnormal beta. What is divided by it would else be almost 2, and its quotient infinite;
/// by these steps it is less than 2^-23, and no quotient is.
static SHRUNK_STEPS: Steps = Steps::short(1.0 / (SHRINK * SHRINK));

/// What the two factors make up for. The product of a subnormal beta with a finite x is above -4, so that
/// neither factor is below 1: where the first makes the quotient infinite, the result is infinite.
const SHRINK: f32 = (1 << 12) as f32;

/// e^LOWEST is less than half the smallest f32, divided by the smallest beta, too.
const LOWEST: f32 = -210.0;

impl Kernel for Sloped {
    const WEIGHT: Weight = Weight::Heavy;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let (zero, minus) = (simd.splat_f32s(0.0), simd.splat_f32s(-0.0));
        let beta = simd.splat_f32s(self.beta);
        let lowest = simd.splat_f32s(LOWEST);

        // beta x in two parts; the second is left out where the first is beyond all exponents.
        let product = simd.mul_f32s(x, beta);
        let below = simd.or_f32s(product, minus);
        let beyond = simd.less_than_or_equal_f32s(below, lowest);
        let product_low = simd.mul_add_f32s(x, beta, simd.xor_f32s(product, minus));
        let product_low = simd.clear_f32s(beyond, product_low);
        let above = simd.less_than_f32s(zero, product);

        // e^-|beta x| is the product of two factors, as the division may make up for one too small.
        let t = simd.at_least_f32s(below, lowest);
        let t_low = simd.xor_f32s(product_low, simd.keep_f32s(above, minus));
        let (bits, r, low) = exp::reduce::<V, SMALL_BIAS>(simd, t, self.steps);
        let r = simd.add_f32s(r, simd.add_f32s(low, t_low));
        let (first, second) = exp::two_small_scales(simd, bits, self.growth);

        // Far: log(1 + e^-|beta x|)/beta, unrounded, and x where the product is positive.
        let far = softplus::far_part(simd, bits, r, simd.mul_f32s(first, second), self.steps);
        let value = far.value(simd);
        let (quotient, quotient_low) = divide(simd, value, far.value_low(simd, value), beta);
        let y_low = simd.mul_f32s(quotient_low, first);
        let y = simd.mul_add_f32s(second, y_low, simd.keep_f32s(above, x));
        let y = simd.mul_add_f32s(second, simd.mul_f32s(quotient, first), y);
        // The sign of what may be 0 by now.
        let y = simd.or_f32s(y, simd.clear_f32s(above, simd.sign_f32s(beta)));

        // Near: the derivative there is about a half.
        let value = softplus::near(simd, product);
        let value_low = simd.mul_f32s(product_low, simd.splat_f32s(0.5));
        let (near, near_low) = divide(simd, value, value_low, beta);
        let near = simd.add_f32s(near, near_low);
        let y = simd.select_f32s(softplus::is_near(simd, below), near, y);

        let turned = simd.xor_f32s(x, simd.sign_f32s(beta));
        let is_linear = simd.less_than_f32s(simd.splat_f32s(self.linear), turned);
        simd.select_f32s(is_linear, x, y)
    }
}

/// `(high + low) / divisor`, as a quotient and what it lacks; that is 0 where the quotient is infinite.
#[inline(always)]
fn divide<V: Vocabulary>(
    simd: V,
    high: V::f32s,
    low: V::f32s,
    divisor: V::f32s,
) -> (V::f32s, V::f32s) {
    let quotient = simd.div_f32s(high, divisor);
    let remainder = simd.negate_mul_add_f32s(quotient, divisor, high);
    let lacking = simd.div_f32s(simd.add_f32s(remainder, low), divisor);
    let is_finite = simd.less_than_f32s(
        simd.magnitude_f32s(quotient),
        simd.splat_f32s(f32::INFINITY),
    );
    (quotient, simd.keep_f32s(is_finite, lacking))
}
