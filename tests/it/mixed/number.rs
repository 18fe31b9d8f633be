//! The types that tensors may have, and numbers in them.

use activations::Float;
use half::{bf16, f16};
use std::fmt::{Debug, Display};

/// A type of elements.
pub trait Number: Float + Debug + PartialEq {
    const NAME: &'static str;

    /// The nearest number to `x`.
    fn from_f32(x: f32) -> Self;

    /// The number itself.
    fn to_f32(self) -> f32;
}

impl Number for f32 {
    const NAME: &'static str = "f32";

    fn from_f32(x: f32) -> Self {
        x
    }

    fn to_f32(self) -> f32 {
        self
    }
}

macro_rules! number {
    ($type:ident) => {
        impl Number for $type {
            const NAME: &'static str = stringify!($type);

            fn from_f32(x: f32) -> Self {
                $type::from_f32(x)
            }

            fn to_f32(self) -> f32 {
                $type::to_f32(self)
            }
        }
    };
}

number!(f16);
number!(bf16);

/// The nearest numbers of a type.
pub fn narrowed<T: Number>(numbers: &[f32]) -> Vec<T> {
    numbers.iter().map(|&x| T::from_f32(x)).collect()
}

/// Numbers as f32.
pub fn widened<T: Number>(numbers: &[T]) -> Vec<f32> {
    numbers.iter().map(|&x| x.to_f32()).collect()
}

/// Whether `y` is `expected`, rounded, a NaN's sign and payload aside.
pub fn is_rounded<T: Number>(y: T, expected: f32) -> bool {
    let (y, expected) = (y.to_f32(), T::from_f32(expected).to_f32());
    y.to_bits() == expected.to_bits() || y.is_nan() && expected.is_nan()
}

/// Whether all of `y` are `expected`, rounded.
pub fn assert_rounded<T: Number>(y: &[T], expected: &[f32], what: impl Display) {
    assert_eq!(y.len(), expected.len(), "{what}");
    for (i, (&y, &expected)) in y.iter().zip(expected).enumerate() {
        assert!(
            is_rounded(y, expected),
            "{what}: number {i} is {y:?}, not {expected:?} rounded"
        );
    }
}
