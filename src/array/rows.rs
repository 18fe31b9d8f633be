//! Operations on rows of arrays.

use super::{copy, same_shape};
use crate::converted::AnyIo;
use crate::drive::Io;
use crate::shape::Rows;
use crate::{Error, Float, Isa, RowActivation};
use alloc::vec::Vec;
use ndarray::{
    ArrayView, ArrayView1, ArrayViewD, ArrayViewMut, ArrayViewMut1, ArrayViewMutD, Axis, Dimension,
};

/// Rows that are gathered at a time, of which each element is a vector of any instruction set.
const LANES: usize = 16;

/// Applies an operation on rows along any axis of arrays of `ndarray` of any layout: every [`RowActivation`] does.
///
/// A row lies along the axis; the rows are numbered, for what goes with attention, in the order of the axes before it. The
/// result is that of the array in standard layout, bit for bit (but for the payload of a NaN). No array is copied: rows
/// whose elements do not lie next to each other pass through a buffer for up to 16 of them, allocated once a call.
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
pub trait ArrayRowActivation<T: Float = f32>: RowActivation<T> {
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

impl<T: Float, A: RowActivation<T>> ArrayRowActivation<T> for A {}

/// Applies `operation` along `axis`, from `x` to `y`, or in `y`.
fn map_rows<T: Float, A: RowActivation<T>>(
    operation: &A,
    axis: Axis,
    x: Option<ArrayViewD<'_, T>>,
    mut y: ArrayViewMutD<'_, T>,
) -> Result<(), Error> {
    let Some((&len, behind)) = y
        .shape()
        .get(axis.index()..)
        .and_then(<[usize]>::split_first)
    else {
        return Err(Error::NoSuchAxis {
            axis: axis.index(),
            axes: y.ndim(),
        });
    };
    let rows = Rows::strided(len, behind.iter().product());
    operation.check(rows, y.len())?;
    if y.is_empty() {
        return Ok(());
    }
    if y.is_standard_layout() {
        match (x.as_ref().map(|x| x.as_slice()), y.as_slice_mut()) {
            (None, Some(y)) => return operation.apply_in_place(rows, y),
            (Some(Some(x)), Some(y)) => return operation.apply(rows, x, y),
            _ => {}
        }
    }
    // Rows of one `outer` are computed together, as they would be in standard layout, in blocks of some of them.
    let together = rows.inner.min(LANES);
    let block_rows = Rows::strided(rows.axis, together);
    let mut block: Vec<T> = Vec::new();
    let mut of_x = x.as_ref().map(|x| x.lanes(axis).into_iter());
    let mut of_y = y.lanes_mut(axis).into_iter();
    let mut lanes: Vec<ArrayViewMut1<'_, T>> = Vec::with_capacity(together);
    let count = of_y.len() / rows.inner;
    for outer in 0..count {
        let part = operation.part(count, outer);
        let mut left = rows.inner;
        while left > 0 {
            lanes.extend(of_y.by_ref().take(left.min(together)));
            left -= lanes.len();
            let mut inputs = of_x.as_mut().map(|lanes| lanes.by_ref());
            if let [y] = &mut lanes[..]
                && rows.inner == 1
                && let Some(y) = y.as_slice_mut()
            {
                // SAFETY: `check` has passed for all rows, of which this is one.
                unsafe { apply_row(&part, inputs.and_then(|lanes| lanes.next()), y) };
                lanes.clear();
                continue;
            }
            block.resize(rows.axis * together, T::default());
            for (i, y) in lanes.iter().enumerate() {
                let to = block.iter_mut().skip(i).step_by(together);
                match inputs.as_mut().and_then(|lanes| lanes.next()) {
                    Some(x) => copy(x, to),
                    None => copy(y, to),
                }
            }
            let io = AnyIo::of(Io::over(&mut block));
            // SAFETY: `detect` names an instruction set of this CPU; `check` has passed for all rows, of which these
            // are some, and there are elements, which are readable and writable.
            unsafe { part.launch(Isa::detect(), block_rows, io) };
            for (i, mut y) in lanes.drain(..).enumerate() {
                copy(block.iter().skip(i).step_by(together), &mut y);
            }
        }
    }
    Ok(())
}

/// One row, from `x` to the slice `y`, or in `y`: from one that is no slice it is gathered where the result goes.
///
/// # Safety
/// `check` has passed for a tensor of which `operation` is the part that is this row. The row has elements, and `x` as
/// many as `y`.
unsafe fn apply_row<T: Float, A: RowActivation<T>>(
    operation: &A,
    x: Option<ArrayView1<'_, T>>,
    y: &mut [T],
) {
    let rows = Rows::last(y.len());
    let io = if let Some(x) = x.as_ref().and_then(|x| x.as_slice()) {
        AnyIo::between(x, y.as_mut_ptr())
    } else {
        if let Some(x) = x {
            copy(x, &mut *y);
        }
        AnyIo::of(Io::over(y))
    };
    // SAFETY: `detect` names an instruction set of this CPU, the caller vouches for the parameters, and shared and
    // exclusive borrows do not overlap.
    unsafe { operation.launch(Isa::detect(), rows, io) };
}
