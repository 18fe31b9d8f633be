use super::{Formula, elu::Elu, parameter::Parameter};
use crate::Error;
use crate::drive::precision::Precision;
use crate::drive::{ChooseKernel, Kernel, Weight, WithKernel};
use crate::math::expm1;
use crate::simd::Vocabulary;

/// `f(x) = if x < 0 { alpha * (e^(x / alpha) - 1) } else { x }`.
///
/// With a slope of 1 on both sides of 0, whatever `alpha` is. For a negative one it falls without a limit, as an exponential
/// does, and is computed number by number, in f64, which takes longer.
///
/// | | |
/// |---|---|
/// | Parameters | `alpha`, 1 by default: finite, not 0 |
/// | Domain | all of f32; it does not cancel near 0 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.946 ULP for an `alpha` of 1, 2 for any other |
/// | Special values | ±0 and +inf are their own images; -inf gives `-alpha`, for a negative one itself; NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Barron, 2017; PyTorch `nn.CELU`, ONNX `Celu` |
///
/// ```
/// use activations::{Activation, Celu};
/// let mut x = [f32::NEG_INFINITY, 0.0, 2.0];
/// Celu { alpha: 0.5 }.apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.5, 0.0, 2.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Celu {
    /// The distance of the lower limit from 0, if it is positive.
    pub alpha: f32,
}

impl Default for Celu {
    fn default() -> Self {
        Self { alpha: 1.0 }
    }
}

impl Formula for Celu {
    fn reference(&self, x: f64) -> f64 {
        let alpha = f64::from(self.alpha);
        if x.is_sign_positive() {
            x
        } else {
            alpha * libm::expm1(x / alpha)
        }
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        let alpha = Parameter {
            activation: "celu",
            name: "alpha",
            value: self.alpha,
        };
        alpha.finite()?;
        alpha.not_zero()
    }
}

impl ChooseKernel for Celu {
    #[inline(always)]
    fn choose_kernel<T: Precision, W: WithKernel>(&self, then: W) {
        let Self { alpha } = *self;
        if alpha == 1.0 {
            Elu::default().choose_kernel::<T, W>(then);
        } else {
            then.with(Stretched { alpha });
        }
    }

    #[inline(always)]
    fn is_rest(&self) -> bool {
        self.alpha < 0.0
    }
}

/// Any positive alpha.
#[derive(Clone, Copy)]
struct Stretched {
    alpha: f32,
}

/// Of smaller numbers the exponential less 1 is the number, to within a quarter ULP; and the quotient
/// by which they are known is rounded as a subnormal number only if it is far below.
const LINEAR: f32 = 1.0 / (1 << 26) as f32;

/// An alpha from which on the quotient is as good as 0 where x is next to zero.
const SMALL: f32 = 1.0 / (1 << 30) as f32;

impl Kernel for Stretched {
    const WEIGHT: Weight = Weight::Heavy;
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let alpha = simd.splat_f32s(self.alpha);
        let lowest = simd.splat_f32s(expm1::LOWEST);
        let quotient = simd.div_f32s(simd.at_most_f32s(x, simd.splat_f32s(0.0)), alpha);
        let t = simd.at_least_f32s(quotient, lowest);
        // What the division's rounding took, unless there is no telling.
        let t_low = simd.div_f32s(simd.negate_mul_add_f32s(t, alpha, x), alpha);
        let t_low = simd.clear_f32s(simd.less_than_or_equal_f32s(t, lowest), t_low);
        let y = expm1::one_less_exp_of_sum(simd, t, t_low);
        let y = simd.negate_mul_add_f32s(alpha, y, simd.splat_f32s(-0.0));
        // All that is above 0, and -0 itself, too.
        let linear = simd.less_than_f32s(simd.splat_f32s(-LINEAR), quotient);
        simd.select_f32s(linear, x, y)
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        if self.alpha >= SMALL {
            x
        } else {
            self.eval(simd, x)
        }
    }
}
