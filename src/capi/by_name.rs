//! Operations that are chosen at run time.

use super::biases::{self, RowBiases};
use super::memory::text;
use super::{Status, elementwise, for_each_element, gates, rows};
use crate::{AnyActivation, AnyGate, AnyRowActivation, Biased};
use core::ffi::{c_char, c_int};

/// The gate with the name that is at `name`, behind `biases`, for an output at `y`, which has passed a check.
///
/// # Safety
/// `name` is a string; `biases` is as for [`biases::read`].
unsafe fn biased<'a, T>(
    name: *const c_char,
    biases: *const RowBiases,
    y: (*const T, usize),
) -> Result<Biased<'a, AnyGate<'static>>, Status> {
    // SAFETY: the caller's promises, passed on.
    unsafe { biases::read(text(name)?.parse()?, biases, y) }
}

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
                " `y[i] = g(gate[i] + biases->gate[i % len], value[i] + biases->value[i % len])`", $of,
                ", g by its name; y may be gate.",
            )]
            ///
            /// # Safety
            /// name is a string; gate and value are readable and y is writable for n elements, and biases, unless NULL, for
            /// what it says; nobody else writes them, or reads y, meanwhile.
            #[unsafe(export_name = concat!("activations_apply_biased_gate", $suffix))]
            pub unsafe extern "C" fn apply_biased_gate(
                name: *const c_char,
                gate: *const $element,
                value: *const $element,
                y: *mut $element,
                n: usize,
                biases: *const RowBiases,
            ) -> Status {
                // SAFETY: the caller's promises, passed on.
                let operation = || unsafe { biased(name, biases, (y.cast_const(), n)) };
                // SAFETY: the caller's promises, passed on; no bias overlaps what is written.
                unsafe { gates::apply(gate, value, y, n, operation) }
            }

            #[doc = concat!(
                " `activations_apply_biased_gate", $suffix, "` of one tensor x in an activations_split_layout,",
                " with n = len; y is [outer, n].",
            )]
            ///
            /// # Safety
            /// name is a string; x is readable for 2 * outer * n elements and y writable for half as many, and biases, unless
            /// NULL, is readable for what it says; nobody else writes them, or reads y, meanwhile.
            #[unsafe(export_name = concat!("activations_apply_biased_gate_split", $suffix))]
            pub unsafe extern "C" fn apply_biased_gate_split(
                name: *const c_char,
                x: *const $element,
                y: *mut $element,
                outer: usize,
                n: usize,
                layout: c_int,
                biases: *const RowBiases,
            ) -> Status {
                // SAFETY: the caller's promises, passed on.
                let operation = |len| unsafe { biased(name, biases, (y.cast_const(), len)) };
                // SAFETY: the caller's promises, passed on; no bias overlaps what is written.
                unsafe { gates::apply_split(x, y, [outer, n], layout, operation) }
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
