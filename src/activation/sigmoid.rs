use super::Formula;
use crate::drive::apart::bounded;
use crate::drive::of_16_bits::{KernelOf16Bits, Of16Bits};
use crate::drive::precision::Precision;
use crate::drive::{Kernel, Weight, WithKernel};
use crate::math::exp_far;
use crate::math::gate::{self, Factor, LOGISTIC, SIGMOID_16, reduce};
use crate::simd::{NEXT_TO_ZERO, Vocabulary};

/// `f(x) = 1 / (1 + e^-x)`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; the lower tail keeps its relative accuracy down to the subnormal numbers |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 1.9637 ULP |
/// | Special values | ±0 give 0.5; -inf gives +0 and +inf gives 1; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Verhulst, 1845; PyTorch `nn.Sigmoid`, ONNX `Sigmoid` |
///
/// ```
/// use activations::{Activation, Sigmoid};
/// let mut x = [f32::NEG_INFINITY, 0.0, f32::INFINITY];
/// Sigmoid.apply_in_place(&mut x)?;
/// assert_eq!(x, [0.0, 0.5, 1.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sigmoid;

impl Formula for Sigmoid {
    fn reference(&self, x: f64) -> f64 {
        logistic(x)
    }
}

/// `1 / (1 + e^-x)`. Only powers of e below 1 are taken: none overflows, and for `x < 0` the result
/// is as accurate as the power.
pub(super) fn logistic(x: f64) -> f64 {
    let e = libm::exp(-x.abs());
    if x < 0.0 {
        e / (1.0 + e)
    } else {
        1.0 / (1.0 + e)
    }
}

impl Kernel for Sigmoid {
    const WEIGHT: Weight = Weight::Long;
    const LARGEST: f32 = exp_far::NEAR;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        // What is nearer to zero makes no difference, but subnormal numbers would take long.
        let u = simd.at_least_f32s(simd.magnitude_f32s(x), simd.splat_f32s(NEXT_TO_ZERO));
        sigmoid(simd, x, u, &LOGISTIC, 1.0)
    }

    /// 1, or e^x: the rest is less than 2^-24 of either.
    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        simd.at_most_f32s(exp_far::exp(simd, x), simd.splat_f32s(1.0))
    }

    #[inline(always)]
    fn choose_for<T: Precision, W: WithKernel>(self, then: W) {
        T::choose(then, self, Of16Bits::<_, T>::new(self));
    }
}

/// The result for x, of which u is the magnitude. `one`, over the denominator, is 1 or next to it.
#[inline(always)]
fn sigmoid<V: Vocabulary, const N: usize>(
    simd: V,
    x: V::f32s,
    u: V::f32s,
    factor: &Factor<N>,
    one: f32,
) -> V::f32s {
    let (bits, r) = reduce(simd, u, factor);
    let (numerator, denominator) = gate::fraction(simd, bits, r, factor);
    let inverse = simd.div_f32s(simd.splat_f32s(one), denominator);

    // Below 0 the fraction is the result, else 1 less it; the numerator's sign decides.
    let below = simd.less_than_f32s(x, simd.splat_f32s(0.0));
    let minus = simd.clear_f32s(below, simd.splat_f32s(-0.0));
    let numerator = simd.xor_f32s(numerator, minus);
    let whole = simd.clear_f32s(below, simd.splat_f32s(1.0));
    simd.mul_add_f32s(numerator, inverse, whole)
}

/// The result is 1, or 0, for f16 from here on.
const SATURATED_F16: f32 = 18.0;

impl KernelOf16Bits for Sigmoid {
    #[inline(always)]
    fn eval_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let mut u = bounded::<T, V>(simd, x, SATURATED_F16);
        if T::HAS_RANGE_OF_F32 {
            u = simd.at_least_f32s(u, simd.splat_f32s(NEXT_TO_ZERO));
        }
        sigmoid(simd, x, u, &SIGMOID_16, 1.0 + f32::EPSILON)
    }
}
