//! What defines an operation on rows, and what runs it.

use crate::converted::AnyIo;
use crate::{Error, Isa, Rows};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;

/// The definition of an operation on rows: its formula in f64, and what it accepts.
///
/// It cannot be implemented elsewhere.
pub trait RowFormula: Sealed + Copy {
    /// The scalar oracle: the formula in f64, for row `row` of the `outer` ones of a tensor, and its elements
    /// `x`.
    ///
    /// What the kernels are tested against.
    #[cfg(feature = "alloc")]
    fn reference(&self, row: usize, x: &[f64]) -> Vec<f64>;

    /// Whether the parameters make sense, for a tensor of `len` elements with these `rows`.
    ///
    /// # Errors
    /// [`Error::RowsMismatch`] says that `len` is no whole number of rows, [`Error::AttentionMismatch`] that a mask, or
    /// what else goes with attention, does not fit them, and [`Error::InvalidParameter`] names a number that makes no
    /// sense.
    fn check(&self, rows: Rows, len: usize) -> Result<(), Error>;

    /// The operation for some of the `outer` rows of a tensor, from row `first` on, taken for a tensor of their own.
    /// They may be cut anywhere.
    #[must_use]
    fn part(&self, outer: usize, first: usize) -> Self {
        let _ = (outer, first);
        *self
    }
}

/// What only the crate's own operations implement.
pub trait Sealed {}

/// An operation that has kernels for rows of elements.
///
/// It seals [`RowActivation`](crate::RowActivation): no other crate can name it.
pub trait LaunchRows: RowFormula {
    /// Applies the operation to the rows of `io` on `isa`.
    ///
    /// # Safety
    /// The CPU has `isa`; what `io` says can be read and written; the two do not overlap, or are the same and of one type.
    /// `check(rows, io.len)` has returned `Ok`, and there are elements.
    unsafe fn launch(&self, isa: Isa, rows: Rows, io: AnyIo);
}
