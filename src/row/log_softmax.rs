use super::RowFormula;
use super::attention::Attention;
use super::logits::{Kind, Logits, OfKind, exact_sum};
use super::passes::{Numerators, Shifted, counted, excess_of_largest, or_else, shifted};
use super::shape::{Lengths, Rows};
use crate::drive::Io;
use crate::drive::rows::{Block, Extent, PART, Pass, RowKernel, RowWalk, RunRows, map_rows};
use crate::math::exp_sum::{Shift, numerator};
use crate::math::log1p::log1p;
use crate::simd::{Machine, Vocabulary};
use crate::{Cuts, Error};
#[cfg(feature = "alloc")]
use alloc::{vec, vec::Vec};

/// `f(x)[i] = t[i] - log(sum(e^t))` over each row, with `t = scale * x + mask`: the logarithm of the softmax.
///
/// | | |
/// |---|---|
/// | Parameters | as for [`Softmax`](crate::Softmax) |
/// | Domain | all of f32 |
/// | Shapes | any `[outer, axis, inner]`, see [`Rows`]; the output is as long as the input |
/// | Error | at most 2 ULP plus one for each 2^12 elements of a row, of each result: next to 0 as well, where one element outweighs the others |
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

    fn check(&self, rows: Rows, len: usize) -> Result<(), Error> {
        self.attention().check("log_softmax", rows, len)
    }
}

impl RunRows<f32> for LogSoftmax<'_> {
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

/// Three passes: the largest logit m; the sum of the numerators of the others; and (t - m) - log(1 + sum/e^m), of
/// which the terms have one sign, so that nothing cancels.
///
/// Where another logit is known to be near m, all numerators are summed up as for softmax, and that of m is
/// subtracted. Where none may be, the sum would not keep its digits: there m counts as the second-largest
/// logit, and it is for this that the row is shifted.
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
    /// Another logit is known to be near the largest.
    has_rival: bool,
    /// The largest logit, less origin and base.
    largest: F,
    /// The second-largest, less the origin, where it is known.
    second: F,
    /// What its rounding added to the largest; the second pass finds it out, and the logarithm.
    excess: F,
    log: F,
}

impl<F: Copy> From<Shifted<F>> for State<F> {
    #[inline(always)]
    fn from(shifted: Shifted<F>) -> Self {
        let Shifted {
            shift,
            based,
            deep,
            largest,
            second,
            has_rival,
        } = shifted;
        Self {
            shift,
            based,
            deep,
            has_rival,
            largest,
            second,
            excess: largest,
            log: largest,
        }
    }
}

impl<L: Logits> Normalise<L> {
    /// The second pass where the largest logit has a rival.
    ///
    /// # Safety
    /// As for [`RowWalk::pass`].
    #[inline(always)]
    unsafe fn sum_all<S: Machine, W: RowWalk<S, K>, const DEEP: bool, const K: usize>(
        self,
        simd: S,
        walk: W,
        state: &mut State<Block<S, K>>,
    ) {
        let (shift, largest) = (state.shift, state.largest);
        // SAFETY: the caller's promise, passed on.
        unsafe {
            sum::<S, W, L, DEEP, K>(simd, walk, self.logits, (shift, largest, None), state);
        }
    }

    /// The second pass where it may have none.
    ///
    /// # Safety
    /// As for [`RowWalk::pass`].
    #[inline(always)]
    unsafe fn sum_limited<S: Machine, W: RowWalk<S, K>, const K: usize>(
        self,
        simd: S,
        walk: W,
        state: &mut State<Block<S, K>>,
    ) {
        let v = simd.block::<K>();
        let Self { logits } = self;
        let largest = v.add_f32s(state.largest, state.shift.base);
        let second = or_else(v, state.second, largest);
        let shift = Shift {
            origin: state.shift.origin,
            based: state.shift.based,
            excess: state.shift.excess,
            ..Shift::of(v, second)
        };
        let limit = v.sub_f32s(second, shift.base);
        let terms = (shift, v.sub_f32s(largest, shift.base), Some(limit));
        // SAFETY: the caller's promise, passed on.
        unsafe {
            if state.based {
                sum::<S, W, _, true, K>(simd, walk, logits.based(), terms, state);
            } else if S::IS_SCALAR || !W::LANES_ARE_ROWS || state.deep {
                sum::<S, W, _, true, K>(simd, walk, logits, terms, state);
            } else {
                sum::<S, W, _, false, K>(simd, walk, logits, terms, state);
            }
        }
        // Of one logit that is all there is, a rounding may be left over: the logarithm is 0, unless it is NaN.
        let none = v.equal_f32s(state.second, v.splat_f32s(f32::NEG_INFINITY));
        let zero = v.sub_f32s(state.log, state.log);
        state.log = v.select_f32s(none, zero, state.log);
    }

    /// The third pass, whatever the logits.
    ///
    /// # Safety
    /// As for [`RowWalk::pass`].
    #[inline(always)]
    unsafe fn logarithms<S: Machine, W: RowWalk<S, K>, A: Logits, const K: usize>(
        simd: S,
        walk: W,
        logits: A,
        state: &State<Block<S, K>>,
    ) {
        let mut shift = state.shift.map(W::same);
        // Here all logits count, small as they are.
        shift.lowest = [simd.splat_f32s(f32::MIN); K];
        let mut pass = Logarithms {
            logits,
            shift,
            largest: W::same(state.largest),
            excess: W::same(state.excess),
            log: W::same(state.log),
        };
        // SAFETY: the caller's promise, passed on.
        unsafe { walk.pass(simd, &mut pass) }
    }
}

impl<L: Logits> RowKernel for Normalise<L> {
    const PAST: f32 = f32::NEG_INFINITY;
    type State<F: Copy> = State<F>;

    #[inline(always)]
    unsafe fn first<S: Machine, W: RowWalk<S, K>, const K: usize>(
        self,
        simd: S,
        walk: W,
    ) -> State<Block<S, K>> {
        // SAFETY: the caller's promise, passed on.
        unsafe {
            if W::LANES_ARE_ROWS {
                shifted::<_, W, _, true, K>(simd, walk, self.logits).into()
            } else {
                shifted::<_, W, _, false, K>(simd, walk, self.logits).into()
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
            if state.has_rival && (S::IS_SCALAR || state.deep) {
                self.sum_all::<S, W, true, K>(simd, walk, state);
            } else if state.has_rival {
                self.sum_all::<S, W, false, K>(simd, walk, state);
            } else {
                if !W::LANES_ARE_ROWS {
                    *state = shifted::<_, W, _, true, K>(simd, walk, self.logits).into();
                }
                self.sum_limited(simd, walk, state);
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
        let Self { logits } = self;
        // SAFETY: the caller's promise, passed on.
        unsafe {
            if state.based {
                Self::logarithms(simd, walk, logits.based(), state);
            } else {
                Self::logarithms(simd, walk, logits, state);
            }
        }
    }
}

/// The logarithm, for a shift, the largest logit less origin and base, and a limit to logits, if there is one.
///
/// # Safety
/// As for [`RowWalk::pass`].
#[inline(always)]
unsafe fn sum<S: Machine, W: RowWalk<S, K>, A: Logits, const DEEP: bool, const K: usize>(
    simd: S,
    walk: W,
    logits: A,
    (shift, largest, limit): Terms<Block<S, K>>,
    state: &mut State<Block<S, K>>,
) {
    let v = simd.block::<K>();
    let (shift, largest, limit) = (shift.map(W::same), W::same(largest), limit.map(W::same));
    // In parts, as what a lane leaves over must not grow too large to be summed up.
    let mut part = walk.part(0, PART).unwrap_or(walk);
    let mut next = PART;
    let mut before = 0.0;
    let total = loop {
        // SAFETY: the caller's promise, for a part of the memory.
        let sum =
            unsafe { Numerators::<S, A, DEEP, false, K>::sum(simd, part, logits, shift, limit) };
        let sum = sum.parts(v);
        let Some(after) = walk.part(next, PART) else {
            break W::total(simd, sum, before);
        };
        before += W::total_f64(simd, sum);
        part = after;
        next += PART;
    };
    // SAFETY: the caller's promise, passed on.
    state.excess = unsafe { excess_of_largest(simd, walk, logits, state.shift, state.largest) };
    let negative = |x| v.sub_f32s(v.splat_f32s(0.0), x);
    let excess = Some(W::same(state.excess)).filter(|_| A::ROUNDS);
    let (t, excess_of_t) = counted::<_, A>(v, (largest, excess), &shift, limit);
    let counted = numerator::<_, DEEP>(v, t, excess_of_t, &shift);
    let others = total.less(v, counted);
    let (others, lost) = match limit {
        None => others.over(v, counted),
        // The largest numerator may be too large for the shift, but its reciprocal is not.
        Some(_) => {
            let (opposite, excess) = (negative(largest), excess.map(negative));
            let reciprocal = numerator::<_, true>(v, opposite, excess, &shift.inverted(v));
            others.times(v, reciprocal)
        }
    };
    let log = log1p(v, others, lost);
    // NaN, if the largest is infinite.
    state.log = v.add_f32s(log, v.sub_f32s(largest, largest));
}

/// What a row's numerators are summed up with.
type Terms<F> = (Shift<F>, F, Option<F>);

/// The results.
struct Logarithms<S: Machine, L, const K: usize> {
    logits: L,
    shift: Shift<Block<S, K>>,
    largest: Block<S, K>,
    excess: Block<S, K>,
    log: Block<S, K>,
}

impl<S: Machine, L: Logits, const K: usize> Pass<S, K> for Logarithms<S, L, K> {
    const MASKED: bool = L::MASKED;

    #[inline(always)]
    unsafe fn block<E: Extent>(
        &mut self,
        simd: S,
        src: *const f32,
        dst: *mut f32,
        extent: E,
        mask: Block<S, K>,
    ) {
        let v = simd.block::<K>();
        // SAFETY: the caller's promise.
        unsafe {
            let x = extent.load(simd, src);
            let (t, excess) = self.logits.parts::<_, true>(v, x, mask, &self.shift);
            let y = match excess {
                None => v.sub_f32s(v.sub_f32s(t, self.largest), self.log),
                Some(excess) => {
                    let below = v.sub_f32s(v.splat_f32s(0.0), self.largest);
                    let (from_largest, lost) = exact_sum(v, t, below);
                    // Of infinities nothing is lost.
                    let finite = v.less_than_f32s(self.shift.lowest, t);
                    let mut less = v.sub_f32s(v.sub_f32s(excess, self.excess), lost);
                    if !L::ROUNDS_UNBASED {
                        less = v.keep_f32s(self.shift.is_based(v), less);
                    }
                    let log = v.add_f32s(v.keep_f32s(finite, less), self.log);
                    v.sub_f32s(from_largest, log)
                }
            };
            extent.store(simd, dst, y);
        }
    }
}
