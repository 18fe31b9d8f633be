//! Where the elements of a gate and of a value are, be they two tensors or one, and where they may be cut.

#[cfg(feature = "parallel")]
use crate::Cuts;
use crate::converted::{Elements, ElementsMut};
use crate::element::Slice;
use crate::{Float, Isa};

/// Where the elements of gate and value are: in rows of consecutive elements, as many of the gate as of the value. `E`
/// says where a tensor begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<E = Elements> {
    /// The first element of the first row of the gate.
    pub(super) gate: E,
    /// The first element of the first row of the value.
    pub(super) value: E,
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
    /// The source for a gate and a value that are a tensor each, and as long.
    #[inline]
    pub(crate) fn two_tensors(gate: Slice<'_>, value: Slice<'_>) -> Self {
        Self::whole(
            Elements::of_slice(gate),
            Elements::of_slice(value),
            gate.len(),
        )
    }

    /// The source for a gate that the products overwrite, and the destination, which is the gate. Both come from one
    /// pointer: a second one, taken from the same borrow, would end the life of the first.
    #[inline]
    pub(crate) fn in_place<T: Float>(gate: &mut [T], value: Slice<'_>) -> (Self, ElementsMut) {
        let len = gate.len();
        let dst = gate.as_mut_ptr();
        let source = Self::whole(
            Elements::of(dst.cast_const()),
            Elements::of_slice(value),
            len,
        );
        (source, ElementsMut::of(dst))
    }

    /// The source for one tensor `x`, in which `n` elements of the one are followed by `n` of the other, again and again.
    #[inline]
    pub(crate) fn halves(x: Slice<'_>, n: usize, value_first: bool) -> Self {
        Self::one_tensor(x, n, value_first, false)
    }

    /// The source for one tensor `x` of pairs.
    #[inline]
    pub(crate) fn pairs(x: Slice<'_>, value_first: bool) -> Self {
        Self::one_tensor(x, 1, value_first, true)
    }

    #[inline]
    fn one_tensor(x: Slice<'_>, len: usize, value_first: bool, in_pairs: bool) -> Self {
        let first = Elements::of_slice(x);
        let second = first.from(len);
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

    /// The source with the addresses of f32, if both tensors are.
    #[inline]
    pub(super) fn as_f32(self) -> Option<Source<*const f32>> {
        Some(Source {
            gate: self.gate.as_f32()?,
            value: self.value.as_f32()?,
            len: self.len,
            rows: self.rows,
            stride: self.stride,
            in_pairs: self.in_pairs,
        })
    }

    /// `tensor`, which is the gate or the value, from the element for product `product` on.
    pub(super) fn element(self, tensor: Elements, product: usize) -> Elements {
        tensor.from(product / self.len * self.stride + product % self.len)
    }

    /// `len` elements of `tensor`, which is the gate or the value, from the one for product `start` on, as consecutive f32: where
    /// they are, if they are so, and else in `room`.
    ///
    /// # Safety
    /// The CPU has `isa`; there are so many products, their elements can be read, and as many f32 written at `room`.
    pub(super) unsafe fn gather(
        self,
        tensor: Elements,
        isa: Isa,
        (start, len): (usize, usize),
        room: *mut f32,
    ) -> *const f32 {
        let element = |product| self.element(tensor, product);
        let in_row = |product: usize| self.len - product % self.len;
        if in_row(start) >= len {
            // SAFETY: the caller's promises, passed on.
            return unsafe { element(start).widened(isa, len, room) };
        }
        let mut done = 0;
        while done < len {
            let product = start + done;
            let count = in_row(product).min(len - done);
            // SAFETY: a part of a row, as the caller vouches for it.
            unsafe { element(product).widen(isa, count, room.add(done)) };
            done += count;
        }
        room
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
            gate: self.gate.from(skipped),
            value: self.value.from(skipped),
            rows: if one_row { 1 } else { self.rows - rows },
            len: if one_row { self.len - middle } else { self.len },
            ..self
        };
        (first, second)
    }
}

impl<E: Copy + PartialOrd> Source<E> {
    #[inline]
    fn whole(gate: E, value: E, len: usize) -> Self {
        Self {
            gate,
            value,
            len,
            rows: 1,
            stride: len,
            in_pairs: false,
        }
    }

    /// Where the pairs begin, and whether the value comes first in them.
    #[inline]
    pub(super) fn first_pair(&self) -> (E, bool) {
        let value_first = self.value < self.gate;
        let first = if value_first { self.value } else { self.gate };
        (first, value_first)
    }

    /// How many products there are.
    #[inline]
    pub(crate) fn products(&self) -> usize {
        self.rows * self.len
    }
}
