use super::Formula;
use crate::drive::{Kernel, Weight};
use crate::simd::Vocabulary;

/// `f(x) = x / (1 + |x|)`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.5001 ULP |
/// | Special values | ±0 are their own images; ±inf give ±1; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Turian et al., 2009; PyTorch `nn.Softsign`, ONNX `Softsign` |
///
/// ```
/// use activations::{Activation, Softsign};
/// let mut x = [-1.0, 0.0, 3.0, f32::INFINITY];
/// Softsign.apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.5, 0.0, 0.75, 1.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Softsign;

/// 2^30: from here on the result is 1 in f32, and the terms below stay normal numbers.
const SATURATED: f32 = (1 << 30) as f32;

impl Formula for Softsign {
    fn reference(&self, x: f64) -> f64 {
        if x.is_infinite() {
            x.signum()
        } else {
            x / (1.0 + x.abs())
        }
    }
}

impl Kernel for Softsign {
    const WEIGHT: Weight = Weight::Long;
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let one = simd.splat_f32s(1.0);
        let a = simd.at_most_f32s(simd.magnitude_f32s(x), simd.splat_f32s(SATURATED));

        // 1 + a = sum + rest exactly: the larger term goes first, so that three operations do.
        let large = simd.at_least_f32s(a, one);
        let small = simd.at_most_f32s(a, one);
        let sum = simd.add_f32s(large, small);
        let rest = simd.sub_f32s(small, simd.sub_f32s(sum, large));

        // One division, then one correction by the remainder a - q(sum + rest), which takes back
        // the roundings of the sum, of the reciprocal and of the product.
        let reciprocal = simd.div_f32s(one, sum);
        let q = simd.mul_f32s(a, reciprocal);
        let remainder = simd.negate_mul_add_f32s(q, sum, a);
        let remainder = simd.negate_mul_add_f32s(q, rest, remainder);
        let y = simd.mul_add_f32s(remainder, reciprocal, q);
        simd.or_f32s(y, simd.sign_f32s(x))
    }
}
