use super::{Formula, parameter::Parameter};
use crate::Error;

/// `f(x) = if x < 0 { alpha * (e^(x / alpha) - 1) } else { x }`.
///
/// With a slope of 1 on both sides of 0, whatever `alpha` is.
///
/// | | |
/// |---|---|
/// | Parameters | `alpha`, 1 by default: finite, not 0 |
/// | Domain | all of f32; it does not cancel near 0 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 1 ULP |
/// | Special values | ±0 and +inf are their own images; -inf gives `-alpha`, and itself for a negative `alpha`; NaN gives NaN |
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
    /// The distance of the lower limit from 0.
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
