use super::leaky_relu::leaky;
use super::{Formula, LeakyRelu, parameter::Parameter};
use crate::drive::{LaneKernel, Run, Walk, channel::map_channels};
use crate::simd::{Machine, Vocabulary};
use crate::{Cuts, Error};

/// `f(x) = if x < 0 { slope * x } else { x }`, with one learned slope or one per channel.
///
/// A tensor with a slope per channel is seen as `[outer, channels, inner]` in row-major order:
/// for NCHW `inner` is H·W, for NHWC it is 1, and `outer` is what is left.
///
/// | | |
/// |---|---|
/// | Parameters | `slope`, 0.25 by default, or one for each channel: finite |
/// | Domain | all of f32 |
/// | Shapes | any slice with one slope; with one per channel, a length that is a multiple of `channels * inner`; the output is as long as the input |
/// | Error | at most 0.5 ULP: correctly rounded |
/// | Special values | as for [`LeakyRelu`] |
/// | Errors | a slope that is not finite, no slope, an `inner` of 0, [`Error::ShapeMismatch`]; a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
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
    channels: Option<Channels<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Channels<'a> {
    /// Finite, and at least one.
    slopes: &'a [f32],
    /// Not 0; `slopes.len() * inner` does not overflow.
    inner: usize,
    /// Whether a slope is 0, which takes two operations more.
    any_zero: bool,
}

impl Channels<'_> {
    /// Those of a part of the tensor.
    fn part(self, start: usize, len: usize) -> Self {
        let (slopes, inner) = channels_of_part(self.slopes, self.inner, start, len);
        Self {
            slopes,
            inner,
            ..self
        }
    }
}

/// What of a tensor `[outer, numbers.len(), inner]` the `len` elements from `start` on are, where [`Cuts`] has
/// cut it so: whole periods, some channels, or a stretch of one.
pub(crate) fn channels_of_part(
    numbers: &[f32],
    inner: usize,
    start: usize,
    len: usize,
) -> (&[f32], usize) {
    if len >= numbers.len() * inner {
        return (numbers, inner);
    }
    let first = start / inner % numbers.len();
    let count = (len / inner).max(1);
    let part = numbers.get(first..first + count).unwrap_or(numbers);
    (part, inner.min(len).max(1))
}

impl<'a> Prelu<'a> {
    /// One slope for all elements.
    pub const fn shared(slope: f32) -> Self {
        Self {
            slope,
            channels: None,
        }
    }

    pub(crate) const fn is_per_channel(&self) -> bool {
        self.channels.is_some()
    }

    /// One slope per channel of a tensor `[outer, slopes.len(), inner]`.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] where there is no slope, a slope is not finite, or `inner` is 0
    /// or too large for any tensor.
    pub fn per_channel(slopes: &'a [f32], inner: usize) -> Result<Self, Error> {
        let invalid = |parameter, value, expected| Error::InvalidParameter {
            activation: "prelu",
            parameter,
            value,
            expected,
        };
        let Some(&slope) = slopes.first() else {
            return Err(invalid("slopes.len()", 0.0, "1 or more"));
        };
        if inner == 0 || slopes.len().checked_mul(inner).is_none() {
            let expected = "1 or more, and slopes.len() * inner a number of elements";
            return Err(invalid("inner", inner as f32, expected));
        }
        if let Some(&slope) = slopes.iter().find(|slope| !slope.is_finite()) {
            return Err(invalid("slopes", slope, "finite"));
        }
        Ok(Self {
            slope,
            channels: Some(Channels {
                slopes,
                inner,
                any_zero: slopes.contains(&0.0),
            }),
        })
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
        let slope = match self.channels {
            None => self.slope,
            Some(channels) => channels.slopes[index / channels.inner % channels.slopes.len()],
        };
        leaky(x, f64::from(slope))
    }

    fn depends_on_position(&self) -> bool {
        self.is_per_channel()
    }

    fn cuts(&self) -> Cuts {
        match self.channels {
            None => Cuts::Anywhere,
            Some(Channels { slopes, inner, .. }) => Cuts::Periods {
                period: slopes.len() * inner,
                step: Some(inner),
            },
        }
    }

    fn part(&self, start: usize, len: usize) -> Self {
        let channels = self.channels.map(|channels| channels.part(start, len));
        let slope = channels
            .and_then(|channels| channels.slopes.first().copied())
            .unwrap_or(self.slope);
        Self { slope, channels }
    }

    #[inline]
    fn check(&self, len: usize) -> Result<(), Error> {
        match self.channels {
            None => Parameter {
                activation: "prelu",
                name: "slope",
                value: self.slope,
            }
            .finite(),
            Some(Channels { slopes, inner, .. }) => {
                if len.is_multiple_of(slopes.len() * inner) {
                    Ok(())
                } else {
                    Err(Error::ShapeMismatch {
                        len,
                        channels: slopes.len(),
                        inner,
                    })
                }
            }
        }
    }
}

impl Run for Prelu<'_> {
    #[inline(always)]
    unsafe fn run<S: Machine, W: Walk>(&self, simd: S, walk: W) {
        // SAFETY: the caller's promise, passed on; `per_channel` has seen to it that there are
        // slopes and that `inner` is not 0, `check` that rows of channels fill `io`.
        unsafe {
            match (self.channels, walk.tensor()) {
                (Some(channels), Some(io)) => {
                    let Channels {
                        slopes,
                        inner,
                        any_zero,
                    } = channels;
                    if any_zero {
                        map_channels(simd, io, slopes, inner, ScaleNegativeOrFlat);
                    } else {
                        map_channels(simd, io, slopes, inner, ScaleNegative);
                    }
                }
                // Along another walk no caller has slopes per channel.
                _ => LeakyRelu {
                    negative_slope: self.slope,
                }
                .run(simd, walk),
            }
        }
    }
}

/// `x` where it is positive, `slope * x` where it is negative; no slope is 0.
#[derive(Clone, Copy)]
struct ScaleNegative;

impl LaneKernel for ScaleNegative {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s, slope: V::f32s) -> V::f32s {
        simd.scale_negative_f32s(x, slope)
    }
}

/// The same where a slope may be 0. In the lanes where it is, -inf counts as the smallest finite
/// number, so that the product is a zero and not NaN.
#[derive(Clone, Copy)]
struct ScaleNegativeOrFlat;

impl LaneKernel for ScaleNegativeOrFlat {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s, slope: V::f32s) -> V::f32s {
        let low = simd.select_f32s(
            simd.equal_f32s(slope, simd.splat_f32s(0.0)),
            simd.splat_f32s(f32::MIN),
            simd.splat_f32s(f32::NEG_INFINITY),
        );
        simd.scale_negative_f32s(simd.at_least_f32s(x, low), slope)
    }
}
