//! The operations on rows of a tensor: softmax and its kin. One file for each of them.

#[cfg(feature = "alloc")]
use crate::AVec;
#[cfg(feature = "alloc")]
use crate::buffer::make_room;
use crate::converted::AnyIo;
use crate::drive::Io;
use crate::element::written;
use crate::error::same_length;
use crate::{Error, Float, Isa, Rows};
use core::mem::MaybeUninit;
use formula::LaunchRows;

mod across;
mod along;
pub(crate) mod any;
pub(crate) mod attention;
mod block;
#[cfg(feature = "half")]
mod converted;
pub(crate) mod formula;
mod group;
pub(crate) mod hardmax;
mod layout;
pub(crate) mod log_softmax;
mod logits;
mod operand;
#[cfg(feature = "parallel")]
mod parts;
pub(crate) mod passes;
#[cfg(feature = "half")]
mod pieces;
pub(crate) mod softmax;
pub(crate) mod softmin;
mod tensor;

/// Applies an operation to each row of a tensor of `T`, as [`Rows`] says which elements that is.
///
/// Implemented by every such operation of the crate and by [`AnyRowActivation`](crate::AnyRowActivation); it
/// cannot be implemented elsewhere. All methods return the same bits for the same input and the same [`Rows`]: out
/// of place or in place, on every instruction set, at every alignment (but for the payload of a NaN).
/// (The same row, once the last axis of a tensor and once another, may come out differently in the last place: it is
/// summed up in another order.) No method panics, and none allocates but [`to_vec`](Self::to_vec) and
/// [`apply_to_vec`](Self::apply_to_vec), which abort as [`Vec`](alloc::vec::Vec) does where there is no memory.
///
/// Elements are `f32`, or with the feature `half` also `f16` and `bf16`: all steps, the sum among them, are then those
/// of `f32`, and a result is rounded once. A mask may be of another type than the rows. Rows of more than 1,792
/// elements that are not `f32` are read three times, and those of them that are not the last axis one element after the
/// other.
///
/// # Errors
/// Every method returns what [`RowFormula::check`](crate::RowFormula::check) does. The output is then untouched.
pub trait RowActivation<T: Float = f32>: LaunchRows {
    /// Row by row from `x` to `y`, on the best instruction set ([`Isa::detect`]).
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] where the lengths differ.
    fn apply(&self, rows: Rows, x: &[T], y: &mut [T]) -> Result<(), Error> {
        self.apply_on(Isa::detect(), rows, x, y)
    }

    /// Row by row in `x`.
    ///
    /// # Errors
    /// Only those that every method has.
    fn apply_in_place(&self, rows: Rows, x: &mut [T]) -> Result<(), Error> {
        self.apply_in_place_on(Isa::detect(), rows, x)
    }

    /// As [`apply`](Self::apply), on all threads of the current rayon pool where the tensor is large and `outer`
    /// is more than 1.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "parallel")]
    fn par_apply(&self, rows: Rows, x: &[T], y: &mut [T]) -> Result<(), Error>
    where
        Self: Sync,
    {
        self.par_apply_to(rows, x, y)
    }

    /// As [`apply_in_place`](Self::apply_in_place), on all threads of the current rayon pool where the tensor is
    /// large and `outer` is more than 1.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "parallel")]
    fn par_apply_in_place(&self, rows: Rows, x: &mut [T]) -> Result<(), Error>
    where
        Self: Sync,
    {
        self.check(rows, x.len())?;
        // SAFETY: `check` passed; `x` is readable and writable.
        unsafe { parts::apply(self, rows, AnyIo::of(Io::over(x))) };
        Ok(())
    }

    /// Row by row from `x` to a new buffer, aligned to a cache line.
    ///
    /// # Errors
    /// Only those that every method has.
    #[cfg(feature = "alloc")]
    fn to_vec(&self, rows: Rows, x: &[T]) -> Result<AVec<T>, Error> {
        let mut y = AVec::new(0);
        self.apply_to_vec(rows, x, &mut y)?;
        Ok(y)
    }

    /// Row by row from `x` to `y`, which becomes as long as `x`: it grows where it is too small, and never shrinks. Its
    /// earlier contents are lost.
    ///
    /// # Errors
    /// Only those that every method has. `y` is then untouched.
    #[cfg(feature = "alloc")]
    fn apply_to_vec(&self, rows: Rows, x: &[T], y: &mut AVec<T>) -> Result<(), Error> {
        self.check(rows, x.len())?;
        make_room(y, x.len());
        // SAFETY: `y` has room for as many elements as `x` has, and the two are distinct. The kernel has written all
        // of them when their number becomes the length.
        unsafe {
            apply_to(self, Isa::detect(), rows, x, y.as_mut_ptr())?;
            y.set_len(x.len());
        }
        Ok(())
    }

    /// As [`apply`](Self::apply), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    fn apply_on(&self, isa: Isa, rows: Rows, x: &[T], y: &mut [T]) -> Result<(), Error> {
        self.apply_to_on(isa, rows, x, y)
    }

    /// As [`apply_to`](Self::apply_to), to memory that need not have been written before; returns what is written there.
    ///
    /// # Errors
    /// As there. Nothing is written then.
    fn apply_uninit<'y, Y: Float>(
        &self,
        rows: Rows,
        x: &[T],
        y: &'y mut [MaybeUninit<Y>],
    ) -> Result<&'y mut [Y], Error> {
        self.apply_uninit_on(Isa::detect(), rows, x, y)
    }

    /// As [`apply_uninit`](Self::apply_uninit), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    fn apply_uninit_on<'y, Y: Float>(
        &self,
        isa: Isa,
        rows: Rows,
        x: &[T],
        y: &'y mut [MaybeUninit<Y>],
    ) -> Result<&'y mut [Y], Error> {
        same_length(x, y)?;
        // SAFETY: `y` is writable and as long as `x`, and a shared and an exclusive borrow do not overlap. All of it has
        // been written then.
        unsafe {
            apply_to(self, isa, rows, x, y.as_mut_ptr().cast::<Y>())?;
            Ok(written(y))
        }
    }

    /// As [`apply_in_place`](Self::apply_in_place), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    fn apply_in_place_on(&self, isa: Isa, rows: Rows, x: &mut [T]) -> Result<(), Error> {
        let io = AnyIo::of(Io::over(x));
        // SAFETY: `x` is readable and writable, and source and destination are equal.
        unsafe { launch_checked(self, isa, rows, io) }
    }

    /// Row by row from `x` to an output of another type: as [`apply`](Self::apply), with one rounding at the end.
    ///
    /// # Errors
    /// As there.
    fn apply_to<Y: Float>(&self, rows: Rows, x: &[T], y: &mut [Y]) -> Result<(), Error> {
        self.apply_to_on(Isa::detect(), rows, x, y)
    }

    /// As [`apply_to`](Self::apply_to), on all threads of the current rayon pool where the tensor is large and `outer`
    /// is more than 1.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "parallel")]
    fn par_apply_to<Y: Float>(&self, rows: Rows, x: &[T], y: &mut [Y]) -> Result<(), Error>
    where
        Self: Sync,
    {
        same_length(x, y)?;
        self.check(rows, x.len())?;
        let io = AnyIo::between(x, y.as_mut_ptr());
        // SAFETY: `check` passed; `x` is readable, `y` writable, they have one length, and a shared and an
        // exclusive borrow do not overlap.
        unsafe { parts::apply(self, rows, io) };
        Ok(())
    }

    /// As [`apply_to`](Self::apply_to), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    fn apply_to_on<Y: Float>(
        &self,
        isa: Isa,
        rows: Rows,
        x: &[T],
        y: &mut [Y],
    ) -> Result<(), Error> {
        same_length(x, y)?;
        // SAFETY: `y` is writable and as long as `x`, and a shared and an exclusive borrow do not overlap.
        unsafe { apply_to(self, isa, rows, x, y.as_mut_ptr()) }
    }
}

/// As [`RowActivation::apply_on`], to memory that need not have been written before.
///
/// # Safety
/// `y` is valid for writes of as many elements as `x` has, and does not overlap it.
#[inline]
pub(crate) unsafe fn apply_to<X: Float, Y: Float, A: LaunchRows>(
    operation: &A,
    isa: Isa,
    rows: Rows,
    x: &[X],
    y: *mut Y,
) -> Result<(), Error> {
    let io = AnyIo::between(x, y);
    // SAFETY: `x` is readable, and the caller vouches for `y`.
    unsafe { launch_checked(operation, isa, rows, io) }
}

/// Applies `operation` once CPU, rows and parameters are seen to be right.
///
/// # Safety
/// What `io` says can be read and written; the two do not overlap, or are the same and of one type.
#[inline]
unsafe fn launch_checked<A: LaunchRows>(
    operation: &A,
    isa: Isa,
    rows: Rows,
    io: AnyIo,
) -> Result<(), Error> {
    isa.require()?;
    operation.check(rows, io.len)?;
    if io.len > 0 {
        // SAFETY: the CPU has `isa`, `check` passed, there are elements, and the caller vouches for the memory.
        unsafe { operation.launch(isa, rows, io) };
    }
    Ok(())
}
