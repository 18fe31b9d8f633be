use super::{Formula, parameter::Parameter};
use crate::Error;
use crate::drive::precision::Precision;
use crate::drive::{ChooseKernel, Kernel, Weight, WithKernel};
use crate::math::tanh::{self, Cap};
use crate::simd::Vocabulary;

/// `f(x) = cap * tanh(x / cap)`.
///
/// | | |
/// |---|---|
/// | Parameters | `cap`, 30 by default: finite, above 0 |
/// | Domain | all of f32; the results rise with x, and none is beyond ±`cap` |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.9907 ULP with the default, 2 with other parameters |
/// | Special values | ±0 are their own images; ±inf give ±`cap`; NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Bello et al., 2016; Gemma 2, 2024: Hugging Face `final_logit_softcapping` (30) and `attn_logit_softcapping` (50) |
///
/// ```
/// use activations::{Activation, Softcap};
/// let mut x = [-0.0, 1000.0, f32::NEG_INFINITY];
/// Softcap::default().apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.0, 30.0, -30.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Softcap {
    /// The limit of the results.
    pub cap: f32,
}

/// The cap of Gemma 2's logits.
const DEFAULT_CAP: f32 = 30.0;

impl Default for Softcap {
    fn default() -> Self {
        Self { cap: DEFAULT_CAP }
    }
}

impl Formula for Softcap {
    fn reference(&self, x: f64) -> f64 {
        let cap = f64::from(self.cap);
        cap * libm::tanh(x / cap)
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        let cap = Parameter {
            activation: "softcap",
            name: "cap",
            value: self.cap,
        };
        cap.finite()?;
        cap.positive()
    }
}

static DEFAULT: Cap = Cap::new(DEFAULT_CAP);
static DEFAULT_F16: Cap = tanh::CAP_30_F16;

/// Two factors, of x and of the result, which with the constants above bring what is next to a tie of f16 to the right side.
/// (For bf16 all is right without them.)
const BEFORE_F16: f32 = 1.0 + 2.0 * f32::EPSILON;
const AFTER_F16: f32 = 1.0 - f32::EPSILON;

impl ChooseKernel for Softcap {
    #[inline(always)]
    fn choose_kernel<T: Precision, W: WithKernel>(&self, then: W) {
        let (own, cap);
        let (mut down, mut up) = (1.0, 1.0);
        if self.cap != DEFAULT_CAP {
            down = scale(self.cap);
            up = 1.0 / down;
            own = Cap::new(self.cap * down);
            cap = &own;
        } else if T::HAS_RANGE_OF_F32 {
            cap = &DEFAULT;
        } else {
            (down, up, cap) = (BEFORE_F16, AFTER_F16, &DEFAULT_F16);
        }
        let is_line_near_zero = self.cap >= SMALL;
        then.with(Capped {
            cap,
            down,
            up,
            is_line_near_zero,
        });
    }
}

/// What a cap and x are multiplied by, so that nothing overflows, and nothing that counts underflows.
#[inline(always)]
fn scale(cap: f32) -> f32 {
    const LARGE: f32 = (1u64 << 60) as f32;
    if cap > LARGE {
        1.0 / (1u128 << 64) as f32
    } else if cap < 1.0 / LARGE {
        (1u128 << 120) as f32
    } else {
        1.0
    }
}

/// From here on x / `cap` is as good as 0 where x is next to zero.
const SMALL: f32 = 1.0 / (1 << 30) as f32;

#[derive(Clone, Copy)]
struct Capped<'a> {
    cap: &'a Cap,
    /// What x is multiplied by.
    down: f32,
    /// What the result is multiplied by.
    up: f32,
    is_line_near_zero: bool,
}

impl Kernel for Capped<'_> {
    const WEIGHT: Weight = Weight::Long;
    const HAS_NEAR_ZERO: bool = true;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let x = simd.mul_f32s(x, simd.splat_f32s(self.down));
        let y = tanh::capped(simd, x, self.cap);
        simd.mul_f32s(y, simd.splat_f32s(self.up))
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        if self.is_line_near_zero {
            x
        } else {
            self.eval(simd, x)
        }
    }
}
