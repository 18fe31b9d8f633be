//! What 8-bit numbers stand for, and how a result becomes one.

use crate::{Element, Error};
use core::fmt::Debug;

/// A type of 8-bit element: `i8` or `u8`.
///
/// Sealed, as [`Element`] is.
pub trait Byte: Element + Debug + Into<i32> {
    /// All values, from the smallest on.
    fn all() -> impl Iterator<Item = Self>;

    /// The value next to `x`.
    fn saturated(x: i32) -> Self;

    /// Its bits.
    fn bits(self) -> u8;

    /// The value of these bits.
    fn from_bits(bits: u8) -> Self;
}

impl Byte for u8 {
    fn all() -> impl Iterator<Item = Self> {
        Self::MIN..=Self::MAX
    }

    fn saturated(x: i32) -> Self {
        x.clamp(0, 255) as Self
    }

    #[inline]
    fn bits(self) -> u8 {
        self
    }

    #[inline]
    fn from_bits(bits: u8) -> Self {
        bits
    }
}

impl Byte for i8 {
    fn all() -> impl Iterator<Item = Self> {
        Self::MIN..=Self::MAX
    }

    fn saturated(x: i32) -> Self {
        x.clamp(-128, 127) as Self
    }

    #[inline]
    fn bits(self) -> u8 {
        self.cast_unsigned()
    }

    #[inline]
    fn from_bits(bits: u8) -> Self {
        bits.cast_signed()
    }
}

/// What an 8-bit number `q` stands for: `scale * (q - zero_point)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantization {
    /// From one number to the next: positive and finite.
    pub scale: f32,
    /// Which number stands for 0: a value of the type.
    pub zero_point: i32,
}

/// The steps by which a table is computed, where libraries differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arithmetic {
    /// All in f64, rounded once, half to even.
    #[default]
    Exact,
    /// ONNX's `DequantizeLinear`, f, `QuantizeLinear`: each step rounded to f32, the result divided by the scale and rounded
    /// half to even. ONNX Runtime's `QLinearSigmoid` and `QLinearLeakyRelu` take these steps, with an f of their own.
    Onnx,
    /// TensorFlow Lite's: each step rounded to f32, the result multiplied by one over the scale and rounded half away
    /// from zero.
    TfLite,
}

impl Arithmetic {
    /// `y` in units of `scale`, as an integer, by the steps of a library.
    pub(super) fn rounded(self, y: f32, scale: f32) -> f64 {
        f64::from(match self {
            Self::TfLite => libm::roundf(y * (1.0 / scale)),
            Self::Onnx | Self::Exact => libm::rintf(y / scale),
        })
    }
}

impl Quantization {
    /// Whether it is one of `T`; `which` one of a call an error is to name.
    pub(super) fn check<T: Byte>(self, which: &'static str) -> Result<(), Error> {
        let refuse = |parameter, value, expected| {
            Err(Error::InvalidParameter {
                activation: which,
                parameter,
                value,
                expected,
            })
        };
        if !(self.scale > 0.0 && self.scale.is_finite()) {
            return refuse("scale", self.scale, "positive and finite");
        }
        if T::saturated(self.zero_point).into() != self.zero_point {
            return refuse(
                "zero_point",
                self.zero_point as f32,
                "a value of the elements' type",
            );
        }
        Ok(())
    }

    /// What `q` stands for. It has no more than 33 bits.
    pub(super) fn exact<T: Byte>(self, q: T) -> f64 {
        f64::from(q.into() - self.zero_point) * f64::from(self.scale)
    }

    /// What `q` stands for, rounded to f32.
    pub(super) fn dequantized<T: Byte>(self, q: T) -> f32 {
        (q.into() - self.zero_point) as f32 * self.scale
    }

    /// The value that stands for `y`, rounded once.
    pub(super) fn quantized<T: Byte>(self, y: f64) -> T {
        self.shifted(libm::rint(y / f64::from(self.scale)))
    }

    /// The value for `steps`, an integer or NaN, from the zero point.
    pub(super) fn shifted<T: Byte>(self, steps: f64) -> T {
        // The cast saturates, and NaN becomes 0; so far from 0 all numbers saturate once more.
        let steps = steps as i32;
        T::saturated(steps.saturating_add(self.zero_point))
    }
}
