//! Any gate, chosen at run time.

use super::Gate;
use crate::activation::parameter::AsNumber;
#[cfg(feature = "alloc")]
use crate::any::parse::{
    arguments::Parameters, kinds::not_a_gate, names::plain, near::near, spelled::spelled,
};
use crate::registry::for_each_gate;
use crate::{
    AnyActivation, ClampedSwiglu, Error, FatReglu, GateLimits, Gated, Geglu, GegluQuick, GegluTanh,
    Glu, Reglu, Swiglu,
};
#[cfg(feature = "alloc")]
use alloc::{borrow::ToOwned, vec::Vec};
use core::fmt;
#[cfg(feature = "alloc")]
use core::str::FromStr;

macro_rules! any_gate {
    ($($type:ident $name:ident [$($parameter:ident),*] [$($other_name:literal),*];)*) => {
        /// Any gate of the crate, chosen at run time.
        ///
        /// ```
        /// use activations::{AnyGate, Gate};
        /// let gate: AnyGate = "gated(leaky_relu(negative_slope=0.5))".parse()?;
        /// let mut y = [0.0; 2];
        /// gate.apply(&[-2.0, 2.0], &[3.0, 4.0], &mut y)?;
        /// assert_eq!(y, [-3.0, 8.0]);
        /// # Ok::<(), activations::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum AnyGate<'a> {
            $(
                #[doc = concat!("[`", stringify!($type), "`], called `", stringify!($name), "`.")]
                $type($type),
            )*
            /// [`Gated`], called `gated`, with the activation in parentheses.
            Gated(Gated<AnyActivation<'a>>),
        }

        impl<'a> AnyGate<'a> {
            /// Every gate of the crate: those with a name of their own, then [`Gated`] of every
            /// activation; all with default parameters.
            pub fn all() -> impl Iterator<Item = Self> + Clone {
                Self::named().chain(AnyActivation::all().map(|any| Self::Gated(Gated(any))))
            }

            /// Those that have a name of their own.
            fn named() -> impl Iterator<Item = Self> + Clone {
                [$(Self::$type($type::default())),*].into_iter()
            }

            /// Its canonical name: `swiglu`; `gated` for all [`Gated`].
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$type(_) => stringify!($name),)*
                    Self::Gated(_) => "gated",
                }
            }

            /// Other names under which it is known, beside those that differ in case, `_`, `-` or spaces.
            pub const fn other_names(&self) -> &'static [&'static str] {
                match self {
                    $(Self::$type(_) => &[$($other_name),*],)*
                    Self::Gated(_) => &[],
                }
            }

            /// The names of its parameters, in order. Those of what is [`Gated`] are the
            /// activation's.
            pub const fn parameter_names(&self) -> &'static [&'static str] {
                match self {
                    $(Self::$type(_) => &[$(stringify!($parameter)),*],)*
                    Self::Gated(_) => &[],
                }
            }

            /// The parameter called `name`; `None` where it has none. A parameter that is a choice is its number.
            pub fn parameter(&self, name: &str) -> Option<f32> {
                match self {
                    $(Self::$type(_gate) => match name {
                        $(stringify!($parameter) => Some(_gate.$parameter.number()),)*
                        _ => None,
                    },)*
                    Self::Gated(_) => None,
                }
            }

            /// Sets the parameter called `name`; `false` where it has none, or where it is a choice and this the number of
            /// none. Whether any other value makes sense is checked on use, as [`Gate::check`] tells.
            #[must_use]
            pub fn set_parameter(&mut self, name: &str, _value: f32) -> bool {
                match self {
                    $(Self::$type(_gate) => match name {
                        $(stringify!($parameter) => _gate.$parameter.set_number(_value),)*
                        _ => false,
                    },)*
                    Self::Gated(_) => false,
                }
            }
        }

        impl<'a> Gate for AnyGate<'a> {
            type Activation = AnyActivation<'a>;

            #[inline]
            fn activation(&self) -> AnyActivation<'a> {
                match self {
                    $(Self::$type(gate) => gate.activation().into(),)*
                    Self::Gated(gate) => gate.activation(),
                }
            }

            #[inline]
            fn limits(&self) -> GateLimits {
                match self {
                    $(Self::$type(gate) => gate.limits(),)*
                    Self::Gated(gate) => gate.limits(),
                }
            }

            #[inline]
            fn check(&self, len: usize) -> Result<(), Error> {
                match self {
                    $(Self::$type(gate) => gate.check(len),)*
                    Self::Gated(gate) => gate.check(len),
                }
            }
        }

        $(
            impl From<$type> for AnyGate<'_> {
                fn from(gate: $type) -> Self {
                    Self::$type(gate)
                }
            }
        )*
    };
}

for_each_gate!(any_gate);

impl<'a, A: Into<AnyActivation<'a>>> From<Gated<A>> for AnyGate<'a> {
    fn from(Gated(activation): Gated<A>) -> Self {
        Self::Gated(Gated(activation.into()))
    }
}

impl fmt::Display for AnyGate<'_> {
    /// Its name and its parameters, as [`FromStr`] reads them: `swiglu(alpha=1)`, `gated(mish)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        if let Self::Gated(Gated(activation)) = self {
            return write!(f, "({activation})");
        }
        let mut separator = "(";
        for name in self.parameter_names() {
            let value = self.parameter(name).unwrap_or(f32::NAN);
            write!(f, "{separator}{name}={value}")?;
            separator = ", ";
        }
        if separator == ", " {
            f.write_str(")")?;
        }
        Ok(())
    }
}

#[cfg(feature = "alloc")]
impl FromStr for AnyGate<'_> {
    type Err = Error;

    /// Reads a name, without regard to case, `_`, `-` and spaces, and parameters by name or in order:
    /// `SwiGLU`, `swiglu(alpha=1.5)`; or `gated(..)` with any activation as
    /// [`AnyActivation`] reads it: `gated(mish)`, `gated(leaky_relu(0.2))`.
    ///
    /// The names of vLLM's operators are read as well: `silu_and_mul`, `swigluoai_and_mul(limit=7)`,
    /// `silu_and_mul_with_clamp(limit=10)`, whose limit is infinite unless it is given, `swiglustep_and_mul`. A gate does
    /// not know which half of a tensor is its own, so `mul_and_silu` is read as `silu_and_mul` is:
    /// [`Order::of_operator`](crate::Order::of_operator) tells what to write into a [`Split`](crate::Split).
    ///
    /// # Errors
    /// [`Error::UnknownGate`], with near names; [`Error::OfAnotherKind`], [`Error::UnknownLibrary`];
    /// [`Error::UnreadableParameters`]; [`Error::InvalidParameter`] where a value makes no sense; those of the
    /// activation.
    fn from_str(text: &str) -> Result<Self, Error> {
        let text = spelled(text)?;
        let wanted = plain(text.name);
        if wanted == "gated" {
            return gated(text.arguments);
        }
        let mut gate = by_name(&wanted).ok_or_else(|| {
            // Whichever the activation.
            let gated = Self::from(Gated(crate::Identity));
            let all = Self::named().chain([gated]);
            not_a_gate(text.name).unwrap_or_else(|| Error::UnknownGate {
                name: text.name.to_owned(),
                near: near(&wanted, all.map(|gate| (gate.name(), names(&gate)))),
            })
        })?;
        let values = Parameters {
            of: gate.name(),
            canonical: gate.name(),
            known: gate.parameter_names(),
        }
        .read(text.arguments)?;
        for (name, value) in values {
            // The parameter is known, so the gate has it.
            if !gate.set_parameter(name, value) {
                return Err(Error::InvalidParameter {
                    activation: gate.name(),
                    parameter: name,
                    value,
                    expected: "0 or 1",
                });
            }
        }
        gate.check(0)?;
        Ok(gate)
    }
}

/// Names of a [`ClampedSwiglu`] whose parameters are not the default ones unless they are given.
#[cfg(feature = "alloc")]
const CLAMPED: [(&str, ClampedSwiglu); 3] = [
    (
        "silu_and_mul_with_clamp",
        ClampedSwiglu::before(f32::INFINITY),
    ),
    ("swiglustep", ClampedSwiglu::after(7.0)),
    ("swiglustep_and_mul", ClampedSwiglu::after(7.0)),
];

/// The gate that is called `wanted`, which is [`plain`].
#[cfg(feature = "alloc")]
fn by_name(wanted: &str) -> Option<AnyGate<'static>> {
    let is_wanted = |name: &str| plain(name) == wanted;
    let clamped = CLAMPED.into_iter().find(|(name, _)| is_wanted(name));
    clamped
        .map(|(_, gate)| gate.into())
        .or_else(|| AnyGate::named().find(|gate| names(gate).any(is_wanted)))
}

/// All its names.
#[cfg(feature = "alloc")]
fn names(gate: &AnyGate<'_>) -> impl Iterator<Item = &'static str> + use<> {
    core::iter::once(gate.name()).chain(gate.other_names().iter().copied())
}

/// Reads the activation of a gate, and the parenthesis after it.
#[cfg(feature = "alloc")]
fn gated<'a>(text: Option<&str>) -> Result<AnyGate<'a>, Error> {
    let text = text.unwrap_or_default();
    let inside = text.trim_end().strip_suffix(')');
    let inside = inside.ok_or_else(|| Error::UnknownActivation {
        name: text.to_owned(),
        near: Vec::new(),
    })?;
    Ok(AnyGate::Gated(Gated(inside.parse()?)))
}
