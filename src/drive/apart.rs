//! Numbers that a kernel leaves to operations of their own, since they would be slow or make all others slower: those next
//! to zero, and those far from it.
//!
//! Intel's CPUs take some 150 cycles a vector for a multiplication if an operand or the product is subnormal. Next to zero
//! most activations are a line, whatever they are elsewhere: `f(x) = c x`. So a kernel may have an operation of its own for
//! numbers below 2^-60 ([`Kernel::near_zero`]), most often [`line()`]; zeros do not count. Far from zero many activations are
//! x, a limit, or an exponential that leaves the range of normal numbers: that is [`Kernel::far`].
//!
//! The loops look for such numbers, a group of vectors at a time. If a group has some, it is worked on out of line: each
//! operation gets its own elements, and other numbers, which do no harm, in the place of the rest.
//!
//! The result of an element depends on that element alone all the same, and is the same on all instruction sets. Next to
//! zero it is not flushed by a thread that does so with the results of arithmetic.

use super::Kernel;
#[cfg(feature = "half")]
use super::Weight;
use super::body::Body;
use super::precision::Precision;
use crate::simd::odd::round_to_odd;
use crate::simd::{Machine, NEXT_TO_ZERO, Outlined, Unrolled, Vocabulary, product_in_range};

/// What becomes of numbers that stand apart.
pub(crate) trait Apart: Copy {
    /// Whether they are left to others.
    const LEAVES: bool;

    /// `kernel`, that of a body `B`, of some vectors, or nothing if these are left to others.
    fn eval<S: Machine, B: Body, K: Kernel, const N: usize>(
        self,
        simd: S,
        kernel: K,
        x: [S::f32s; N],
    ) -> Option<[S::f32s; N]>;
}

/// They are left to others, and all that is next to them.
#[derive(Clone, Copy)]
pub(super) struct Left;

impl Apart for Left {
    const LEAVES: bool = true;

    #[inline(always)]
    fn eval<S: Machine, B: Body, K: Kernel, const N: usize>(
        self,
        simd: S,
        kernel: K,
        x: [S::f32s; N],
    ) -> Option<[S::f32s; N]> {
        let are_left = if !B::leaves_some::<S>() {
            false
        } else if const { K::LARGEST == f32::INFINITY } {
            if const { K::WEIGHT.is_light() } {
                // Looking at all of them would take half of the time. If many are next to zero, one vector tells.
                simd.any_next_to_zero_f32s([x[0]])
            } else {
                simd.any_next_to_zero_f32s(x)
            }
        } else if const { K::HAS_NEAR_ZERO } {
            simd.any_next_to_zero_or_beyond_f32s(x, kernel.largest())
        } else {
            simd.any_beyond_f32s(x, kernel.largest())
        };
        if are_left {
            None
        } else {
            Some(kernel.eval(Unrolled(simd), x))
        }
    }
}

/// They are seen to, out of line.
#[derive(Clone, Copy)]
pub(super) struct SeenTo;

impl Apart for SeenTo {
    const LEAVES: bool = false;

    #[inline(always)]
    fn eval<S: Machine, B: Body, K: Kernel, const N: usize>(
        self,
        simd: S,
        kernel: K,
        mut x: [S::f32s; N],
    ) -> Option<[S::f32s; N]> {
        let vectors = &mut x;
        simd.outline(Group {
            simd,
            kernel,
            vectors,
        });
        Some(x)
    }
}

/// Vectors some of whose elements stand apart, and in whose place the results are written.
struct Group<'a, S: Machine, K> {
    simd: S,
    kernel: K,
    vectors: &'a mut [S::f32s],
}

impl<S: Machine, K: Kernel> Outlined for Group<'_, S, K> {
    #[inline(always)]
    fn run(self) {
        let simd = Unrolled::<S, 1>(self.simd);
        for vector in self.vectors {
            let x = [*vector];
            let u = simd.magnitude_f32s(x);
            let one = simd.splat_f32s(1.0);
            let is_near = simd.less_than_f32s(u, simd.splat_f32s(NEXT_TO_ZERO));
            // (NaN is not inside.)
            let is_inside = simd.less_than_or_equal_f32s(u, simd.splat_f32s(self.kernel.largest()));
            let has_far = const { K::LARGEST < f32::INFINITY };
            // Each operation gets harmless numbers in the place of those that are not for it, and is left out if none is.
            let mut is_inner = one;
            if const { K::HAS_NEAR_ZERO } {
                is_inner = simd.clear_f32s(is_near, is_inner);
            }
            if has_far {
                is_inner = simd.keep_f32s(is_inside, is_inner);
            }
            let is_inner = simd.less_than_f32s(simd.splat_f32s(0.0), is_inner);
            let mut y = x;
            if self.simd.any_m32s(is_inner[0]) {
                y = self.kernel.eval(simd, simd.keep_f32s(is_inner, x));
            }
            if const { K::HAS_NEAR_ZERO } && self.simd.any_m32s(is_near[0]) {
                let near = self.kernel.near_zero(simd, simd.keep_f32s(is_near, x));
                y = simd.select_f32s(is_near, near, y);
            }
            if has_far && self.simd.any_beyond_f32s(x, self.kernel.largest()) {
                let far = self.kernel.far(simd, simd.select_f32s(is_inside, one, x));
                y = simd.select_f32s(is_inside, y, far);
            }
            [*vector] = y;
        }
    }
}

/// A kernel for inputs of which none is next to zero, but for zeros.
#[cfg(feature = "half")]
#[derive(Clone, Copy)]
pub(crate) struct NeverNextToZero<K>(pub(super) K);

#[cfg(feature = "half")]
impl<K: Kernel> Kernel for NeverNextToZero<K> {
    const WEIGHT: Weight = K::WEIGHT;
    const LARGEST: f32 = K::LARGEST;

    #[inline(always)]
    fn largest(&self) -> f32 {
        self.0.largest()
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        self.0.far(simd, x)
    }

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        self.0.eval(simd, x)
    }
}

/// f(x)/x next to zero: a number, or the sum of two where one does not hold all of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Slope {
    pub(crate) high: f32,
    pub(crate) low: f32,
}

impl Slope {
    /// The slope to which f32 is enough.
    pub(crate) const fn exactly(slope: f32) -> Self {
        Self {
            high: slope,
            low: 0.0,
        }
    }

    /// The slope as near as two f32 numbers come to it.
    pub(crate) const fn nearest(slope: f64) -> Self {
        let high = slope as f32;
        let low = (slope - high as f64) as f32;
        Self { high, low }
    }

    /// Whether [`line()`] is right for it: no product on the way to a result leaves the range of normal numbers.
    pub(crate) fn is_moderate(self) -> bool {
        const LARGE: f32 = (1u64 << 40) as f32;
        self.high == 0.0 || (1.0 / LARGE..=LARGE).contains(&self.high.abs())
    }
}

/// The slope times x for |x| below [`NEXT_TO_ZERO`], without a subnormal number in any multiplication. Zeros get their
/// sign as all numbers do.
///
/// x is raised by 2^64, which is made up for in the last product.
#[inline(always)]
pub(crate) fn line<V: Vocabulary>(simd: V, x: V::f32s, slope: Slope) -> V::f32s {
    /// 2^-64.
    const LOWER: f32 = NEXT_TO_ZERO / 16.0;
    /// 2^64 times the smallest normal number.
    const SMALL: f32 = f32::MIN_POSITIVE / LOWER;

    let splat = |value| simd.splat_f32s(value);
    if !slope.is_moderate() {
        // Slow, but right.
        return simd.mul_f32s(x, splat(slope.high));
    }
    let raised = raised(simd, simd.magnitude_f32s(x));
    let rest = simd.mul_f32s(
        raised,
        splat(slope.low.abs().copysign(slope.low * slope.high)),
    );
    let product = simd.mul_add_f32s(raised, splat(slope.high.abs()), rest);
    let is_small = simd.less_than_f32s(product, splat(SMALL));
    // A product that is exact but for this is rounded once.
    let y = if slope.low == 0.0 {
        product_in_range(simd, raised, splat(slope.high.abs() * LOWER), is_small)
    } else {
        product_in_range(simd, product, splat(LOWER), is_small)
    };
    let sign = simd.xor_f32s(simd.sign_f32s(x), simd.sign_f32s(splat(slope.high)));
    simd.or_f32s(y, sign)
}

/// 2^64 times u, which is next to zero and not negative.
#[inline(always)]
fn raised<V: Vocabulary>(simd: V, u: V::f32s) -> V::f32s {
    /// The exponent of 2^64.
    const RAISE: f32 = f32::from_bits(64 << 23);
    /// A number next to which the bits of a subnormal number are 2^64 times as much.
    const BASE: f32 = f32::from_bits(65 << 23);

    let base = simd.splat_f32s(BASE);
    let is_normal = simd.less_than_or_equal_f32s(simd.splat_f32s(f32::MIN_POSITIVE), u);
    simd.select_f32s(
        is_normal,
        simd.add_bits_f32s(u, simd.splat_f32s(RAISE)),
        simd.sub_f32s(simd.add_bits_f32s(u, base), base),
    )
}

/// As [`line()`], rounded to odd.
#[inline(always)]
pub(crate) fn line_to_odd<V: Vocabulary>(simd: V, x: V::f32s, slope: f32) -> V::f32s {
    let y = line(simd, x, Slope::exactly(slope));
    let minus = simd.xor_f32s(raised(simd, simd.magnitude_f32s(y)), simd.splat_f32s(-0.0));
    let of_x = raised(simd, simd.magnitude_f32s(x));
    let rest = simd.mul_add_f32s(of_x, simd.splat_f32s(slope.abs()), minus);
    // Of the magnitude; it gets the sign of y.
    round_to_odd(simd, y, simd.xor_f32s(rest, simd.sign_f32s(y)))
}

/// |x|, and for f16 no more than `vanished`, from where on nothing changes.
#[inline(always)]
pub(crate) fn bounded<T: Precision, V: Vocabulary>(simd: V, x: V::f32s, vanished: f32) -> V::f32s {
    let u = simd.magnitude_f32s(x);
    if T::HAS_RANGE_OF_F32 {
        u
    } else {
        simd.at_most_f32s(u, simd.splat_f32s(vanished))
    }
}

/// For f16, whose numbers next to zero are given to the same operations as all others, [`with_speck`]; y otherwise.
#[inline(always)]
pub(crate) fn with_speck_of_f16<T: Precision, V: Vocabulary>(
    simd: V,
    x: V::f32s,
    y: V::f32s,
) -> V::f32s {
    if T::HAS_RANGE_OF_F32 {
        y
    } else {
        with_speck::<T, V>(simd, x, y)
    }
}

/// `y`, and a speck more, where it is half of x next to zero: there it may be a tie of `T`, which the exact result, if it lies
/// above, is not. Zeros get the sign of x, as results have it.
#[inline(always)]
pub(crate) fn with_speck<T: Precision, V: Vocabulary>(simd: V, x: V::f32s, y: V::f32s) -> V::f32s {
    let y = simd.add_f32s(y, simd.splat_f32s(T::SPECK));
    simd.or_f32s(y, simd.sign_f32s(x))
}

/// Half of x, as [`line()`] has it, and a bit more: so that it is rounded to 16 bits as a number next to it that lies above.
/// Zeros stay.
#[inline(always)]
pub(crate) fn above_half<V: Vocabulary>(simd: V, x: V::f32s) -> V::f32s {
    let y = line(simd, x, Slope::exactly(0.5));
    let is_below = simd.less_than_f32s(x, simd.splat_f32s(0.0));
    let is_above = simd.less_than_f32s(simd.splat_f32s(0.0), x);
    let unit = simd.splat_f32s(f32::from_bits(1));
    let y = simd.add_bits_f32s(y, simd.keep_f32s(is_above, unit));
    simd.sub_bits_f32s(y, simd.keep_f32s(is_below, unit))
}

/// The slope `below` times x for negative numbers and -0, `above` times x for others; as [`line()`].
#[inline(always)]
pub(crate) fn broken_line<V: Vocabulary>(
    simd: V,
    x: V::f32s,
    below: Slope,
    above: Slope,
) -> V::f32s {
    // -1 or 1: zeros have a sign, too.
    let side = simd.or_f32s(simd.sign_f32s(x), simd.splat_f32s(1.0));
    let is_below = simd.less_than_f32s(side, simd.splat_f32s(0.0));
    let of_above = if above == Slope::exactly(1.0) {
        x
    } else {
        line(simd, x, above)
    };
    simd.select_f32s(is_below, line(simd, x, below), of_above)
}
