use super::{Formula, Hardshrink, parameter::Parameter};
use crate::Error;
use crate::drive::precision::Precision;
#[cfg(feature = "half")]
use crate::drive::ranges::Ranges;
use crate::drive::{ChooseKernel, Kernel, Weight, WithKernel};
use crate::simd::Vocabulary;

/// `f(x) = x - bias` above `lambda`, `x + bias` below `-lambda`, 0 between.
///
/// | | |
/// |---|---|
/// | Parameters | `lambda`, 0.5 by default: 0 or more, not NaN; `bias`, 0 by default: finite |
/// | Domain | all of f32 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | none for a bias of 0, else at most 0.5 ULP: correctly rounded |
/// | Special values | the 0 is +0; ±inf are their own images for a finite `lambda`; NaN gives NaN (by ONNX's text it would give 0) |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | ONNX `Shrink` (`lambd`, `bias`) |
///
/// ```
/// use activations::{Activation, Shrink};
/// let mut x = [-1.5, 0.25, 2.0];
/// Shrink { lambda: 1.0, bias: 0.25 }.apply_in_place(&mut x)?;
/// assert_eq!(x, [-1.25, 0.0, 1.75]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shrink {
    /// Half the width of the interval that becomes 0.
    pub lambda: f32,
    /// How far the other inputs are moved towards 0.
    pub bias: f32,
}

impl Default for Shrink {
    fn default() -> Self {
        Self {
            lambda: 0.5,
            bias: 0.0,
        }
    }
}

impl Formula for Shrink {
    fn reference(&self, x: f64) -> f64 {
        let (lambda, bias) = (f64::from(self.lambda), f64::from(self.bias));
        if x > lambda {
            x - bias
        } else if x < -lambda {
            x + bias
        } else if x.is_nan() {
            x
        } else {
            0.0
        }
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        let parameter = |name, value| Parameter {
            activation: "shrink",
            name,
            value,
        };
        parameter("lambda", self.lambda).not_negative()?;
        parameter("bias", self.bias).finite()
    }
}

impl ChooseKernel for Shrink {
    #[inline(always)]
    fn choose_kernel<T: Precision, W: WithKernel>(&self, then: W) {
        let Self { lambda, bias } = *self;
        if bias == 0.0 {
            Hardshrink { lambda }.choose_kernel::<T, W>(then);
        } else {
            then.with(Biased { lambda, bias });
        }
    }

    #[cfg(feature = "half")]
    #[inline(always)]
    fn ranges_of<T: Precision>(&self) -> Option<Ranges> {
        match self.bias {
            0.0 => Ranges::NONE.within::<T>(self.lambda, 0.0),
            _ => None,
        }
    }
}

/// A bias that is not 0.
#[derive(Clone, Copy)]
struct Biased {
    lambda: f32,
    bias: f32,
}

impl Kernel for Biased {
    const WEIGHT: Weight = Weight::Long;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let lambda = simd.splat_f32s(self.lambda);
        let shrunk = simd.less_than_or_equal_f32s(simd.magnitude_f32s(x), lambda);
        // The bias with its sign turned where x is negative.
        let bias = simd.xor_f32s(simd.splat_f32s(self.bias), simd.sign_f32s(x));
        simd.clear_f32s(shrunk, simd.sub_f32s(x, bias))
    }
}
