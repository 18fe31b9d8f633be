//! Each activation as C functions: one for each type of element.

use super::for_each_element;
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

/// The functions for elements of one type.
macro_rules! elementwise {
    ($module:ident, $element:ty, $suffix:literal, $of:literal;
     $($type:ident $(<$lt:lifetime>)? $name:ident [$($parameter:ident),*] $other_names:tt;)*) => {
        mod $module {
            use super::*;

            $(
                #[doc = concat!(" `y[i] = ", stringify!($name), "(x[i])`", $of, " for i < n.")]
                ///
                /// # Safety
                /// x is readable and y writable for n elements; nobody else writes them, or reads y, meanwhile.
                #[unsafe(export_name = concat!("activations_", stringify!($name), $suffix))]
                pub unsafe extern "C" fn $name(
                    x: *const $element,
                    y: *mut $element,
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

            #[doc = concat!(
                " `prelu` of n elements", $of, " [outer, channels, inner], one slope for each channel; inner is H * W for",
                " NCHW, 1 for NHWC.",
            )]
            ///
            /// # Safety
            /// x is readable and y writable for n elements, slopes readable for channels; nobody else writes them, or reads
            /// y, meanwhile.
            #[unsafe(export_name = concat!("activations_prelu_per_channel", $suffix))]
            pub unsafe extern "C" fn prelu_per_channel(
                x: *const $element,
                y: *mut $element,
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

            #[doc = concat!(
                " `snake` of n elements", $of, " [outer, channels, inner], an alpha and a beta for each channel; inner is the time",
                " for [batch, channels, time].",
            )]
            ///
            /// # Safety
            /// x is readable and y writable for n elements, alphas and betas readable for channels; nobody else writes them, or
            /// reads y, meanwhile.
            #[unsafe(export_name = concat!("activations_snake_per_channel", $suffix))]
            pub unsafe extern "C" fn snake_per_channel(
                x: *const $element,
                y: *mut $element,
                n: usize,
                alphas: *const f32,
                betas: *const f32,
                channels: usize,
                inner: usize,
            ) -> Status {
                let parameters = |first| {
                    check(first, channels)?;
                    apart((first, channels), (y, n))?;
                    // SAFETY: the caller's promise, passed on; the parameters do not overlap what is written.
                    unsafe { input(first, channels) }
                };
                let activation =
                    || Ok(Snake::per_channel(parameters(alphas)?, parameters(betas)?, inner)?);
                // SAFETY: the caller's promises, passed on.
                unsafe { apply(x, y, n, activation) }
            }
        }
    };
}

macro_rules! of_each_element {
    ($($activations:tt)*) => {
        for_each_element! { elementwise! $($activations)* }
    };
}

for_each_activation!(of_each_element);
