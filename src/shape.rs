//! Which elements of a tensor are a row.

/// How an operation on rows sees a tensor: as `[outer, axis, inner]` in row-major order, `outer` being what is
/// left of its length. A row is what lies along `axis`.
///
/// For the last axis of a tensor `inner` is 1, and a row is `axis` consecutive elements. For any other, `inner`
/// is the product of the dimensions behind it: for the channels of NCHW it is H·W.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rows {
    /// Elements in a row.
    pub axis: usize,
    /// How far the elements of a row are apart: 1 if they are consecutive.
    pub inner: usize,
}

impl Rows {
    /// Rows of `axis` consecutive elements.
    pub const fn last(axis: usize) -> Self {
        Self { axis, inner: 1 }
    }

    /// Rows of `axis` elements, each `inner` after the one before.
    pub const fn strided(axis: usize, inner: usize) -> Self {
        Self { axis, inner }
    }
}

/// How many elements of each row take part, from its first on. What lies behind them is not looked at, and comes
/// out as a probability of 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lengths<'a> {
    /// All elements.
    #[default]
    All,
    /// For each of the `outer` rows, a number says how many. If there are fewer numbers than rows, they repeat.
    PerRow(&'a [usize]),
    /// Causal attention: query `q` of `queries` sees the keys before it, of which there are `past` from earlier
    /// calls, and its own: `past + q + 1` elements, or all where there are fewer.
    Causal {
        /// Rows before the pattern repeats, for the next head.
        queries: usize,
        /// Keys before the first query.
        past: usize,
    },
}

impl Lengths<'_> {
    /// After how many rows the lengths repeat; 0 if they are the same for all rows, or if there are none.
    pub(crate) fn period(self) -> usize {
        match self {
            Self::All => 0,
            Self::PerRow(lengths) => lengths.len(),
            Self::Causal { queries, .. } => queries,
        }
    }

    /// The lengths of `count` rows from `first` on, which are whole periods or lie in one.
    pub(crate) fn part(self, first: usize, count: usize) -> Self {
        if count >= self.period() {
            return self;
        }
        let first = first % self.period();
        match self {
            Self::All => Self::All,
            Self::PerRow(lengths) => {
                Self::PerRow(lengths.get(first..first + count).unwrap_or(lengths))
            }
            Self::Causal { past, .. } => Self::Causal {
                queries: count,
                past: past.saturating_add(first),
            },
        }
    }

    /// The length of row `row`, where a whole one has `axis` elements.
    #[inline(always)]
    pub(crate) fn of(self, row: usize, axis: usize) -> usize {
        match self {
            Self::All => axis,
            Self::PerRow(lengths) => match row.checked_rem(lengths.len()) {
                // `check` has seen to the second; the first is in range.
                Some(row) => lengths.get(row).copied().unwrap_or(axis).min(axis),
                None => axis,
            },
            Self::Causal { queries, past } => {
                let query = row.checked_rem(queries).unwrap_or(row);
                past.saturating_add(query).saturating_add(1).min(axis)
            }
        }
    }
}
