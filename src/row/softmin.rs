use super::attention::Attention;
use super::formula::{LaunchRows, RowFormula};
use super::softmax::Softmax;
use crate::drive::Io;
use crate::shape::{Lengths, Rows};
use crate::{Cuts, Error, Isa};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;

/// `f(x)[i] = e^t[i] / sum(e^t)` over each row, with `t = mask - scale * x`: the softmax of the negated row.
///
/// | | |
/// |---|---|
/// | Parameters | as for [`Softmax`], with the sign of the scale turned |
/// | Domain | all of f32 |
/// | Shapes | any `[outer, axis, inner]`, see [`Rows`]; the output is as long as the input |
/// | Error | as for [`Softmax`] |
/// | Special values | a row that is all +inf, or with a -inf or a NaN, gives NaN throughout; any other +inf gives +0; a row of one element gives 1; elements past the length give +0, whatever they are |
/// | Errors | a scale that is not finite; [`Error::RowsMismatch`]; [`Error::AttentionMismatch`] for mask and lengths; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | PyTorch `nn.Softmin` |
///
/// ```
/// use activations::{RowActivation, Rows, Softmin};
/// let mut x = [5.0, 5.0, f32::INFINITY];
/// Softmin::default().apply_in_place(Rows::last(3), &mut x)?;
/// assert_eq!(x, [0.5, 0.5, 0.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Softmin<'a> {
    /// What the inputs are multiplied by, before the sign is turned.
    pub scale: f32,
    /// What is added then; empty for nothing.
    pub mask: &'a [f32],
    /// How many elements of each row take part.
    pub lengths: Lengths<'a>,
}

impl Default for Softmin<'_> {
    fn default() -> Self {
        Self {
            scale: 1.0,
            mask: &[],
            lengths: Lengths::All,
        }
    }
}

impl<'a> Softmin<'a> {
    /// The softmax that this is, whose kernels it runs.
    #[inline]
    fn softmax(&self) -> Softmax<'a> {
        Softmax {
            scale: -self.scale,
            mask: self.mask,
            lengths: self.lengths,
        }
    }
}

impl RowFormula for Softmin<'_> {
    #[cfg(feature = "alloc")]
    fn reference(&self, row: usize, x: &[f64]) -> Vec<f64> {
        self.softmax().reference(row, x)
    }

    fn cuts(&self, rows: Rows) -> Cuts {
        self.softmax().attention().cuts(rows)
    }

    fn part(&self, rows: Rows, first: usize, count: usize) -> Self {
        let Attention { mask, lengths, .. } = self.softmax().attention().part(rows, first, count);
        Self {
            mask,
            lengths,
            ..*self
        }
    }

    #[inline]
    fn check(&self, rows: Rows, len: usize) -> Result<(), Error> {
        let Softmax { mask, lengths, .. } = self.softmax();
        let attention = Attention {
            scale: self.scale,
            mask,
            lengths,
        };
        attention.check("softmin", rows, len)
    }
}

impl LaunchRows<f32> for Softmin<'_> {
    #[inline]
    unsafe fn launch(&self, isa: Isa, rows: Rows, io: Io<f32>) {
        // SAFETY: the caller's promise, passed on; what `check` looks at is the same.
        unsafe { self.softmax().launch(isa, rows, io) }
    }
}
