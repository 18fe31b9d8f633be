//! What attention asks of a softmax: how logits are made of scores, and which keys take part.

use crate::{Bounds, Empty, Mask, Window};

mod check;
pub(crate) mod keys;
pub(crate) mod mask;
#[cfg(feature = "alloc")]
mod reference;

/// How the operations on rows make logits of scores, and which keys of each row take part: all that attention asks of a
/// softmax, in one call. [`Softmax`](crate::Softmax), [`LogSoftmax`](crate::LogSoftmax) and [`Softmin`](crate::Softmin)
/// have one.
///
/// The logit of query `q` and key `k`, and its steps in their order, each of which is rounded to f32:
///
/// ```text
/// t = scale * x
/// t = cap * tanh(t / cap)                     with a soft cap
/// t = t + slope * (k - (q + past))            with slopes
/// t = t + mask                                with a mask that is added
/// t = -inf unless kept                        with a mask that keeps
/// ```
///
/// By default nothing of this is done, and all keys take part.
///
/// The rows of a tensor are `[batch, heads, queries]`, in row-major order, of `axis` keys each: [`shape`](Self::shape)
/// says how many heads and queries there are. Without it, each row is a batch of its own.
///
/// ```
/// use activations::{Attention, Mask, RowActivation, Rows, Softmax, Window};
/// // Two queries of causal attention, heads of 64 dimensions.
/// let attention = Attention::new().shape(1, 2).scale(0.125).window(Window::causal(0));
/// let mut scores = [3.0, 9.0, 8.0, 8.0];
/// Softmax(attention).apply_in_place(Rows::last(2), &mut scores)?;
/// assert_eq!(scores, [1.0, 0.0, 0.5, 0.5]);
///
/// // Two sequences of two heads, of which the second is shorter: a row of the mask for each sequence.
/// let kept = [true, true, true, true, true, false];
/// let mask = Mask::kept(&kept).strides([3, 0, 0]);
/// let attention = Attention::new().shape(2, 1).mask(mask);
/// let mut scores = [0.0; 12];
/// Softmax(attention).apply_in_place(Rows::last(3), &mut scores)?;
/// assert_eq!(scores[6..], [0.5, 0.5, 0.0, 0.5, 0.5, 0.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attention<'a> {
    pub(crate) heads: usize,
    pub(crate) queries: usize,
    pub(crate) scale: f32,
    pub(crate) softcap: f32,
    pub(crate) slopes: &'a [f32],
    pub(crate) mask: Mask<'a>,
    pub(crate) starts: Bounds<'a>,
    pub(crate) ends: Bounds<'a>,
    pub(crate) window: Window,
    pub(crate) sinks: &'a [f32],
    pub(crate) empty: Empty,
    /// The rows are those of a larger tensor from this one on.
    pub(crate) first: usize,
    /// How many rows the larger tensor has; 0 if the tensor is a whole one.
    pub(crate) outer: usize,
}

/// The largest soft cap that bounds anything, 2^60: a score far below it is not changed by it.
pub(crate) const LARGEST_CAP: f32 = (1u64 << 60) as f32;

impl Default for Attention<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a> Attention<'a> {
    /// Logits that are the scores, and all keys.
    pub const fn new() -> Self {
        Self {
            heads: 1,
            queries: 1,
            scale: 1.0,
            softcap: f32::INFINITY,
            slopes: &[],
            mask: Mask::NONE,
            starts: Bounds::None,
            ends: Bounds::None,
            window: Window::ALL,
            sinks: &[],
            empty: Empty::Nan,
            first: 0,
            outer: 0,
        }
    }

    /// The rows are `[batch, heads, queries]`. The number of rows is a multiple of `heads * queries`.
    #[must_use]
    pub const fn shape(mut self, heads: usize, queries: usize) -> Self {
        (self.heads, self.queries) = (heads, queries);
        self
    }

    /// Scores are multiplied by `scale`, which is finite: one over the root of the dimensions of a head, for the most part.
    #[must_use]
    pub const fn scale(mut self, scale: f32) -> Self {
        self.scale = scale;
        self
    }

    /// Scaled scores are bounded smoothly by `cap`, which is above 0, and infinite for no cap: `cap * tanh(t / cap)`,
    /// as in Gemma 2 and in ONNX's `Attention`. An infinite score becomes `cap` or `-cap`. A cap above 2^60 is none.
    #[must_use]
    pub const fn softcap(mut self, cap: f32) -> Self {
        self.softcap = cap;
        self
    }

    /// A slope for each head, times the distance of the key from the query, is added (ALiBi; Press et al., 2022): the
    /// query's own key is number `q + past`, with the `past` of the [`window`](Self::window).
    #[must_use]
    pub const fn slopes(mut self, slopes: &'a [f32]) -> Self {
        self.slopes = slopes;
        self
    }

    /// `mask` is applied.
    #[must_use]
    pub const fn mask(mut self, mask: Mask<'a>) -> Self {
        self.mask = mask;
        self
    }

    /// Keys before the bound take no part: padding on the left.
    #[must_use]
    pub const fn starts(mut self, starts: Bounds<'a>) -> Self {
        self.starts = starts;
        self
    }

    /// Keys from the bound on take no part: padding on the right.
    #[must_use]
    pub const fn ends(mut self, ends: Bounds<'a>) -> Self {
        self.ends = ends;
        self
    }

    /// Keys outside of the window take no part: causal attention, and sliding windows.
    #[must_use]
    pub const fn window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// A further logit for each head, a sink, takes part in the largest and in the sum, and has no output (gpt-oss). A
    /// sink of 0 is "quiet softmax", also called softmax1; one of -inf is none.
    #[must_use]
    pub const fn sinks(mut self, sinks: &'a [f32]) -> Self {
        self.sinks = sinks;
        self
    }

    /// What a row without any key gives.
    #[must_use]
    pub const fn empty(mut self, empty: Empty) -> Self {
        self.empty = empty;
        self
    }

    /// The same for rows from number `first` on of a tensor of `outer` rows, as a tensor of their own: what masks,
    /// bounds, slopes and sinks say of these rows stays so.
    #[must_use]
    pub(crate) const fn part(mut self, outer: usize, first: usize) -> Self {
        if self.outer == 0 {
            self.outer = outer;
        }
        self.first = self.first.saturating_add(first);
        self
    }

    /// The batch, head and query of row `row`.
    #[inline(always)]
    pub(crate) fn place(&self, row: usize) -> [usize; 3] {
        if self.heads == 1 && self.queries == 1 {
            return [row, 0, 0];
        }
        // `check` has seen to it that neither is 0.
        let (heads, queries) = (self.heads.max(1), self.queries.max(1));
        let (rest, query) = (row / queries, row % queries);
        [rest / heads, rest % heads, query]
    }

    /// The number of the key that is the own one of `query`.
    #[inline(always)]
    pub(crate) fn own_key(&self, query: usize) -> isize {
        self.window.past.saturating_add_unsigned(query)
    }

    /// The keys of row `row`, of `axis`, that take part: the first, and how many.
    #[inline(always)]
    pub(crate) fn keys(&self, row: usize, axis: usize) -> (usize, usize) {
        let [batch, _, query] = self.place(row);
        let (mut start, mut end) = self.window.keys(self.own_key(query), axis);
        if let Some(bound) = self.starts.of(row, batch) {
            start = start.max(bound);
        }
        if let Some(bound) = self.ends.of(row, batch) {
            end = end.min(bound);
        }
        if start < end {
            (start, end - start)
        } else {
            (0, 0)
        }
    }

    /// Whether all keys of all rows take part.
    #[inline(always)]
    pub(crate) fn has_all_keys(&self) -> bool {
        self.starts == Bounds::None && self.ends == Bounds::None && self.window.is_all()
    }

    /// Whether the soft cap bounds anything.
    #[inline(always)]
    pub(crate) fn is_capped(&self) -> bool {
        self.softcap <= LARGEST_CAP
    }

    /// Whether all rows are alike: all of their keys take part, and nothing else goes with them.
    #[inline(always)]
    pub(crate) fn has_rows_alike(&self) -> bool {
        self.mask.is_none()
            && self.slopes.is_empty()
            && self.sinks.is_empty()
            && self.has_all_keys()
    }
}
