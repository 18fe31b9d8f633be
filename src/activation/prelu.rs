use super::leaky_relu::leaky;
use super::{Formula, LeakyRelu, parameter::Parameter};
use crate::drive::{LaneKernel, Run, Walk, channel::map_channels};
use crate::element::elements;
use crate::simd::{Machine, Vocabulary};
use crate::{Cuts, Error};

/// `f(x) = if x < 0 { slope * x } else { x }`, with one learned slope or one per channel.
///
/// A tensor with a slope per channel is seen as `[outer, channels, inner]` in row-major order:
/// for NCHW `inner` is H·W, for NHWC it is 1, and `outer` is what is left. [`Prelu::broadcast`] finds that
/// view of two shapes, as ONNX has them.
///
/// | | |
/// |---|---|
/// | Parameters | `slope`, 0.25 by default, or one for each channel: finite |
/// | Domain | all of f32 |
/// | Shapes | any slice with one slope; with one per channel, a length that is a multiple of `channels * inner`; the output is as long as the input |
/// | Error | at most 0.5 ULP: correctly rounded |
/// | Special values | as for [`LeakyRelu`] |
/// | Errors | a slope that is not finite, no slope, an `inner` of 0, [`Error::ShapeMismatch`], [`Error::NotBroadcastable`]; a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
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

    /// Slopes of a shape that is broadcast to that of the input: ONNX's `PRelu`.
    ///
    /// The shapes are aligned at their last axes, and those that the slopes lack count as 1. Along each axis the
    /// slopes are 1, or as many as the input has. The axes along which they vary have to follow one another (but for
    /// axes of which the input has 1), so that the input is `[outer, channels, inner]`:
    ///
    /// | Slopes | Input | Channels | Inner |
    /// |---|---|---|---|
    /// | `[]`, `[1]`, `[1, 1, 1, 1]` | `[2, 3, 4, 5]` | one slope for all | |
    /// | `[3, 1, 1]`, `[1, 3, 1, 1]` | `[2, 3, 4, 5]` | 3 | 20 |
    /// | `[5]` | `[2, 3, 4, 5]` | 5 | 1 |
    /// | `[3, 4, 1]` | `[2, 3, 4, 5]` | 12 | 5 |
    /// | `[2, 1, 3]` | `[2, 1, 3]` | 6 | 1 |
    /// | `[3, 1, 5]` | `[2, 3, 4, 5]` | an error | |
    ///
    /// As with [`per_channel`](Self::per_channel), `outer` is what is left of the tensor it is applied to. An input
    /// shape without elements takes no other tensor, unless there is one slope for all.
    ///
    /// # Errors
    /// [`Error::NotBroadcastable`] names the first axis from the last on that does not fit;
    /// [`Error::InvalidParameter`] says that there are not as many slopes as their shape has elements, that no tensor
    /// is as large as `x_shape`, or that a slope is not finite.
    ///
    /// ```
    /// use activations::{Activation, Error, Prelu};
    /// let mut x = [-1.0, -2.0, -1.0, -2.0, -1.0, -2.0];
    /// Prelu::broadcast(&[0.5, 1.0, 2.0], &[3, 1], &[1, 3, 2])?.apply_in_place(&mut x)?;
    /// assert_eq!(x, [-0.5, -1.0, -1.0, -2.0, -2.0, -4.0]);
    ///
    /// let error = Prelu::broadcast(&[0.5, 1.0, 2.0], &[3, 1], &[3, 2, 1]).unwrap_err();
    /// assert!(matches!(error, Error::NotBroadcastable { axis: -2, slope: 3, input: Some(2), .. }));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn broadcast(
        slopes: &'a [f32],
        slope_shape: &[usize],
        x_shape: &[usize],
    ) -> Result<Self, Error> {
        if elements(slope_shape) != Some(slopes.len()) {
            let expected = "the product of slope_shape";
            return Err(invalid("slopes.len()", slopes.len() as f32, expected));
        }
        let len = elements(x_shape).ok_or_else(|| {
            let product = x_shape.iter().map(|&size| size as f32).product();
            invalid("the product of x_shape", product, "a number of elements")
        })?;

        let mut inner = 1_usize;
        let mut varies = false;
        // The first axis before those along which the slopes vary: none of them may come before it.
        let mut gap = None;
        let mut sizes = x_shape.iter().rev();
        for (axis, &slope) in (1..).zip(slope_shape.iter().rev()) {
            let input = sizes.next().copied();
            let refused = |expected| Error::NotBroadcastable {
                axis: -axis,
                slope,
                input,
                expected,
            };
            match input {
                None => return Err(refused("without this axis")),
                Some(input) if slope == input => {
                    if slope != 1 {
                        if let Some(refused) = gap {
                            return Err(refused);
                        }
                        varies = true;
                    }
                }
                Some(_) if slope != 1 => return Err(refused("1, or as many as the input")),
                Some(_) if varies => {
                    let expected = "as many as the input, like axes on both sides";
                    gap.get_or_insert_with(|| refused(expected));
                }
                // Where it saturates, there are no elements.
                Some(input) => inner = inner.saturating_mul(input),
            }
        }

        let slopes = if slopes.is_empty() { &[0.0] } else { slopes };
        if len == 0 {
            // A block of channels that is too large for any tensor with elements.
            inner = usize::MAX / slopes.len();
        }
        let per_channel = Self::per_channel(slopes, inner)?;
        Ok(if varies {
            per_channel
        } else {
            Self::shared(per_channel.slope)
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn view(slope_shape: &[usize], x_shape: &[usize]) -> Result<Option<(usize, usize)>, Error> {
        let slopes = vec![0.5; slope_shape.iter().product()];
        let prelu = Prelu::broadcast(&slopes, slope_shape, x_shape)?;
        let channels = prelu.channels;
        Ok(channels.map(|channels| (channels.slopes.len(), channels.inner)))
    }

    #[test]
    fn views_are_those_of_the_page() {
        let x: &[usize] = &[2, 3, 4, 5];
        for (slope_shape, x_shape, expected) in [
            (&[][..], x, None),
            (&[1], x, None),
            (&[1, 1, 1, 1], x, None),
            (&[1, 1], &[1, 1], None),
            (&[], &[], None),
            (&[3, 1, 1], x, Some((3, 20))),
            (&[1, 3, 1, 1], x, Some((3, 20))),
            (&[5], x, Some((5, 1))),
            (&[1, 1, 1, 5], x, Some((5, 1))),
            (&[3, 4, 1], x, Some((12, 5))),
            (&[2, 1, 1, 1], x, Some((2, 60))),
            (x, x, Some((120, 1))),
            (&[2, 1, 3], &[2, 1, 3], Some((6, 1))),
            (&[3, 1, 1], &[2, 3, 1, 5], Some((3, 5))),
        ] {
            assert_eq!(
                view(slope_shape, x_shape),
                Ok(expected),
                "{slope_shape:?} to {x_shape:?}"
            );
        }
    }

    /// All shapes of up to `axes` axes of 0 to 3.
    fn shapes(axes: usize) -> Vec<Vec<usize>> {
        let mut all = vec![vec![]];
        for start in 0..axes {
            let longest: Vec<_> = all
                .iter()
                .filter(|shape| shape.len() == start)
                .cloned()
                .collect();
            for shape in longest {
                all.extend((0..4).map(|size| [&[size][..], &shape].concat()));
            }
        }
        all
    }

    /// Which slope each element of the input has, axis by axis; `None` where the shapes do not allow it.
    fn broadcast_one_by_one(slope_shape: &[usize], x_shape: &[usize]) -> Option<Vec<usize>> {
        let lacking = x_shape.len().checked_sub(slope_shape.len())?;
        let aligned = [&vec![1; lacking][..], slope_shape].concat();
        let fits = |(&slope, &input): (&usize, &usize)| slope == 1 || slope == input;
        if !aligned.iter().zip(x_shape).all(fits) {
            return None;
        }
        let slope_of = |at: usize| {
            let (mut rest, mut stride, mut slope) = (at, 1, 0);
            for (&size, &own) in x_shape.iter().zip(&aligned).rev() {
                slope += rest % size % own * stride;
                rest /= size;
                stride *= own;
            }
            slope
        };
        Some((0..x_shape.iter().product()).map(slope_of).collect())
    }

    #[test]
    fn every_view_that_there_is_is_found_and_no_other() {
        let numbers: Vec<f32> = (1..=81).map(|i| i as f32).collect();
        let shapes = shapes(4);
        let (mut views, mut gaps) = (0, 0);
        for x_shape in &shapes {
            for slope_shape in &shapes {
                let slopes = &numbers[..slope_shape.iter().product()];
                let got = Prelu::broadcast(slopes, slope_shape, x_shape);
                let what = || format!("{slope_shape:?} to {x_shape:?}: {got:?}");
                let Some(expected) = broadcast_one_by_one(slope_shape, x_shape) else {
                    assert!(
                        matches!(got, Err(Error::NotBroadcastable { .. })),
                        "{}",
                        what()
                    );
                    continue;
                };
                if expected.is_empty() {
                    // Which shapes fit is all that there is to say.
                    let Ok(prelu) = got else { continue };
                    assert_eq!(prelu.check(0), Ok(()), "{}", what());
                    assert_eq!(
                        prelu.check(6).is_ok(),
                        !prelu.is_per_channel(),
                        "{}",
                        what()
                    );
                    continue;
                }
                let is_view = |inner: usize| {
                    let slope_of = |at: usize| at / inner % slopes.len();
                    expected
                        .iter()
                        .enumerate()
                        .all(|(at, &slope)| slope_of(at) == slope)
                };
                if (1..=expected.len()).any(is_view) {
                    let prelu = got.clone().unwrap_or_else(|_| panic!("{}", what()));
                    assert_eq!(prelu.check(expected.len()), Ok(()), "{}", what());
                    for (at, &slope) in expected.iter().enumerate() {
                        assert_eq!(
                            prelu.reference_at(at, -1.0),
                            -f64::from(slopes[slope]),
                            "{}",
                            what()
                        );
                    }
                    views += 1;
                } else {
                    assert!(
                        matches!(got, Err(Error::NotBroadcastable { .. })),
                        "{}",
                        what()
                    );
                    gaps += 1;
                }
            }
        }
        assert!(views > 1000 && gaps > 100, "{views} views, {gaps} gaps");
    }
}
