use super::Formula;
use crate::drive::near_zero::{Slope, broken_line};
use crate::drive::{Kernel, Weight};
use crate::math::expm1;
use crate::simd::Vocabulary;

/// `f(x) = gamma * (if x < 0 { alpha * (e^x - 1) } else { x })`.
///
/// The constants are those of ONNX: 1.67326319217681884765625 and 1.05070102214813232421875, which are
/// the paper's (and PyTorch's) rounded to f32.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; it does not cancel near 0 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 1.8924 ULP |
/// | Special values | ±0 and +inf are their own images; -inf gives -1.7580993; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Klambauer et al., 2017; PyTorch `nn.SELU`, ONNX `Selu` |
///
/// ```
/// use activations::{Activation, Selu};
/// let mut x = [-0.0, 0.0, 1.0];
/// Selu.apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.0, 0.0, 1.050701]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Selu;

/// The ratio of the slopes at -0 and +0: 1.67326319217681884765625.
const ALPHA: f32 = f32::from_bits(0x3fd6_2d7d);

/// The slope of the upper side: 1.05070102214813232421875.
const GAMMA: f32 = f32::from_bits(0x3f86_7d5f);

const PRODUCT: f32 = (GAMMA as f64 * ALPHA as f64) as f32;

impl Formula for Selu {
    fn reference(&self, x: f64) -> f64 {
        let (alpha, gamma) = (f64::from(ALPHA), f64::from(GAMMA));
        if x.is_sign_positive() {
            gamma * x
        } else {
            gamma * alpha * libm::expm1(x)
        }
    }
}

impl Kernel for Selu {
    const WEIGHT: Weight = Weight::Long;
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        // Above 0 it is x less a multiple of +0. Below, -0 less the product, whose sign thus stays.
        let y = expm1::one_less_exp(simd, x);
        let above = simd.at_least_f32s(x, simd.splat_f32s(-0.0));
        let above = simd.mul_f32s(above, simd.splat_f32s(GAMMA));
        simd.negate_mul_add_f32s(simd.splat_f32s(PRODUCT), y, above)
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        broken_line(simd, x, Slope::exactly(PRODUCT), Slope::exactly(GAMMA))
    }
}
