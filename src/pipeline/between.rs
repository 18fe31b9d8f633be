//! An activation from elements of one type to those of another.

#[cfg(feature = "half")]
use super::convert;
use crate::apply::{Apply, apply_fenced};
#[cfg(feature = "half")]
use crate::converted::AnyIo;
use crate::drive::{Io, Stores};
use crate::{Float, Isa};

/// Applies `activation` to `x` and writes the results to `y`, of whichever types they are.
///
/// # Safety
/// The CPU has `isa`, and `check` of the length of `x` has returned `Ok`; `y` is valid for writes of as many elements, and
/// does not overlap `x`.
#[inline]
pub(crate) unsafe fn apply_between<X: Float, Y: Float, A: Apply<X> + Apply<f32>>(
    activation: &A,
    isa: Isa,
    x: &[X],
    y: *mut Y,
    stores: Stores,
) {
    // SAFETY: the caller's promises, passed on; where a pointer is cast, the types are the same.
    unsafe {
        match X::TYPE == Y::TYPE {
            true => {
                let io = Io::between(x, y.cast::<X>());
                apply_fenced::<X, A>(activation, isa, io, stores);
            }
            #[cfg(feature = "half")]
            false => convert(activation, isa, AnyIo::between(x, y)),
            #[cfg(not(feature = "half"))]
            false => {}
        }
    }
}
