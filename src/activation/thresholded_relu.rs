use super::{Formula, parameter::Parameter};
use crate::Error;
use crate::drive::Kernel;
#[cfg(feature = "half")]
use crate::drive::precision::Precision;
#[cfg(feature = "half")]
use crate::drive::ranges::Ranges;
use crate::simd::Vocabulary;

/// `f(x) = if x > alpha { x } else { 0 }`.
///
/// | | |
/// |---|---|
/// | Parameters | `alpha`, 1 by default: any number, not NaN |
/// | Domain | all of f32 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | none: the result is 0 or the input |
/// | Special values | the 0 is +0; -inf gives +0, +inf gives +inf (unless `alpha` is +inf: +0); NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Konda et al., 2014; ONNX `ThresholdedRelu` |
///
/// ```
/// use activations::{Activation, ThresholdedRelu};
/// let mut x = [0.5, 1.0, 2.0];
/// ThresholdedRelu::default().apply_in_place(&mut x)?;
/// assert_eq!(x, [0.0, 0.0, 2.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ThresholdedRelu {
    /// Inputs above it are kept.
    pub alpha: f32,
}

impl Default for ThresholdedRelu {
    fn default() -> Self {
        Self { alpha: 1.0 }
    }
}

impl Formula for ThresholdedRelu {
    fn reference(&self, x: f64) -> f64 {
        if x <= f64::from(self.alpha) { 0.0 } else { x }
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        Parameter {
            activation: "thresholded_relu",
            name: "alpha",
            value: self.alpha,
        }
        .not_nan()
    }
}

impl Kernel for ThresholdedRelu {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        // "At most" and not "above", so that a NaN, of which neither holds, is kept.
        let cleared = simd.less_than_or_equal_f32s(x, simd.splat_f32s(self.alpha));
        simd.clear_f32s(cleared, x)
    }

    #[cfg(feature = "half")]
    #[inline(always)]
    fn ranges<T: Precision>(&self) -> Option<Ranges> {
        Ranges::NONE.at_most::<T>(self.alpha, 0.0)
    }
}
