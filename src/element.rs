//! The element types that tensors may have.

use core::mem::MaybeUninit;

mod slice;

pub use slice::{Slice, Type};

/// The elements of `y`.
///
/// # Safety
/// All of them have been written.
#[inline]
pub(crate) const unsafe fn written<T: Element>(y: &mut [MaybeUninit<T>]) -> &mut [T] {
    // SAFETY: the two types have one layout, and the caller vouches for the values.
    unsafe { &mut *(&raw mut *y as *mut [T]) }
}

mod sealed {
    use super::{Slice, Type};

    pub trait Sealed {}
    #[cfg(feature = "half")]
    impl Sealed for half::bf16 {}
    #[cfg(feature = "half")]
    impl Sealed for half::f16 {}
    impl Sealed for f32 {}
    impl Sealed for i8 {}
    impl Sealed for u8 {}

    /// What is known of a floating-point type at run time.
    pub trait Float: Sized {
        /// Which it is.
        const TYPE: Type;

        /// Elements of the type.
        fn slice(elements: &[Self]) -> Slice<'_>;
    }
}

/// A type of tensor element: `f32`; with the feature `half` the 16-bit types `f16` and `bf16` of the crate of that name;
/// or `i8` and `u8`, for which there are tables: [`ByteTable`](crate::ByteTable).
///
/// Sealed: the set grows with the crate, not with its users.
pub trait Element: sealed::Sealed + Copy + Default + Send + Sync + 'static {}

/// A floating-point type of tensor element: `f32`, and with the feature `half` also `f16` and `bf16`.
///
/// What takes several tensors takes each of them in any of these types: the inputs are widened to f32, which changes no value,
/// all steps are those of f32, and the result is rounded once, to the nearest number of the type of the output, ties to even.
/// (Most frameworks round after each step.)
pub trait Float: Element + sealed::Float {}

/// The floating-point type `$type`, called `$name` at run time.
macro_rules! float {
    ($type:ty, $name:ident) => {
        impl Element for $type {}

        impl Float for $type {}

        impl sealed::Float for $type {
            const TYPE: Type = Type::$name;

            #[inline]
            fn slice(elements: &[Self]) -> Slice<'_> {
                Slice::$name(elements)
            }
        }
    };
}

float!(f32, F32);
#[cfg(feature = "half")]
float!(half::f16, F16);
#[cfg(feature = "half")]
float!(half::bf16, Bf16);

impl Element for i8 {}

impl Element for u8 {}

/// How many elements a tensor of this shape has, if that is a number.
pub(crate) fn elements(shape: &[usize]) -> Option<usize> {
    if shape.contains(&0) {
        return Some(0);
    }
    shape
        .iter()
        .try_fold(1, |product: usize, &size| product.checked_mul(size))
}
