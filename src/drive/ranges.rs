//! Activations of 16-bit numbers whose result is the number itself, but for ranges of numbers that share one result: ReLU,
//! clamps, thresholds. They take no arithmetic, but for comparisons of bits.

use crate::drive::precision::Precision;

/// A range of bits, from `first` to `first + span`, and what stands in the place of all numbers in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    pub(crate) first: u16,
    pub(crate) span: u16,
    pub(crate) result: u16,
}

impl Range {
    /// 0, which stays.
    const NONE: Self = Self {
        first: 0,
        span: 0,
        result: 0,
    };
}

/// The ranges of an activation. Others than those of the numbers that it was asked for are never in them, NaN above all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ranges {
    pub(crate) ranges: [Range; 2],
    count: usize,
}

impl Ranges {
    /// No range: all numbers stay.
    pub(crate) const NONE: Self = Self {
        ranges: [Range::NONE; 2],
        count: 0,
    };

    /// With all numbers below `bound` replaced by `result`. `None` where that would be more ranges than there is room for.
    #[inline]
    pub(crate) fn below<T: Precision>(self, bound: f32, result: f32) -> Option<Self> {
        self.between::<T>(
            order::<T>(f32::NEG_INFINITY),
            first_from::<T>(bound) - 1,
            result,
        )
    }

    /// As [`below`](Self::below), and `bound` itself is replaced as well.
    #[inline]
    pub(crate) fn at_most<T: Precision>(self, bound: f32, result: f32) -> Option<Self> {
        self.between::<T>(order::<T>(f32::NEG_INFINITY), last_to::<T>(bound), result)
    }

    /// With all numbers above `bound` replaced by `result`.
    #[inline]
    pub(crate) fn above<T: Precision>(self, bound: f32, result: f32) -> Option<Self> {
        self.between::<T>(last_to::<T>(bound) + 1, order::<T>(f32::INFINITY), result)
    }

    /// With all numbers of a magnitude of at most `bound` replaced by `result`.
    #[inline]
    pub(crate) fn within<T: Precision>(self, bound: f32, result: f32) -> Option<Self> {
        self.between::<T>(first_from::<T>(-bound), last_to::<T>(bound), result)
    }

    /// With all numbers from the place `first` in the [`order`] to the place `last` replaced by `result`.
    #[inline]
    fn between<T: Precision>(self, first: i32, last: i32, result: f32) -> Option<Self> {
        // Those with a sign stand in the other order.
        self.with::<T>(0x8000 - 1 - last.min(-1), 0x8000 - 1 - first, result)?
            .with::<T>(first.max(0), last, result)
    }

    /// With the bits from `first` to `last` replaced, if there are any.
    #[inline]
    fn with<T: Precision>(mut self, first: i32, last: i32, result: f32) -> Option<Self> {
        if first <= last {
            *self.ranges.get_mut(self.count)? = Range {
                first: first as u16,
                span: (last - first) as u16,
                result: T::bits_of(result),
            };
            self.count += 1;
        }
        Some(self)
    }

    /// The bits of the result for the bits `x`.
    #[inline(always)]
    pub(crate) fn result(&self, x: u16) -> u16 {
        let mut y = x;
        for range in self.ranges {
            if x.wrapping_sub(range.first) <= range.span {
                y = range.result;
            }
        }
        y
    }
}

/// The place of the number of type `T` next to `x` among all of them, by size: 0 for +0, -1 for -0.
#[inline]
fn order<T: Precision>(x: f32) -> i32 {
    place(T::bits_of(x))
}

/// The place of the number with these bits.
#[inline]
fn place(bits: u16) -> i32 {
    match i32::from(bits) {
        bits if bits < 0x8000 => bits,
        bits => 0x8000 - 1 - bits,
    }
}

/// The number at a place.
#[inline]
fn at<T: Precision>(place: i32) -> f32 {
    let bits = if place < 0 { 0x8000 - 1 - place } else { place };
    T::value_of(bits as u16)
}

/// The place of the first number that is not below `x`.
#[inline]
fn first_from<T: Precision>(x: f32) -> i32 {
    let mut place = order::<T>(x);
    if at::<T>(place) < x {
        place += 1;
    }
    // Of both zeros the first one.
    if at::<T>(place) == 0.0 { -1 } else { place }
}

/// The place of the last number that is not above `x`.
#[inline]
fn last_to<T: Precision>(x: f32) -> i32 {
    let mut place = order::<T>(x);
    if at::<T>(place) > x {
        place -= 1;
    }
    if at::<T>(place) == 0.0 { 0 } else { place }
}

#[cfg(test)]
mod tests {
    use super::*;
    use half::{bf16, f16};

    /// All numbers against comparisons in f32.
    fn check<T: Precision>(ranges: Ranges, f: impl Fn(f32) -> f32) {
        for bits in 0..=u16::MAX {
            let x = T::value_of(bits);
            let expected = if x.is_nan() { bits } else { T::bits_of(f(x)) };
            assert_eq!(ranges.result(bits), expected, "{x:e} of {ranges:x?}");
        }
    }

    fn check_bound<T: Precision>(bound: f32) {
        let below = |x| if x < bound { 3.0 } else { x };
        check::<T>(Ranges::NONE.below::<T>(bound, 3.0).unwrap(), below);
        let at_most = |x| if x <= bound { 3.0 } else { x };
        check::<T>(Ranges::NONE.at_most::<T>(bound, 3.0).unwrap(), at_most);
        let above = |x| if x > bound { 3.0 } else { x };
        check::<T>(Ranges::NONE.above::<T>(bound, 3.0).unwrap(), above);
        let within = |x: f32| if x.abs() <= bound { 3.0 } else { x };
        check::<T>(Ranges::NONE.within::<T>(bound, 3.0).unwrap(), within);
    }

    #[test]
    fn ranges_are_those_of_comparisons() {
        let bounds = [
            0.0,
            1e-45,
            f32::MIN_POSITIVE,
            2.9e-8,
            3e-8,
            6e-8,
            0.1,
            0.5,
            1.0,
            6.0,
            65504.0,
            65519.9,
            65520.0,
            1e10,
            f32::MAX,
            f32::INFINITY,
        ];
        for bound in bounds.into_iter().flat_map(|bound| [bound, -bound]) {
            check_bound::<f16>(bound);
            check_bound::<bf16>(bound);
        }
    }

    #[test]
    fn more_than_two_ranges_are_none() {
        let clamped = Ranges::NONE
            .below::<f16>(-1.0, -1.0)
            .unwrap()
            .above::<f16>(1.0, 1.0);
        check::<f16>(clamped.unwrap(), |x| x.clamp(-1.0, 1.0));
        let below = Ranges::NONE.below::<f16>(1.0, 1.0).unwrap();
        assert_eq!(below.above::<f16>(2.0, 2.0), None);
    }
}
