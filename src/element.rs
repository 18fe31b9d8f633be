//! The element types that tensors may have.

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
}

/// A type of tensor element: `f32`.
///
/// Sealed: the set grows with the crate, not with its users.
pub trait Element: sealed::Sealed + Copy + Default + Send + Sync + 'static {}

impl Element for f32 {}
