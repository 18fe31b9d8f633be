use super::Formula;
use crate::drive::apart::{Slope, line, with_speck};
use crate::drive::of_16_bits::{KernelOf16Bits, Of16Bits};
use crate::drive::precision::Precision;
use crate::drive::{Kernel, WithKernel};
use crate::simd::Vocabulary;

/// `f(x) = x * min(max(x + 3, 0), 6) / 6`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; it neither overflows (f(1e38) is 1e38) nor cancels near -3 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 1 ULP |
/// | Special values | x <= -3 and -0 give -0, -inf too (the limit); +inf gives +inf; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Howard et al., "Searching for MobileNetV3", 2019; PyTorch `nn.Hardswish`, ONNX `HardSwish` |
///
/// ```
/// use activations::{Activation, Hardswish};
/// let mut x = [-4.0, -1.5, 0.0, 3.0, 1e38];
/// Hardswish.apply_in_place(&mut x)?;
/// assert_eq!(x, [0.0, -0.375, 0.0, 3.0, 1e38]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hardswish;

impl Formula for Hardswish {
    fn reference(&self, x: f64) -> f64 {
        if x <= -3.0 {
            -0.0
        } else if x >= 3.0 {
            x
        } else {
            x * (x + 3.0) / 6.0
        }
    }
}

impl Kernel for Hardswish {
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let half = simd.splat_f32s(0.5);

        // The parabola x(x + 3)/6 is symmetric about -1.5, and the reflection -3 - x is exact
        // on [-6, -1.5]: so w, in [-1.5, ∞), has the image of x and does not cancel. From -3
        // down, where the reflection would be positive, w is -0.
        let reflected = simd.sub_f32s(simd.splat_f32s(-3.0), x);
        let reflected = simd.at_most_f32s(simd.splat_f32s(-0.0), reflected);
        let w = simd.at_least_f32s(x, reflected);

        // w/2 + w · w/6, where w/6 is capped at 1/2: from 3 on the sum is w, and exact. The least
        // normal number is added lest a w/6 of -0 make +0 of the product with -0 or with a tiny
        // negative w, and of the sum; no other result shows it. (A sixth in two floats would take
        // the error from 1 ULP to 0.75, for one operation in seven.)
        let tiny = simd.splat_f32s(f32::MIN_POSITIVE);
        let sixth = simd.mul_add_f32s(w, simd.splat_f32s(1.0 / 6.0), tiny);
        let sixth = simd.at_most_f32s(sixth, half);
        simd.mul_add_f32s(sixth, w, simd.mul_f32s(w, half))
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

/// Next to zero the square counts for nothing in f32, but half of x may be a tie.
impl KernelOf16Bits for Hardswish {
    #[inline(always)]
    fn eval_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        with_speck::<T, V>(simd, x, self.eval(simd, x))
    }

    #[inline(always)]
    fn near_zero_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        with_speck::<T, V>(simd, x, self.near_zero(simd, x))
    }
}
