use super::RowFormula;
use super::attention::Attention;
use super::logits::{Kind, Logits, OfKind};
use super::passes::{Anew, Numerators, Quotients, extremes, is_based, shifted};
use super::shape::{Lengths, Rows};
use crate::drive::Io;
use crate::drive::rows::{Block, LONG, PART, RowKernel, RowWalk, RunRows, first_lane, map_rows};
use crate::math::exp_sum::{Inverse, LARGEST, PartialSums, Shift, Total};
use crate::simd::{Machine, Vocabulary};
use crate::{Cuts, Error};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;

/// `f(x)[i] = e^t[i] / sum(e^t)` over each row, with `t = scale * x + mask`.
///
/// Scale, mask and lengths are what attention asks for; by default they do nothing.
///
/// | | |
/// |---|---|
/// | Parameters | `scale`: finite, 1 by default; product and sum are infinite beyond f32. `mask`: added to the scaled row; none by default, else whole rows of `axis` elements: row `r` of `outer` takes number `r` modulo their number. `lengths`: how many elements take part, see [`Lengths`] |
/// | Domain | all of f32 |
/// | Shapes | any `[outer, axis, inner]`, see [`Rows`]; the output is as long as the input |
/// | Error | at most 2 ULP plus one for each 2^12 elements of a row, of each result, small ones included; usually below 1.7 |
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

impl RunRows<f32> for Softmax<'_> {
    fn kind(&self) -> Kind {
        self.attention().kind()
    }

    #[inline(always)]
    unsafe fn run<S: Machine, L: OfKind, const LAST: bool>(
        &self,
        simd: S,
        io: Io<f32>,
        rows: Rows,
    ) {
        let tensor = self.attention().tensor(io, rows);
        let kernel = Normalise {
            logits: L::of(self.scale),
        };
        // SAFETY: the caller's promise, passed on.
        unsafe { map_rows::<S, _, LAST>(simd, tensor, kernel) }
    }
}

/// Three passes: the largest logit; numerators, written and summed up; quotients, over them. A row that is longer
/// than a cache takes two: the sum, part by part, each shifted as its own largest logit asks for; and
/// quotients of numerators that are computed once more (after Milakov and Gimelshein, 2018).
#[derive(Clone, Copy)]
struct Normalise<L> {
    logits: L,
}

/// What the passes of a row hand on.
#[derive(Clone, Copy)]
struct State<F> {
    shift: Shift<F>,
    /// The logits are so large that one is subtracted from all.
    based: bool,
    /// Some numerators may be so small that they are to be 0.
    deep: bool,
    /// There once the sum is known.
    inverse: Option<Inverse<F>>,
}

impl<L: Logits> Normalise<L> {
    /// The sum of a long row, and its extremes; `None` where it is not long, or its logits are too large.
    ///
    /// # Safety
    /// As for [`RowWalk::pass`].
    #[inline(always)]
    unsafe fn part_by_part<S: Machine, W: RowWalk<S, K>, const K: usize>(
        self,
        simd: S,
        walk: W,
    ) -> Option<State<Block<S, K>>> {
        let v = simd.block::<K>();
        let mut sums = PartialSums::NONE;
        let mut max = v.splat_f32s(f32::NEG_INFINITY);
        let mut start = 0;
        while let Some(part) = walk.part(start, LONG) {
            // SAFETY: the caller's promise for a part of the memory.
            unsafe {
                let none = Shift::none(v);
                let mut found = extremes::<_, _, _, false, K>(simd, part, self.logits, none);
                max = v.at_least_f32s(max, found.max);
                // A part of nothing more, -inf say, counts as nothing next to others, and the row has to have some.
                found.max = v.at_least_f32s(found.max, v.splat_f32s(-LARGEST));
                found.second = found.max;
                let shift = found.shift(v);
                if is_based::<S, W, K>(simd, &shift) {
                    return None;
                }
                let sum =
                    Numerators::<S, L, true, false, K>::sum(simd, part, self.logits, shift, None);
                let rounder = first_lane::<S, K>(simd, shift.rounder);
                sums.add(rounder, W::total_f64(simd, sum.parts(v)));
            }
            start += PART;
        }
        let shift = Shift::of(v, max);
        if start == 0 || is_based::<S, W, K>(simd, &shift) {
            return None;
        }
        Some(State {
            shift,
            based: false,
            deep: true,
            inverse: Some(Total::of_row(v, sums.total()).inverse(v)),
        })
    }

    /// Goes over a row for the sum of its numerators, which `WRITE` says whether to write.
    ///
    /// # Safety
    /// As for [`RowWalk::pass`].
    #[inline(always)]
    unsafe fn sum<S: Machine, W: RowWalk<S, K>, const WRITE: bool, const K: usize>(
        self,
        simd: S,
        walk: W,
        state: &mut State<Block<S, K>>,
    ) {
        let Self { logits } = self;
        let shift = state.shift.map(W::same);
        // SAFETY: the caller's promise, passed on.
        let sum = unsafe {
            let State { based, deep, .. } = *state;
            if !S::IS_SCALAR && !deep {
                Numerators::<S, L, false, WRITE, K>::sum(simd, walk, logits, shift, None)
            } else if !based {
                Numerators::<S, L, true, WRITE, K>::sum(simd, walk, logits, shift, None)
            } else {
                Numerators::<S, _, true, WRITE, K>::sum(simd, walk, logits.based(), shift, None)
            }
        };
        let total = W::total(simd, sum.parts(simd.block::<K>()), 0.0);
        state.inverse = Some(total.inverse(simd.block::<K>()));
    }
}

impl<L: Logits> RowKernel for Normalise<L> {
    const PAST: f32 = 0.0;
    type State<F: Copy> = State<F>;

    #[inline(always)]
    unsafe fn first<S: Machine, W: RowWalk<S, K>, const K: usize>(
        self,
        simd: S,
        walk: W,
    ) -> State<Block<S, K>> {
        // SAFETY: the caller's promise, passed on.
        unsafe {
            if let Some(state) = self.part_by_part(simd, walk) {
                return state;
            }
            let shifted = shifted::<_, _, _, false, K>(simd, walk, self.logits);
            State {
                shift: shifted.shift,
                based: shifted.based,
                deep: shifted.deep,
                inverse: None,
            }
        }
    }

    #[inline(always)]
    unsafe fn second<S: Machine, W: RowWalk<S, K>, const K: usize>(
        self,
        simd: S,
        walk: W,
        state: &mut State<Block<S, K>>,
    ) {
        // SAFETY: the caller's promise, passed on.
        unsafe {
            match (state.inverse, walk.part(0, LONG)) {
                (Some(_), _) => {}
                (None, None) => self.sum::<S, W, true, K>(simd, walk, state),
                (None, Some(_)) => self.sum::<S, W, false, K>(simd, walk, state),
            }
        }
    }

    #[inline(always)]
    unsafe fn third<S: Machine, W: RowWalk<S, K>, const K: usize>(
        self,
        simd: S,
        walk: W,
        state: &State<Block<S, K>>,
    ) {
        let Some(inverse) = state.inverse else {
            debug_assert!(false, "the second pass knows the sum");
            return;
        };
        let inverse = inverse.map(W::same);
        let Self { logits } = self;
        // SAFETY: the caller's promise, passed on.
        unsafe {
            if walk.part(0, LONG).is_some() {
                let shift = state.shift.map(W::same);
                if state.based {
                    let logits = logits.based();
                    walk.pass(
                        simd,
                        &mut Anew {
                            logits,
                            shift,
                            inverse,
                        },
                    );
                } else {
                    walk.pass(
                        simd,
                        &mut Anew {
                            logits,
                            shift,
                            inverse,
                        },
                    );
                }
            } else if S::IS_SCALAR || state.deep {
                walk.again()
                    .pass(simd, &mut Quotients::<S, true, K> { inverse });
            } else {
                walk.again()
                    .pass(simd, &mut Quotients::<S, false, K> { inverse });
            }
        }
    }
}
