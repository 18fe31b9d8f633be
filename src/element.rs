//! The element types that tensors may have.

mod sealed {
    pub trait Sealed {}
    #[cfg(feature = "half")]
    impl Sealed for half::bf16 {}
    #[cfg(feature = "half")]
    impl Sealed for half::f16 {}
    impl Sealed for f32 {}
    impl Sealed for i8 {}
    impl Sealed for u8 {}
}

/// A type of tensor element: `f32`; with the feature `half` the 16-bit types `f16` and `bf16` of the crate of that name;
/// or `i8` and `u8`, for which there are tables: [`ByteTable`](crate::ByteTable).
///
/// Sealed: the set grows with the crate, not with its users.
pub trait Element: sealed::Sealed + Copy + Default + Send + Sync + 'static {}

impl Element for f32 {}

#[cfg(feature = "half")]
impl Element for half::f16 {}

#[cfg(feature = "half")]
impl Element for half::bf16 {}

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
