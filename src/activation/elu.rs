use super::{Formula, parameter::Parameter};
use crate::Error;
use crate::drive::apart::{Slope, broken_line};
use crate::drive::{Kernel, Weight};
use crate::math::expm1;
use crate::simd::Vocabulary;

/// `f(x) = if x < 0 { alpha * (e^x - 1) } else { x }`.
///
/// | | |
/// |---|---|
/// | Parameters | `alpha`, 1 by default: finite |
/// | Domain | all of f32; it does not cancel near 0 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.946 ULP for an `alpha` of 1, 2 for any other |
/// | Special values | +0 and +inf are their own images; -0 gives -0 times `alpha`, -inf gives `-alpha`; NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Clevert et al., 2015; PyTorch `nn.ELU`, ONNX `Elu` |
///
/// ```
/// use activations::{Activation, Elu};
/// let mut x = [f32::NEG_INFINITY, 0.0, 2.0];
/// Elu { alpha: 0.5 }.apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.5, 0.0, 2.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elu {
    /// The distance of the lower limit from 0.
    pub alpha: f32,
}

impl Default for Elu {
    fn default() -> Self {
        Self { alpha: 1.0 }
    }
}

impl Formula for Elu {
    fn reference(&self, x: f64) -> f64 {
        if x.is_sign_positive() {
            x
        } else {
            f64::from(self.alpha) * libm::expm1(x)
        }
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        Parameter {
            activation: "elu",
            name: "alpha",
            value: self.alpha,
        }
        .finite()
    }
}

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
}
