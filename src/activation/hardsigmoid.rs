use super::{Formula, parameter::Parameter};
use crate::Error;
use crate::drive::precision::Precision;
use crate::drive::{ChooseKernel, Kernel, WithKernel};
use crate::simd::Vocabulary;

/// `f(x) = min(max(alpha * x + beta, 0), 1)`.
///
/// The default parameters stand for the exact 1/6 and 1/2, so that the function is PyTorch's
/// `relu6(x + 3) / 6`: near x = -3, where the terms cancel, the rounding of 1/6 to f32 alone would
/// be an error of a third of the result.
///
/// | | |
/// |---|---|
/// | Parameters | `alpha`, 1/6 by default (ONNX: 0.2), and `beta`, 1/2: finite |
/// | Domain | all of f32 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.6667 ULP; with other parameters at most 0.5 ULP: correctly rounded |
/// | Special values | -inf gives +0 and +inf gives 1 for a positive `alpha`; the 0 is +0; NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Courbariaux et al., 2015; PyTorch `nn.Hardsigmoid`, ONNX `HardSigmoid` |
///
/// ```
/// use activations::{Activation, Hardsigmoid};
/// let mut x = [-3.0, 0.0, 1.5, 4.0];
/// Hardsigmoid::default().apply_in_place(&mut x)?;
/// assert_eq!(x, [0.0, 0.5, 0.75, 1.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hardsigmoid {
    /// The slope; `1.0 / 6.0` stands for the exact 1/6 where `beta` is `0.5`.
    pub alpha: f32,
    /// The value at 0.
    pub beta: f32,
}

impl Default for Hardsigmoid {
    fn default() -> Self {
        Self {
            alpha: 1.0 / 6.0,
            beta: 0.5,
        }
    }
}

impl Formula for Hardsigmoid {
    fn reference(&self, x: f64) -> f64 {
        let (alpha, beta) = (f64::from(self.alpha), f64::from(self.beta));
        let y = if *self == Self::default() {
            (x + 3.0) / 6.0
        } else if self.alpha == 0.0 && x.is_infinite() {
            beta
        } else {
            alpha * x + beta
        };
        // The sum makes +0 of -0.
        y.clamp(0.0, 1.0) + 0.0
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        let parameter = |name, value| Parameter {
            activation: "hardsigmoid",
            name,
            value,
        };
        parameter("alpha", self.alpha).finite()?;
        parameter("beta", self.beta).finite()
    }
}

impl ChooseKernel for Hardsigmoid {
    #[inline(always)]
    fn choose_kernel<T: Precision, W: WithKernel>(&self, then: W) {
        let Self { alpha, beta } = *self;
        if *self == Self::default() {
            then.with(Sixth);
        } else if alpha == 0.0 {
            // A product would make NaN of an infinity.
            let value = beta.clamp(0.0, 1.0) + 0.0;
            then.with(Constant { value });
        } else {
            then.with(Line { alpha, beta });
        }
    }
}

/// Any slope but 0, in one rounding.
#[derive(Clone, Copy)]
struct Line {
    alpha: f32,
    beta: f32,
}

impl Kernel for Line {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let (alpha, beta) = (simd.splat_f32s(self.alpha), simd.splat_f32s(self.beta));
        let y = simd.mul_add_f32s(x, alpha, beta);
        let y = simd.at_most_f32s(y, simd.splat_f32s(1.0));
        // Cleared, so that -0 becomes +0, too.
        simd.clear_f32s(simd.less_than_or_equal_f32s(y, simd.splat_f32s(0.0)), y)
    }
}

/// A slope of 0: the same value everywhere, but for NaN.
#[derive(Clone, Copy)]
struct Constant {
    value: f32,
}

impl Kernel for Constant {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let is_number = simd.equal_f32s(x, x);
        simd.select_f32s(is_number, simd.splat_f32s(self.value), x)
    }
}

/// The slope of exactly 1/6 and 1/2 at 0, for the default parameters.
#[derive(Clone, Copy)]
struct Sixth;

impl Sixth {
    /// 1/6 to the nearest f32, which lies above it.
    const HIGH: f32 = 1.0 / 6.0;

    /// What is left of 1/6, rounded up: at x = -3 the sum then ends below 0, if by little, and is
    /// cut off there.
    const LOW: f32 = ((1.0 / 6.0 - Self::HIGH as f64) as f32).next_up();
}

impl Kernel for Sixth {
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let (high, low) = (simd.splat_f32s(Self::HIGH), simd.splat_f32s(Self::LOW));
        // First the range, so that no infinity meets the two parts of 1/6, which differ in sign.
        let x = simd.at_least_f32s(x, simd.splat_f32s(-3.0));
        let x = simd.at_most_f32s(x, simd.splat_f32s(3.0));
        // The large part goes first: near -3 it cancels with 1/2 in a single rounding, and the
        // small part then adds what the large one lacks.
        let y = simd.mul_add_f32s(x, high, simd.splat_f32s(0.5));
        let y = simd.mul_add_f32s(x, low, y);
        simd.at_least_f32s(y, simd.splat_f32s(0.0))
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, _x: V::f32s) -> V::f32s {
        simd.splat_f32s(0.5)
    }
}
