//! Slopes of one shape for an input of another, as ONNX has them.

use super::{Prelu, Slopes, invalid};
use crate::channels::grid::{GROUPS, Grid, Group};
use crate::element::{Slice, elements};
use crate::{Error, Float};

impl<'a> Prelu<'a> {
    /// Slopes of a shape that is broadcast to that of the input: ONNX's `PRelu`.
    ///
    /// The shapes are aligned at their last axes, and those that the slopes lack count as 1. Along each axis the
    /// slopes are 1, or as many as the input has. If the axes along which they vary follow one another (but for
    /// axes of which the input has 1), the input is `[outer, channels, inner]`, as with [`per_channel`](Self::per_channel):
    ///
    /// | Slopes | Input | Channels | Inner |
    /// |---|---|---|---|
    /// | `[]`, `[1]`, `[1, 1, 1, 1]` | `[2, 3, 4, 5]` | one slope for all | |
    /// | `[3, 1, 1]`, `[1, 3, 1, 1]` | `[2, 3, 4, 5]` | 3 | 20 |
    /// | `[5]` | `[2, 3, 4, 5]` | 5 | 1 |
    /// | `[3, 4, 1]` | `[2, 3, 4, 5]` | 12 | 5 |
    /// | `[2, 1, 3]` | `[2, 1, 3]` | 6 | 1 |
    /// | `[3, 1, 5]`, `[2, 1, 1, 5]` | `[2, 3, 4, 5]` | in several groups | |
    ///
    /// There may be four such groups of axes, so that tensors of up to eight axes take slopes of every shape that fits.
    /// The input is then worked on in parts with the same slopes again and again, which should not be short: for `[3,
    /// 1, 5]` they are `[4, 5]`.
    ///
    /// As with [`per_channel`](Self::per_channel), `outer` is what is left of the tensor it is applied to. An input
    /// shape without elements takes no other tensor, unless there is one slope for all.
    ///
    /// # Errors
    /// [`Error::NotBroadcastable`] names the first axis from the last on that does not fit;
    /// [`Error::InvalidParameter`] says that there are not as many slopes as their shape has elements, or that no tensor
    /// is as large as `x_shape`.
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
    pub fn broadcast<T: Float>(
        slopes: &'a [T],
        slope_shape: &[usize],
        x_shape: &[usize],
    ) -> Result<Self, Error> {
        if elements(slope_shape) != Some(slopes.len()) {
            let expected = "the product of slope_shape";
            return Err(invalid("slopes.len()", slopes.len() as f32, expected));
        }
        let len = elements(x_shape).filter(|len| isize::try_from(*len).is_ok());
        let len = len.ok_or_else(|| {
            let product = x_shape.iter().map(|&size| size as f32).product();
            invalid("the product of x_shape", product, "a number of elements")
        })?;
        let (groups, count) = groups(slope_shape, x_shape)?;
        let [.., last] = groups;
        if len == 0 && count > 0 {
            // A block of channels that is too large for any tensor with elements.
            let inner = usize::MAX / slopes.len().max(1);
            return if slopes.is_empty() {
                Self::per_channel(&[0.0_f32], inner)
            } else {
                Self::per_channel(slopes, inner)
            };
        }
        match count {
            0 => Ok(Self::shared(Slice::of(slopes).get(0).unwrap_or_default())),
            1 => Self::per_channel(slopes, last.shared),
            _ => {
                let grid = Grid::new(Slice::of(slopes), groups);
                Ok(Self::of(Slopes::of_grid(grid)))
            }
        }
    }
}

/// The groups of axes along which slopes vary, at the end of the array, and how many they are. (Of an input without elements
/// only their number counts.)
fn groups(slope_shape: &[usize], x_shape: &[usize]) -> Result<([Group; GROUPS], usize), Error> {
    let mut groups = [Group::NONE; GROUPS];
    let mut count = 0;
    // The axes from the last on along which slopes do not vary, since the last one along which they do.
    let mut shared = 1_usize;
    let mut is_varying = false;
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
            Some(1) if slope == 1 => {}
            Some(size) if slope == size => {
                if !is_varying {
                    count += 1;
                    let unused = groups.len().checked_sub(count);
                    let group = unused.and_then(|unused| groups.get_mut(unused));
                    let Some(group) = group else {
                        return Err(refused("1, as it varies along four groups of axes behind"));
                    };
                    group.shared = core::mem::replace(&mut shared, 1);
                    is_varying = true;
                }
                let group = &mut groups[GROUPS - count];
                group.varying = group.varying.saturating_mul(size);
            }
            Some(_) if slope != 1 => return Err(refused("1, or as many as the input")),
            Some(size) => {
                shared = shared.saturating_mul(size);
                is_varying = false;
            }
        }
    }
    Ok((groups, count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Formula;

    fn view(slope_shape: &[usize], x_shape: &[usize]) -> Result<Option<(usize, usize)>, Error> {
        let slopes = vec![0.5; slope_shape.iter().product()];
        let prelu = Prelu::broadcast(&slopes, slope_shape, x_shape)?;
        Ok(prelu.slopes().and_then(|slopes| slopes.channels()))
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
            (&[2, 1, 1, 5], x, None), // a grid
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
    fn every_shape_that_fits_is_broadcast_and_no_other() {
        let numbers: Vec<f32> = (1..=81).map(|i| i as f32).collect();
        let shapes = shapes(4);
        let (mut views, mut grids) = (0, 0);
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
                let prelu = got.clone().unwrap_or_else(|_| panic!("{}", what()));
                assert_eq!(prelu.check(expected.len()), Ok(()), "{}", what());
                for (at, &slope) in expected.iter().enumerate() {
                    let exact = -f64::from(slopes[slope]);
                    assert_eq!(prelu.reference_at(at, -1.0), exact, "{}", what());
                    assert_eq!(
                        prelu.reference_at(at + expected.len(), -1.0),
                        exact,
                        "{}",
                        what()
                    );
                }
                match prelu.slopes() {
                    Some(slopes) if slopes.channels().is_none() => grids += 1,
                    _ => views += 1,
                }
            }
        }
        assert!(views > 1000 && grids > 100, "{views} views, {grids} grids");
    }
}
