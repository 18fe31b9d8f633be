//! xIELU: a square and a line above 0, an exponential and a line below, without the cancellation at its root.
//!
//! Algorithm: below 0, with A = `alpha_n` and C = `beta - alpha_n`, it is A (e^x - 1) + C x. The exponential is taken about the
//! nearest of three kinds of points c, with d = x - c: as A (e^c - 1) + A e^c (e^d - 1). The points are 0, where the line is put
//! into the second term, as `beta` d is all that is left of it; the root, where it is, too, and the first term and the line are all
//! but 0 together; and for other x the multiples of ln2/8, by which the power of e is known, as [`exp`] has it. About these the
//! first term and the line are added up with what their roundings took. Above `eps` the exponential is a number.
//!
//! e^d - 1 is d + d^2/2, as one factor times d and what its roundings took, and a cubic that a polynomial makes. Of the two
//! terms of that factor either may be the larger: next to 0 the slope `beta` is, further below a small root it is half the
//! square's. Above 0 the factor is that of `alpha_p` x + `beta`, and there is no cubic.
//!
//! Interval of the fit: from -0.41 to 0.252, within 6.9e-8. Error: 0.65 ULP with the defaults, most just below -0.4; with other
//! parameters 1.46 ULP were met in 60 million samples, next to where one kind of points ends. NaN gives NaN.

use super::exp::{self, RISING};
use super::{hex, polynomial};
use crate::simd::Vocabulary;

/// Beyond, nothing is left of e^x next to 1.
pub(crate) const LARGEST: f32 = 64.0;

/// From here up to 0 the line is left out of the exponential: so far a polynomial goes.
const NEAR: f32 = -0.4;

/// So far below its root, and so far above it, the function is that polynomial about the root, too, but not beyond twice and half
/// of the root: in between x less the root is exact.
const BELOW_ROOT: f32 = 0.4;
const ABOVE_ROOT: f32 = 0.25;

/// Coefficients of 2 (e^d - 1 - d - d^2/2) / d^3, from the constant term up.
const CUBIC: [f32; 5] = [
    hex("0x1.555554p-2"),  // 0.33333331
    hex("0x1.555544p-4"),  // 0.083333269
    hex("0x1.111686p-6"),  // 0.016667968
    hex("0x1.6c9292p-9"),  // 0.0027814675
    hex("0x1.8cd662p-12"), // 0.00037845367
];

/// The parameters of both branches, and what is made of them.
#[derive(Clone, Copy)]
pub(crate) struct Branches {
    alpha_p: f32,
    pub(crate) beta: f32,
    alpha_n: f32,
    eps: f32,
    /// The result at 0, and what it lacks.
    pub(crate) at_zero: f32,
    at_zero_low: f32,
    /// `beta` less `alpha_n`, and what that lacks.
    slope: f32,
    slope_low: f32,
    /// The f32 next to the root.
    root: f32,
    /// The middle of where the function is taken about it, and how far it is from there to the ends.
    middle: f32,
    width: f32,
    /// There: the function; its derivative, and what that lacks; half of `alpha_n` times the power of e.
    at_root: f32,
    derivative: f32,
    derivative_low: f32,
    half_power: f32,
    /// What results of 16 bits that are far from zero are multiplied by: ties are a bit more by default, as 0.8 and 0.3 are in f32.
    pub(crate) up: f32,
}

pub(crate) const DEFAULT: Branches = Branches {
    alpha_p: 0.8,
    beta: 0.5,
    alpha_n: 0.8,
    eps: -1e-6,
    at_zero: hex("-0x1.ad7f1cp-21"),    // -7.999996e-7
    at_zero_low: hex("0x1.bcf078p-50"), // 1.5436934e-15
    slope: 0.5 - 0.8,
    slope_low: 0.0,
    root: hex("-0x1.375ba4p1"), // -2.4324841
    middle: hex("-0x1.375ba4p1") - 0.5 * (BELOW_ROOT - ABOVE_ROOT),
    width: 0.5 * (BELOW_ROOT + ABOVE_ROOT),
    at_root: hex("-0x1.7bcf32p-27"),        // -1.1053907e-8
    derivative: hex("-0x1.d684b2p-3"),      // -0.22974528
    derivative_low: hex("-0x1.67a38ep-30"), // -1.3083586e-9
    half_power: hex("0x1.1fc36cp-5"),       // 0.035127364
    up: 1.0,
};

impl Branches {
    /// The branches for these parameters, of a function whose values f64 has.
    pub(crate) fn new([alpha_p, alpha_n, beta, eps]: [f32; 4], f: impl Fn(f64) -> f64) -> Self {
        let split = |x: f64| (x as f32, (x - f64::from(x as f32)) as f32);
        let [alpha_n, beta, eps] = [alpha_n, beta, eps].map(f64::from);
        let root = root(beta / alpha_n) as f32;
        let (below, above) = (BELOW_ROOT.min(-root), ABOVE_ROOT.min(-0.5 * root));
        let power = alpha_n * libm::exp(f64::from(root));
        let (slope, slope_low) = split(beta - alpha_n);
        let (derivative, derivative_low) = split(beta - alpha_n + power);
        let (at_zero, at_zero_low) = split(alpha_n * libm::expm1(eps));
        Self {
            alpha_p,
            beta: beta as f32,
            alpha_n: alpha_n as f32,
            eps: eps as f32,
            at_zero,
            at_zero_low,
            slope,
            slope_low,
            root,
            middle: root - 0.5 * (below - above),
            width: 0.5 * (below + above),
            at_root: f(root.into()) as f32,
            derivative,
            derivative_low,
            half_power: (0.5 * power) as f32,
            up: 1.0,
        }
    }
}

/// The negative number for which e^x - 1 is (1 - `ratio`) x.
fn root(ratio: f64) -> f64 {
    let slope = 1.0 - ratio;
    // With z = -x: both of these are above it, and from there Newton's method falls towards it.
    let mut z = (1.0 / slope).min(2.0 * ratio / slope);
    for _ in 0..8 {
        let growth = libm::expm1(-z);
        let step = (slope * z + growth) / (growth + ratio);
        z += step;
        // The next step would be about the square.
        if step.abs() < z / (1 << 14) as f64 {
            break;
        }
    }
    -z
}

impl Branches {
    /// The result for numbers up to [`LARGEST`], and what its last roundings took.
    #[inline(always)]
    pub(crate) fn rounded<V: Vocabulary>(self, simd: V, x: V::f32s) -> (V::f32s, V::f32s) {
        let splat = |value| simd.splat_f32s(value);
        let (is_above, eps) = (simd.less_than_f32s(splat(0.0), x), splat(self.eps));
        let is_beyond_eps = simd.less_than_f32s(eps, simd.select_f32s(is_above, eps, x));
        let t = simd.clear_f32s(is_beyond_eps, x);
        let (bits, r, low) = exp::reduce::<V, 0>(simd, t, &RISING);
        let head = simd.lookup_f32s(&RISING.head, bits);
        let power = simd.mul_f32s(exp::scale(simd, bits), head);

        // d, half of A e^c, and the slope at c but for what C x has of it.
        let is_near = simd.less_than_f32s(splat(NEAR), t);
        let d = simd.select_f32s(is_near, t, simd.add_f32s(r, low));
        let power = simd.select_f32s(is_near, splat(1.0), power);
        let a = splat(self.alpha_n);
        let whole = simd.mul_f32s(a, power);
        let half_power = simd.mul_f32s(whole, splat(0.5));
        let slope = simd.select_f32s(is_near, splat(self.beta), whole);
        let from_root = simd.sub_f32s(x, splat(self.root));
        let from_middle = simd.magnitude_f32s(simd.sub_f32s(x, splat(self.middle)));
        let at_root = simd.less_than_f32s(from_middle, splat(self.width));
        let d = simd.select_f32s(at_root, from_root, d);
        let half_power = simd.select_f32s(at_root, splat(self.half_power), half_power);
        let slope = simd.select_f32s(at_root, splat(self.derivative), slope);
        let half_power = simd.select_f32s(is_above, splat(self.alpha_p), half_power);

        // A (e^c - 1) + C x: products and what their roundings added, their sum and what its rounding took.
        let of_line = simd.sub_f32s(x, simd.keep_f32s(is_near, t));
        let (line, line_excess) = two_product(simd, splat(self.slope), of_line);
        let line_excess = simd.negate_mul_add_f32s(splat(self.slope_low), of_line, line_excess);
        let exponential = simd.sub_f32s(whole, a);
        let lost = simd.sub_f32s(whole, simd.add_f32s(exponential, a));
        let whole_excess = simd.negate_mul_add_f32s(a, power, whole);
        let rest = simd.sub_f32s(lost, whole_excess);
        let exponential = simd.select_f32s(is_beyond_eps, splat(self.at_zero), exponential);
        let rest = simd.select_f32s(is_beyond_eps, splat(self.at_zero_low), rest);
        let (sum, lost) = two_sum(simd, exponential, line);
        let rest = simd.add_f32s(simd.sub_f32s(rest, line_excess), lost);
        let root_rest = simd.mul_add_f32s(splat(self.derivative_low), d, splat(self.at_root));
        let sum = simd.clear_f32s(at_root, sum);
        let rest = simd.select_f32s(at_root, root_rest, rest);

        // The terms with d; the square above 0 has no cubic.
        let (product, excess) = two_product(simd, half_power, d);
        let (factor, lost) = two_sum(simd, slope, product);
        let rest = simd.mul_add_f32s(simd.sub_f32s(lost, excess), d, rest);
        let cube = simd.mul_f32s(simd.mul_f32s(d, d), simd.clear_f32s(is_above, product));
        let before = simd.mul_add_f32s(cube, polynomial(simd, d, &CUBIC), rest);
        let rest = simd.mul_add_f32s(factor, d, before);
        let y = simd.add_f32s(sum, rest);
        let lost = simd.sub_f32s(rest, simd.sub_f32s(y, sum));
        let of_product = simd.sub_f32s(before, simd.negate_mul_add_f32s(factor, d, rest));
        (y, simd.add_f32s(lost, of_product))
    }

    /// The result for numbers beyond [`LARGEST`].
    #[inline(always)]
    pub(crate) fn beyond<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        /// From here on the square is infinite.
        const INFINITE: f32 = (1u128 << 84) as f32;
        /// By which x and `beta` are made smaller, so that no term is infinite.
        const SCALE: f32 = 1.0 / (1u64 << 32) as f32;

        let splat = |value| simd.splat_f32s(value);
        let scaled = simd.mul_f32s(simd.at_most_f32s(x, splat(INFINITE)), splat(SCALE));
        let (product, excess) = two_product(simd, splat(self.alpha_p), scaled);
        let (factor, lost) = two_sum(simd, splat(self.beta * SCALE), product);
        let factor_low = simd.sub_f32s(lost, excess);
        let above = simd.mul_add_f32s(factor, scaled, simd.mul_f32s(factor_low, scaled));
        let above = simd.mul_f32s(above, splat(1.0 / (SCALE * SCALE)));
        // (What the slope lacks may be 0, of which infinity would make NaN.)
        let finite = simd.at_least_f32s(x, splat(f32::MIN));
        let rest = simd.mul_add_f32s(splat(self.slope_low), finite, splat(-self.alpha_n));
        let below = simd.mul_add_f32s(splat(self.slope), x, rest);
        // Where the line is 0, what is left of e^x is all that there is.
        let is_root = simd.equal_f32s(x, splat(self.root));
        let below = simd.select_f32s(is_root, splat(self.at_root), below);
        let y = simd.select_f32s(simd.less_than_f32s(x, splat(0.0)), below, above);
        simd.mul_f32s(y, splat(self.up))
    }
}

/// `a * b`, and what its rounding added.
#[inline(always)]
fn two_product<V: Vocabulary>(simd: V, a: V::f32s, b: V::f32s) -> (V::f32s, V::f32s) {
    let product = simd.mul_f32s(a, b);
    (product, simd.negate_mul_add_f32s(a, b, product))
}

/// `a + b`, and what its rounding took (Knuth's sum of two, in either order).
#[inline(always)]
fn two_sum<V: Vocabulary>(simd: V, a: V::f32s, b: V::f32s) -> (V::f32s, V::f32s) {
    let sum = simd.add_f32s(a, b);
    let of_b = simd.sub_f32s(sum, a);
    let of_a = simd.sub_f32s(sum, of_b);
    let lost = simd.add_f32s(simd.sub_f32s(b, of_b), simd.sub_f32s(a, of_a));
    (sum, lost)
}
