//! Each operation on rows as a C function.

use super::attention::{self, Options};
use super::for_each_element;
use super::memory::{Buffers, apart, buffers, check, check_buffers, len_of};
use super::status::{Status, call};
use crate::converted::AnyIo;
use crate::drive::Io;
use crate::registry::for_each_row_activation;
use crate::row::apply_to;
use crate::{RowActivation, *};

/// Applies an operation, made for the number of elements, to a tensor `[outer, axis, inner]`.
///
/// # Safety
/// As many elements at `x` are readable and at `y` writable, unless that is refused, and nobody else uses them
/// meanwhile. What the operation borrows does not overlap them.
#[inline]
pub(super) unsafe fn apply<T: Float, A: RowActivation<T>>(
    x: *const T,
    y: *mut T,
    [outer, axis, inner]: [usize; 3],
    operation: impl FnOnce(usize) -> Result<A, Status>,
) -> Status {
    call(|| {
        let n = len_of(&[outer, axis, inner])?;
        check_buffers(x, y, n)?;
        let operation = operation(n)?;
        let rows = Rows::strided(axis, inner);
        // SAFETY: `check_buffers` has passed; the caller's promises, passed on.
        unsafe {
            match buffers(x, y, n) {
                Buffers::Same(x) => operation.apply_in_place(rows, x)?,
                Buffers::Apart(x, y) => apply_to(&operation, Isa::detect(), rows, x, y)?,
            }
        }
        Ok(())
    })
}

/// One operation on elements of one type: those with numbers have all of [`Options`].
macro_rules! operation {
    ($element:ty, $suffix:literal, $of:literal; $type:ident $name:ident [$($number:ident),+]) => {
        #[doc = concat!(
            " `", stringify!($name), "` of the rows of x [outer, axis, inner]", $of, " along axis; attention may be NULL."
        )]
        ///
        /// # Safety
        /// x is readable and y writable for outer * axis * inner elements, and attention for what it says; nobody else
        /// writes them, or reads y, meanwhile.
        #[unsafe(export_name = concat!("activations_", stringify!($name), $suffix))]
        pub unsafe extern "C" fn $name(
            x: *const $element,
            y: *mut $element,
            outer: usize,
            axis: usize,
            inner: usize,
            attention: *const Options,
        ) -> Status {
            // SAFETY: the caller's promise, passed on.
            let operation = |n| Ok($type(unsafe { attention::read(attention, (y, n))? }));
            // SAFETY: the caller's promises, passed on; what the attention borrows does not overlap what is written.
            unsafe { apply(x, y, [outer, axis, inner], operation) }
        }
    };
    ($element:ty, $suffix:literal, $of:literal; $type:ident $name:ident []) => {
        #[doc = concat!(" `", stringify!($name), "` of the rows of x [outer, axis, inner]", $of, " along axis.")]
        ///
        /// # Safety
        /// x is readable and y writable for outer * axis * inner elements; nobody else writes them, or reads y,
        /// meanwhile.
        #[unsafe(export_name = concat!("activations_", stringify!($name), $suffix))]
        pub unsafe extern "C" fn $name(
            x: *const $element,
            y: *mut $element,
            outer: usize,
            axis: usize,
            inner: usize,
        ) -> Status {
            // SAFETY: the caller's promises, passed on.
            unsafe { apply(x, y, [outer, axis, inner], |_| Ok($type)) }
        }
    };
}

/// Applies softmax, and writes the logarithm of the sum of each row.
///
/// # Safety
/// As for [`apply`](apply()); `attention` is as for [`attention::read`], and `outer * inner` numbers at `log_sums` are
/// writable, and nobody else uses them.
unsafe fn softmax_with_log_sums<T: Float>(
    x: *const T,
    y: *mut T,
    [outer, axis, inner]: [usize; 3],
    attention: *const Options,
    log_sums: *mut f32,
) -> Status {
    call(|| {
        let n = len_of(&[outer, axis, inner])?;
        let count = if n == 0 { 0 } else { outer * inner };
        check_buffers(x, y, n)?;
        check(log_sums, count)?;
        apart((x, n), (log_sums.cast_const(), count))?;
        apart((y.cast_const(), n), (log_sums.cast_const(), count))?;
        let rows = Rows::strided(axis, inner);
        // SAFETY: `check_buffers` and `check` have passed, and the three do not overlap; the caller vouches for the rest.
        unsafe {
            let softmax = Softmax(attention::read(attention, (y, n))?);
            attention::read(attention, (log_sums, count))?;
            let io = match buffers(x, y, n) {
                Buffers::Same(x) => AnyIo::of(Io::over(x)),
                Buffers::Apart(x, y) => AnyIo::between(x, y),
            };
            softmax.launch_with_log_sums(Isa::detect(), rows, io, (log_sums, count))?;
        }
        Ok(())
    })
}

/// The functions for elements of one type.
macro_rules! operations {
    ($module:ident, $element:ty, $suffix:literal, $of:literal;
     $($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt $other_names:tt;)*) => {
        mod $module {
            use super::*;

            $(operation! { $element, $suffix, $of; $type $name $parameters })*

            #[doc = concat!(
                " `softmax`, and the logarithm of the sum of e^t of each row of x", $of, ", at log_sums [outer, inner]."
            )]
            ///
            /// # Safety
            /// As for the function without log_sums, which are writable, and nobody else uses them meanwhile.
            #[unsafe(export_name = concat!("activations_softmax_with_log_sums", $suffix))]
            pub unsafe extern "C" fn softmax_with_log_sums(
                x: *const $element,
                y: *mut $element,
                outer: usize,
                axis: usize,
                inner: usize,
                attention: *const Options,
                log_sums: *mut f32,
            ) -> Status {
                // SAFETY: the caller's promises, passed on.
                unsafe { super::softmax_with_log_sums(x, y, [outer, axis, inner], attention, log_sums) }
            }
        }
    };
}

macro_rules! of_each_element {
    ($($operations:tt)*) => {
        for_each_element! { operations! $($operations)* }
    };
}

for_each_row_activation!(of_each_element);
