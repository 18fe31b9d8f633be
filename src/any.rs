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

            /// The canonical name and the other names of each. (All activations at a time are some kilobytes of stack.)
            #[cfg(feature = "alloc")]
            pub(crate) const NAMES: &'static [(&'static str, &'static [&'static str])] =
                &[$((stringify!($name), &[$($other),*])),*];

            /// The activation with this canonical name, with its default parameters.
            #[cfg(feature = "alloc")]
            pub(crate) fn of_canonical_name(name: &str) -> Option<Self> {
                Some(match name {
                    $(stringify!($name) => Self::$type(<$type>::default()),)*
                    _ => return None,
                })
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
            /// none, nor has a [`Snake`] with such parameters: they are tensors.
            pub const fn parameter_names(&self) -> &'static [&'static str] {
                match self {
                    Self::Prelu(prelu) if prelu.is_per_channel() => &[],
                    Self::Snake(snake) if snake.is_per_channel() => &[],
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
    /// (It does not read `prelu(per channel)` or `snake(per channel)`: the parameters are tensors.)
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        if self.depends_on_position() {
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

    /// Reads a name as PyTorch, ONNX, Hugging Face, Keras, JAX, TensorFlow Lite, ggml or vLLM have it, without regard to
    /// case, `_`, `-` and spaces, and parameters by name (this crate's or those libraries') or in order: `LeakyReLU`,
    /// `hard_swish`, `leaky_relu(negative_slope=0.2)`, `LeakyRelu(alpha=0.2)`, `hardtanh(0, 6)`. What PyTorch prints for a
    /// module reads, too: `torch.nn.GELU(approximate='tanh')`, `Hardtanh(min_val=0.0, max_val=6.0, inplace=True)`.
    ///
    /// `approximate` chooses between GELUs, and an `alpha` makes a quick GELU a Swish. The attributes that change
    /// nothing here are `inplace`, `device`, `dtype`, and `num_parameters=1`.
    ///
    /// Parameters that are not given have their defaults, which are PyTorch's whatever the spelling of the name. `clip` and
    /// `clamp` alone have defaults of their own: no bounds. Where those of a library differ, its name before a colon, or the
    /// path of its module, chooses them:
    ///
    /// | Text | Activation |
    /// |---|---|
    /// | `HardSigmoid`, `torch:hardsigmoid` | a slope of 1/6 |
    /// | `onnx:HardSigmoid` | a slope of 0.2 |
    /// | `leaky_relu`, `onnx:LeakyRelu`, `jax.nn.leaky_relu` | a slope of 0.01 |
    /// | `keras:leaky_relu`, `tf.nn.leaky_relu` | a slope of 0.2 |
    /// | `keras.layers.LeakyReLU` | a slope of 0.3 |
    /// | `gelu`, `hf:gelu`, `keras:gelu`, `ggml:gelu_erf` | by the error function |
    /// | `jax:gelu`, `ggml:gelu`, `GELU(approximate='tanh')` | by tanh |
    ///
    /// The libraries are `torch`, `onnx`, `keras` (Keras 3), `jax`, `hf`, `tflite`, `ggml` and `vllm`.
    ///
    /// # Errors
    /// [`Error::UnknownActivation`], with near names; [`Error::OfAnotherKind`] for the name of a gate or of an
    /// operation on rows; [`Error::UnknownLibrary`]; [`Error::UnreadableParameters`]; [`Error::InvalidParameter`] where
    /// a value makes no sense.
    fn from_str(text: &str) -> Result<Self, Error> {
        parse::activation(text)
    }
}

#[cfg(test)]
mod tests;
