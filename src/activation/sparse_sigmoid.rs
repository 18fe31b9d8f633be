use super::Formula;
use crate::drive::Kernel;
use crate::simd::Vocabulary;

/// `f(x) = if x <= -1 { 0 } else if x < 1 { (x + 1) / 2 } else { 1 }`: the derivative of
/// [`SparsePlus`](super::SparsePlus).
///
/// | | |
/// |---|---|
/// | Domain | all of f32 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.5 ULP: correctly rounded |
/// | Special values | ±0 give 1/2; -inf gives +0 and +inf gives 1; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | JAX `jax.nn.sparse_sigmoid` |
///
/// ```
/// use activations::{Activation, SparseSigmoid};
/// let mut x = [-1.5, -0.5, 0.0, 4.0];
/// SparseSigmoid.apply_in_place(&mut x)?;
/// assert_eq!(x, [0.0, 0.25, 0.5, 1.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SparseSigmoid;

impl Formula for SparseSigmoid {
    fn reference(&self, x: f64) -> f64 {
        (0.5 * (x + 1.0)).clamp(0.0, 1.0)
    }
}

impl Kernel for SparseSigmoid {
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let half = simd.splat_f32s(0.5);
        let y = simd.mul_add_f32s(x, half, half);
        let y = simd.at_least_f32s(y, simd.splat_f32s(0.0));
        simd.at_most_f32s(y, simd.splat_f32s(1.0))
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, _x: V::f32s) -> V::f32s {
        simd.splat_f32s(0.5)
    }
}
