//! This crate's functions, its oracle and the inputs of this comparison, for a program that loads
//! a library of C.

#[path = "../../../src/accuracy.rs"]
mod accuracy;
#[path = "../../../src/built.rs"]
mod built;
mod float16;
#[path = "../../../src/functions.rs"]
#[allow(dead_code)]
mod functions;
#[path = "../../../src/inputs.rs"]
mod inputs;
#[path = "../../../../common/number.rs"]
#[allow(dead_code)]
mod number;
#[path = "../../../src/scores.rs"]
#[allow(dead_code)]
mod scores;
#[path = "../../../src/tensors.rs"]
mod tensors;
#[path = "../../../../../tests/common/ulp.rs"]
#[allow(dead_code)]
mod ulp;

use accuracy::Accuracy;
use activations::Isa;
use functions::Function;
use std::ffi::{CStr, c_char};
use std::slice;

/// A function on an instruction set.
pub struct Kernel {
    function: Function,
    isa: Isa,
}

/// The function called `name` on the instruction set called `isa`; null where there is none, or the
/// CPU lacks it. It is never freed.
///
/// # Safety
/// Both are strings of C.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn activations_find(
    name: *const c_char,
    isa: *const c_char,
) -> *const Kernel {
    // SAFETY: the caller vouches for both.
    let (name, isa) = unsafe { (CStr::from_ptr(name), CStr::from_ptr(isa)) };
    let isa = isa.to_str().ok().and_then(|isa| isa.parse::<Isa>().ok());
    let named = |function: &Function| Ok(function.name()) == name.to_str();
    let function = Function::all().into_iter().find(named);
    match (function, isa.filter(|isa| isa.is_available())) {
        (Some(function), Some(isa)) => Box::leak(Box::new(Kernel { function, isa })),
        _ => std::ptr::null(),
    }
}

/// `y[i] = f(x[i])`; 0, or 1 where it is refused, and `y` then untouched.
///
/// # Safety
/// `kernel` is of [`activations_find`], `x` and `y` are arrays of `len` floats that do not overlap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn activations_apply(
    kernel: &Kernel,
    x: *const f32,
    y: *mut f32,
    len: usize,
) -> i32 {
    // SAFETY: the caller vouches for them.
    let (x, y) = unsafe {
        (
            slice::from_raw_parts(x, len),
            slice::from_raw_parts_mut(y, len),
        )
    };
    i32::from(kernel.function.apply_on(kernel.isa, x, y).is_err())
}

/// `x[i] = f(x[i])`; 0, or 1 where it is refused, and `x` then untouched.
///
/// # Safety
/// `kernel` is of [`activations_find`], and `x` an array of `len` floats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn activations_apply_in_place(
    kernel: &Kernel,
    x: *mut f32,
    len: usize,
) -> i32 {
    // SAFETY: the caller vouches for it.
    let x = unsafe { slice::from_raw_parts_mut(x, len) };
    i32::from(kernel.function.apply_in_place_on(kernel.isa, x).is_err())
}

/// Writes the inputs that are timed.
///
/// # Safety
/// `x` is an array of `len` floats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn activations_inputs(x: *mut f32, len: usize) {
    // SAFETY: the caller vouches for it.
    let x = unsafe { slice::from_raw_parts_mut(x, len) };
    for (x, input) in x.iter_mut().zip(inputs::inputs()) {
        *x = input;
    }
}

/// Writes the inputs that the error is measured on, as many as there is room for, and returns how
/// many there are.
///
/// # Safety
/// `kernel` is of [`activations_find`], and `x` an array of `room` floats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn activations_inputs_for_errors(
    kernel: &Kernel,
    stride: usize,
    x: *mut f32,
    room: usize,
) -> usize {
    let inputs = inputs::for_errors(kernel.function, stride.max(1));
    // SAFETY: the caller vouches for it.
    let x = unsafe { slice::from_raw_parts_mut(x, room) };
    for (x, input) in x.iter_mut().zip(&inputs) {
        *x = *input;
    }
    inputs.len()
}

/// Writes the largest error of `results`, the largest over ordinary inputs, and the number of wrong
/// infinities and NaN.
///
/// # Safety
/// `kernel` is of [`activations_find`], `x` and `results` are arrays of `len` floats, and `errors`
/// is one of three doubles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn activations_errors(
    kernel: &Kernel,
    x: *const f32,
    results: *const f32,
    len: usize,
    errors: &mut [f64; 3],
) {
    // SAFETY: the caller vouches for them.
    let (x, results) = unsafe {
        (
            slice::from_raw_parts(x, len),
            slice::from_raw_parts(results, len),
        )
    };
    let accuracy = Accuracy::of(x, results, &kernel.function.reference(x));
    *errors = [
        accuracy.worst,
        accuracy.worst_ordinary,
        accuracy.wrong as f64,
    ];
}
