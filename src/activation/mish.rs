use super::Formula;
use crate::drive::apart::{Slope, line};
use crate::drive::of_16_bits::{KernelOf16Bits, Of16Bits};
use crate::drive::precision::Precision;
use crate::drive::{Kernel, Weight, WithKernel};
use crate::math::exp::{self, Power, Steps};
use crate::math::exp_far;
use crate::math::exp16::{EXP_BF16, MISH_F16, exp16};
use crate::simd::Vocabulary;

/// `f(x) = x * tanh(ln(1 + e^x))`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; the lower tail keeps its relative accuracy down to the subnormal numbers |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.9114 ULP |
/// | Special values | ±0 are their own images; -inf gives -0, the limit; +inf gives +inf; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Misra, 2019; PyTorch `nn.Mish`, ONNX `Mish` |
///
/// ```
/// use activations::{Activation, Mish};
/// let mut x = [f32::NEG_INFINITY, 0.0, 200.0];
/// Mish.apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.0, 0.0, 200.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mish;

impl Formula for Mish {
    fn reference(&self, x: f64) -> f64 {
        // With e = e^x the factor is ((1 + e)^2 - 1) / ((1 + e)^2 + 1); on the upper side both are
        // divided by e^2. All terms are positive: nothing cancels, and no power overflows.
        if x == f64::NEG_INFINITY {
            return -0.0;
        }
        let e = libm::exp(-x.abs());
        let factor = if x < 0.0 {
            e * (e + 2.0) / (e * (e + 2.0) + 2.0)
        } else {
            (1.0 + 2.0 * e) / (1.0 + 2.0 * e * (1.0 + e))
        };
        x * factor
    }
}

/// From here on the result is x.
const SATURATED: f32 = 20.0;

/// 2^n is a normal number after multiplication by half of 2^40, and the heads are divided by that.
const BIAS: i32 = 39;
static STEPS: Steps = Steps::rising(0.5 / (1u64 << BIAS) as f32);

/// What the bits of a number are subtracted from, to get its inverse to within an eighth: the
/// difference turns the exponent round, and the mantissa nearly.
const INVERSE: f32 = f32::from_bits(0x7ef1_1ac3);

impl Kernel for Mish {
    const WEIGHT: Weight = Weight::Long;
    const HAS_NEAR_ZERO: bool = true;
    // A correction of the result is a normal number up to here.
    const LARGEST: f32 = 70.0;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let below = simd.less_than_f32s(x, simd.splat_f32s(SATURATED));
        let t = simd.keep_f32s(below, x);

        // With e = e^t = 2^n a and h = e + e^2/2 the result is t h/(1 + h), on both sides of 0. In
        // terms of g = a + a e/2, which is h/2^n: (t 2^n/2) g/d with d = 1/2 + g 2^n/2. Both g and d
        // are sums of two floats.
        let Power { head, growth, bits } = exp::power::<V, BIAS>(simd, t, &STEPS);
        let scale = exp::scale(simd, bits);
        let tail = simd.mul_f32s(head, growth);
        let a = simd.add_f32s(head, tail);
        let inner = simd.mul_add_f32s(a, simd.mul_f32s(a, scale), tail);
        let g = simd.add_f32s(head, inner);
        let g_low = simd.sub_f32s(inner, simd.sub_f32s(g, head));
        let half = simd.splat_f32s(0.5);
        let d = simd.mul_add_f32s(g, scale, half);
        let d_low = simd.mul_add_f32s(g, scale, simd.sub_f32s(half, d));
        let d_low = simd.mul_add_f32s(g_low, scale, d_low);

        // The quotient, and by its remainder what it lacks; for that an inverse to 3 bits will do.
        let q = simd.div_f32s(g, d);
        let remainder = simd.negate_mul_add_f32s(q, d, g);
        let remainder = simd.negate_mul_add_f32s(q, d_low, remainder);
        let remainder = simd.add_f32s(remainder, g_low);
        let inverse = simd.sub_bits_f32s(simd.splat_f32s(INVERSE), d);
        let q_low = simd.mul_f32s(remainder, inverse);

        // From where x is the result on, t is 0. The sign is that of x, zero's, too.
        let u = simd.mul_f32s(t, scale);
        let y = simd.mul_add_f32s(u, q, simd.mul_f32s(u, q_low));
        let y = simd.add_f32s(y, simd.clear_f32s(below, x));
        simd.or_f32s(y, simd.sign_f32s(x))
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        exp_far::x_or_x_exp(simd, x)
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        line(simd, x, Slope::nearest(0.6))
    }

    #[inline(always)]
    fn choose_for<T: Precision, W: WithKernel>(self, then: W) {
        T::choose(then, self, Of16Bits::<_, T>::new(self));
    }
}

/// From here on down results of f16 are 0.
const VANISHED_F16: f32 = -21.0;

/// Two factors, of x and of the result, which with the constants of the power bring what is next to a tie of f16 to the
/// right side.
const BEFORE_F16: f32 = 1.0 - 1.5 * f32::EPSILON;
const AFTER_F16: f32 = 1.0 + 2.0 * f32::EPSILON;

impl KernelOf16Bits for Mish {
    #[inline(always)]
    fn eval_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let (mut x, mut fit) = (x, &EXP_BF16);
        if !T::HAS_RANGE_OF_F32 {
            x = simd.mul_f32s(x, simd.splat_f32s(BEFORE_F16));
            (x, fit) = (
                simd.at_least_f32s(x, simd.splat_f32s(VANISHED_F16)),
                &MISH_F16,
            );
        }
        // x h/(2 + h) with h = e (2 + e), e = e^x.
        let two = simd.splat_f32s(2.0);
        let e = exp16(simd, simd.at_most_f32s(x, simd.splat_f32s(SATURATED)), fit);
        let h = simd.mul_f32s(e, simd.add_f32s(e, two));
        let y = simd.div_f32s(simd.mul_f32s(x, h), simd.add_f32s(h, two));
        if T::HAS_RANGE_OF_F32 {
            y
        } else {
            simd.mul_f32s(y, simd.splat_f32s(AFTER_F16))
        }
    }
}
