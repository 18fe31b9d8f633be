use super::{Formula, gelu::Gelu};
use crate::drive::of_16_bits::{KernelOf16Bits, Of16Bits};
use crate::drive::precision::Precision;
use crate::drive::{Kernel, Weight, WithKernel};
use crate::simd::Vocabulary;

/// `f(x) = min(max(x Phi(x), -10), 10)`: [`Gelu`], clipped.
///
/// The lower limit never acts, as no result of GELU is below -0.17.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; the lower tail keeps its relative accuracy down to the subnormal numbers |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.967 ULP |
/// | Special values | ±0 are their own images; -inf gives -0, the limit; +inf gives 10; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Wu et al., 2020 (integer quantization); Hugging Face `gelu_10`, `ClippedGELUActivation` |
///
/// ```
/// use activations::{Activation, Gelu10};
/// let mut x = [f32::NEG_INFINITY, 0.0, 20.0];
/// Gelu10.apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.0, 0.0, 10.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gelu10;

/// The upper limit.
const LIMIT: f32 = 10.0;

impl Formula for Gelu10 {
    fn reference(&self, x: f64) -> f64 {
        let limit = f64::from(LIMIT);
        let y = Gelu.reference(x);
        // Not by `min`, which would lose a NaN.
        if y > limit { limit } else { y }
    }
}

impl Kernel for Gelu10 {
    const WEIGHT: Weight = Weight::Long;
    const HAS_NEAR_ZERO: bool = true;
    const LARGEST: f32 = Gelu::LARGEST;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        simd.at_most_f32s(Gelu.eval(simd, x), simd.splat_f32s(LIMIT))
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        simd.at_most_f32s(Gelu.far(simd, x), simd.splat_f32s(LIMIT))
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        Gelu.near_zero(simd, x)
    }

    #[inline(always)]
    fn choose_for<T: Precision, W: WithKernel>(self, then: W) {
        T::choose(then, self, Of16Bits::<_, T>::new(self));
    }
}

impl KernelOf16Bits for Gelu10 {
    #[inline(always)]
    fn eval_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        simd.at_most_f32s(Gelu.eval_16::<T, V>(simd, x), simd.splat_f32s(LIMIT))
    }

    #[inline(always)]
    fn near_zero_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        Gelu.near_zero_16::<T, V>(simd, x)
    }
}
