use super::Formula;
use crate::drive::apart::{Slope, line};
use crate::drive::{Kernel, Weight};
use crate::math::erf;
use crate::simd::Vocabulary;

/// `f(x) = erf(x)`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; the results rise with x, and none is beyond ±1 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.8336 ULP |
/// | Special values | ±0 are their own images; ±inf give ±1; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | PyTorch `torch.erf`, ONNX `Erf` |
///
/// ```
/// use activations::{Activation, Erf};
/// let mut x = [-0.0, 4.0, f32::NEG_INFINITY];
/// Erf.apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.0, 1.0, -1.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Erf;

impl Formula for Erf {
    fn reference(&self, x: f64) -> f64 {
        libm::erf(x)
    }
}

impl Kernel for Erf {
    const WEIGHT: Weight = Weight::Long;
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        erf::erf(simd, x)
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        line(simd, x, Slope::nearest(core::f64::consts::FRAC_2_SQRT_PI))
    }
}
