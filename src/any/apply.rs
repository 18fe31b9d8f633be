//! How an activation that is chosen at run time is applied to memory: as the one that it is.

use super::AnyActivation;
use crate::Isa;
use crate::apply::{Apply, Erased};
use crate::drive::{Io, Stores, operands::Operands};
use crate::registry::for_each_activation;

/// [`Apply`] for the elements `$element`.
macro_rules! apply_to {
    ($element:ty; $($type:ident)*) => {
        impl Apply<$element> for AnyActivation<'_> {
            #[inline]
            unsafe fn apply_raw(&self, isa: Isa, io: Io<$element>, stores: Stores) {
                match self {
                    // SAFETY: the caller's promises, passed on.
                    $(Self::$type(activation) => unsafe { activation.apply_raw(isa, io, stores) },)*
                }
            }

            fn has_loop(&self, isa: Isa, is_limited: bool) -> bool {
                Apply::<$element>::erase(self).has_loop(isa, is_limited)
            }

            unsafe fn surrounded_raw(
                &self,
                isa: Isa,
                io: Io<$element>,
                operands: &Operands,
                stores: Stores,
            ) {
                // SAFETY: the caller's promises, passed on; the function is that of the activation itself.
                unsafe { self.erase().surrounded_raw(isa, io, operands, stores) }
            }

            #[inline]
            fn erase(&self) -> Erased<'_, $element> {
                match self {
                    $(Self::$type(activation) => activation.erase(),)*
                }
            }
        }
    };
}

macro_rules! apply_to_each_type {
    ($($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt $other_names:tt;)*) => {
        apply_to! { f32; $($type)* }
        #[cfg(feature = "half")]
        apply_to! { half::f16; $($type)* }
        #[cfg(feature = "half")]
        apply_to! { half::bf16; $($type)* }
    };
}

for_each_activation!(apply_to_each_type);
