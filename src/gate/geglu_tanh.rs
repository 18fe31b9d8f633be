use super::Gate;
use crate::GeluTanh;

/// `f(gate, value) = gate / 2 * (1 + tanh(sqrt(2 / pi) * (gate + 0.044715 * gate^3))) * value`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32 |
/// | Shapes | any two slices of one length, or one that holds both ([`Split`](crate::Split)); the output is as long as the gate |
/// | Error | two roundings: that of [`GeluTanh`], then at most 0.5 ULP |
/// | Special values | those of [`GeluTanh`], multiplied; a zero times an infinity and NaN give NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Shazeer, 2020; Gemma's feed-forward layers (`gelu_pytorch_tanh`) |
///
/// ```
/// use activations::{Gate, GegluTanh};
/// let mut gate = [0.0, 200.0];
/// GegluTanh.apply_in_place(&mut gate, &[3.0, 4.0])?;
/// assert_eq!(gate, [0.0, 800.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GegluTanh;

impl Gate for GegluTanh {
    type Activation = GeluTanh;

    #[inline]
    fn activation(&self) -> GeluTanh {
        GeluTanh
    }
}
