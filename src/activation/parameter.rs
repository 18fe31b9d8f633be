//! What a parameter may be.

use crate::Error;

/// One parameter of one activation, as an error will name it.
#[derive(Clone, Copy)]
pub(crate) struct Parameter {
    pub(crate) activation: &'static str,
    pub(crate) name: &'static str,
    pub(crate) value: f32,
}

impl Parameter {
    /// `Err` unless the parameter is what it was `expected` to be.
    #[inline]
    pub(crate) fn require(self, holds: bool, expected: &'static str) -> Result<(), Error> {
        if holds {
            Ok(())
        } else {
            Err(self.error(expected))
        }
    }

    #[cold]
    fn error(self, expected: &'static str) -> Error {
        Error::InvalidParameter {
            activation: self.activation,
            parameter: self.name,
            value: self.value,
            expected,
        }
    }

    #[inline]
    pub(crate) fn finite(self) -> Result<(), Error> {
        self.require(self.value.is_finite(), "finite")
    }

    #[inline]
    pub(crate) fn not_nan(self) -> Result<(), Error> {
        self.require(!self.value.is_nan(), "a number, not NaN")
    }

    #[inline]
    pub(crate) fn not_negative(self) -> Result<(), Error> {
        self.require(self.value >= 0.0, "0 or more, not NaN")
    }

    #[inline]
    pub(crate) fn not_zero(self) -> Result<(), Error> {
        self.require(self.value != 0.0, "a number other than 0")
    }

    #[inline]
    pub(crate) fn positive(self) -> Result<(), Error> {
        self.require(self.value > 0.0, "above 0")
    }
}

/// A parameter that text and C functions know as a number.
pub(crate) trait AsNumber: Copy {
    /// The number.
    fn number(self) -> f32;

    /// Becomes what `number` stands for; `false` where that is nothing.
    #[must_use]
    fn set_number(&mut self, number: f32) -> bool;
}

impl AsNumber for f32 {
    #[inline]
    fn number(self) -> f32 {
        self
    }

    #[inline]
    fn set_number(&mut self, number: f32) -> bool {
        *self = number;
        true
    }
}
