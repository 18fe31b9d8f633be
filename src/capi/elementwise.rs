//! Each activation as a C function.

use super::memory::{Buffers, apart, buffers, check, check_buffers, input};
use super::status::{Status, call};
use crate::elementwise::apply_to;
use crate::registry::for_each_activation;
use crate::{Activation, *};

/// Applies `activation` to `n` elements.
///
/// # Safety
/// Those at `x` are readable and those at `y` writable, unless that is refused, and nobody else uses them meanwhile. What
/// the activation borrows does not overlap them.
#[inline]
pub(super) unsafe fn apply<T: Element, A: Activation<T>>(
    x: *const T,
    y: *mut T,
    n: usize,
    activation: impl FnOnce() -> Result<A, Status>,
) -> Status {
    call(|| {
        check_buffers(x, y, n)?;
        let activation = activation()?;
        // SAFETY: `check_buffers` has passed; the caller's promises, passed on.
        unsafe {
            match buffers(x, y, n) {
                Buffers::Same(x) => activation.apply_in_place(x)?,
                Buffers::Apart(x, y) => apply_to(&activation, Isa::detect(), x, y)?,
            }
        }
        Ok(())
    })
}

macro_rules! elementwise {
    ($($type:ident $(<$lt:lifetime>)? $name:ident [$($parameter:ident),*] $other_names:tt;)*) => {
        $(
            #[doc = concat!(" `y[i] = ", stringify!($name), "(x[i])` for i < n.")]
            ///
            /// # Safety
            /// x is readable and y writable for n elements; nobody else writes them, or reads y, meanwhile.
            #[unsafe(export_name = concat!("activations_", stringify!($name)))]
            pub unsafe extern "C" fn $name(
                x: *const f32,
                y: *mut f32,
                n: usize,
                $($parameter: f32),*
            ) -> Status {
                let activation = || {
                    #[allow(unused_mut, reason = "not all have parameters")]
                    let mut activation = <$type>::default();
                    $(activation.$parameter = $parameter;)*
                    Ok(activation)
                };
                // SAFETY: the caller's promises, passed on.
                unsafe { apply(x, y, n, activation) }
            }
        )*
    };
}

for_each_activation!(elementwise);

/// `prelu` of n elements [outer, channels, inner], one slope for each channel; inner is H * W for NCHW, 1 for NHWC.
///
/// # Safety
/// x is readable and y writable for n elements, slopes readable for channels; nobody else writes them, or reads y,
/// meanwhile.
#[unsafe(export_name = "activations_prelu_per_channel")]
pub unsafe extern "C" fn prelu_per_channel(
    x: *const f32,
    y: *mut f32,
    n: usize,
    slopes: *const f32,
    channels: usize,
    inner: usize,
) -> Status {
    let activation = || {
        check(slopes, channels)?;
        apart((slopes, channels), (y, n))?;
        // SAFETY: the caller's promise, passed on; the slopes do not overlap what is written.
        let slopes = unsafe { input(slopes, channels)? };
        Ok(Prelu::per_channel(slopes, inner)?)
    };
    // SAFETY: the caller's promises, passed on.
    unsafe { apply(x, y, n, activation) }
}
