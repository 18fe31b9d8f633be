//! Eight intervals of the half-line u >= 0, told apart by a rounding.
//!
//! Around 2^24 the f32 numbers lie 1 apart below and 2 apart above. Where u in units of a step is
//! added to 2^24 - `SINGLE`, the sum is therefore rounded to the nearest of
//!
//! ```text
//! 0, 1, .. SINGLE, SINGLE + 2, SINGLE + 4, ..
//! ```
//!
//! steps, and the last three bits of the sum count these: the index of a table, without a shift.
//! The intervals that the tables serve so are narrow where functions bend and wide where they do
//! not: half a step, then one step each, then one and a half, then two.

use crate::simd::{Table, Vocabulary};

/// 2^24.
const BINADE: f32 = 16_777_216.0;

/// The table whose entries, interval by interval from 0 on, are `entries`.
pub(crate) const fn table<const SINGLE: usize>(entries: [f32; 8]) -> Table {
    let mut turned = [0.0; 8];
    let mut i = 0;
    while i < 8 {
        turned[i] = entries[(i + SINGLE) % 8];
        i += 1;
    }
    Table::new(turned)
}

/// What `u`, in units of 1/`steps`, is added to: 2^24 less `SINGLE`.
#[inline(always)]
pub(crate) fn origin<V: Vocabulary, const SINGLE: usize>(simd: V) -> V::f32s {
    simd.splat_f32s(BINADE - SINGLE as f32)
}

/// The index of the interval of `u`, for the tables made with the same `SINGLE`. Less
/// [`origin`] it is the middle of the interval, in steps (of the first one, 0).
#[inline(always)]
pub(crate) fn index<V: Vocabulary, const SINGLE: usize>(
    simd: V,
    u: V::f32s,
    steps: f32,
) -> V::f32s {
    simd.mul_add_f32s(u, simd.splat_f32s(steps), origin::<V, SINGLE>(simd))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Unrolled;
    use pulp::Scalar;

    #[test]
    fn intervals_are_counted() {
        const COUNT: Table = table::<3>([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
        let simd = Unrolled::<_, 1>(Scalar::new());
        for (u, count, middle) in [
            (0.0, 0.0, 0.0),
            (0.24, 0.0, 0.0),
            (0.26, 1.0, 1.0),
            (1.24, 2.0, 2.0),
            (1.26, 3.0, 3.0),
            (1.99, 3.0, 3.0),
            (2.01, 4.0, 5.0),
            (5.49, 7.0, 11.0),
        ] {
            let index = index::<_, 3>(simd, [u], 2.0);
            assert_eq!(simd.lookup_f32s(&COUNT, index), [count], "{u}");
            let steps = simd.sub_f32s(index, origin::<_, 3>(simd));
            assert_eq!(steps, [middle], "{u}");
        }
    }
}
