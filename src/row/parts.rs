//! The rows of a large tensor in parts, for several threads.

use super::formula::LaunchRows;
use crate::drive::Io;
use crate::parallel::{Divide, share};
use crate::{Element, Isa, Rows};

/// Some of the `outer` rows of a tensor, from row `first` of it on.
///
/// Whoever makes one sees to it that all parts may be run by any thread, and no two of them overlap.
#[derive(Clone, Copy)]
struct Stretch<'a, A, T> {
    operation: &'a A,
    rows: Rows,
    io: Io<T>,
    first: usize,
}

// SAFETY: the operation may be used by several threads, and what `io` points to is borrowed for as long as the call
// lasts, by whoever made the stretch; no two parts of one overlap.
unsafe impl<A: Sync, T: Element> Send for Stretch<'_, A, T> {}

// SAFETY: as above.
unsafe impl<A: Sync, T: Element> Sync for Stretch<'_, A, T> {}

impl<A, T> Stretch<'_, A, T> {
    /// Elements of one of the `outer` rows; `check` has seen to it that this does not overflow.
    fn row(&self) -> usize {
        self.rows.axis * self.rows.inner
    }

    /// How many of them there are.
    fn count(&self) -> usize {
        self.io.len.checked_div(self.row()).unwrap_or(0)
    }
}

impl<A: LaunchRows<T> + Sync, T: Element> Divide for Stretch<'_, A, T> {
    fn len(&self) -> usize {
        self.io.len
    }

    fn halves(self) -> Option<(Self, Self)> {
        let Self { io, first, .. } = self;
        let middle = self.operation.cuts(self.rows).middle(self.count(), 1)?;
        let at = middle * self.row();
        // SAFETY: `middle` is less than the number of rows.
        let (upper, lower) = unsafe { (io.part(0, at), io.part(at, io.len - at)) };
        Some((
            Self { io: upper, ..self },
            Self {
                io: lower,
                first: first + middle,
                ..self
            },
        ))
    }

    fn run(self) {
        let operation = self.operation.part(self.rows, self.first, self.count());
        if self.io.len > 0 {
            // SAFETY: `detect` names an instruction set of this CPU; whoever made the stretch has seen to memory and
            // `check`, and what passes for a tensor passes for a part that `cuts` allows.
            unsafe { operation.launch(Isa::detect(), self.rows, self.io) };
        }
    }
}

/// Applies `operation` to the rows of `io`.
///
/// # Safety
/// `io.src` is valid for reads and `io.dst` for writes of `io.len` elements; the two are equal or do not overlap.
/// `check(rows, io.len)` has returned `Ok`.
pub(crate) unsafe fn apply<T: Element, A: LaunchRows<T> + Sync>(
    operation: &A,
    rows: Rows,
    io: Io<T>,
) {
    share(Stretch {
        operation,
        rows,
        io,
        first: 0,
    });
}
