//! An activation with what surrounds it in a network, in one pass over memory.

use crate::activation::prelu::channels_of_part;
use crate::dispatch::{Compose, Launch};
use crate::drive::fused::{Biased, NEUTRAL, Residual, launch};
use crate::drive::{Cached, Io, Stores};
use crate::{Cuts, Error, Formula, Identity, Isa};

/// `f(x) = activation(x + bias) + residual`, in one pass over memory.
///
/// A bias belongs to a channel of a tensor `[outer, channels, inner]` in row-major order, as after a
/// convolution or a matrix product: for NCHW `inner` is H·W, for NHWC and for the rows of a matrix it
/// is 1, and `outer` is what is left. A residual belongs to an element. Either may be left out.
///
/// It is an [`Activation`](crate::Activation): out of place, in place, on the instruction set of your
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
    bias: Option<Bias<'a>>,
    residual: Option<&'a [f32]>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Bias<'a> {
    /// At least one.
    values: &'a [f32],
    /// Not 0; `values.len() * inner` does not overflow.
    inner: usize,
}

impl<'a, A> Fused<'a, A> {
    /// The activation, and nothing around it yet.
    pub const fn new(activation: A) -> Self {
        Self {
            activation,
            bias: None,
            residual: None,
        }
    }

    /// With a bias for each channel of a tensor `[outer, bias.len(), inner]`, added to the input; in
    /// place of an earlier one.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] where there is no bias, or `inner` is 0 or too large for any tensor.
    pub fn bias(self, bias: &'a [f32], inner: usize) -> Result<Self, Error> {
        let invalid = |parameter, value, expected| Error::InvalidParameter {
            activation: "fused",
            parameter,
            value,
            expected,
        };
        if bias.is_empty() {
            return Err(invalid("bias.len()", 0.0, "1 or more"));
        }
        if inner == 0 || bias.len().checked_mul(inner).is_none() {
            let expected = "1 or more, and bias.len() * inner a number of elements";
            return Err(invalid("inner", inner as f32, expected));
        }
        let values = bias;
        Ok(Self {
            bias: Some(Bias { values, inner }),
            ..self
        })
    }

    /// With a residual for each element, added to what the activation returns; in place of an earlier
    /// one.
    #[must_use]
    pub const fn residual(mut self, residual: &'a [f32]) -> Self {
        self.residual = Some(residual);
        self
    }

    /// The activation without what surrounds it.
    pub const fn activation(&self) -> &A {
        &self.activation
    }
}

impl<A: Formula> Formula for Fused<'_, A> {
    fn reference(&self, x: f64) -> f64 {
        self.reference_at(0, x)
    }

    fn reference_at(&self, index: usize, x: f64) -> f64 {
        let bias = self.bias.map_or(-0.0, |Bias { values, inner }| {
            f64::from(values[index / inner % values.len()])
        });
        let residual = self.residual.and_then(|residual| residual.get(index));
        let y = self.activation.reference_at(index, x + bias);
        y + residual.map_or(-0.0, |residual| f64::from(*residual))
    }

    fn depends_on_position(&self) -> bool {
        self.bias.is_some() || self.residual.is_some() || self.activation.depends_on_position()
    }

    fn cuts(&self) -> Cuts {
        match self.bias {
            _ if self.activation.depends_on_position() => Cuts::Nowhere,
            None => Cuts::Anywhere,
            Some(Bias { values, inner }) => Cuts::Periods {
                period: values.len() * inner,
                step: Some(inner),
            },
        }
    }

    fn part(&self, start: usize, len: usize) -> Self {
        let bias = self.bias.map(|Bias { values, inner }| {
            let (values, inner) = channels_of_part(values, inner, start, len);
            Bias { values, inner }
        });
        let residual = self.residual.map(|residual| {
            let part = residual.get(start..start + len);
            part.unwrap_or(residual)
        });
        Self {
            bias,
            residual,
            ..*self
        }
    }

    #[inline]
    fn check(&self, len: usize) -> Result<(), Error> {
        self.activation.check(len)?;
        if let Some(Bias { values, inner }) = self.bias
            && !len.is_multiple_of(values.len() * inner)
        {
            return Err(Error::ShapeMismatch {
                len,
                channels: values.len(),
                inner,
            });
        }
        match self.residual {
            Some(residual) if residual.len() != len => Err(Error::OperandMismatch {
                input: len,
                operand: "residual",
                len: residual.len(),
            }),
            _ => Ok(()),
        }
    }
}

impl<A: Compose, M: Stores> Launch<Io<f32, M>> for Fused<'_, A>
where
    A: Launch<Biased<M>> + Launch<Residual<M>>,
{
    unsafe fn launch(&self, isa: Isa, io: Io<f32, M>) {
        let bias = self
            .bias
            .map_or((&[NEUTRAL][..], 1), |bias| (bias.values, bias.inner));
        let none = core::ptr::null();
        let residual = self.residual.map_or(none, <[f32]>::as_ptr);
        // SAFETY: `io` and the CPU are as the caller says; a shared borrow of bias and residual
        // outlives the exclusive one of what is written, so that they do not overlap. `check` has
        // seen to it that rows of channels fill `io`, that there are as many residuals, and that
        // the activation has what it wants. In place of the input the output is read once all of
        // it is written, by way of the cache.
        unsafe {
            if self.activation.depends_on_position() {
                let io = io.by::<Cached>();
                let in_place = Io {
                    src: io.dst.cast_const(),
                    ..io
                };
                launch(&Identity, isa, io, bias, none);
                self.activation.launch(isa, in_place);
                launch(&Identity, isa, in_place, (&[NEUTRAL], 1), residual);
            } else {
                launch(&self.activation, isa, io, bias, residual);
            }
        }
    }
}
