use super::{Formula, parameter::Parameter};
use crate::Error;

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
