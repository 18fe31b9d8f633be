//! What the softmax of attention scores adds to that of a row: scale, mask and lengths.

use super::logits::{General, Plain, Scaled};
use super::shape::{Lengths, Rows};
use crate::activation::parameter::Parameter;
use crate::drive::Io;
use crate::drive::rows::{RowKernel, Tensor, map_rows};
use crate::simd::Machine;
use crate::{Error, row::logits::Logits};

/// `scale * x + mask` for the first elements of each row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Attention<'a> {
    pub(crate) scale: f32,
    pub(crate) mask: &'a [f32],
    pub(crate) lengths: Lengths<'a>,
}

/// A kernel for any kind of logits.
pub(crate) trait OfLogits: Copy {
    /// The kernel for `logits`, of this scale, where no row needs a base.
    type Kernel<L: Logits>: RowKernel;

    /// Makes it.
    fn kernel<L: Logits>(self, logits: L, scale: f32) -> Self::Kernel<L>;
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
        let mismatch = |operand, operand_len, expected| Error::OperandMismatch {
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

    /// The logits of a row in f64, as many as take part.
    pub(crate) fn logits(self, row: usize, x: &[f64]) -> Vec<f64> {
        let scale = f64::from(self.scale);
        let start = match self.mask.len() {
            0 => 0,
            masks => row * x.len() % masks,
        };
        let mask = |i: usize| self.mask.get(start + i).copied().map_or(0.0, f64::from);
        let len = self.lengths.of(row, x.len());
        let logits = x[..len].iter().enumerate();
        logits.map(|(i, x)| scale * x + mask(i)).collect()
    }

    /// Runs the kernel for these logits.
    ///
    /// # Safety
    /// As for [`map_rows`]; `check` has returned `Ok`, and there are elements.
    #[inline(always)]
    pub(crate) unsafe fn run<S: Machine, O: OfLogits>(
        self,
        simd: S,
        io: Io<f32>,
        rows: Rows,
        of_logits: O,
    ) {
        let Self {
            scale,
            mask,
            lengths,
        } = self;
        let tensor = Tensor {
            io,
            rows,
            mask,
            lengths,
        };
        // SAFETY: the caller's promise, passed on.
        unsafe {
            if !mask.is_empty() {
                map_rows(
                    simd,
                    tensor,
                    of_logits.kernel(General::<true>(scale), scale),
                );
            } else if scale != 1.0 {
                map_rows(simd, tensor, of_logits.kernel(Scaled(scale), scale));
            } else {
                map_rows(simd, tensor, of_logits.kernel(Plain, scale));
            }
        }
    }
}
