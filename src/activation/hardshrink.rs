use super::{Formula, parameter::Parameter};
use crate::Error;
use crate::drive::Kernel;
#[cfg(feature = "half")]
use crate::drive::precision::Precision;
#[cfg(feature = "half")]
use crate::drive::ranges::Ranges;
use crate::simd::Vocabulary;

/// `f(x) = if |x| > lambda { x } else { 0 }`.
///
/// | | |
/// |---|---|
/// | Parameters | `lambda`, 0.5 by default: any number, not NaN |
/// | Domain | all of f32 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | none: the result is 0 or the input |
/// | Special values | the 0 is +0; ±inf are their own images for a finite `lambda`; for a negative one every number is; NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | PyTorch `nn.Hardshrink` |
///
/// ```
/// use activations::{Activation, Hardshrink};
/// let mut x = [-1.5, 0.25, 2.0];
/// Hardshrink::default().apply_in_place(&mut x)?;
/// assert_eq!(x, [-1.5, 0.0, 2.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hardshrink {
    /// Half the width of the interval that becomes 0.
    pub lambda: f32,
}

impl Default for Hardshrink {
    fn default() -> Self {
        Self { lambda: 0.5 }
    }
}

impl Formula for Hardshrink {
    fn reference(&self, x: f64) -> f64 {
        if x.abs() <= f64::from(self.lambda) {
            0.0
        } else {
            x
        }
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        Parameter {
            activation: "hardshrink",
            name: "lambda",
            value: self.lambda,
        }
        .not_nan()
    }
}

impl Kernel for Hardshrink {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let lambda = simd.splat_f32s(self.lambda);
        let shrunk = simd.less_than_or_equal_f32s(simd.magnitude_f32s(x), lambda);
        simd.clear_f32s(shrunk, x)
    }

    #[cfg(feature = "half")]
    #[inline(always)]
    fn ranges<T: Precision>(&self) -> Option<Ranges> {
        Ranges::NONE.within::<T>(self.lambda, 0.0)
    }
}
