//! The C interface: what `src/capi/activations.h` declares.
//!
//! Each function checks its pointers, turns them into slices, and calls what the Rust interface has for the purpose: the
//! same kernels and the same bits. The functions are made from the lists in [`registry`](crate::registry); the
//! header is made from them by cbindgen, and compared in CI.

mod attention;
mod biases;
mod by_name;
mod bytes;
mod elementwise;
mod gates;
mod memory;
mod rows;
mod status;

use status::Status;

use crate::Isa;
use core::ffi::{CStr, c_char, c_int};

/// Calls `$then` for each type of element that tensors can have: with a module for its functions (in Rust they have the
/// names that those of the other types have), the type, what names of functions in C end in, and what the header calls it.
macro_rules! for_each_element {
    ($then:ident! $($rest:tt)*) => {
        $then! { of_f32, f32, "", ""; $($rest)* }
        $then! { of_f16, half::f16, "_f16", " of f16"; $($rest)* }
        $then! { of_bf16, half::bf16, "_bf16", " of bf16"; $($rest)* }
    };
}
use for_each_element;

/// The version of this library, as the package has it: "0.1.0".
#[unsafe(export_name = "activations_version")]
pub extern "C" fn version() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    VERSION.as_ptr().cast()
}

/// The instruction set in use: "avx512", "avx2", "neon" or "scalar"; the environment variable ACTIVATIONS_ISA caps it.
#[unsafe(export_name = "activations_isa")]
pub extern "C" fn isa() -> *const c_char {
    let name: &CStr = match Isa::detect() {
        Isa::Scalar => c"scalar",
        Isa::Neon => c"neon",
        Isa::Avx2 => c"avx2",
        Isa::Avx512 => c"avx512",
    };
    name.as_ptr()
}

/// What a status means, in a sentence that is never freed; for a number that is no status, too.
#[unsafe(export_name = "activations_status_message")]
pub extern "C" fn status_message(status: c_int) -> *const c_char {
    Status::message(status).as_ptr()
}
