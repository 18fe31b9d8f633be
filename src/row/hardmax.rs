use super::formula::{LaunchRows, RowFormula};
use super::group::Group;
use super::logits::Logits;
use super::passes::{OfLayout, Passes};
#[cfg(feature = "half")]
use super::pieces::{Finds, Pieces};
use super::tensor::{Operation, map};
use crate::converted::AnyIo;
use crate::error::outer_of;
use crate::shape::Rows;
use crate::{Attention, Error, Isa};
#[cfg(feature = "alloc")]
use alloc::{vec, vec::Vec};

/// `f(x)[i] = if i is the first largest element of its row { 1 } else { 0 }`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32 |
/// | Shapes | any `[outer, axis, inner]`, see [`Rows`]; the output is as long as the input |
/// | Error | 0: each result is exact |
/// | Special values | of several that are the largest, the first counts; infinities are numbers like others; -0 equals +0; a row with a NaN gives NaN throughout |
/// | Errors | [`Error::RowsMismatch`]; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | ONNX `Hardmax` |
///
/// ```
/// use activations::{Hardmax, RowActivation, Rows};
/// let mut x = [1.0, 3.0, 3.0];
/// Hardmax.apply_in_place(Rows::last(3), &mut x)?;
/// assert_eq!(x, [0.0, 1.0, 0.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hardmax;

impl RowFormula for Hardmax {
    #[cfg(feature = "alloc")]
    fn reference(&self, _row: usize, x: &[f64]) -> Vec<f64> {
        if x.iter().any(|x| x.is_nan()) {
            return vec![f64::NAN; x.len()];
        }
        let max = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let first = x.iter().position(|&x| x == max);
        (0..x.len())
            .map(|i| f64::from(u8::from(Some(i) == first)))
            .collect()
    }

    fn check(&self, rows: Rows, len: usize) -> Result<(), Error> {
        outer_of(rows, len).map(drop)
    }
}

impl LaunchRows for Hardmax {
    #[inline]
    unsafe fn launch(&self, isa: Isa, rows: Rows, io: AnyIo) {
        let operation = Operation {
            run: choose,
            #[cfg(feature = "half")]
            run_in_pieces: choose_in_pieces,
            past: 0.0,
        };
        // SAFETY: the caller's promise, passed on.
        unsafe {
            map(
                isa,
                &Attention::new(),
                rows,
                (io, core::ptr::null_mut()),
                operation,
            )
        }
    }
}

/// Two passes: the largest element; and ones where elements equal it, of which all but the first are taken back.
///
/// # Safety
/// As for [`Operation::run`].
unsafe fn choose(_passes: &Passes, layout: &OfLayout, _logits: Logits, group: &mut Group) {
    // SAFETY: the caller's promise, passed on.
    unsafe {
        (layout.largest_or_nan)(group);
        group.known.largest = group.found[0];
        (layout.matches)(group);
        for row in 0..group.count {
            if group.found[0].get(row) > 1.0 {
                keep_first(group, row, false);
            }
        }
    }
}

/// Ones and zeros of one row in pieces, of which the first that has a largest element keeps its 1.
///
/// # Safety
/// As for [`Operation::run_in_pieces`].
#[cfg(feature = "half")]
unsafe fn choose_in_pieces(pieces: &mut Pieces<'_>) {
    let passes = pieces.passes;
    let mut seen = false;
    // SAFETY: the caller's promise, passed on; `matches` finds how many ones there are in a piece.
    unsafe {
        pieces.take(passes.along.largest_or_nan, Finds::LargestAndSum);
        pieces.group.known.largest = pieces.group.found[0];
        pieces.write(passes.along.matches, |group| {
            let count = group.found[0].get(0);
            if count > 1.0 || count > 0.0 && seen {
                keep_first(group, 0, seen);
            }
            seen |= count > 0.0;
        });
    }
}

/// Leaves the first 1 in row `row` of what was written, or none if one was seen before.
///
/// # Safety
/// The group is as its fields say, and there is such a row.
#[cold]
unsafe fn keep_first(group: &Group, row: usize, mut seen: bool) {
    // SAFETY: there is such a row, says the caller.
    let (start, len, step) = unsafe {
        match group.stride {
            0 => (row * group.pitch, group.lens.get(row), 1),
            stride => (row, group.lens.get(0), stride),
        }
    };
    for element in 0..len {
        // SAFETY: the elements of the row are where the group says.
        let y = unsafe { &mut *group.dst.add(start + element * step) };
        if *y == 1.0 {
            *y = if seen { 0.0 } else { 1.0 };
            seen = true;
        }
    }
}
