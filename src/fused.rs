//! An activation with what surrounds it in a network, in one pass over memory.

use crate::apply::Apply;
use crate::channels::{Channels, Names};
#[cfg(feature = "half")]
use crate::converted::AnyIo;
use crate::drive::{Io, Stores};
use crate::element::Slice;
use crate::formula::sealed::Sealed;
#[cfg(feature = "half")]
use crate::pipeline::convert;
use crate::pipeline::{Pipeline, Surroundings};
use crate::{Activation, Cuts, Error, Float, Formula, Isa};

/// How errors name what makes no bias.
const NAMES: Names = Names {
    activation: "fused",
    count: "bias.len()",
    inner: "1 or more, and bias.len() * inner a number of elements",
};

/// `f(x) = activation(x + bias + skip) + residual`, in one pass over memory.
///
/// A bias belongs to a channel of a tensor `[outer, channels, inner]` in row-major order, as after a
/// convolution or a matrix product: for NCHW `inner` is H·W, for NHWC and for the rows of a matrix it
/// is 1, and `outer` is what is left. A skip connection and a residual belong to an element: one is added before the
/// activation, as in ResNet, the other after it. Each of the three may be left out.
///
/// It is an [`Activation`]: out of place, in place, on the instruction set of your
/// choice. The result is bit for bit that of the steps one by one, but for the payload of a NaN:
/// the sum with the bias is rounded, then the sum of that with the skip connection, then the activation as its page says,
/// then the sum with the residual.
///
/// | | |
/// |---|---|
/// | Parameters | any activation; a bias per channel, a skip connection and a residual per element: any numbers |
/// | Domain | all of f32 |
/// | Shapes | a length that is a multiple of `channels * inner`, and that of skip connection and residual; the output is as long as the input |
/// | Error | four roundings: at most 0.5 ULP for each sum, of what it sums, and the activation's own; and one more to a 16-bit type |
/// | Special values | as in the sums and in the activation; a bias, a skip connection or a residual of -0 is as none |
/// | Errors | no bias, an `inner` of 0, [`Error::ShapeMismatch`], [`Error::OperandMismatch`]; the activation's own; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | ONNX Runtime's `BiasGelu` and `FusedConv` |
///
/// With the feature `half` the tensor, the bias, the skip connection and the residual may each be `f32`, `f16` or `bf16`, in
/// any combination: see [`Float`]. All steps are then those of `f32`, and the last sum is rounded once.
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
///
/// let block = Fused::new(Relu).bias(&[3.0, -0.5], 1)?.skip(&x); // the end of a block of ResNet
/// block.apply(&x, &mut y)?;
/// assert_eq!(y, [0.0, 1.5, 0.0, 1.5]);
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
                skip: None,
                residual: None,
            },
        }
    }

    /// With a bias for each channel of a tensor `[outer, bias.len(), inner]`, added to the input; in
    /// place of an earlier one.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] where there is no bias, or `inner` is 0 or too large for any tensor.
    pub fn bias<T: Float>(mut self, bias: &'a [T], inner: usize) -> Result<Self, Error> {
        self.around.bias = Some(Channels::new(bias, inner, NAMES)?);
        Ok(self)
    }

    /// With a number for each element that is added to the input, and to its bias, before the activation: a skip connection;
    /// in place of an earlier one.
    #[must_use]
    pub fn skip<T: Float>(mut self, skip: &'a [T]) -> Self {
        self.around.skip = Some(Slice::of(skip));
        self
    }

    /// With a residual for each element, added to what the activation returns; in place of an earlier
    /// one.
    #[must_use]
    pub fn residual<T: Float>(mut self, residual: &'a [T]) -> Self {
        self.around.residual = Some(Slice::of(residual));
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
        let Surroundings {
            bias,
            skip,
            residual,
        } = self.around;
        // What a sum shows nothing of.
        let none = -0.0;
        let bias = bias.map_or(none, |bias| f64::from(bias.at(index)));
        let [skip, residual] = [skip, residual].map(|operand| {
            let number = operand.and_then(|operand| operand.get(index));
            number.map_or(none, f64::from)
        });
        self.activation.reference_at(index, x + bias + skip) + residual
    }

    fn depends_on_position(&self) -> bool {
        let Surroundings {
            bias,
            skip,
            residual,
        } = self.around;
        bias.is_some()
            || skip.is_some()
            || residual.is_some()
            || self.activation.depends_on_position()
    }

    fn cuts(&self) -> Cuts {
        let of_bias = self.around.bias.map_or(Cuts::Anywhere, |bias| bias.cuts());
        self.activation.cuts().and(of_bias)
    }

    fn part(&self, start: usize, len: usize) -> Self {
        let Surroundings {
            bias,
            skip,
            residual,
        } = self.around;
        Self {
            activation: self.activation.part(start, len),
            around: Surroundings {
                bias: bias.map(|bias| bias.part(start, len)),
                skip: skip.map(|skip| skip.part(start, len)),
                residual: residual.map(|residual| residual.part(start, len)),
            },
        }
    }

    #[inline]
    fn check(&self, len: usize) -> Result<(), Error> {
        self.activation.check(len)?;
        let Surroundings {
            bias,
            skip,
            residual,
        } = self.around;
        if let Some(bias) = bias {
            bias.check(len)?;
        }
        for (operand, numbers) in [("skip", skip), ("residual", residual)] {
            if let Some(numbers) = numbers
                && numbers.len() != len
            {
                return Err(Error::OperandMismatch {
                    input: len,
                    operand,
                    len: numbers.len(),
                });
            }
        }
        Ok(())
    }
}

impl<A: Activation> Apply for Fused<'_, A> {
    unsafe fn apply_raw(&self, isa: Isa, io: Io<f32>, stores: Stores) {
        let pipeline = Pipeline::new(self.activation.erase(), isa);
        // SAFETY: `io` and the CPU are as the caller says; a shared borrow of bias, skip and residual outlives the
        // exclusive one of what is written, so that they do not overlap. `check` has seen to it that channels fit
        // `io`, that skip and residual have as many elements, and that the activation has what it wants.
        unsafe { pipeline.fused(io, self.around, stores) }
    }
}

impl<A: Activation> Activation for Fused<'_, A> {}

/// The 16-bit type `$element`: all is that of f32, block by block, between conversions.
#[cfg(feature = "half")]
macro_rules! of_16_bits {
    ($element:ty) => {
        impl<A: Activation> Apply<$element> for Fused<'_, A> {
            unsafe fn apply_raw(&self, isa: Isa, io: Io<$element>, _stores: Stores) {
                // SAFETY: the caller's promises, passed on.
                unsafe { convert(self, isa, AnyIo::of(io)) }
            }
        }

        impl<A: Activation> Activation<$element> for Fused<'_, A> {}
    };
}

#[cfg(feature = "half")]
of_16_bits!(half::f16);
#[cfg(feature = "half")]
of_16_bits!(half::bf16);
