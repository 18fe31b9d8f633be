//! Which passes make logits of the elements of a row.

use super::attention::Attention;
use super::attention::mask::Values;
use super::group::Group;
use super::passes::OfLayout;
use crate::element::Type;

/// What logits are made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Logits {
    /// Whether the scaled elements are bounded by a cap.
    pub(crate) is_capped: bool,
    /// Whether slopes, times distances, are added.
    pub(crate) has_slopes: bool,
    /// What the last of the passes does, which finds the extremes.
    pub(crate) last: Last,
}

/// The last of the passes that make logits: the number of it in [`OfLayout::extremes`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Last {
    /// The logits are the elements themselves.
    Plain,
    /// It scales.
    Scaled,
    /// It scales and adds a mask of f32.
    Masked,
    /// It scales, and keeps what the mask says.
    Kept,
    /// It scales and adds a mask of f16.
    #[cfg(feature = "half")]
    MaskedF16,
    /// It scales and adds a mask of bf16.
    #[cfg(feature = "half")]
    MaskedBf16,
}

/// How many passes [`Last`] numbers.
pub(crate) const LAST: usize = if cfg!(feature = "half") { 6 } else { 4 };

impl Last {
    /// Bytes of an element of the mask.
    #[inline(always)]
    pub(crate) const fn mask_size(self) -> usize {
        match self {
            Self::Plain | Self::Scaled => 0,
            Self::Kept => 1,
            Self::Masked => Type::F32.size(),
            #[cfg(feature = "half")]
            Self::MaskedF16 => Type::F16.size(),
            #[cfg(feature = "half")]
            Self::MaskedBf16 => Type::Bf16.size(),
        }
    }
}

impl Logits {
    /// The elements themselves.
    pub(crate) const PLAIN: Self = Self {
        is_capped: false,
        has_slopes: false,
        last: Last::Plain,
    };

    /// What the logits of `attention` are made of.
    #[inline(always)]
    pub(crate) fn of(attention: &Attention<'_>) -> Self {
        let last = match attention.mask.values {
            Values::None if attention.scale == 1.0 => Last::Plain,
            Values::None => Last::Scaled,
            Values::Kept(_) => Last::Kept,
            Values::Added(mask) => match mask.start().1 {
                Type::F32 => Last::Masked,
                #[cfg(feature = "half")]
                Type::F16 => Last::MaskedF16,
                #[cfg(feature = "half")]
                Type::Bf16 => Last::MaskedBf16,
            },
        };
        Self {
            is_capped: attention.softcap != f32::INFINITY,
            has_slopes: !attention.slopes.is_empty(),
            last,
        }
    }

    /// Whether no pass but the last is needed, and that takes no mask but of f32.
    #[inline(always)]
    pub(crate) fn are_simple(self) -> bool {
        let is_simple = matches!(self.last, Last::Plain | Last::Scaled | Last::Masked);
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
            (self.extremes[logits.last as usize])(group);
            if logits != Logits::PLAIN {
                group.read_back();
            }
        }
    }

    /// The same by more than one pass, of which the first one scales.
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
                (self.sloped)(group);
                group.read_back();
                group.scale_by(1.0);
            }
            // It is scaled already.
            let last = match logits.last {
                Last::Scaled => Last::Plain,
                last => last,
            };
            (self.extremes[last as usize])(group);
        }
        group.read_back();
        group.scale_by(scale);
    }
}
