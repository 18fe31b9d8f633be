use super::Formula;
use super::swish::gated;
use crate::drive::apart::{Slope, line};
use crate::drive::{Kernel, Weight};
use crate::math::exp_far;
use crate::math::gate::{self, LOGISTIC, reduce};
use crate::simd::Vocabulary;

/// `f(x) = x / (1 + e^-x)`.
///
/// [`Swish`](crate::Swish) with a `beta` of 1.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; the lower tail keeps its relative accuracy down to the subnormal numbers |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 1.9649 ULP |
/// | Special values | ±0 are their own images; -inf gives -0, the limit; +inf gives +inf; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Hendrycks and Gimpel, 2016; Elfwing et al., 2017; PyTorch `nn.SiLU`, Hugging Face `silu` |
///
/// ```
/// use activations::{Activation, Silu};
/// let mut x = [f32::NEG_INFINITY, 0.0, 200.0];
/// Silu.apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.0, 0.0, 200.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Silu;

impl Formula for Silu {
    fn reference(&self, x: f64) -> f64 {
        gated(x, x)
    }
}

impl Kernel for Silu {
    const WEIGHT: Weight = Weight::Long;
    const HAS_NEAR_ZERO: bool = true;
    const LARGEST: f32 = exp_far::NEAR;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let u = simd.magnitude_f32s(x);
        gate::gated(simd, x, u, reduce(simd, u, &LOGISTIC), &LOGISTIC)
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        exp_far::x_or_x_exp(simd, x)
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        line(simd, x, Slope::exactly(0.5))
    }
}
