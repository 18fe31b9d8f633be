use super::formula::{LaunchRows, RowFormula};
use super::group::Group;
use super::layout::PART;
use super::logits::Logits;
use super::passes::{OfLayout, Passes};
#[cfg(feature = "half")]
use super::pieces::Pieces;
use super::tensor::{Operation, map};
use crate::converted::AnyIo;
use crate::drive::Io;
use crate::error::{outer_of, same_length};
use crate::math::exp_shift::{LARGEST, PartialSums};
use crate::math::exp_sum::SHORT;
use crate::shape::Rows;
use crate::{Attention, Error, Float, Isa};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;

/// `f(x)[i] = e^t[i] / sum(e^t)` over each row, with the logits `t` that its [`Attention`] makes of the elements: by
/// default the elements themselves.
///
/// | | |
/// |---|---|
/// | Parameters | `scale`, 1 by default: finite; `softcap`, infinite by default: above 0; masks, bounds, windows, slopes and sinks: see [`Attention`] |
/// | Domain | all of f32 |
/// | Shapes | any `[outer, axis, inner]`, see [`Rows`]; the output is as long as the input |
/// | Error | at most 2 ULP plus one for each 2^12 elements of a row, of each result, small ones included; usually below 1.7; given the logits, whose steps are each rounded to f32, as PyTorch and ONNX have them. A capped logit is within 2 ULP |
/// | Special values | a row whose logits are all -inf, or with one that is +inf or NaN, gives NaN throughout, as in PyTorch and ONNX Runtime, but see [`Empty`](crate::Empty); any other -inf gives +0; a row of one element gives 1, without a sink; keys that take no part give +0, whatever they are |
/// | Errors | a scale that is not finite, a cap that is not above 0; [`Error::RowsMismatch`]; [`Error::AttentionMismatch`] for what does not fit the tensor; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Bridle, 1990; PyTorch `nn.Softmax`, ONNX `Softmax`; Vaswani et al., 2017, for scale and mask; ONNX `Attention` |
///
/// ```
/// use activations::{Attention, RowActivation, Rows, Softmax, Window};
/// let mut x = [0.0, 0.0, 1.0, f32::NEG_INFINITY];
/// Softmax::default().apply_in_place(Rows::last(2), &mut x)?;
/// assert_eq!(x, [0.5, 0.5, 1.0, 0.0]);
///
/// // Two queries of causal attention, heads of 64 dimensions.
/// let mut scores = [3.0, 9.0, 8.0, 8.0];
/// let attention = Attention::new().shape(1, 2).scale(0.125).window(Window::causal(0));
/// Softmax(attention).apply_in_place(Rows::last(2), &mut scores)?;
/// assert_eq!(scores, [1.0, 0.0, 0.5, 0.5]);
///
/// // Over the two channels of a picture of three pixels.
/// let mut nchw = [7.0, 7.0, 7.0, 7.0, 7.0, 7.0];
/// Softmax::default().apply_in_place(Rows::strided(2, 3), &mut nchw)?;
/// assert_eq!(nchw, [0.5; 6]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Softmax<'a>(
    /// How logits are made of the elements, and which of them take part.
    pub Attention<'a>,
);

impl RowFormula for Softmax<'_> {
    #[cfg(feature = "alloc")]
    fn reference(&self, row: usize, x: &[f64]) -> Vec<f64> {
        let logits = self.0.logits(row, x);
        let max = logits.largest();
        let numerators = logits.of_keys.iter().chain([&logits.of_sink]);
        let sum: f64 = numerators.map(|t| libm::exp(t - max)).sum();
        logits.results(x.len(), 0.0, |t| libm::exp(t - max) / sum)
    }

    fn part(&self, outer: usize, first: usize) -> Self {
        Self(self.0.part(outer, first))
    }

    #[inline]
    fn check(&self, rows: Rows, len: usize) -> Result<(), Error> {
        self.0.check("softmax", rows, len)
    }
}

/// What softmax does.
const OPERATION: Operation = Operation {
    run: normalise,
    #[cfg(feature = "half")]
    run_in_pieces: normalise_in_pieces,
    past: 0.0,
};

impl LaunchRows for Softmax<'_> {
    #[inline]
    unsafe fn launch(&self, isa: Isa, rows: Rows, io: AnyIo) {
        let log_sums = core::ptr::null_mut();
        // SAFETY: the caller's promise, passed on.
        unsafe { map(isa, &self.0, rows, (io, log_sums), OPERATION) }
    }
}

impl Softmax<'_> {
    /// Row by row from `x` to `y`, and the logarithm of the sum of each row, `log(sum(e^t))`, to `log_sums`, `[outer,
    /// inner]`: what the softmax of parts of a row are put together by. A sink is part of the sum.
    ///
    /// Each is off by at most 2 ULP of itself or of the largest logit, or by 2^-40, whichever is the most. A row
    /// without any key gives
    /// -inf, and one that is NaN throughout gives NaN.
    ///
    /// ```
    /// use activations::{Rows, Softmax};
    /// let (x, mut y, mut log_sums) = ([5.0, 5.0], [0.0; 2], [0.0]);
    /// Softmax::default().apply_with_log_sums(Rows::last(2), &x, &mut y, &mut log_sums)?;
    /// assert_eq!((y, log_sums), ([0.5, 0.5], [5.0 + 2f32.ln()]));
    /// # Ok::<(), activations::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`apply`](crate::RowActivation::apply); [`Error::AttentionMismatch`] unless there is one of `log_sums`
    /// for each row. Nothing is written then.
    pub fn apply_with_log_sums<X: Float, Y: Float>(
        &self,
        rows: Rows,
        x: &[X],
        y: &mut [Y],
        log_sums: &mut [f32],
    ) -> Result<(), Error> {
        self.apply_with_log_sums_on(Isa::detect(), rows, x, y, log_sums)
    }

    /// As [`apply_with_log_sums`](Self::apply_with_log_sums), in `x`.
    ///
    /// # Errors
    /// As there.
    pub fn apply_in_place_with_log_sums<T: Float>(
        &self,
        rows: Rows,
        x: &mut [T],
        log_sums: &mut [f32],
    ) -> Result<(), Error> {
        self.apply_in_place_with_log_sums_on(Isa::detect(), rows, x, log_sums)
    }

    /// As [`apply_with_log_sums`](Self::apply_with_log_sums), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    pub fn apply_with_log_sums_on<X: Float, Y: Float>(
        &self,
        isa: Isa,
        rows: Rows,
        x: &[X],
        y: &mut [Y],
        log_sums: &mut [f32],
    ) -> Result<(), Error> {
        same_length(x, y)?;
        let io = AnyIo::between(x, y.as_mut_ptr());
        // SAFETY: `y` is writable and as long as `x`, and shared and exclusive borrows do not overlap.
        unsafe { self.launch_with_log_sums(isa, rows, io, (log_sums.as_mut_ptr(), log_sums.len())) }
    }

    /// As [`apply_in_place_with_log_sums`](Self::apply_in_place_with_log_sums), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    pub fn apply_in_place_with_log_sums_on<T: Float>(
        &self,
        isa: Isa,
        rows: Rows,
        x: &mut [T],
        log_sums: &mut [f32],
    ) -> Result<(), Error> {
        // SAFETY: `x` is readable and writable.
        unsafe {
            let log_sums = (log_sums.as_mut_ptr(), log_sums.len());
            self.launch_with_log_sums(isa, rows, AnyIo::of(Io::over(x)), log_sums)
        }
    }

    /// Runs the kernels once CPU, rows, parameters and the number of `log_sums` are seen to be right.
    ///
    /// # Safety
    /// What `io` says can be read and written; the two do not overlap, or are the same and of one type. As many
    /// `log_sums` as it says can be written, and overlap neither.
    pub(crate) unsafe fn launch_with_log_sums(
        &self,
        isa: Isa,
        rows: Rows,
        io: AnyIo,
        (log_sums, count): (*mut f32, usize),
    ) -> Result<(), Error> {
        isa.require()?;
        self.check(rows, io.len)?;
        // `check` has seen to it that this does not overflow.
        let outer = outer_of(rows, io.len)?;
        if count != outer * if io.len == 0 { 0 } else { rows.inner } {
            return Err(Error::AttentionMismatch {
                operation: "softmax",
                operand: "log_sums",
                operand_len: count,
                tensor: [outer, rows.axis, rows.inner],
                expected: "one for each row",
            });
        }
        if io.len > 0 {
            // SAFETY: the CPU has `isa`, `check` has passed, there is one of `log_sums` for each row, and the caller
            // vouches for the rest.
            unsafe { map(isa, &self.0, rows, (io, log_sums), OPERATION) };
        }
        Ok(())
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
            && logits.are_simple()
            && !group.has_sinks
            && group.log_sums.is_null()
            && let Some(softmax_of_short) = passes.softmax_of_short
        {
            return softmax_of_short(group);
        }
        layout.logits(logits, group);
        (layout.numerators[usize::from(group.is_deep)])(group);
        group.read_back();
        write_log_sums(passes, group);
        (layout.quotients[usize::from(group.is_faint)])(group);
    }
}

/// The softmax of one row in pieces, whose numerators are computed once more, as nobody keeps them.
///
/// # Safety
/// As for [`Operation::run_in_pieces`].
#[cfg(feature = "half")]
unsafe fn normalise_in_pieces(pieces: &mut Pieces<'_>) {
    let passes = pieces.passes;
    // SAFETY: the caller's promise, passed on.
    unsafe {
        pieces.find_sum();
        (passes.inverse)(&mut pieces.group);
        write_log_sums(passes, &mut pieces.group);
        pieces.write(passes.anew, |_| {});
    }
}

/// The same for one row that is longer than a cache, in two passes (after Milakov and Gimelshein, 2018): the sum, part
/// by part, each shifted as its own largest logit asks for; and quotients of numerators that are computed once more.
///
/// # Safety
/// As for [`Operation::run`]; the group is one row of consecutive elements.
#[cold]
unsafe fn normalise_long(passes: &Passes, logits: Logits, group: &mut Group) {
    // SAFETY: there is one row.
    let whole = unsafe { group.span() };
    let mut sums = PartialSums::NONE;
    let mut largest = f32::NEG_INFINITY;
    for start in (0..whole.len).step_by(PART) {
        // SAFETY: the caller's promise for a part of the row, which is the first of its group.
        unsafe {
            let part = whole.part(logits, start, PART.min(whole.len - start));
            group.set_span(part);
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
    let total = sums.total();
    // SAFETY: the caller's promise, passed on.
    unsafe {
        group.set_span(whole);
        if logits != Logits::PLAIN {
            group.read_back();
        }
        group.found[0].set(0, largest);
        (passes.shift)(group);
        group.found[0].set(0, total as f32);
        group.found[1].set(0, (total - f64::from(total as f32)) as f32);
        (passes.inverse)(group);
        write_log_sums(passes, group);
        (passes.anew)(group);
    }
}

/// Writes the logarithms of the sums that were found, to which those of the sinks are added, if somebody asks for them.
///
/// # Safety
/// The CPU has the instruction set; the sums were found, the shifts are known, and there is room for one for each row.
#[inline(always)]
unsafe fn write_log_sums(passes: &Passes, group: &mut Group) {
    if !group.log_sums.is_null() {
        // SAFETY: the caller's promise, passed on.
        unsafe { write_wanted_log_sums(passes, group) };
    }
}

/// The same, when they are asked for.
///
/// # Safety
/// As for [`write_log_sums`].
#[inline(never)]
unsafe fn write_wanted_log_sums(passes: &Passes, group: &mut Group) {
    let known = group.known;
    // SAFETY: the caller's promise, passed on.
    unsafe {
        (passes.logarithm)(group);
        for row in 0..group.count {
            let sum = group.found[0].get(row) + group.found[1].get(row);
            // Rows side by side are as long as the first.
            let len = group.lens.get(if group.stride == 0 { row } else { 0 });
            let has_sink = group.has_sinks && group.sinks.get(row) != f32::NEG_INFINITY;
            let is_empty = !has_sink
                && (len == 0 || group.has_sinks && known.sinks.get(row) != f32::NEG_INFINITY);
            let log_sum = if sum.is_nan() {
                sum
            } else if is_empty {
                f32::NEG_INFINITY
            } else {
                known.largest.get(row) + group.known.of_sum[0].get(row)
            };
            group.log_sums.add(row).write(log_sum);
        }
    }
    group.known = known;
}
