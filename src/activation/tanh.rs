use super::Formula;
use crate::drive::{Kernel, Weight};
use crate::math::tanh;
use crate::simd::Vocabulary;

/// `f(x) = tanh(x)`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; the results rise with x, and none is beyond ±1 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.934 ULP |
/// | Special values | ±0 are their own images, as are subnormal numbers; ±inf give ±1; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | PyTorch `nn.Tanh`, ONNX `Tanh` |
///
/// ```
/// use activations::{Activation, Tanh};
/// let mut x = [-0.0, 20.0, f32::NEG_INFINITY];
/// Tanh.apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.0, 1.0, -1.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tanh;

impl Formula for Tanh {
    fn reference(&self, x: f64) -> f64 {
        libm::tanh(x)
    }
}

impl Kernel for Tanh {
    const WEIGHT: Weight = Weight::Long;
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        tanh::tanh(simd, x)
    }
}
