//! A group: up to sixteen rows that are worked on together, and what is known of them.

use super::block::{LANES, Lanes, PerRow};
use crate::math::exp_shift::Shift;
use crate::math::exp_sum::SHORT;
use core::mem::MaybeUninit;

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
    /// What inputs are multiplied by, where the logits are not the inputs.
    pub(crate) scale: f32,
    /// Inputs below this, in magnitude, give 0 instead of a logit that is as good as 0, and may be subnormal.
    pub(crate) least: f32,
    /// The mask of each row, as long as the row, if logits are masked. Rows side by side have that of the first one.
    pub(crate) masks: PerRow<*const f32>,
    /// Where the next group will be read and written: it is fetched meanwhile. Any address will do.
    pub(crate) next: [*const f32; 2],
    /// Room for what a sum in scratch leaves over: an element of each of sixteen rows for each of [`SHORT`]
    /// elements.
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

/// What logits are made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Logits {
    /// The elements themselves.
    Plain,
    /// The elements times the scale.
    Scaled,
    /// The elements times the scale, plus the mask.
    Masked,
}

/// What is known of the rows of a group.
pub(crate) struct Known {
    /// The largest logit.
    pub(crate) largest: Lanes,
    /// The shift that the largest logit asks for.
    pub(crate) shift: Shift<Lanes>,
    /// The shift under which the sum of the others was taken.
    pub(crate) shift_of_others: Shift<Lanes>,
    /// 1 for rows of which the sum of the others is wanted, else 0.
    pub(crate) unsettled: Lanes,
    /// One over the sum of the numerators, in two parts; or the logarithm of that sum.
    pub(crate) of_sum: [Lanes; 2],
}

/// Memory for [`Group::leftovers`], and for rows that are copied to lie side by side.
#[repr(C, align(64))]
pub(crate) struct Scratch(MaybeUninit<[[f32; LANES]; SHORT]>);

impl Scratch {
    /// Memory that has not been written.
    pub(crate) const fn new() -> Self {
        Self(MaybeUninit::uninit())
    }

    /// Its first element.
    pub(crate) fn as_mut_ptr(&mut self) -> *mut f32 {
        self.0.as_mut_ptr().cast()
    }
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
            scale: 1.0,
            least: TINY,
            masks: PerRow::unset(),
            next: [core::ptr::null(); 2],
            leftovers: core::ptr::null_mut(),
            found: [unset; 3],
            known: Known {
                largest: unset,
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
}
