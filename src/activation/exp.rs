use super::Formula;
use crate::drive::{Kernel, Weight};
use crate::math::exp::{self, Steps};
use crate::simd::Vocabulary;

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

impl Kernel for Exp {
    const WEIGHT: Weight = Weight::Long;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let t = simd.at_least_f32s(x, simd.splat_f32s(LOWEST));
        let t = simd.at_most_f32s(t, simd.splat_f32s(HIGHEST));
        let (bits, r, low) = exp::reduce::<V, 127>(simd, t, &STEPS);
        let growth = exp::expm1(simd, simd.add_f32s(r, low));
        let head = simd.lookup_f32s(&STEPS.head, bits);
        let (first, second) = exp::two_scales(simd, bits);
        let y = simd.mul_add_f32s(head, growth, head);
        simd.mul_f32s(simd.mul_f32s(y, first), second)
    }
}
