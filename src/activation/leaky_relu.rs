use super::Formula;
use crate::drive::apart::{Slope, broken_line, line_to_odd};
use crate::drive::precision::Precision;
use crate::drive::{ChooseKernel, Kernel, Weight, WithKernel};
use crate::simd::Vocabulary;
use crate::simd::odd::{instead_of_negative, product_to_odd, small_product_to_odd};
use core::marker::PhantomData;

/// `f(x) = if x < 0 { negative_slope * x } else { x }`.
///
/// | | |
/// |---|---|
/// | Parameters | `negative_slope`, 0.01 by default: any number; NaN, too |
/// | Domain | all of f32 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.5 ULP: correctly rounded |
/// | Special values | +0 and +inf are their own images; -0 gives -0 times the slope, as does -inf, but for a slope of 0 its limit, a zero (PyTorch: NaN); a slope that is not finite gives what the product with it is, which for -0 is NaN; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Maas et al., 2013; PyTorch `nn.LeakyReLU`, ONNX `LeakyRelu` |
///
/// ```
/// use activations::{Activation, LeakyRelu};
/// let mut x = [-8.0, 2.0];
/// LeakyRelu { negative_slope: 0.25 }.apply_in_place(&mut x)?;
/// assert_eq!(x, [-2.0, 2.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeakyRelu {
    /// What a negative input is multiplied by.
    pub negative_slope: f32,
}

impl Default for LeakyRelu {
    fn default() -> Self {
        Self {
            negative_slope: 0.01,
        }
    }
}

impl Formula for LeakyRelu {
    fn reference(&self, x: f64) -> f64 {
        leaky(x, f64::from(self.negative_slope))
    }
}

impl ChooseKernel for LeakyRelu {
    #[inline(always)]
    fn choose_kernel<T: Precision, W: WithKernel>(&self, then: W) {
        if self.negative_slope == 0.0 {
            then.with(Flat(self.negative_slope));
        } else if !self.negative_slope.is_finite() {
            then.with(Wild(self.negative_slope));
        } else if is_product_exact::<T>(self.negative_slope) {
            then.with(Leak(self.negative_slope));
        } else {
            let of_16_bits = LeakOf16Bits::<T> {
                slope: self.negative_slope,
                elements: PhantomData,
            };
            T::choose(then, Leak(self.negative_slope), of_16_bits);
        }
    }
}

/// A negative slope that is finite and not 0.
#[derive(Clone, Copy)]
struct Leak(f32);

impl Kernel for Leak {
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        simd.scale_negative_f32s(x, simd.splat_f32s(self.0))
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        broken_line(simd, x, Slope::exactly(self.0), Slope::exactly(1.0))
    }
}

/// A negative slope that is infinite or NaN. No product with it has to be rounded.
#[derive(Clone, Copy)]
struct Wild(f32);

impl Kernel for Wild {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let product = simd.mul_f32s(x, simd.splat_f32s(self.0));
        instead_of_negative(simd, x, product)
    }
}

/// Whether the products of all 16-bit numbers of type `T` with a slope are f32 numbers: if it is a number of the type, and
/// for bf16 not so small that a subnormal product would lose bits.
#[inline(always)]
fn is_product_exact<T: Precision>(slope: f32) -> bool {
    if const { !T::HAS_16_BITS } {
        return false;
    }
    let (unused, least) = if T::HAS_RANGE_OF_F32 {
        (0xffff, 1.0 / 256.0)
    } else {
        (0x1fff, f32::MIN_POSITIVE * (1u64 << 40) as f32)
    };
    slope.to_bits() & unused == 0 && slope.abs() >= least
}

/// A negative slope that is finite and not 0, for 16-bit elements: the product is rounded once.
#[derive(Clone, Copy)]
struct LeakOf16Bits<T> {
    slope: f32,
    elements: PhantomData<T>,
}

impl<T: Precision> Kernel for LeakOf16Bits<T> {
    // Light kernels are given some numbers that are next to zero.
    const WEIGHT: Weight = if T::HAS_RANGE_OF_F32 {
        Weight::Long
    } else {
        Weight::Light
    };
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let product = product_to_odd(simd, x, simd.splat_f32s(self.slope));
        instead_of_negative(simd, x, product)
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let product = if Slope::exactly(self.slope).is_moderate() {
            line_to_odd(simd, x, self.slope)
        } else {
            small_product_to_odd(simd, x, simd.splat_f32s(self.slope))
        };
        instead_of_negative(simd, x, product)
    }
}

/// A negative slope of ±0: -inf counts as the smallest finite number, so that the product is a zero
/// and not NaN.
#[derive(Clone, Copy)]
struct Flat(f32);

impl Kernel for Flat {
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let finite = simd.at_least_f32s(x, simd.splat_f32s(f32::MIN));
        simd.scale_negative_f32s(finite, simd.splat_f32s(self.0))
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        broken_line(simd, x, Slope::exactly(self.0), Slope::exactly(1.0))
    }
}

/// The oracle of the whole family, with the limit at -inf for a slope of 0.
pub(super) fn leaky(x: f64, slope: f64) -> f64 {
    if x.is_sign_positive() {
        x
    } else if slope == 0.0 && x == f64::NEG_INFINITY {
        -slope // the sign that the product of a finite number has
    } else {
        x * slope
    }
}
