use super::Formula;
use crate::drive::of_16_bits::{KernelOf16Bits, Of16Bits};
use crate::drive::precision::Precision;
use crate::drive::{Kernel, WithKernel};
use crate::simd::Vocabulary;
use crate::simd::odd::round_to_odd;

/// `f(x) = if x <= -1 { 0 } else if x < 1 { (x + 1)^2 / 4 } else { x }`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.5001 ULP |
/// | Special values | ±0 give 1/4; -inf gives +0 and +inf gives +inf; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | JAX `jax.nn.sparse_plus` |
///
/// ```
/// use activations::{Activation, SparsePlus};
/// let mut x = [-1.5, 0.0, 0.5, 4.0];
/// SparsePlus.apply_in_place(&mut x)?;
/// assert_eq!(x, [0.0, 0.25, 0.5625, 4.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SparsePlus;

impl Formula for SparsePlus {
    fn reference(&self, x: f64) -> f64 {
        if x <= -1.0 {
            0.0
        } else if x < 1.0 {
            0.25 * (x + 1.0) * (x + 1.0)
        } else {
            x
        }
    }
}

/// The square of a sum, (h + low/2)^2 with h about (x + 1)/2.
struct Square<F> {
    half: F,
    low: F,
    /// The square, rounded.
    value: F,
}

/// (x + 1)^2 / 4 for x from -1 to 1; for smaller numbers 0.
#[inline(always)]
fn square<V: Vocabulary>(simd: V, x: V::f32s) -> Square<V::f32s> {
    let one = simd.splat_f32s(1.0);
    let x = simd.at_least_f32s(x, simd.splat_f32s(-1.0));
    // x + 1 = sum + low exactly: 1 is the larger.
    let sum = simd.add_f32s(x, one);
    let low = simd.sub_f32s(x, simd.sub_f32s(sum, one));
    let half = simd.mul_f32s(sum, simd.splat_f32s(0.5));
    Square {
        half,
        low,
        value: simd.mul_add_f32s(half, half, simd.mul_f32s(half, low)),
    }
}

/// `y` for x below 1, and x for others, NaN too.
#[inline(always)]
fn unless_linear<V: Vocabulary>(simd: V, x: V::f32s, y: V::f32s) -> V::f32s {
    let is_curved = simd.less_than_f32s(x, simd.splat_f32s(1.0));
    simd.select_f32s(is_curved, y, x)
}

impl Kernel for SparsePlus {
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        unless_linear(simd, x, square(simd, x).value)
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, _x: V::f32s) -> V::f32s {
        simd.splat_f32s(0.25)
    }

    #[inline(always)]
    fn choose_for<T: Precision, W: WithKernel>(self, then: W) {
        T::choose(then, self, Of16Bits::<_, T>::new(self));
    }
}

impl KernelOf16Bits for SparsePlus {
    #[inline(always)]
    fn eval_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        // Squares are often next to a tie: they are rounded to odd, by what the rounding took.
        let Square { half, low, value } = square(simd, x);
        let minus = simd.xor_f32s(value, simd.splat_f32s(-0.0));
        let rest = simd.mul_add_f32s(half, half, minus);
        let rest = simd.mul_add_f32s(half, low, rest);
        let quarter = simd.mul_f32s(low, simd.splat_f32s(0.25));
        let rest = simd.mul_add_f32s(quarter, low, rest);
        unless_linear(simd, x, round_to_odd(simd, value, rest))
    }
}
