//! `wide`: vectors of eight, with elementary functions. What they become is settled when the program
//! is built: two halves of SSE2 by default.

use super::composed::{AsBuilt, Vector, calls};
use crate::calls::{Entry, Library};
use crate::functions::Function;
use wide::f32x8;

impl Vector for f32x8 {
    const LANES: usize = 8;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        f32x8::splat(value)
    }

    #[inline(always)]
    fn load(x: &[f32]) -> Self {
        let lanes: [f32; 8] = x[..8].try_into().expect("eight of them");
        f32x8::new(lanes)
    }

    #[inline(always)]
    fn store(self, y: &mut [f32]) {
        y[..8].copy_from_slice(&self.to_array());
    }

    // Without regard to NaN, as in a network without them.
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.fast_max(other)
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.fast_min(other)
    }

    #[inline(always)]
    fn where_negative(self, x: Self, other: Self) -> Self {
        x.simd_lt(f32x8::ZERO).select(self, other)
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, summand: Self) -> Self {
        self.mul_add(factor, summand)
    }

    #[inline(always)]
    fn exp(self) -> Self {
        self.exp()
    }

    #[inline(always)]
    fn exp_m1(self) -> Self {
        self.exp_m1()
    }

    #[inline(always)]
    fn ln_1p(self) -> Self {
        self.ln_1p()
    }

    #[inline(always)]
    fn tanh(self) -> Self {
        self.tanh()
    }
}

/// All but those that take an error function, which it lacks.
pub fn entry(function: Function) -> Option<Entry> {
    let [out_of_place, in_place] = calls::<f32x8, AsBuilt>(function)?;
    Some(Entry {
        library: Library::Wide,
        isa: crate::built::instructions().to_owned(),
        out_of_place: Some(out_of_place),
        in_place: Some(in_place),
    })
}
