//! The kernels of operations on rows: `activations::kernels::rows::avx512::softmax::plain::last_axis`.

use crate::registry::for_each_row_activation;

/// One module: its name, the attribute that selects its instructions, pulp's token for them. In it there is a
/// module for each operation, with two functions for each kind of logits.
macro_rules! row_module {
    (
        $isa:ident, $instructions:meta, $token:expr;
        $($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt $names:tt [$($kind:ident)*];)*
    ) => {
        #[doc = concat!("The kernels of operations on rows on ", stringify!($isa), ".")]
        pub(crate) mod $isa {
            $(
                #[doc = concat!("[`", stringify!($type), "`](crate::", stringify!($type), ").")]
                pub(crate) mod $name {
                    $(
                        #[doc = concat!("For ", stringify!($kind), " logits.")]
                        pub(crate) mod $kind {
                            use crate::{$type, Rows, drive::{Io, rows::RunRows}, row::logits};

                            /// Rows of the last axis.
                            ///
                            /// # Safety
                            /// The CPU has the instruction set; the rest is as [`RunRows::run`]
                            /// wants it.
                            #[$instructions]
                            #[inline(never)]
                            pub(crate) unsafe fn last_axis(
                                operation: &$type,
                                io: Io<f32>,
                                rows: Rows,
                            ) {
                                // SAFETY: the caller vouches for the CPU, which is all that a token
                                // stands for, and for the rest.
                                unsafe {
                                    operation.run::<_, logits::$kind, true>($token, io, rows)
                                }
                            }

                            /// Rows of any other axis.
                            ///
                            /// # Safety
                            /// As above.
                            #[$instructions]
                            #[inline(never)]
                            pub(crate) unsafe fn other_axis(
                                operation: &$type,
                                io: Io<f32>,
                                rows: Rows,
                            ) {
                                // SAFETY: as above.
                                unsafe {
                                    operation.run::<_, logits::$kind, false>($token, io, rows)
                                }
                            }
                        }
                    )*
                }
            )*
        }
    };
}

/// Those modules for each instruction set.
macro_rules! modules {
    ($($line:tt)*) => {
        row_module! { scalar, doc = "(The target's baseline.)",
            pulp::Scalar; $($line)* }

        #[cfg(target_arch = "aarch64")]
        row_module! { neon, target_feature(enable = "neon"),
            pulp::aarch64::Neon::new_unchecked(); $($line)* }

        #[cfg(target_arch = "x86_64")]
        row_module! { avx2, target_feature(enable = "avx2,fma"),
            pulp::x86::V3::new_unchecked(); $($line)* }

        #[cfg(target_arch = "x86_64")]
        row_module! { avx512,
            target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,fma"),
            pulp::x86::V4::new_unchecked(); $($line)* }
    };
}

for_each_row_activation!(modules);
