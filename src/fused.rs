//! An activation with what surrounds it in a network, in one pass over memory.

use crate::apply::Apply;
use crate::channels::{Channels, Names};
use crate::drive::{Io, Stores};
use crate::formula::sealed::Sealed;
use crate::pipeline::{Pipeline, Surroundings};
use crate::{Activation, Cuts, Error, Formula, Isa};

/// How errors name what makes no bias.
const NAMES: Names = Names {
    activation: "fused",
    count: "bias.len()",
    inner: "1 or more, and bias.len() * inner a number of elements",
};

/// `f(x) = activation(x + bias) + residual`, in one pass over memory.
///
/// A bias belongs to a channel of a tensor `[outer, channels, inner]` in row-major order, as after a
/// convolution or a matrix product: for NCHW `inner` is H·W, for NHWC and for the rows of a matrix it
/// is 1, and `outer` is what is left. A residual belongs to an element. Either may be left out.
///
/// It is an [`Activation`]: out of place, in place, on the instruction set of your
/// choice. The result is bit for bit that of the three steps one by one, but for the payload of a NaN:
/// the sum with the bias is rounded, then the activation as its page says, then the sum with the
/// residual.
///
/// | | |
/// |---|---|
/// | Parameters | any activation; a bias per channel and a residual per element: any numbers |
/// | Domain | all of f32 |
/// | Shapes | a length that is a multiple of `channels * inner`, and that of the residual; the output is as long as the input |
/// | Error | three roundings: at most 0.5 ULP for each sum, of what it sums, and the activation's own |
/// | Special values | as in the sums and in the activation; a bias or a residual of -0 is as none |
/// | Errors | no bias, an `inner` of 0, [`Error::ShapeMismatch`], [`Error::OperandMismatch`]; the activation's own; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | ONNX Runtime's `BiasGelu` and `FusedConv` |
///
/// An activation whose own parameters differ from channel to channel, a
/// [`Prelu::per_channel`](crate::Prelu::per_channel), takes a pass for each of the steps.
///
/// ```
/// use activations::{Activation, Fused, Relu};
/// let x = [-2.0, 1.0, -2.0, 1.0]; // two rows, two channels
/// let mut y = [0.0; 4];
/// Fused::new(Relu).bias(&[3.0, -0.5], 1)?.apply(&x, &mut y)?;
/// assert_eq!(y, [1.0, 0.5, 1.0, 0.5]);
///
/// let block = Fused::new(Relu).bias(&[3.0, -0.5], 1)?.residual(&x);
/// block.apply(&x, &mut y)?;
/// assert_eq!(y, [-1.0, 1.5, -1.0, 1.5]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fused<'a, A> {
    activation: A,
    around: Surroundings<'a>,
}

impl<'a, A> Fused<'a, A> {
    /// The activation, and nothing around it yet.
    pub const fn new(activation: A) -> Self {
        Self {
            activation,
            around: Surroundings {
                bias: None,
                residual: None,
            },
        }
    }

    /// With a bias for each channel of a tensor `[outer, bias.len(), inner]`, added to the input; in
    /// place of an earlier one.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] where there is no bias, or `inner` is 0 or too large for any tensor.
    pub fn bias(mut self, bias: &'a [f32], inner: usize) -> Result<Self, Error> {
        self.around.bias = Some(Channels::new(bias, inner, NAMES)?);
        Ok(self)
    }

    /// With a residual for each element, added to what the activation returns; in place of an earlier
    /// one.
    #[must_use]
    pub const fn residual(mut self, residual: &'a [f32]) -> Self {
        self.around.residual = Some(residual);
        self
    }

    /// The activation without what surrounds it.
    pub const fn activation(&self) -> &A {
        &self.activation
    }
}

impl<A> Sealed for Fused<'_, A> {}

impl<A: Formula> Formula for Fused<'_, A> {
    fn reference(&self, x: f64) -> f64 {
        self.reference_at(0, x)
    }

    fn reference_at(&self, index: usize, x: f64) -> f64 {
        let Surroundings { bias, residual } = self.around;
        // What a sum shows nothing of.
        let none = -0.0;
        let bias = bias.map_or(none, |bias| f64::from(bias.at(index)));
        let residual = residual.and_then(|residual| residual.get(index));
        let y = self.activation.reference_at(index, x + bias);
        y + residual.map_or(none, |residual| f64::from(*residual))
    }

    fn depends_on_position(&self) -> bool {
        let Surroundings { bias, residual } = self.around;
        bias.is_some() || residual.is_some() || self.activation.depends_on_position()
    }

    fn cuts(&self) -> Cuts {
        match self.around.bias {
            _ if self.activation.depends_on_position() => Cuts::Nowhere,
            None => Cuts::Anywhere,
            Some(bias) => bias.cuts(),
        }
    }

    fn part(&self, start: usize, len: usize) -> Self {
        let Surroundings { bias, residual } = self.around;
        let residual = residual.map(|residual| {
            let rest = residual.get(start..);
            let part = rest.and_then(|rest| rest.get(..len));
            part.unwrap_or(residual)
        });
        Self {
            around: Surroundings {
                bias: bias.map(|bias| bias.part(start, len)),
                residual,
            },
            ..*self
        }
    }

    #[inline]
    fn check(&self, len: usize) -> Result<(), Error> {
        self.activation.check(len)?;
        let Surroundings { bias, residual } = self.around;
        if let Some(bias) = bias {
            bias.check(len)?;
        }
        match residual {
            Some(residual) if residual.len() != len => Err(Error::OperandMismatch {
                input: len,
                operand: "residual",
                len: residual.len(),
            }),
            _ => Ok(()),
        }
    }
}

impl<A: Activation> Apply for Fused<'_, A> {
    unsafe fn apply_raw(&self, isa: Isa, io: Io<f32>, stores: Stores) {
        let pipeline = Pipeline::new(self.activation.erase(), isa);
        // SAFETY: `io` and the CPU are as the caller says; a shared borrow of bias and residual outlives the
        // exclusive one of what is written, so that they do not overlap. `check` has seen to it that channels fit
        // `io`, that there are as many residuals, and that the activation has what it wants.
        unsafe { pipeline.fused(io, self.around, stores) }
    }
}

impl<A: Activation> Activation for Fused<'_, A> {}
