//! The kernels of 16-bit types: `activations::kernel::float16::f16::avx512::gelu`, and those that stream in
//! `activations::kernel::float16::f16::streamed`.
//!
//! They are the kernels of f32, or others where these would not round right, between a load that widens and a store that
//! rounds, all in registers.

use super::*;

/// The kernels of the 16-bit type `$element`, in a module of that name.
macro_rules! kernels_of {
    ($element:ident $($line:tt)*) => {
        #[doc = concat!("The kernels of ", stringify!($element), ".")]
        pub(crate) mod $element {
            use super::*;
            use half::$element;

            for_each_isa! { kernels! [$element] $($line)* }

            /// The kernels that write past the cache.
            #[cfg(all(target_arch = "x86_64", not(unoptimised)))]
            pub(crate) mod streamed {
                use super::*;
                for_each_isa! { streaming streamed_kernels! [$element] $($line)* }
            }

            on_isa! { [$element] $($line)* }
            apply_each! { $element $($line)* }
        }
    };
}

/// How each activation is applied: by its kernel, but for [`Prelu`] and [`Snake`]; see `pipeline::prelu` and
/// `pipeline::snake`.
macro_rules! apply_each {
    ($element:ident $($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt $other_names:tt;)*) => {
        $(apply_to_16_bits! { $element $type $(<$lt>)? $name })*
    };
}

macro_rules! apply_to_16_bits {
    ($element:ident Prelu<$lt:lifetime> $name:ident) => {};
    ($element:ident Snake<$lt:lifetime> $name:ident) => {};
    ($element:ident $type:ident $name:ident) => {
        impl Apply<$element> for $type {
            #[inline]
            unsafe fn apply_raw(&self, isa: Isa, io: Io<$element>, stores: Stores) {
                // SAFETY: the caller's promises, passed on.
                unsafe {
                    match self.ranges_of::<$element>() {
                        Some(ranges) => ranges::apply(&ranges, isa, io, stores),
                        None if self.is_rest() => {
                            rest::apply_to_16_bits(&|x| self.reference(x), io)
                        }
                        None => on_isa::$name(self, isa, io, stores),
                    }
                }
            }
        }
    };
}

macro_rules! all_types {
    ($($line:tt)*) => {
        kernels_of! { f16 $($line)* }
        kernels_of! { bf16 $($line)* }
    };
}

for_each_activation!(all_types);
