//! The biases of gates in C.

use super::gates::SplitLayout;
use super::memory::{apart, check, input_apart, len_of};
use super::status::Status;
use crate::{Biased, Float};
use core::ffi::{c_int, c_void};
use half::{bf16, f16};

/// What the numbers of biases are: the member `bias_type` of an activations_gate_biases.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BiasType {
    /// float.
    Float = 0,
    /// An IEEE half.
    F16 = 1,
    /// A bfloat16.
    Bf16 = 2,
}

/// What is added to each row of a gate and of a value before the gate is applied; one of zeros adds nothing.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RowBiases {
    /// len numbers, of which number i is added to element i of each row of the gate; NULL for none.
    pub gate: *const c_void,
    /// len numbers, of which number i is added to element i of each row of the value; NULL for none.
    pub value: *const c_void,
    /// A bias of the gate and one of the value in one, of 2 * len numbers, instead of gate and value; NULL for none.
    pub both: *const c_void,
    /// Elements in a row of the gate, and in one of the value.
    pub len: usize,
    /// An activations_bias_type, which the numbers of all biases have.
    pub bias_type: c_int,
    /// An activations_split_layout with n = len, which says where the numbers of both are, whatever the layout of the tensor.
    pub both_layout: c_int,
}

/// `gate` behind what `biases` says, none of which overlaps the elements at `y`, which have passed [`check`]; NULL adds nothing.
///
/// # Safety
/// Unless it is NULL, it is readable, and so is what it points to, for as long as `'a` lasts.
pub(super) unsafe fn read<'a, G, T>(
    gate: G,
    biases: *const RowBiases,
    y: (*const T, usize),
) -> Result<Biased<'a, G>, Status> {
    let gate = Biased::new(gate);
    if biases.is_null() {
        return Ok(gate);
    }
    check(biases, 1)?;
    apart((biases, 1), y)?;
    const FLOAT: c_int = BiasType::Float as c_int;
    const F16: c_int = BiasType::F16 as c_int;
    const BF16: c_int = BiasType::Bf16 as c_int;
    // SAFETY: it is aligned, and the caller vouches for the rest.
    unsafe {
        let biases = *biases;
        match biases.bias_type {
            FLOAT => read_numbers::<f32, G, T>(gate, biases, y),
            F16 => read_numbers::<f16, G, T>(gate, biases, y),
            BF16 => read_numbers::<bf16, G, T>(gate, biases, y),
            _ => Err(Status::Parameter),
        }
    }
}

/// `gate` behind biases whose numbers are a `B` each.
///
/// # Safety
/// What they point to is readable for as long as `'a` lasts.
unsafe fn read_numbers<'a, B: Float, G, T>(
    mut gate: Biased<'a, G>,
    biases: RowBiases,
    y: (*const T, usize),
) -> Result<Biased<'a, G>, Status> {
    let len = biases.len;
    let layout = SplitLayout::of(biases.both_layout)?;
    let [of_gate, of_value, both] = [biases.gate, biases.value, biases.both].map(|bias| {
        let bias: *const B = bias.cast();
        (!bias.is_null()).then_some(bias)
    });
    // SAFETY: the caller vouches for all of them.
    let borrow = |bias, len| unsafe { input_apart::<B, T>(bias, len, y) };
    match (of_gate, of_value, both) {
        // Numbers without an address are biases that were forgotten.
        (None, None, None) if len > 0 => Err(Status::Null),
        (None, None, Some(both)) => {
            let both = borrow(both, len_of(&[2, len])?)?;
            Ok(gate.bias(layout.split(len), both)?)
        }
        (_, _, Some(_)) => Err(Status::Parameter),
        (of_gate, of_value, None) => {
            if let Some(bias) = of_gate {
                gate = gate.gate_bias(borrow(bias, len)?);
            }
            if let Some(bias) = of_value {
                gate = gate.value_bias(borrow(bias, len)?);
            }
            Ok(gate)
        }
    }
}
