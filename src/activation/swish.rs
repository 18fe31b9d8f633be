use super::{Formula, parameter::Parameter, sigmoid::logistic};
use crate::Error;

/// `f(x) = x / (1 + e^(-beta * x))`.
///
/// | | |
/// |---|---|
/// | Parameters | `beta`, 1 by default: finite |
/// | Domain | all of f32; the tail that falls to 0 keeps its relative accuracy down to the subnormal numbers |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 1 ULP |
/// | Special values | ±0 are their own images; where `beta * x` is -inf the limit is a zero of the sign of x, where it is +inf and for a `beta` of 0 (f(x) = x/2) ±inf are their own images; NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Ramachandran et al., 2017; ONNX `Swish` (`alpha`); with 1 it is PyTorch's `nn.SiLU` and Hugging Face's `swish` |
///
/// ```
/// use activations::{Activation, Swish};
/// let mut x = [f32::NEG_INFINITY, 0.0, 200.0];
/// Swish { beta: 2.0 }.apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.0, 0.0, 200.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swish {
    /// What the input is multiplied by in the exponent.
    pub beta: f32,
}

impl Default for Swish {
    fn default() -> Self {
        Self { beta: 1.0 }
    }
}

impl Formula for Swish {
    fn reference(&self, x: f64) -> f64 {
        let beta = f64::from(self.beta);
        // The product of two f32 is exact in f64; that of 0 and an infinity is none.
        gated(x, if beta == 0.0 { 0.0 } else { beta * x })
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        Parameter {
            activation: "swish",
            name: "beta",
            value: self.beta,
        }
        .finite()
    }
}

/// `x / (1 + e^-t)`, with the limit where t is -inf and x infinite.
pub(super) fn gated(x: f64, t: f64) -> f64 {
    if t == f64::NEG_INFINITY {
        0f64.copysign(x)
    } else {
        x * logistic(t)
    }
}
