//! Tensors `[outer, channels, inner]` in row-major order, with a number for each channel.
//!
//! Such a number is either one for a while, where rows are long, or one of a stream of numbers that starts again and
//! again, where they are short. Both are runs of contiguous elements; which runs is found out here, once for all that
//! has channels.

use crate::converted::Elements;
use crate::element::Slice;
use crate::{Cuts, Error, Float, Isa};
use core::mem::MaybeUninit;

pub(crate) mod grid;

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
    numbers: Slice<'a>,
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
    pub(crate) fn new<T: Float>(
        numbers: &'a [T],
        inner: usize,
        names: Names,
    ) -> Result<Self, Error> {
        let numbers = Slice::of(numbers);
        let invalid = |parameter, value, expected| Error::InvalidParameter {
            activation: names.activation,
            parameter,
            value,
            expected,
        };
        if numbers.len() == 0 {
            return Err(invalid(names.count, 0.0, "1 or more"));
        }
        if inner == 0 || numbers.len().checked_mul(inner).is_none() {
            return Err(invalid("inner", inner as f32, names.inner));
        }
        Ok(Self { numbers, inner })
    }

    /// The numbers, one for each channel.
    pub(crate) const fn numbers(&self) -> Slice<'a> {
        self.numbers
    }

    /// Consecutive elements that share a channel.
    pub(crate) const fn inner(&self) -> usize {
        self.inner
    }

    /// The number for the element at `index` of the tensor.
    pub(crate) fn at(&self, index: usize) -> f32 {
        let channel = index / self.inner % self.numbers.len();
        // There is such a channel.
        self.numbers.get(channel).unwrap_or(f32::NAN)
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
        // Less than a period, so that it is not beyond the numbers, if it is cut so.
        let first = start / inner % numbers.len();
        Self {
            numbers: numbers.part(first, (len / inner).max(1)),
            inner: inner.min(len).max(1),
        }
    }

    /// Calls `run(start, len, operand)` for runs of elements that make up a tensor of `tensor` elements; they do not
    /// overlap, and come in any order. A stream has `len` numbers for as long as the call lasts.
    ///
    /// # Safety
    /// The CPU has `isa`, on which numbers of 16 bits are widened. `tensor` has passed [`check`](Self::check).
    #[inline]
    pub(crate) unsafe fn for_each_run(
        &self,
        isa: Isa,
        tensor: usize,
        mut run: impl FnMut(usize, usize, Numbers),
    ) {
        // SAFETY: the caller's promises, passed on.
        unsafe {
            Self::for_each_run_of([*self], isa, tensor, |start, len, [numbers]| {
                run(start, len, numbers);
            });
        }
    }

    /// As [`for_each_run`](Self::for_each_run), where each channel has several numbers, of one type: an operand for each of them.
    ///
    /// # Safety
    /// As there; the channels are as many and as long in each of `lists`.
    #[inline]
    pub(crate) unsafe fn for_each_run_of<const K: usize>(
        lists: [Self; K],
        isa: Isa,
        tensor: usize,
        mut run: impl FnMut(usize, usize, [Numbers; K]),
    ) {
        let Some(&Self { numbers, inner }) = lists.first() else {
            return;
        };
        let period = numbers.len() * inner;
        let is_reused = tensor / SEVERAL >= period;
        let constants = |channel| {
            // There is such a channel.
            lists.map(|list| Numbers::Constant(list.numbers.get(channel).unwrap_or(f32::NAN)))
        };
        if numbers.len() == 1 {
            run(0, tensor, constants(0));
        } else if inner == 1
            && (period >= TABLE / 2 || period >= MANY && !is_reused)
            && Elements::of_slice(numbers).as_f32().is_some()
        {
            let first = lists.map(|list| {
                let first = Elements::of_slice(list.numbers).as_f32();
                Numbers::Stream(first.unwrap_or_default())
            });
            for start in (0..tensor).step_by(period) {
                run(start, period, first);
            }
        } else if inner >= RATHER_SHORT || inner >= SHORT && !is_reused {
            for start in (0..tensor).step_by(period) {
                for channel in 0..numbers.len() {
                    run(start + channel * inner, inner, constants(channel));
                }
            }
        } else {
            // SAFETY: the caller's promise, passed on.
            unsafe { Self::for_each_run_of_tables(lists, isa, tensor, is_reused, run) };
        }
    }

    /// Does the same by way of tables. It is a function of its own so that other calls have none on their stack.
    ///
    /// # Safety
    /// As there.
    #[inline(never)]
    unsafe fn for_each_run_of_tables<const K: usize>(
        lists: [Self; K],
        isa: Isa,
        tensor: usize,
        is_reused: bool,
        mut run: impl FnMut(usize, usize, [Numbers; K]),
    ) {
        let Some(&Self { numbers, inner }) = lists.first() else {
            return;
        };
        let period = numbers.len() * inner;
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
        let mut tables = [const { Table::new() }; K];
        let mut first = 0;
        for channel in (0..numbers.len()).step_by(channels) {
            let group = channels.min(numbers.len() - channel);
            let count = group * inner * repeats;
            // If each number is to be there more than once, they first go to the end, and from there to where they
            // belong: none is overwritten before that.
            let start = if inner == 1 { 0 } else { TABLE - group };
            for (list, table) in lists.iter().zip(&mut tables) {
                let elements = Elements::of_slice(list.numbers).from(channel);
                // SAFETY: there are so many numbers from `channel` on, the table has room for as many from `start` on, and
                // the CPU has `isa`.
                unsafe { elements.widen(isa, group, table.0.as_mut_ptr().add(start).cast()) };
                if inner > 1 {
                    for i in 0..group {
                        let number = table.0[start + i];
                        table.0[i * inner..(i + 1) * inner].fill(number);
                    }
                }
                repeat(&mut table.0[..count], group * inner);
            }
            let filled = core::array::from_fn(|k| Numbers::Stream(tables[k].0.as_ptr().cast()));
            for start in (first..tensor).step_by(period * repeats) {
                run(start, count.min(tensor - start), filled);
            }
            first += count;
        }
    }
}

/// A number for each element of some rows. It is aligned so that no vector straddles cache lines.
#[repr(align(64))]
struct Table([MaybeUninit<f32>; TABLE]);

impl Table {
    const fn new() -> Self {
        Self([const { MaybeUninit::uninit() }; TABLE])
    }
}

/// Repeats the first `filled` numbers until the table is full.
fn repeat(table: &mut [MaybeUninit<f32>], mut filled: usize) {
    while filled < table.len() {
        let more = filled.min(table.len() - filled);
        table.copy_within(..more, filled);
        filled += more;
    }
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
                    let run = |start, count, operand| {
                        let run: &mut [f32] = &mut seen[start..start + count];
                        assert!(run.iter().all(|number| number.is_nan()));
                        match operand {
                            Numbers::Constant(number) => run.fill(number),
                            Numbers::Stream(first) => {
                                // SAFETY: a stream has as many numbers as the run has elements.
                                let stream = unsafe { core::slice::from_raw_parts(first, count) };
                                run.copy_from_slice(stream);
                            }
                        }
                    };
                    // SAFETY: `detect` names an instruction set of this CPU, and `len` is a multiple of the period.
                    unsafe { channels.for_each_run(Isa::detect(), len, run) };
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
        let channels = Channels::new(&[1.0_f32, 2.0, 3.0], 4, NAMES).unwrap();
        assert_eq!(channels.part(12, 24), channels);
        assert_eq!(channels.part(4, 4).numbers(), Slice::F32(&[2.0]));
        for start in [0, 5, usize::MAX] {
            for len in [0, 1, 11, 12, usize::MAX] {
                let part = channels.part(start, len);
                assert!(part.numbers.len() > 0 && part.inner > 0);
            }
        }
    }
}
