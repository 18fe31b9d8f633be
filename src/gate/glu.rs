use super::Gate;
use crate::Sigmoid;

/// `f(gate, value) = 1 / (1 + e^-gate) * value`: the gated linear unit.
///
/// | | |
/// |---|---|
/// | Domain | all of f32 |
/// | Shapes | any two slices of one length, or one that holds both ([`Split`](crate::Split)); the output is as long as the gate |
/// | Error | two roundings: that of [`Sigmoid`], then at most 0.5 ULP |
/// | Special values | those of [`Sigmoid`], multiplied; a zero times an infinity and NaN give NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Dauphin et al., 2016; PyTorch `F.glu` and `nn.GLU`, which have the value first |
///
/// ```
/// use activations::{Gate, Glu};
/// let mut gate = [0.0, f32::INFINITY];
/// Glu.apply_in_place(&mut gate, &[3.0, 4.0])?;
/// assert_eq!(gate, [1.5, 4.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Glu;

impl Gate for Glu {
    type Activation = Sigmoid;

    #[inline]
    fn activation(&self) -> Sigmoid {
        Sigmoid
    }
}
