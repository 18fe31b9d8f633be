//! A parameter per channel, over a tensor `[outer, channels, inner]` in row-major order.

use super::map::{PerElement, Place, UNROLL, Uniform, map, turn};
use super::{Cached, Io, Kernel, LaneKernel, Stores};
use crate::simd::{Machine, Unrolled, Vocabulary};
use core::mem::MaybeUninit;

/// Elements in the table that spreads parameters over short rows: a page, on the stack.
const TABLE: usize = 1024;

/// Room behind the table for the vector that fills its last cells.
const MARGIN: usize = 16;

/// Channels from here on, one element each, find their parameters where they are.
const MANY: usize = 64;

/// Rows shorter than this, or than a vector, are no walk of their own: too much of it is tail.
const SHORT: usize = 8;

/// Rows shorter than this are none either where the table, once filled, serves several times.
const RATHER_SHORT: usize = 64;

/// How many times that is.
const SEVERAL: usize = 4;

/// A lane kernel with one parameter for all lanes.
#[derive(Clone, Copy)]
struct Splat<K> {
    kernel: K,
    parameter: f32,
}

impl<K: LaneKernel> Kernel for Splat<K> {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        self.kernel.eval(simd, x, simd.splat_f32s(self.parameter))
    }
}

/// Applies `kernel` to `io`, element `[o, c, i]` with `parameters[c]`.
///
/// # Safety
/// As for [`map`]; `parameters` is not empty, `inner` is not 0, and `io.len` is
/// a multiple of their product.
#[inline(always)]
pub(crate) unsafe fn map_channels<S: Machine, K: LaneKernel, M: Stores>(
    simd: S,
    io: Io<f32, M>,
    parameters: &[f32],
    inner: usize,
    kernel: K,
) {
    let reused = inner < RATHER_SHORT && io.len / SEVERAL >= parameters.len() * inner;
    // SAFETY: the caller's promise, passed on.
    unsafe {
        if !S::IS_SCALAR && inner == S::F32_LANES {
            whole_vectors::<S, K, 1, 4>(simd, io.by::<Cached>(), parameters, kernel);
        } else if !S::IS_SCALAR && inner == 2 * S::F32_LANES {
            whole_vectors::<S, K, 2, 2>(simd, io.by::<Cached>(), parameters, kernel);
        } else if !S::IS_SCALAR && inner == 4 * S::F32_LANES {
            whole_vectors::<S, K, 4, 1>(simd, io.by::<Cached>(), parameters, kernel);
        } else if reused || inner < SHORT.max(S::F32_LANES) {
            spread(simd, io, parameters, inner, kernel);
        } else {
            rows(simd, io, parameters, inner, kernel);
        }
    }
}

/// Some rows of `VECTORS` whole vectors each, from `start` on.
#[derive(Clone, Copy)]
struct Rows<'a, K, const VECTORS: usize> {
    kernel: K,
    start: usize,
    /// One for each row.
    parameters: &'a [f32],
}

impl<K: LaneKernel, const VECTORS: usize> Place for Rows<'_, K, VECTORS> {
    #[inline(always)]
    unsafe fn vectors<S: Machine, const N: usize>(
        self,
        simd: S,
        at: usize,
        x: [S::f32s; N],
    ) -> [S::f32s; N] {
        let mut parameters = x;
        for (k, parameter) in parameters.iter_mut().enumerate() {
            let row = ((at - self.start) / S::F32_LANES + k) / VECTORS;
            // SAFETY: the vector lies in one of the rows that there is a parameter for:
            // `whole_vectors` asks for no others.
            *parameter = simd.splat_f32s(unsafe { *self.parameters.get_unchecked(row) });
        }
        self.kernel.eval(Unrolled(simd), x, parameters)
    }

    #[inline(always)]
    unsafe fn first<S: Machine>(self, _simd: S, _count: usize, x: S::f32s) -> S::f32s {
        debug_assert!(false, "no row is less than a vector");
        x
    }
}

/// Rows of `VECTORS` whole vectors, `ROWS` of them a turn.
///
/// # Safety
/// As for [`map_channels`], where `inner` is `VECTORS` vectors.
#[inline(always)]
unsafe fn whole_vectors<S: Machine, K: LaneKernel, const VECTORS: usize, const ROWS: usize>(
    simd: S,
    io: Io<f32>,
    parameters: &[f32],
    kernel: K,
) {
    const { assert!(VECTORS * ROWS == UNROLL) };
    let (several, rest) = parameters.as_chunks::<ROWS>();
    let mut start = 0;
    let rows = |start, parameters| Rows::<K, VECTORS> {
        kernel,
        start,
        parameters,
    };
    while start < io.len {
        for parameters in several {
            // SAFETY: `io.len` is a multiple of `parameters.len()` rows, so that these lie inside.
            unsafe { turn::<S, _, _, UNROLL>(simd, io, rows(start, parameters), start) };
            start += UNROLL * S::F32_LANES;
        }
        for parameter in rest.chunks_exact(1) {
            // SAFETY: as above.
            unsafe { turn::<S, _, _, VECTORS>(simd, io, rows(start, parameter), start) };
            start += VECTORS * S::F32_LANES;
        }
    }
}

/// Row by row, each with one parameter.
///
/// # Safety
/// As for [`map_channels`].
#[inline(always)]
unsafe fn rows<S: Machine, K: LaneKernel, M: Stores>(
    simd: S,
    io: Io<f32, M>,
    parameters: &[f32],
    inner: usize,
    kernel: K,
) {
    let mut at = 0;
    while at < io.len {
        for &parameter in parameters {
            let place = Uniform(Splat { kernel, parameter });
            // SAFETY: `io.len` is a multiple of `parameters.len() * inner`, so that the row
            // from `at` lies inside.
            unsafe { map(simd, io.part(at, inner), place) };
            at += inner;
        }
    }
}

/// Many rows at a time, with a parameter for each element.
///
/// Where `inner` is 1 and the channels are many, the parameters stand in memory as they are
/// needed. Else they are spread out in a table: each repeated `inner` times, and the row of
/// channels as often as it fits; a row that is longer than the table is taken a group of channels
/// at a time.
///
/// # Safety
/// As for [`map_channels`].
#[inline(always)]
unsafe fn spread<S: Machine, K: LaneKernel, M: Stores>(
    simd: S,
    io: Io<f32, M>,
    parameters: &[f32],
    inner: usize,
    kernel: K,
) {
    let row = parameters.len() * inner;
    let as_they_are = inner == 1 && row >= MANY;
    let (size, repeats) = if as_they_are {
        (row, 1)
    } else if row <= TABLE {
        (parameters.len(), ratio(TABLE.min(io.len), row))
    } else {
        (ratio(TABLE, inner), 1)
    };
    let mut table = Table([const { MaybeUninit::uninit() }; TABLE + MARGIN]);
    let (mut start, mut rest) = (0, parameters);
    while !rest.is_empty() {
        let group;
        (group, rest) = rest.split_at_checked(size).unwrap_or((rest, &[]));
        let count = group.len() * inner * repeats;
        let parameters = if as_they_are {
            group.as_ptr()
        } else {
            // SAFETY: `size` and `repeats` are such that `count` is at most `TABLE`.
            unsafe { fill(simd, &mut table, group, inner, count) }
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

/// A parameter for each element of some rows; aligned, so that no vector straddles cache lines.
#[repr(align(64))]
struct Table([MaybeUninit<f32>; TABLE + MARGIN]);

/// `a / b`, at least 1. No divisor here is ever 0; saying what happens if it were spares the kernel
/// calls to the panic handler.
#[inline(always)]
fn ratio(a: usize, b: usize) -> usize {
    a.checked_div(b).unwrap_or(1).max(1)
}

/// Fills the first `count` cells: each parameter `inner` times, and the whole again and again.
///
/// # Safety
/// `count` is at most `TABLE`, and a multiple of `parameters.len() * inner`, which is not 0.
#[inline(always)]
unsafe fn fill<S: Machine>(
    simd: S,
    table: &mut Table,
    parameters: &[f32],
    inner: usize,
    count: usize,
) -> *const f32 {
    const { assert!(S::F32_LANES <= MARGIN) };
    let first = table.0.as_mut_ptr().cast::<f32>();
    let mut filled = 0;
    // As far as the rest can be copied from: whole rows, and at least a vector.
    while filled < S::F32_LANES.min(count) {
        for &parameter in parameters {
            let vector = simd.splat_f32s(parameter);
            let mut cell = 0;
            while cell < inner {
                // SAFETY: whole rows are filled while less than `count` cells are, which is a
                // number of whole rows; so this starts below `TABLE` and ends at most a vector
                // after it. What it writes too much, the next parameter overwrites.
                unsafe { simd.store_f32s(first.add(filled + cell), vector) };
                cell += S::F32_LANES;
            }
            filled += inner;
        }
    }
    let period = filled;
    while filled < count {
        // SAFETY: what is read, `period` cells back, is filled, as the period is a vector or
        // more; what is written ends at most a vector after `TABLE`.
        unsafe {
            let vector = simd.load_f32s(first.add(filled - period));
            simd.store_f32s(first.add(filled), vector);
        }
        filled += S::F32_LANES;
    }
    first.cast_const()
}
