use super::{Formula, parameter::Parameter};
use crate::Error;
use crate::drive::Kernel;
#[cfg(feature = "half")]
use crate::drive::precision::Precision;
#[cfg(feature = "half")]
use crate::drive::ranges::Ranges;
use crate::simd::Vocabulary;

/// `f(x) = if x > threshold { x } else { value }`.
///
/// | | |
/// |---|---|
/// | Parameters | `threshold` and `value`, both 0 by default (PyTorch has no default): any number, not NaN |
/// | Domain | all of f32 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | none: the result is the input or `value` |
/// | Special values | ±0 give `value` where `threshold` is 0; NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | PyTorch `nn.Threshold` |
///
/// ```
/// use activations::{Activation, Threshold};
/// let mut x = [0.05, 2.0];
/// Threshold { threshold: 0.1, value: 20.0 }.apply_in_place(&mut x)?;
/// assert_eq!(x, [20.0, 2.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Threshold {
    /// Inputs above it are kept.
    pub threshold: f32,
    /// What the others are replaced by.
    pub value: f32,
}

impl Formula for Threshold {
    fn reference(&self, x: f64) -> f64 {
        if x <= f64::from(self.threshold) {
            f64::from(self.value)
        } else {
            x
        }
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        let parameter = |name, value| Parameter {
            activation: "threshold",
            name,
            value,
        };
        parameter("threshold", self.threshold).not_nan()?;
        parameter("value", self.value).not_nan()
    }
}

impl Kernel for Threshold {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        // "At most" and not "above", so that a NaN, of which neither holds, is kept.
        let replaced = simd.less_than_or_equal_f32s(x, simd.splat_f32s(self.threshold));
        simd.select_f32s(replaced, simd.splat_f32s(self.value), x)
    }

    #[cfg(feature = "half")]
    #[inline(always)]
    fn ranges<T: Precision>(&self) -> Option<Ranges> {
        Ranges::NONE.at_most::<T>(self.threshold, self.value)
    }
}
