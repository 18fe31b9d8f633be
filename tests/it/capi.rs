//! The C interface, as Rust sees it: what it refuses before it makes a slice of a pointer. `tests/capi` calls it from C.

/// `activations_status` of `include/activations.h`, as the functions return it.
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

unsafe extern "C" {
    fn activations_relu(x: *const f32, y: *mut f32, n: usize) -> Status;
    fn activations_hardmax(
        x: *const f32,
        y: *mut f32,
        outer: usize,
        axis: usize,
        inner: usize,
    ) -> Status;
}

#[test]
fn more_than_half_of_all_memory_is_no_length() {
    // The addresses have room for as much, so that only the limit of a slice is in the way. The buffers overlap: if
    // the length were let through, they would be refused for that, and nothing be touched.
    let x = std::ptr::without_provenance::<f32>(64);
    let y = std::ptr::without_provenance_mut::<f32>(68);
    let n = isize::MAX as usize / size_of::<f32>() + 1;
    // SAFETY: nothing is read or written, as such buffers are refused.
    let statuses = unsafe {
        [
            activations_relu(x, y, n),
            activations_hardmax(x, y, 1, n, 1),
        ]
    };
    assert_eq!(statuses, [Status::Length, Status::Length]);
}
