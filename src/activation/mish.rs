use super::Formula;

/// `f(x) = x * tanh(ln(1 + e^x))`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; the lower tail keeps its relative accuracy down to the subnormal numbers |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 1 ULP |
/// | Special values | ±0 are their own images; -inf gives -0, the limit; +inf gives +inf; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Misra, 2019; PyTorch `nn.Mish`, ONNX `Mish` |
///
/// ```
/// use activations::{Activation, Mish};
/// let mut x = [f32::NEG_INFINITY, 0.0, 200.0];
/// Mish.apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.0, 0.0, 200.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mish;

impl Formula for Mish {
    fn reference(&self, x: f64) -> f64 {
        // With e = e^x the factor is ((1 + e)^2 - 1) / ((1 + e)^2 + 1); on the upper side both are
        // divided by e^2. All terms are positive: nothing cancels, and no power overflows.
        if x == f64::NEG_INFINITY {
            return -0.0;
        }
        let e = libm::exp(-x.abs());
        let factor = if x < 0.0 {
            e * (e + 2.0) / (e * (e + 2.0) + 2.0)
        } else {
            (1.0 + 2.0 * e) / (1.0 + 2.0 * e * (1.0 + e))
        };
        x * factor
    }
}
