use super::{Formula, parameter::Parameter, relu::Relu};
use crate::Error;
use crate::drive::precision::Precision;
use crate::drive::{ChooseKernel, Kernel, Weight, WithKernel};
use crate::math::hex;
use crate::simd::{NEXT_TO_ZERO, Vocabulary, product_in_range};
use core::marker::PhantomData;

/// `f(x) = (x + sqrt(x^2 + b)) / 2`.
///
/// | | |
/// |---|---|
/// | Parameters | `b`, 4 by default: finite, not negative; with 0 it is ReLU |
/// | Domain | all of f32; it does not cancel below 0, and the tail there keeps its relative accuracy |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.75 ULP with the default, 1.5 with other parameters |
/// | Special values | ±0 give sqrt(`b`)/2; -inf gives +0 and +inf gives +inf; NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Barron, 2021; JAX `jax.nn.squareplus` |
///
/// ```
/// use activations::{Activation, Squareplus};
/// let mut x = [f32::NEG_INFINITY, 0.0, 1e30];
/// Squareplus::default().apply_in_place(&mut x)?;
/// assert_eq!(x, [0.0, 1.0, 1e30]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Squareplus {
    /// Four times the square of the value at 0.
    pub b: f32,
}

const DEFAULT_B: f32 = 4.0;

impl Default for Squareplus {
    fn default() -> Self {
        Self { b: DEFAULT_B }
    }
}

impl Formula for Squareplus {
    fn reference(&self, x: f64) -> f64 {
        let b = f64::from(self.b);
        if b == 0.0 {
            return Relu.reference(x);
        }
        let root = libm::sqrt(x * x + b);
        if x < 0.0 {
            0.5 * b / (root - x)
        } else {
            0.5 * (x + root)
        }
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        let b = Parameter {
            activation: "squareplus",
            name: "b",
            value: self.b,
        };
        b.finite()?;
        b.not_negative()
    }
}

impl ChooseKernel for Squareplus {
    #[inline(always)]
    fn choose_kernel<T: Precision, W: WithKernel>(&self, then: W) {
        let Self { b } = *self;
        if b == 0.0 {
            Relu.choose_kernel::<T, W>(then);
        } else {
            let of_16_bits = Coarse::<T>::new(b);
            T::choose(then, Plain::new(b), of_16_bits);
        }
    }

    #[inline(always)]
    fn is_rest(&self) -> bool {
        self.b != 0.0 && !(1.0 / LARGE..=LARGE).contains(&self.b)
    }
}

/// From the inverse of this to this, b and all that comes of it stay in range; others are left to the oracle.
const LARGE: f32 = (1 << 30) as f32;

/// From here on b counts for nothing next to the square of x.
const LARGEST: f32 = (1u64 << 50) as f32;

/// What the bits of a number are subtracted from, to get half its inverse to within an eighth: the
/// difference turns the exponent round, and the mantissa nearly.
const HALF_INVERSE: f32 = f32::from_bits(0x7e71_1ac3);

/// A moderate b.
#[derive(Clone, Copy)]
struct Plain {
    b: f32,
    /// Its inverse, doubled.
    inverse: f32,
}

impl Plain {
    #[inline(always)]
    fn new(b: f32) -> Self {
        Self {
            b,
            inverse: 2.0 / b,
        }
    }

    /// The result for numbers up to [`LARGEST`].
    #[inline(always)]
    fn near<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let half = simd.splat_f32s(0.5);
        let u = simd.magnitude_f32s(x);
        // The root, and by its remainder what it lacks.
        let b = simd.splat_f32s(self.b);
        let square = simd.mul_add_f32s(u, u, b);
        // (Where u is large this is wrong by as much as the rounding took, but then it counts for less.)
        let square_low = simd.mul_add_f32s(u, u, simd.sub_f32s(b, square));
        let root = simd.sqrt_f32s(square);
        let remainder = simd.negate_mul_add_f32s(root, root, square);
        let remainder = simd.add_f32s(remainder, square_low);
        let inverse = simd.sub_bits_f32s(simd.splat_f32s(HALF_INVERSE), root);
        let root_low = simd.mul_f32s(remainder, inverse);
        // Its sum with u, which is not larger.
        let sum = simd.add_f32s(root, u);
        let sum_low = simd.sub_f32s(u, simd.sub_f32s(sum, root));
        let sum_low = simd.add_f32s(sum_low, root_low);

        // Above 0 that is all, and below, the quotient of b/2 by it. The inverse of the sum is known from that.
        let upper = simd.mul_add_f32s(sum_low, half, simd.mul_f32s(sum, half));
        let half_b = simd.splat_f32s(0.5 * self.b);
        let quotient = simd.div_f32s(half_b, sum);
        let remainder = simd.negate_mul_add_f32s(quotient, sum, half_b);
        let remainder = simd.negate_mul_add_f32s(quotient, sum_low, remainder);
        let inverse = simd.mul_f32s(quotient, simd.splat_f32s(self.inverse));
        let lower = simd.mul_add_f32s(remainder, inverse, quotient);
        let is_below = simd.less_than_f32s(x, simd.splat_f32s(0.0));
        simd.select_f32s(is_below, lower, upper)
    }
}

impl Kernel for Plain {
    const WEIGHT: Weight = Weight::Long;
    const LARGEST: f32 = LARGEST;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        // No result shows what is added, but with it no subnormal number is multiplied, which takes long.
        self.near(simd, simd.add_f32s(x, simd.splat_f32s(NEXT_TO_ZERO)))
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        /// By which the divisor is made smaller, so that no quotient is subnormal; a NaN becomes one.
        const SCALE: f32 = 1.0 / (1u128 << 64) as f32;
        /// Quotients below this are subnormal after a product with [`SCALE`].
        const LEAST: f32 = f32::MIN_POSITIVE / SCALE;

        let divisor = simd.mul_f32s(simd.magnitude_f32s(x), simd.splat_f32s(SCALE));
        let quotient = simd.div_f32s(simd.splat_f32s(0.25 * self.b), divisor);
        let is_small = simd.less_than_f32s(quotient, simd.splat_f32s(LEAST));
        let lower = product_in_range(simd, quotient, simd.splat_f32s(SCALE), is_small);
        let is_below = simd.less_than_f32s(x, simd.splat_f32s(0.0));
        simd.select_f32s(is_below, lower, x)
    }
}

/// A moderate b, for results of type `T`, which have 16 bits: what roundings lose does not count.
#[derive(Clone, Copy)]
struct Coarse<T> {
    plain: Plain,
    b: f32,
    /// What |x| is multiplied by, where it is added to the root.
    slope: f32,
    half: f32,
    half_b: f32,
    elements: PhantomData<T>,
}

/// For the default b and f16, next to 4, 1, 1/2 and 2: found by trial, such that what is next to a tie comes to the right
/// side. (For bf16 all is right without.)
const B_F16: f32 = hex("0x1.ffffeap1"); // 3.99999738
const SLOPE_F16: f32 = hex("0x1.ffffe8p-1"); // 0.999999285
const HALF_F16: f32 = hex("0x1.000006p-1"); // 0.500000179
const HALF_B_F16: f32 = hex("0x1.fffff4p0"); // 1.99999928

impl<T: Precision> Coarse<T> {
    #[inline(always)]
    fn new(b: f32) -> Self {
        let exact = Self {
            plain: Plain::new(b),
            b,
            slope: 1.0,
            half: 0.5,
            half_b: 0.5 * b,
            elements: PhantomData,
        };
        if T::HAS_RANGE_OF_F32 || b != DEFAULT_B {
            return exact;
        }
        Self {
            b: B_F16,
            slope: SLOPE_F16,
            half: HALF_F16,
            half_b: HALF_B_F16,
            ..exact
        }
    }
}

impl<T: Precision> Kernel for Coarse<T> {
    const WEIGHT: Weight = Weight::Long;
    const LARGEST: f32 = if T::HAS_RANGE_OF_F32 {
        LARGEST
    } else {
        f32::INFINITY
    };

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let x = if T::HAS_RANGE_OF_F32 {
            simd.add_f32s(x, simd.splat_f32s(NEXT_TO_ZERO))
        } else {
            x
        };
        let u = simd.magnitude_f32s(x);
        let root = simd.sqrt_f32s(simd.mul_add_f32s(u, u, simd.splat_f32s(self.b)));
        let sum = simd.mul_add_f32s(u, simd.splat_f32s(self.slope), root);
        let upper = simd.mul_f32s(sum, simd.splat_f32s(self.half));
        let lower = simd.div_f32s(simd.splat_f32s(self.half_b), sum);
        let is_below = simd.less_than_f32s(x, simd.splat_f32s(0.0));
        simd.select_f32s(is_below, lower, upper)
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        self.plain.far(simd, x)
    }
}
