//! What goes before and after a kernel, over a block of elements: stages that know no activation.
//!
//! One function per stage and instruction set: `activations::stage::avx2::add` and, where a stage may be the last and
//! so the one that streams, `activations::stage::streamed::avx2::add`. A call finds those of its instruction set in
//! [`Stages`].

use crate::Isa;
use crate::drive::body::{Binary, Splat, Unary};
use crate::drive::limits::GateLimits;
use crate::drive::map::map;
#[cfg(target_arch = "x86_64")]
use crate::drive::stream::stream;
use crate::drive::{Io, Stores};
use crate::registry::for_each_isa;
use arithmetic::{
    Add, AtMost, Multiply, MultiplyLimited, ScaleNegative, ScaleNegativeByAny, ScaleNegativeOrFlat,
};

mod arithmetic;
#[cfg(feature = "half")]
pub(crate) mod float16;
mod unzip;

/// A stage's function, which works from a source to a destination, with operands.
///
/// # Safety
/// The CPU has the function's instruction set. `io` is as for [`map`], or, if the function streams, as for [`stream`].
/// There are as many operands as the field of [`Stages`] says, and the function does not write them.
pub(crate) type Function = unsafe fn(io: Io<f32>, operands: *const f32);

/// A stage that may be the last of a call, as two functions: one that writes by way of the cache, and one that streams
/// on the instruction sets that can.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage {
    cached: Function,
    streamed: Function,
}

impl Stage {
    /// Applies the stage to all of `io`.
    ///
    /// # Safety
    /// As for [`Function`].
    #[inline]
    pub(crate) unsafe fn apply(self, io: Io<f32>, operands: *const f32, stores: Stores) {
        let function = match stores {
            Stores::Cached => self.cached,
            Stores::Streamed => self.streamed,
        };
        // SAFETY: the caller's promises, passed on.
        unsafe { function(io, operands) }
    }
}

/// The stages of one instruction set.
#[derive(Debug)]
pub(crate) struct Stages {
    /// `x + operand`, with an operand for each element.
    pub(crate) add: Function,
    /// `x + operand`, with one operand for all elements.
    pub(crate) add_constant: Function,
    /// `if x > operand { operand } else { x }`, with one operand for all elements.
    pub(crate) at_most: Function,
    /// `x * operand`, with an operand for each element.
    pub(crate) multiply: Function,
    /// The same with both within limits, and the offset added to the operand: see [`GateLimits`].
    ///
    /// # Safety
    /// As for [`Function`].
    pub(crate) multiply_limited: unsafe fn(io: Io<f32>, operands: *const f32, limits: &GateLimits),
    /// `if x.is_sign_negative() { operand * x } else { x }`, with an operand for each element; all are finite, and none is 0.
    pub(crate) scale_negative: Stage,
    /// As `scale_negative`, and an operand may be 0: where it is, -inf counts as the smallest finite number, so that the
    /// product is a zero and not NaN.
    pub(crate) scale_negative_or_flat: Stage,
    /// As `scale_negative_or_flat`, and an operand may be infinite or NaN.
    pub(crate) scale_negative_by_any: Stage,
    /// Writes the first elements of `len` pairs to `first`, and their second elements to `second`.
    ///
    /// # Safety
    /// The pairs are valid for reads, both others for writes of `len` elements, and none overlaps another.
    pub(crate) unzip: unsafe fn(pairs: *const f32, first: *mut f32, second: *mut f32, len: usize),
}

impl Stages {
    /// The stages of `isa`.
    #[inline]
    pub(crate) fn of(isa: Isa) -> &'static Self {
        // An arm that is missing on this architecture stands for an `Isa` that no CPU of it has.
        match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => &avx512::STAGES,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => &avx2::STAGES,
            #[cfg(target_arch = "aarch64")]
            Isa::Neon => &neon::STAGES,
            _ => &scalar::STAGES,
        }
    }
}

/// The functions of one instruction set, and the table of them. One of the functions expands to
///
/// ```text
/// #[target_feature(enable = "avx2,fma")]
/// pub(super) unsafe fn add(io: Io<f32>, operands: *const f32) {
///     unsafe { map(V3::new_unchecked(), io, Binary { kernel: Add, operands }) }
/// }
/// ```
macro_rules! stages {
    ($isa:ident, $instructions:meta, $token:expr; $($name:ident $kernel:ident;)*) => {
        #[doc = concat!("The stages on ", stringify!($isa), ".")]
        pub(crate) mod $isa {
            use super::*;

            pub(super) static STAGES: Stages = Stages {
                add,
                add_constant,
                at_most,
                multiply,
                multiply_limited,
                scale_negative: last_stage!($isa scale_negative),
                scale_negative_or_flat: last_stage!($isa scale_negative_or_flat),
                scale_negative_by_any: last_stage!($isa scale_negative_by_any),
                unzip,
            };

            $(
                /// See [`Stages`].
                ///
                /// # Safety
                /// As for [`Function`].
                #[$instructions]
                #[inline(never)]
                pub(super) unsafe fn $name(io: Io<f32>, operands: *const f32) {
                    // SAFETY: the caller's promises, passed on.
                    unsafe { map($token, io, Binary { kernel: $kernel, operands }) }
                }
            )*

            others! { $instructions, $token }
        }
    };
}

/// The functions of one instruction set that are never the last of a call. They do not stream, so they are written
/// out here, and are not in the list of `all_stages`.
macro_rules! others {
    ($instructions:meta, $token:expr) => {
        others! { constant add_constant Add; $instructions, $token }
        others! { constant at_most AtMost; $instructions, $token }

        /// See [`Stages`].
        ///
        /// # Safety
        /// As for [`Function`].
        #[$instructions]
        #[inline(never)]
        unsafe fn multiply_limited(io: Io<f32>, operands: *const f32, limits: &GateLimits) {
            let kernel = MultiplyLimited(*limits);
            // SAFETY: the caller's promises, passed on.
            unsafe { map($token, io, Binary { kernel, operands }) }
        }

        /// See [`Stages`].
        ///
        /// # Safety
        /// The CPU has the instruction set; the rest is as there.
        #[$instructions]
        #[inline(never)]
        unsafe fn unzip(pairs: *const f32, first: *mut f32, second: *mut f32, len: usize) {
            // SAFETY: the caller's promises, passed on.
            unsafe { unzip::unzip($token, pairs, first, second, len) }
        }
    };
    (constant $name:ident $kernel:ident; $instructions:meta, $token:expr) => {
        /// See [`Stages`].
        ///
        /// # Safety
        /// As for [`Function`]; there is one operand.
        #[$instructions]
        #[inline(never)]
        unsafe fn $name(io: Io<f32>, operand: *const f32) {
            // SAFETY: the caller's promises, passed on.
            unsafe {
                map(
                    $token,
                    io,
                    Unary(Splat {
                        kernel: $kernel,
                        operand: *operand,
                    }),
                )
            }
        }
    };
}

/// The functions of one instruction set that stream. What is left before and behind whole cache lines they leave to the
/// function of the same name that does not.
#[cfg(target_arch = "x86_64")]
macro_rules! streamed_stages {
    ($isa:ident, $instructions:meta, $token:expr; $($name:ident $kernel:ident;)*) => {
        pub(crate) mod $isa {
            use super::*;
            $(
                /// See [`Stages`].
                ///
                /// # Safety
                /// As for [`Function`] where it streams.
                #[$instructions]
                #[inline(never)]
                pub(in crate::stage) unsafe fn $name(io: Io<f32>, operands: *const f32) {
                    // SAFETY: a part of what the caller vouches for.
                    let cached = |start, len| unsafe {
                        super::super::$isa::$name(io.part(start, len), operands.add(start))
                    };
                    // SAFETY: the caller's promises, passed on.
                    unsafe { stream($token, io, Binary { kernel: $kernel, operands }, cached) }
                }
            )*
        }
    };
}

/// The [`Stage`] called `$name` on an instruction set. If that has no stores past the cache, both functions are the
/// cached one.
macro_rules! last_stage {
    (avx2 $name:ident) => {
        Stage {
            cached: $name,
            streamed: streamed::avx2::$name,
        }
    };
    (avx512 $name:ident) => {
        Stage {
            cached: $name,
            streamed: streamed::avx512::$name,
        }
    };
    ($isa:ident $name:ident) => {
        Stage {
            cached: $name,
            streamed: $name,
        }
    };
}

/// Makes all functions of the stages that are listed, those with an operand for each element; those in brackets may be
/// the last.
macro_rules! all_stages {
    ($($line:ident $kernel:ident;)* [$($last:tt)*]) => {
        for_each_isa! { stages! $($line $kernel;)* $($last)* }

        #[cfg(target_arch = "x86_64")]
        pub(crate) mod streamed {
            //! The stages that write past the cache.
            use super::*;
            for_each_isa! { streaming streamed_stages! $($last)* }
        }
    };
}

all_stages! {
    add Add;
    multiply Multiply;
    [
        scale_negative ScaleNegative;
        scale_negative_or_flat ScaleNegativeOrFlat;
        scale_negative_by_any ScaleNegativeByAny;
    ]
}
