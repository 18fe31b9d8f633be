use super::logits::{General, Logits, Plain, Scaled};
use super::passes::{Extremes, Numerators, Quotients};
use crate::drive::rows::{Block, RowKernel, Walk};
use crate::math::exp_sum::{Inverse, Shift};
use crate::simd::{Machine, Unrolled, Vocabulary};

#[derive(Clone, Copy)]
pub(crate) struct Normalise<L> {
    logits: L,
    scale: f32,
}

/// What the passes of a row hand on.
#[derive(Clone, Copy)]
pub(crate) struct State<F> {
    extremes: Extremes<F>,
    deep: bool,
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
            // SAFETY: the caller's promise, passed on.
            extremes: unsafe { Extremes::<Block<S, K>>::of(simd, walk, self.logits) },
            deep: true,
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
        let shift = Shift::of(v, W::same(state.extremes.max));
        let zero = v.splat_f32s(0.0);
        let based = W::any(simd, v.less_than_f32s(zero, v.magnitude_f32s(shift.base)));
        state.deep = W::any(simd, v.less_than_f32s(W::same(state.extremes.min), shift.lowest));
        let Self { logits, scale } = self;
        // SAFETY: the caller's promise, passed on.
        let sum = unsafe {
            match (based, state.deep) {
                (false, false) => Numerators::<S, L, false, true, K>::sum(simd, walk, logits, shift),
                (false, true) => Numerators::<S, L, true, true, K>::sum(simd, walk, logits, shift),
                (true, _) if L::MASKED => {
                    let logits = General::<true>(scale);
                    Numerators::<S, _, true, true, K>::sum(simd, walk, logits, shift)
                }
                (true, _) => {
                    let logits = General::<false>(scale);
                    Numerators::<S, _, true, true, K>::sum(simd, walk, logits, shift)
                }
            }
        };
        state.deep |= based;
        state.inverse = Some(W::inverse(simd, sum));
    }

    #[inline(always)]
    unsafe fn third<S: Machine, W: Walk<S, K>, const K: usize>(
        self,
        simd: S,
        walk: W,
        state: &State<Block<S, K>>,
    ) {
        let Some(inverse) = state.inverse else { return };
        let inverse = Inverse { high: W::same(inverse.high), low: W::same(inverse.low) };
        // SAFETY: the caller's promise, passed on.
        unsafe {
            if state.deep {
                walk.again().pass(simd, &mut Quotients::<S, true, K> { inverse });
            } else {
                walk.again().pass(simd, &mut Quotients::<S, false, K> { inverse });
            }
        }
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
