use super::Formula;

/// `f(x) = e^x`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; results below the normal range are rounded once |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 1 ULP |
/// | Special values | ±0 give 1; -inf gives +0; +inf gives +inf; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | PyTorch `torch.exp`, ONNX `Exp` |
///
/// ```
/// use activations::{Activation, Exp};
/// let mut x = [f32::NEG_INFINITY, 0.0, 100.0];
/// Exp.apply_in_place(&mut x)?;
/// assert_eq!(x, [0.0, 1.0, f32::INFINITY]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Exp;

impl Formula for Exp {
    fn reference(&self, x: f64) -> f64 {
        libm::exp(x)
    }
}
