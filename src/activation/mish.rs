use super::Formula;
use crate::drive::Kernel;
use crate::math::exp::{self, Steps};
use crate::simd::Vocabulary;

/// `f(x) = x * tanh(ln(1 + e^x))`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; the lower tail keeps its relative accuracy down to the subnormal numbers |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 1 ULP |
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

const BIAS: i32 = 40;
static STEPS: Steps = Steps::rising(1.0 / (1u64 << BIAS) as f32);

impl Kernel for Mish {
    const LONG: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let minus = simd.splat_f32s(-0.0);
        let below = simd.less_than_f32s(x, simd.splat_f32s(20.0));
        let above = simd.clear_f32s(below, simd.xor_f32s(x, minus));
        let t = simd.keep_f32s(below, simd.at_least_f32s(x, simd.splat_f32s(-110.0)));
        let (bits, r, low) = exp::reduce::<V, { BIAS - 1 }>(simd, t, &STEPS);
        let growth = exp::expm1(simd, simd.add_f32s(r, low));
        let head = simd.lookup_f32s(&STEPS.head, bits);
        let scale = exp::scale(simd, bits);
        let tail = simd.mul_f32s(head, growth);
        let a = simd.add_f32s(head, tail);
        let half = simd.mul_f32s(a, scale);
        let inner = simd.mul_add_f32s(a, half, tail);
        let g = simd.add_f32s(head, inner);
        let b = simd.splat_f32s(0.5);
        let d = simd.mul_add_f32s(g, scale, b);
        let g_low = simd.sub_f32s(inner, simd.sub_f32s(g, head));
        let q = simd.div_f32s(g, d);
        let u = simd.mul_f32s(t, scale);
        let d_low = simd.mul_add_f32s(g, scale, simd.sub_f32s(b, d));
        let d_low = simd.mul_add_f32s(g_low, scale, d_low);
        let rest = simd.negate_mul_add_f32s(q, d, g);
        let rest = simd.negate_mul_add_f32s(q, d_low, rest);
        let rest = simd.add_f32s(rest, g_low);
        let inverse = simd.sub_bits_f32s(simd.splat_f32s(f32::from_bits(0x7ef1_1ac3)), d);
        let low = simd.mul_f32s(rest, inverse);
        let y = simd.mul_add_f32s(u, q, simd.mul_f32s(u, low));
        simd.sub_f32s(y, above)
    }
}
