use super::Formula;
use super::swish::gated;
use crate::drive::apart::{Slope, above_half, bounded, line, with_speck_of_f16};
use crate::drive::of_16_bits::{KernelOf16Bits, Of16Bits};
use crate::drive::precision::Precision;
use crate::drive::{Kernel, Weight, WithKernel};
use crate::math::gate::{self, GELU_TANH, GELU_TANH_16, round};
use crate::math::hex;
use crate::simd::Vocabulary;

/// `f(x) = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x³)))`.
///
/// The usual approximation of [`Gelu`](crate::Gelu), within 5e-4 of it.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; the lower tail keeps its relative accuracy down to the subnormal numbers |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 1.9493 ULP |
/// | Special values | ±0 are their own images; -inf gives -0, the limit; +inf gives +inf; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Hendrycks and Gimpel, 2016; PyTorch `nn.GELU(approximate='tanh')`, ONNX `Gelu` (`approximate`), Hugging Face `gelu_new` |
///
/// ```
/// use activations::{Activation, GeluTanh};
/// let mut x = [f32::NEG_INFINITY, 0.0, 20.0];
/// GeluTanh.apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.0, 0.0, 20.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GeluTanh;

/// From here on what is missing from x, or from 0, rounds to 0.
const VANISHED: f32 = 10.8;

/// From here on it is subnormal.
const SUBNORMAL: f32 = 10.101;

/// 1/0.044715 in two parts: the first is a multiple of 2^-16, as u² + 1/0.044715 is where it is
/// rounded most.
const RATIO_HIGH: f32 = hex("0x1.65d26p4"); // 22.3638611
const RATIO_LOW: f32 = hex("-0x1.226128p-20"); // -1.081748e-6

impl Formula for GeluTanh {
    fn reference(&self, x: f64) -> f64 {
        // 1 + tanh(t) = 2 / (1 + e^(-2t)); the product does not overflow for an x of f32.
        let scale = 2.0 * libm::sqrt(2.0 / core::f64::consts::PI);
        gated(x, scale * x * (1.0 + 0.044715 * x * x))
    }
}

impl Kernel for GeluTanh {
    const WEIGHT: Weight = Weight::Long;
    const HAS_NEAR_ZERO: bool = true;
    const LARGEST: f32 = 10.0;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let u = simd.magnitude_f32s(x);
        gate::gated(simd, x, u, reduce_cubic(simd, u), &GELU_TANH)
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let u = simd.at_most_f32s(simd.magnitude_f32s(x), simd.splat_f32s(VANISHED));
        let is_small = simd.less_than_f32s(simd.splat_f32s(SUBNORMAL), u);
        let reduced = reduce_cubic(simd, u);
        gate::gated_far(simd, x, u, reduced, &GELU_TANH, is_small)
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

impl KernelOf16Bits for GeluTanh {
    #[inline(always)]
    fn eval_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let u = bounded::<T, V>(simd, x, VANISHED_F16);
        let square = simd.mul_add_f32s(u, u, simd.splat_f32s(RATIO_HIGH));
        let reduced = gate::reduce(simd, simd.mul_f32s(u, square), &GELU_TANH_16);
        let y = gate::gated(simd, x, u, reduced, &GELU_TANH_16);
        with_speck_of_f16::<T, V>(simd, x, y)
    }

    #[inline(always)]
    fn near_zero_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        above_half(simd, x)
    }
}

/// As [`gate::reduce`], for the cubic.
#[inline(always)]
fn reduce_cubic<V: Vocabulary>(simd: V, u: V::f32s) -> (V::f32s, V::f32s) {
    // high + low = u² + 1/0.044715, of which u times 2 sqrt(2/pi) 0.044715 is the exponent.
    let ratio = simd.splat_f32s(RATIO_HIGH);
    let high = simd.mul_add_f32s(u, u, ratio);
    let low = simd.mul_add_f32s(u, u, simd.sub_f32s(ratio, high));
    let low = simd.add_f32s(low, simd.splat_f32s(RATIO_LOW));

    let scaled = simd.mul_f32s(u, simd.splat_f32s(GELU_TANH.steps));
    let (bits, n) = round(simd, scaled, high);
    let r = simd.mul_f32s(n, simd.splat_f32s(GELU_TANH.step_high));
    let r = simd.mul_add_f32s(u, high, r);
    let r = simd.mul_add_f32s(u, low, r);
    let r = simd.mul_add_f32s(n, simd.splat_f32s(GELU_TANH.step_low), r);
    (bits, r)
}
