//! How rows of a tensor become the lanes of a group, with all that belongs to a row.

use super::Tensor;
use crate::Empty;
use crate::row::attention::mask::Values;
use crate::row::group::Group;
use crate::row::logits::Logits;

/// What stands for the mask of a row that has none.
const NO_MASK: *const u8 = core::ptr::null();

impl Tensor<'_> {
    /// What its logits are made of.
    pub(in crate::row) fn logits(&self) -> Logits {
        Logits::of(self.attention)
    }

    /// A group of no rows yet, as all rows of the tensor want it.
    #[inline(always)]
    pub(in crate::row) fn group(&self) -> Group {
        let mut group = Group::new();
        group.scale_by(self.attention.scale);
        group.cap = self.attention.softcap;
        group.has_slopes = !self.attention.slopes.is_empty();
        group.zeroes_empty = self.attention.empty == Empty::Zero;
        group.has_sinks = group.zeroes_empty || !self.attention.sinks.is_empty();
        if group.has_sinks {
            group.sinks.fill(f32::NEG_INFINITY);
        }
        group
    }

    /// Makes row `row` of the tensor that of lane `lane` of `group`.
    ///
    /// # Safety
    /// There is such a row, and `lane` is less than [`LANES`](crate::row::block::LANES).
    #[inline(always)]
    pub(in crate::row) unsafe fn set_row(&self, group: &mut Group, lane: usize, row: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            if self.attention.has_rows_alike() {
                group.starts.set(lane, 0);
                group.lens.set(lane, self.rows.axis);
                group.masks.set(lane, NO_MASK);
            } else {
                self.set_row_of_its_own(group, lane, row);
            }
        }
    }

    /// The same for a row that has something of its own.
    ///
    /// # Safety
    /// As there.
    unsafe fn set_row_of_its_own(&self, group: &mut Group, lane: usize, row: usize) {
        let attention = self.attention;
        let row = self.first + row;
        let place = attention.place(row);
        let [_, head, query] = place;
        let (start, len) = attention.keys(row, self.rows.axis);
        let mask = attention.mask.start(row, place, self.rows.axis) + start;
        let mask = match attention.mask.values {
            Values::None => NO_MASK,
            Values::Kept(kept) => kept.as_ptr().wrapping_add(mask),
            Values::Added(values) => {
                let (first, of) = values.start();
                first.wrapping_add(mask * of.size())
            }
        };
        // SAFETY: the caller's promise.
        unsafe {
            group.starts.set(lane, start);
            group.lens.set(lane, len);
            group.masks.set(lane, mask);
            if let Some(&sink) = attention.sinks.get(head) {
                group.sinks.set(lane, sink);
            }
            if let Some(&slope) = attention.slopes.get(head) {
                let distance = start.wrapping_sub(attention.own_key(query) as usize) as isize;
                group.slopes.set(lane, slope);
                group.distances.set(lane, distance as f32);
            }
        }
    }

    /// Makes all lanes of `group` rows side by side of row `row` of the outer ones; returns its first element that takes part.
    ///
    /// # Safety
    /// There is such a row.
    pub(in crate::row) unsafe fn set_rows_side_by_side(
        &self,
        group: &mut Group,
        row: usize,
    ) -> usize {
        // SAFETY: the caller's promise; what is read was set if it is there.
        unsafe {
            self.set_row(group, 0, row);
            if !self.attention.sinks.is_empty() {
                let sink = group.sinks.get(0);
                group.sinks.fill(sink);
            }
            if !self.attention.slopes.is_empty() {
                let (slope, distance) = (group.slopes.get(0), group.distances.get(0));
                group.slopes.fill(slope);
                group.distances.fill(distance);
            }
            group.starts.get(0)
        }
    }

    /// Where the logarithm of the sum of row `row` goes, of all rows.
    pub(in crate::row) fn log_sum(&self, row: usize) -> *mut f32 {
        if self.log_sums.is_null() {
            self.log_sums
        } else {
            self.log_sums.wrapping_add(row)
        }
    }
}
