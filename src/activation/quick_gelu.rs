use super::Formula;
use super::swish::gated;
use crate::drive::apart::{Slope, above_half, bounded, line};
use crate::drive::of_16_bits::{KernelOf16Bits, Of16Bits};
use crate::drive::precision::Precision;
use crate::drive::{Kernel, Weight, WithKernel};
use crate::math::gate::{self, Factor, QUICK_GELU, QUICK_GELU_16, reduce};
use crate::simd::Vocabulary;

/// `f(x) = x / (1 + e^(-1.702 x))`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; the lower tail keeps its relative accuracy down to the subnormal numbers |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 1.9677 ULP |
/// | Special values | ±0 are their own images; -inf gives -0, the limit; +inf gives +inf; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Hendrycks and Gimpel, 2016; CLIP (Radford et al., 2021), Hugging Face `quick_gelu` |
///
/// ```
/// use activations::{Activation, QuickGelu};
/// let mut x = [f32::NEG_INFINITY, 0.0, 20.0];
/// QuickGelu.apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.0, 0.0, 20.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct QuickGelu;

/// Numbers of a larger magnitude have results that may be subnormal.
pub(super) const LARGEST: f32 = 51.0;

/// From here on what is missing from x, or from 0, rounds to 0.
const VANISHED: f32 = 64.0;

/// From here on it is subnormal.
const SUBNORMAL: f32 = 53.66;

impl Formula for QuickGelu {
    fn reference(&self, x: f64) -> f64 {
        gated(x, 1.702 * x)
    }
}

impl Kernel for QuickGelu {
    const WEIGHT: Weight = Weight::Long;
    const HAS_NEAR_ZERO: bool = true;
    const LARGEST: f32 = LARGEST;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        near(simd, x, &QUICK_GELU)
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        far(simd, x, &QUICK_GELU)
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

/// The result up to [`LARGEST`], for a factor next to 1.702.
#[inline(always)]
pub(super) fn near<V: Vocabulary>(simd: V, x: V::f32s, factor: &Factor<5>) -> V::f32s {
    let u = simd.magnitude_f32s(x);
    gate::gated(simd, x, u, reduce(simd, u, factor), factor)
}

/// The result beyond.
#[inline(always)]
pub(super) fn far<V: Vocabulary>(simd: V, x: V::f32s, factor: &Factor<5>) -> V::f32s {
    let u = simd.at_most_f32s(simd.magnitude_f32s(x), simd.splat_f32s(VANISHED));
    let is_small = simd.less_than_f32s(simd.splat_f32s(SUBNORMAL), u);
    gate::gated_far(simd, x, u, reduce(simd, u, factor), factor, is_small)
}

/// What is missing from x, or from 0, is less than half the smallest f16 from here on.
const VANISHED_F16: f32 = 12.5;

impl KernelOf16Bits for QuickGelu {
    #[inline(always)]
    fn eval_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let u = bounded::<T, V>(simd, x, VANISHED_F16);
        gate::gated(simd, x, u, reduce(simd, u, &QUICK_GELU_16), &QUICK_GELU_16)
    }

    #[inline(always)]
    fn near_zero_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        above_half(simd, x)
    }
}
