use super::formula::{LaunchRows, RowFormula};
use super::softmax::Softmax;
use crate::converted::AnyIo;
use crate::shape::Rows;
use crate::{Attention, Error, Isa};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;

/// `f(x)[i] = e^t[i] / sum(e^t)` over each row, with the logits `t` that its [`Attention`] makes of the elements, of which
/// the first step is `-scale * x`: the softmax of the negated row.
///
/// | | |
/// |---|---|
/// | Parameters | as for [`Softmax`], with the sign of the scale turned |
/// | Domain | all of f32 |
/// | Shapes | any `[outer, axis, inner]`, see [`Rows`]; the output is as long as the input |
/// | Error | as for [`Softmax`] |
/// | Special values | a row that is all +inf, or with a -inf or a NaN, gives NaN throughout; any other +inf gives +0; a row of one element gives 1, without a sink; keys that take no part give +0, whatever they are |
/// | Errors | as for [`Softmax`]: a scale that is not finite, a cap that is not above 0; [`Error::RowsMismatch`]; [`Error::AttentionMismatch`]; lengths that differ; an instruction set that the CPU lacks |
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
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Softmin<'a>(
    /// How logits are made of the elements, before their sign is turned in the first step, and which of them take part.
    pub Attention<'a>,
);

impl<'a> Softmin<'a> {
    /// The softmax that this is, whose kernels it runs.
    #[inline]
    fn softmax(&self) -> Softmax<'a> {
        Softmax(self.0.scale(-self.0.scale))
    }
}

impl RowFormula for Softmin<'_> {
    #[cfg(feature = "alloc")]
    fn reference(&self, row: usize, x: &[f64]) -> Vec<f64> {
        self.softmax().reference(row, x)
    }

    fn part(&self, outer: usize, first: usize) -> Self {
        Self(self.0.part(outer, first))
    }

    #[inline]
    fn check(&self, rows: Rows, len: usize) -> Result<(), Error> {
        self.0.check("softmin", rows, len)
    }
}

impl LaunchRows for Softmin<'_> {
    #[inline]
    unsafe fn launch(&self, isa: Isa, rows: Rows, io: AnyIo) {
        // SAFETY: the caller's promise, passed on; what `check` looks at is the same.
        unsafe { self.softmax().launch(isa, rows, io) }
    }
}
