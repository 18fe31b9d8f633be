//! 16-bit types: this crate's activations, a table of all results, and candle.

use crate::number::{Dtype, Number};
use crate::ulp::Format;
use crate::{built, inputs, tensors};
use activations::half::{bf16, f16};
use activations::{Activation, AnyActivation, Formula, Isa};
use candle_core::{Device, Tensor, WithDType};
use std::ffi::{CStr, CString, c_char, c_void};
use std::hint::black_box;
use std::str::FromStr;
use std::sync::{LazyLock, Once};
use std::{ptr, slice};

/// Numbers of a 16-bit type.
const ALL: usize = 1 << 16;

/// An activation of a 16-bit type on an instruction set, as C calls it.
pub struct Activation16(Box<dyn Untyped>);

/// The calls of an activation, without the type of its elements. Each pointer is to as many of them as `len` says.
trait Untyped {
    /// Whether this crate took it: `y[i] = f(x[i])`.
    ///
    /// # Safety
    /// `x` is readable, `y` writable, and they do not overlap.
    unsafe fn apply(&self, x: *const c_void, y: *mut c_void, len: usize) -> bool;

    /// Whether this crate took it: `x[i] = f(x[i])`.
    ///
    /// # Safety
    /// `x` is writable.
    unsafe fn apply_in_place(&self, x: *mut c_void, len: usize) -> bool;

    /// The same by a table: `y[i] = f(x[i])`.
    ///
    /// # Safety
    /// `x` is readable, `y` writable; they are the same or do not overlap.
    unsafe fn look_up(&self, x: *const c_void, y: *mut c_void, len: usize);

    /// A tensor of candle's with these elements.
    ///
    /// # Safety
    /// `x` is readable.
    unsafe fn tensor(&self, x: *const c_void, len: usize) -> Tensor;

    /// What candle makes of a tensor; `None` where it lacks the function, or has it not in this type.
    fn candle(&self, x: &Tensor) -> Option<Tensor>;

    /// Writes the elements of one of candle's results.
    ///
    /// # Safety
    /// `y` is writable, with as many elements as the tensor has.
    unsafe fn read(&self, tensor: &Tensor, y: *mut c_void);

    /// Writes the inputs that are timed.
    ///
    /// # Safety
    /// `x` is writable.
    unsafe fn inputs(&self, x: *mut c_void, len: usize);

    /// Judges the results for all numbers of the type, in the order of their bits.
    ///
    /// # Safety
    /// `results` are readable, [`ALL`] of them.
    unsafe fn errors(&self, results: *const c_void) -> Errors;
}

/// How far results are from the exact ones.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub struct Errors {
    /// Results that are not the correctly rounded ones.
    misrounded: f64,
    /// The largest error in units in the last place.
    max_ulp: f64,
    /// Results that are infinite or NaN where the correctly rounded one is not, or the other way round.
    wrong: f64,
}

/// An activation of a type.
struct Typed<T> {
    activation: AnyActivation<'static>,
    isa: Isa,
    /// The results for all numbers, in the order of their bits.
    table: Box<[T; ALL]>,
    /// What candle has.
    candle: Option<tensors::Apply>,
}

impl<T: Number + WithDType> Typed<T> {
    fn new(activation: AnyActivation<'static>, isa: Isa) -> Self {
        let mut table: Vec<T> = (0..1 << 16).map(T::from_bits).collect();
        T::activation(activation)
            .apply_in_place_on(isa, &mut table)
            .expect("default parameters are never refused");
        let Ok(table) = table.try_into() else {
            unreachable!("there are as many numbers as patterns of 16 bits")
        };
        Self {
            activation,
            isa,
            table,
            candle: tensors::function(activation.name()),
        }
    }
}

impl<T: Number + WithDType> Untyped for Typed<T> {
    unsafe fn apply(&self, x: *const c_void, y: *mut c_void, len: usize) -> bool {
        // SAFETY: the caller vouches for both.
        let (x, y) = unsafe {
            (
                slice::from_raw_parts(x.cast::<T>(), len),
                slice::from_raw_parts_mut(y.cast::<T>(), len),
            )
        };
        T::activation(self.activation)
            .apply_on(self.isa, x, y)
            .is_ok()
    }

    unsafe fn apply_in_place(&self, x: *mut c_void, len: usize) -> bool {
        // SAFETY: the caller vouches for it.
        let x = unsafe { slice::from_raw_parts_mut(x.cast::<T>(), len) };
        T::activation(self.activation)
            .apply_in_place_on(self.isa, x)
            .is_ok()
    }

    unsafe fn look_up(&self, x: *const c_void, y: *mut c_void, len: usize) {
        let (x, y) = (x.cast::<u16>(), y.cast::<T>());
        for i in 0..len {
            // SAFETY: the caller vouches for both, and each element is read before it is written.
            unsafe { y.add(i).write(self.table[usize::from(x.add(i).read())]) };
        }
    }

    unsafe fn tensor(&self, x: *const c_void, len: usize) -> Tensor {
        // SAFETY: the caller vouches for it.
        let x = unsafe { slice::from_raw_parts(x.cast::<T>(), len) };
        Tensor::from_slice(x, len, &Device::Cpu).expect("a slice makes a tensor")
    }

    fn candle(&self, x: &Tensor) -> Option<Tensor> {
        self.candle.as_ref()?(x).ok()
    }

    unsafe fn read(&self, tensor: &Tensor, y: *mut c_void) {
        let elements: Vec<T> = tensor
            .to_vec1()
            .expect("a tensor of one axis, as it was made");
        // SAFETY: the caller vouches for `y`, and a new vector overlaps with nothing.
        unsafe { ptr::copy_nonoverlapping(elements.as_ptr(), y.cast(), elements.len()) };
    }

    unsafe fn inputs(&self, x: *mut c_void, len: usize) {
        // SAFETY: the caller vouches for it.
        let x = unsafe { slice::from_raw_parts_mut(x.cast::<T>(), len) };
        for (x, input) in x.iter_mut().zip(inputs::inputs()) {
            *x = Number::from_f32(input);
        }
    }

    unsafe fn errors(&self, results: *const c_void) -> Errors {
        // SAFETY: the caller vouches for them.
        let results = unsafe { slice::from_raw_parts(results.cast::<T>(), ALL) };
        errors(&self.activation, results)
    }
}

fn errors<T: Number>(activation: &AnyActivation<'_>, results: &[T]) -> Errors {
    let format = Format {
        mantissa_digits: T::MANTISSA_DIGITS,
        min_exp: T::MIN_EXP,
        max_exp: T::MAX_EXP,
    };
    // Half a unit beyond the largest number: from here on results are rounded to infinity.
    let end = f64::powi(2.0, T::MAX_EXP) * (1.0 - f64::powi(0.5, T::MANTISSA_DIGITS as i32 + 1));
    let mut errors = Errors::default();
    for (bits, result) in (0..).zip(results) {
        let exact = activation.reference(Number::to_f64(T::from_bits(bits)));
        let got = Number::to_f64(*result);
        let error = format.error(got, exact);
        let is_finite = exact.abs() < end;
        let is_wrong = got.is_finite() != is_finite || got.is_nan() != exact.is_nan();
        errors.misrounded += f64::from(u8::from(!format.is_rounded(got, exact)));
        errors.max_ulp = errors
            .max_ulp
            .max(if is_wrong { f64::INFINITY } else { error });
        errors.wrong += f64::from(u8::from(is_wrong));
    }
    errors
}

/// The activation called `name` of the type called `dtype` on the instruction set called `isa`; null where there is none,
/// or the CPU lacks it. It is never freed.
///
/// # Safety
/// All are strings of C.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn activations16_find(
    name: *const c_char,
    isa: *const c_char,
    dtype: *const c_char,
) -> *const Activation16 {
    /// What a text reads as, if it does.
    ///
    /// # Safety
    /// It is a string of C.
    unsafe fn read<T: FromStr>(text: *const c_char) -> Option<T> {
        // SAFETY: the caller vouches for it.
        unsafe { CStr::from_ptr(text) }.to_str().ok()?.parse().ok()
    }
    // SAFETY: the caller vouches for all.
    let found = unsafe {
        (
            read::<AnyActivation<'_>>(name),
            read::<Isa>(isa),
            read(dtype),
        )
    };
    let (Some(activation), Some(isa), Some(dtype)) = found else {
        return ptr::null();
    };
    if !isa.is_available() {
        return ptr::null();
    }
    let calls: Box<dyn Untyped> = match dtype {
        Dtype::F32 => return ptr::null(),
        Dtype::F16 => Box::new(Typed::<f16>::new(activation, isa)),
        Dtype::Bf16 => Box::new(Typed::<bf16>::new(activation, isa)),
    };
    Box::leak(Box::new(Activation16(calls)))
}

/// `y[i] = f(x[i])`; 0, or 1 where it is refused, and `y` then untouched.
///
/// # Safety
/// `kernel` is of [`activations16_find`], `x` and `y` are arrays of `len` numbers of its type that do not overlap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn activations16_apply(
    kernel: &Activation16,
    x: *const c_void,
    y: *mut c_void,
    len: usize,
) -> i32 {
    // SAFETY: the caller vouches for them.
    i32::from(!unsafe { kernel.0.apply(x, y, len) })
}

/// `x[i] = f(x[i])`; 0, or 1 where it is refused, and `x` then untouched.
///
/// # Safety
/// `kernel` is of [`activations16_find`], and `x` an array of `len` numbers of its type.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn activations16_apply_in_place(
    kernel: &Activation16,
    x: *mut c_void,
    len: usize,
) -> i32 {
    // SAFETY: the caller vouches for it.
    i32::from(!unsafe { kernel.0.apply_in_place(x, len) })
}

/// `y[i] = f(x[i])`, by a table of all results.
///
/// # Safety
/// `kernel` is of [`activations16_find`], `x` and `y` are arrays of `len` numbers of its type, the same or apart.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn activations16_look_up(
    kernel: &Activation16,
    x: *const c_void,
    y: *mut c_void,
    len: usize,
) {
    // SAFETY: the caller vouches for them.
    unsafe { kernel.0.look_up(x, y, len) }
}

/// A tensor of candle's with the numbers of `x`, for the call below; null where candle lacks the activation in this type.
/// It is never freed.
///
/// # Safety
/// `kernel` is of [`activations16_find`], and `x` an array of `len` numbers of its type.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn activations16_candle_tensor(
    kernel: &Activation16,
    x: *const c_void,
    len: usize,
) -> *const Tensor {
    static ONE_THREAD: Once = Once::new();
    ONE_THREAD.call_once(tensors::use_one_thread);
    // SAFETY: the caller vouches for it.
    let tensor = unsafe { kernel.0.tensor(x, len) };
    match kernel.0.candle(&tensor) {
        Some(_) => Box::leak(Box::new(tensor)),
        None => ptr::null(),
    }
}

/// Makes a new tensor of candle's with the results for `x`, and frees it.
///
/// # Safety
/// `kernel` is of [`activations16_find`], and `x` of [`activations16_candle_tensor`] for it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn activations16_candle(kernel: &Activation16, x: &Tensor) {
    drop(black_box(kernel.0.candle(black_box(x))));
}

/// Writes candle's results for `x`.
///
/// # Safety
/// As for [`activations16_candle`]; `y` is an array of as many numbers as `x` has.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn activations16_candle_results(
    kernel: &Activation16,
    x: &Tensor,
    y: *mut c_void,
) {
    if let Some(results) = kernel.0.candle(x) {
        // SAFETY: the caller vouches for it.
        unsafe { kernel.0.read(&results, y) };
    }
}

/// What candle was built for, as a string of C.
#[unsafe(no_mangle)]
pub extern "C" fn activations16_candle_built_for() -> *const c_char {
    static TEXT: LazyLock<CString> =
        LazyLock::new(|| CString::new(built::instructions()).unwrap_or_default());
    TEXT.as_ptr()
}

/// Writes the inputs that are timed.
///
/// # Safety
/// `kernel` is of [`activations16_find`], and `x` an array of `len` numbers of its type.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn activations16_inputs(kernel: &Activation16, x: *mut c_void, len: usize) {
    // SAFETY: the caller vouches for it.
    unsafe { kernel.0.inputs(x, len) }
}

/// Judges the results for all 65,536 numbers of the type, in the order of their bits.
///
/// # Safety
/// `kernel` is of [`activations16_find`], and `results` an array of 65,536 numbers of its type.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn activations16_errors(
    kernel: &Activation16,
    results: *const c_void,
    errors: &mut Errors,
) {
    // SAFETY: the caller vouches for them.
    *errors = unsafe { kernel.0.errors(results) };
}

#[cfg(test)]
mod tests;
