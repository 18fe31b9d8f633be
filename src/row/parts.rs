//! The rows of a large tensor in parts, for several threads.

use super::formula::LaunchRows;
use crate::converted::AnyIo;
use crate::parallel::{Divide, share};
use crate::{Cuts, Isa, Rows};

/// Some of the `outer` rows of a tensor, from row `first` of it on.
///
/// Whoever makes one sees to it that all parts may be run by any thread, and no two of them overlap.
#[derive(Clone, Copy)]
struct Stretch<'a, A> {
    operation: &'a A,
    rows: Rows,
    io: AnyIo,
    first: usize,
    /// How many rows the whole tensor has.
    outer: usize,
}

// SAFETY: the operation may be used by several threads, and what `io` points to is borrowed for as long as the call
// lasts, by whoever made the stretch; no two parts of one overlap.
unsafe impl<A: Sync> Send for Stretch<'_, A> {}

// SAFETY: as above.
unsafe impl<A: Sync> Sync for Stretch<'_, A> {}

impl<A> Stretch<'_, A> {
    /// Elements of one of the `outer` rows; `check` has seen to it that this does not overflow.
    fn row(&self) -> usize {
        self.rows.axis * self.rows.inner
    }

    /// How many of them there are.
    fn count(&self) -> usize {
        self.io.len.checked_div(self.row()).unwrap_or(0)
    }
}

impl<A: LaunchRows + Sync> Divide for Stretch<'_, A> {
    fn len(&self) -> usize {
        self.io.len
    }

    fn halves(self) -> Option<(Self, Self)> {
        let Self { io, first, .. } = self;
        let middle = Cuts::Anywhere.middle(self.count(), 1)?;
        let at = middle * self.row();
        let (upper, lower) = (io.part(0, at), io.part(at, io.len - at));
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
        let operation = self.operation.part(self.outer, self.first);
        if self.io.len > 0 {
            // SAFETY: `detect` names an instruction set of this CPU; whoever made the stretch has seen to memory and
            // `check`, and what passes for a tensor passes for any part of it.
            unsafe { operation.launch(Isa::detect(), self.rows, self.io) };
        }
    }
}

/// Applies `operation` to the rows of `io`.
///
/// # Safety
/// What `io` says can be read and written; the two do not overlap, or are the same and of one type. `check(rows, io.len)` has
/// returned `Ok`.
pub(crate) unsafe fn apply<A: LaunchRows + Sync>(operation: &A, rows: Rows, io: AnyIo) {
    let mut whole = Stretch {
        operation,
        rows,
        io,
        first: 0,
        outer: 0,
    };
    whole.outer = whole.count();
    share(whole);
}
