//! What the softmax of attention scores adds to that of a row: scale, mask and lengths.

use super::tensor::Tensor;
use crate::activation::parameter::Parameter;
use crate::drive::Io;
use crate::shape::{Lengths, Rows};
use crate::{Cuts, Error};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;

/// `scale * x + mask` for the first elements of each row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Attention<'a> {
    pub(crate) scale: f32,
    pub(crate) mask: &'a [f32],
    pub(crate) lengths: Lengths<'a>,
}

/// The greatest common divisor.
fn gcd(a: usize, b: usize) -> usize {
    match a.checked_rem(b) {
        None => a,
        Some(rest) => gcd(b, rest),
    }
}

impl<'a> Attention<'a> {
    /// Whether all of it fits a tensor of `len` elements.
    pub(crate) fn check(
        self,
        operation: &'static str,
        rows: Rows,
        len: usize,
    ) -> Result<(), Error> {
        Parameter {
            activation: operation,
            name: "scale",
            value: self.scale,
        }
        .finite()?;
        let outer = rows.outer(len)?;
        let mismatch = |operand, operand_len, expected| Error::AttentionMismatch {
            operation,
            operand,
            operand_len,
            tensor: [outer, rows.axis, rows.inner],
            expected,
        };
        if !self.mask.is_empty() {
            let whole = self.mask.len().checked_rem(rows.axis) == Some(0);
            let masks = self.mask.len().checked_div(rows.axis).unwrap_or(0);
            if !(whole && outer.is_multiple_of(masks)) {
                let expected =
                    "a whole number of rows of axis elements, of which outer is a multiple";
                return Err(mismatch("mask", self.mask.len(), expected));
            }
        }
        match self.lengths {
            Lengths::All => {}
            Lengths::PerRow(lengths) => {
                if !outer.is_multiple_of(lengths.len()) {
                    let expected = "a number of which outer is a multiple";
                    return Err(mismatch("lengths", lengths.len(), expected));
                }
                if let Some(&longer) = lengths.iter().find(|&&length| length > rows.axis) {
                    return Err(mismatch("lengths[..]", longer, "axis or less"));
                }
            }
            Lengths::Causal { queries, .. } => {
                if !outer.is_multiple_of(queries) {
                    let expected = "a number of which outer is a multiple";
                    return Err(mismatch("lengths.queries", queries, expected));
                }
            }
        }
        Ok(())
    }

    /// Where rows may be cut: see [`RowFormula::cuts`](crate::RowFormula::cuts).
    pub(crate) fn cuts(self, rows: Rows) -> Cuts {
        let of_mask = self.mask.len().checked_div(rows.axis).unwrap_or(0);
        match (of_mask, self.lengths.period()) {
            (0 | 1, 0 | 1) => Cuts::Anywhere,
            (period, 0 | 1) | (0 | 1, period) => Cuts::Periods {
                period,
                step: Some(1),
            },
            (mask, lengths) if mask == lengths => Cuts::Periods {
                period: mask,
                step: Some(1),
            },
            // Inside of a period one of the two would start in its middle.
            (mask, lengths) => match (mask / gcd(mask, lengths)).checked_mul(lengths) {
                Some(period) => Cuts::Periods { period, step: None },
                None => Cuts::Nowhere,
            },
        }
    }

    /// For some rows: see [`RowFormula::part`](crate::RowFormula::part).
    pub(crate) fn part(self, rows: Rows, first: usize, count: usize) -> Self {
        let masks = self.mask.len().checked_div(rows.axis).unwrap_or(0);
        let mask = if masks <= 1 || count >= masks {
            self.mask
        } else {
            let start = first % masks * rows.axis;
            let part = self.mask.get(start..start + count * rows.axis);
            part.unwrap_or(self.mask)
        };
        Self {
            mask,
            lengths: self.lengths.part(first, count),
            ..self
        }
    }

    /// The logits of a row in f64, as many as take part: product and sum are rounded to f32, one after the other.
    #[cfg(feature = "alloc")]
    pub(crate) fn logits(self, row: usize, x: &[f64]) -> Vec<f64> {
        let start = match self.mask.len() {
            0 => 0,
            masks => row * x.len() % masks,
        };
        // A sum with -0 is what is added to it.
        let mask = |i: usize| self.mask.get(start + i).copied().unwrap_or(-0.0);
        let len = self.lengths.of(row, x.len());
        let logits = x[..len].iter().enumerate();
        logits
            .map(|(i, &x)| f64::from(self.scale * x as f32 + mask(i)))
            .collect()
    }

    /// The rows of `io`.
    #[inline(always)]
    pub(crate) fn tensor(self, io: Io<f32>, rows: Rows) -> Tensor<'a> {
        Tensor {
            io,
            rows,
            scale: self.scale,
            mask: self.mask,
            lengths: self.lengths,
        }
    }
}
