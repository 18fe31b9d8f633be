//! The vector vocabulary: what the kernels need beyond [`pulp::Simd`], with its exact meaning.
//!
//! Each operation is defined by the scalar expression in its documentation, bit for bit, and is
//! implemented in explicit intrinsics, in the same order, in one file per instruction set:
//! [`scalar`], `avx2`, `avx512` and `neon`. Kernels use these and the operations of
//! [`pulp::Simd`] that are exact and equal everywhere (`add`, `sub`, `mul`, `div`, the fused
//! `mul_add`, comparisons, `select`, bitwise). They never use `mul_add_e`, which is not fused on
//! every token, nor pulp's `min` and `max`, whose treatment of NaN differs between tokens.

use pulp::Simd;

pub(crate) mod scalar;

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
#[cfg(target_arch = "aarch64")]
pub(crate) mod neon;

/// The operations that pulp lacks. Implemented for `pulp::{Scalar, V3, V4, Neon}` alone.
pub(crate) trait Vocabulary: Simd {
    /// `if x < low { low } else { x }` in each lane.
    ///
    /// So a NaN in `x` stays, a NaN in `low` has no effect, and of two zeros `x` is kept.
    fn at_least_f32s(self, x: Self::f32s, low: Self::f32s) -> Self::f32s;

    /// `if x > high { high } else { x }` in each lane; NaN and zeros as in `at_least_f32s`.
    fn at_most_f32s(self, x: Self::f32s, high: Self::f32s) -> Self::f32s;

    /// `if x.is_sign_negative() { x * scale } else { x }` in each lane, for finite `scale`.
    ///
    /// A NaN stays NaN. The product is rounded once.
    fn scale_negative_f32s(self, x: Self::f32s, scale: Self::f32s) -> Self::f32s;

    /// `if mask { 0.0 } else { x }` in each lane; the zero is +0.
    fn clear_f32s(self, mask: Self::m32s, x: Self::f32s) -> Self::f32s;

    /// Reads a whole vector, from any alignment.
    ///
    /// # Safety
    /// `from` is valid for reads of one vector.
    unsafe fn load_f32s(self, from: *const f32) -> Self::f32s;

    /// Writes a whole vector, to any alignment.
    ///
    /// # Safety
    /// `to` is valid for writes of one vector.
    unsafe fn store_f32s(self, to: *mut f32, value: Self::f32s);

    /// Reads the first `count` lanes from `from`; the other lanes are `0.0`. No byte outside
    /// those `count` elements is touched.
    ///
    /// # Safety
    /// `count` is at most the number of lanes, and `from` is valid for reads of `count`
    /// elements.
    unsafe fn load_first_f32s(self, count: usize, from: *const f32) -> Self::f32s;

    /// Writes the first `count` lanes to `to`. No byte outside those `count` elements is touched.
    ///
    /// # Safety
    /// `count` is at most the number of lanes, and `to` is valid for writes of `count` elements.
    unsafe fn store_first_f32s(self, count: usize, to: *mut f32, value: Self::f32s);

    /// Says that the cache line at `at` will soon be written; any address will do.
    ///
    /// It has no effect but on speed, and does nothing where it was not measured to pay.
    #[inline(always)]
    fn prefetch_for_write(self, at: *mut f32) {
        let _ = at;
    }

    /// `x` with its sign bit cleared.
    #[inline(always)]
    fn magnitude_f32s(self, x: Self::f32s) -> Self::f32s {
        self.and_f32s(x, self.splat_f32s(f32::from_bits(0x7fff_ffff)))
    }

    /// The sign bit of `x`, all other bits clear.
    #[inline(always)]
    fn sign_f32s(self, x: Self::f32s) -> Self::f32s {
        self.and_f32s(x, self.splat_f32s(-0.0))
    }
}

#[cfg(test)]
mod tests;
