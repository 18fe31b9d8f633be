//! The mask of attention.

use crate::Float;
use crate::element::Slice;
use core::fmt;

/// What is added to the logits of each row, or which of them are kept.
///
/// It has rows of `axis` elements. Which of them belongs to a row of the scores is said by [`strides`](Self::strides);
/// without them, row `r` of the scores has number `r` modulo the number of rows of the mask: one for all, one per query
/// for all heads, or one for each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mask<'a> {
    pub(crate) values: Values<'a>,
    pub(crate) strides: Option<[usize; 3]>,
}

/// The elements of a mask.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Values<'a> {
    /// There is no mask.
    None,
    /// They are added; there are some.
    Added(Slice<'a>),
    /// They say which logits are kept: those whose byte is not 0; there are some.
    Kept(&'a [u8]),
}

impl fmt::Debug for Values<'_> {
    /// What they are, and how many: there may be millions.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Added(values) => {
                let (_, of) = values.start();
                write!(f, "Added({} of {of:?})", values.len())
            }
            Self::Kept(values) => write!(f, "Kept({})", values.len()),
        }
    }
}

impl Values<'_> {
    /// How many there are.
    pub(crate) const fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Added(values) => values.len(),
            Self::Kept(values) => values.len(),
        }
    }
}

impl Default for Mask<'_> {
    fn default() -> Self {
        Self::NONE
    }
}

impl<'a> Mask<'a> {
    /// No mask.
    pub const NONE: Self = Self {
        values: Values::None,
        strides: None,
    };

    /// `values` are added to the logits; with the feature `half` they may have 16 bits. Without any values there is no mask.
    pub fn added<T: Float>(values: &'a [T]) -> Self {
        if values.is_empty() {
            return Self::NONE;
        }
        Self {
            values: Values::Added(Slice::of(values)),
            strides: None,
        }
    }

    /// Logits are kept where `values` says so, and -inf elsewhere. Without any values there is no mask.
    pub const fn kept(values: &'a [bool]) -> Self {
        // SAFETY: a bool is a byte, of 0 or 1.
        let bytes = unsafe { core::slice::from_raw_parts(values.as_ptr().cast(), values.len()) };
        Self::kept_bytes(bytes)
    }

    /// Logits are kept where `bytes` are not 0, and -inf elsewhere.
    pub(crate) const fn kept_bytes(bytes: &'a [u8]) -> Self {
        if bytes.is_empty() {
            return Self::NONE;
        }
        Self {
            values: Values::Kept(bytes),
            strides: None,
        }
    }

    /// How many elements of the mask it is from one batch, head and query to the next: 0 where they share a row. For scores
    /// `[batch, heads, queries, keys]` a mask `[batch, 1, 1, keys]` has `[keys, 0, 0]`. Rows may be longer than `axis`.
    #[must_use]
    pub const fn strides(mut self, strides: [usize; 3]) -> Self {
        self.strides = Some(strides);
        self
    }

    /// Whether there is none.
    #[inline(always)]
    pub(crate) const fn is_none(&self) -> bool {
        matches!(self.values, Values::None)
    }

    /// Where the row of the mask starts that belongs to row `row`, at `place`, of rows of `axis` elements.
    #[inline(always)]
    pub(crate) fn start(&self, row: usize, place: [usize; 3], axis: usize) -> usize {
        match self.strides {
            Some(strides) => strides
                .iter()
                .zip(place)
                .map(|(stride, at)| stride * at)
                .sum(),
            None => {
                let rows = self.values.len().checked_div(axis).unwrap_or(0);
                row.checked_rem(rows).unwrap_or(0) * axis
            }
        }
    }
}
