//! Tensors in which numbers vary along axes that do not follow one another: `[3, 1, 5]` numbers for `[2, 3, 4, 5]` elements.
//!
//! Such a tensor consists of tensors `[outer, channels, inner]`, each with channels of its own.

use super::{Channels, Numbers};
use crate::Isa;
use crate::element::Slice;

/// How many groups of axes there may be along which the numbers vary.
pub(crate) const GROUPS: usize = 4;

/// Axes along which numbers vary, taken for one, and those behind them along which they do not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Group {
    /// Elements along the axes with numbers of their own.
    pub(crate) varying: usize,
    /// Elements along those behind them.
    pub(crate) shared: usize,
}

impl Group {
    /// No axes.
    pub(crate) const NONE: Self = Self {
        varying: 1,
        shared: 1,
    };
}

/// The numbers of a tensor `[outer, varying, shared, varying, shared, ..]`, or of a stretch of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Grid<'a> {
    /// As many as the product of what varies.
    numbers: Slice<'a>,
    /// None of their sizes is 0, and their product is at most `usize::MAX / 2`. Those that are not wanted come first.
    groups: [Group; GROUPS],
    /// The number of the first element, less than a period.
    start: usize,
    /// How many elements there are, if it is a stretch.
    len: Option<usize>,
}

impl<'a> Grid<'a> {
    /// The grid of `numbers` for `groups`, whose sizes are as the field says; at least two of them vary.
    pub(crate) fn new(numbers: Slice<'a>, groups: [Group; GROUPS]) -> Self {
        Self {
            numbers,
            groups,
            start: 0,
            len: None,
        }
    }

    /// All numbers, each once.
    pub(crate) fn numbers(&self) -> Slice<'a> {
        self.numbers
    }

    /// The last group, and how many elements there are before its numbers become others.
    fn last(&self) -> (Group, usize) {
        let [.., before, last] = self.groups;
        (last, before.shared * last.varying * last.shared)
    }

    /// After how many elements the numbers repeat.
    fn period(&self) -> usize {
        let sizes = self.groups.iter();
        sizes.map(|group| group.varying * group.shared).product()
    }

    /// Which of the numbers the element at `place` of the whole tensor has.
    fn position(&self, mut place: usize) -> usize {
        let (mut position, mut stride) = (0, 1);
        for Group { varying, shared } in self.groups.into_iter().rev() {
            place /= shared;
            position += place % varying * stride;
            place /= varying;
            stride *= varying;
        }
        position
    }

    /// The number for the element at `index`.
    pub(crate) fn at(&self, index: usize) -> f32 {
        let place = self.start + index % self.period();
        // There is such a number.
        self.numbers.get(self.position(place)).unwrap_or(f32::NAN)
    }

    /// Whether a tensor of `len` elements has such numbers.
    pub(crate) fn fits(&self, len: usize) -> bool {
        self.len.map_or_else(
            || len.is_multiple_of(self.period()),
            |stretch| len == stretch,
        )
    }

    /// How many elements of a tensor share the last group's place in all other groups, and its `inner`, for an error.
    pub(crate) fn shape(&self) -> (usize, usize) {
        let inner = self.last().0.shared;
        (self.period() / inner, inner)
    }

    /// The numbers of any `len` elements from `start` on.
    pub(crate) fn part(&self, start: usize, len: usize) -> Self {
        let period = self.period();
        Self {
            start: (self.start + start % period) % period,
            len: Some(len),
            ..*self
        }
    }

    /// As [`Channels::for_each_run`].
    ///
    /// # Safety
    /// The CPU has `isa`, and `tensor` [`fits`](Self::fits).
    #[inline]
    pub(crate) unsafe fn for_each_run(
        &self,
        isa: Isa,
        tensor: usize,
        mut run: impl FnMut(usize, usize, Numbers),
    ) {
        let (last, block) = self.last();
        let mut at = 0;
        while at < tensor {
            let place = self.start + at;
            let behind = place % block;
            // From the start of a block to its end there are these channels, again and again.
            let first = self.position(place - behind);
            let channels = Channels {
                numbers: self.numbers.part(first, last.varying),
                inner: last.shared,
            };
            let most = (block - behind).min(tensor - at);
            let len = channels.cuts().stretch(behind, most);
            let part = channels.part(behind, len);
            let run = |start, count, numbers| run(at + start, count, numbers);
            // SAFETY: the CPU has `isa`, says the caller, and a stretch that the channels may be cut to is a tensor of
            // its part.
            unsafe { part.for_each_run(isa, len, run) };
            at += len;
        }
    }
}
