use super::Formula;
use crate::drive::apart::{Slope, line};
use crate::drive::of_16_bits::{KernelOf16Bits, Of16Bits};
use crate::drive::precision::Precision;
use crate::drive::{Kernel, Weight, WithKernel};
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

    #[inline(always)]
    fn choose_for<T: Precision, W: WithKernel>(self, then: W) {
        T::choose(then, self, Of16Bits::<_, T>::new(self));
    }
}

/// Two factors, of x and of the result, found by trial: they bring what is next to a tie of f16 to the right side. (For bf16
/// all is right without them.)
const BEFORE_F16: f32 = 1.0 - f32::EPSILON;
const AFTER_F16: f32 = 1.0 + f32::EPSILON;

impl KernelOf16Bits for Erf {
    #[inline(always)]
    fn eval_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        if T::HAS_RANGE_OF_F32 {
            return erf::erf(simd, x);
        }
        let y = erf::erf(simd, simd.mul_f32s(x, simd.splat_f32s(BEFORE_F16)));
        simd.mul_f32s(y, simd.splat_f32s(AFTER_F16))
    }
}
