use super::{Formula, parameter::Parameter};
use crate::Error;
use crate::drive::Kernel;
#[cfg(feature = "half")]
use crate::drive::precision::Precision;
#[cfg(feature = "half")]
use crate::drive::ranges::Ranges;
use crate::simd::Vocabulary;

/// `f(x) = min(max(x, min), max)`: ONNX's `Clip`.
///
/// | | |
/// |---|---|
/// | Parameters | `min`, -1 by default, and `max`, 1: any numbers, not NaN |
/// | Domain | all of f32 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | none: the result is the input or a bound |
/// | Special values | a zero input keeps its sign where the bounds admit zero; ±inf give the bounds; where `min` is above `max`, every number gives `max`; NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | PyTorch `nn.Hardtanh` (`min_val`, `max_val`), ONNX `Clip` |
///
/// ```
/// use activations::{Activation, Hardtanh};
/// let mut x = [-1.5, 0.5, 2.0];
/// Hardtanh::default().apply_in_place(&mut x)?;
/// assert_eq!(x, [-1.0, 0.5, 1.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hardtanh {
    /// The least result.
    pub min: f32,
    /// The greatest result.
    pub max: f32,
}

impl Default for Hardtanh {
    fn default() -> Self {
        Self {
            min: -1.0,
            max: 1.0,
        }
    }
}

impl Formula for Hardtanh {
    fn reference(&self, x: f64) -> f64 {
        let (min, max) = (f64::from(self.min), f64::from(self.max));
        let x = if x < min { min } else { x };
        if x > max { max } else { x }
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        let parameter = |name, value| Parameter {
            activation: "hardtanh",
            name,
            value,
        };
        parameter("min", self.min).not_nan()?;
        parameter("max", self.max).not_nan()
    }
}

impl Kernel for Hardtanh {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let x = simd.at_least_f32s(x, simd.splat_f32s(self.min));
        simd.at_most_f32s(x, simd.splat_f32s(self.max))
    }

    #[cfg(feature = "half")]
    #[inline(always)]
    fn ranges<T: Precision>(&self) -> Option<Ranges> {
        Ranges::NONE
            // Of bounds in the wrong order the upper one counts.
            .below::<T>(self.min, self.min.min(self.max))?
            .above::<T>(self.max, self.max)
    }
}
