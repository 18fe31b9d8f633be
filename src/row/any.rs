//! Any operation on rows, chosen at run time.

use super::formula::{LaunchRows, Sealed};
#[cfg(feature = "alloc")]
use crate::any::parse::{
    arguments::Parameters, kinds::not_on_rows, names::plain, near::near, spelled::spelled,
};
use crate::converted::AnyIo;
use crate::registry::for_each_row_activation;
use crate::{Error, Isa, RowActivation, RowFormula, Rows, *};
#[cfg(feature = "alloc")]
use alloc::{borrow::ToOwned, vec::Vec};
use core::fmt;
#[cfg(feature = "alloc")]
use core::str::FromStr;

macro_rules! any_row_activation {
    ($($type:ident $(<$lt:lifetime>)? $name:ident [$($parameter:ident),*] [$($other:literal),*];)*) => {
        /// Any operation on rows, chosen at run time.
        ///
        /// ```
        /// use activations::{AnyRowActivation, RowActivation, Rows};
        /// let operation: AnyRowActivation = "softmax(scale=0.125)".parse()?;
        /// let mut x = [4.0, 4.0];
        /// operation.apply_in_place(Rows::last(2), &mut x)?;
        /// assert_eq!(x, [0.5, 0.5]);
        /// # Ok::<(), activations::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum AnyRowActivation<'a> {
            $(
                #[doc = concat!("[`", stringify!($type), "`], called `", stringify!($name), "`.")]
                $type($type $(<$lt>)?),
            )*
        }

        impl<'a> AnyRowActivation<'a> {
            /// Every operation on rows, with its default parameters.
            pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
                [$(Self::$type(<$type>::default())),*].into_iter()
            }

            /// Its canonical name: `log_softmax`.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$type(_) => stringify!($name),)*
                }
            }

            /// Other names that [`FromStr`] reads as this operation.
            pub const fn other_names(&self) -> &'static [&'static str] {
                match self {
                    $(Self::$type(_) => &[$($other),*],)*
                }
            }

            /// The names of its parameters that are numbers, in order.
            pub const fn parameter_names(&self) -> &'static [&'static str] {
                match self {
                    $(Self::$type(_) => &[$(stringify!($parameter)),*],)*
                }
            }

            /// The parameter called `name`; `None` where it has none.
            pub fn parameter(&self, name: &str) -> Option<f32> {
                match self {
                    $(Self::$type(_operation) => match name {
                        $(stringify!($parameter) => Some(_operation.0.$parameter),)*
                        _ => None,
                    },)*
                }
            }

            /// Sets the parameter called `name`; `false` where it has none.
            #[must_use]
            pub fn set_parameter(&mut self, name: &str, _value: f32) -> bool {
                match self {
                    $(Self::$type(_operation) => match name {
                        $(stringify!($parameter) => {
                            _operation.0.$parameter = _value;
                            true
                        })*
                        _ => false,
                    },)*
                }
            }
        }

        impl Sealed for AnyRowActivation<'_> {}
        $(impl $(<$lt>)? Sealed for $type $(<$lt>)? {})*

        impl RowFormula for AnyRowActivation<'_> {
            #[cfg(feature = "alloc")]
            fn reference(&self, row: usize, x: &[f64]) -> Vec<f64> {
                match self {
                    $(Self::$type(operation) => operation.reference(row, x),)*
                }
            }

            fn check(&self, rows: Rows, len: usize) -> Result<(), Error> {
                match self {
                    $(Self::$type(operation) => operation.check(rows, len),)*
                }
            }

            fn part(&self, outer: usize, first: usize) -> Self {
                match self {
                    $(Self::$type(operation) => Self::$type(operation.part(outer, first)),)*
                }
            }
        }

        impl LaunchRows for AnyRowActivation<'_> {
            #[inline]
            unsafe fn launch(&self, isa: Isa, rows: Rows, io: AnyIo) {
                match self {
                    // SAFETY: the caller's promises, passed on.
                    $(Self::$type(operation) => unsafe { operation.launch(isa, rows, io) },)*
                }
            }
        }

        impl<T: Float> RowActivation<T> for AnyRowActivation<'_> {}
        $(impl<$($lt,)? T: Float> RowActivation<T> for $type $(<$lt>)? {})*

        $(
            impl<'a> From<$type $(<$lt>)?> for AnyRowActivation<'a> {
                fn from(operation: $type $(<$lt>)?) -> Self {
                    Self::$type(operation)
                }
            }
        )*
    };
}

for_each_row_activation!(any_row_activation);

#[cfg(feature = "alloc")]
impl AnyRowActivation<'_> {
    fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        core::iter::once(self.name()).chain(self.other_names().iter().copied())
    }
}

impl fmt::Display for AnyRowActivation<'_> {
    /// Its name and its numbers, as [`FromStr`] reads them: `softmax(scale=1, softcap=inf)`. What else its attention
    /// has is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
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
impl FromStr for AnyRowActivation<'_> {
    type Err = Error;

    /// Reads a name, without regard to case, `_`, `-` and spaces, and numbers by name or in order: `LogSoftmax`,
    /// `softmax(scale=0.125)`, `softmax(softcap=50)`.
    ///
    /// # Errors
    /// [`Error::UnknownActivation`], with near names; [`Error::OfAnotherKind`], [`Error::UnknownLibrary`];
    /// [`Error::UnreadableParameters`]; [`Error::InvalidParameter`] where a value makes no sense.
    fn from_str(text: &str) -> Result<Self, Error> {
        let text = spelled(text)?;
        let wanted = plain(text.name);
        let found = Self::all().find(|any| any.names().any(|name| plain(name) == wanted));
        let mut operation = found.ok_or_else(|| {
            not_on_rows(text.name).unwrap_or_else(|| Error::UnknownActivation {
                name: text.name.to_owned(),
                near: near(&wanted, Self::all().map(|any| (any.name(), any.names()))),
            })
        })?;
        let values = Parameters {
            of: operation.name(),
            canonical: operation.name(),
            known: operation.parameter_names(),
        }
        .read(text.arguments)?;
        for (name, value) in values {
            // The parameter is known, so the operation has it.
            let _ = operation.set_parameter(name, value);
        }
        operation.check(Rows::last(1), 0)?;
        Ok(operation)
    }
}
