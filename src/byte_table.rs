//! Activations of 8-bit elements, by a table of all 256 results.

// Scalar code looks up a byte without the loops over vectors.
#[cfg_attr(
    not(any(target_arch = "x86_64", target_arch = "aarch64")),
    allow(dead_code)
)]
mod lookup;
mod quantization;
mod softmax;

pub use quantization::{Arithmetic, Byte, Quantization};
pub use softmax::QuantizedSoftmax;

use crate::apply::Apply;
use crate::drive::{Io, Stores};
use crate::elementwise::Activation;
use crate::formula::sealed::Sealed;
use crate::{Error, Formula, Isa};
use core::fmt;
use core::marker::PhantomData;

/// An activation of elements of `i8` or `u8`, as a table of its 256 results: `y[i] = table[x[i]]`.
///
/// A quantised number `q` stands for `scale * (q - zero_point)`: see [`Quantization`]. The table of an activation f holds
/// `saturate(round(f((q - input.zero_point) * input.scale) / output.scale) + output.zero_point)` for each q.
/// It is made once, in some microseconds, and then applied by all that [`Activation`] offers: out of place, in place, into a
/// vector, on several threads, on the instruction set of your choice.
///
/// | | |
/// |---|---|
/// | Formula | as above; computed in f64 and rounded once, half to even, unless [`with_arithmetic`](Self::with_arithmetic) says otherwise |
/// | Domain | all 256 values |
/// | Shapes | any; the output is as long as the input |
/// | Error | none: each result is the formula's, to within the 2^-50 or so by which f64 is off before it is rounded |
/// | Special values | where f gives NaN the result is the output's zero point; results beyond the type are its largest or smallest value |
/// | Errors | [`new`](Self::new) refuses a scale that is not a positive number, a zero point that the type lacks, and an activation that differs from element to element; applying it, different lengths |
/// | Panics | never |
/// | Source | Jacob et al., 2018, for the quantisation; ONNX `QLinear` operators, TensorFlow Lite |
///
/// With a table in registers, sixteen to sixty-four bytes are looked up at a time: by VPERMI2B where the CPU has
/// AVX-512 VBMI, else by VPSHUFB; on NEON by TBL.
///
/// ```
/// use activations::{Activation, ByteTable, Quantization, Sigmoid};
/// let input = Quantization { scale: 0.1, zero_point: 128 };
/// let output = Quantization { scale: 1.0 / 256.0, zero_point: 0 };
/// let table = ByteTable::<u8>::new(&Sigmoid, input, output)?;
/// let mut y = [0; 4];
/// table.apply(&[0, 118, 128, 255], &mut y)?;
/// assert_eq!(y, [0, 69, 128, 255]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ByteTable<T> {
    /// By the bits of the input; each the bits of a result.
    table: Table,
    of: PhantomData<T>,
}

/// 256 bytes that begin at a cache line.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(align(64))]
struct Table([u8; 256]);

impl<T: Byte> ByteTable<T> {
    /// The table of `activation` between two quantisations, computed in f64: [`Arithmetic::Exact`].
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for a scale that is not positive and finite, for a zero point that is no value of
    /// the type, and for parameters that the activation refuses; [`Error::DependsOnPosition`] for one that has no single
    /// result for a number, as [`Prelu`](crate::Prelu) with a slope per channel.
    pub fn new<A: Activation>(
        activation: &A,
        input: Quantization,
        output: Quantization,
    ) -> Result<Self, Error> {
        Self::with_arithmetic(activation, input, output, Arithmetic::Exact)
    }

    /// The same, with the steps that another library takes.
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    pub fn with_arithmetic<A: Activation>(
        activation: &A,
        input: Quantization,
        output: Quantization,
        arithmetic: Arithmetic,
    ) -> Result<Self, Error> {
        if activation.depends_on_position() {
            return Err(Error::DependsOnPosition);
        }
        activation.check(1)?;
        if arithmetic == Arithmetic::Exact {
            return Self::from_fn(|x| activation.reference(x), input, output);
        }
        input.check::<T>("input")?;
        output.check::<T>("output")?;
        let mut y = [0.0; 256];
        for (y, q) in y.iter_mut().zip(T::all()) {
            *y = input.dequantized(q);
        }
        activation.apply_in_place(&mut y)?;
        Ok(Self::of(T::all().zip(y).map(|(q, y)| {
            let rounded = arithmetic.rounded(y, output.scale);
            (q, output.shifted(rounded))
        })))
    }

    /// The table of any function, which is computed for the 256 numbers that the input's quantisation has.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for a scale that is not positive and finite, and for a zero point that is no value of
    /// the type.
    pub fn from_fn(
        mut f: impl FnMut(f64) -> f64,
        input: Quantization,
        output: Quantization,
    ) -> Result<Self, Error> {
        input.check::<T>("input")?;
        output.check::<T>("output")?;
        Ok(Self::of(
            T::all().map(|q| (q, output.quantized(f(input.exact(q))))),
        ))
    }

    fn of(results: impl Iterator<Item = (T, T)>) -> Self {
        let mut table = [0; 256];
        for (q, y) in results {
            table[usize::from(q.bits())] = y.bits();
        }
        Self {
            table: Table(table),
            of: PhantomData,
        }
    }

    /// The result for `q`.
    #[inline]
    pub fn get(&self, q: T) -> T {
        T::from_bits(self.table.0[usize::from(q.bits())])
    }
}

/// A table of one's own: entry i is the result for the value whose bits are i, so that of `i8` the negative values come
/// last.
impl<T: Byte> From<[T; 256]> for ByteTable<T> {
    fn from(entries: [T; 256]) -> Self {
        Self {
            table: Table(entries.map(T::bits)),
            of: PhantomData,
        }
    }
}

impl<T: Byte> fmt::Debug for ByteTable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(T::all().map(|q| (q, self.get(q))))
            .finish()
    }
}

impl<T> Sealed for ByteTable<T> {}

impl<T: Byte> Formula for ByteTable<T> {
    /// The result for the value of the type next to `x`, as a number.
    fn reference(&self, x: f64) -> f64 {
        let nearest = if x.is_nan() { 0 } else { libm::rint(x) as i32 };
        f64::from(self.get(T::saturated(nearest)).into())
    }
}

impl<T: Byte> Apply<T> for ByteTable<T> {
    #[inline]
    unsafe fn apply_raw(&self, isa: Isa, io: Io<T>, stores: Stores) {
        let io = Io {
            src: io.src.cast::<u8>(),
            dst: io.dst.cast::<u8>(),
            len: io.len,
        };
        // SAFETY: the caller's promises, passed on: a value is one byte.
        unsafe { lookup::apply(&self.table.0, isa, io, stores) }
    }
}

impl<T: Byte> Activation<T> for ByteTable<T> {}
