use super::attention::Attention;
use super::formula::{LaunchRows, RowFormula};
use super::group::{Group, Logits};
use super::layout::PART;
use super::passes::{OfLayout, Passes};
use super::tensor::{Operation, map_rows};
use crate::drive::Io;
use crate::math::exp_shift::{LARGEST, PartialSums};
use crate::math::exp_sum::SHORT;
use crate::shape::{Lengths, Rows};
use crate::{Cuts, Error, Isa};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;

/// `f(x)[i] = e^t[i] / sum(e^t)` over each row, with `t = scale * x + mask`, each step of that rounded to f32.
///
/// Scale, mask and lengths are what attention asks for; by default they do nothing.
///
/// | | |
/// |---|---|
/// | Parameters | `scale`: finite, 1 by default; product and sum are infinite beyond f32. `mask`: added to the scaled row; none by default, else whole rows of `axis` elements: row `r` of `outer` takes number `r` modulo their number. `lengths`: how many elements take part, see [`Lengths`] |
/// | Domain | all of f32 |
/// | Shapes | any `[outer, axis, inner]`, see [`Rows`]; the output is as long as the input |
/// | Error | at most 2 ULP plus one for each 2^12 elements of a row, of each result, small ones included; usually below 1.7; given the logits, of which the product and then the sum are rounded to f32, as PyTorch and ONNX have them |
/// | Special values | a row whose logits are all -inf, or with one that is +inf or NaN, gives NaN throughout, as in PyTorch and ONNX Runtime; any other -inf gives +0; a row of one element gives 1; elements past the length give +0, whatever they are |
/// | Errors | a scale that is not finite; [`Error::RowsMismatch`]; [`Error::AttentionMismatch`] for mask and lengths; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Bridle, 1990; PyTorch `nn.Softmax`, ONNX `Softmax`; Vaswani et al., 2017, for scale and mask |
///
/// ```
/// use activations::{Lengths, RowActivation, Rows, Softmax};
/// let mut x = [0.0, 0.0, 1.0, f32::NEG_INFINITY];
/// Softmax::default().apply_in_place(Rows::last(2), &mut x)?;
/// assert_eq!(x, [0.5, 0.5, 1.0, 0.0]);
///
/// // Two queries of causal attention, heads of 64 dimensions.
/// let mut scores = [3.0, 9.0, 8.0, 8.0];
/// let lengths = Lengths::Causal { queries: 2, past: 0 };
/// Softmax { scale: 0.125, lengths, ..Softmax::default() }.apply_in_place(Rows::last(2), &mut scores)?;
/// assert_eq!(scores, [1.0, 0.0, 0.5, 0.5]);
///
/// // Over the two channels of a picture of three pixels.
/// let mut nchw = [7.0, 7.0, 7.0, 7.0, 7.0, 7.0];
/// Softmax::default().apply_in_place(Rows::strided(2, 3), &mut nchw)?;
/// assert_eq!(nchw, [0.5; 6]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Softmax<'a> {
    /// What the inputs are multiplied by.
    pub scale: f32,
    /// What is added then; empty for nothing.
    pub mask: &'a [f32],
    /// How many elements of each row take part.
    pub lengths: Lengths<'a>,
}

impl Default for Softmax<'_> {
    fn default() -> Self {
        Self {
            scale: 1.0,
            mask: &[],
            lengths: Lengths::All,
        }
    }
}

impl<'a> Softmax<'a> {
    pub(super) fn attention(&self) -> Attention<'a> {
        Attention {
            scale: self.scale,
            mask: self.mask,
            lengths: self.lengths,
        }
    }
}

impl RowFormula for Softmax<'_> {
    #[cfg(feature = "alloc")]
    fn reference(&self, row: usize, x: &[f64]) -> Vec<f64> {
        softmax(&self.attention().logits(row, x), x.len())
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
        self.attention().check("softmax", rows, len)
    }
}

/// The softmax of `logits` in f64, followed by zeros up to `len` elements.
#[cfg(feature = "alloc")]
fn softmax(logits: &[f64], len: usize) -> Vec<f64> {
    let max = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let numerators: Vec<f64> = logits.iter().map(|t| libm::exp(t - max)).collect();
    let sum: f64 = numerators.iter().sum();
    let mut quotients: Vec<f64> = numerators.iter().map(|e| e / sum).collect();
    quotients.resize(len, 0.0);
    quotients
}

impl LaunchRows<f32> for Softmax<'_> {
    #[inline]
    unsafe fn launch(&self, isa: Isa, rows: Rows, io: Io<f32>) {
        let operation = Operation {
            run: normalise,
            past: 0.0,
        };
        // SAFETY: the caller's promise, passed on; `check` has seen to mask and lengths.
        unsafe { map_rows(isa, self.attention().tensor(io, rows), operation) }
    }
}

/// Rows longer than this are read in parts of [`PART`] elements, once each from memory, for their sum: their
/// numerators would not wait in a cache.
const LONG: usize = 1 << 17;

/// Three passes: the largest logit; numerators, written and summed up; quotients, over them.
///
/// # Safety
/// As for [`Operation::run`].
unsafe fn normalise(passes: &Passes, layout: &OfLayout, logits: Logits, group: &mut Group) {
    // SAFETY: the caller's promise, passed on.
    unsafe {
        if group.stride == 0 && group.lens.get(0) > LONG {
            return normalise_long(passes, logits, group);
        }
        if group.stride == 0
            && (group.pitch <= SHORT || group.count == 1 && group.lens.get(0) <= SHORT)
            && let Some(softmax_of_short) = passes.softmax_of_short
        {
            return softmax_of_short(group);
        }
        layout.logits(logits, group);
        (layout.numerators[usize::from(group.is_deep)])(group);
        group.read_back();
        (layout.quotients[usize::from(group.is_faint)])(group);
    }
}

/// The same for one row that is longer than a cache, in two passes (after Milakov and Gimelshein, 2018): the sum, part
/// by part, each shifted as its own largest logit asks for; and quotients of numerators that are computed once more.
///
/// # Safety
/// As for [`Operation::run`]; the group is one row of consecutive elements.
#[cold]
unsafe fn normalise_long(passes: &Passes, logits: Logits, group: &mut Group) {
    let Group { src, dst, .. } = *group;
    // SAFETY: there is a row; it has a mask if logits are masked.
    let (len, mask) = unsafe {
        let is_masked = logits == Logits::Masked;
        let mask = if is_masked {
            group.masks.get(0)
        } else {
            core::ptr::null()
        };
        (group.lens.get(0), mask)
    };
    let mut sums = PartialSums::NONE;
    let mut largest = f32::NEG_INFINITY;
    for start in (0..len).step_by(PART) {
        group.src = src.wrapping_add(start);
        group.dst = dst.wrapping_add(start);
        // SAFETY: the caller's promise for a part of the row, which is the first of its group.
        unsafe {
            group.lens.set(0, PART.min(len - start));
            group.masks.set(0, mask.wrapping_add(start));
            passes.along.logits(logits, group);
            let of_part = group.found[0].get(0);
            let is_nothing = of_part == f32::NEG_INFINITY;
            if is_nothing {
                // Such a part counts as nothing next to others, unless there is a NaN.
                group.found[0].set(0, -LARGEST);
            } else if largest < of_part {
                largest = of_part;
            }
            (passes.shift)(group);
            (passes.along.sums[1])(group);
            let sum = f64::from(group.found[0].get(0)) + f64::from(group.found[1].get(0));
            let shift = &group.known.shift;
            if !is_nothing || sum.is_nan() {
                sums.add(shift.base.get(0), shift.rounder.get(0), sum);
            }
        }
    }
    group.src = if logits == Logits::Plain { src } else { dst };
    group.dst = dst;
    let total = sums.total();
    // SAFETY: the caller's promise, passed on.
    unsafe {
        group.lens.set(0, len);
        group.found[0].set(0, largest);
        (passes.shift)(group);
        group.found[0].set(0, total as f32);
        group.found[1].set(0, (total - f64::from(total as f32)) as f32);
        (passes.inverse)(group);
        (passes.anew)(group);
    }
}
