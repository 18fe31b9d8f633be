//! Tensors `[outer, channels, inner]` in row-major order, with a number for each channel.
//!
//! Such a number is either one for a while, where rows are long, or one of a stream of numbers that starts again and
//! again, where they are short. Both are runs of contiguous elements; which runs is found out here, once for all that
//! has channels.

use crate::{Cuts, Error};
use core::mem::MaybeUninit;

/// How many numbers the table holds in which those of channels are repeated for short rows: a page, on the stack.
/// Between two runs a loop ends and starts again, so runs ought to be long.
const TABLE: usize = 1024;

/// If there are this many channels, and each row is one element, the numbers are a run as they stand, even if each is
/// used only once: to copy them to the table would not pay.
const MANY: usize = 64;

/// Rows shorter than this, the widest vector, are never a run by themselves.
const SHORT: usize = 16;

/// Rows shorter than this are not a run by themselves either, if the table, once filled, serves [`SEVERAL`] times.
const RATHER_SHORT: usize = 256;

/// How often a tensor repeats its channels, at least, for a table to serve several times.
const SEVERAL: usize = 4;

/// A number for each channel of a tensor `[outer, numbers.len(), inner]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Channels<'a> {
    /// At least one.
    numbers: &'a [f32],
    /// Not 0; `numbers.len() * inner` does not overflow.
    inner: usize,
}

/// The words of the error for numbers and an `inner` that make no [`Channels`].
#[derive(Clone, Copy)]
pub(crate) struct Names {
    /// The activation, by its canonical name.
    pub(crate) activation: &'static str,
    /// The number of channels.
    pub(crate) count: &'static str,
    /// What `inner` has to be.
    pub(crate) inner: &'static str,
}

/// The numbers for a run of elements.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Numbers {
    /// A number for each element of the run, from here on.
    Stream(*const f32),
    /// One number for all elements of the run.
    Constant(f32),
}

impl<'a> Channels<'a> {
    /// The channels of any tensor `[outer, numbers.len(), inner]`.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] where there is no number, or `inner` is 0 or too large for any tensor.
    pub(crate) fn new(numbers: &'a [f32], inner: usize, names: Names) -> Result<Self, Error> {
        let invalid = |parameter, value, expected| Error::InvalidParameter {
            activation: names.activation,
            parameter,
            value,
            expected,
        };
        if numbers.is_empty() {
            return Err(invalid(names.count, 0.0, "1 or more"));
        }
        if inner == 0 || numbers.len().checked_mul(inner).is_none() {
            return Err(invalid("inner", inner as f32, names.inner));
        }
        Ok(Self { numbers, inner })
    }

    /// The numbers, one for each channel.
    #[cfg(test)]
    pub(crate) const fn numbers(&self) -> &'a [f32] {
        self.numbers
    }

    /// Consecutive elements that share a channel.
    #[cfg(test)]
    pub(crate) const fn inner(&self) -> usize {
        self.inner
    }

    /// The number for the element at `index` of the tensor.
    pub(crate) fn at(&self, index: usize) -> f32 {
        self.numbers[index / self.inner % self.numbers.len()]
    }

    /// After how many elements the numbers repeat.
    const fn period(&self) -> usize {
        self.numbers.len() * self.inner
    }

    /// Whether a tensor of `len` elements has such channels.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] where it has not.
    #[inline]
    pub(crate) fn check(&self, len: usize) -> Result<(), Error> {
        if len.is_multiple_of(self.period()) {
            Ok(())
        } else {
            Err(Error::ShapeMismatch {
                len,
                channels: self.numbers.len(),
                inner: self.inner,
            })
        }
    }

    /// Where a tensor may be cut.
    pub(crate) fn cuts(&self) -> Cuts {
        Cuts::Periods {
            period: self.period(),
            step: Some(self.inner),
        }
    }

    /// The channels of the `len` elements from `start` on, where [`cuts`](Self::cuts) has cut them so: whole periods,
    /// some channels, or a stretch of one.
    pub(crate) fn part(&self, start: usize, len: usize) -> Self {
        let Self { numbers, inner } = *self;
        if len >= self.period() {
            return *self;
        }
        // Less than a period, so that neither sum nor range is beyond the numbers, if it is cut so.
        let (_, rest) = numbers.split_at(start / inner % numbers.len());
        let count = (len / inner).max(1);
        Self {
            numbers: rest.get(..count).unwrap_or(numbers),
            inner: inner.min(len).max(1),
        }
    }

    /// Calls `run(start, len, operand)` for runs of elements that make up a tensor of `tensor` elements; they do not
    /// overlap, and come in any order. A stream has `len` numbers for as long as the call lasts.
    ///
    /// `tensor` has passed [`check`](Self::check).
    #[inline]
    pub(crate) fn for_each_run(&self, tensor: usize, mut run: impl FnMut(usize, usize, Numbers)) {
        let Self { numbers, inner } = *self;
        let period = self.period();
        let is_reused = tensor / SEVERAL >= period;
        if let [number] = numbers {
            run(0, tensor, Numbers::Constant(*number));
        } else if inner == 1 && (period >= TABLE / 2 || period >= MANY && !is_reused) {
            for start in (0..tensor).step_by(period) {
                run(start, period, Numbers::Stream(numbers.as_ptr()));
            }
        } else if inner >= RATHER_SHORT || inner >= SHORT && !is_reused {
            for start in (0..tensor).step_by(period) {
                for (channel, &number) in numbers.iter().enumerate() {
                    run(start + channel * inner, inner, Numbers::Constant(number));
                }
            }
        } else {
            self.for_each_run_of_a_table(tensor, is_reused, run);
        }
    }

    /// Does the same by way of a table. It is a function of its own so that other calls have no table on their stack.
    #[inline(never)]
    fn for_each_run_of_a_table(
        &self,
        tensor: usize,
        is_reused: bool,
        mut run: impl FnMut(usize, usize, Numbers),
    ) {
        let Self { numbers, inner } = *self;
        let period = self.period();
        // The table repeats all channels, if it has room for them: but not more often than pays.
        let room = if is_reused {
            TABLE.min(tensor / SEVERAL)
        } else {
            period.min(TABLE)
        };
        let (channels, repeats) = match room / period {
            0 => (room / inner, 1),
            repeats => (numbers.len(), repeats),
        };
        let mut table = Table([const { MaybeUninit::uninit() }; TABLE]);
        let mut first = 0;
        for group in numbers.chunks(channels) {
            let count = group.len() * inner * repeats;
            let filled = fill(&mut table.0[..count], group, inner);
            for start in (first..tensor).step_by(period * repeats) {
                run(start, count.min(tensor - start), Numbers::Stream(filled));
            }
            first += count;
        }
    }
}

/// A number for each element of some rows. It is aligned so that no vector straddles cache lines.
#[repr(align(64))]
struct Table([MaybeUninit<f32>; TABLE]);

/// Fills the table with each number `inner` times, repeats that until the table is full, and returns its start.
fn fill(table: &mut [MaybeUninit<f32>], numbers: &[f32], inner: usize) -> *const f32 {
    for (cells, &number) in table.chunks_mut(inner).zip(numbers) {
        cells.fill(MaybeUninit::new(number));
    }
    let mut filled = numbers.len() * inner;
    while filled < table.len() {
        let more = filled.min(table.len() - filled);
        table.copy_within(..more, filled);
        filled += more;
    }
    table.as_ptr().cast()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: Names = Names {
        activation: "test",
        count: "numbers.len()",
        inner: "more",
    };

    #[test]
    fn runs_make_up_the_tensor() {
        let numbers: Vec<f32> = (0..1500).map(|i| i as f32).collect();
        for channels in [1, 2, 3, 63, 64, 700, 1500] {
            for inner in [1, 2, 15, 16, 17, 255, 256, 1025] {
                for outer in [0, 1, 3, 4, 5, 40] {
                    let channels = Channels::new(&numbers[..channels], inner, NAMES).unwrap();
                    let len = outer * channels.period();
                    if len > 1 << 18 {
                        continue;
                    }
                    let mut seen = vec![f32::NAN; len];
                    channels.for_each_run(len, |start, count, operand| {
                        let run = &mut seen[start..start + count];
                        assert!(run.iter().all(|number| number.is_nan()));
                        match operand {
                            Numbers::Constant(number) => run.fill(number),
                            Numbers::Stream(first) => {
                                // SAFETY: a stream has as many numbers as the run has elements.
                                let stream = unsafe { core::slice::from_raw_parts(first, count) };
                                run.copy_from_slice(stream);
                            }
                        }
                    });
                    let is_right = |(at, number): (usize, &f32)| *number == channels.at(at);
                    assert!(
                        seen.iter().enumerate().all(is_right),
                        "{channels:?} {outer}"
                    );
                }
            }
        }
    }

    #[test]
    fn parts_of_any_kind_do_not_overflow() {
        let channels = Channels::new(&[1.0, 2.0, 3.0], 4, NAMES).unwrap();
        assert_eq!(channels.part(12, 24), channels);
        let [second] = channels.part(4, 4).numbers() else {
            panic!("one channel");
        };
        assert_eq!(*second, 2.0);
        for start in [0, 5, usize::MAX] {
            for len in [0, 1, 11, 12, usize::MAX] {
                let part = channels.part(start, len);
                assert!(!part.numbers.is_empty() && part.inner > 0);
            }
        }
    }
}
