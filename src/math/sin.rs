//! sin x, for numbers of all magnitudes.
//!
//! Algorithm: x = n pi + r with |r| <= pi/2, r in two numbers `high + low`, and the sign turned where n is odd. Then
//! sin r = r (1 + C s) + r s P(s), where s = r^2. The first product is exact until it is added to the rest, which is
//! small: C is not -1/6, the coefficient of the series, but is so chosen that P changes its sign on the way to pi/2. What the
//! rounding of s and of 1 + C s loses is made up for in the rest. So is `low`, times the cosine, of which a parabola is enough.
//!
//! Up to [`LARGEST`], pi is the sum of three numbers: with the first, x - n pi is exact; the second has so few bits that
//! what the next subtraction loses is known; the third is as good as the rest of pi (Cody and Waite, 1980).
//!
//! Beyond, x is an integer of 24 bits times a power of two, and x/pi but for multiples of 2 is that integer times four
//! pieces of the digits of 1/pi, those that begin where the power of two says (Payne and Hanek, 1983). Each of the eight
//! entries of a table serves sixteen exponents.
//!
//! Source: `fit/sin.py` computes the constants. Interval of the fit: s <= (pi/2 + 2^-10)^2, relative error 5.5e-11.
//! Error: 0.67 ULP, far from zero; 0.6 ULP up to [`LARGEST`]. NaN gives NaN, and so does an infinity.

use super::{hex, polynomial};
use crate::simd::odd::round_to_odd;
use crate::simd::{Table, Vocabulary};

/// Up to here, [`near`] reduces x. (There n is below 2^10.)
pub(crate) const LARGEST: f32 = 3200.0;

/// Added to a number of moderate size, it rounds it to an integer, whose last bit is that of the sum.
const TO_INTEGER: f32 = 1.5 * (1 << 23) as f32;

/// Added to a number of up to 2^23, and subtracted from the sum, it leaves an even integer.
const TO_EVEN: f32 = 2.0 * TO_INTEGER;

/// The same for numbers of up to 2^25, and multiples of 8.
const TO_EIGHT: f32 = 8.0 * TO_INTEGER;

const INVERSE_PI: f32 = hex("0x1.45f306p-2"); // 0.31830987

/// The f32 next to pi.
const PI: f32 = hex("0x1.921fb6p1"); // 3.1415927

/// What pi has more than that.
const PI_LOW: f32 = hex("-0x1.777a5cp-24"); // -8.742278e-08

/// Of that, the multiple of 2^-36 next to it.
const PI_MIDDLE: f32 = hex("-0x1.778p-24"); // -8.7427907e-08

/// What is left.
const PI_LOWEST: f32 = hex("0x1.68c234p-38"); // 5.1266881e-12

/// x less the multiple n of pi next to it.
#[derive(Clone, Copy)]
pub(crate) struct Reduced<F> {
    high: F,
    low: F,
    /// The last bit is that of n.
    n: F,
}

impl<F: Copy> Reduced<F> {
    /// In each lane one or the other.
    #[inline(always)]
    pub(crate) fn select<V: Vocabulary<f32s = F>>(
        simd: V,
        mask: V::m32s,
        if_true: Self,
        if_false: Self,
    ) -> Self {
        Self {
            high: simd.select_f32s(mask, if_true.high, if_false.high),
            low: simd.select_f32s(mask, if_true.low, if_false.low),
            n: simd.select_f32s(mask, if_true.n, if_false.n),
        }
    }
}

/// The sum of `product.0 * product.1` and `rest`, which is small.
#[derive(Clone, Copy)]
pub(crate) struct Sum<F> {
    product: (F, F),
    rest: F,
}

impl<F: Copy> Sum<F> {
    /// The same as the sum of two numbers, of which the second is small.
    #[inline(always)]
    pub(crate) fn parts<V: Vocabulary<f32s = F>>(self, simd: V) -> (F, F) {
        let Self {
            product: (a, b),
            rest,
        } = self;
        let high = simd.mul_f32s(a, b);
        let low = simd.sub_f32s(rest, simd.negate_mul_add_f32s(a, b, high));
        (high, low)
    }
}

/// sin x; rounded to odd if `TO_ODD`, for results of 16 bits.
#[inline(always)]
pub(crate) fn sin<const TO_ODD: bool, V: Vocabulary>(simd: V, x: V::f32s) -> V::f32s {
    signed::<TO_ODD, V>(simd, near(simd, simd.magnitude_f32s(x)), x)
}

/// As [`sin`], beyond [`LARGEST`].
#[inline(always)]
pub(crate) fn sin_far<const TO_ODD: bool, V: Vocabulary>(simd: V, x: V::f32s) -> V::f32s {
    let y = signed::<TO_ODD, V>(simd, far(simd, simd.magnitude_f32s(x)), x);
    // An infinity less itself is NaN; any other number less itself is 0.
    simd.add_f32s(y, simd.sub_f32s(x, x))
}

/// The sine of a magnitude, times the sign of x.
#[inline(always)]
fn signed<const TO_ODD: bool, V: Vocabulary>(
    simd: V,
    reduced: Reduced<V::f32s>,
    x: V::f32s,
) -> V::f32s {
    let sum = of_reduced(simd, reduced);
    let y = if TO_ODD {
        let (high, low) = sum.parts(simd);
        let y = simd.add_f32s(high, low);
        round_to_odd(simd, y, simd.sub_f32s(low, simd.sub_f32s(y, high)))
    } else {
        simd.mul_add_f32s(sum.product.0, sum.product.1, sum.rest)
    };
    let turned = simd.shift_left_bits_f32s::<31>(reduced.n);
    simd.xor_f32s(y, simd.xor_f32s(turned, simd.sign_f32s(x)))
}

/// Reduces numbers up to [`LARGEST`]; others become any number or NaN.
#[inline(always)]
pub(crate) fn near<V: Vocabulary>(simd: V, x: V::f32s) -> Reduced<V::f32s> {
    let splat = |value| simd.splat_f32s(value);
    let bits = simd.mul_add_f32s(x, splat(INVERSE_PI), splat(TO_INTEGER));
    let n = simd.sub_f32s(bits, splat(TO_INTEGER));
    let first = simd.negate_mul_add_f32s(n, splat(PI), x);
    let high = simd.negate_mul_add_f32s(n, splat(PI_MIDDLE), first);
    // The difference is exact: where the second product is not small next to `first`, so is `high`.
    let low = simd.negate_mul_add_f32s(n, splat(PI_MIDDLE), simd.sub_f32s(first, high));
    let low = simd.negate_mul_add_f32s(n, splat(PI_LOWEST), low);
    Reduced { high, low, n: bits }
}

/// Bits of 1/pi, from that of 2^-1 on.
const DIGITS: [u32; 7] = [
    0x517c_c1b7,
    0x2722_0a94,
    0xfe13_abe8,
    0xfa9a_6ee0,
    0x6db1_4acc,
    0x9e21_c820,
    0xff28_b1d5,
];

/// The piece of that number of 2^(16 i - 22) / pi but for multiples of 2, for i from 0 to 7. The first piece has the bits of
/// 2^0 to 2^-23, each of the others the next 24.
const fn piece(number: usize) -> Table {
    let mut entries = [0.0; 8];
    let mut i = 0;
    while i < entries.len() {
        let mut bits = 0;
        let mut k = 0;
        while k < 24 {
            // The bit of 2^-at of 1/pi.
            let at = 24 * number + k + 16 * i;
            let bit = if at > 22 {
                let at = at - 23;
                DIGITS[at / 32] >> (31 - at % 32) & 1
            } else {
                0
            };
            bits = bits << 1 | bit;
            k += 1;
        }
        let unit = (1_u128 << (24 * number + 23)) as f32;
        entries[i] = bits as f32 / unit;
        i += 1;
    }
    Table::new(entries)
}

static PIECES: [Table; 4] = [piece(0), piece(1), piece(2), piece(3)];

/// x less the number that `to` rounds it to.
#[inline(always)]
fn less_rounded<V: Vocabulary>(simd: V, x: V::f32s, to: f32) -> V::f32s {
    let to = simd.splat_f32s(to);
    simd.sub_f32s(x, simd.sub_f32s(simd.add_f32s(x, to), to))
}

/// a + b, rounded, and what the rounding lost.
#[inline(always)]
fn two_sum<V: Vocabulary>(simd: V, a: V::f32s, b: V::f32s) -> (V::f32s, V::f32s) {
    let sum = simd.add_f32s(a, b);
    let b_of_sum = simd.sub_f32s(sum, a);
    let a_of_sum = simd.sub_f32s(sum, b_of_sum);
    let lost = simd.add_f32s(simd.sub_f32s(a, a_of_sum), simd.sub_f32s(b, b_of_sum));
    (sum, lost)
}

/// Reduces numbers beyond [`LARGEST`]; others, infinities and NaN become any number.
#[inline(always)]
pub(crate) fn far<V: Vocabulary>(simd: V, x: V::f32s) -> Reduced<V::f32s> {
    let bits = |bits| simd.splat_f32s(f32::from_bits(bits));
    // x is an integer times the scale times 2^(16 i - 22), where the first bits of the exponent are i, and the last ones those of
    // the scale, from 1 to 2^15.
    let mantissa = simd.and_f32s(x, bits(0x007f_ffff));
    let integer = simd.or_f32s(mantissa, bits(0x4b00_0000));
    let exponent = simd.and_f32s(x, bits(0x0780_0000));
    let scale = simd.add_bits_f32s(exponent, simd.splat_f32s(1.0));
    let index = simd.shift_right_bits_f32s::<27>(x);
    let piece = |k: usize| simd.mul_f32s(simd.lookup_f32s(&PIECES[k], index), scale);

    // Each product with what its rounding added. An even number more or less does not count.
    let factor = less_rounded(simd, piece(0), TO_EVEN);
    let first = simd.mul_f32s(integer, factor);
    let excess = simd.negate_mul_add_f32s(integer, factor, first);
    let first = less_rounded(simd, less_rounded(simd, first, TO_EIGHT), TO_EVEN);
    // Exact: all bits of the product are from 2^-23 on.
    let first = simd.sub_f32s(first, excess);
    let factor = piece(1);
    let second = simd.mul_f32s(integer, factor);
    let second_excess = simd.negate_mul_add_f32s(integer, factor, second);
    let second = less_rounded(simd, second, TO_EVEN);
    let factor = piece(2);
    let third = simd.mul_f32s(integer, factor);
    let excess = simd.negate_mul_add_f32s(integer, factor, third);
    let excess = simd.negate_mul_add_f32s(integer, piece(3), excess);

    // Their sum less the integer next to it.
    let sum = simd.add_f32s(simd.add_f32s(first, second), third);
    let sum = simd.sub_f32s(sum, second_excess);
    let to_integer = simd.splat_f32s(TO_INTEGER);
    let n = simd.add_f32s(sum, to_integer);
    let first = simd.sub_f32s(first, simd.sub_f32s(n, to_integer));
    let (sum, lost) = two_sum(simd, first, second);
    let (sum, lost_next) = two_sum(simd, sum, third);
    let lost = simd.add_f32s(lost, lost_next);
    let minus = simd.xor_f32s(second_excess, simd.splat_f32s(-0.0));
    let (sum, lost_last) = two_sum(simd, sum, minus);
    let lost = simd.add_f32s(lost, simd.sub_f32s(lost_last, excess));
    let high = simd.add_f32s(sum, lost);
    let low = simd.sub_f32s(lost, simd.sub_f32s(high, sum));

    // Times pi.
    let pi = simd.splat_f32s(PI);
    let product = simd.mul_f32s(high, pi);
    let excess = simd.negate_mul_add_f32s(high, pi, product);
    let low = simd.sub_f32s(simd.mul_f32s(low, pi), excess);
    let low = simd.mul_add_f32s(high, simd.splat_f32s(PI_LOW), low);
    Reduced {
        high: product,
        low,
        n,
    }
}

/// C, with which what is left is least.
const FIRST: f32 = hex("-0x1.333334p-3"); // -0.15000001

/// The coefficients of P, from the constant term up.
const REST: [f32; 5] = [
    hex("-0x1.11110ap-6"), // -0.01666666
    hex("0x1.11110ap-7"),  // 0.00833333
    hex("-0x1.a0171p-13"), // -0.00019840722
    hex("0x1.715652p-19"), // 2.7517765e-06
    hex("-0x1.981e2p-26"), // -2.3755575e-08
];

/// By how much sin(r)/r falls with s, where the error of s counts: next to pi/2.
const FALL: f32 = 0.13;

/// cos r is next to 1 - s times this: 4 / pi^2.
const COSINE: f32 = 0.405;

/// Added to s, so that no product is subnormal, whatever r is from 2^-60 on. No result shows it.
const SPECK: f32 = 1.0 / (1 << 30) as f32;

/// sin r, without the sign that n has.
#[inline(always)]
pub(crate) fn of_reduced<V: Vocabulary>(simd: V, reduced: Reduced<V::f32s>) -> Sum<V::f32s> {
    let splat = |value| simd.splat_f32s(value);
    let Reduced { high, low, .. } = reduced;
    let one = splat(1.0);
    let square = simd.mul_add_f32s(high, high, splat(SPECK));
    let excess = simd.negate_mul_add_f32s(high, high, square);
    let factor = simd.mul_add_f32s(square, splat(FIRST), one);
    let lost = simd.mul_add_f32s(square, splat(FIRST), simd.sub_f32s(one, factor));
    let lost = simd.mul_add_f32s(excess, splat(FALL), lost);
    let rest = polynomial(simd, square, &REST);
    let rest = simd.mul_add_f32s(square, rest, lost);
    let cosine = simd.negate_mul_add_f32s(square, splat(COSINE), one);
    let rest = simd.mul_add_f32s(high, rest, simd.mul_f32s(low, cosine));
    Sum {
        product: (high, factor),
        rest,
    }
}
