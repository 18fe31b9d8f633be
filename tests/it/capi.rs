//! The C interface, as Rust sees it: what it refuses before it makes a slice of a pointer. `tests/capi` calls it from C.

use std::ffi::c_int;

/// `activations_status` of `src/capi/activations.h`, as the functions return it.
#[derive(Debug, PartialEq)]
#[repr(C)]
#[allow(dead_code)] // These tests do not meet all of them.
enum Status {
    Ok,
    Null,
    Misaligned,
    Overlap,
    Length,
    Shape,
    Parameter,
    Name,
    Internal,
}

/// Some functions for elements of one type, and what they say of lengths that no slice can have.
macro_rules! of_type {
    ($module:ident, $element:ty, $suffix:literal) => {
        mod $module {
            use super::*;

            unsafe extern "C" {
                #[link_name = concat!("activations_relu", $suffix)]
                fn relu(x: *const $element, y: *mut $element, n: usize) -> Status;
                #[link_name = concat!("activations_glu", $suffix)]
                fn glu(
                    gate: *const $element,
                    value: *const $element,
                    y: *mut $element,
                    n: usize,
                ) -> Status;
                #[link_name = concat!("activations_glu_split", $suffix)]
                fn glu_split(
                    x: *const $element,
                    y: *mut $element,
                    outer: usize,
                    n: usize,
                    layout: c_int,
                ) -> Status;
                #[link_name = concat!("activations_hardmax", $suffix)]
                fn hardmax(
                    x: *const $element,
                    y: *mut $element,
                    outer: usize,
                    axis: usize,
                    inner: usize,
                ) -> Status;
            }

            pub fn of_too_long() -> [Status; 4] {
                let (x, y, n) = too_long();
                // SAFETY: nothing is read or written, as such buffers are refused.
                unsafe {
                    [
                        relu(x, y, n),
                        glu(x, x, y, n),
                        glu_split(x, y, 1, n / 2, 0),
                        hardmax(x, y, 1, n, 1),
                    ]
                }
            }
        }
    };
}

of_type!(of_f32, f32, "");
of_type!(of_f16, u16, "_f16");
of_type!(of_bf16, u16, "_bf16");

/// Buffers whose length is more than half of all memory, and that length. Their addresses have room for as much, so that
/// only the limit of a slice is in the way. The buffers overlap: if the length were let through, they would be refused for
/// that, and nothing be touched.
fn too_long<T>() -> (*const T, *mut T, usize) {
    let x = std::ptr::without_provenance(64);
    let y = std::ptr::without_provenance_mut(64 + size_of::<T>());
    (x, y, isize::MAX as usize / size_of::<T>() + 1)
}

#[test]
fn more_than_half_of_all_memory_is_no_length() {
    let too_long = [const { Status::Length }; 4];
    assert_eq!(of_f32::of_too_long(), too_long, "f32");
    assert_eq!(of_f16::of_too_long(), too_long, "f16");
    assert_eq!(of_bf16::of_too_long(), too_long, "bf16");
}
