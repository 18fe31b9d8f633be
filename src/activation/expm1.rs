use super::Formula;
use crate::drive::of_16_bits::{KernelOf16Bits, Of16Bits};
use crate::drive::precision::Precision;
use crate::drive::{Kernel, Weight, WithKernel};
use crate::math::expm1;
use crate::simd::Vocabulary;

/// `f(x) = e^x - 1`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; it does not cancel near 0 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.8476 ULP |
/// | Special values | ±0 are their own images; -inf gives -1; +inf gives +inf; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | PyTorch `torch.expm1` |
///
/// ```
/// use activations::{Activation, Expm1};
/// let mut x = [f32::NEG_INFINITY, 0.0, 100.0];
/// Expm1.apply_in_place(&mut x)?;
/// assert_eq!(x, [-1.0, 0.0, f32::INFINITY]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Expm1;

impl Formula for Expm1 {
    fn reference(&self, x: f64) -> f64 {
        libm::expm1(x)
    }
}

/// The result is infinite from here on.
const HIGHEST: f32 = 89.0;

impl Kernel for Expm1 {
    const WEIGHT: Weight = Weight::Heavy;
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let t = simd.at_least_f32s(x, simd.splat_f32s(expm1::LOWEST));
        let t = simd.at_most_f32s(t, simd.splat_f32s(HIGHEST));
        // The result has the sign of x, which its zero need not have yet.
        simd.or_f32s(expm1::expm1(simd, t), simd.sign_f32s(x))
    }

    #[inline(always)]
    fn choose_for<T: Precision, W: WithKernel>(self, then: W) {
        T::choose(then, self, Of16Bits::<_, T>::new(self));
    }
}

/// From here on results of f16 are infinite.
const HIGHEST_F16: f32 = 12.0;

impl KernelOf16Bits for Expm1 {
    const WEIGHT_OF_16_BITS: Weight = Weight::Long;

    #[inline(always)]
    fn eval_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let highest = if T::HAS_RANGE_OF_F32 {
            HIGHEST
        } else {
            HIGHEST_F16
        };
        let t = simd.at_least_f32s(x, simd.splat_f32s(expm1::LOWEST));
        let y = expm1::expm1_16::<T, V>(simd, simd.at_most_f32s(t, simd.splat_f32s(highest)));
        simd.or_f32s(y, simd.sign_f32s(x))
    }
}
