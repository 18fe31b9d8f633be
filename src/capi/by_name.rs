//! Operations that are chosen at run time.

use super::memory::text;
use super::{Status, elementwise, for_each_element, gates, rows};
use crate::{AnyActivation, AnyGate, AnyRowActivation};
use core::ffi::c_char;

/// The functions for elements of one type.
macro_rules! by_name {
    ($module:ident, $element:ty, $suffix:literal, $of:literal;) => {
        mod $module {
            use super::*;

            #[doc = concat!(
                " Any activation", $of, " by its name and, if there are any, parameters: \"gelu\",",
                " \"leaky_relu(negative_slope=0.2)\".",
            )]
            ///
            /// # Safety
            /// activation is a string; x is readable and y writable for n elements; nobody else writes them, or reads y,
            /// meanwhile.
            #[unsafe(export_name = concat!("activations_apply", $suffix))]
            pub unsafe extern "C" fn apply(
                activation: *const c_char,
                x: *const $element,
                y: *mut $element,
                n: usize,
            ) -> Status {
                // SAFETY: the caller's promises, passed on.
                unsafe {
                    elementwise::apply(x, y, n, || {
                        Ok(text(activation)?.parse::<AnyActivation<'_>>()?)
                    })
                }
            }

            #[doc = concat!(
                " Any gate", $of, " by its name: \"swiglu(alpha=1.5)\", or \"gated(mish)\" with any activation; gate == y is in",
                " place.",
            )]
            ///
            /// # Safety
            /// name is a string; gate and value are readable and y is writable for n elements; nobody else writes them, or
            /// reads y, meanwhile.
            #[unsafe(export_name = concat!("activations_apply_gate", $suffix))]
            pub unsafe extern "C" fn apply_gate(
                name: *const c_char,
                gate: *const $element,
                value: *const $element,
                y: *mut $element,
                n: usize,
            ) -> Status {
                let parse = || {
                    // SAFETY: the caller's promise, passed on.
                    let text = unsafe { text(name)? };
                    Ok(text.parse::<AnyGate<'_>>()?)
                };
                // SAFETY: the caller's promises, passed on.
                unsafe { gates::apply(gate, value, y, n, parse) }
            }

            #[doc = concat!(
                " Any operation on rows of x [outer, axis, inner]", $of, " along axis, by its name: \"log_softmax\",",
                " \"softmax(scale=0.125)\".",
            )]
            ///
            /// # Safety
            /// operation is a string; x is readable and y writable for outer * axis * inner elements; nobody else writes
            /// them, or reads y, meanwhile.
            #[unsafe(export_name = concat!("activations_apply_rows", $suffix))]
            pub unsafe extern "C" fn apply_rows(
                operation: *const c_char,
                x: *const $element,
                y: *mut $element,
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
        }
    };
}

for_each_element! { by_name! }
