use super::Gate;
use crate::Relu;

/// `f(gate, value) = max(gate, 0) * value`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32 |
/// | Shapes | any two slices of one length, or one that holds both ([`Split`](crate::Split)); the output is as long as the gate |
/// | Error | two roundings: that of [`Relu`], then at most 0.5 ULP |
/// | Special values | those of [`Relu`], multiplied; a zero times an infinity and NaN give NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Shazeer, 2020 |
///
/// ```
/// use activations::{Gate, Reglu};
/// let mut gate = [-1.0, 2.0];
/// Reglu.apply_in_place(&mut gate, &[3.0, 4.0])?;
/// assert_eq!(gate, [0.0, 8.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reglu;

impl Gate for Reglu {
    type Activation = Relu;

    #[inline]
    fn activation(&self) -> Relu {
        Relu
    }
}
