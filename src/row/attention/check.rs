//! Whether attention fits a tensor.

use super::Attention;
use crate::activation::parameter::Parameter;
use crate::error::outer_of;
use crate::shape::Rows;
use crate::{Bounds, Error};

/// So many keys, and as many before the first query, have distances that f32 holds.
const MOST_KEYS: usize = 1 << 23;

/// What refuses an operand of an operation on a tensor.
#[derive(Clone, Copy)]
struct Refusal {
    operation: &'static str,
    tensor: [usize; 3],
}

impl Refusal {
    /// That of `operand`, which has so many elements, or is that number.
    fn of(self, operand: &'static str, operand_len: usize, expected: &'static str) -> Error {
        Error::AttentionMismatch {
            operation: self.operation,
            operand,
            operand_len,
            tensor: self.tensor,
            expected,
        }
    }
}

impl Attention<'_> {
    /// Whether all of it fits a tensor of `len` elements.
    pub(crate) fn check(
        &self,
        operation: &'static str,
        rows: Rows,
        len: usize,
    ) -> Result<(), Error> {
        let parameter = |name, value| Parameter {
            activation: operation,
            name,
            value,
        };
        parameter("scale", self.scale).finite()?;
        if self.softcap != f32::INFINITY {
            parameter("softcap", self.softcap).positive()?;
        }
        let outer = outer_of(rows, len)?;
        // Of a part of a tensor, all of the rows.
        let whole = if self.outer == 0 { outer } else { self.outer };
        let refusal = Refusal {
            operation,
            tensor: [outer, rows.axis, rows.inner],
        };
        if self.first.checked_add(outer).is_none_or(|end| end > whole) {
            let expected = "a row of which there are as many behind it as the part has";
            return Err(refusal.of("part", self.first, expected));
        }
        let outer = whole;
        if self.has_rows_alike() && self.heads == 1 && self.queries == 1 {
            return Ok(());
        }
        let heads = self.heads.checked_mul(self.queries);
        let batches = match heads {
            Some(heads) if heads > 0 && outer.is_multiple_of(heads) => outer / heads,
            _ => {
                let expected = "numbers whose product outer is a multiple of";
                return Err(refusal.of("heads, queries", heads.unwrap_or(usize::MAX), expected));
            }
        };
        for (operand, per_head) in [("slopes", self.slopes), ("sinks", self.sinks)] {
            if !per_head.is_empty() && per_head.len() != self.heads {
                return Err(refusal.of(operand, per_head.len(), "one for each head"));
            }
        }
        let farthest = self.window.past.unsigned_abs();
        let farthest = farthest.max(rows.axis).max(self.queries);
        if !self.slopes.is_empty() && farthest >= MOST_KEYS {
            let expected = "none where keys, queries or past are 2^23 or more";
            return Err(refusal.of("slopes", self.slopes.len(), expected));
        }
        self.check_mask(
            refusal,
            [batches, self.heads, self.queries],
            (outer, rows.axis),
        )?;
        let names = [
            (self.starts, "starts", "starts[..]"),
            (self.ends, "ends", "ends[..]"),
        ];
        for (bounds, operand, element) in names {
            check_bounds(
                bounds,
                refusal,
                (operand, element),
                (outer, batches, rows.axis),
            )?;
        }
        Ok(())
    }

    /// Whether the mask fits the shape of so many rows of `axis` keys.
    fn check_mask(
        &self,
        refusal: Refusal,
        shape: [usize; 3],
        (outer, axis): (usize, usize),
    ) -> Result<(), Error> {
        let len = self.mask.values.len();
        if self.mask.is_none() || outer == 0 {
            return Ok(());
        }
        match self.mask.strides {
            Some(strides) => {
                let mut last = Some(axis);
                for (stride, size) in strides.into_iter().zip(shape) {
                    let way = stride.checked_mul(size - 1);
                    last = last.and_then(|last| last.checked_add(way?));
                }
                if last.is_none_or(|last| last > len) {
                    let expected = "all that the strides lead to";
                    return Err(refusal.of("mask", len, expected));
                }
            }
            None => {
                let is_whole = len.checked_rem(axis) == Some(0);
                let masks = len.checked_div(axis).unwrap_or(0);
                if !(is_whole && outer.is_multiple_of(masks)) {
                    let expected =
                        "a whole number of rows of axis elements, of which outer is a multiple";
                    return Err(refusal.of("mask", len, expected));
                }
            }
        }
        Ok(())
    }
}

/// Whether there is a bound for each of so many rows or batches, and none is above `axis`.
fn check_bounds(
    bounds: Bounds<'_>,
    refusal: Refusal,
    (operand, element): (&'static str, &'static str),
    (outer, batches, axis): (usize, usize, usize),
) -> Result<(), Error> {
    let numbers = match bounds {
        Bounds::None => return Ok(()),
        Bounds::PerRow(numbers) => {
            if !outer.is_multiple_of(numbers.len()) {
                let expected = "a number of which outer is a multiple";
                return Err(refusal.of(operand, numbers.len(), expected));
            }
            numbers
        }
        Bounds::PerBatch(numbers) => {
            if outer > 0 && numbers.len() != batches {
                return Err(refusal.of(operand, numbers.len(), "one for each batch"));
            }
            numbers
        }
    };
    match numbers.iter().find(|&&bound| bound > axis) {
        Some(&above) => Err(refusal.of(element, above, "axis or less")),
        None => Ok(()),
    }
}
