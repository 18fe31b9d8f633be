//! Each gate as C functions: of two tensors, and of one that holds both.

use super::for_each_element;
use super::memory::{Buffers, apart, buffers, check, check_buffers, input, len_of};
use super::status::{Status, call};
use crate::activation::parameter::AsNumber;
use crate::element::Slice;
use crate::gate::launch::apply_to;
use crate::pipeline::Source;
use crate::registry::for_each_gate;
use crate::{Gate, *};
use core::ffi::c_int;

/// How one tensor holds a gate and a value: the argument `layout` of the functions with _split in their names.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitLayout {
    /// [outer, 2, n]: n elements of the gate, then n of the value.
    GateValue = 0,
    /// [outer, 2, n]: n elements of the value, then n of the gate.
    ValueGate = 1,
    /// [outer, n, 2]: an element of the gate, one of the value, by turns.
    GateValuePairs = 2,
    /// [outer, n, 2]: an element of the value, one of the gate, by turns.
    ValueGatePairs = 3,
}

impl SplitLayout {
    const ALL: [Self; 4] = [
        Self::GateValue,
        Self::ValueGate,
        Self::GateValuePairs,
        Self::ValueGatePairs,
    ];

    /// The layout of this number.
    pub(super) fn of(number: c_int) -> Result<Self, Status> {
        let mut all = Self::ALL.into_iter();
        all.find(|&layout| layout as c_int == number)
            .ok_or(Status::Parameter)
    }

    pub(super) fn split(self, n: usize) -> Split {
        let (layout, order) = match self {
            Self::GateValue => (Layout::Halves, Order::GateFirst),
            Self::ValueGate => (Layout::Halves, Order::ValueFirst),
            Self::GateValuePairs => (Layout::Pairs, Order::GateFirst),
            Self::ValueGatePairs => (Layout::Pairs, Order::ValueFirst),
        };
        Split { n, layout, order }
    }
}

/// Applies a gate to `n` elements each. What makes the gate is called when `n` elements are seen to fit at `y`.
///
/// # Safety
/// Those of gate and value are readable and those at `y` writable, unless that is refused, and nobody else uses
/// them meanwhile. What the gate borrows does not overlap those at `y`.
#[inline]
pub(super) unsafe fn apply<T: Float, G: Gate>(
    gate: *const T,
    value: *const T,
    y: *mut T,
    n: usize,
    operation: impl FnOnce() -> Result<G, Status>,
) -> Status {
    call(|| {
        check_buffers(gate, y, n)?;
        check(value, n)?;
        apart((value, n), (y, n))?;
        let operation = operation()?;
        // SAFETY: `check_buffers` has passed; the caller's promises, passed on; the value does not overlap what is written.
        unsafe {
            let value = input(value, n)?;
            match buffers(gate, y, n) {
                Buffers::Same(gate) => operation.apply_in_place(gate, value)?,
                Buffers::Apart(gate, y) => {
                    let source = Source::two_tensors(Slice::of(gate), Slice::of(value));
                    apply_to(&operation, Isa::detect(), source, y)?;
                }
            }
        }
        Ok(())
    })
}

/// Applies a gate to a tensor that holds it and the value. What makes the gate is called with the number of elements at `y`,
/// when they are seen to fit there.
///
/// # Safety
/// `2 * outer * n` elements at `x` are readable and half as many at `y` writable, unless that is refused, and nobody
/// else uses them meanwhile. What the gate borrows does not overlap those at `y`.
#[inline]
pub(super) unsafe fn apply_split<T: Float, G: Gate>(
    x: *const T,
    y: *mut T,
    [outer, n]: [usize; 2],
    layout: c_int,
    operation: impl FnOnce(usize) -> Result<G, Status>,
) -> Status {
    call(|| {
        let layout = SplitLayout::of(layout)?;
        let (x_len, y_len) = (len_of(&[2, outer, n])?, len_of(&[outer, n])?);
        check(x, x_len)?;
        check(y, y_len)?;
        apart((x, x_len), (y, y_len))?;
        let operation = operation(y_len)?;
        operation.biases().check_row(n)?;
        // SAFETY: the caller's promises, passed on; `x` is as long as the layout says, and does not overlap `y`.
        unsafe {
            let source = layout.split(n).source(Slice::of(input(x, x_len)?));
            apply_to(&operation, Isa::detect(), source, y)?;
        }
        Ok(())
    })
}

/// The functions for elements of one type: of two tensors, and of one.
macro_rules! gates {
    ($module:ident, $element:ty, $suffix:literal, $of:literal;
     $($type:ident $name:ident [$($parameter:ident),*] $other_names:tt;)*) => {
        mod $module {
            use super::*;

            $(
                #[doc = concat!(
                    " `y[i] = ", stringify!($name), "(gate[i], value[i])`", $of, " for i < n; gate == y is in place."
                )]
                ///
                /// # Safety
                /// gate and value are readable and y is writable for n elements; nobody else writes them, or reads y,
                /// meanwhile.
                #[unsafe(export_name = concat!("activations_", stringify!($name), $suffix))]
                pub unsafe extern "C" fn $name(
                    gate: *const $element,
                    value: *const $element,
                    y: *mut $element,
                    n: usize,
                    $($parameter: f32),*
                ) -> Status {
                    // SAFETY: the caller's promises, passed on.
                    unsafe { apply(gate, value, y, n, || make::$name($($parameter),*)) }
                }
            )*

            mod split {
                use super::*;

                $(
                    #[doc = concat!(
                        " `", stringify!($name), "` of one tensor x", $of,
                        " in an activations_split_layout; y is [outer, n]."
                    )]
                    ///
                    /// # Safety
                    /// x is readable for 2 * outer * n elements and y writable for half as many; nobody else writes them,
                    /// or reads y, meanwhile.
                    #[unsafe(export_name = concat!("activations_", stringify!($name), "_split", $suffix))]
                    pub unsafe extern "C" fn $name(
                        x: *const $element,
                        y: *mut $element,
                        outer: usize,
                        n: usize,
                        layout: c_int,
                        $($parameter: f32),*
                    ) -> Status {
                        // SAFETY: the caller's promises, passed on.
                        unsafe { apply_split(x, y, [outer, n], layout, |_| make::$name($($parameter),*)) }
                    }
                )*
            }
        }
    };
}

/// What makes the gates, of their parameters.
macro_rules! makers {
    ($($type:ident $name:ident [$($parameter:ident),*] $other_names:tt;)*) => {
        mod make {
            use super::*;

            $(
                #[allow(unused_mut, reason = "not all have parameters")]
                pub(super) fn $name($($parameter: f32),*) -> Result<$type, Status> {
                    let mut gate = <$type>::default();
                    $(
                        if !gate.$parameter.set_number($parameter) {
                            return Err(Status::Parameter);
                        }
                    )*
                    Ok(gate)
                }
            )*
        }
    };
}

macro_rules! of_each_element {
    ($($gates:tt)*) => {
        makers! { $($gates)* }
        for_each_element! { gates! $($gates)* }
    };
}

for_each_gate!(of_each_element);
