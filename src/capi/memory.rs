//! From C's pointers to slices.

use super::Status;
use crate::element::elements;
use core::ffi::{CStr, c_char};
use core::slice;

/// The `len` elements at `start`; NULL will do for none.
///
/// # Safety
/// Where the result is `Ok`, they are readable, and nobody writes them, for as long as `'a` lasts.
#[inline]
pub(super) unsafe fn input<'a, T>(start: *const T, len: usize) -> Result<&'a [T], Status> {
    check(start, len)?;
    if len == 0 {
        return Ok(&[]);
    }
    // SAFETY: `start` is aligned and not null, the length fits memory, and the caller vouches for the rest.
    Ok(unsafe { slice::from_raw_parts(start, len) })
}

/// The `len` elements at `start`, if they do not overlap those at `y`, which have passed [`check`].
///
/// # Safety
/// As for [`input`].
#[inline]
pub(super) unsafe fn input_apart<'a, T, Y>(
    start: *const T,
    len: usize,
    y: (*const Y, usize),
) -> Result<&'a [T], Status> {
    check(start, len)?;
    apart((start, len), y)?;
    // SAFETY: the caller's promise, passed on.
    unsafe { input(start, len) }
}

/// Whether `len` elements can be at `start`.
#[inline]
pub(super) fn check<T>(start: *const T, len: usize) -> Result<(), Status> {
    if len == 0 {
        return Ok(());
    }
    if start.is_null() {
        return Err(Status::Null);
    }
    if !start.is_aligned() {
        return Err(Status::Misaligned);
    }
    let bytes = len.checked_mul(size_of::<T>());
    let end = bytes.and_then(|bytes| start.addr().checked_add(bytes));
    match (bytes, end) {
        (Some(bytes), Some(_)) if bytes <= isize::MAX as usize => Ok(()),
        _ => Err(Status::Length),
    }
}

/// Whether `y` may be written while `x` is read: where they do not overlap. The lengths are in elements, and have
/// passed [`check`].
#[inline]
pub(super) fn apart<T, U>(
    (x, x_len): (*const T, usize),
    (y, y_len): (*const U, usize),
) -> Result<(), Status> {
    let is_apart = x_len == 0
        || y_len == 0
        || x.addr() + x_len * size_of::<T>() <= y.addr()
        || y.addr() + y_len * size_of::<U>() <= x.addr();
    if is_apart {
        Ok(())
    } else {
        Err(Status::Overlap)
    }
}

/// An input and an output of as many elements, which is writable only: it need not have been written before.
pub(super) enum Buffers<'a, T> {
    /// The output itself: the call is in place.
    Same(&'a mut [T]),
    /// Another buffer, and the output.
    Apart(&'a [T], *mut T),
}

/// Whether `len` elements each can be at `x` and `y`, which are one buffer or do not overlap.
#[inline]
pub(super) fn check_buffers<T>(x: *const T, y: *mut T, len: usize) -> Result<(), Status> {
    check(x, len)?;
    check(y, len)?;
    if x == y.cast_const() {
        return Ok(());
    }
    apart((x, len), (y, len))
}

/// The `len` elements each at `x` and `y`.
///
/// # Safety
/// [`check_buffers`] has passed; those at `x` are readable, and those at `y` writable, and nobody else uses them, for as
/// long as `'a` lasts.
#[inline]
pub(super) unsafe fn buffers<'a, T>(x: *const T, y: *mut T, len: usize) -> Buffers<'a, T> {
    if len == 0 {
        return Buffers::Same(&mut []);
    }
    // SAFETY: both are aligned and not null, and the length fits memory. What is read has been written, and so has `y`
    // where the two are one; the caller vouches for the rest.
    unsafe {
        if x == y.cast_const() {
            Buffers::Same(slice::from_raw_parts_mut(y, len))
        } else {
            Buffers::Apart(slice::from_raw_parts(x, len), y)
        }
    }
}

/// The text at `start`.
///
/// # Safety
/// Unless it is NULL, it is a string that ends in a zero, which nobody writes for as long as `'a` lasts.
pub(super) unsafe fn text<'a>(start: *const c_char) -> Result<&'a str, Status> {
    if start.is_null() {
        return Err(Status::Null);
    }
    // SAFETY: the caller vouches for it.
    let text = unsafe { CStr::from_ptr(start) };
    text.to_str().map_err(|_| Status::Name)
}

/// How many elements a tensor of this shape has.
#[inline]
pub(super) fn len_of(shape: &[usize]) -> Result<usize, Status> {
    elements(shape).ok_or(Status::Length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_checked() {
        let x = [0f32; 4];
        let start = x.as_ptr();
        assert_eq!(check(start, 4), Ok(()));
        assert_eq!(check::<f32>(core::ptr::null(), 0), Ok(()));
        assert_eq!(check::<f32>(core::ptr::null(), 1), Err(Status::Null));
        let odd = start.wrapping_byte_add(2);
        assert_eq!(check(odd, 1), Err(Status::Misaligned));
        assert_eq!(check(start, usize::MAX / 4), Err(Status::Length));
        assert_eq!(check(start, usize::MAX / 2), Err(Status::Length));
        let last = core::ptr::without_provenance::<f32>(usize::MAX - 7);
        assert_eq!(check(last, 2), Err(Status::Length));
    }

    #[test]
    fn overlaps_are_seen() {
        let x = [0f32; 8];
        let at = |i: usize| x.as_ptr().wrapping_add(i);
        assert_eq!(apart((at(0), 4), (at(4), 4)), Ok(()));
        assert_eq!(apart((at(4), 4), (at(0), 4)), Ok(()));
        assert_eq!(apart((at(0), 4), (at(3), 4)), Err(Status::Overlap));
        assert_eq!(apart((at(3), 4), (at(0), 4)), Err(Status::Overlap));
        assert_eq!(apart((at(1), 1), (at(0), 8)), Err(Status::Overlap));
        assert_eq!(apart((at(1), 0), (at(0), 8)), Ok(()));
    }

    #[test]
    fn shapes_that_no_memory_holds_are_lengths() {
        assert_eq!(len_of(&[2, 3, 4]), Ok(24));
        assert_eq!(len_of(&[usize::MAX, 2]), Err(Status::Length));
        assert_eq!(len_of(&[usize::MAX, 2, 0]), Ok(0));
    }
}
