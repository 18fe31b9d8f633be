//! The pass of the soft cap.

use crate::math::tanh::tanh;
use crate::row::block::{Block, Extent, Lanes};
use crate::row::group::Group;
use crate::row::layout::{Pass, Place};
use crate::row::operand::Nothing;
use crate::row::passes::extremes::scaled;
use crate::simd::{Machine, Unrolled, Vocabulary};

/// Writes `cap * tanh(scale * x / cap)`.
pub(crate) struct Capped;

/// The numbers of the formula in each lane, and what counts as 0.
#[derive(Clone, Copy)]
pub(crate) struct State<F> {
    scale: F,
    least: F,
    cap: F,
}

impl Pass for Capped {
    type Operand = Nothing;

    type State<S: Machine, const K: usize> = State<Block<S, K>>;

    #[inline(always)]
    fn begin<S: Machine, const K: usize>(
        simd: S,
        group: &Group,
        _of: impl Fn(&Lanes) -> Block<S, K>,
        _is_short: bool,
    ) -> State<Block<S, K>> {
        let v = Unrolled::<S, K>(simd);
        State {
            scale: v.splat_f32s(group.scale),
            least: v.splat_f32s(group.least),
            cap: v.splat_f32s(group.cap),
        }
    }

    #[inline(always)]
    unsafe fn block<S: Machine, E: Extent, const K: usize>(
        state: &mut State<Block<S, K>>,
        simd: S,
        place: Place<Block<S, K>>,
        extent: E,
    ) {
        let v = Unrolled::<S, K>(simd);
        // SAFETY: the caller's promise, passed on.
        unsafe {
            let t = scaled(v, extent.load(simd, place.src), state.scale, state.least);
            let bounded = tanh(v, v.div_f32s(t, state.cap));
            extent.store(simd, place.dst, v.mul_f32s(state.cap, bounded));
        }
    }
}
