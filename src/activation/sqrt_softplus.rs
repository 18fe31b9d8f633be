use super::Formula;
use super::softplus::{Plain, log1p_exp};
use crate::drive::of_16_bits::{KernelOf16Bits, Of16Bits};
use crate::drive::precision::Precision;
use crate::drive::{Kernel, Weight, WithKernel};
use crate::math::exp_far;
use crate::math::softplus16::{FIT_BF16, FIT_SQRT_F16, softplus16};
use crate::simd::{NEXT_TO_ZERO, Vocabulary};

/// `f(x) = sqrt(ln(1 + e^x))`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; the tail that falls to 0 keeps its relative accuracy down to the subnormal numbers |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.9727 ULP |
/// | Special values | ±0 give sqrt(ln 2) = 0.8325546; -inf gives +0 and +inf gives +inf; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | DeepSeek-V4, `scoring_func` of the router: `sqrtsoftplus` |
///
/// ```
/// use activations::{Activation, SqrtSoftplus};
/// let mut x = [f32::NEG_INFINITY, -300.0, 400.0];
/// SqrtSoftplus.apply_in_place(&mut x)?;
/// assert_eq!(x, [0.0, 0.0, 20.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SqrtSoftplus;

impl Formula for SqrtSoftplus {
    fn reference(&self, x: f64) -> f64 {
        libm::sqrt(log1p_exp(x))
    }
}

impl Kernel for SqrtSoftplus {
    const WEIGHT: Weight = Weight::Heavy;
    const LARGEST: f32 = Plain::LARGEST;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        simd.sqrt_f32s(Plain.eval(simd, x))
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        // The square root of e^x is e^(x/2), which vanishes much later than e^x does.
        let is_above = simd.less_than_f32s(simd.splat_f32s(0.0), x);
        let below = exp_far::exp(simd, simd.mul_f32s(x, simd.splat_f32s(0.5)));
        simd.select_f32s(is_above, simd.sqrt_f32s(x), below)
    }

    #[inline(always)]
    fn choose_for<T: Precision, W: WithKernel>(self, then: W) {
        T::choose(then, self, Of16Bits::<_, T>::new(self));
    }
}

/// From here on down results of f16 are 0.
const VANISHED_F16: f32 = -36.0;

impl KernelOf16Bits for SqrtSoftplus {
    const WEIGHT_OF_16_BITS: Weight = Weight::Long;

    #[inline(always)]
    fn eval_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let (mut x, mut fit) = (x, &FIT_SQRT_F16);
        if T::HAS_RANGE_OF_F32 {
            // No result shows what is added, but with it no subnormal number is multiplied, which takes long.
            (x, fit) = (simd.add_f32s(x, simd.splat_f32s(NEXT_TO_ZERO)), &FIT_BF16);
        }
        let mut below = simd.or_f32s(x, simd.splat_f32s(-0.0));
        if !T::HAS_RANGE_OF_F32 {
            below = simd.at_least_f32s(below, simd.splat_f32s(VANISHED_F16));
        }
        simd.sqrt_f32s(softplus16(simd, x, below, fit))
    }
}
