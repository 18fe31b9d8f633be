//! 8-bit elements: tables of any activation, and softmax.

use super::elementwise;
use super::memory::{apart, check, check_buffers, input, len_of, text};
use super::status::{Status, call};
use crate::{AnyActivation, Byte, ByteTable, Quantization, QuantizedSoftmax, Rows};
use core::ffi::c_char;

/// Entries of a table.
const ENTRIES: usize = 256;

/// Writes the table of `activation` to `table`, by the bits of the input.
///
/// # Safety
/// `activation` is a string; `table` is writable for 256 bytes.
unsafe fn make<T: Byte>(
    activation: *const c_char,
    input: Quantization,
    output: Quantization,
    table: *mut T,
) -> Status {
    call(|| {
        check(table, ENTRIES)?;
        // SAFETY: the caller's promise.
        let activation = unsafe { text(activation)? }.parse::<AnyActivation<'_>>()?;
        let made = ByteTable::<T>::new(&activation, input, output)?;
        let entries: [T; ENTRIES] = core::array::from_fn(|i| made.get(T::from_bits(i as u8)));
        // SAFETY: it is not null and has room, says the caller; bytes have no alignment.
        unsafe { table.cast::<[T; ENTRIES]>().write(entries) };
        Ok(())
    })
}

/// Softmax of `[outer, axis, inner]` bytes.
///
/// # Safety
/// As many at `x` are readable and at `y` writable, unless that is refused, and nobody else uses them meanwhile.
unsafe fn softmax<T: Byte>(
    x: *const T,
    y: *mut T,
    [outer, axis, inner]: [usize; 3],
    softmax: QuantizedSoftmax,
) -> Status {
    call(|| {
        let n = len_of(&[outer, axis, inner])?;
        check_buffers(x, y, n)?;
        if n == 0 {
            return Ok(());
        }
        let rows = Rows::strided(axis, inner);
        // Before anything is written.
        softmax.check::<T>(rows, n)?;
        // SAFETY: `check_buffers` has passed; the caller vouches for the rest. The copy makes of memory that need not have
        // been written a slice.
        unsafe {
            y.copy_from(x, n);
            softmax.apply_in_place(rows, core::slice::from_raw_parts_mut(y, n))?;
        }
        Ok(())
    })
}

/// The table of an activation for uint8_t: the results for x = 0 to 255, between two quantisations.
///
/// # Safety
/// activation is a string; table is writable for 256 elements.
#[unsafe(export_name = "activations_table_u8")]
pub unsafe extern "C" fn table_u8(
    activation: *const c_char,
    input_scale: f32,
    input_zero_point: i32,
    output_scale: f32,
    output_zero_point: i32,
    table: *mut u8,
) -> Status {
    let input = quantization(input_scale, input_zero_point);
    let output = quantization(output_scale, output_zero_point);
    // SAFETY: the caller's promises, passed on.
    unsafe { make(activation, input, output, table) }
}

/// The same for int8_t: the results for x = 0 to 127, and then for x = -128 to -1.
///
/// # Safety
/// As there.
#[unsafe(export_name = "activations_table_i8")]
pub unsafe extern "C" fn table_i8(
    activation: *const c_char,
    input_scale: f32,
    input_zero_point: i32,
    output_scale: f32,
    output_zero_point: i32,
    table: *mut i8,
) -> Status {
    let input = quantization(input_scale, input_zero_point);
    let output = quantization(output_scale, output_zero_point);
    // SAFETY: the caller's promises, passed on.
    unsafe { make(activation, input, output, table) }
}

/// `y[i] = table[x[i]]` for i < n, of 256 entries; those of int8_t are passed as the bytes that they are.
///
/// # Safety
/// table is readable for 256 elements, x readable and y writable for n; nobody else writes them, or reads y, meanwhile.
#[unsafe(export_name = "activations_apply_table")]
pub unsafe extern "C" fn apply_table(
    table: *const u8,
    x: *const u8,
    y: *mut u8,
    n: usize,
) -> Status {
    let activation = || {
        check(table, ENTRIES)?;
        apart((table, ENTRIES), (y.cast_const(), n))?;
        // SAFETY: the caller's promise; the table does not overlap what is written.
        let entries = unsafe { input(table, ENTRIES)? };
        let entries = <[u8; ENTRIES]>::try_from(entries).map_err(|_| Status::Internal)?;
        Ok(ByteTable::from(entries))
    };
    // SAFETY: the caller's promises, passed on.
    unsafe { elementwise::apply(x, y, n, activation) }
}

/// Softmax of uint8_t [outer, axis, inner] along axis; output_scale is 1/256 as a rule.
///
/// # Safety
/// x is readable and y writable for outer * axis * inner elements; nobody else writes them, or reads y, meanwhile.
#[unsafe(export_name = "activations_softmax_u8")]
pub unsafe extern "C" fn softmax_u8(
    x: *const u8,
    y: *mut u8,
    outer: usize,
    axis: usize,
    inner: usize,
    input_scale: f32,
    output_scale: f32,
    output_zero_point: i32,
) -> Status {
    let operation = QuantizedSoftmax {
        input: quantization(input_scale, 0),
        output: quantization(output_scale, output_zero_point),
    };
    // SAFETY: the caller's promises, passed on.
    unsafe { softmax(x, y, [outer, axis, inner], operation) }
}

/// The same for int8_t; output_zero_point is -128 as a rule.
///
/// # Safety
/// As there.
#[unsafe(export_name = "activations_softmax_i8")]
pub unsafe extern "C" fn softmax_i8(
    x: *const i8,
    y: *mut i8,
    outer: usize,
    axis: usize,
    inner: usize,
    input_scale: f32,
    output_scale: f32,
    output_zero_point: i32,
) -> Status {
    let operation = QuantizedSoftmax {
        input: quantization(input_scale, 0),
        output: quantization(output_scale, output_zero_point),
    };
    // SAFETY: the caller's promises, passed on.
    unsafe { softmax(x, y, [outer, axis, inner], operation) }
}

fn quantization(scale: f32, zero_point: i32) -> Quantization {
    Quantization { scale, zero_point }
}
