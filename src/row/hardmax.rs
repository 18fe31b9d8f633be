use super::RowFormula;
use super::logits::{Kind, OfKind};
use super::shape::{Lengths, Rows};
use crate::Error;
use crate::drive::Io;
use crate::drive::rows::{Block, Extent, Pass, RowKernel, RowWalk, RunRows, Tensor, map_rows};
use crate::simd::{Machine, Vocabulary};
#[cfg(feature = "alloc")]
use alloc::{vec, vec::Vec};
use core::marker::PhantomData;

/// `f(x)[i] = if i is the first largest element of its row { 1 } else { 0 }`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32 |
/// | Shapes | any `[outer, axis, inner]`, see [`Rows`]; the output is as long as the input |
/// | Error | 0: each result is exact |
/// | Special values | of several that are the largest, the first counts; infinities are numbers like others; -0 equals +0; a row with a NaN gives NaN throughout |
/// | Errors | [`Error::RowsMismatch`]; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | ONNX `Hardmax` |
///
/// ```
/// use activations::{Hardmax, RowActivation, Rows};
/// let mut x = [1.0, 3.0, 3.0];
/// Hardmax.apply_in_place(Rows::last(3), &mut x)?;
/// assert_eq!(x, [0.0, 1.0, 0.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hardmax;

impl RowFormula for Hardmax {
    #[cfg(feature = "alloc")]
    fn reference(&self, _row: usize, x: &[f64]) -> Vec<f64> {
        if x.iter().any(|x| x.is_nan()) {
            return vec![f64::NAN; x.len()];
        }
        let max = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let first = x.iter().position(|&x| x == max);
        (0..x.len())
            .map(|i| f64::from(u8::from(Some(i) == first)))
            .collect()
    }

    fn check(&self, rows: Rows, len: usize) -> Result<(), Error> {
        rows.outer(len).map(drop)
    }
}

impl RunRows<f32> for Hardmax {
    fn kind(&self) -> Kind {
        Kind::plain
    }

    #[inline(always)]
    unsafe fn run<S: Machine, L: OfKind, const LAST: bool>(
        &self,
        simd: S,
        io: Io<f32>,
        rows: Rows,
    ) {
        let tensor = Tensor {
            io,
            rows,
            mask: &[],
            lengths: Lengths::All,
        };
        // SAFETY: the caller's promise, passed on.
        unsafe { map_rows::<S, _, LAST>(simd, tensor, *self) }
    }
}

/// What the passes of a row hand on.
#[derive(Clone, Copy)]
pub(crate) struct State<F> {
    max: F,
    /// NaN where the row has one, 0 elsewhere.
    nan: F,
}

impl RowKernel for Hardmax {
    const PAST: f32 = 0.0;
    type State<F: Copy> = State<F>;

    #[inline(always)]
    unsafe fn first<S: Machine, W: RowWalk<S, K>, const K: usize>(
        self,
        simd: S,
        walk: W,
    ) -> State<Block<S, K>> {
        let v = simd.block::<K>();
        let mut largest = Largest {
            max: v.splat_f32s(f32::NEG_INFINITY),
            nan: v.splat_f32s(0.0),
        };
        // SAFETY: the caller's promise, passed on.
        unsafe { walk.pass(simd, &mut largest) };
        State {
            max: W::largest(simd, largest.max),
            nan: W::nan(simd, largest.nan),
        }
    }

    #[inline(always)]
    unsafe fn second<S: Machine, W: RowWalk<S, K>, const K: usize>(
        self,
        _simd: S,
        _walk: W,
        _state: &mut State<Block<S, K>>,
    ) {
    }

    #[inline(always)]
    unsafe fn third<S: Machine, W: RowWalk<S, K>, const K: usize>(
        self,
        simd: S,
        walk: W,
        state: &State<Block<S, K>>,
    ) {
        let mut one_hot = OneHot::<S, W, K> {
            max: W::same(state.max),
            nan: W::same(state.nan),
            left: simd.block::<K>().splat_f32s(1.0),
            walk: PhantomData,
        };
        // SAFETY: the caller's promise, passed on.
        unsafe { walk.pass(simd, &mut one_hot) };
    }
}

/// The largest element, and whether there is a NaN.
struct Largest<S: Machine, const K: usize> {
    max: Block<S, K>,
    nan: Block<S, K>,
}

impl<S: Machine, const K: usize> Pass<S, K> for Largest<S, K> {
    const MASKED: bool = false;

    #[inline(always)]
    unsafe fn block<E: Extent>(
        &mut self,
        simd: S,
        src: *const f32,
        _dst: *mut f32,
        extent: E,
        _mask: Block<S, K>,
    ) {
        let v = simd.block::<K>();
        // SAFETY: the caller's promise.
        let x = unsafe { extent.load(simd, src) };
        self.nan = v.or_f32s(self.nan, v.clear_f32s(v.equal_f32s(x, x), x));
        let x = extent.or(simd, x, v.splat_f32s(f32::NEG_INFINITY));
        self.max = v.at_least_f32s(self.max, x);
    }
}

/// The results.
struct OneHot<S: Machine, W, const K: usize> {
    max: Block<S, K>,
    nan: Block<S, K>,
    /// 1 where the largest element of the row is yet to come, 0 where it was seen.
    left: Block<S, K>,
    /// Which says what the first is.
    walk: PhantomData<W>,
}

impl<S: Machine, W: RowWalk<S, K>, const K: usize> Pass<S, K> for OneHot<S, W, K> {
    const MASKED: bool = false;

    #[inline(always)]
    unsafe fn block<E: Extent>(
        &mut self,
        simd: S,
        src: *const f32,
        dst: *mut f32,
        extent: E,
        _mask: Block<S, K>,
    ) {
        let v = simd.block::<K>();
        // SAFETY: the caller's promise.
        unsafe {
            let x = extent.load(simd, src);
            let x = extent.or(simd, x, v.splat_f32s(f32::NAN));
            let hit = v.keep_f32s(v.equal_f32s(x, self.max), self.left);
            let hit = W::first_hit(simd, hit, &mut self.left);
            extent.store(simd, dst, v.add_f32s(hit, self.nan));
        }
    }
}
