//! Where the elements of a gate and of a value are, be they two tensors or one, and where they may be cut.

#[cfg(feature = "parallel")]
use crate::Cuts;

/// Where the elements of gate and value are: in rows of consecutive elements, as many of the gate as of the value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    /// The first element of the first row of the gate.
    pub(super) gate: *const f32,
    /// The first element of the first row of the value.
    pub(super) value: *const f32,
    /// Elements in a row; not 0 if there are any.
    pub(super) len: usize,
    /// How many rows the gate has, and the value as well.
    pub(super) rows: usize,
    /// Elements from the start of a row to the start of the next.
    pub(super) stride: usize,
    /// Whether both are in one tensor, a gate and a value by turns: `len` is 1 then, and there is a row for each pair.
    pub(super) in_pairs: bool,
}

impl Source {
    /// The source for a gate and a value that are a tensor each.
    #[inline]
    pub(crate) fn two_tensors(gate: &[f32], value: &[f32]) -> Self {
        Self::whole(gate.as_ptr(), value, gate.len())
    }

    /// The source for a gate that the products overwrite, and the destination, which is the gate. Both come from one
    /// pointer: a second one, taken from the same borrow, would end the life of the first.
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

    /// The source for one tensor `x`, in which `n` elements of the one are followed by `n` of the other, again and again.
    #[inline]
    pub(crate) fn halves(x: &[f32], n: usize, value_first: bool) -> Self {
        Self::one_tensor(x, n, value_first, false)
    }

    /// The source for one tensor `x` of pairs.
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
            // If a row has no elements, there are no rows.
            rows: (x.len() / 2).checked_div(len).unwrap_or(0),
            stride: len.wrapping_mul(2), // where it overflows, there are no rows
            in_pairs,
        }
    }

    /// Where the pairs begin, and whether the value comes first in them.
    #[inline]
    pub(super) fn first_pair(&self) -> (*const f32, bool) {
        let value_first = self.value < self.gate;
        let first = if value_first { self.value } else { self.gate };
        (first, value_first)
    }

    /// How many products there are.
    #[inline]
    pub(crate) fn products(&self) -> usize {
        self.rows * self.len
    }

    /// Where the products may be cut.
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

    /// The source of the first `middle` products, and that of the others, if [`cuts`](Self::cuts) allows a cut there.
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
