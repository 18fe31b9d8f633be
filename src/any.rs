//! Any activation, chosen at run time.

use crate::activation::*;
use crate::formula::sealed::Sealed;
use crate::registry::for_each_activation;
use crate::{Cuts, Error, Formula};
use core::fmt;
#[cfg(feature = "alloc")]
use core::str::FromStr;

mod apply;
#[cfg(feature = "alloc")]
pub(crate) mod parse;

macro_rules! any_activation {
    ($($type:ident $(<$lt:lifetime>)? $name:ident [$($parameter:ident),*] [$($other:literal),*];)*) => {
        /// Any activation of the crate, chosen at run time.
        ///
        /// ```
        /// use activations::{Activation, AnyActivation};
        /// let activation: AnyActivation = "leaky_relu(negative_slope=0.5)".parse()?;
        /// let mut x = [-2.0, 2.0];
        /// activation.apply_in_place(&mut x)?;
        /// assert_eq!(x, [-1.0, 2.0]);
        /// # Ok::<(), activations::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum AnyActivation<'a> {
            $(
                #[doc = concat!("[`", stringify!($type), "`], called `", stringify!($name), "`.")]
                $type($type $(<$lt>)?),
            )*
        }

        impl<'a> AnyActivation<'a> {
            /// Every activation of the crate, with its default parameters.
            pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
                [$(Self::$type(<$type>::default())),*].into_iter()
            }

            /// Its canonical name: `leaky_relu`.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$type(_) => stringify!($name),)*
                }
            }

            /// Other names that [`FromStr`] reads as this activation. The canonical name and the
            /// names in other spellings (`LeakyReLU`, `leaky-relu`) are not listed.
            pub const fn other_names(&self) -> &'static [&'static str] {
                match self {
                    $(Self::$type(_) => &[$($other),*],)*
                }
            }

            /// The names of its parameters, in order. A [`Prelu`] with a slope per channel has
            /// none: its slopes are a tensor.
            pub const fn parameter_names(&self) -> &'static [&'static str] {
                match self {
                    Self::Prelu(prelu) if prelu.is_per_channel() => &[],
                    $(Self::$type(_) => &[$(stringify!($parameter)),*],)*
                }
            }

            /// The parameter called `name`; `None` where it has none.
            pub fn parameter(&self, name: &str) -> Option<f32> {
                let name = *self.parameter_names().iter().find(|known| **known == name)?;
                match self {
                    $(Self::$type(_activation) => match name {
                        $(stringify!($parameter) => Some(_activation.$parameter),)*
                        _ => None,
                    },)*
                }
            }

            /// Sets the parameter called `name`; `false` where it has none. Whether the value makes
            /// sense is checked on use, as [`Formula::check`] tells.
            #[must_use]
            pub fn set_parameter(&mut self, name: &str, _value: f32) -> bool {
                if !self.parameter_names().contains(&name) {
                    return false;
                }
                match self {
                    $(Self::$type(_activation) => match name {
                        $(stringify!($parameter) => {
                            _activation.$parameter = _value;
                            true
                        })*
                        _ => false,
                    },)*
                }
            }
        }

        impl Sealed for AnyActivation<'_> {}

        impl Formula for AnyActivation<'_> {
            fn reference(&self, x: f64) -> f64 {
                match self {
                    $(Self::$type(activation) => activation.reference(x),)*
                }
            }

            fn reference_at(&self, index: usize, x: f64) -> f64 {
                match self {
                    $(Self::$type(activation) => activation.reference_at(index, x),)*
                }
            }

            fn depends_on_position(&self) -> bool {
                match self {
                    $(Self::$type(activation) => activation.depends_on_position(),)*
                }
            }

            fn cuts(&self) -> Cuts {
                match self {
                    $(Self::$type(activation) => activation.cuts(),)*
                }
            }

            fn part(&self, start: usize, len: usize) -> Self {
                match self {
                    $(Self::$type(activation) => Self::$type(activation.part(start, len)),)*
                }
            }

            #[inline]
            fn check(&self, len: usize) -> Result<(), Error> {
                match self {
                    $(Self::$type(activation) => activation.check(len),)*
                }
            }
        }

        $(
            impl<'a> From<$type $(<$lt>)?> for AnyActivation<'a> {
                fn from(activation: $type $(<$lt>)?) -> Self {
                    Self::$type(activation)
                }
            }
        )*
    };
}

for_each_activation!(any_activation);

impl fmt::Display for AnyActivation<'_> {
    /// Its name and its parameters, as [`FromStr`] reads them: `leaky_relu(negative_slope=0.01)`.
    /// (It does not read `prelu(per channel)`: the slopes are a tensor.)
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        if let Self::Prelu(prelu) = self
            && prelu.is_per_channel()
        {
            return f.write_str("(per channel)");
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
impl FromStr for AnyActivation<'_> {
    type Err = Error;

    /// Reads a name of PyTorch, ONNX or Hugging Face, without regard to case, `_`, `-` and
    /// spaces, and parameters by name (this crate's or those frameworks') or in order: `LeakyReLU`,
    /// `hard_swish`, `leaky_relu(negative_slope=0.2)`, `LeakyRelu(alpha=0.2)`, `hardtanh(0, 6)`.
    ///
    /// Parameters that are not given have their defaults, which are PyTorch's whatever the spelling
    /// of the name: `HardSigmoid` has a slope of 1/6, where ONNX's operator has 0.2. `clip` and
    /// `clamp` alone have defaults of their own: no bounds.
    ///
    /// # Errors
    /// [`Error::UnknownActivation`], with near names; [`Error::UnreadableParameters`];
    /// [`Error::InvalidParameter`] where a value makes no sense.
    fn from_str(text: &str) -> Result<Self, Error> {
        parse::activation(text)
    }
}

#[cfg(test)]
mod tests;
