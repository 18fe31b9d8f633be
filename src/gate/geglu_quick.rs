use super::Gate;
use crate::QuickGelu;

/// `f(gate, value) = gate / (1 + e^(-1.702 gate)) * value`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32 |
/// | Shapes | any two slices of one length, or one that holds both ([`Split`](crate::Split)); the output is as long as the gate |
/// | Error | two roundings: that of [`QuickGelu`], then at most 0.5 ULP |
/// | Special values | those of [`QuickGelu`], multiplied; a zero times an infinity and NaN give NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Shazeer, 2020; the activation is that of CLIP (Hugging Face `quick_gelu`) |
///
/// ```
/// use activations::{Gate, GegluQuick};
/// let mut gate = [0.0, 200.0];
/// GegluQuick.apply_in_place(&mut gate, &[3.0, 4.0])?;
/// assert_eq!(gate, [0.0, 800.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GegluQuick;

impl Gate for GegluQuick {
    type Activation = QuickGelu;

    #[inline]
    fn activation(&self) -> QuickGelu {
        QuickGelu
    }
}
