//! From an [`Isa`] to the kernel of an operation on rows.

use crate::drive::{Io, rows::RunRows};
use crate::registry::for_each_row_activation;
use crate::row::logits::Kind;
use crate::{AnyRowActivation, Element, Isa, RowFormula, kernels, *};

/// What has a kernel per instruction set for rows of elements of type `T`.
///
/// Every operation on rows and [`AnyRowActivation`]; being crate-private in effect, it seals
/// [`RowActivation`].
pub trait LaunchRows<T: Element>: RowFormula {
    /// Applies the kernel for `isa` to the rows of `io`.
    ///
    /// # Safety
    /// The CPU has `isa`; `io.src` is valid for reads and `io.dst` for writes of `io.len` elements; the two are equal
    /// or do not overlap. `check(rows, io.len)` has returned `Ok`, and there are elements.
    unsafe fn launch(&self, isa: Isa, rows: Rows, io: Io<T>);
}

/// Calls a kernel of `$name` for the instruction set, the kind of logits and the axis.
macro_rules! call_rows {
    ($name:ident [$($kind:ident)*] $isa:ident $operation:ident $io:ident $rows:ident) => {{
        let kind = $operation.kind();
        let last = $rows.inner == 1;
        $(
            if matches!(kind, Kind::$kind) {
                // SAFETY: the caller's promises are those that the kernels ask for. An arm that is missing on this
                // architecture stands for an `Isa` that no CPU of it has, so the caller has ruled it out; scalar code
                // is right there all the same.
                return unsafe {
                    match ($isa, last) {
                        #[cfg(target_arch = "x86_64")]
                        (Isa::Avx512, true) => kernels::rows::avx512::$name::$kind::last_axis($operation, $io, $rows),
                        #[cfg(target_arch = "x86_64")]
                        (Isa::Avx512, false) => kernels::rows::avx512::$name::$kind::other_axis($operation, $io, $rows),
                        #[cfg(target_arch = "x86_64")]
                        (Isa::Avx2, true) => kernels::rows::avx2::$name::$kind::last_axis($operation, $io, $rows),
                        #[cfg(target_arch = "x86_64")]
                        (Isa::Avx2, false) => kernels::rows::avx2::$name::$kind::other_axis($operation, $io, $rows),
                        #[cfg(target_arch = "aarch64")]
                        (Isa::Neon, true) => kernels::rows::neon::$name::$kind::last_axis($operation, $io, $rows),
                        #[cfg(target_arch = "aarch64")]
                        (Isa::Neon, false) => kernels::rows::neon::$name::$kind::other_axis($operation, $io, $rows),
                        (_, true) => kernels::rows::scalar::$name::$kind::last_axis($operation, $io, $rows),
                        (_, false) => kernels::rows::scalar::$name::$kind::other_axis($operation, $io, $rows),
                    }
                };
            }
        )*
        debug_assert!(false, "no kernel for {kind:?}");
    }};
}

macro_rules! launch_rows {
    ($($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt $other_names:tt $kernels:tt;)*) => {
        $(
            launch_rows!(one $type $(<$lt>)? $name $kernels);
        )*

        impl LaunchRows<f32> for AnyRowActivation<'_> {
            #[inline]
            unsafe fn launch(&self, isa: Isa, rows: Rows, io: Io<f32>) {
                match self {
                    // SAFETY: the caller's promises, passed on.
                    $(Self::$type(operation) => unsafe { operation.launch(isa, rows, io) },)*
                }
            }
        }
    };
    // What has no kernels says itself whose it runs.
    (one $type:ident $(<$lt:lifetime>)? $name:ident []) => {};
    (one $type:ident $(<$lt:lifetime>)? $name:ident $kernels:tt) => {
        impl $(<$lt>)? LaunchRows<f32> for $type $(<$lt>)? {
            #[inline]
            unsafe fn launch(&self, isa: Isa, rows: Rows, io: Io<f32>) {
                call_rows!($name $kernels isa self io rows);
            }
        }
    };
}

for_each_row_activation!(launch_rows);
