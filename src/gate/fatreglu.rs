use super::Gate;
use crate::activation::parameter::Parameter;
use crate::{Error, Threshold};

/// `f(gate, value) = gate * value` where the gate is above `threshold`, and `0 * value` elsewhere.
///
/// The activation is [`Threshold`] with a `value` of 0, which is called FATReLU.
///
/// | | |
/// |---|---|
/// | Parameters | `threshold`, 0 by default: any number |
/// | Domain | all of f32 |
/// | Shapes | any two slices of one length, or one that holds both ([`Split`](crate::Split)); the output is as long as the gate |
/// | Error | one rounding: at most 0.5 ULP |
/// | Special values | those of [`Threshold`], multiplied; a zero times an infinity and NaN give NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Kurtz et al., 2020, for the activation; vLLM's `FatreluAndMul`, for MiniCPM-S |
///
/// ```
/// use activations::{FatReglu, Gate};
/// let mut gate = [0.5, 2.0];
/// FatReglu { threshold: 1.0 }.apply_in_place(&mut gate, &[3.0, 4.0])?;
/// assert_eq!(gate, [0.0, 8.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FatReglu {
    /// What a gate has to be above.
    pub threshold: f32,
}

impl Gate for FatReglu {
    type Activation = Threshold;

    #[inline]
    fn activation(&self) -> Threshold {
        Threshold {
            threshold: self.threshold,
            value: 0.0,
        }
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        Parameter {
            activation: "fatreglu",
            name: "threshold",
            value: self.threshold,
        }
        .not_nan()
    }
}
