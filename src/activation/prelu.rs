use super::leaky_relu::leaky;
use super::{Formula, LeakyRelu};
use crate::channels::{Channels, Names};
use crate::drive::precision::Precision;
use crate::drive::{ChooseKernel, WithKernel};
use crate::{Cuts, Error, Float};

mod broadcast;
mod slopes;

pub(crate) use slopes::{Slopes, Special};

/// How errors name what makes no slopes.
const NAMES: Names = Names {
    activation: "prelu",
    count: "slopes.len()",
    inner: "1 or more, and slopes.len() * inner a number of elements",
};

/// `f(x) = if x < 0 { slope * x } else { x }`, with one learned slope or one per channel.
///
/// A tensor with a slope per channel is seen as `[outer, channels, inner]` in row-major order:
/// for NCHW `inner` is H·W, for NHWC it is 1, and `outer` is what is left. [`Prelu::broadcast`] takes slopes and
/// tensors of shapes as ONNX has them.
///
/// | | |
/// |---|---|
/// | Parameters | `slope`, 0.25 by default, or one for each channel: any number; NaN, too |
/// | Domain | all of f32 |
/// | Shapes | any slice with one slope; with one per channel, a length that is a multiple of `channels * inner`; the output is as long as the input |
/// | Error | at most 0.5 ULP: correctly rounded |
/// | Special values | as for [`LeakyRelu`] |
/// | Errors | no slope, an `inner` of 0, [`Error::ShapeMismatch`], [`Error::NotBroadcastable`]; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | He et al., 2015; PyTorch `nn.PReLU`, ONNX `PRelu` |
///
/// ```
/// use activations::{Activation, Prelu};
/// let mut x = [-8.0, 2.0];
/// Prelu::shared(0.25).apply_in_place(&mut x)?;
/// assert_eq!(x, [-2.0, 2.0]);
///
/// let mut nchw = [-1.0, -2.0, -1.0, -2.0]; // two channels of two pixels
/// Prelu::per_channel(&[0.5, 2.0], 2)?.apply_in_place(&mut nchw)?;
/// assert_eq!(nchw, [-0.5, -1.0, -2.0, -4.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prelu<'a> {
    /// The slope of all channels, or of the first.
    pub(crate) slope: f32,
    slopes: Option<Slopes<'a>>,
}

impl<'a> Prelu<'a> {
    /// One slope for all elements.
    pub const fn shared(slope: f32) -> Self {
        Self {
            slope,
            slopes: None,
        }
    }

    /// The slopes, where they are one per channel.
    pub(crate) const fn slopes(&self) -> Option<Slopes<'a>> {
        self.slopes
    }

    pub(crate) const fn is_per_channel(&self) -> bool {
        self.slopes.is_some()
    }

    /// One slope per channel of a tensor `[outer, slopes.len(), inner]`: slopes of any floating-point type, whatever
    /// that of the tensor is.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] where there is no slope, or `inner` is 0 or too large for any tensor.
    pub fn per_channel<T: Float>(slopes: &'a [T], inner: usize) -> Result<Self, Error> {
        let channels = Channels::new(slopes, inner, NAMES)?;
        Ok(Self::of(Slopes::of_channels(channels)))
    }

    /// Slopes that differ from element to element.
    fn of(slopes: Slopes<'a>) -> Self {
        Self {
            slope: slopes.at(0),
            slopes: Some(slopes),
        }
    }
}

fn invalid(parameter: &'static str, value: f32, expected: &'static str) -> Error {
    Error::InvalidParameter {
        activation: "prelu",
        parameter,
        value,
        expected,
    }
}

impl Default for Prelu<'_> {
    fn default() -> Self {
        Self::shared(0.25)
    }
}

impl Formula for Prelu<'_> {
    fn reference(&self, x: f64) -> f64 {
        leaky(x, f64::from(self.slope))
    }

    fn reference_at(&self, index: usize, x: f64) -> f64 {
        let slope = self.slopes.map_or(self.slope, |slopes| slopes.at(index));
        leaky(x, f64::from(slope))
    }

    fn depends_on_position(&self) -> bool {
        self.is_per_channel()
    }

    fn cuts(&self) -> Cuts {
        self.slopes.map_or(Cuts::Anywhere, |slopes| slopes.cuts())
    }

    fn part(&self, start: usize, len: usize) -> Self {
        self.slopes
            .map_or(*self, |slopes| Self::of(slopes.part(start, len)))
    }

    #[inline]
    fn check(&self, len: usize) -> Result<(), Error> {
        self.slopes.map_or(Ok(()), |slopes| slopes.check(len))
    }
}

/// The kernel of a shared slope. Slopes per channel take stages, too: see `pipeline/prelu.rs`.
impl ChooseKernel for Prelu<'_> {
    #[inline(always)]
    fn choose_kernel<T: Precision, W: WithKernel>(&self, then: W) {
        let negative_slope = self.slope;
        LeakyRelu { negative_slope }.choose_kernel::<T, W>(then);
    }
}
