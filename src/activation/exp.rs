use super::Formula;
use crate::drive::{Kernel, Weight};
use crate::math::exp;
use crate::math::exp_far;
use crate::simd::{NEXT_TO_ZERO, Vocabulary};

/// `f(x) = e^x`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; results below the normal range are rounded once |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.7701 ULP |
/// | Special values | ±0 give 1; -inf gives +0; +inf gives +inf; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | PyTorch `torch.exp`, ONNX `Exp` |
///
/// ```
/// use activations::{Activation, Exp};
/// let mut x = [f32::NEG_INFINITY, 0.0, 100.0];
/// Exp.apply_in_place(&mut x)?;
/// assert_eq!(x, [0.0, 1.0, f32::INFINITY]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Exp;

impl Formula for Exp {
    fn reference(&self, x: f64) -> f64 {
        libm::exp(x)
    }
}

impl Kernel for Exp {
    const WEIGHT: Weight = Weight::Long;
    const LARGEST: f32 = exp_far::NEAR;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        // No result shows what is added, but with it no subnormal number is multiplied, which takes long.
        let t = simd.add_f32s(x, simd.splat_f32s(NEXT_TO_ZERO));
        let power = exp::power::<V, 0>(simd, t, &exp::RISING);
        simd.mul_f32s(power.mantissa(simd), exp::scale(simd, power.bits))
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        exp_far::exp(simd, x)
    }
}
