//! What every activation can do with slices.

#[cfg(feature = "alloc")]
use crate::AVec;
use crate::activation::*;
use crate::apply::{Apply, apply_fenced};
#[cfg(feature = "alloc")]
use crate::buffer::make_room;
use crate::drive::{Io, Stores};
use crate::element::written;
use crate::error::same_length;
#[cfg(feature = "parallel")]
use crate::parallel;
use crate::pipeline::apply_between;
use crate::registry::for_each_activation;
use crate::{AnyActivation, Element, Error, Float, Formula, Isa};
use core::mem::MaybeUninit;

/// Applies an activation to slices of `T`.
///
/// Implemented by every activation of the crate, by [`AnyActivation`], and by [`Fused`](crate::Fused) for an activation
/// between a bias and a residual; it cannot be implemented elsewhere. All methods return the same bits for the same
/// input: out of place or in place, on every instruction set, at every length and alignment (but for the payload of a
/// NaN). No method panics, and none allocates but [`to_vec`](Self::to_vec) and [`apply_to_vec`](Self::apply_to_vec),
/// which abort as [`Vec`](alloc::vec::Vec) does where there is no memory. (On several threads a list of the parts is
/// allocated, too.)
///
/// Elements are `f32`, or with the feature `half` also `f16` and `bf16`. For a 16-bit type a result is the correctly
/// rounded one if the parameters are the default ones, for every input: rounded once from the exact result, ties to
/// even. With other parameters it is within 0.5003 units in the last place. Parameters are always `f32`. A signaling
/// NaN may stay one where the result is the input.
///
/// All this holds in the default floating-point environment: rounding to nearest, subnormal
/// numbers kept. A thread that flushes them to zero (FTZ, DAZ) may get zeros in their place, or the
/// results as they stand.
///
/// # Errors
/// Every method returns [`Error::InvalidParameter`] or [`Error::ShapeMismatch`] where
/// [`Formula::check`] does. The output is then untouched.
pub trait Activation<T: Element = f32>: Formula + Apply<T> {
    /// `y[i] = f(x[i])`, on the best instruction set ([`Isa::detect`]).
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] where the lengths differ.
    #[inline]
    fn apply(&self, x: &[T], y: &mut [T]) -> Result<(), Error> {
        self.apply_on(Isa::detect(), x, y)
    }

    /// `x[i] = f(x[i])`: PyTorch's `inplace=True`.
    ///
    /// # Errors
    /// Only those that every method has.
    #[inline]
    fn apply_in_place(&self, x: &mut [T]) -> Result<(), Error> {
        self.apply_in_place_on(Isa::detect(), x)
    }

    /// As [`apply`](Self::apply), on all threads of the current rayon pool where the tensor is large.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "parallel")]
    #[inline]
    fn par_apply(&self, x: &[T], y: &mut [T]) -> Result<(), Error>
    where
        Self: Sync,
    {
        if !parallel::pays(x.len()) {
            return self.apply(x, y);
        }
        let isa = Isa::detect();
        same_length(x, y)?;
        self.check(x.len())?;
        let io = Io::between(x, y.as_mut_ptr());
        let stores = Stores::for_output(isa, size_of_val(x));
        // SAFETY: `detect` names an instruction set of this CPU, and `check` passed; `x` is readable, `y`
        // writable, they have one length, and a shared and an exclusive borrow do not overlap.
        unsafe { parallel::elementwise(self, isa, io, stores) };
        Ok(())
    }

    /// As [`apply_in_place`](Self::apply_in_place), on all threads of the current rayon pool where the tensor is
    /// large.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "parallel")]
    #[inline]
    fn par_apply_in_place(&self, x: &mut [T]) -> Result<(), Error>
    where
        Self: Sync,
    {
        if !parallel::pays(x.len()) {
            return self.apply_in_place(x);
        }
        self.check(x.len())?;
        // SAFETY: `detect` names an instruction set of this CPU, and `check` passed; `x` is readable and
        // writable.
        unsafe { parallel::elementwise(self, Isa::detect(), Io::over(x), Stores::Cached) };
        Ok(())
    }

    /// `f(x[i])` in a new buffer, aligned to a cache line: PyTorch's default.
    ///
    /// A large one costs more than the activation: the operating system clears each page when it is first written.
    /// For 64 MiB that is five times what [`apply`](Self::apply) takes, or more than twice where it grants huge pages, for
    /// which this asks (on Linux). [`apply_to_vec`](Self::apply_to_vec) pays it once.
    ///
    /// # Errors
    /// Only those that every method has.
    #[cfg(feature = "alloc")]
    fn to_vec(&self, x: &[T]) -> Result<AVec<T>, Error> {
        let mut y = AVec::new(0);
        self.apply_to_vec(x, &mut y)?;
        Ok(y)
    }

    /// `y[i] = f(x[i])`, where `y` becomes as long as `x`: it grows where it is too small, and never shrinks. Its earlier
    /// contents are lost.
    ///
    /// # Errors
    /// Only those that every method has. `y` is then untouched.
    #[cfg(feature = "alloc")]
    fn apply_to_vec(&self, x: &[T], y: &mut AVec<T>) -> Result<(), Error> {
        self.check(x.len())?;
        let is_new = make_room(y, x.len());
        let isa = Isa::detect();
        // The pages of new memory come by way of the cache.
        let stores = if is_new {
            Stores::Cached
        } else {
            Stores::for_output(isa, size_of_val(x))
        };
        let io = Io::between(x, y.as_mut_ptr());
        // SAFETY: `detect` names an instruction set of this CPU; `x` is readable, `y` has room for as many
        // elements, and the two are distinct. The kernel has written all of them when their number becomes the
        // length.
        unsafe {
            apply_fenced(self, isa, io, stores);
            y.set_len(x.len());
        }
        Ok(())
    }

    /// As [`apply`](Self::apply), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    #[inline]
    fn apply_on(&self, isa: Isa, x: &[T], y: &mut [T]) -> Result<(), Error> {
        same_length(x, y)?;
        // SAFETY: `y` is writable and as long as `x`, and a shared and an exclusive borrow do not overlap.
        unsafe { apply_to(self, isa, x, y.as_mut_ptr()) }
    }

    /// As [`apply`](Self::apply), to memory that need not have been written before; returns what is written there.
    ///
    /// ```
    /// use activations::{Activation, Relu};
    /// let x = [-1.0, 2.0];
    /// let mut y = Vec::with_capacity(2);
    /// Relu.apply_uninit(&x, y.spare_capacity_mut())?;
    /// // SAFETY: they have been written.
    /// unsafe { y.set_len(2) };
    /// assert_eq!(y, [0.0, 2.0]);
    /// # Ok::<(), activations::Error>(())
    /// ```
    ///
    /// # Errors
    /// As there: [`Error::LengthMismatch`] where the lengths differ. Nothing is written then.
    #[inline]
    fn apply_uninit<'y>(&self, x: &[T], y: &'y mut [MaybeUninit<T>]) -> Result<&'y mut [T], Error> {
        self.apply_uninit_on(Isa::detect(), x, y)
    }

    /// As [`apply_uninit`](Self::apply_uninit), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    #[inline]
    fn apply_uninit_on<'y>(
        &self,
        isa: Isa,
        x: &[T],
        y: &'y mut [MaybeUninit<T>],
    ) -> Result<&'y mut [T], Error> {
        same_length(x, y)?;
        // SAFETY: `y` is writable and as long as `x`, and a shared and an exclusive borrow do not overlap. All of it has
        // been written then.
        unsafe {
            apply_to(self, isa, x, y.as_mut_ptr().cast())?;
            Ok(written(y))
        }
    }

    /// As [`apply_in_place`](Self::apply_in_place), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    #[inline]
    fn apply_in_place_on(&self, isa: Isa, x: &mut [T]) -> Result<(), Error> {
        check_for(self, isa, x.len())?;
        // SAFETY: `check_for` has seen to CPU and parameters; `x` is readable and writable, and source and destination
        // are equal.
        unsafe { self.apply_raw(isa, Io::over(x), Stores::Cached) };
        Ok(())
    }

    /// `y[i] = f(x[i])` for an output of another type: `x[i]` is widened to f32, and the result of f32 rounded once.
    ///
    /// If both types are the same, this is [`apply`](Self::apply). From one 16-bit type to the other, or from f32 to
    /// one of them, a result is within 0.5003 units in the last place if the kernel of f32 is within 2 of its own; it
    /// may not be the nearest number.
    ///
    /// ```
    /// # #[cfg(feature = "half")] {
    /// use activations::{Activation, Relu, half::f16};
    /// let mut y = [f16::ZERO; 2];
    /// Relu.apply_to(&[-1.0, 70000.0], &mut y)?;
    /// assert_eq!(y, [f16::ZERO, f16::INFINITY]);
    /// # }
    /// # Ok::<(), activations::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] where the lengths differ.
    #[inline]
    fn apply_to<Y: Float>(&self, x: &[T], y: &mut [Y]) -> Result<(), Error>
    where
        T: Float,
        Self: Activation<f32>,
    {
        self.apply_to_on(Isa::detect(), x, y)
    }

    /// As [`apply_to`](Self::apply_to), on all threads of the current rayon pool where the tensor is large.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "parallel")]
    #[inline]
    fn par_apply_to<Y: Float>(&self, x: &[T], y: &mut [Y]) -> Result<(), Error>
    where
        T: Float,
        Self: Activation<f32> + Sync,
    {
        if !parallel::pays(x.len()) {
            return self.apply_to(x, y);
        }
        same_length(x, y)?;
        self.check(x.len())?;
        let stores = Stores::for_output(Isa::detect(), size_of_val(y));
        // SAFETY: `check` passed; `x` is readable, `y` writable and as long, and a shared and an exclusive borrow do not
        // overlap.
        unsafe { parallel::between(self, x, y.as_mut_ptr(), stores) };
        Ok(())
    }

    /// As [`apply_to`](Self::apply_to), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    #[inline]
    fn apply_to_on<Y: Float>(&self, isa: Isa, x: &[T], y: &mut [Y]) -> Result<(), Error>
    where
        T: Float,
        Self: Activation<f32>,
    {
        same_length(x, y)?;
        check_for(self, isa, x.len())?;
        let stores = Stores::for_output(isa, size_of_val(y));
        // SAFETY: `check_for` has seen to CPU and parameters; `x` is readable, `y` writable and as long, and a shared and
        // an exclusive borrow do not overlap.
        unsafe { apply_between(self, isa, x, y.as_mut_ptr(), stores) };
        Ok(())
    }
}

/// As [`Activation::apply_on`], to memory that need not have been written before.
///
/// # Safety
/// `y` is valid for writes of as many elements as `x` has, and does not overlap it.
#[inline]
pub(crate) unsafe fn apply_to<T: Element, A: Apply<T>>(
    activation: &A,
    isa: Isa,
    x: &[T],
    y: *mut T,
) -> Result<(), Error> {
    check_for(activation, isa, x.len())?;
    let stores = Stores::for_output(isa, size_of_val(x));
    // SAFETY: `check_for` has seen to CPU and parameters; `x` is readable, and the caller vouches for `y`.
    unsafe { apply_fenced(activation, isa, Io::between(x, y), stores) };
    Ok(())
}

/// Whether this CPU has `isa`, and the parameters make sense for `len` elements.
#[inline]
fn check_for<A: Formula>(activation: &A, isa: Isa, len: usize) -> Result<(), Error> {
    isa.require()?;
    activation.check(len)
}

/// One implementation for each activation, and none for whatever implements [`Apply`]: the documentation then lists which
/// activations there are.
macro_rules! activations {
    ($($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt $other_names:tt;)*) => {
        $(
            impl $(<$lt>)? Activation for $type $(<$lt>)? {}

            #[cfg(feature = "half")]
            impl $(<$lt>)? Activation<half::f16> for $type $(<$lt>)? {}

            #[cfg(feature = "half")]
            impl $(<$lt>)? Activation<half::bf16> for $type $(<$lt>)? {}
        )*
    };
}

for_each_activation!(activations);

impl Activation for AnyActivation<'_> {}

#[cfg(feature = "half")]
impl Activation<half::f16> for AnyActivation<'_> {}

#[cfg(feature = "half")]
impl Activation<half::bf16> for AnyActivation<'_> {}
