use super::attention::Attention;
use super::formula::{LaunchRows, RowFormula};
use super::group::{Group, Logits};
use super::passes::{OfLayout, Passes};
use super::tensor::{Operation, map_rows};
use crate::drive::Io;
use crate::shape::{Lengths, Rows};
use crate::{Cuts, Error, Isa};
#[cfg(feature = "alloc")]
use alloc::{vec, vec::Vec};

/// `f(x)[i] = t[i] - log(sum(e^t))` over each row, with `t = scale * x + mask`, each step of that
/// rounded to f32: the logarithm of the softmax.
///
/// | | |
/// |---|---|
/// | Parameters | as for [`Softmax`](crate::Softmax) |
/// | Domain | all of f32 |
/// | Shapes | any `[outer, axis, inner]`, see [`Rows`]; the output is as long as the input |
/// | Error | at most 2 ULP plus one for each 2^12 elements of a row, of each result: next to 0 as well, where one element outweighs the others; given the logits, as for [`Softmax`](crate::Softmax) |
/// | Special values | a row whose logits are all -inf, or with one that is +inf or NaN, gives NaN throughout; any other -inf gives -inf; a row of one element gives +0; elements past the length give -inf, whatever they are |
/// | Errors | a scale that is not finite; [`Error::RowsMismatch`]; [`Error::AttentionMismatch`] for mask and lengths; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | PyTorch `nn.LogSoftmax`, ONNX `LogSoftmax` |
///
/// ```
/// use activations::{LogSoftmax, RowActivation, Rows};
/// let mut x = [0.0, 0.0, 20.0, 0.0];
/// LogSoftmax::default().apply_in_place(Rows::last(2), &mut x)?;
/// assert_eq!(x, [-0.6931472, -0.6931472, -2.0611537e-9, -20.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogSoftmax<'a> {
    /// What the inputs are multiplied by.
    pub scale: f32,
    /// What is added then; empty for nothing.
    pub mask: &'a [f32],
    /// How many elements of each row take part.
    pub lengths: Lengths<'a>,
}

impl Default for LogSoftmax<'_> {
    fn default() -> Self {
        Self {
            scale: 1.0,
            mask: &[],
            lengths: Lengths::All,
        }
    }
}

impl<'a> LogSoftmax<'a> {
    fn attention(&self) -> Attention<'a> {
        Attention {
            scale: self.scale,
            mask: self.mask,
            lengths: self.lengths,
        }
    }
}

impl RowFormula for LogSoftmax<'_> {
    #[cfg(feature = "alloc")]
    fn reference(&self, row: usize, x: &[f64]) -> Vec<f64> {
        let logits = self.attention().logits(row, x);
        let max = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if max.is_infinite() {
            // Nothing is far from it, or all is.
            return vec![f64::NAN; logits.len()]
                .into_iter()
                .chain(core::iter::repeat_n(
                    f64::NEG_INFINITY,
                    x.len() - logits.len(),
                ))
                .collect();
        }
        let first = logits.iter().position(|&t| t == max);
        // The largest numerator is 1: what the others add to it keeps its digits.
        let others = logits.iter().enumerate().filter(|(i, _)| Some(*i) != first);
        let log = libm::log1p(others.map(|(_, t)| libm::exp(t - max)).sum());
        let mut results: Vec<f64> = logits.iter().map(|t| (t - max) - log).collect();
        results.resize(x.len(), f64::NEG_INFINITY);
        results
    }

    fn cuts(&self, rows: Rows) -> Cuts {
        self.attention().cuts(rows)
    }

    fn part(&self, rows: Rows, first: usize, count: usize) -> Self {
        let Attention { mask, lengths, .. } = self.attention().part(rows, first, count);
        Self {
            mask,
            lengths,
            ..*self
        }
    }

    #[inline]
    fn check(&self, rows: Rows, len: usize) -> Result<(), Error> {
        self.attention().check("log_softmax", rows, len)
    }
}

impl LaunchRows<f32> for LogSoftmax<'_> {
    #[inline]
    unsafe fn launch(&self, isa: Isa, rows: Rows, io: Io<f32>) {
        let operation = Operation {
            run: normalise,
            past: f32::NEG_INFINITY,
        };
        // SAFETY: the caller's promise, passed on; `check` has seen to mask and lengths.
        unsafe { map_rows(isa, self.attention().tensor(io, rows), operation) }
    }
}

/// Three passes: the largest logit m; the sum of all numerators; and (t - m) - log(1 + others/e^m), of which the terms
/// have one sign, so that nothing cancels.
///
/// Where m outweighs the others, their sum is taken by itself: without m, and shifted as the first look at it asks for,
/// or the second if the first saw nothing, so that it is as exact however small it is.
///
/// # Safety
/// As for [`Operation::run`].
unsafe fn normalise(passes: &Passes, layout: &OfLayout, logits: Logits, group: &mut Group) {
    // SAFETY: the caller's promise, passed on.
    unsafe {
        layout.logits(logits, group);
        (layout.sums[usize::from(group.is_deep)])(group);
        (passes.logarithm)(group);
        while group.again {
            (layout.others)(group);
            (passes.logarithm_of_others)(group);
        }
        (layout.logarithms)(group);
    }
}
