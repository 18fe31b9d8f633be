use super::{Formula, parameter::Parameter};
use crate::Error;
use crate::drive::apart::{Slope, broken_line};
use crate::drive::{Kernel, Weight};
use crate::math::expm1;
use crate::simd::Vocabulary;

/// `f(x) = scale * (if x < 0 { alpha * (e^(input_scale * x) - 1) } else { x })`.
///
/// With a `scale` or an `input_scale` other than 1 it is computed number by number, in f64, which takes longer.
///
/// | | |
/// |---|---|
/// | Parameters | `alpha`, `scale` and `input_scale`, each 1 by default: finite |
/// | Domain | all of f32; it does not cancel near 0 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.946 ULP if all parameters are 1, 2 for any others |
/// | Special values | +0 and +inf give themselves times `scale`; -0 gives -0 times all parameters, -inf the limit, `-alpha` times `scale` for a positive `input_scale`; where a factor is 0 its side is, infinities too; NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Clevert et al., 2015; PyTorch `nn.ELU` and `aten::elu`, ONNX `Elu` |
///
/// ```
/// use activations::{Activation, Elu};
/// let mut x = [f32::NEG_INFINITY, 0.0, 2.0];
/// Elu { alpha: 0.5, ..Elu::default() }.apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.5, 0.0, 2.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elu {
    /// The distance of the lower limit from 0, but for `scale`.
    pub alpha: f32,
    /// What all results are multiplied by.
    pub scale: f32,
    /// What a negative input is multiplied by first.
    pub input_scale: f32,
}

impl Default for Elu {
    fn default() -> Self {
        Self {
            alpha: 1.0,
            scale: 1.0,
            input_scale: 1.0,
        }
    }
}

/// `factor * (e^(rate * x) - 1)` for negative x, -0 too, and `slope * x` for others; with the limit where a factor of 0 would
/// meet an infinity.
pub(super) fn exponential_unit(x: f64, factor: f64, rate: f64, slope: f64) -> f64 {
    let is_flat = if x.is_sign_positive() {
        slope == 0.0
    } else {
        factor == 0.0 || rate == 0.0
    };
    // Of a flat side any number is the image of infinity.
    let x = if is_flat { x.clamp(-1.0, 1.0) } else { x };
    if x.is_sign_positive() {
        slope * x
    } else {
        factor * libm::expm1(rate * x)
    }
}

impl Formula for Elu {
    fn reference(&self, x: f64) -> f64 {
        let [alpha, scale, rate] = [self.alpha, self.scale, self.input_scale].map(f64::from);
        exponential_unit(x, alpha * scale, rate, scale)
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        let parameter = |name, value| Parameter {
            activation: "elu",
            name,
            value,
        };
        parameter("alpha", self.alpha).finite()?;
        parameter("scale", self.scale).finite()?;
        parameter("input_scale", self.input_scale).finite()
    }
}

/// If both scales are 1.
impl Kernel for Elu {
    const WEIGHT: Weight = Weight::Long;
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        // Above 0 it is x less alpha times +0. Below, -0 less the product, whose sign thus stays.
        let y = expm1::one_less_exp(simd, x);
        let above = simd.at_least_f32s(x, simd.splat_f32s(-0.0));
        simd.negate_mul_add_f32s(simd.splat_f32s(self.alpha), y, above)
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        broken_line(simd, x, Slope::exactly(self.alpha), Slope::exactly(1.0))
    }

    #[inline(always)]
    fn is_rest(&self) -> bool {
        self.scale != 1.0 || self.input_scale != 1.0
    }
}
