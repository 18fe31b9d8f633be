use super::Formula;
use crate::drive::Kernel;
#[cfg(feature = "half")]
use crate::drive::precision::Precision;
#[cfg(feature = "half")]
use crate::drive::ranges::Ranges;
use crate::simd::Vocabulary;

/// `f(x) = min(max(x, 0), 6)`: the rectified linear unit, capped at 6.
///
/// | | |
/// |---|---|
/// | Domain | all of f32 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | none: the result is 0, 6 or the input |
/// | Special values | -0 gives -0; -inf gives +0, +inf gives 6; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | PyTorch `nn.ReLU6` |
///
/// ```
/// use activations::{Activation, Relu6};
/// let mut x = [-1.5, 2.0, 7.0];
/// Relu6.apply_in_place(&mut x)?;
/// assert_eq!(x, [0.0, 2.0, 6.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Relu6;

impl Formula for Relu6 {
    fn reference(&self, x: f64) -> f64 {
        x.clamp(0.0, 6.0)
    }
}

impl Kernel for Relu6 {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let x = simd.at_least_f32s(x, simd.splat_f32s(0.0));
        simd.at_most_f32s(x, simd.splat_f32s(6.0))
    }

    #[cfg(feature = "half")]
    #[inline(always)]
    fn ranges<T: Precision>(&self) -> Option<Ranges> {
        Ranges::NONE.below::<T>(0.0, 0.0)?.above::<T>(6.0, 6.0)
    }
}
