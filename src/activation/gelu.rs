use super::Formula;
use crate::drive::apart::{Slope, above_half, bounded, line, with_speck_of_f16};
use crate::drive::of_16_bits::{KernelOf16Bits, Of16Bits};
use crate::drive::precision::Precision;
use crate::drive::{Kernel, Weight, WithKernel};
use crate::math::normal_tail::{Product, VANISHED, normal_tail, normal_tail_16};
use crate::math::x_or_less;
use crate::simd::{Vocabulary, product_in_range};

/// `f(x) = x Phi(x) = x/2 (1 + erf(x / sqrt(2)))`.
///
/// Phi is the distribution function of the standard normal distribution.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; the lower tail keeps its relative accuracy down to the subnormal numbers |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.967 ULP |
/// | Special values | ±0 are their own images; -inf gives -0, the limit; +inf gives +inf; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Hendrycks and Gimpel, 2016; PyTorch `nn.GELU`, ONNX `Gelu`, Hugging Face `gelu` |
///
/// ```
/// use activations::{Activation, Gelu};
/// let mut x = [f32::NEG_INFINITY, 0.0, 20.0];
/// Gelu.apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.0, 0.0, 20.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gelu;

impl Formula for Gelu {
    fn reference(&self, x: f64) -> f64 {
        if x == f64::NEG_INFINITY {
            -0.0
        } else {
            // erfc keeps the relative accuracy of the lower tail.
            0.5 * x * libm::erfc(-x * core::f64::consts::FRAC_1_SQRT_2)
        }
    }
}

/// Beyond, u Phi(-u) is subnormal.
const SUBNORMAL: f32 = 13.15;

impl Kernel for Gelu {
    const WEIGHT: Weight = Weight::Long;
    const HAS_NEAR_ZERO: bool = true;
    const LARGEST: f32 = 13.0;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        // f(x) = max(x, 0) - u Phi(-u), u = |x|: one rounding, exact scaling for x < 0.
        let Product { power, rest } = normal_tail(simd, simd.magnitude_f32s(x));
        let positive = simd.at_least_f32s(x, simd.splat_f32s(0.0));
        simd.negate_mul_add_f32s(power, rest, positive)
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let u = simd.at_most_f32s(simd.magnitude_f32s(x), simd.splat_f32s(VANISHED));
        let Product { power, rest } = normal_tail(simd, u);
        let is_small = simd.less_than_f32s(simd.splat_f32s(SUBNORMAL), u);
        x_or_less(simd, x, product_in_range(simd, power, rest, is_small))
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
const VANISHED_F16: f32 = 6.0;

impl KernelOf16Bits for Gelu {
    #[inline(always)]
    fn eval_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let Product { power, rest } = normal_tail_16(simd, bounded::<T, V>(simd, x, VANISHED_F16));
        let positive = simd.at_least_f32s(x, simd.splat_f32s(0.0));
        let y = simd.negate_mul_add_f32s(power, rest, positive);
        with_speck_of_f16::<T, V>(simd, x, y)
    }

    #[inline(always)]
    fn near_zero_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        above_half(simd, x)
    }
}
