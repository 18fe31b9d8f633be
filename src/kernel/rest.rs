//! What is left to the oracle: activations with parameters that are too rare to have a kernel of vectors.
//!
//! The oracle is scalar code, the same on every instruction set, and f64 is large and precise enough for any parameters.

use crate::drive::Io;
#[cfg(feature = "half")]
use crate::drive::precision::Precision;

/// Writes what the oracle returns for all of `io`, rounded to f32.
///
/// # Safety
/// `io.src` is valid for reads and `io.dst` for writes of `io.len` elements; they are equal or do not overlap.
#[inline(never)]
pub(crate) unsafe fn apply(oracle: &dyn Fn(f64) -> f64, io: Io<f32>) {
    for at in 0..io.len {
        // SAFETY: there are so many elements, says the caller.
        unsafe {
            let x = io.src.add(at).read();
            io.dst.add(at).write(oracle(f64::from(x)) as f32);
        }
    }
}

/// As [`apply()`], for elements of 16 bits, whose results are rounded to f32 first, as on all the way of 16-bit numbers.
///
/// # Safety
/// As there.
#[cfg(feature = "half")]
#[inline(never)]
pub(crate) unsafe fn apply_to_16_bits<T: Precision>(oracle: &dyn Fn(f64) -> f64, io: Io<T>) {
    const { assert!(size_of::<T>() == 2 && align_of::<T>() == 2) };
    let (src, dst) = (io.src.cast::<u16>(), io.dst.cast::<u16>());
    for at in 0..io.len {
        // SAFETY: there are so many elements, says the caller, and all 16 bits are their value.
        unsafe {
            let x = T::value_of(src.add(at).read());
            dst.add(at).write(T::bits_of(oracle(f64::from(x)) as f32));
        }
    }
}
