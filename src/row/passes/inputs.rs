//! What logits are made of an element by itself, before an operand counts.

use crate::math::tanh::tanh;
use crate::row::group::Group;
use crate::simd::Vocabulary;

/// What becomes of an element.
pub(crate) trait Input {
    /// Whether anything does.
    const CHANGES: bool = true;

    /// Whether that takes so few registers that there are some for several blocks.
    const IS_LIGHT: bool = true;

    /// What the element `x` gives.
    fn logit<V: Vocabulary>(v: V, x: V::f32s, numbers: &Numbers<V::f32s>) -> V::f32s;
}

/// The numbers of the formulas in each lane.
#[derive(Clone, Copy)]
pub(crate) struct Numbers<F> {
    scale: F,
    /// Elements below this in magnitude count as 0, if they are scaled.
    least: F,
    cap: F,
}

impl<F: Copy> Numbers<F> {
    /// The scale, the least element that counts and the cap of `group`.
    #[inline(always)]
    pub(crate) fn of<V: Vocabulary<f32s = F>>(v: V, group: &Group) -> Self {
        Self {
            scale: v.splat_f32s(group.scale),
            least: v.splat_f32s(group.least),
            cap: v.splat_f32s(group.cap),
        }
    }
}

/// The element itself.
pub(crate) struct Unscaled;

impl Input for Unscaled {
    const CHANGES: bool = false;

    #[inline(always)]
    fn logit<V: Vocabulary>(_v: V, x: V::f32s, _numbers: &Numbers<V::f32s>) -> V::f32s {
        x
    }
}

/// `scale * x`, or 0 where `x` is below `least` in magnitude.
pub(crate) struct Scaled;

impl Input for Scaled {
    #[inline(always)]
    fn logit<V: Vocabulary>(v: V, x: V::f32s, numbers: &Numbers<V::f32s>) -> V::f32s {
        let is_tiny = v.less_than_f32s(v.magnitude_f32s(x), numbers.least);
        v.mul_f32s(numbers.scale, v.clear_f32s(is_tiny, x))
    }
}

/// `cap * tanh(scale * x / cap)`.
pub(crate) struct Capped;

impl Input for Capped {
    const IS_LIGHT: bool = false;

    #[inline(always)]
    fn logit<V: Vocabulary>(v: V, x: V::f32s, numbers: &Numbers<V::f32s>) -> V::f32s {
        let scaled = Scaled::logit(v, x, numbers);
        let bounded = tanh(v, v.div_f32s(scaled, numbers.cap));
        v.mul_f32s(numbers.cap, bounded)
    }
}
