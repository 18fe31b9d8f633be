//! Activations of arrays.

use super::{copy, same_shape};
use crate::{Activation, Cuts, Element, Error, Formula};
use alloc::vec::Vec;
use core::cmp::Reverse;
use ndarray::{
    ArrayView, ArrayView1, ArrayViewD, ArrayViewMut, ArrayViewMut1, ArrayViewMutD, Axis, Dimension,
    IxDyn,
};

/// Elements that are gathered at a time: 1 KiB of `f32`, on the stack.
const BLOCK: usize = 256;

/// Applies an activation to arrays of `ndarray` of any layout: every [`Activation`] does.
///
/// The result is that of the array in standard layout (row-major, without gaps), bit for bit (but for the payload of a
/// NaN); for activations with a parameter per channel its shape is `[outer, channels, inner]` in that order. No array is
/// copied: elements that do not lie next to each other pass through a block of some hundred on the stack.
///
/// ```
/// use activations::{ArrayActivation, Relu};
/// use ndarray::{arr2, s};
/// let x = arr2(&[[-1.0, 2.0, -3.0], [4.0, -5.0, 6.0]]);
/// let mut y = arr2(&[[9.0; 3]; 2]);
/// Relu.apply_array(x.t(), y.view_mut().reversed_axes())?; // the transposed
/// assert_eq!(y, arr2(&[[0.0, 2.0, 0.0], [4.0, 0.0, 6.0]]));
///
/// let mut z = x.clone();
/// Relu.apply_array_in_place(z.slice_mut(s![.., ..;2]))?; // every other column
/// assert_eq!(z, arr2(&[[0.0, 2.0, 0.0], [4.0, -5.0, 6.0]]));
/// # Ok::<(), activations::Error>(())
/// ```
///
/// # Errors
/// Those of [`Activation`]; [`Error::AxisMismatch`] where the shapes differ; [`Error::NotStandardLayout`] where a
/// [`Fused`](crate::Fused) with a bias, of a [`Prelu::per_channel`](crate::Prelu::per_channel) with other channels,
/// meets an array that is not in standard layout. The output is then untouched.
pub trait ArrayActivation<T: Element = f32>: Activation<T> {
    /// `y[i] = f(x[i])` for each index `i`.
    ///
    /// # Errors
    /// See the trait.
    fn apply_array<D: Dimension>(
        &self,
        x: ArrayView<'_, T, D>,
        y: ArrayViewMut<'_, T, D>,
    ) -> Result<(), Error> {
        let apply = |activation: &Self, [x]: [&[T]; 1], y: &mut [T]| activation.apply(x, y);
        map_array(
            self,
            [("input", x.into_dyn())],
            (y.into_dyn(), false),
            apply,
        )
    }

    /// `x[i] = f(x[i])` for each index `i`.
    ///
    /// # Errors
    /// See the trait.
    fn apply_array_in_place<D: Dimension>(&self, x: ArrayViewMut<'_, T, D>) -> Result<(), Error> {
        let apply = |activation: &Self, []: [&[T]; 0], x: &mut [T]| activation.apply_in_place(x);
        map_array(self, [], (x.into_dyn(), true), apply)
    }
}

impl<T: Element, A: Activation<T>> ArrayActivation<T> for A {}

/// Applies `apply` to all elements of `inputs` and `y`, which it writes: at once, or stretch by stretch with the part
/// of the activation that belongs to each.
pub(super) fn map_array<T: Element, A: Formula, const N: usize>(
    activation: &A,
    inputs: [(&'static str, ArrayViewD<'_, T>); N],
    (mut y, is_read): (ArrayViewMutD<'_, T>, bool),
    apply: impl Fn(&A, [&[T]; N], &mut [T]) -> Result<(), Error>,
) -> Result<(), Error> {
    for (name, input) in &inputs {
        same_shape((name, input.shape()), y.shape())?;
    }
    activation.check(y.len())?;
    if y.is_empty() {
        return Ok(());
    }
    let mut inputs = inputs.map(|(_, input)| input);
    let any_order = !activation.depends_on_position();
    if let Some((inputs, y)) = slices(&inputs, &mut y, any_order) {
        return apply(activation, inputs, y);
    }
    let cuts = activation.cuts();
    if matches!(cuts, Cuts::Nowhere | Cuts::Periods { step: None, .. }) {
        return Err(Error::NotStandardLayout);
    }
    if any_order {
        // Rows along which the output lies as close as may be; the stride along an axis of one element says nothing.
        let mut order: Vec<usize> = (0..y.ndim()).collect();
        let stride = |axis: usize| y.strides()[axis].unsigned_abs();
        order.sort_by_key(|&axis| (y.shape()[axis] != 1, Reverse(stride(axis))));
        inputs = inputs.map(|input| input.permuted_axes(IxDyn(&order)));
        y = y.permuted_axes(IxDyn(&order));
    }
    merge_axes(&mut inputs, &mut y);
    let mut blocks = Blocks {
        inputs: [[T::default(); BLOCK]; N],
        y: [T::default(); BLOCK],
        y_is_read: is_read,
    };
    let mut rows = inputs.each_ref().map(|input| input.rows().into_iter());
    let mut start = 0;
    for mut y in y.rows_mut() {
        // They have as many rows as the output.
        let none = ArrayView1::from(&[]);
        let inputs = rows.each_mut().map(|rows| rows.next().unwrap_or(none));
        map_row(activation, start, inputs, &mut y, &mut blocks, &apply)?;
        start += y.len();
    }
    Ok(())
}

/// Makes rows as long as they can be: merges axes into the last one, for as long as each operand goes on along them as
/// along it.
fn merge_axes<T, const N: usize>(
    inputs: &mut [ArrayViewD<'_, T>; N],
    y: &mut ArrayViewMutD<'_, T>,
) {
    let Some(last) = y.ndim().checked_sub(1) else {
        return;
    };
    for axis in (0..last).rev() {
        let (len, row) = (y.shape()[axis], y.shape()[last]);
        let goes_on = |strides: &[isize]| {
            let end = isize::try_from(row)
                .ok()
                .and_then(|row| row.checked_mul(strides[last]));
            len == 1 || row == 1 || end == Some(strides[axis])
        };
        if !(goes_on(y.strides()) && inputs.iter().all(|input| goes_on(input.strides()))) {
            return;
        }
        for input in &mut *inputs {
            input.merge_axes(Axis(axis), Axis(last));
        }
        y.merge_axes(Axis(axis), Axis(last));
    }
}

/// All of them as slices, where they lie in memory in one order: that of the indices, or where that does not matter any
/// that they share.
fn slices<'a, T, D: Dimension, const N: usize>(
    inputs: &'a [ArrayView<'_, T, D>; N],
    y: &'a mut ArrayViewMut<'_, T, D>,
    any_order: bool,
) -> Option<([&'a [T]; N], &'a mut [T])> {
    let standard = y.is_standard_layout() && inputs.iter().all(|input| input.is_standard_layout());
    let shared = any_order && inputs.iter().all(|input| input.strides() == y.strides());
    if !(standard || shared) {
        return None;
    }
    let slices = inputs.each_ref().map(|input| input.as_slice_memory_order());
    if slices.iter().any(Option::is_none) {
        return None;
    }
    Some((
        slices.map(Option::unwrap_or_default),
        y.as_slice_memory_order_mut()?,
    ))
}

/// What elements are gathered in that do not lie next to each other.
struct Blocks<T, const N: usize> {
    inputs: [[T; BLOCK]; N],
    y: [T; BLOCK],
    /// Whether the output is an input as well.
    y_is_read: bool,
}

/// One row of elements, whose first is number `start` of all.
fn map_row<T: Element, A: Formula, const N: usize>(
    activation: &A,
    start: usize,
    inputs: [ArrayView1<'_, T>; N],
    y: &mut ArrayViewMut1<'_, T>,
    blocks: &mut Blocks<T, N>,
    apply: impl Fn(&A, [&[T]; N], &mut [T]) -> Result<(), Error>,
) -> Result<(), Error> {
    let lies_together =
        y.is_standard_layout() && inputs.iter().all(|input| input.is_standard_layout());
    let most = if lies_together { y.len() } else { BLOCK };
    let mut at = 0;
    while at < y.len() {
        let len = activation
            .cuts()
            .stretch(start + at, most.min(y.len() - at));
        let part = activation.part(start + at, len);
        let stretch = ndarray::s![at..at + len];
        let inputs = inputs.each_ref().map(|input| input.slice(stretch));
        let mut y = y.slice_mut(stretch);
        if let Some((inputs, y)) = slices(&inputs, &mut y, false) {
            apply(&part, inputs, y)?;
        } else {
            for (block, input) in blocks.inputs.iter_mut().zip(&inputs) {
                copy(input, block);
            }
            if blocks.y_is_read {
                copy(&y, &mut blocks.y);
            }
            let inputs = blocks.inputs.each_ref().map(|block| &block[..len]);
            apply(&part, inputs, &mut blocks.y[..len])?;
            copy(&blocks.y, &mut y);
        }
        at += len;
    }
    Ok(())
}
