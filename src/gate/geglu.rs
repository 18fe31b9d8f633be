use super::Gate;
use crate::Gelu;

/// `f(gate, value) = gate / 2 * (1 + erf(gate / sqrt(2))) * value`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32 |
/// | Shapes | any two slices of one length, or one that holds both ([`Split`](crate::Split)); the output is as long as the gate |
/// | Error | two roundings: that of [`Gelu`], then at most 0.5 ULP |
/// | Special values | those of [`Gelu`], multiplied; a zero times an infinity and NaN give NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Shazeer, 2020; Hugging Face's `GEGLU` of diffusers, which has the value first |
///
/// ```
/// use activations::{Gate, Geglu};
/// let mut gate = [0.0, 200.0];
/// Geglu.apply_in_place(&mut gate, &[3.0, 4.0])?;
/// assert_eq!(gate, [0.0, 800.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Geglu;

impl Gate for Geglu {
    type Activation = Gelu;

    #[inline]
    fn activation(&self) -> Gelu {
        Gelu
    }
}
