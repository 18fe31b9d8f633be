//! What defines an operation on rows, and what runs it.

use crate::drive::Io;
use crate::{Cuts, Element, Error, Isa, Rows};
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
    /// [`Error::RowsMismatch`] says that `len` is no whole number of rows, [`Error::AttentionMismatch`] that a
    /// mask or lengths do not fit them, and [`Error::InvalidParameter`] names a number that makes no sense.
    fn check(&self, rows: Rows, len: usize) -> Result<(), Error>;

    /// Where the `outer` rows of a tensor `[outer, axis, inner]` may be cut into parts that are worked on
    /// separately; the numbers are of such rows.
    fn cuts(&self, rows: Rows) -> Cuts {
        let _ = rows;
        Cuts::Anywhere
    }

    /// The operation for `count` of the `outer` rows, from `first` on, as [`cuts`](Self::cuts) has cut them, taken
    /// for a tensor of their own.
    #[must_use]
    fn part(&self, rows: Rows, first: usize, count: usize) -> Self {
        let _ = (rows, first, count);
        *self
    }
}

impl Rows {
    /// The `outer` of a tensor of `len` elements.
    pub(crate) fn outer(self, len: usize) -> Result<usize, Error> {
        let mismatch = Error::RowsMismatch { len, rows: self };
        if self.inner == 1 && self.axis == len && len > 0 {
            return Ok(1);
        }
        match self.axis.checked_mul(self.inner) {
            Some(0) if len == 0 => Ok(0),
            Some(block) if block > 0 && len.is_multiple_of(block) => Ok(len / block),
            _ => Err(mismatch),
        }
    }
}

/// What only the crate's own operations implement.
pub trait Sealed {}

/// An operation that has kernels for rows of elements of type `T`.
///
/// It seals [`RowActivation`](crate::RowActivation): no other crate can name it.
pub trait LaunchRows<T: Element>: RowFormula {
    /// Applies the operation to the rows of `io` on `isa`.
    ///
    /// # Safety
    /// The CPU has `isa`; `io.src` is valid for reads and `io.dst` for writes of `io.len` elements; the two are equal
    /// or do not overlap. `check(rows, io.len)` has returned `Ok`, and there are elements.
    unsafe fn launch(&self, isa: Isa, rows: Rows, io: Io<T>);
}
