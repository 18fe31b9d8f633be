//! Softmax of 8-bit logits.

use super::ByteTable;
use super::quantization::{Byte, Quantization};
use crate::error::{outer_of, same_length};
use crate::{Error, Rows};
use core::iter::StepBy;
use core::ops::Range;

/// Softmax over rows of `i8` or `u8`, with quantised results.
///
/// `y[i] = saturate(round(p[i] / output.scale) + output.zero_point)` with `p = softmax(input.scale * (x - input.zero_point))`
/// over each row.
///
/// | | |
/// |---|---|
/// | Formula | as above; computed in f64 and rounded once, half to even |
/// | Domain | all 256 values |
/// | Shapes | any `[outer, axis, inner]`, see [`Rows`]; the output is as long as the input |
/// | Error | none: each result is the formula's, to within the 2^-50 or so, and 2^-53 for each element of a row, by which f64 is off before it is rounded |
/// | Special values | none; a row of one element gives what stands for 1 |
/// | Errors | a scale that is not positive and finite; a zero point that the type lacks; [`Error::RowsMismatch`]; lengths that differ |
/// | Panics | never |
/// | Source | TensorFlow Lite `SOFTMAX`, ONNX Runtime `QLinearSoftmax` |
///
/// ```
/// use activations::{Quantization, QuantizedSoftmax, Rows};
/// let softmax = QuantizedSoftmax {
///     input: Quantization { scale: 0.5, zero_point: 10 },
///     output: Quantization { scale: 1.0 / 256.0, zero_point: -128 },
/// };
/// let mut y = [0i8; 3];
/// softmax.apply(Rows::last(3), &[10, 10, -128], &mut y)?;
/// assert_eq!(y, [0, 0, -128]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantizedSoftmax {
    /// What the logits stand for. The zero point is of no effect, as softmax has none.
    pub input: Quantization,
    /// What the results stand for; TensorFlow Lite has 1/256 and the smallest value of the type.
    pub output: Quantization,
}

impl QuantizedSoftmax {
    /// Applies it to each row of `x`.
    ///
    /// # Errors
    /// As the table of the type says. The output is then untouched.
    pub fn apply<T: Byte>(&self, rows: Rows, x: &[T], y: &mut [T]) -> Result<(), Error> {
        same_length(x, y)?;
        self.check::<T>(rows, x.len())?;
        self.each_row(rows, x.len(), |row| {
            let results = self.row(row.clone().map(|i| x[i]));
            for i in row {
                y[i] = results.get(x[i]);
            }
        });
        Ok(())
    }

    /// Applies it to each row of `x`, and writes the results over it.
    ///
    /// # Errors
    /// As the table of the type says. `x` is then untouched.
    pub fn apply_in_place<T: Byte>(&self, rows: Rows, x: &mut [T]) -> Result<(), Error> {
        self.check::<T>(rows, x.len())?;
        self.each_row(rows, x.len(), |row| {
            let results = self.row(row.clone().map(|i| x[i]));
            for i in row {
                x[i] = results.get(x[i]);
            }
        });
        Ok(())
    }

    /// Whether it can be applied to `len` elements.
    pub(crate) fn check<T: Byte>(&self, rows: Rows, len: usize) -> Result<(), Error> {
        self.input.check::<T>("input")?;
        self.output.check::<T>("output")?;
        outer_of(rows, len).map(drop)
    }

    /// Calls `f` with the indices of each row's elements.
    fn each_row(&self, rows: Rows, len: usize, mut f: impl FnMut(StepBy<Range<usize>>)) {
        // There are no more elements than fit memory, so nothing overflows.
        let block = rows.axis * rows.inner;
        for start in (0..len).step_by(block.max(1)) {
            for first in start..start + rows.inner {
                f((first..start + block).step_by(rows.inner));
            }
        }
    }

    /// The results of a row for the logits that it has.
    fn row<T: Byte>(&self, x: impl Iterator<Item = T>) -> ByteTable<T> {
        let mut counts = [0usize; 256];
        let mut largest = i32::MIN;
        for q in x {
            counts[usize::from(q.bits())] += 1;
            largest = largest.max(q.into());
        }
        // Of as many equal logits there is one numerator: no more than 256 are computed, and their sum has no more terms.
        let scale = f64::from(self.input.scale);
        let mut numerators = [0.0; 256];
        let mut sum = 0.0;
        let occurs = |q: &T| counts[usize::from(q.bits())] > 0;
        for q in T::all().filter(occurs) {
            let bits = usize::from(q.bits());
            numerators[bits] = libm::exp(f64::from(q.into() - largest) * scale);
            sum += counts[bits] as f64 * numerators[bits];
        }
        ByteTable::of(T::all().filter(occurs).map(|q| {
            let share = numerators[usize::from(q.bits())] / sum;
            (q, self.output.quantized(share))
        }))
    }
}
