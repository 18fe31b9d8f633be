//! Which elements of a tensor are a row.

/// How an operation on rows sees a tensor: as `[outer, axis, inner]` in row-major order, `outer` being what is
/// left of its length. A row is what lies along `axis`.
///
/// For the last axis of a tensor `inner` is 1, and a row is `axis` consecutive elements. For any other, `inner`
/// is the product of the dimensions behind it: for the channels of NCHW it is H·W.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rows {
    /// Elements in a row.
    pub axis: usize,
    /// How far the elements of a row are apart: 1 if they are consecutive.
    pub inner: usize,
}

impl Rows {
    /// Rows of `axis` consecutive elements.
    pub const fn last(axis: usize) -> Self {
        Self { axis, inner: 1 }
    }

    /// Rows of `axis` elements, each `inner` after the one before.
    pub const fn strided(axis: usize, inner: usize) -> Self {
        Self { axis, inner }
    }
}
