//! The vocabulary one element at a time: the meaning of each operation, in Rust.

use super::{Machine, NEXT_TO_ZERO, Outlined, Table};
use pulp::Scalar;

impl Machine for Scalar {
    const LONG: usize = 1;
    const HEAVY: usize = 1;

    #[inline(always)]
    fn at_least_f32s(self, x: f32, low: f32) -> f32 {
        if x < low { low } else { x }
    }

    #[inline(always)]
    fn at_most_f32s(self, x: f32, high: f32) -> f32 {
        if x > high { high } else { x }
    }

    #[inline(always)]
    fn scale_negative_f32s(self, x: f32, scale: f32) -> f32 {
        x * if x.is_sign_negative() { scale } else { 1.0 }
    }

    #[inline(always)]
    fn clear_f32s(self, mask: bool, x: f32) -> f32 {
        if mask { 0.0 } else { x }
    }

    #[inline(always)]
    fn keep_f32s(self, mask: bool, x: f32) -> f32 {
        if mask { x } else { 0.0 }
    }

    #[inline(always)]
    fn shift_left_bits_f32s<const COUNT: u32>(self, x: f32) -> f32 {
        f32::from_bits(x.to_bits() << COUNT)
    }

    #[inline(always)]
    fn shift_right_bits_f32s<const COUNT: u32>(self, x: f32) -> f32 {
        f32::from_bits(x.to_bits() >> COUNT)
    }

    #[inline(always)]
    fn lookup_f32s(self, table: &Table, index: f32) -> f32 {
        table.0[(index.to_bits() & 7) as usize]
    }

    #[inline(always)]
    fn any_m32s(self, mask: bool) -> bool {
        mask
    }

    #[inline(always)]
    fn any_next_to_zero_f32s<const N: usize>(self, x: [f32; N]) -> bool {
        x.iter().any(|&x| x != 0.0 && x.abs() < NEXT_TO_ZERO)
    }

    #[inline(always)]
    fn any_beyond_f32s<const N: usize>(self, x: [f32; N], largest: f32) -> bool {
        x.iter().any(|x| x.is_nan() || x.abs() > largest)
    }

    #[inline(always)]
    fn outline<W: Outlined>(self, work: W) {
        #[cold]
        #[inline(never)]
        fn outlined<W: Outlined>(work: W) {
            work.run();
        }
        outlined(work);
    }

    #[inline(always)]
    fn sum_f32(self, x: &[f32; 16]) -> f32 {
        let mut sums = *x;
        let mut half = sums.len() / 2;
        while half > 0 {
            for i in 0..half {
                sums[i] += sums[i + half];
            }
            half /= 2;
        }
        sums[0]
    }

    #[inline(always)]
    fn sum_f64(self, high: &[f32; 16], low: &[f32; 16]) -> f64 {
        let mut sums = [0.0; 8];
        for (i, sum) in sums.iter_mut().enumerate() {
            let of_high = f64::from(high[i]) + f64::from(high[i + 8]);
            *sum = of_high + f64::from(low[i] + low[i + 8]);
        }
        let mut half = sums.len() / 2;
        while half > 0 {
            for i in 0..half {
                sums[i] += sums[i + half];
            }
            half /= 2;
        }
        sums[0]
    }

    const TILE: usize = 1;

    #[inline(always)]
    unsafe fn transpose(self, from: *const f32, _: usize, to: *mut f32, _: usize) {
        // SAFETY: the caller vouches for one row of one element.
        unsafe { *to = *from }
    }

    #[inline(always)]
    unsafe fn load_bytes(self, from: *const u8) -> f32 {
        // SAFETY: the caller vouches for one byte.
        f32::from_bits(u32::from(unsafe { *from }))
    }

    #[inline(always)]
    unsafe fn load_f32s(self, from: *const f32) -> f32 {
        // SAFETY: the caller vouches for one element.
        unsafe { *from }
    }

    #[inline(always)]
    fn unzip_f32s(self, low: f32, high: f32) -> (f32, f32) {
        (low, high)
    }

    #[inline(always)]
    unsafe fn store_f32s(self, to: *mut f32, value: f32) {
        // SAFETY: the caller vouches for one element.
        unsafe { *to = value }
    }

    #[inline(always)]
    unsafe fn load_first_f32s(self, count: usize, from: *const f32) -> f32 {
        // SAFETY: the caller vouches for `count` elements, and one is read only if there is one.
        if count == 0 { 0.0 } else { unsafe { *from } }
    }

    #[inline(always)]
    unsafe fn store_first_f32s(self, count: usize, to: *mut f32, value: f32) {
        if count != 0 {
            // SAFETY: the caller vouches for `count` elements, and there is one.
            unsafe { *to = value }
        }
    }
}
