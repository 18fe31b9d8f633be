//! The stage that takes pairs apart into two streams: the first elements, and the second ones.

use crate::simd::Machine;

/// Writes the first elements of `len` pairs to `first`, and the second ones to `second`.
///
/// # Safety
/// The pairs are valid for reads, both others for writes of `len` elements, and none overlaps another.
#[inline(always)]
pub(super) unsafe fn unzip<S: Machine>(
    simd: S,
    pairs: *const f32,
    first: *mut f32,
    second: *mut f32,
    len: usize,
) {
    let lanes = S::F32_LANES;
    let mut at = 0;
    while len - at >= lanes {
        // SAFETY: as many pairs are left, as the condition says.
        unsafe {
            let (a, b) = simd.load_pairs_f32s(pairs.add(2 * at));
            simd.store_f32s(first.add(at), a);
            simd.store_f32s(second.add(at), b);
        }
        at += lanes;
    }
    while at < len {
        // SAFETY: `at` is one of the `len` pairs.
        unsafe {
            *first.add(at) = *pairs.add(2 * at);
            *second.add(at) = *pairs.add(2 * at + 1);
        }
        at += 1;
    }
}
