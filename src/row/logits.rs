//! What a row operation makes of its inputs before it exponentiates them: `scale * x + mask`, in two parts
//! where one float does not hold it.

use crate::math::exp_sum::Shift;
use crate::simd::Vocabulary;

/// Which logits an operation has: each kind has kernels of its own.
#[allow(non_camel_case_types)] // As the kernels are called.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    plain,
    scaled,
    masked,
}

/// The logits of a kind.
pub(crate) trait OfKind {
    /// Them, where no row needs origin or base.
    type Logits: Logits;

    /// Them, for a scale.
    fn of(scale: f32) -> Self::Logits;
}

/// The kinds, as types.
macro_rules! kinds {
    ($($kind:ident: $logits:ty, $scale:ident => $of:expr;)*) => {
        $(
            #[allow(non_camel_case_types)] // As the kernels are called.
            pub(crate) struct $kind;

            impl OfKind for $kind {
                type Logits = $logits;

                #[inline(always)]
                fn of($scale: f32) -> $logits {
                    $of
                }
            }
        )*
    };
}

kinds! {
    plain: Plain, _scale => Plain;
    scaled: Scaled, scale => Scaled(scale);
    masked: Masked, scale => Masked(scale);
}

/// From an input to a logit.
pub(crate) trait Logits: Copy {
    /// Whether there is a mask.
    const MASKED: bool;

    /// Whether one float may not hold a logit.
    const ROUNDS: bool;

    /// The same of rows that need no origin and base.
    const ROUNDS_UNBASED: bool = Self::ROUNDS;

    /// Whether it may be large terms of which a logit is the sum.
    const CANCELS: bool = false;

    /// Whether roundings may have added much, which [`settled`] makes good.
    const SETTLES: bool = false;

    /// The same logits, whatever origin and base.
    type Based: Logits;

    /// What inputs are multiplied by.
    fn scale(self) -> f32;

    /// Them.
    fn based(self) -> Self::Based;

    /// The logit less `shift.origin`, rounded.
    fn rounded<V: Vocabulary>(
        self,
        simd: V,
        x: V::f32s,
        mask: V::f32s,
        shift: &Shift<V::f32s>,
    ) -> V::f32s;

    /// The larger of the terms, where they may cancel. (One that is large and negative leaves a numerator of 0, unless
    /// the other is large, too.)
    #[inline(always)]
    fn larger_term<V: Vocabulary>(self, simd: V, _x: V::f32s, _mask: V::f32s) -> V::f32s {
        simd.splat_f32s(0.0)
    }

    /// The same less `shift.base`, and what its rounding added, if it can add anything. Below
    /// `shift.lowest` that may be no number, and is left out; unless `DEEP` is set, there is no such logit.
    fn parts<V: Vocabulary, const DEEP: bool>(
        self,
        simd: V,
        x: V::f32s,
        mask: V::f32s,
        shift: &Shift<V::f32s>,
    ) -> (V::f32s, Option<V::f32s>);
}

/// The inputs themselves, where origin and base are 0.
#[derive(Clone, Copy)]
pub(crate) struct Plain;

impl Logits for Plain {
    const MASKED: bool = false;
    const ROUNDS: bool = false;

    type Based = General<Self>;

    #[inline(always)]
    fn scale(self) -> f32 {
        1.0
    }

    #[inline(always)]
    fn based(self) -> General<Self> {
        General(self)
    }

    #[inline(always)]
    fn rounded<V: Vocabulary>(
        self,
        _simd: V,
        x: V::f32s,
        _mask: V::f32s,
        _shift: &Shift<V::f32s>,
    ) -> V::f32s {
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

/// `scale * x`, where origin and base are 0.
#[derive(Clone, Copy)]
pub(crate) struct Scaled(pub(crate) f32);

impl Logits for Scaled {
    const MASKED: bool = false;
    const ROUNDS: bool = true;

    type Based = General<Self>;

    #[inline(always)]
    fn scale(self) -> f32 {
        self.0
    }

    #[inline(always)]
    fn based(self) -> General<Self> {
        General(self)
    }

    #[inline(always)]
    fn rounded<V: Vocabulary>(
        self,
        simd: V,
        x: V::f32s,
        _mask: V::f32s,
        _shift: &Shift<V::f32s>,
    ) -> V::f32s {
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
        let excess = known::<V, DEEP>(simd, product, excess, shift);
        (product, Some(excess))
    }
}

/// `scale * x + mask`, where origin and base are 0.
#[derive(Clone, Copy)]
pub(crate) struct Masked(pub(crate) f32);

impl Logits for Masked {
    const MASKED: bool = true;
    const ROUNDS: bool = true;
    const CANCELS: bool = true;

    type Based = General<Self>;

    #[inline(always)]
    fn scale(self) -> f32 {
        self.0
    }

    #[inline(always)]
    fn based(self) -> General<Self> {
        General(self)
    }

    #[inline(always)]
    fn rounded<V: Vocabulary>(
        self,
        simd: V,
        x: V::f32s,
        mask: V::f32s,
        _shift: &Shift<V::f32s>,
    ) -> V::f32s {
        simd.add_f32s(simd.mul_f32s(simd.splat_f32s(self.0), x), mask)
    }

    #[inline(always)]
    fn larger_term<V: Vocabulary>(self, simd: V, x: V::f32s, mask: V::f32s) -> V::f32s {
        simd.at_least_f32s(mask, simd.mul_f32s(simd.splat_f32s(self.0), x))
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
        let (sum, lost) = exact_sum(simd, product, mask);
        let excess = simd.sub_f32s(excess, lost);
        (sum, Some(known::<V, DEEP>(simd, sum, excess, shift)))
    }
}

/// Logits of rows of which some need origin and base. The others have theirs, so that a row does not depend on
/// those beside it.
#[derive(Clone, Copy)]
pub(crate) struct General<L>(L);

impl<L: Logits> General<L> {
    /// The logit less `shift.origin`, rounded, and what the rounding added.
    #[inline(always)]
    fn less_origin<V: Vocabulary>(
        self,
        simd: V,
        x: V::f32s,
        mask: V::f32s,
        shift: &Shift<V::f32s>,
    ) -> (V::f32s, V::f32s) {
        let (product, excess) = product(simd, x, self.0.scale());
        let (sum, lost) = exact_sum(simd, product, mask);
        let infinite = simd.splat_f32s(f32::INFINITY);
        let finite = simd.less_than_f32s(simd.magnitude_f32s(sum), infinite);
        // The roundings may have added more than the logits differ by: it takes three parts to hold them.
        let lost = simd.keep_f32s(finite, lost);
        let excess = simd.keep_f32s(finite, excess);
        let left = simd.sub_f32s(sum, shift.origin);
        let (t, lost_of_t) = exact_sum(simd, left, lost);
        let (t, lost_again) = exact_sum(simd, t, simd.sub_f32s(simd.splat_f32s(0.0), excess));
        let lost = simd.keep_f32s(finite, simd.add_f32s(lost_of_t, lost_again));
        (t, simd.sub_f32s(simd.splat_f32s(0.0), lost))
    }
}

impl<L: Logits> Logits for General<L> {
    const MASKED: bool = L::MASKED;
    const ROUNDS: bool = true;
    const ROUNDS_UNBASED: bool = L::ROUNDS;
    const SETTLES: bool = true;

    type Based = Self;

    #[inline(always)]
    fn scale(self) -> f32 {
        self.0.scale()
    }

    #[inline(always)]
    fn based(self) -> Self {
        self
    }

    #[inline(always)]
    fn rounded<V: Vocabulary>(
        self,
        simd: V,
        x: V::f32s,
        mask: V::f32s,
        shift: &Shift<V::f32s>,
    ) -> V::f32s {
        let (based, _) = self.less_origin(simd, x, mask, shift);
        let unbased = self.0.rounded(simd, x, mask, shift);
        simd.select_f32s(shift.is_based(simd), based, unbased)
    }

    #[inline(always)]
    fn parts<V: Vocabulary, const DEEP: bool>(
        self,
        simd: V,
        x: V::f32s,
        mask: V::f32s,
        shift: &Shift<V::f32s>,
    ) -> (V::f32s, Option<V::f32s>) {
        let (t, excess) = self.less_origin(simd, x, mask, shift);
        let t = simd.sub_f32s(t, shift.base);
        let excess = simd.sub_f32s(excess, shift.excess);
        let excess = known::<V, true>(simd, t, excess, shift);
        let (unbased_t, unbased_excess) = self.0.parts::<V, true>(simd, x, mask, shift);
        let unbased_excess = unbased_excess.unwrap_or(simd.splat_f32s(0.0));
        let is_based = shift.is_based(simd);
        let excess = simd.select_f32s(is_based, excess, unbased_excess);
        (simd.select_f32s(is_based, t, unbased_t), Some(excess))
    }
}

/// `a + b`, rounded, and what the rounding lost: either may be the larger (Knuth, 1969).
#[inline(always)]
pub(super) fn exact_sum<V: Vocabulary>(simd: V, a: V::f32s, b: V::f32s) -> (V::f32s, V::f32s) {
    let sum = simd.add_f32s(a, b);
    let of_b = simd.sub_f32s(sum, a);
    let of_a = simd.sub_f32s(sum, of_b);
    let lost = simd.add_f32s(simd.sub_f32s(a, of_a), simd.sub_f32s(b, of_b));
    (sum, lost)
}

/// `t - excess` in two parts again, of which the first holds what it can; t is above -inf.
#[inline(always)]
pub(super) fn settled<V: Vocabulary>(simd: V, t: V::f32s, excess: V::f32s) -> (V::f32s, V::f32s) {
    let (sum, lost) = exact_sum(simd, t, simd.sub_f32s(simd.splat_f32s(0.0), excess));
    (sum, simd.sub_f32s(simd.splat_f32s(0.0), lost))
}

/// `excess` where it counts: above `shift.lowest`; below it may be no number.
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

/// `scale * x`, rounded, and what the rounding added.
#[inline(always)]
fn product<V: Vocabulary>(simd: V, x: V::f32s, scale: f32) -> (V::f32s, V::f32s) {
    let scale = simd.splat_f32s(scale);
    let product = simd.mul_f32s(scale, x);
    (product, simd.negate_mul_add_f32s(scale, x, product))
}
