use super::Formula;
use super::swish::gated;
use crate::drive::apart::{Slope, above_half, bounded, line, with_speck_of_f16};
use crate::drive::of_16_bits::{KernelOf16Bits, Of16Bits};
use crate::drive::precision::Precision;
use crate::drive::{Kernel, Weight, WithKernel};
use crate::math::exp_far;
use crate::math::gate::{self, LOGISTIC, SILU_16, reduce};
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

    #[inline(always)]
    fn choose_for<T: Precision, W: WithKernel>(self, then: W) {
        T::choose(then, self, Of16Bits::<_, T>::new(self));
    }
}

/// What is missing from x, or from 0, is less than half the smallest f16 from here on.
const VANISHED_F16: f32 = 21.0;

impl KernelOf16Bits for Silu {
    #[inline(always)]
    fn eval_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let u = bounded::<T, V>(simd, x, VANISHED_F16);
        let y = gate::gated(simd, x, u, reduce(simd, u, &SILU_16), &SILU_16);
        with_speck_of_f16::<T, V>(simd, x, y)
    }

    #[inline(always)]
    fn near_zero_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        above_half(simd, x)
    }
}
