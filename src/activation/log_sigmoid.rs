use super::Formula;
use super::softplus::{Plain, log1p_exp};
use crate::drive::of_16_bits::Of16Bits;
use crate::drive::precision::Precision;
use crate::drive::{ChooseKernel, Kernel, Weight, WithKernel};
use crate::simd::Vocabulary;

/// `f(x) = ln(1 / (1 + e^-x)) = -ln(1 + e^-x)`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; the upper tail keeps its relative accuracy down to the subnormal numbers |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.949 ULP |
/// | Special values | the largest result is -0: for +inf, and where the exact one is too small for f32; -inf is its own image; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | PyTorch `nn.LogSigmoid` |
///
/// ```
/// use activations::{Activation, LogSigmoid};
/// let mut x = [f32::NEG_INFINITY, -200.0, f32::INFINITY];
/// LogSigmoid.apply_in_place(&mut x)?;
/// assert_eq!(x, [f32::NEG_INFINITY, -200.0, 0.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LogSigmoid;

impl Formula for LogSigmoid {
    fn reference(&self, x: f64) -> f64 {
        -log1p_exp(-x)
    }
}

impl ChooseKernel for LogSigmoid {
    #[inline(always)]
    fn choose_kernel<T: Precision, W: WithKernel>(&self, then: W) {
        T::choose(
            then,
            Reflected(Plain),
            Reflected(Of16Bits::<_, T>::new(Plain)),
        );
    }
}

/// A softplus, turned round.
#[derive(Clone, Copy)]
struct Reflected<K>(K);

impl<K: Kernel> Kernel for Reflected<K> {
    const WEIGHT: Weight = K::WEIGHT;
    const LARGEST: f32 = K::LARGEST;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let minus = simd.splat_f32s(-0.0);
        let y = self.0.eval(simd, simd.xor_f32s(x, minus));
        simd.xor_f32s(y, minus)
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let minus = simd.splat_f32s(-0.0);
        let y = self.0.far(simd, simd.xor_f32s(x, minus));
        simd.xor_f32s(y, minus)
    }
}
