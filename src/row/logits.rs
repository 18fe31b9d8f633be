//! Which passes make logits of the elements of a row.

use super::attention::Attention;
use super::attention::mask::Values;
use super::group::Group;
use super::passes::OfLayout;
use crate::element::Type;

/// What logits are made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Logits {
    /// Whether the elements are scaled.
    pub(crate) is_scaled: bool,
    /// Whether the scaled elements are bounded by a cap.
    pub(crate) is_capped: bool,
    /// Whether slopes, times distances, are added.
    pub(crate) has_slopes: bool,
    /// The mask.
    pub(crate) mask: MaskKind,
}

/// What a mask is made of: the number of the pass for it in [`OfLayout::extremes`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum MaskKind {
    /// There is none.
    Nothing,
    /// f32, which is added.
    Added,
    /// Bytes, which say what is kept.
    Kept,
    /// f16, which is added.
    #[cfg(feature = "half")]
    AddedF16,
    /// bf16, which is added.
    #[cfg(feature = "half")]
    AddedBf16,
}

/// How many kinds there are, with that of no mask.
pub(crate) const MASKS: usize = if cfg!(feature = "half") { 5 } else { 3 };

impl MaskKind {
    /// Bytes of an element of the mask.
    #[inline(always)]
    pub(crate) const fn size(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Kept => 1,
            Self::Added => Type::F32.size(),
            #[cfg(feature = "half")]
            Self::AddedF16 => Type::F16.size(),
            #[cfg(feature = "half")]
            Self::AddedBf16 => Type::Bf16.size(),
        }
    }
}

impl Logits {
    /// The elements themselves.
    pub(crate) const PLAIN: Self = Self {
        is_scaled: false,
        is_capped: false,
        has_slopes: false,
        mask: MaskKind::Nothing,
    };

    /// What the logits of `attention` are made of.
    #[inline(always)]
    pub(crate) fn of(attention: &Attention<'_>) -> Self {
        let mask = match attention.mask.values {
            Values::None => MaskKind::Nothing,
            Values::Kept(_) => MaskKind::Kept,
            Values::Added(mask) => match mask.start().1 {
                Type::F32 => MaskKind::Added,
                #[cfg(feature = "half")]
                Type::F16 => MaskKind::AddedF16,
                #[cfg(feature = "half")]
                Type::Bf16 => MaskKind::AddedBf16,
            },
        };
        Self {
            is_scaled: attention.scale != 1.0,
            is_capped: attention.is_capped(),
            has_slopes: !attention.slopes.is_empty(),
            mask,
        }
    }

    /// Whether one pass makes them, and that takes no mask but of f32.
    #[inline(always)]
    pub(crate) fn are_simple(self) -> bool {
        let is_simple = matches!(self.mask, MaskKind::Nothing | MaskKind::Added);
        is_simple && !self.is_capped && !self.has_slopes
    }
}

impl OfLayout {
    /// Takes the passes over `group` that make logits of its elements and find their extremes; the passes after them read
    /// those logits.
    ///
    /// # Safety
    /// The CPU has the instruction set; the group is as its fields say and has the layout, and what `logits` asks for.
    #[inline]
    pub(crate) unsafe fn logits(&self, logits: Logits, group: &mut Group) {
        // SAFETY: the caller's promise, passed on.
        unsafe {
            if logits.is_capped || logits.has_slopes {
                return self.logits_in_steps(logits, group);
            }
            let of_masks = &self.extremes[usize::from(logits.is_scaled)];
            (of_masks[logits.mask as usize])(group);
            if logits != Logits::PLAIN {
                group.read_back();
            }
        }
    }

    /// The same if there is a cap, slopes or both: a pass for each, and one for the mask if there is one. The first of
    /// them scales, so that to the others the scale is 1; the extremes that the last one finds are those of the logits.
    ///
    /// # Safety
    /// As for [`logits`](Self::logits).
    #[inline(never)]
    unsafe fn logits_in_steps(&self, logits: Logits, group: &mut Group) {
        let scale = group.scale;
        // SAFETY: the caller's promise, passed on.
        unsafe {
            if logits.is_capped {
                (self.capped)(group);
                group.read_back();
                group.scale_by(1.0);
            }
            if logits.has_slopes {
                (self.sloped[usize::from(group.scale != 1.0)])(group);
                group.read_back();
                group.scale_by(1.0);
            }
            if logits.mask != MaskKind::Nothing {
                let [unscaled, _] = &self.extremes;
                (unscaled[logits.mask as usize])(group);
            }
        }
        group.scale_by(scale);
    }
}
