//! The passes of the operations on rows as named functions: `activations::row::passes::avx2::numerators_along`.
//!
//! A pass knows neither the operation nor the tensor that it is part of: it goes over one [`Group`] of rows. The
//! operations call passes through a table per instruction set, so that each is compiled once for it, and what
//! calls them once for all.

mod between;
mod extremes;
mod inputs;
mod matches;
mod numerators;
mod results;
#[cfg(not(unoptimised))]
mod short;
mod transpose;

use super::across::Across;
use super::along::Along;
use super::group::Group;
use super::layout::Layout;
use super::logits::MASKS;
use super::operand::{Added, Distance, Kept, Nothing};
use crate::Isa;
use crate::registry::for_each_isa;
use between::{inverse, logarithm, logarithm_of_others, shift};
use extremes::Extremes;
use inputs::{Capped, Scaled, Unscaled};
use matches::{LargestOrNan, Matches};
use numerators::{Numerators, Others};
use results::{Anew, Logarithms, Quotients};
use transpose::transpose;

/// A pass over a group on one instruction set.
///
/// # Safety
/// The CPU has the instruction set, and the group is as its fields say.
pub(crate) type Pass = unsafe fn(&mut Group);

/// Writes the columns of a matrix, rows by columns, as rows: from a pointer and a stride to a pointer and a stride.
///
/// # Safety
/// The CPU has the instruction set; the rows are valid for reads and the columns for writes.
pub(crate) type Transpose = unsafe fn((usize, usize), (*const f32, usize), (*mut f32, usize));

/// The passes of one instruction set.
pub(crate) struct Passes {
    /// Along rows of consecutive elements.
    pub(crate) along: OfLayout,
    /// Across rows side by side.
    pub(crate) across: OfLayout,
    /// Across sixteen short rows that were copied to lie side by side.
    pub(crate) in_scratch: OfLayout,
    /// Along: quotients of numerators that were not written.
    pub(crate) anew: Pass,
    /// Works out the shifts of rows whose extremes are known.
    pub(crate) shift: Pass,
    /// Works out one over the sum of each row.
    pub(crate) inverse: Pass,
    /// Works out the logarithm of the sum of each row.
    pub(crate) logarithm: Pass,
    /// Works out the same of the sum of all but the largest.
    pub(crate) logarithm_of_others: Pass,
    /// Along: all of softmax over short rows, if the instruction set has a function for that.
    pub(crate) softmax_of_short: Option<Pass>,
    /// Copies rows to lie side by side, and back.
    pub(crate) transpose: Transpose,
}

/// The passes over groups of one layout.
#[derive(Clone, Copy)]
pub(crate) struct OfLayout {
    /// The extremes of logits with the mask that [`MaskKind`](super::logits::MaskKind) numbers; not scaled and scaled. Across
    /// rows, where masks are rare, both are one, and multiply by 1; so it is with slopes.
    pub(crate) extremes: [[Pass; MASKS]; 2],
    /// The extremes of logits that are scaled and bounded by a cap.
    pub(crate) capped: Pass,
    /// The extremes of logits to which slopes, times distances, are added; not scaled and scaled.
    pub(crate) sloped: [Pass; 2],
    /// Numerators, and their sum; of a group that is not deep, and of one that may be.
    pub(crate) numerators: [Pass; 2],
    /// The sum of numerators that are not written; not deep and deep.
    pub(crate) sums: [Pass; 2],
    /// The sum of the numerators of all but the largest logit.
    pub(crate) others: Pass,
    /// Quotients of numerators that were written; not faint and faint.
    pub(crate) quotients: [Pass; 2],
    /// Logits less the logarithm of the sum.
    pub(crate) logarithms: Pass,
    /// The largest element, or NaN.
    pub(crate) largest_or_nan: Pass,
    /// Ones where elements equal the largest.
    pub(crate) matches: Pass,
}

impl Passes {
    /// The passes on `isa`, which this architecture has: the caller has ruled out the others.
    pub(crate) fn of(isa: Isa) -> &'static Self {
        match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => &avx512::PASSES,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => &avx2::PASSES,
            #[cfg(target_arch = "aarch64")]
            Isa::Neon => &neon::PASSES,
            _ => &scalar::PASSES,
        }
    }
}

/// The functions of one instruction set: its name, the attribute that selects its instructions, and pulp's token for
/// them. One of them expands to
///
/// ```text
/// #[target_feature(enable = "avx2,fma")]
/// pub(crate) unsafe fn others_along(group: &mut Group) {
///     unsafe { Along::pass::<_, Others<false>, 2>(V3::new_unchecked(), group) }
/// }
/// ```
macro_rules! functions {
    (
        $isa:ident, $instructions:meta, $token:expr;
        between: $($between:ident)*;
        $($(#[$when:meta])? $name:ident: $layout:ident, $pass:ty;)*
    ) => {
        #[doc = concat!("The passes on ", stringify!($isa), ".")]
        pub(crate) mod $isa {
            use super::*;
            $(
                $(#[$when])?
                #[doc = concat!("[`", stringify!($pass), "`] over a group.")]
                ///
                /// # Safety
                /// As for [`Pass`](super::Pass).
                #[$instructions]
                #[inline(never)]
                pub(crate) unsafe fn $name(group: &mut Group) {
                    // SAFETY: the caller vouches for the CPU, which is all that a token stands for, and for the
                    // group.
                    unsafe { $layout::pass::<_, $pass, { vectors!($isa) }>($token, group) }
                }
            )*
            $(
                #[doc = concat!("See [`between::", stringify!($between), "`].")]
                ///
                /// # Safety
                /// The CPU has the instruction set.
                #[$instructions]
                #[inline(never)]
                #[allow(unused_unsafe)] // The token of scalar code takes no promise.
                pub(crate) unsafe fn $between(group: &mut Group) {
                    // SAFETY: the caller vouches for the CPU.
                    unsafe { super::$between::<_, { vectors!($isa) }>($token, group) }
                }
            )*

            /// [`super::transpose()`] on this instruction set.
            ///
            /// # Safety
            /// As for [`Transpose`].
            #[$instructions]
            #[inline(never)]
            pub(crate) unsafe fn transpose(
                size: (usize, usize),
                from: (*const f32, usize),
                to: (*mut f32, usize),
            ) {
                // SAFETY: the caller vouches for the CPU and for the memory.
                unsafe { super::transpose($token, size, from, to) }
            }

            pub(crate) static PASSES: Passes = table!($isa);
        }
    };
}

/// The table of the functions in the module that it stands in, which is the one of `$isa`.
macro_rules! table {
    ($isa:ident) => {{
        const ACROSS: OfLayout = OfLayout {
            extremes: [
                [
                    extremes_across,
                    masked_across,
                    kept_across,
                    #[cfg(feature = "half")]
                    masked_f16_across,
                    #[cfg(feature = "half")]
                    masked_bf16_across,
                ],
                [
                    scaled_across,
                    masked_across,
                    kept_across,
                    #[cfg(feature = "half")]
                    masked_f16_across,
                    #[cfg(feature = "half")]
                    masked_bf16_across,
                ],
            ],
            capped: capped_across,
            sloped: [sloped_across; 2],
            numerators: [numerators_across, deep_numerators_across],
            sums: [sum_across, deep_sum_across],
            others: others_across,
            quotients: [quotients_across, faint_quotients_across],
            logarithms: logarithms_across,
            largest_or_nan: largest_or_nan_across,
            matches: matches_across,
        };
        Passes {
            along: OfLayout {
                extremes: [
                    [
                        extremes_along,
                        masked_along,
                        kept_along,
                        #[cfg(feature = "half")]
                        masked_f16_along,
                        #[cfg(feature = "half")]
                        masked_bf16_along,
                    ],
                    [
                        scaled_along,
                        scaled_masked_along,
                        scaled_kept_along,
                        #[cfg(feature = "half")]
                        scaled_masked_f16_along,
                        #[cfg(feature = "half")]
                        scaled_masked_bf16_along,
                    ],
                ],
                capped: capped_along,
                sloped: [sloped_along, scaled_sloped_along],
                numerators: [numerators_along, deep_numerators_along],
                sums: [sum_along, deep_sum_along],
                others: others_along,
                quotients: [quotients_along, faint_quotients_along],
                logarithms: logarithms_along,
                largest_or_nan: largest_or_nan_along,
                matches: matches_along,
            },
            across: ACROSS,
            in_scratch: OfLayout {
                numerators: [numerators_in_scratch, deep_numerators_in_scratch],
                sums: [sum_in_scratch, deep_sum_in_scratch],
                others: others_in_scratch,
                ..ACROSS
            },
            anew: anew_along,
            shift,
            inverse,
            logarithm,
            logarithm_of_others,
            softmax_of_short: softmax_of_short!($isa),
            transpose,
        }
    }};
}

/// The function for short rows, which the instruction sets with vectors have; it is there for speed alone.
#[cfg(not(unoptimised))]
macro_rules! softmax_of_short {
    (scalar) => {
        None
    };
    ($isa:ident) => {
        Some(super::of_short::$isa::softmax_of_short)
    };
}

#[cfg(unoptimised)]
macro_rules! softmax_of_short {
    ($isa:ident) => {
        None
    };
}

/// The function for short rows on one instruction set.
#[cfg(not(unoptimised))]
macro_rules! short_rows {
    ($isa:ident, $instructions:meta, $token:expr;) => {
        pub(crate) mod $isa {
            use super::super::*;

            /// See [`short::softmax_of_short`].
            ///
            /// # Safety
            /// As for [`Pass`]; the rows are as that function wants them.
            #[$instructions]
            #[inline(never)]
            pub(crate) unsafe fn softmax_of_short(group: &mut Group) {
                // SAFETY: the caller vouches for the CPU and for the group.
                unsafe { short::softmax_of_short::<_, { vectors!($isa) }>($token, group) }
            }
        }
    };
}

/// How many vectors make a block of sixteen lanes; scalar code has one lane.
macro_rules! vectors {
    (scalar) => {
        1
    };
    (neon) => {
        4
    };
    (avx2) => {
        2
    };
    (avx512) => {
        1
    };
}

for_each_isa! { functions!
    between: shift inverse logarithm logarithm_of_others;

    extremes_along: Along, Extremes<Unscaled, Nothing>;
    masked_along: Along, Extremes<Unscaled, Added<f32>>;
    kept_along: Along, Extremes<Unscaled, Kept>;
    #[cfg(feature = "half")]
    masked_f16_along: Along, Extremes<Unscaled, Added<half::f16>>;
    #[cfg(feature = "half")]
    masked_bf16_along: Along, Extremes<Unscaled, Added<half::bf16>>;
    scaled_along: Along, Extremes<Scaled, Nothing>;
    scaled_masked_along: Along, Extremes<Scaled, Added<f32>>;
    scaled_kept_along: Along, Extremes<Scaled, Kept>;
    #[cfg(feature = "half")]
    scaled_masked_f16_along: Along, Extremes<Scaled, Added<half::f16>>;
    #[cfg(feature = "half")]
    scaled_masked_bf16_along: Along, Extremes<Scaled, Added<half::bf16>>;
    sloped_along: Along, Extremes<Unscaled, Distance>;
    scaled_sloped_along: Along, Extremes<Scaled, Distance>;
    capped_along: Along, Extremes<Capped, Nothing>;
    numerators_along: Along, Numerators<false, true, false>;
    deep_numerators_along: Along, Numerators<true, true, false>;
    sum_along: Along, Numerators<false, false, false>;
    deep_sum_along: Along, Numerators<true, false, false>;
    others_along: Along, Others<false>;
    quotients_along: Along, Quotients<false>;
    faint_quotients_along: Along, Quotients<true>;
    anew_along: Along, Anew;
    logarithms_along: Along, Logarithms;
    largest_or_nan_along: Along, LargestOrNan;
    matches_along: Along, Matches;

    extremes_across: Across, Extremes<Unscaled, Nothing>;
    scaled_across: Across, Extremes<Scaled, Nothing>;
    masked_across: Across, Extremes<Scaled, Added<f32>>;
    kept_across: Across, Extremes<Scaled, Kept>;
    #[cfg(feature = "half")]
    masked_f16_across: Across, Extremes<Scaled, Added<half::f16>>;
    #[cfg(feature = "half")]
    masked_bf16_across: Across, Extremes<Scaled, Added<half::bf16>>;
    sloped_across: Across, Extremes<Scaled, Distance>;
    capped_across: Across, Extremes<Capped, Nothing>;
    numerators_across: Across, Numerators<false, true, false>;
    deep_numerators_across: Across, Numerators<true, true, false>;
    sum_across: Across, Numerators<false, false, false>;
    deep_sum_across: Across, Numerators<true, false, false>;
    others_across: Across, Others<false>;
    quotients_across: Across, Quotients<false>;
    faint_quotients_across: Across, Quotients<true>;
    logarithms_across: Across, Logarithms;
    largest_or_nan_across: Across, LargestOrNan;
    matches_across: Across, Matches;

    numerators_in_scratch: Across, Numerators<false, true, true>;
    deep_numerators_in_scratch: Across, Numerators<true, true, true>;
    sum_in_scratch: Across, Numerators<false, false, true>;
    deep_sum_in_scratch: Across, Numerators<true, false, true>;
    others_in_scratch: Across, Others<true>;
}

#[cfg(not(unoptimised))]
pub(crate) mod of_short {
    //! Short rows, on the instruction sets with vectors.
    use super::*;
    for_each_isa! { vectors short_rows! }
}
