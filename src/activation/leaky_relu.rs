use super::{Formula, parameter::Parameter};
use crate::Error;
use crate::drive::apart::{Slope, broken_line};
use crate::drive::{ChooseKernel, Kernel, WithKernel};
use crate::simd::Vocabulary;

/// `f(x) = if x < 0 { negative_slope * x } else { x }`.
///
/// | | |
/// |---|---|
/// | Parameters | `negative_slope`, 0.01 by default: finite |
/// | Domain | all of f32 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.5 ULP: correctly rounded |
/// | Special values | +0 and +inf are their own images; -0 gives -0 times the slope, as does -inf, but for a slope of 0 its limit, a zero (PyTorch: NaN); NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Maas et al., 2013; PyTorch `nn.LeakyReLU`, ONNX `LeakyRelu` |
///
/// ```
/// use activations::{Activation, LeakyRelu};
/// let mut x = [-8.0, 2.0];
/// LeakyRelu { negative_slope: 0.25 }.apply_in_place(&mut x)?;
/// assert_eq!(x, [-2.0, 2.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeakyRelu {
    /// What a negative input is multiplied by.
    pub negative_slope: f32,
}

impl Default for LeakyRelu {
    fn default() -> Self {
        Self {
            negative_slope: 0.01,
        }
    }
}

impl Formula for LeakyRelu {
    fn reference(&self, x: f64) -> f64 {
        leaky(x, f64::from(self.negative_slope))
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        Parameter {
            activation: "leaky_relu",
            name: "negative_slope",
            value: self.negative_slope,
        }
        .finite()
    }
}

impl ChooseKernel for LeakyRelu {
    #[inline(always)]
    fn choose_kernel<W: WithKernel>(&self, then: W) {
        if self.negative_slope == 0.0 {
            then.with(Flat(self.negative_slope));
        } else {
            then.with(Leak(self.negative_slope));
        }
    }
}

/// A negative slope that is not 0.
#[derive(Clone, Copy)]
struct Leak(f32);

impl Kernel for Leak {
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        simd.scale_negative_f32s(x, simd.splat_f32s(self.0))
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        broken_line(simd, x, Slope::exactly(self.0), Slope::exactly(1.0))
    }
}

/// A negative slope of ±0: -inf counts as the smallest finite number, so that the product is a zero
/// and not NaN.
#[derive(Clone, Copy)]
struct Flat(f32);

impl Kernel for Flat {
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let finite = simd.at_least_f32s(x, simd.splat_f32s(f32::MIN));
        simd.scale_negative_f32s(finite, simd.splat_f32s(self.0))
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        broken_line(simd, x, Slope::exactly(self.0), Slope::exactly(1.0))
    }
}

/// The oracle of the whole family, with the limit at -inf for a slope of 0.
pub(super) fn leaky(x: f64, slope: f64) -> f64 {
    if x.is_sign_positive() {
        x
    } else if slope == 0.0 && x == f64::NEG_INFINITY {
        -slope // the sign that the product of a finite number has
    } else {
        x * slope
    }
}
