//! A product that may be subnormal, without an operation that is slow at that.

use super::Vocabulary;

/// `a * b`, rounded once, where no number is negative, and both are normal or not finite. Where `is_small` is set, the
/// product is below 2^-126, as it is for most that are.
///
/// The product of two normal numbers that is subnormal takes long on some CPUs. There 2^-126 is added in the same
/// operation: the sum is a normal number, in whose binade numbers are as far apart as subnormal numbers are, so that it is
/// rounded where the product would be. What is left once the bits of 2^-126 are subtracted are those of the product.
#[inline(always)]
pub(crate) fn product_in_range<V: Vocabulary>(
    simd: V,
    a: V::f32s,
    b: V::f32s,
    is_small: V::m32s,
) -> V::f32s {
    let excess = simd.keep_f32s(is_small, simd.splat_f32s(f32::MIN_POSITIVE));
    simd.sub_bits_f32s(simd.mul_add_f32s(a, b, excess), excess)
}
