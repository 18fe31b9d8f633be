use super::{Formula, Hardshrink, parameter::Parameter};
use crate::Error;
use crate::drive::precision::Precision;
use crate::drive::{Kernel, WithKernel};
use crate::simd::Vocabulary;

/// `f(x) = x - lambda` above `lambda`, `x + lambda` below `-lambda`, 0 between.
///
/// | | |
/// |---|---|
/// | Parameters | `lambda`, 0.5 by default: 0 or more, not NaN |
/// | Domain | all of f32 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.5 ULP: correctly rounded |
/// | Special values | the 0 is +0; ±inf are their own images, but for an infinite `lambda`, which gives 0 for every number; NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | PyTorch `nn.Softshrink` |
///
/// ```
/// use activations::{Activation, Softshrink};
/// let mut x = [-1.5, 0.25, 2.0];
/// Softshrink::default().apply_in_place(&mut x)?;
/// assert_eq!(x, [-1.0, 0.0, 1.5]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Softshrink {
    /// How far each input is moved towards 0.
    pub lambda: f32,
}

impl Default for Softshrink {
    fn default() -> Self {
        Self { lambda: 0.5 }
    }
}

impl Formula for Softshrink {
    fn reference(&self, x: f64) -> f64 {
        let lambda = f64::from(self.lambda);
        if x > lambda {
            x - lambda
        } else if x < -lambda {
            x + lambda
        } else if x.is_nan() {
            x
        } else {
            0.0
        }
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        Parameter {
            activation: "softshrink",
            name: "lambda",
            value: self.lambda,
        }
        .not_negative()
    }
}

impl Kernel for Softshrink {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        // x minus x clamped to ±lambda: between the two, x - x is +0.
        let clamped = simd.at_least_f32s(x, simd.splat_f32s(-self.lambda));
        let clamped = simd.at_most_f32s(clamped, simd.splat_f32s(self.lambda));
        simd.sub_f32s(x, clamped)
    }

    #[inline(always)]
    fn choose_for<T: Precision, W: WithKernel>(self, then: W) {
        if self.lambda == f32::INFINITY {
            // An infinity less itself would be NaN.
            then.with(Hardshrink {
                lambda: self.lambda,
            });
        } else {
            then.with(self);
        }
    }
}
