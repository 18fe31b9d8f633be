//! Gates of arrays.

use super::elementwise::map_array;
use crate::gate::ready::Ready;
use crate::{Error, Float, Gate};
use ndarray::{ArrayView, ArrayViewMut, Dimension};

/// Applies a gate to arrays of `ndarray` of any layout: every [`Gate`] does.
///
/// Gate and value may be views of one array. All else is as for [`ArrayActivation`](crate::ArrayActivation).
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
/// Those of [`Gate`], and those that [`ArrayActivation`](crate::ArrayActivation) adds. The output is then untouched.
pub trait ArrayGate: Gate {
    /// `y[i] = activation(gate[i]) * value[i]` for each index `i`.
    ///
    /// # Errors
    /// See the trait.
    fn apply_arrays<T: Float, D: Dimension>(
        &self,
        gate: ArrayView<'_, T, D>,
        value: ArrayView<'_, T, D>,
        y: ArrayViewMut<'_, T, D>,
    ) -> Result<(), Error> {
        self.check(y.len())?;
        let inputs = [("gate", gate.into_dyn()), ("value", value.into_dyn())];
        let apply = |part: &Ready<'_, Self::Activation>, [gate, value]: [&[T]; 2], y: &mut [T]| {
            part.apply(gate, value, y)
        };
        map_array(&Ready::parts_of(self), inputs, (y.into_dyn(), false), apply)
    }

    /// `gate[i] = activation(gate[i]) * value[i]` for each index `i`.
    ///
    /// # Errors
    /// See the trait.
    fn apply_arrays_in_place<T: Float, D: Dimension>(
        &self,
        gate: ArrayViewMut<'_, T, D>,
        value: ArrayView<'_, T, D>,
    ) -> Result<(), Error> {
        self.check(gate.len())?;
        let apply = |part: &Ready<'_, Self::Activation>, [value]: [&[T]; 1], gate: &mut [T]| {
            part.apply_in_place(gate, value)
        };
        map_array(
            &Ready::parts_of(self),
            [("value", value.into_dyn())],
            (gate.into_dyn(), true),
            apply,
        )
    }
}

impl<G: Gate> ArrayGate for G {}
