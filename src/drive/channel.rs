//! A parameter per channel, over a tensor `[outer, channels, inner]` in row-major order.

use super::map::{PerElement, Place, Uniform, map};
use super::{Io, Kernel, LaneKernel};
use crate::simd::Vocabulary;
use core::mem::MaybeUninit;

/// Elements in the table that spreads parameters over short rows: a page's half, on the stack.
const TABLE: usize = 512;

/// Rows of parameters from here on are read where they are.
const LONG_ROW: usize = 64;

/// Rows of at most this many vectors, without a tail, take a loop of their own.
const SHORT_ROW: usize = 16;

/// A lane kernel with one parameter for all lanes.
#[derive(Clone, Copy)]
struct Splat<K> {
    kernel: K,
    parameter: f32,
}

impl<K: LaneKernel> Kernel for Splat<K> {
    #[inline(always)]
    fn eval<S: Vocabulary>(self, simd: S, x: S::f32s) -> S::f32s {
        self.kernel.eval(simd, x, simd.splat_f32s(self.parameter))
    }
}

/// Applies `kernel` to `io`, element `[o, c, i]` with `parameters[c]`.
///
/// # Safety
/// As for [`map`]; `parameters` is not empty, `inner` is not 0, and `io.len` is
/// a multiple of their product.
#[inline(always)]
pub(crate) unsafe fn map_channels<S: Vocabulary, K: LaneKernel>(
    simd: S,
    io: Io<f32>,
    parameters: &[f32],
    inner: usize,
    kernel: K,
) {
    // SAFETY: the caller's promise, passed on.
    unsafe {
        if inner > 1 && inner >= S::F32_LANES {
            rows(simd, io, parameters, inner, kernel);
        } else {
            spread(simd, io, parameters, inner, kernel);
        }
    }
}

/// `inner` is a vector or more: one parameter at a time.
#[inline(always)]
unsafe fn rows<S: Vocabulary, K: LaneKernel>(
    simd: S,
    io: Io<f32>,
    parameters: &[f32],
    inner: usize,
    kernel: K,
) {
    let lanes = S::F32_LANES;
    let short = inner.is_multiple_of(lanes) && inner <= SHORT_ROW * lanes;
    let mut at = 0;
    while at < io.len {
        for &parameter in parameters {
            let place = Uniform(Splat { kernel, parameter });
            // SAFETY: `io.len` is a multiple of `parameters.len() * inner`, so that the row
            // from `at` lies inside; in the short form, so does each of its vectors.
            unsafe {
                let row = io.part(at, inner);
                if short {
                    let mut k = 0;
                    while k < inner {
                        let x = simd.load_f32s(row.src.add(k));
                        simd.store_f32s(row.dst.add(k), place.vector(simd, k, x));
                        k += lanes;
                    }
                } else {
                    map(simd, row, place);
                }
            }
            at += inner;
        }
    }
}

/// `inner` is less than a vector: a parameter for each element.
///
/// Where `inner` is 1 and the channels are many, the parameters stand in memory as they are
/// needed. Else they are spread out in a table: each repeated `inner` times, and the row of
/// channels as often as it fits; a row that is longer than the table is taken a group of channels
/// at a time.
#[inline(always)]
unsafe fn spread<S: Vocabulary, K: LaneKernel>(
    simd: S,
    io: Io<f32>,
    parameters: &[f32],
    inner: usize,
    kernel: K,
) {
    let row = parameters.len() * inner;
    let in_place = inner == 1 && row >= LONG_ROW;
    let (size, repeats) = if in_place {
        (row, 1)
    } else if row <= TABLE {
        (parameters.len(), ratio(TABLE.min(io.len), row))
    } else {
        (ratio(TABLE, inner), 1)
    };
    let mut table = [const { MaybeUninit::uninit() }; TABLE];
    let (mut start, mut rest) = (0, parameters);
    while !rest.is_empty() {
        let group;
        (group, rest) = rest.split_at_checked(size).unwrap_or((rest, &[]));
        let (parameters, count) = if in_place {
            (group.as_ptr(), row)
        } else {
            let count = fill(&mut table, group, inner, repeats);
            (table.as_ptr().cast(), count)
        };
        let place = PerElement { kernel, parameters };
        let mut at = start;
        while at < io.len {
            // SAFETY: no more elements than are left, nor than there are parameters. `at` is
            // where the group starts in a row, and rows fill `io`.
            unsafe { map(simd, io.part(at, count.min(io.len - at)), place) };
            at += row * repeats;
        }
        start += count;
    }
}

/// `a / b`, at least 1. Neither divisor is ever 0; saying what happens if it were spares the kernel
/// calls to the panic handler.
#[inline(always)]
fn ratio(a: usize, b: usize) -> usize {
    a.checked_div(b).unwrap_or(1).max(1)
}

/// Writes each parameter `inner` times, and all that `repeats` times; returns how many cells it
/// wrote, from the first on.
#[inline(always)]
fn fill(
    table: &mut [MaybeUninit<f32>; TABLE],
    parameters: &[f32],
    inner: usize,
    repeats: usize,
) -> usize {
    let mut filled = 0;
    for _ in 0..repeats {
        for &parameter in parameters {
            for _ in 0..inner {
                debug_assert!(filled < TABLE);
                // Always there; asking spares the kernel a call to the panic handler.
                if let Some(cell) = table.get_mut(filled) {
                    cell.write(parameter);
                }
                filled += 1;
            }
        }
    }
    filled
}
