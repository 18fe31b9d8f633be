use super::Formula;
use crate::drive::of_16_bits::{KernelOf16Bits, Of16Bits};
use crate::drive::precision::Precision;
use crate::drive::{Kernel, Weight, WithKernel};
use crate::math::tanhshrink::{self, FIT, FIT_16};
use crate::simd::Vocabulary;

/// `f(x) = x - tanh(x)`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; x³/3 near 0 keeps its relative accuracy down to the subnormal numbers |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.9655 ULP |
/// | Special values | ±0 and ±inf are their own images; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | PyTorch `nn.Tanhshrink` |
///
/// ```
/// use activations::{Activation, Tanhshrink};
/// let mut x = [-0.0, 20.0, f32::NEG_INFINITY];
/// Tanhshrink.apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.0, 19.0, f32::NEG_INFINITY]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tanhshrink;

impl Formula for Tanhshrink {
    fn reference(&self, x: f64) -> f64 {
        if x.abs() < 1.0 {
            // x cosh x - sinh x is the sum of 2k x^(2k+1) / (2k+1)!, of one sign throughout.
            let square = x * x;
            let sum = (1..=10).rev().fold(0.0, |sum, k| {
                let k = f64::from(k);
                (sum + 2.0 * k) * square / (2.0 * k * (2.0 * k + 1.0))
            });
            x * sum / libm::cosh(x)
        } else {
            x - libm::tanh(x)
        }
    }
}

impl Kernel for Tanhshrink {
    const WEIGHT: Weight = Weight::Heavy;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        tanhshrink::tanhshrink(simd, x, &FIT)
    }

    #[inline(always)]
    fn choose_for<T: Precision, W: WithKernel>(self, then: W) {
        T::choose(then, self, Of16Bits::<_, T>::new(self));
    }
}

impl KernelOf16Bits for Tanhshrink {
    #[inline(always)]
    fn eval_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        // Far from zero x - 1 may be a tie, and x - tanh x is a bit more.
        let y = tanhshrink::tanhshrink(simd, x, &FIT_16);
        simd.mul_f32s(y, simd.splat_f32s(1.0 + f32::EPSILON))
    }
}
