//! Slices of elements of a type that is known at run time alone.

use crate::Float;
#[cfg(feature = "half")]
use half::{bf16, f16};

/// A floating-point type of elements.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub enum Type {
    F32,
    #[cfg(feature = "half")]
    F16,
    #[cfg(feature = "half")]
    Bf16,
}

impl Type {
    /// Bytes of an element.
    #[inline]
    pub(crate) const fn size(self) -> usize {
        match self {
            Self::F32 => size_of::<f32>(),
            #[cfg(feature = "half")]
            Self::F16 | Self::Bf16 => size_of::<u16>(),
        }
    }
}

/// Borrowed elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Slice<'a> {
    F32(&'a [f32]),
    #[cfg(feature = "half")]
    F16(&'a [f16]),
    #[cfg(feature = "half")]
    Bf16(&'a [bf16]),
}

/// Evaluates `$value` with `$elements` for the slice that `$slice` holds.
macro_rules! of_any_type {
    ($slice:expr, $elements:ident => $value:expr) => {
        match $slice {
            Slice::F32($elements) => $value,
            #[cfg(feature = "half")]
            Slice::F16($elements) => $value,
            #[cfg(feature = "half")]
            Slice::Bf16($elements) => $value,
        }
    };
}

impl<'a> Slice<'a> {
    /// The elements of a slice.
    #[inline]
    pub(crate) fn of<T: Float>(elements: &'a [T]) -> Self {
        T::slice(elements)
    }

    /// How many they are.
    #[inline]
    pub(crate) const fn len(&self) -> usize {
        of_any_type!(self, elements => elements.len())
    }

    /// Where they are, and of which type.
    #[inline]
    pub(crate) fn start(self) -> (*const u8, Type) {
        /// Where elements of a known type are.
        fn of<T: Float>(elements: &[T]) -> (*const u8, Type) {
            (elements.as_ptr().cast(), T::TYPE)
        }
        of_any_type!(self, elements => of(elements))
    }

    /// The element at `index`, if there is one.
    pub(crate) fn get(self, index: usize) -> Option<f32> {
        match self {
            Self::F32(elements) => elements.get(index).copied(),
            #[cfg(feature = "half")]
            Self::F16(elements) => elements.get(index).map(|element| element.to_f32_const()),
            #[cfg(feature = "half")]
            Self::Bf16(elements) => elements.get(index).map(|element| element.to_f32_const()),
        }
    }

    /// The `len` elements from `start` on; all, if there are not so many.
    pub(crate) fn part(self, start: usize, len: usize) -> Self {
        of_any_type!(self, elements => {
            let rest = elements.get(start..);
            let part = rest.and_then(|rest| rest.get(..len));
            Self::of(part.unwrap_or(elements))
        })
    }

    /// Whether one of the elements is infinite or NaN.
    pub(crate) fn has_any_not_finite(self) -> bool {
        of_any_type!(self, elements => elements.iter().any(|x| !x.is_finite()))
    }

    /// Whether one of the elements is a zero.
    pub(crate) fn has_zero(self) -> bool {
        of_any_type!(self, elements => elements.contains(&Default::default()))
    }

    /// The elements one by one.
    pub(crate) fn iter(self) -> impl Iterator<Item = f32> {
        (0..self.len()).map_while(move |index| self.get(index))
    }
}
