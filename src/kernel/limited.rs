//! The kernels of gates with limits: `activations::kernel::limited::avx512::swish`, and those that stream in
//! `activations::kernel::limited::streamed`.
//!
//! All such gates that networks have apply [`Swish`], and with a beta that is [`Quick`]. A gate with limits and another
//! activation goes block by block, stage by stage.

use super::*;
use crate::activation::swish::Quick;
use crate::drive::limits::LimitedOperands;

#[cfg(surrounded)]
for_each_isa! { vectors kernels! [f32 limited: LimitedOperands] Quick swish [beta] []; }

/// The kernels that write past the cache.
#[cfg(all(target_arch = "x86_64", surrounded))]
pub(crate) mod streamed {
    use super::*;
    for_each_isa! { streaming streamed_kernels! [f32 limited: LimitedOperands] Quick swish [beta] []; }
}

/// A swish with the limits of a gate on `isa`.
///
/// # Safety
/// As for [`Apply::surrounded_raw`].
unsafe fn swish(
    activation: Quick,
    isa: Isa,
    io: Io<f32>,
    limited: &LimitedOperands,
    stores: Stores,
) {
    let activation = &activation;
    #[cfg(surrounded)]
    // SAFETY: the caller's promises are those that the kernels ask for.
    unsafe {
        choose!(isa, stores, limited, swish, activation, io, limited)
    }
    #[cfg(not(surrounded))]
    {
        let _ = (activation, isa, io, limited, stores);
        unreachable!("there are no such kernels: `has_surrounded` says so")
    }
}

impl Apply for Swish {
    #[inline]
    unsafe fn apply_raw(&self, isa: Isa, io: Io<f32>, stores: Stores) {
        // SAFETY: the caller's promises, passed on.
        unsafe { on_isa::swish(self, isa, io, stores) }
    }

    #[inline]
    fn has_loop(&self, isa: Isa, is_limited: bool) -> bool {
        has_surrounded(isa) && (!is_limited || Quick::of(*self).is_some())
    }

    #[inline]
    unsafe fn surrounded_raw(&self, isa: Isa, io: Io<f32>, operands: &Operands, stores: Stores) {
        // SAFETY: the caller's promises, passed on.
        unsafe {
            match (operands.limits, Quick::of(*self)) {
                (Some(limits), Some(quick)) => {
                    let operands = *operands;
                    swish(
                        quick,
                        isa,
                        io,
                        &LimitedOperands { operands, limits },
                        stores,
                    );
                }
                _ => surrounded_on_isa::swish(self, isa, io, operands, stores),
            }
        }
    }
}
