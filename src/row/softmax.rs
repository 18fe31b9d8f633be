use super::logits::{General, Logits, Plain, Scaled};
use crate::drive::rows::{Block, Extent, Pass, RowKernel, Walk, Whole};
use crate::math::exp_sum::{Inverse, Shift, Sum, numerator};
use crate::simd::{Machine, Unrolled, Vocabulary};

/// The largest logit.
pub(crate) struct Maximum<S: Machine, L, const K: usize> {
    logits: L,
    max: Block<S, K>,
}

impl<S: Machine, L: Logits, const K: usize> Maximum<S, L, K> {
    /// The largest logit of each row: -inf where there is none but NaN.
    ///
    /// # Safety
    /// As for [`Walk::pass`].
    #[inline(always)]
    pub(crate) unsafe fn of<W: Walk<S, K>>(simd: S, walk: W, logits: L) -> Block<S, K> {
        let mut maximum = Self {
            logits,
            max: Unrolled(simd).splat_f32s(f32::NEG_INFINITY),
        };
        // SAFETY: the caller's promise, passed on.
        unsafe { walk.pass(simd, &mut maximum) };
        W::largest(simd, maximum.max)
    }
}

impl<S: Machine, L: Logits, const K: usize> Pass<S, K> for Maximum<S, L, K> {
    const MASKED: bool = L::MASKED;
    const LIGHT: bool = true;

    #[inline(always)]
    unsafe fn block<E: Extent>(
        &mut self,
        simd: S,
        src: *const f32,
        _dst: *mut f32,
        extent: E,
        mask: Block<S, K>,
    ) {
        let v = Unrolled::<S, K>(simd);
        // SAFETY: the caller's promise.
        let x = unsafe { extent.load(simd, src) };
        let t = self.logits.rounded(v, x, mask);
        let t = extent.or(simd, t, v.splat_f32s(f32::NEG_INFINITY));
        // A NaN is passed over: its numerator will be one.
        self.max = v.at_least_f32s(self.max, t);
    }

    #[inline(always)]
    unsafe fn four(&mut self, simd: S, src: *const f32, _dst: *mut f32, masks: [Block<S, K>; 4]) {
        let v = Unrolled::<S, K>(simd);
        // SAFETY: the caller's promise.
        let t = |i: usize| unsafe {
            let x = Whole.load(simd, src.add(i * 16));
            self.logits.rounded(v, x, masks[i])
        };
        let (a, b) = (v.at_least_f32s(t(0), t(1)), v.at_least_f32s(t(2), t(3)));
        self.max = v.at_least_f32s(self.max, v.at_least_f32s(a, b));
    }
}

/// Numerators, written as they are summed up.
struct Numerators<S: Machine, L, const K: usize> {
    logits: L,
    shift: Shift<Block<S, K>>,
    sum: Sum<Block<S, K>>,
}

impl<S: Machine, L: Logits, const K: usize> Pass<S, K> for Numerators<S, L, K> {
    const MASKED: bool = L::MASKED;

    #[inline(always)]
    unsafe fn block<E: Extent>(
        &mut self,
        simd: S,
        src: *const f32,
        dst: *mut f32,
        extent: E,
        mask: Block<S, K>,
    ) {
        let v = Unrolled::<S, K>(simd);
        // SAFETY: the caller's promise.
        unsafe {
            let x = extent.load(simd, src);
            let (t, excess) = self.logits.parts(v, x, mask, &self.shift);
            let t = extent.or(simd, t, self.shift.lowest);
            let numerator = numerator(v, t, excess, &self.shift);
            extent.store(simd, dst, self.sum.add(v, numerator));
        }
    }
}

/// Numerators divided by their sum.
struct Quotients<S: Machine, const K: usize> {
    inverse: Inverse<Block<S, K>>,
}

impl<S: Machine, const K: usize> Pass<S, K> for Quotients<S, K> {
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
        // SAFETY: the caller's promise.
        unsafe {
            let numerator = extent.load(simd, src);
            let y = self.inverse.times(Unrolled::<S, K>(simd), numerator);
            extent.store(simd, dst, y);
        }
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Normalise<L> {
    logits: L,
    scale: f32,
}

#[derive(Clone, Copy)]
pub(crate) struct State<F> {
    max: F,
    inverse: Option<Inverse<F>>,
}

impl<L: Logits> RowKernel for Normalise<L> {
    const PAST: f32 = 0.0;
    type State<F: Copy> = State<F>;

    #[inline(always)]
    unsafe fn first<S: Machine, W: Walk<S, K>, const K: usize>(
        self,
        simd: S,
        walk: W,
    ) -> State<Block<S, K>> {
        State {
            max: unsafe { Maximum::of(simd, walk, self.logits) },
            inverse: None,
        }
    }

    #[inline(always)]
    unsafe fn second<S: Machine, W: Walk<S, K>, const K: usize>(
        self,
        simd: S,
        walk: W,
        state: &mut State<Block<S, K>>,
    ) {
        let v = Unrolled::<S, K>(simd);
        let max = W::same(state.max);
        let shift = Shift::of(v, max);
        let based = v.less_than_f32s(v.splat_f32s(0.0), v.magnitude_f32s(shift.base));
        let any = W::any(simd, based);
        let sum = if !any {
            let mut pass = Numerators { logits: self.logits, shift, sum: Sum::new(v) };
            unsafe { walk.pass(simd, &mut pass) };
            pass.sum
        } else if L::MASKED {
            let mut pass = Numerators { logits: General::<true>(self.scale), shift, sum: Sum::new(v) };
            unsafe { walk.pass(simd, &mut pass) };
            pass.sum
        } else {
            let mut pass = Numerators { logits: General::<false>(self.scale), shift, sum: Sum::new(v) };
            unsafe { walk.pass(simd, &mut pass) };
            pass.sum
        };
        state.inverse = Some(W::inverse(simd, sum));
    }

    #[inline(always)]
    unsafe fn third<S: Machine, W: Walk<S, K>, const K: usize>(
        self,
        simd: S,
        walk: W,
        state: &State<Block<S, K>>,
    ) {
        let v = Unrolled::<S, K>(simd);
        let Some(inverse) = state.inverse else { return };
        let mut quotients = Quotients {
            inverse: Inverse { high: W::same(inverse.high), low: W::same(inverse.low) },
        };
        unsafe { walk.again().pass(simd, &mut quotients) };
    }
}

#[inline(never)]
#[target_feature(enable = "avx2,fma")]
pub unsafe fn proto_avx2(src: *const f32, dst: *mut f32, len: usize, axis: usize, inner: usize, scale: f32) {
    use crate::drive::{Io, rows::{Tensor, map_rows}};
    let tensor = Tensor { io: Io { src, dst, len }, rows: super::shape::Rows { axis, inner }, mask: &[], lengths: Default::default() };
    let simd = unsafe { pulp::x86::V3::new_unchecked() };
    unsafe { if scale == 1.0 { map_rows(simd, tensor, Normalise { logits: Plain, scale }) } else { map_rows(simd, tensor, Normalise { logits: Scaled(scale), scale }) } }
}
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,fma")]
pub unsafe fn proto_avx512(src: *const f32, dst: *mut f32, len: usize, axis: usize, inner: usize, scale: f32) {
    use crate::drive::{Io, rows::{Tensor, map_rows}};
    let tensor = Tensor { io: Io { src, dst, len }, rows: super::shape::Rows { axis, inner }, mask: &[], lengths: Default::default() };
    let simd = unsafe { pulp::x86::V4::new_unchecked() };
    unsafe { if scale == 1.0 { map_rows(simd, tensor, Normalise { logits: Plain, scale }) } else { map_rows(simd, tensor, Normalise { logits: Scaled(scale), scale }) } }
}
