use super::Gate;
use crate::activation::parameter::Parameter;
use crate::{Error, Swish};

/// `f(gate, value) = gate / (1 + e^(-alpha * gate)) * value`.
///
/// | | |
/// |---|---|
/// | Parameters | `alpha`, 1 by default: finite |
/// | Domain | all of f32 |
/// | Shapes | any two slices of one length, or one that holds both ([`Split`](crate::Split)); the output is as long as the gate |
/// | Error | two roundings: that of [`Swish`] with a `beta` of `alpha`, then at most 0.5 ULP |
/// | Special values | those of [`Swish`], multiplied; a zero times an infinity and NaN give NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Shazeer, 2020; ONNX `SwiGLU`; with 1 it is `silu(gate) * value`, as in Llama and most that followed |
///
/// ```
/// use activations::{Gate, Swiglu};
/// let mut gate = [0.0, 200.0];
/// Swiglu::default().apply_in_place(&mut gate, &[3.0, 4.0])?;
/// assert_eq!(gate, [0.0, 800.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swiglu {
    /// What the gate is multiplied by in the exponent.
    pub alpha: f32,
}

impl Default for Swiglu {
    fn default() -> Self {
        Self { alpha: 1.0 }
    }
}

impl Gate for Swiglu {
    type Activation = Swish;

    #[inline]
    fn activation(&self) -> Swish {
        Swish { beta: self.alpha }
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        Parameter {
            activation: "swiglu",
            name: "alpha",
            value: self.alpha,
        }
        .finite()
    }
}
