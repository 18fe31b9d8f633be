//! Where the elements of a gate and of a value are, and how they are cut.

#[cfg(feature = "parallel")]
use crate::Cuts;

/// Where the elements of gate and value are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    pub(super) gate: *const f32,
    pub(super) value: *const f32,
    /// Elements of either that stand together; not 0 where there are any.
    pub(super) len: usize,
    /// How often they do.
    pub(super) rows: usize,
    /// Elements from where they do to where the next do.
    pub(super) stride: usize,
    /// Whether they take turns one by one.
    pub(super) in_pairs: bool,
}

impl Source {
    /// A tensor each.
    #[inline]
    pub(crate) fn two_tensors(gate: &[f32], value: &[f32]) -> Self {
        Self::whole(gate.as_ptr(), value, gate.len())
    }

    /// A gate that is written, and where that is: one pointer, taken from the borrow once.
    #[inline]
    pub(crate) fn in_place(gate: &mut [f32], value: &[f32]) -> (Self, *mut f32) {
        let len = gate.len();
        let dst = gate.as_mut_ptr();
        (Self::whole(dst.cast_const(), value, len), dst)
    }

    #[inline]
    fn whole(gate: *const f32, value: &[f32], len: usize) -> Self {
        Self {
            gate,
            value: value.as_ptr(),
            len,
            rows: 1,
            stride: len,
            in_pairs: false,
        }
    }

    /// One tensor `x`, of rows of `n` elements of the one, then of the other.
    #[inline]
    pub(crate) fn halves(x: &[f32], n: usize, value_first: bool) -> Self {
        Self::one_tensor(x, n, value_first, false)
    }

    /// One tensor `x`, of pairs.
    #[inline]
    pub(crate) fn pairs(x: &[f32], value_first: bool) -> Self {
        Self::one_tensor(x, 1, value_first, true)
    }

    #[inline]
    fn one_tensor(x: &[f32], len: usize, value_first: bool, in_pairs: bool) -> Self {
        let first = x.as_ptr();
        let second = first.wrapping_add(len);
        let (gate, value) = if value_first {
            (second, first)
        } else {
            (first, second)
        };
        Self {
            gate,
            value,
            len,
            // Of no elements there are no rows.
            rows: (x.len() / 2).checked_div(len).unwrap_or(0),
            stride: len.wrapping_mul(2), // where it overflows, there are no rows
            in_pairs,
        }
    }

    /// How many products there are.
    #[inline]
    pub(crate) fn products(&self) -> usize {
        self.rows * self.len
    }

    /// Where they may be cut.
    #[cfg(feature = "parallel")]
    pub(crate) fn cuts(&self) -> Cuts {
        if self.rows == 1 || self.in_pairs {
            Cuts::Anywhere
        } else {
            Cuts::Periods {
                period: self.len,
                step: None,
            }
        }
    }

    /// The first `middle` of them, and the others, where [`cuts`](Self::cuts) allows it.
    #[cfg(feature = "parallel")]
    pub(crate) fn split_at(self, middle: usize) -> (Self, Self) {
        let one_row = self.rows == 1;
        let (rows, skipped) = if one_row {
            (1, middle)
        } else {
            let rows = middle / self.len;
            (rows, rows * self.stride)
        };
        let first = Self {
            rows,
            len: if one_row { middle } else { self.len },
            ..self
        };
        let second = Self {
            gate: self.gate.wrapping_add(skipped),
            value: self.value.wrapping_add(skipped),
            rows: if one_row { 1 } else { self.rows - rows },
            len: if one_row { self.len - middle } else { self.len },
            ..self
        };
        (first, second)
    }
}
