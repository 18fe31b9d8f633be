//! Arrays of `ndarray`, whatever their layout in memory.
//!
//! Where all elements of a call lie together, in the order of their indices, it is the call on slices. Otherwise it goes
//! row by row: on slices where the rows are such, else by way of a block that is gathered, computed and
//! scattered again.

use crate::Error;

mod elementwise;
#[cfg(feature = "gates")]
mod gates;
#[cfg(feature = "rows")]
mod rows;

pub use elementwise::ArrayActivation;
#[cfg(feature = "gates")]
pub use gates::ArrayGate;
#[cfg(feature = "rows")]
pub use rows::ArrayRowActivation;

/// Whether an operand, which has a name, has the shape of the output.
fn same_shape((operand, shape): (&'static str, &[usize]), output: &[usize]) -> Result<(), Error> {
    if shape == output {
        return Ok(());
    }
    // What has fewer axes counts as 0 elements along the next.
    let len = |shape: &[usize], axis: usize| shape.get(axis).copied().unwrap_or(0);
    let differs = |&axis: &usize| shape.get(axis) != output.get(axis);
    let axis = (0..=shape.len()).find(differs).unwrap_or(shape.len());
    Err(Error::AxisMismatch {
        operand,
        axis,
        operand_len: len(shape, axis),
        output_len: len(output, axis),
    })
}

/// Copies elements for as long as there are some on both sides.
fn copy<'a, T: Copy + 'a>(
    from: impl IntoIterator<Item = &'a T>,
    to: impl IntoIterator<Item = &'a mut T>,
) {
    to.into_iter().zip(from).for_each(|(to, &from)| *to = from);
}
