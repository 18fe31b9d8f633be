use super::leaky_relu::leaky;
use super::{Formula, LeakyRelu, parameter::Parameter};
use crate::Error;
use crate::drive::{Io, Kernel, Run, map};
use crate::simd::Vocabulary;

/// `f(x) = if x > 0 { x } else { x * (lower + upper) / 2 }`: the randomized leaky ReLU in
/// evaluation.
///
/// (In training PyTorch draws each slope from `lower..upper`; that is no element-wise function.)
///
/// | | |
/// |---|---|
/// | Parameters | `lower`, 1/8 by default, and `upper`, 1/3: finite, `lower <= upper` |
/// | Domain | all of f32 |
/// | Error | against the exact mean of the two f32 bounds, which is carried in two floats (below 2⁻¹⁰⁰ in one): at most 0.5 ULP with the default parameters; with others at most 0.51, and 1 for results below 2⁻¹²⁰, where the product with the small float is subnormal |
/// | Special values | as for [`LeakyRelu`] |
/// | Source | Xu et al., 2015; PyTorch `nn.RReLU` |
///
/// ```
/// use activations::{Activation, Rrelu};
/// let mut x = [-8.0, 2.0];
/// Rrelu { lower: 0.25, upper: 0.75 }.apply_in_place(&mut x)?;
/// assert_eq!(x, [-4.0, 2.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rrelu {
    /// The smallest slope of training.
    pub lower: f32,
    /// The largest slope of training.
    pub upper: f32,
}

impl Default for Rrelu {
    fn default() -> Self {
        Self {
            lower: 1.0 / 8.0,
            upper: 1.0 / 3.0,
        }
    }
}

/// Slopes below this are rounded to f32: their low part would be subnormal or lost.
const TWO_FLOATS_FROM: f64 = 1.0 / (1u128 << 100) as f64;

impl Rrelu {
    /// The mean of the bounds; exact in f64 for bounds of like size.
    fn slope(&self) -> f64 {
        let slope = (f64::from(self.lower) + f64::from(self.upper)) / 2.0;
        if slope.abs() < TWO_FLOATS_FROM {
            f64::from(slope as f32)
        } else {
            slope
        }
    }
}

impl Formula for Rrelu {
    fn reference(&self, x: f64) -> f64 {
        leaky(x, self.slope())
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        let parameter = |name, value| Parameter {
            activation: "rrelu",
            name,
            value,
        };
        parameter("lower", self.lower).finite()?;
        parameter("upper", self.upper).finite()?;
        parameter("lower", self.lower).require(self.lower <= self.upper, "at most upper")
    }
}

impl Run<f32> for Rrelu {
    #[inline(always)]
    unsafe fn run<S: Vocabulary>(&self, simd: S, io: Io<f32>) {
        let slope = self.slope();
        let (high, low) = split(slope);
        // SAFETY: the caller's promise, passed on.
        unsafe {
            if low == 0.0 {
                let negative_slope = high;
                LeakyRelu { negative_slope }.run(simd, io);
            } else {
                map::map(simd, io, map::Uniform(TwoFloats { high, low }));
            }
        }
    }
}

/// `x` as the sum of two f32 of one sign; for constants that one f32 cannot hold.
#[inline(always)]
fn split(x: f64) -> (f32, f32) {
    // Cutting bits off rounds towards zero, so that the rest has the sign of `x`: the products of
    // the two parts with an infinity then agree.
    const KEPT: u64 = !((1 << 29) - 1);
    let high = f64::from_bits(x.to_bits() & KEPT) as f32;
    (high, (x - f64::from(high)) as f32)
}

/// A slope in two floats of one sign, neither of them 0.
#[derive(Clone, Copy)]
struct TwoFloats {
    high: f32,
    low: f32,
}

impl Kernel for TwoFloats {
    #[inline(always)]
    fn eval<S: Vocabulary>(self, simd: S, x: S::f32s) -> S::f32s {
        // As one of the two parts is a zero, the sum of products is exact but for its last
        // rounding, and a sum with -0 keeps the sign of a product that is 0.
        let negative = simd.at_most_f32s(x, simd.splat_f32s(0.0));
        let positive = simd.at_least_f32s(x, simd.splat_f32s(-0.0));
        let sum = simd.mul_add_f32s(negative, simd.splat_f32s(self.low), positive);
        simd.mul_add_f32s(negative, simd.splat_f32s(self.high), sum)
    }
}
