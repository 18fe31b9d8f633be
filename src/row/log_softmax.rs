use super::formula::{LaunchRows, RowFormula};
use super::group::Group;
use super::logits::Logits;
use super::passes::{OfLayout, Passes};
#[cfg(feature = "half")]
use super::pieces::{Finds, Pieces};
use super::tensor::{Operation, map};
use crate::converted::AnyIo;
use crate::shape::Rows;
use crate::{Attention, Error, Isa};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;

/// `f(x)[i] = t[i] - log(sum(e^t))` over each row, with the logits `t` that its [`Attention`] makes of the elements:
/// the logarithm of the softmax.
///
/// | | |
/// |---|---|
/// | Parameters | as for [`Softmax`](crate::Softmax) |
/// | Domain | all of f32 |
/// | Shapes | any `[outer, axis, inner]`, see [`Rows`]; the output is as long as the input |
/// | Error | at most 2 ULP plus one for each 2^12 elements of a row, of each result: next to 0 as well, where one element outweighs the others; given the logits, as for [`Softmax`](crate::Softmax) |
/// | Special values | a row whose logits are all -inf, or with one that is +inf or NaN, gives NaN throughout; any other -inf gives -inf; a row of one element gives +0, without a sink; keys that take no part give -inf, whatever they are; of an empty row that gives shares of 0, [`Empty::Zero`](crate::Empty::Zero), the logarithms are -inf |
/// | Errors | as for [`Softmax`](crate::Softmax): a scale that is not finite, a cap that is not above 0; [`Error::RowsMismatch`]; [`Error::AttentionMismatch`]; lengths that differ; an instruction set that the CPU lacks |
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
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LogSoftmax<'a>(
    /// How logits are made of the elements, and which of them take part.
    pub Attention<'a>,
);

impl RowFormula for LogSoftmax<'_> {
    #[cfg(feature = "alloc")]
    fn reference(&self, row: usize, x: &[f64]) -> Vec<f64> {
        let logits = self.0.logits(row, x);
        let max = logits.largest();
        // The largest numerator is 1: what the others add to it keeps its digits.
        let all = logits.of_keys.iter().chain([&logits.of_sink]);
        let first = all.clone().position(|&t| t == max);
        let others = all.enumerate().filter(|(i, _)| Some(*i) != first);
        let log = libm::log1p(others.map(|(_, t)| libm::exp(t - max)).sum());
        logits.results(x.len(), f64::NEG_INFINITY, |t| {
            if max.is_infinite() {
                // Nothing is far from it, or all is.
                f64::NAN
            } else {
                (t - max) - log
            }
        })
    }

    fn part(&self, outer: usize, first: usize) -> Self {
        Self(self.0.part(outer, first))
    }

    #[inline]
    fn check(&self, rows: Rows, len: usize) -> Result<(), Error> {
        self.0.check("log_softmax", rows, len)
    }
}

impl LaunchRows for LogSoftmax<'_> {
    #[inline]
    unsafe fn launch(&self, isa: Isa, rows: Rows, io: AnyIo) {
        let operation = Operation {
            run: normalise,
            #[cfg(feature = "half")]
            run_in_pieces: normalise_in_pieces,
            past: f32::NEG_INFINITY,
        };
        // SAFETY: the caller's promise, passed on.
        unsafe { map(isa, &self.0, rows, (io, core::ptr::null_mut()), operation) }
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

/// The logarithm of the softmax of one row in pieces.
///
/// # Safety
/// As for [`Operation::run_in_pieces`].
#[cfg(feature = "half")]
unsafe fn normalise_in_pieces(pieces: &mut Pieces<'_>) {
    let passes = pieces.passes;
    // SAFETY: the caller's promise, passed on.
    unsafe {
        pieces.find_sum();
        (passes.logarithm)(&mut pieces.group);
        while pieces.group.again {
            pieces.take(passes.along.others, Finds::SumAndCount);
            (passes.logarithm_of_others)(&mut pieces.group);
        }
        pieces.write(passes.along.logarithms, |_| {});
    }
}
