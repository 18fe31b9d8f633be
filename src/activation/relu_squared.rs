use super::Formula;
use crate::drive::Kernel;
use crate::simd::{Vocabulary, product_in_range};

/// `f(x) = max(x, 0)²`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; the result overflows to +inf from 1.8446744e19 on, as it must |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.5 ULP: correctly rounded |
/// | Special values | -0, +0 and -inf give +0, +inf gives +inf; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | So et al., "Primer", 2021; Hugging Face `relu2` |
///
/// ```
/// use activations::{Activation, ReluSquared};
/// let mut x = [-1.5, 3.0];
/// ReluSquared.apply_in_place(&mut x)?;
/// assert_eq!(x, [0.0, 9.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ReluSquared;

impl Formula for ReluSquared {
    fn reference(&self, x: f64) -> f64 {
        if x < 0.0 { 0.0 } else { x * x }
    }
}

/// The square of a smaller number rounds to 0.
const VANISHES: f32 = 1.0 / (1u128 << 76) as f32;

/// The square of a smaller number is subnormal, or 0.
const SUBNORMAL: f32 = 1.0 / (1u64 << 63) as f32;

impl Kernel for ReluSquared {
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let x = simd.at_least_f32s(x, simd.splat_f32s(0.0));
        simd.mul_f32s(x, x)
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let x = simd.at_least_f32s(x, simd.splat_f32s(0.0));
        let vanishes = simd.less_than_f32s(x, simd.splat_f32s(VANISHES));
        let x = simd.clear_f32s(vanishes, x);
        let is_small = simd.less_than_f32s(x, simd.splat_f32s(SUBNORMAL));
        product_in_range(simd, x, x, is_small)
    }
}
