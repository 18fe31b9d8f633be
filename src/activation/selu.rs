use super::{Formula, elu::exponential_unit, parameter::Parameter};
use crate::Error;
use crate::drive::apart::{Slope, broken_line};
use crate::drive::{Kernel, Weight};
use crate::math::{expm1, hex, polynomial};
use crate::simd::Vocabulary;

/// `f(x) = gamma * (if x < 0 { alpha * (e^x - 1) } else { x })`.
///
/// The default parameters are those of ONNX, which are the paper's (and PyTorch's) rounded to f32. With others it is
/// computed number by number, in f64, which takes longer.
///
/// | | |
/// |---|---|
/// | Parameters | `alpha`, 1.67326319217681884765625 by default, and `gamma`, 1.05070102214813232421875: finite |
/// | Domain | all of f32; it does not cancel near 0 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 1.1767 ULP with the default parameters, 0.5001 with any others |
/// | Special values | +0 and +inf give themselves times `gamma`, -0 gives -0 times `alpha` and `gamma`, -inf gives `-alpha` times `gamma`, -1.7580993 by default; where a factor is 0 its side is, infinities too; NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Klambauer et al., 2017; PyTorch `nn.SELU`, ONNX `Selu` |
///
/// ```
/// use activations::{Activation, Selu};
/// let mut x = [-0.0, 0.0, 1.0];
/// Selu::default().apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.0, 0.0, 1.050701]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Selu {
    /// The ratio of the slopes at -0 and +0.
    pub alpha: f32,
    /// The slope of the upper side.
    pub gamma: f32,
}

impl Default for Selu {
    fn default() -> Self {
        Self {
            alpha: ALPHA,
            gamma: GAMMA,
        }
    }
}

/// The default of `alpha`: 1.67326319217681884765625.
const ALPHA: f32 = f32::from_bits(0x3fd6_2d7d);

/// The default of `gamma`: 1.05070102214813232421875.
const GAMMA: f32 = f32::from_bits(0x3f86_7d5f);

const PRODUCT: f32 = (GAMMA as f64 * ALPHA as f64) as f32;

/// What is left of the product, and the coefficients of `PRODUCT (e^r - 1) / r` from the linear term up.
const COEFFICIENTS: [f32; 6] = [
    hex("0x1.eea63p-26"), // 2.8792371e-8
    hex("0x1.c212ccp-1"), // 0.87904966
    hex("0x1.2c0bf6p-2"), // 0.29301438
    hex("0x1.2c0dp-4"),   // 0.073254585
    hex("0x1.e1ff2p-7"),  // 0.014709368
    hex("0x1.404b84p-9"), // 0.0024436568
];

/// `PRODUCT (e^x - 1)` where x is negative, else 0.
///
/// As `e^x - 1` is put together in [`expm1`], but with the product in the polynomial and in the last sum, so that
/// there is no rounding before it.
#[inline(always)]
fn product<V: Vocabulary>(simd: V, x: V::f32s) -> V::f32s {
    let scale = simd.splat_f32s(PRODUCT);
    let t = simd.at_most_f32s(x, simd.splat_f32s(0.0));
    let t = simd.at_least_f32s(t, simd.splat_f32s(expm1::LOWEST));
    let (power, r) = expm1::reduce_small(simd, t);
    let rest = simd.mul_f32s(r, polynomial(simd, r, &COEFFICIENTS));
    let growth = simd.mul_add_f32s(r, scale, rest);
    let one_less = simd.sub_f32s(simd.splat_f32s(1.0), power);
    simd.negate_mul_add_f32s(scale, one_less, simd.mul_f32s(power, growth))
}

impl Formula for Selu {
    fn reference(&self, x: f64) -> f64 {
        let (alpha, gamma) = (f64::from(self.alpha), f64::from(self.gamma));
        exponential_unit(x, gamma * alpha, 1.0, gamma)
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        let parameter = |name, value| Parameter {
            activation: "selu",
            name,
            value,
        };
        parameter("alpha", self.alpha).finite()?;
        parameter("gamma", self.gamma).finite()
    }
}

/// With the default parameters.
impl Kernel for Selu {
    const WEIGHT: Weight = Weight::Long;
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        // Above 0 it is a multiple of x, and +0. Below, a multiple of -0, and PRODUCT (e^t - 1), whose sign thus stays.
        let y = product(simd, x);
        let above = simd.at_least_f32s(x, simd.splat_f32s(-0.0));
        simd.mul_add_f32s(simd.splat_f32s(GAMMA), above, y)
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        broken_line(simd, x, Slope::exactly(PRODUCT), Slope::exactly(GAMMA))
    }

    #[inline(always)]
    fn is_rest(&self) -> bool {
        *self != Self::default()
    }
}
