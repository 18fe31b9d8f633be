//! Which keys take part.

/// A bound on the keys of each row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bounds<'a> {
    /// No bound.
    #[default]
    None,
    /// A number for each row. If there are fewer numbers than rows, they repeat.
    PerRow(&'a [usize]),
    /// A number for each batch.
    PerBatch(&'a [usize]),
}

impl Bounds<'_> {
    /// The bound of row `row`, which is of batch `batch`.
    #[inline(always)]
    pub(crate) fn of(self, row: usize, batch: usize) -> Option<usize> {
        match self {
            Self::None => None,
            Self::PerRow(bounds) => bounds.get(row.checked_rem(bounds.len())?).copied(),
            Self::PerBatch(bounds) => bounds.get(batch).copied(),
        }
    }
}

/// The keys around its own that a query sees.
///
/// The own key of query `q` is number `q + past`: there are `past` keys before that of the first query, from earlier
/// calls. If there are fewer keys than queries, `past` is negative, and the first queries may see none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Keys before that of the first query.
    pub past: isize,
    /// How many keys before its own a query sees; [`usize::MAX`] for all.
    pub before: usize,
    /// How many keys behind its own a query sees; [`usize::MAX`] for all.
    pub after: usize,
}

impl Default for Window {
    fn default() -> Self {
        Self::ALL
    }
}

impl Window {
    /// Every query sees all keys.
    pub const ALL: Self = Self {
        past: 0,
        before: usize::MAX,
        after: usize::MAX,
    };

    /// Causal attention: a query sees its own key and all before it.
    pub const fn causal(past: isize) -> Self {
        Self {
            past,
            before: usize::MAX,
            after: 0,
        }
    }

    /// Causal attention by a sliding window of `keys`: a query sees its own key and the `keys - 1` before it.
    pub const fn sliding(past: isize, keys: usize) -> Self {
        Self {
            past,
            before: keys.saturating_sub(1),
            after: 0,
        }
    }

    /// Whether every query sees all keys.
    #[inline(always)]
    pub(crate) fn is_all(self) -> bool {
        self.before == usize::MAX && self.after == usize::MAX
    }

    /// The keys, of `axis`, that the query sees whose own one is number `own`: from the first on up to the second, if
    /// that is larger.
    #[inline(always)]
    pub(crate) fn keys(self, own: isize, axis: usize) -> (usize, usize) {
        let start = match self.before {
            usize::MAX => 0,
            before => usize::try_from(own.saturating_sub_unsigned(before)).unwrap_or(0),
        };
        let end = match self.after {
            usize::MAX => axis,
            after => {
                let end = own.saturating_add_unsigned(after).saturating_add(1);
                usize::try_from(end).unwrap_or(0).min(axis)
            }
        };
        (start, end)
    }
}

/// What a row without any key gives: one of which no key takes part, or whose logits are all -inf, by the mask or by
/// themselves. (One whose logits are large negative numbers has keys.) A row with a sink is not empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Empty {
    /// NaN for each key that takes part, as in PyTorch's `softmax`.
    #[default]
    Nan,
    /// A share of 0 for each key, as in ONNX's `Attention` and PyTorch's `scaled_dot_product_attention`.
    Zero,
}
