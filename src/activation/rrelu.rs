use super::leaky_relu::leaky;
use super::{Formula, LeakyRelu, parameter::Parameter};
use crate::Error;
use crate::drive::precision::Precision;
use crate::drive::{ChooseKernel, Kernel, WithKernel};
use crate::simd::Vocabulary;

/// `f(x) = if x < 0 { x * (lower + upper) / 2 } else { x }`: the randomized leaky ReLU in
/// evaluation.
///
/// (In training PyTorch draws each slope from `lower..upper`; that is no element-wise function.)
///
/// | | |
/// |---|---|
/// | Parameters | `lower`, 1/8 by default, and `upper`, 1/3: finite, `lower <= upper` |
/// | Domain | all of f32 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.5 ULP: the slope is the mean of the bounds rounded to f32, as in PyTorch, but the exact mean where that is subnormal; its product with x is correctly rounded |
/// | Special values | as for [`LeakyRelu`], with the mean as the slope: it is 0 only where the bounds are 0 or opposite (in PyTorch, also where it is 2^-150) |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Xu et al., 2015; PyTorch `nn.RReLU` |
///
/// ```
/// use activations::{Activation, Rrelu};
/// let mut x = [-8.0, 2.0];
/// Rrelu { lower: 0.25, upper: 0.75 }.apply_in_place(&mut x)?;
/// assert_eq!(x, [-4.0, 2.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rrelu {
    /// The smallest slope of training.
    pub lower: f32,
    /// The largest slope of training.
    pub upper: f32,
}

impl Default for Rrelu {
    fn default() -> Self {
        Self {
            lower: 1.0 / 8.0,
            upper: 1.0 / 3.0,
        }
    }
}

impl Rrelu {
    /// The mean of the bounds, rounded to f32 once; where it is subnormal, the exact one, a multiple of 2^-150.
    fn slope(&self) -> f64 {
        let mean = (f64::from(self.lower) + f64::from(self.upper)) / 2.0;
        if mean.abs() < f64::from(f32::MIN_POSITIVE) {
            mean
        } else {
            f64::from(mean as f32)
        }
    }
}

impl Formula for Rrelu {
    fn reference(&self, x: f64) -> f64 {
        leaky(x, self.slope())
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        let parameter = |name, value| Parameter {
            activation: "rrelu",
            name,
            value,
        };
        parameter("lower", self.lower).finite()?;
        parameter("upper", self.upper).finite()?;
        parameter("lower", self.lower).require(self.lower <= self.upper, "at most upper")
    }
}

impl ChooseKernel for Rrelu {
    #[inline(always)]
    fn choose_kernel<T: Precision, W: WithKernel>(&self, then: W) {
        let slope = self.slope();
        let negative_slope = slope as f32;
        if f64::from(negative_slope) == slope {
            LeakyRelu { negative_slope }.choose_kernel::<T, W>(then);
        } else {
            // The mean is so small that the sum is an f32.
            then.with(Halved(self.lower + self.upper));
        }
    }
}

/// A slope of half a number, where the half is no f32.
#[derive(Clone, Copy)]
struct Halved(f32);

impl Kernel for Halved {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        // Half of x is exact, or so small that the product is a zero either way.
        let half = simd.scale_negative_f32s(x, simd.splat_f32s(0.5));
        simd.scale_negative_f32s(half, simd.splat_f32s(self.0))
    }
}
