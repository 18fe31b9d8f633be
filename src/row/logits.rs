//! What a row operation makes of its inputs before it exponentiates them: `scale * x + mask`, in two parts
//! where one float does not hold it.

use crate::math::exp_sum::Shift;
use crate::simd::Vocabulary;

/// From an input to a logit.
pub(crate) trait Logits: Copy {
    /// Whether there is a mask.
    const MASKED: bool;

    /// The logit, rounded.
    fn rounded<V: Vocabulary>(self, simd: V, x: V::f32s, mask: V::f32s) -> V::f32s;

    /// The logit less `shift.base`, rounded, and what the roundings added, if they can add anything. Below
    /// `shift.lowest` that may be no number, and is left out; unless `DEEP` is set, there is no such logit.
    fn parts<V: Vocabulary, const DEEP: bool>(
        self,
        simd: V,
        x: V::f32s,
        mask: V::f32s,
        shift: &Shift<V::f32s>,
    ) -> (V::f32s, Option<V::f32s>);
}

/// The inputs themselves, where the base is 0.
#[derive(Clone, Copy)]
pub(crate) struct Plain;

impl Logits for Plain {
    const MASKED: bool = false;

    #[inline(always)]
    fn rounded<V: Vocabulary>(self, _simd: V, x: V::f32s, _mask: V::f32s) -> V::f32s {
        x
    }

    #[inline(always)]
    fn parts<V: Vocabulary, const DEEP: bool>(
        self,
        _simd: V,
        x: V::f32s,
        _mask: V::f32s,
        _shift: &Shift<V::f32s>,
    ) -> (V::f32s, Option<V::f32s>) {
        (x, None)
    }
}

/// `scale * x`, where the base is 0.
#[derive(Clone, Copy)]
pub(crate) struct Scaled(pub(crate) f32);

impl Logits for Scaled {
    const MASKED: bool = false;

    #[inline(always)]
    fn rounded<V: Vocabulary>(self, simd: V, x: V::f32s, _mask: V::f32s) -> V::f32s {
        simd.mul_f32s(simd.splat_f32s(self.0), x)
    }

    #[inline(always)]
    fn parts<V: Vocabulary, const DEEP: bool>(
        self,
        simd: V,
        x: V::f32s,
        _mask: V::f32s,
        shift: &Shift<V::f32s>,
    ) -> (V::f32s, Option<V::f32s>) {
        let (product, excess) = product(simd, x, self.0);
        (product, Some(known::<V, DEEP>(simd, product, excess, shift)))
    }
}

/// `scale * x + mask`, whatever the base; without a mask if `MASK` is not set.
#[derive(Clone, Copy)]
pub(crate) struct General<const MASK: bool>(pub(crate) f32);

impl<const MASK: bool> Logits for General<MASK> {
    const MASKED: bool = MASK;

    #[inline(always)]
    fn rounded<V: Vocabulary>(self, simd: V, x: V::f32s, mask: V::f32s) -> V::f32s {
        simd.add_f32s(simd.mul_f32s(simd.splat_f32s(self.0), x), mask)
    }

    #[inline(always)]
    fn parts<V: Vocabulary, const DEEP: bool>(
        self,
        simd: V,
        x: V::f32s,
        mask: V::f32s,
        shift: &Shift<V::f32s>,
    ) -> (V::f32s, Option<V::f32s>) {
        let (product, excess) = product(simd, x, self.0);
        // Knuth's exact sum, 1969: either term may be the larger.
        let sum = simd.add_f32s(product, mask);
        let of_mask = simd.sub_f32s(sum, product);
        let of_product = simd.sub_f32s(sum, of_mask);
        let lost = simd.add_f32s(
            simd.sub_f32s(product, of_product),
            simd.sub_f32s(mask, of_mask),
        );
        let t = simd.sub_f32s(sum, shift.base);
        let excess = simd.sub_f32s(excess, lost);
        (t, Some(known::<V, DEEP>(simd, t, excess, shift)))
    }
}

/// `scale * x`, rounded, and what the rounding added.
#[inline(always)]
fn product<V: Vocabulary>(simd: V, x: V::f32s, scale: f32) -> (V::f32s, V::f32s) {
    let scale = simd.splat_f32s(scale);
    let product = simd.mul_f32s(scale, x);
    (product, simd.negate_mul_add_f32s(scale, x, product))
}

/// `excess` where it is known to be a number.
#[inline(always)]
fn known<V: Vocabulary, const DEEP: bool>(
    simd: V,
    t: V::f32s,
    excess: V::f32s,
    shift: &Shift<V::f32s>,
) -> V::f32s {
    if DEEP {
        simd.keep_f32s(simd.less_than_f32s(shift.lowest, t), excess)
    } else {
        excess
    }
}
