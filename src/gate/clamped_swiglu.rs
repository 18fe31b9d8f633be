use super::Gate;
use crate::activation::parameter::{AsNumber, Parameter};
use crate::{Error, GateLimits, Swish};

/// `f(gate, value) = g / (1 + e^(-alpha * g)) * (clamp(value, -limit, limit) + offset)` with `g = min(gate, limit)`.
///
/// Or, with a [`place`](Self::place) after the activation, `min(gate / (1 + e^(-alpha * gate)), limit)` times the same.
/// Each step is rounded to f32 as tensor operations one by one would round it: the limits are exact, [`Swish`] is rounded
/// as its page says, then the sum with the offset (an offset of 0 is as none), then the product.
///
/// | Where it is from | `limit` | `alpha` | `offset` | `place` | Here |
/// |---|---|---|---|---|---|
/// | GPT-OSS | 7 | 1.702 | 1 | before | [`OAI`](Self::OAI), the default |
/// | DeepSeek V4, GLM 5 | the model's | 1 | 0 | before | [`before(limit)`](Self::before) |
/// | Step 3.5 | the model's | 1 | 0 | after | [`after(limit)`](Self::after) |
///
/// | | |
/// |---|---|
/// | Parameters | `limit`, 7 by default: above 0, and infinite for none; `alpha`, 1.702 by default, and `offset`, 1 by default: finite; `place`, before the activation by default: as text 0, or 1 for after it |
/// | Domain | all of f32 |
/// | Shapes | any two slices of one length, or one that holds both ([`Split`](crate::Split)); the output is as long as the gate |
/// | Error | three roundings: that of [`Swish`] with a `beta` of `alpha`, at most 0.5 ULP of the sum with the offset, then at most 0.5 ULP |
/// | Special values | infinities are limited as all numbers are; a gate of -inf gives a zero where `alpha` is positive, and otherwise what [`Swish`] returns; a NaN of gate or value gives NaN, as it does with `torch.clamp` |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | GPT-OSS's `swiglu` of 2025, `SwigluOAIAndMul`, `SiluAndMulWithClamp` (whose `beta` is the offset) and `SwigluStepAndMul` of vLLM |
///
/// ```
/// use activations::{ClampedSwiglu, Gate};
/// let mut gate = [0.0, 200.0, 200.0];
/// ClampedSwiglu::before(10.0).apply_in_place(&mut gate, &[3.0, 4.0, -200.0])?;
/// assert_eq!(gate, [0.0, 39.998184, -99.99546]); // silu(10) is 9.999546
///
/// let mut gate = [0.0, 200.0, 200.0];
/// ClampedSwiglu::after(10.0).apply_in_place(&mut gate, &[3.0, 4.0, -200.0])?;
/// assert_eq!(gate, [0.0, 40.0, -100.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClampedSwiglu {
    /// The largest gate, or the largest result of the activation, and the largest magnitude of the value.
    pub limit: f32,
    /// What the gate is multiplied by in the exponent.
    pub alpha: f32,
    /// What is added to the value, once it is limited.
    pub offset: f32,
    /// Where the limit applies to the gate.
    pub place: LimitPlace,
}

/// Where the limit of a [`ClampedSwiglu`] applies to the gate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LimitPlace {
    /// Before the activation: what it is given is limited. As a parameter in text, and of C functions, it is 0.
    #[default]
    Before,
    /// After the activation: its result is limited. As a parameter in text, and of C functions, it is 1.
    After,
}

impl AsNumber for LimitPlace {
    fn number(self) -> f32 {
        match self {
            Self::Before => 0.0,
            Self::After => 1.0,
        }
    }

    fn set_number(&mut self, number: f32) -> bool {
        let place = [Self::Before, Self::After]
            .into_iter()
            .find(|place| place.number() == number);
        *self = place.unwrap_or(*self);
        place.is_some()
    }
}

impl ClampedSwiglu {
    /// The gate of GPT-OSS: a limit of 7 before the activation, an alpha of 1.702, an offset of 1.
    pub const OAI: Self = Self {
        limit: 7.0,
        alpha: 1.702,
        offset: 1.0,
        place: LimitPlace::Before,
    };

    /// `silu(min(gate, limit)) * clamp(value, -limit, limit)`, the gate of DeepSeek V4 and GLM 5.
    #[must_use]
    pub const fn before(limit: f32) -> Self {
        Self {
            limit,
            alpha: 1.0,
            offset: 0.0,
            place: LimitPlace::Before,
        }
    }

    /// `min(silu(gate), limit) * clamp(value, -limit, limit)`, the gate of Step 3.5.
    #[must_use]
    pub const fn after(limit: f32) -> Self {
        Self {
            place: LimitPlace::After,
            ..Self::before(limit)
        }
    }
}

impl Default for ClampedSwiglu {
    fn default() -> Self {
        Self::OAI
    }
}

impl Gate for ClampedSwiglu {
    type Activation = Swish;

    #[inline]
    fn activation(&self) -> Swish {
        Swish { beta: self.alpha }
    }

    #[inline]
    fn limits(&self) -> GateLimits {
        let (gate, activated) = match self.place {
            LimitPlace::Before => (self.limit, f32::INFINITY),
            LimitPlace::After => (f32::INFINITY, self.limit),
        };
        GateLimits {
            gate,
            activated,
            value: self.limit,
            offset: self.offset,
        }
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        let parameter = |name, value| Parameter {
            activation: "clamped_swiglu",
            name,
            value,
        };
        parameter("limit", self.limit).positive()?;
        parameter("alpha", self.alpha).finite()?;
        parameter("offset", self.offset).finite()
    }
}
