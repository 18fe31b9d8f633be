use super::Formula;
use crate::drive::{Kernel, Weight};
use crate::math::exp::{self, Steps};
use crate::simd::{NEXT_TO_ZERO, Vocabulary, product_in_range};

/// `f(x) = e^x`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; results below the normal range are rounded once |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.7701 ULP |
/// | Special values | ±0 give 1; -inf gives +0; +inf gives +inf; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | PyTorch `torch.exp`, ONNX `Exp` |
///
/// ```
/// use activations::{Activation, Exp};
/// let mut x = [f32::NEG_INFINITY, 0.0, 100.0];
/// Exp.apply_in_place(&mut x)?;
/// assert_eq!(x, [0.0, 1.0, f32::INFINITY]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Exp;

impl Formula for Exp {
    fn reference(&self, x: f64) -> f64 {
        libm::exp(x)
    }
}

static STEPS: Steps = Steps::rising(1.0);

/// The result is below half the smallest f32 from here on.
const LOWEST: f32 = -104.0;

/// And infinite from here on.
const HIGHEST: f32 = 89.0;

/// Below, the result is subnormal.
const SUBNORMAL: f32 = -87.337;

impl Exp {
    /// 2^(j/8) e^r, and the bits of n and j.
    #[inline(always)]
    fn parts<V: Vocabulary, const BIAS: i32>(simd: V, x: V::f32s) -> (V::f32s, V::f32s) {
        // No result shows what is added, but with it no subnormal number is multiplied, which takes long.
        let t = simd.add_f32s(x, simd.splat_f32s(NEXT_TO_ZERO));
        let (bits, r, low) = exp::reduce::<V, BIAS>(simd, t, &STEPS);
        let growth = exp::expm1(simd, simd.add_f32s(r, low));
        let head = simd.lookup_f32s(&STEPS.head, bits);
        (simd.mul_add_f32s(head, growth, head), bits)
    }
}

impl Kernel for Exp {
    const WEIGHT: Weight = Weight::Long;
    const LARGEST: f32 = 87.0;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        // With that bias n alone is where the exponent's field is. The result is a normal number, so that adding n
        // there is multiplying by 2^n, and leaves the units that multiply free.
        let (y, bits) = Self::parts::<V, -127>(simd, x);
        simd.add_bits_f32s(y, exp::scale(simd, bits))
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let t = simd.at_least_f32s(x, simd.splat_f32s(LOWEST));
        let t = simd.at_most_f32s(t, simd.splat_f32s(HIGHEST));
        let (y, bits) = Self::parts::<V, 127>(simd, t);
        let (first, second) = exp::two_scales(simd, bits);
        let is_small = simd.less_than_f32s(t, simd.splat_f32s(SUBNORMAL));
        product_in_range(simd, simd.mul_f32s(y, first), second, is_small)
    }
}
