use super::Formula;
use crate::drive::Kernel;
#[cfg(feature = "half")]
use crate::drive::precision::Precision;
#[cfg(feature = "half")]
use crate::drive::ranges::Ranges;
use crate::simd::Vocabulary;

/// `f(x) = if x < 0 { 0 } else { x }`: the rectified linear unit.
///
/// | | |
/// |---|---|
/// | Domain | all of f32 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | none: the result is 0 or the input |
/// | Special values | -0 gives -0, as in PyTorch; -inf gives +0, +inf gives +inf; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | PyTorch `nn.ReLU`, ONNX `Relu` |
///
/// ```
/// use activations::{Activation, Relu};
/// let mut x = [-1.5, 0.0, 2.0];
/// Relu.apply_in_place(&mut x)?;
/// assert_eq!(x, [0.0, 0.0, 2.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Relu;

impl Formula for Relu {
    fn reference(&self, x: f64) -> f64 {
        if x < 0.0 { 0.0 } else { x }
    }
}

impl Kernel for Relu {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        simd.at_least_f32s(x, simd.splat_f32s(0.0))
    }

    #[cfg(feature = "half")]
    #[inline(always)]
    fn ranges<T: Precision>(&self) -> Option<Ranges> {
        Ranges::NONE.below::<T>(0.0, 0.0)
    }
}
