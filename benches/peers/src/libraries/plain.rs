//! A loop over the slice, as the compiler makes it.

use super::composed::{AsBuilt, V3, Vector, WithErf, calls_with_erf};
use crate::calls::{Call, Entry, Library};
use crate::functions::Function;
use activations::Isa;

impl Vector for f32 {
    const LANES: usize = 1;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        value
    }

    #[inline(always)]
    fn load(x: &[f32]) -> Self {
        x[0]
    }

    #[inline(always)]
    fn store(self, y: &mut [f32]) {
        y[0] = self;
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.max(other)
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.min(other)
    }

    #[inline(always)]
    fn where_negative(self, x: Self, other: Self) -> Self {
        if x < 0.0 { self } else { other }
    }

    // f32::mul_add would be a call where the target has no FMA.
    #[inline(always)]
    fn mul_add(self, factor: Self, summand: Self) -> Self {
        self * factor + summand
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

impl WithErf for f32 {
    #[inline(always)]
    fn erf(self) -> Self {
        libm::erff(self)
    }
}

/// Compiled like the rest of the program.
pub fn entry(function: Function) -> Option<Entry> {
    let calls = calls_with_erf::<f32, AsBuilt>(function)?;
    Some(of(Library::Plain, crate::built::instructions(), calls))
}

/// Compiled for x86-64-v3, where the CPU is one.
pub fn entry_v3(function: Function) -> Option<Entry> {
    if !Isa::Avx2.is_available() {
        return None;
    }
    let calls = calls_with_erf::<f32, V3>(function)?;
    Some(of(Library::PlainV3, "avx2", calls))
}

fn of(library: Library, isa: &str, [out_of_place, in_place]: [Call; 2]) -> Entry {
    Entry {
        library,
        isa: isa.to_owned(),
        out_of_place: Some(out_of_place),
        in_place: Some(in_place),
    }
}
