//! The types of elements that are measured: which there are, and what is different for each. The report and the peers
//! take this file, too.

use activations::{Activation, AnyActivation, Element};
use std::fmt::{Display, LowerExp};
use std::str::FromStr;

#[cfg(feature = "half")]
use activations::half::{bf16, f16};

/// A type of elements.
pub trait Number: Element + Display + LowerExp {
    /// What users call it.
    const NAME: &'static str;
    /// Bits of the mantissa, the one that is not stored among them, as `f32::MANTISSA_DIGITS` counts them.
    const MANTISSA_DIGITS: u32;
    /// One more than the exponent of the smallest normal number, as in `f32::MIN_EXP`.
    const MIN_EXP: i32;
    /// One more than the exponent of the largest number, as in `f32::MAX_EXP`.
    const MAX_EXP: i32;

    /// The number that is nearest to `x`; an infinity where the type does not reach as far.
    fn from_f32(x: f32) -> Self;
    /// The number as f64, which is exact.
    fn to_f64(self) -> f64;
    /// The number with these bits; those that the type has no room for are left out.
    fn from_bits(bits: u32) -> Self;
    /// The bits of the number, from the lowest on.
    fn bits(self) -> u32;
    /// The calls of `activation` for this type.
    fn activation<'a>(activation: AnyActivation<'a>) -> impl Activation<Self> + 'a;
}

macro_rules! number {
    ($type:ident, $from_f32:expr) => {
        impl Number for $type {
            const NAME: &'static str = stringify!($type);
            const MANTISSA_DIGITS: u32 = <$type>::MANTISSA_DIGITS;
            const MIN_EXP: i32 = <$type>::MIN_EXP;
            const MAX_EXP: i32 = <$type>::MAX_EXP;

            fn from_f32(x: f32) -> Self {
                $from_f32(x)
            }

            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            fn from_bits(bits: u32) -> Self {
                <$type>::from_bits(bits as _)
            }

            fn bits(self) -> u32 {
                self.to_bits().into()
            }

            fn activation<'a>(activation: AnyActivation<'a>) -> impl Activation<Self> + 'a {
                activation
            }
        }
    };
}

number!(f32, std::convert::identity);
#[cfg(feature = "half")]
number!(f16, f16::from_f32);
#[cfg(feature = "half")]
number!(bf16, bf16::from_f32);

/// The name of a type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dtype {
    #[default]
    F32,
    #[cfg(feature = "half")]
    F16,
    #[cfg(feature = "half")]
    Bf16,
}

impl FromStr for Dtype {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "f32" => Ok(Self::F32),
            #[cfg(feature = "half")]
            "f16" => Ok(Self::F16),
            #[cfg(feature = "half")]
            "bf16" => Ok(Self::Bf16),
            #[cfg(not(feature = "half"))]
            "f16" | "bf16" => Err(format!(
                "--dtype {text} needs the feature half: cargo's --features half, before the --"
            )),
            _ => Err(format!(
                "--dtype {text}: there is no such type; there are f32, f16 and bf16"
            )),
        }
    }
}
