//! Operations that are chosen at run time.

use super::memory::text;
use super::{Status, elementwise, gates, rows};
use crate::{AnyActivation, AnyGate, AnyRowActivation};
use core::ffi::c_char;

/// Any activation by its name and, if there are any, parameters: "gelu", "leaky_relu(negative_slope=0.2)".
///
/// # Safety
/// activation is a string; x is readable and y writable for n elements; nobody else writes them, or reads y,
/// meanwhile.
#[unsafe(export_name = "activations_apply")]
pub unsafe extern "C" fn apply(
    activation: *const c_char,
    x: *const f32,
    y: *mut f32,
    n: usize,
) -> Status {
    // SAFETY: the caller's promises, passed on.
    unsafe {
        elementwise::apply(x, y, n, || {
            Ok(text(activation)?.parse::<AnyActivation<'_>>()?)
        })
    }
}

/// Any gate by its name: "swiglu(alpha=1.5)", or "gated(mish)" with any activation; gate == y is in place.
///
/// # Safety
/// name is a string; gate and value are readable and y is writable for n elements; nobody else writes them, or reads y,
/// meanwhile.
#[unsafe(export_name = "activations_apply_gate")]
pub unsafe extern "C" fn apply_gate(
    name: *const c_char,
    gate: *const f32,
    value: *const f32,
    y: *mut f32,
    n: usize,
) -> Status {
    // SAFETY: the caller's promises, passed on.
    unsafe {
        gates::apply(
            gate,
            value,
            y,
            n,
            || Ok(text(name)?.parse::<AnyGate<'_>>()?),
        )
    }
}

/// Any operation on rows of x [outer, axis, inner] along axis, by its name: "log_softmax", "softmax(scale=0.125)".
///
/// # Safety
/// operation is a string; x is readable and y writable for outer * axis * inner elements; nobody else writes them, or
/// reads y, meanwhile.
#[unsafe(export_name = "activations_apply_rows")]
pub unsafe extern "C" fn apply_rows(
    operation: *const c_char,
    x: *const f32,
    y: *mut f32,
    outer: usize,
    axis: usize,
    inner: usize,
) -> Status {
    let parse = |_| {
        // SAFETY: the caller's promise, passed on.
        let text = unsafe { text(operation)? };
        Ok(text.parse::<AnyRowActivation<'_>>()?)
    };
    // SAFETY: the caller's promises, passed on.
    unsafe { rows::apply(x, y, [outer, axis, inner], parse) }
}
