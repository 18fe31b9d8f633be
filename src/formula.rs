//! The definition of an activation.

use crate::{Cuts, Error};

pub(crate) mod sealed {
    /// Keeps [`Formula`](super::Formula) to this crate.
    pub trait Sealed {}
}

/// The definition of an activation: its formula in f64, and the parameters it accepts.
///
/// It cannot be implemented elsewhere.
pub trait Formula: sealed::Sealed + Copy {
    /// The scalar oracle: the formula in f64, for the activation's f32 parameters.
    ///
    /// What the kernels are tested against. For an activation whose parameter differs from
    /// channel to channel it is that of the first channel; see [`reference_at`](Self::reference_at).
    fn reference(&self, x: f64) -> f64;

    /// The scalar oracle for the element at `index` of a tensor.
    fn reference_at(&self, index: usize, x: f64) -> f64 {
        let _ = index;
        self.reference(x)
    }

    /// Whether the result for an element depends on its place in the tensor, as it does if parameters differ from channel
    /// to channel.
    fn depends_on_position(&self) -> bool {
        false
    }

    /// Where a tensor may be cut into parts that are worked on separately.
    fn cuts(&self) -> Cuts {
        Cuts::Anywhere
    }

    /// The activation for the `len` elements from `start` on of a tensor, as [`cuts`](Self::cuts) has cut it, taken
    /// for a tensor of their own.
    #[must_use]
    fn part(&self, start: usize, len: usize) -> Self {
        let _ = (start, len);
        *self
    }

    /// Whether the parameters make sense, for a tensor of `len` elements.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] names the first parameter that does not;
    /// [`Error::ShapeMismatch`] says that `len` is no whole number of channels.
    fn check(&self, len: usize) -> Result<(), Error> {
        let _ = len;
        Ok(())
    }
}
