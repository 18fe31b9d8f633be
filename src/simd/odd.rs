//! Rounding to odd, for what will be rounded again: to 16 bits.
//!
//! A number that was rounded to the nearest f32 may look like a tie of a 16-bit type without being one, and then falls to
//! the wrong side. Rounded to odd it does not: an f32 that is not exact has its last bit set, and lies on the side of zero, or
//! not, where the exact number lies. (Boldo and Melquiond, 2008.)

use super::Vocabulary;

/// The number y + `rest` rounded to odd, where y is that number rounded to the nearest f32. Where `rest` is 0 or NaN, y.
#[inline(always)]
pub(crate) fn round_to_odd<V: Vocabulary>(simd: V, y: V::f32s, rest: V::f32s) -> V::f32s {
    // 1 where the exact number is nearer to zero.
    let is_nearer = simd.shift_right_bits_f32s::<31>(simd.xor_f32s(y, rest));
    let odd = simd.or_f32s(
        simd.sub_bits_f32s(y, is_nearer),
        simd.splat_f32s(f32::from_bits(1)),
    );
    let is_inexact = simd.less_than_f32s(simd.splat_f32s(0.0), simd.magnitude_f32s(rest));
    simd.select_f32s(is_inexact, odd, y)
}

/// `a * b` rounded to odd, also where the product is subnormal, for |b| up to 2^64.
#[inline(always)]
pub(crate) fn small_product_to_odd<V: Vocabulary>(simd: V, a: V::f32s, b: V::f32s) -> V::f32s {
    let one = simd.splat_f32s(1.0);
    let is_large = simd.less_than_or_equal_f32s(one, simd.magnitude_f32s(a));
    // What the rounding takes is then a normal number.
    let scale = simd.select_f32s(is_large, one, simd.splat_f32s((1u128 << 64) as f32));
    let y = simd.mul_f32s(a, b);
    let minus = simd.xor_f32s(simd.mul_f32s(y, scale), simd.splat_f32s(-0.0));
    round_to_odd(
        simd,
        y,
        simd.mul_add_f32s(simd.mul_f32s(a, scale), b, minus),
    )
}

/// `a * b` rounded to odd, if neither the product nor what its rounding takes is below the range of normal numbers.
#[inline(always)]
pub(crate) fn product_to_odd<V: Vocabulary>(simd: V, a: V::f32s, b: V::f32s) -> V::f32s {
    let y = simd.mul_f32s(a, b);
    let rest = simd.mul_add_f32s(a, b, simd.xor_f32s(y, simd.splat_f32s(-0.0)));
    round_to_odd(simd, y, rest)
}

/// `y` where x is negative or -0, and x elsewhere.
#[inline(always)]
pub(crate) fn instead_of_negative<V: Vocabulary>(simd: V, x: V::f32s, y: V::f32s) -> V::f32s {
    let side = simd.or_f32s(simd.sign_f32s(x), simd.splat_f32s(1.0));
    let is_below = simd.less_than_f32s(side, simd.splat_f32s(0.0));
    simd.select_f32s(is_below, y, x)
}
