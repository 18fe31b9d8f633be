//! How vectors of f32 are read from elements of a type, and written as such: f32 itself, and 16-bit types, which are
//! widened as they are read and rounded as they are written.

use super::Machine;
use crate::Element;

#[cfg(all(feature = "half", target_arch = "x86_64"))]
mod avx2;
#[cfg(all(feature = "half", target_arch = "x86_64"))]
mod avx512;
#[cfg(all(feature = "half", target_arch = "aarch64"))]
mod neon;
#[cfg(feature = "half")]
mod scalar;
#[cfg(all(feature = "half", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod words;

/// A type of elements as the loops read and write it on `S`.
///
/// Widened, an element is the f32 of the same value. A result is rounded to the nearest number of the type, ties to even;
/// subnormal ones stay, what is too large becomes infinite, and NaN stays NaN and becomes quiet.
pub(crate) trait Format<S: Machine>: Element {
    /// Reads a whole vector, from any alignment.
    ///
    /// # Safety
    /// `from` is valid for reads of as many elements as a vector has lanes.
    unsafe fn load(simd: S, from: *const Self) -> S::f32s;

    /// Writes a whole vector, to any alignment.
    ///
    /// # Safety
    /// `to` is valid for writes of as many elements as a vector has lanes.
    unsafe fn store(simd: S, to: *mut Self, value: S::f32s);

    /// Writes what became of the vectors that [`load_each`](Self::load_each) read past the cache, as
    /// [`Machine::stream_f32s`] does.
    ///
    /// # Safety
    /// `to` is valid for writes of the elements of `N` vectors, and aligned to as much, or to a cache line if that is less.
    unsafe fn stream_each<const N: usize>(simd: S, to: *mut Self, values: [S::f32s; N]);

    /// Reads the first `count` lanes; the others are `0.0`. No byte outside of these elements is touched.
    ///
    /// # Safety
    /// `count` is at most the number of lanes, and `from` is valid for reads of `count` elements.
    unsafe fn load_first(simd: S, count: usize, from: *const Self) -> S::f32s;

    /// Writes the first `count` lanes. No byte outside of these elements is touched.
    ///
    /// # Safety
    /// `count` is at most the number of lanes, and `to` is valid for writes of `count` elements.
    unsafe fn store_first(simd: S, count: usize, to: *mut Self, value: S::f32s);

    /// Reads as many elements as `N` vectors have lanes, in their order.
    ///
    /// # Safety
    /// `from` is valid for reads of so many elements.
    #[inline(always)]
    unsafe fn load_in_order<const N: usize>(simd: S, from: *const Self) -> [S::f32s; N] {
        let mut vectors = [simd.splat_f32s(0.0); N];
        let mut k = 0;
        while k < N {
            // SAFETY: the caller vouches for all `N`.
            vectors[k] = unsafe { Self::load(simd, from.add(k * S::F32_LANES)) };
            k += 1;
        }
        vectors
    }

    /// Writes `N` vectors in their order.
    ///
    /// # Safety
    /// `to` is valid for writes of so many elements.
    #[inline(always)]
    unsafe fn store_in_order<const N: usize>(simd: S, to: *mut Self, values: [S::f32s; N]) {
        let mut k = 0;
        while k < N {
            // SAFETY: the caller vouches for all `N`.
            unsafe { Self::store(simd, to.add(k * S::F32_LANES), values[k]) };
            k += 1;
        }
    }

    /// Reads as many elements as `N` vectors have lanes, each into some lane: into which is known to
    /// [`store_each`](Self::store_each) and [`stream_each`](Self::stream_each) alone.
    ///
    /// # Safety
    /// `from` is valid for reads of so many elements.
    #[inline(always)]
    unsafe fn load_each<const N: usize>(simd: S, from: *const Self) -> [S::f32s; N] {
        // SAFETY: the caller's promise, passed on.
        unsafe { Self::load_in_order(simd, from) }
    }

    /// Writes what became of the vectors that [`load_each`](Self::load_each) read.
    ///
    /// # Safety
    /// `to` is valid for writes of so many elements.
    #[inline(always)]
    unsafe fn store_each<const N: usize>(simd: S, to: *mut Self, values: [S::f32s; N]) {
        // SAFETY: the caller's promise, passed on.
        unsafe { Self::store_in_order(simd, to, values) }
    }
}

impl<S: Machine> Format<S> for f32 {
    #[inline(always)]
    unsafe fn load(simd: S, from: *const f32) -> S::f32s {
        // SAFETY: the caller's promise, passed on; so it is below.
        unsafe { simd.load_f32s(from) }
    }

    #[inline(always)]
    unsafe fn store(simd: S, to: *mut f32, value: S::f32s) {
        // SAFETY: as above.
        unsafe { simd.store_f32s(to, value) }
    }

    #[inline(always)]
    unsafe fn stream_each<const N: usize>(simd: S, to: *mut f32, values: [S::f32s; N]) {
        for (k, value) in values.into_iter().enumerate() {
            // SAFETY: as above.
            unsafe { simd.stream_f32s(to.add(k * S::F32_LANES), value) };
        }
    }

    #[inline(always)]
    unsafe fn load_first(simd: S, count: usize, from: *const f32) -> S::f32s {
        // SAFETY: as above.
        unsafe { simd.load_first_f32s(count, from) }
    }

    #[inline(always)]
    unsafe fn store_first(simd: S, count: usize, to: *mut f32, value: S::f32s) {
        // SAFETY: as above.
        unsafe { simd.store_first_f32s(count, to, value) }
    }
}
