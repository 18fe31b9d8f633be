//! A group: up to sixteen rows that are worked on together, and what is known of them.

use super::block::{Lanes, PerRow};
use super::logits::Logits;
use crate::math::exp_shift::Shift;

/// Memory is read ahead by a group of rows, but no further than this many elements: a part of a cache.
const FURTHEST: usize = 1 << 16;

/// A logit below this, 2^-64, in magnitude, counts as 0.
const TINY: f32 = 1.0 / (1u128 << 64) as f32;

/// Up to sixteen rows, and one lane for each of them in what is known of it.
///
/// The passes over a group read and write the rows as the fields say. Unless a pass says otherwise, source and
/// destination of a row are equal or do not overlap, and as long as `lens` says.
pub(crate) struct Group {
    /// The first element of the first row, where it is read.
    pub(crate) src: *const f32,
    /// The first element of the first row, where it is written.
    pub(crate) dst: *mut f32,
    /// How many rows there are: 1 to 16.
    pub(crate) count: usize,
    /// Elements from a row to the next, where rows are consecutive elements.
    pub(crate) pitch: usize,
    /// Elements from an element of a row to the next, where rows lie side by side; the first elements of the rows
    /// are consecutive then. 0 where rows are consecutive elements.
    pub(crate) stride: usize,
    /// How many elements of each row take part. Rows side by side are as long as the first one.
    pub(crate) lens: PerRow<usize>,
    /// The number of the first element of each row that takes part, where rows are consecutive elements.
    pub(crate) starts: PerRow<usize>,
    /// What inputs are multiplied by, where the logits are not the inputs.
    pub(crate) scale: f32,
    /// Inputs below this, in magnitude, give 0 instead of a logit that is as good as 0, and may be subnormal.
    pub(crate) least: f32,
    /// What bounds the scaled inputs, if logits are capped.
    pub(crate) cap: f32,
    /// The first element of the mask of each row that takes part, if logits are masked; the type is that of the mask.
    /// Rows side by side have that of the first one.
    pub(crate) masks: PerRow<*const u8>,
    /// Whether logits have slopes.
    pub(crate) has_slopes: bool,
    /// The slope of each row, if logits have such.
    pub(crate) slopes: Lanes,
    /// How many elements it is from its own key to the first element that takes part, for each row, if logits have slopes.
    pub(crate) distances: Lanes,
    /// The sink of each row, if there are such.
    pub(crate) sinks: Lanes,
    /// Whether rows have a sink, or get one, of -inf at least.
    pub(crate) has_sinks: bool,
    /// Whether a row without any key, nor a sink, gives shares of 0.
    pub(crate) zeroes_empty: bool,
    /// Where the logarithm of the sum of each row is written; null if nobody asks for it.
    pub(crate) log_sums: *mut f32,
    /// Where the next group will be read and written: it is fetched meanwhile. Any address will do.
    pub(crate) next: [*const f32; 2],
    /// Room for what a sum in scratch leaves over: an element of each of sixteen rows for each of
    /// [`SHORT`](crate::math::exp_sum::SHORT) elements.
    pub(crate) leftovers: *mut f32,
    /// What the last pass found out, in the lanes of the rows that there are; others may be set, and do no harm.
    pub(crate) found: [Lanes; 3],
    /// What is known of the rows, in the same lanes.
    pub(crate) known: Known,
    /// Whether a base has to be subtracted from the logits of some row, or some numerators are so small that they count as 0.
    pub(crate) is_deep: bool,
    /// Whether some quotients are so small that they, or what they are made of, may be subnormal.
    pub(crate) is_faint: bool,
    /// Whether the largest logit of some row outweighs the others so far that their sum is taken once more.
    pub(crate) again: bool,
}

/// What is known of the rows of a group.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    /// The largest logit.
    pub(crate) largest: Lanes,
    /// The sink of each row, if there are such: 0 in an empty row that has none, so that it has a sum.
    pub(crate) sinks: Lanes,
    /// The shift that the largest logit asks for.
    pub(crate) shift: Shift<Lanes>,
    /// The shift under which the sum of the others was taken.
    pub(crate) shift_of_others: Shift<Lanes>,
    /// 1 for rows of which the sum of the others is wanted, else 0.
    pub(crate) unsettled: Lanes,
    /// One over the sum of the numerators, in two parts; or the logarithm of that sum.
    pub(crate) of_sum: [Lanes; 2],
}

impl Group {
    /// A group of no rows: all that belongs to rows is set later.
    #[inline(always)]
    pub(crate) fn new() -> Self {
        let unset = Lanes::unset();
        let shift = Shift {
            base: unset,
            rounder: unset,
            lowest: unset,
        };
        Self {
            src: core::ptr::null(),
            dst: core::ptr::null_mut(),
            count: 0,
            pitch: 0,
            stride: 0,
            lens: PerRow::unset(),
            starts: PerRow::unset(),
            scale: 1.0,
            least: TINY,
            cap: f32::INFINITY,
            masks: PerRow::unset(),
            has_slopes: false,
            slopes: unset,
            distances: unset,
            sinks: unset,
            has_sinks: false,
            zeroes_empty: false,
            log_sums: core::ptr::null_mut(),
            next: [core::ptr::null(); 2],
            leftovers: core::ptr::null_mut(),
            found: [unset; 3],
            known: Known {
                largest: unset,
                sinks: unset,
                shift,
                shift_of_others: shift,
                unsettled: unset,
                of_sum: [unset; 2],
            },
            is_deep: false,
            is_faint: false,
            again: false,
        }
    }

    /// Sets the scale to `scale`.
    #[inline(always)]
    pub(crate) fn scale_by(&mut self, scale: f32) {
        self.scale = scale;
        self.least = TINY / scale.abs();
    }

    /// Has the elements fetched that lie `elements` further on.
    #[inline(always)]
    pub(crate) fn look_ahead(&mut self, elements: usize) {
        let ahead = elements.min(FURTHEST);
        self.next = [self.src, self.dst.cast_const()].map(|at| at.wrapping_add(ahead));
    }

    /// From now on, passes read what the last one wrote.
    pub(crate) fn read_back(&mut self) {
        self.src = self.dst.cast_const();
    }

    /// The one row of the group.
    ///
    /// # Safety
    /// It has one, of consecutive elements, and the group is as its fields say.
    #[inline(always)]
    pub(crate) unsafe fn span(&self) -> Span {
        // SAFETY: the caller's promise.
        unsafe {
            Span {
                src: self.src,
                start: self.starts.get(0),
                len: self.lens.get(0),
                mask: self.masks.get(0),
                distance: self.distances.get_if(self.has_slopes, 0, 0.0),
            }
        }
    }

    /// Makes `span` all that takes part of the one row.
    ///
    /// # Safety
    /// It is a part of the row.
    #[inline(always)]
    pub(crate) unsafe fn set_span(&mut self, span: Span) {
        self.src = span.src;
        // SAFETY: there is a row.
        unsafe {
            self.starts.set(0, span.start);
            self.lens.set(0, span.len);
            self.masks.set(0, span.mask);
            self.distances.set(0, span.distance);
        }
    }
}

/// Consecutive elements of the one row of a group, and what goes with them.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    /// The first element of the row, where it is read.
    src: *const f32,
    /// The number of the first of them.
    pub(crate) start: usize,
    /// How many they are.
    pub(crate) len: usize,
    mask: *const u8,
    distance: f32,
}

impl Span {
    /// The `len` elements from number `at` on of these, of which logits are made as `logits` says.
    #[inline(always)]
    pub(crate) fn part(self, logits: Logits, at: usize, len: usize) -> Self {
        Self {
            start: self.start + at,
            len,
            mask: self.mask.wrapping_add(at * logits.mask.size()),
            distance: self.distance + at as f32,
            ..self
        }
    }
}
