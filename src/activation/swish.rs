use super::{Formula, parameter::Parameter, quick_gelu, sigmoid::logistic, silu::Silu};
use crate::Error;
use crate::drive::apart::{Slope, line};
use crate::drive::precision::Precision;
use crate::drive::{ChooseKernel, Kernel, Weight, WithKernel};
use crate::math::exp::{self, SMALL_BIAS, Steps};
use crate::math::gate::QUICK_F32;
use crate::simd::Vocabulary;

/// `f(x) = x / (1 + e^(-beta * x))`.
///
/// | | |
/// |---|---|
/// | Parameters | `beta`, 1 by default: finite |
/// | Domain | all of f32; the tail that falls to 0 keeps its relative accuracy down to the subnormal numbers |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 1.9649 ULP for a `beta` of 1, 2 for any other |
/// | Special values | ±0 are their own images; where `beta * x` is -inf the limit is a zero of the sign of x, where it is +inf and for a `beta` of 0 (f(x) = x/2) ±inf are their own images; NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Ramachandran et al., 2017; ONNX `Swish` (`alpha`); with 1 it is PyTorch's `nn.SiLU` and Hugging Face's `swish` |
///
/// ```
/// use activations::{Activation, Swish};
/// let mut x = [f32::NEG_INFINITY, 0.0, 200.0];
/// Swish { beta: 2.0 }.apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.0, 0.0, 200.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swish {
    /// What the input is multiplied by in the exponent.
    pub beta: f32,
}

impl Default for Swish {
    fn default() -> Self {
        Self { beta: 1.0 }
    }
}

impl Formula for Swish {
    fn reference(&self, x: f64) -> f64 {
        let beta = f64::from(self.beta);
        // The product of two f32 is exact in f64; that of 0 and an infinity is none.
        gated(x, if beta == 0.0 { 0.0 } else { beta * x })
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        Parameter {
            activation: "swish",
            name: "beta",
            value: self.beta,
        }
        .finite()
    }
}

/// `x / (1 + e^-t)`, with the limit where t is -inf and x infinite.
pub(super) fn gated(x: f64, t: f64) -> f64 {
    if t == f64::NEG_INFINITY {
        0f64.copysign(x)
    } else {
        x * logistic(t)
    }
}

impl ChooseKernel for Swish {
    #[inline(always)]
    fn choose_kernel<T: Precision, W: WithKernel>(&self, then: W) {
        match Quick::of(*self) {
            Some(Quick::Silu) => Silu.choose_kernel::<T, W>(then),
            // With 16 bits it would need another one, and is one of many.
            Some(Quick::Gelu) if const { !T::HAS_16_BITS } => then.with(NearlyQuickGelu),
            _ if self.beta == 0.0 => then.with(Half),
            _ => then.with(Sloped { beta: self.beta }),
        }
    }
}

/// A beta that gates of networks have, whose kernel is as quick as SiLU's.
#[derive(Clone, Copy)]
pub(crate) enum Quick {
    /// 1.
    Silu,
    /// [`QUICK_BETA`].
    Gelu,
}

/// 1.702: nearly [`QuickGelu`](super::QuickGelu), which has the number itself and not the f32 next to it.
const QUICK_BETA: f32 = 1.702;

impl Quick {
    /// The one that `swish` is.
    #[inline]
    pub(crate) fn of(swish: Swish) -> Option<Self> {
        match swish.beta {
            1.0 => Some(Self::Silu),
            QUICK_BETA => Some(Self::Gelu),
            _ => None,
        }
    }
}

impl ChooseKernel for Quick {
    #[inline(always)]
    fn choose_kernel<T: Precision, W: WithKernel>(&self, then: W) {
        match self {
            Self::Silu => Silu.choose_kernel::<T, W>(then),
            Self::Gelu => NearlyQuickGelu.choose_kernel::<T, W>(then),
        }
    }
}

/// A beta of [`QUICK_BETA`].
#[derive(Clone, Copy)]
struct NearlyQuickGelu;

impl Kernel for NearlyQuickGelu {
    const WEIGHT: Weight = Weight::Long;
    const HAS_NEAR_ZERO: bool = true;
    const LARGEST: f32 = quick_gelu::LARGEST;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        quick_gelu::near(simd, x, &QUICK_F32)
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        quick_gelu::far(simd, x, &QUICK_F32)
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        line(simd, x, Slope::exactly(0.5))
    }
}

/// A beta of 0: the logistic function is 1/2 everywhere.
#[derive(Clone, Copy)]
struct Half;

impl Kernel for Half {
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        simd.mul_f32s(x, simd.splat_f32s(0.5))
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        line(simd, x, Slope::exactly(0.5))
    }
}

/// Any other beta.
#[derive(Clone, Copy)]
struct Sloped {
    beta: f32,
}

static STEPS: Steps = Steps::falling(1.0);

/// e^-u times the largest f32 is less than half the smallest from here on.
const LIMIT: f32 = 194.0;

impl Kernel for Sloped {
    const WEIGHT: Weight = Weight::Heavy;
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        // f(x; -beta) = -f(-x; beta), so that a positive one is all there is from here on.
        let turn = simd.sign_f32s(simd.splat_f32s(self.beta));
        let x = simd.xor_f32s(x, turn);
        let beta = simd.splat_f32s(self.beta.abs());
        let magnitude = simd.magnitude_f32s(x);
        let a = simd.at_most_f32s(magnitude, simd.splat_f32s(f32::MAX));

        // u + u_low = beta |x|; the second is left out where the first is beyond all exponents, as it is
        // for an infinity whatever beta is.
        let limit = simd.splat_f32s(LIMIT);
        let product = simd.mul_f32s(beta, magnitude);
        let u = simd.at_most_f32s(product, limit);
        let u_low = simd.mul_add_f32s(beta, a, simd.xor_f32s(u, simd.splat_f32s(-0.0)));
        let u_low = simd.clear_f32s(simd.less_than_or_equal_f32s(limit, product), u_low);

        // e^-u is the product of two factors, as |x| may make up for one that is too small.
        let (bits, r, low) = exp::reduce_inverse::<V, SMALL_BIAS>(simd, u, &STEPS);
        let growth = exp::expm1(simd, simd.add_f32s(r, simd.add_f32s(low, u_low)));
        let (first, second) = exp::two_small_scales(simd, bits, 1.0);
        let scale = simd.mul_f32s(first, second);

        // |x| / (1 + e^u), as in `math/gate.rs`, but for one rounding less: `rest` is what the
        // sum with the head lost.
        let head = simd.lookup_f32s(&STEPS.head, bits);
        let sum = simd.add_f32s(head, scale);
        let rest = simd.sub_f32s(scale, simd.sub_f32s(sum, head));
        let denominator = simd.add_f32s(sum, simd.mul_add_f32s(head, growth, rest));
        // One factor goes before the division: where the denominator is less than 1, so is the factor,
        // and no quotient is infinite.
        let lower = simd.div_f32s(simd.mul_f32s(a, first), denominator);
        let above = simd.at_least_f32s(x, simd.splat_f32s(-0.0));
        let y = simd.negate_mul_add_f32s(lower, second, above);
        simd.xor_f32s(y, turn)
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        /// A slope with which the exponent is next to zero where x is.
        const LARGE: f32 = (1 << 30) as f32;
        if self.beta.abs() <= LARGE {
            line(simd, x, Slope::exactly(0.5))
        } else {
            self.eval(simd, x)
        }
    }
}
