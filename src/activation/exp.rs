use super::Formula;
use crate::drive::of_16_bits::{KernelOf16Bits, Of16Bits};
use crate::drive::precision::Precision;
use crate::drive::{Kernel, Weight, WithKernel};
use crate::math::exp;
use crate::math::exp_far;
use crate::math::exp16::{EXP_BF16, EXP_F16, exp16};
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

    #[inline(always)]
    fn choose_for<T: Precision, W: WithKernel>(self, then: W) {
        T::choose(then, self, Of16Bits::<_, T>::new(self));
    }
}

/// From here on down results of f16 are 0, and from [`INFINITE_F16`] on up infinite.
const VANISHED_F16: f32 = -18.0;
const INFINITE_F16: f32 = 12.0;

impl KernelOf16Bits for Exp {
    #[inline(always)]
    fn eval_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        if T::HAS_RANGE_OF_F32 {
            let t = simd.add_f32s(x, simd.splat_f32s(NEXT_TO_ZERO));
            return exp16(simd, t, &EXP_BF16);
        }
        let t = simd.at_least_f32s(x, simd.splat_f32s(VANISHED_F16));
        exp16(
            simd,
            simd.at_most_f32s(t, simd.splat_f32s(INFINITE_F16)),
            &EXP_F16,
        )
    }
}
