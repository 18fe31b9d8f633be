//! Elementary functions over the [vocabulary](crate::simd::Vocabulary), one file each: algorithm,
//! interval of the fit, error, special values. `math/fit/` holds the scripts that the coefficients
//! come from.

pub(crate) mod double;
pub(crate) mod erf;
pub(crate) mod exp;
pub(crate) mod exp16;
pub(crate) mod exp_far;
pub(crate) mod exp_shift;
pub(crate) mod exp_sum;
pub(crate) mod expm1;
pub(crate) mod gate;
pub(crate) mod intervals;
pub(crate) mod log1p;
pub(crate) mod normal_tail;
pub(crate) mod sin;
pub(crate) mod softplus;
pub(crate) mod softplus16;
pub(crate) mod tanh;
pub(crate) mod tanhshrink;
pub(crate) mod xielu;

use crate::simd::Vocabulary;

/// The polynomial of `coefficients`, from the constant term up, by Horner's rule.
#[inline(always)]
pub(crate) fn polynomial<V: Vocabulary, const N: usize>(
    simd: V,
    x: V::f32s,
    coefficients: &[f32; N],
) -> V::f32s {
    let mut i = N - 1;
    let mut sum = simd.splat_f32s(coefficients[i]);
    while i > 0 {
        i -= 1;
        sum = simd.mul_add_f32s(sum, x, simd.splat_f32s(coefficients[i]));
    }
    sum
}

/// x where it is positive, and -`y` where it is negative: x less a positive `y` that is small next to x, or -0 less it. (A
/// NaN in x stays.)
#[inline(always)]
pub(crate) fn x_or_less<V: Vocabulary>(simd: V, x: V::f32s, y: V::f32s) -> V::f32s {
    let is_below = simd.less_than_f32s(x, simd.splat_f32s(0.0));
    simd.select_f32s(is_below, simd.xor_f32s(y, simd.splat_f32s(-0.0)), x)
}

/// The f32 that a literal in C's hexadecimal notation stands for: `0x1.8p-1` is 0.75.
///
/// Evaluated at compile time: what is no such literal, or no normal f32, does not compile.
pub(crate) const fn hex(literal: &str) -> f32 {
    let text = literal.as_bytes();
    if let b"0x0p0" = text {
        return 0.0;
    }
    let negative = text[0] == b'-';
    let mut at = negative as usize;
    assert!(text[at] == b'0' && text[at + 1] == b'x' && text[at + 2] == b'1');
    at += 3;
    let (mut fraction, mut bits) = (0u32, 0);
    if text[at] == b'.' {
        at += 1;
        while text[at] != b'p' {
            let digit = match text[at] {
                digit @ b'0'..=b'9' => digit - b'0',
                digit @ b'a'..=b'f' => digit - b'a' + 10,
                _ => panic!("no hexadecimal digit"),
            };
            fraction = fraction << 4 | digit as u32;
            bits += 4;
            at += 1;
        }
    }
    assert!(text[at] == b'p' && bits <= 24 && fraction << (24 - bits) & 1 == 0);
    at += 1;
    let below_one = text[at] == b'-';
    at += (below_one || text[at] == b'+') as usize;
    let mut exponent = 0;
    while at < text.len() {
        assert!(text[at].is_ascii_digit());
        exponent = 10 * exponent + (text[at] - b'0') as i32;
        at += 1;
    }
    exponent = if below_one { -exponent } else { exponent };
    assert!(-126 <= exponent && exponent <= 127);
    let magnitude = ((exponent + 127) as u32) << 23 | fraction << (24 - bits) >> 1;
    f32::from_bits((negative as u32) << 31 | magnitude)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_literals_are_read() {
        assert_eq!(hex("0x1p0"), 1.0);
        assert_eq!(hex("-0x1.8p+1"), -3.0);
        assert_eq!(hex("0x1.62e43p-4"), core::f32::consts::LN_2 / 8.0);
        assert_eq!(hex("0x1.fffffep127"), f32::MAX);
        assert_eq!(hex("0x1p-126"), f32::MIN_POSITIVE);
        assert_eq!(hex("0x0p0"), 0.0);
    }
}
