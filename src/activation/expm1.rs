use super::Formula;

/// `f(x) = e^x - 1`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; it does not cancel near 0 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 1 ULP |
/// | Special values | ±0 are their own images; -inf gives -1; +inf gives +inf; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | PyTorch `torch.expm1` |
///
/// ```
/// use activations::{Activation, Expm1};
/// let mut x = [f32::NEG_INFINITY, 0.0, 100.0];
/// Expm1.apply_in_place(&mut x)?;
/// assert_eq!(x, [-1.0, 0.0, f32::INFINITY]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Expm1;

impl Formula for Expm1 {
    fn reference(&self, x: f64) -> f64 {
        libm::expm1(x)
    }
}
