//! Arrays of `ndarray`, whatever their layout in memory.
//!
//! Where all elements of a call lie together, in the order of their indices, it is the call on slices. Otherwise it goes
//! row by row: on slices where the rows are such, else by way of a block that is gathered, computed and
//! scattered again.

use crate::row::shape::Rows;
use crate::{Activation, Cuts, Element, Error, Formula, Gate, Gated, RowActivation};
use alloc::vec::Vec;
use ndarray::{
    ArrayView, ArrayView1, ArrayViewD, ArrayViewMut, ArrayViewMut1, ArrayViewMutD, Axis, Dimension,
    IxDyn,
};

/// Elements that are gathered at a time: 1 KiB of `f32`, on the stack.
const BLOCK: usize = 256;

/// Rows that are gathered at a time, of which each element is a vector of any instruction set.
const LANES: usize = 16;

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
/// [`Fused`](crate::Fused) of a [`Prelu::per_channel`](crate::Prelu::per_channel) meets an array that is not in standard
/// layout. The output is then untouched.
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
        map_array(self, [("input", x.into_dyn())], y.into_dyn(), apply)
    }

    /// `x[i] = f(x[i])` for each index `i`.
    ///
    /// # Errors
    /// See the trait.
    fn apply_array_in_place<D: Dimension>(&self, x: ArrayViewMut<'_, T, D>) -> Result<(), Error> {
        let apply = |activation: &Self, []: [&[T]; 0], x: &mut [T]| activation.apply_in_place(x);
        map_array(self, [], x.into_dyn(), apply)
    }
}

impl<T: Element, A: Activation<T>> ArrayActivation<T> for A {}

/// Applies a gate to arrays of `ndarray` of any layout: every [`Gate`] does.
///
/// Gate and value may be views of one array. All else is as for [`ArrayActivation`].
///
/// ```
/// use activations::{ArrayGate, Reglu};
/// use ndarray::{Array2, Axis, arr2};
/// let x = arr2(&[[1.0, -2.0, 10.0, 20.0], [-3.0, 4.0, 30.0, 40.0]]); // rows of a gate and a value
/// let (gate, value) = x.view().split_at(Axis(1), 2);
/// let mut y = Array2::zeros((2, 2));
/// Reglu.apply_arrays(gate, value, y.view_mut())?;
/// assert_eq!(y, arr2(&[[10.0, 0.0], [0.0, 160.0]]));
/// # Ok::<(), activations::Error>(())
/// ```
///
/// # Errors
/// Those of [`Gate`], and those that [`ArrayActivation`] adds. The output is then untouched.
pub trait ArrayGate: Gate {
    /// `y[i] = activation(gate[i]) * value[i]` for each index `i`.
    ///
    /// # Errors
    /// See the trait.
    fn apply_arrays<D: Dimension>(
        &self,
        gate: ArrayView<'_, f32, D>,
        value: ArrayView<'_, f32, D>,
        y: ArrayViewMut<'_, f32, D>,
    ) -> Result<(), Error> {
        self.check(y.len())?;
        let inputs = [("gate", gate.into_dyn()), ("value", value.into_dyn())];
        let apply = |activation: &Self::Activation, [gate, value]: [&[f32]; 2], y: &mut [f32]| {
            Gated(*activation).apply(gate, value, y)
        };
        map_array(&self.activation(), inputs, y.into_dyn(), apply)
    }

    /// `gate[i] = activation(gate[i]) * value[i]` for each index `i`.
    ///
    /// # Errors
    /// See the trait.
    fn apply_arrays_in_place<D: Dimension>(
        &self,
        gate: ArrayViewMut<'_, f32, D>,
        value: ArrayView<'_, f32, D>,
    ) -> Result<(), Error> {
        self.check(gate.len())?;
        let apply = |activation: &Self::Activation, [value]: [&[f32]; 1], gate: &mut [f32]| {
            Gated(*activation).apply_in_place(gate, value)
        };
        map_array(
            &self.activation(),
            [("value", value.into_dyn())],
            gate.into_dyn(),
            apply,
        )
    }
}

impl<G: Gate> ArrayGate for G {}

/// Applies an operation on rows along any axis of arrays of `ndarray` of any layout: every [`RowActivation`] does.
///
/// A row lies along the axis; the rows are numbered, for a mask and lengths, in the order of the axes before it. The
/// result is that of the array in standard layout, bit for bit (but for the payload of a NaN). No array is copied: rows
/// whose elements do not lie next to each other pass through a buffer for 16 of them, which is allocated once a call.
///
/// ```
/// use activations::{ArrayRowActivation, Softmax};
/// use ndarray::{Axis, arr2};
/// let mut x = arr2(&[[0.0, 1.0], [0.0, 1.0]]);
/// Softmax::default().apply_axis_in_place(Axis(0), x.view_mut())?;
/// assert_eq!(x, arr2(&[[0.5; 2]; 2]));
/// # Ok::<(), activations::Error>(())
/// ```
///
/// # Errors
/// Those of [`RowActivation`]; [`Error::AxisMismatch`] where the shapes differ; [`Error::NoSuchAxis`]. The output is
/// then untouched.
pub trait ArrayRowActivation<T: Element = f32>: RowActivation<T> {
    /// Row by row from `x` to `y`.
    ///
    /// # Errors
    /// See the trait.
    fn apply_axis<D: Dimension>(
        &self,
        axis: Axis,
        x: ArrayView<'_, T, D>,
        y: ArrayViewMut<'_, T, D>,
    ) -> Result<(), Error> {
        same_shape(("input", x.shape()), y.shape())?;
        map_rows(self, axis, Some(x.into_dyn()), y.into_dyn())
    }

    /// Row by row in `x`.
    ///
    /// # Errors
    /// See the trait.
    fn apply_axis_in_place<D: Dimension>(
        &self,
        axis: Axis,
        x: ArrayViewMut<'_, T, D>,
    ) -> Result<(), Error> {
        map_rows(self, axis, None, x.into_dyn())
    }
}

impl<T: Element, A: RowActivation<T>> ArrayRowActivation<T> for A {}

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

/// Applies `apply` to all elements of `inputs` and `y`, which it writes: at once, or stretch by stretch with the part
/// of the activation that belongs to each.
fn map_array<T: Element, A: Formula, const N: usize>(
    activation: &A,
    inputs: [(&'static str, ArrayViewD<'_, T>); N],
    mut y: ArrayViewMutD<'_, T>,
    apply: impl Fn(&A, [&[T]; N], &mut [T]) -> Result<(), Error>,
) -> Result<(), Error> {
    for (name, input) in &inputs {
        same_shape((name, input.shape()), y.shape())?;
    }
    activation.check(y.len())?;
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
        // Rows along which the output lies as close as may be.
        let mut order: Vec<usize> = (0..y.ndim()).collect();
        order.sort_by_key(|&axis| core::cmp::Reverse(y.strides()[axis].unsigned_abs()));
        inputs = inputs.map(|input| input.permuted_axes(IxDyn(&order)));
        y = y.permuted_axes(IxDyn(&order));
    }
    let mut rows = inputs.each_ref().map(|input| input.rows().into_iter());
    let mut start = 0;
    for mut y in y.rows_mut() {
        // They have as many rows as the output.
        let none = ArrayView1::from(&[]);
        let inputs = rows.each_mut().map(|rows| rows.next().unwrap_or(none));
        map_row(activation, start, inputs, &mut y, &apply)?;
        start += y.len();
    }
    Ok(())
}

/// All of them as slices, where they lie in memory in one order: that of the indices, or where that does not matter any
/// that they share.
fn slices<'a, T, const N: usize>(
    inputs: &'a [ArrayViewD<'_, T>; N],
    y: &'a mut ArrayViewMutD<'_, T>,
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

/// One row of elements, whose first is number `start` of all.
fn map_row<T: Element, A: Formula, const N: usize>(
    activation: &A,
    start: usize,
    inputs: [ArrayView1<'_, T>; N],
    y: &mut ArrayViewMut1<'_, T>,
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
        if let Some((inputs, y)) = row_slices(&inputs, &mut y) {
            apply(&part, inputs, y)?;
        } else {
            let mut blocks = [[T::default(); BLOCK]; N];
            let mut block = [T::default(); BLOCK];
            for (block, input) in blocks.iter_mut().zip(&inputs) {
                block
                    .iter_mut()
                    .zip(input)
                    .for_each(|(to, &from)| *to = from);
            }
            block.iter_mut().zip(&y).for_each(|(to, &from)| *to = from);
            let inputs = blocks.each_ref().map(|block| &block[..len]);
            apply(&part, inputs, &mut block[..len])?;
            y.iter_mut().zip(&block).for_each(|(to, &from)| *to = from);
        }
        at += len;
    }
    Ok(())
}

/// All of them as slices, where they are such.
fn row_slices<'a, T, const N: usize>(
    inputs: &'a [ArrayView1<'_, T>; N],
    y: &'a mut ArrayViewMut1<'_, T>,
) -> Option<([&'a [T]; N], &'a mut [T])> {
    let slices = inputs.each_ref().map(|input| input.as_slice());
    if slices.iter().any(Option::is_none) {
        return None;
    }
    Some((slices.map(Option::unwrap_or_default), y.as_slice_mut()?))
}

/// Applies `operation` along `axis`, from `x` to `y`, or in `y`.
fn map_rows<T: Element, A: RowActivation<T>>(
    operation: &A,
    axis: Axis,
    x: Option<ArrayViewD<'_, T>>,
    mut y: ArrayViewMutD<'_, T>,
) -> Result<(), Error> {
    let Some(behind) = y.shape().get(axis.index() + 1..) else {
        return Err(Error::NoSuchAxis {
            axis: axis.index(),
            axes: y.ndim(),
        });
    };
    let rows = Rows::strided(y.len_of(axis), behind.iter().product());
    operation.check(rows, y.len())?;
    if y.is_standard_layout() {
        match (x.as_ref().map(|x| x.as_slice()), y.as_slice_mut()) {
            (None, Some(y)) => return operation.apply_in_place(rows, y),
            (Some(Some(x)), Some(y)) => return operation.apply(rows, x, y),
            _ => {}
        }
    }
    // Rows of one `outer` are computed together, as they would be in standard layout; where there is but one of
    // them, as rows of the last axis.
    let together = if rows.inner == 1 { 1 } else { LANES };
    let block_rows = Rows::strided(rows.axis, together);
    let mut block: Vec<T> = alloc::vec![T::default(); rows.axis * together];
    let mut of_x = x.as_ref().map(|x| x.lanes(axis).into_iter());
    let mut of_y = y.lanes_mut(axis).into_iter();
    let mut lanes: Vec<ArrayViewMut1<'_, T>> = Vec::with_capacity(together);
    for outer in 0..of_y.len().checked_div(rows.inner).unwrap_or(0) {
        let part = operation.part(rows, outer, 1);
        let mut left = rows.inner;
        while left > 0 {
            lanes.extend(of_y.by_ref().take(left.min(together)));
            left = left.saturating_sub(together);
            for (i, y) in lanes.iter().enumerate() {
                let to = block.iter_mut().skip(i).step_by(together);
                match of_x.as_mut().and_then(|lanes| lanes.next()) {
                    Some(x) => to.zip(&x).for_each(|(to, &from)| *to = from),
                    None => to.zip(y).for_each(|(to, &from)| *to = from),
                }
            }
            part.apply_in_place(block_rows, &mut block)?;
            for (i, mut y) in lanes.drain(..).enumerate() {
                let from = block.iter().skip(i).step_by(together);
                y.iter_mut().zip(from).for_each(|(to, &from)| *to = from);
            }
        }
    }
    Ok(())
}
