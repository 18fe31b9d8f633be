//! What every activation can do, and one file for each of them.

#[cfg(feature = "alloc")]
use crate::AVec;
#[cfg(feature = "alloc")]
use crate::buffer::make_room;
use crate::dispatch::Launch;
use crate::drive::{Io, Streamed, stream};
#[cfg(feature = "parallel")]
use crate::parallel;
use crate::{Cuts, Element, Error, Isa};

use hardshrink::Hardshrink;
use leaky_relu::LeakyRelu;

pub(crate) mod celu;
pub(crate) mod elu;
pub(crate) mod erf;
pub(crate) mod exp;
pub(crate) mod expm1;
pub(crate) mod gelu;
pub(crate) mod gelu_tanh;
pub(crate) mod hardshrink;
pub(crate) mod hardsigmoid;
pub(crate) mod hardswish;
pub(crate) mod hardtanh;
pub(crate) mod identity;
pub(crate) mod leaky_relu;
pub(crate) mod log_sigmoid;
pub(crate) mod mish;
pub(crate) mod parameter;
pub(crate) mod prelu;
pub(crate) mod quick_gelu;
pub(crate) mod relu;
pub(crate) mod relu6;
pub(crate) mod relu_squared;
pub(crate) mod rrelu;
pub(crate) mod selu;
pub(crate) mod shrink;
pub(crate) mod sigmoid;
pub(crate) mod silu;
pub(crate) mod softplus;
pub(crate) mod softshrink;
pub(crate) mod softsign;
pub(crate) mod swish;
pub(crate) mod tanh;
pub(crate) mod tanhshrink;
pub(crate) mod threshold;
pub(crate) mod thresholded_relu;

/// The definition of an activation: its formula in f64, and the parameters it accepts.
pub trait Formula: Copy {
    /// The scalar oracle: the formula in f64, for the activation's f32 parameters.
    ///
    /// What the kernels are tested against. For an activation whose parameter differs from
    /// channel to channel it is that of the first channel; see [`reference_at`](Self::reference_at).
    fn reference(&self, x: f64) -> f64;

    /// The scalar oracle for the element at `index` of a tensor.
    fn reference_at(&self, index: usize, x: f64) -> f64 {
        let _ = index;
        self.reference(x)
    }

    /// Whether what becomes of an element depends on where it stands, as where parameters differ
    /// from channel to channel.
    fn depends_on_position(&self) -> bool {
        false
    }

    /// Where a tensor may be cut into parts that are worked on separately.
    fn cuts(&self) -> Cuts {
        Cuts::Anywhere
    }

    /// The activation for the `len` elements from `start` on of a tensor, as [`cuts`](Self::cuts) has cut it, taken
    /// for a tensor of their own.
    #[must_use]
    fn part(&self, start: usize, len: usize) -> Self {
        let _ = (start, len);
        *self
    }

    /// Whether the parameters make sense, for a tensor of `len` elements.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] names the first parameter that does not;
    /// [`Error::ShapeMismatch`] says that `len` is no whole number of channels.
    fn check(&self, len: usize) -> Result<(), Error> {
        let _ = len;
        Ok(())
    }
}

/// Applies an activation to slices of `T`.
///
/// Implemented by every activation of the crate, by [`AnyActivation`](crate::AnyActivation), and by
/// [`Fused`](crate::Fused) for an activation between a bias and a residual; it cannot be implemented
/// elsewhere. All methods return the same bits for the same input: out
/// of place or in place, on every instruction set, at every length and alignment (but for the
/// payload of a NaN). No method panics, and none allocates but [`to_vec`](Self::to_vec) and
/// [`apply_to_vec`](Self::apply_to_vec), which abort as [`Vec`](alloc::vec::Vec) does where there is no memory. (On several threads
/// a list of the parts is allocated, too.)
///
/// All this holds in the default floating-point environment: rounding to nearest, subnormal
/// numbers kept. A thread that flushes them to zero (FTZ, DAZ) gets them flushed here, too.
///
/// # Errors
/// Every method returns [`Error::InvalidParameter`] or [`Error::ShapeMismatch`] where
/// [`Formula::check`] does. The output is then untouched.
pub trait Activation<T: Element = f32>: Formula {
    /// `y[i] = f(x[i])`, on the best instruction set ([`Isa::detect`]).
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] where the lengths differ.
    fn apply(&self, x: &[T], y: &mut [T]) -> Result<(), Error>;

    /// `x[i] = f(x[i])`: PyTorch's `inplace=True`.
    ///
    /// # Errors
    /// Only those that every method has.
    fn apply_in_place(&self, x: &mut [T]) -> Result<(), Error>;

    /// As [`apply`](Self::apply), on all threads of the current rayon pool where the tensor is large.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "parallel")]
    fn par_apply(&self, x: &[T], y: &mut [T]) -> Result<(), Error>
    where
        Self: Sync;

    /// As [`apply_in_place`](Self::apply_in_place), on all threads of the current rayon pool where the tensor is
    /// large.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "parallel")]
    fn par_apply_in_place(&self, x: &mut [T]) -> Result<(), Error>
    where
        Self: Sync;

    /// `f(x[i])` in a new buffer, aligned to a cache line: PyTorch's default.
    ///
    /// A large one costs more than the activation: the operating system clears each page when it is first written.
    /// For 64 MiB that is five times what [`apply`](Self::apply) takes, or more than twice where it grants huge pages, for
    /// which this asks (on Linux). [`apply_to_vec`](Self::apply_to_vec) pays it once.
    ///
    /// # Errors
    /// Only those that every method has.
    #[cfg(feature = "alloc")]
    fn to_vec(&self, x: &[T]) -> Result<AVec<T>, Error>;

    /// `y[i] = f(x[i])`, where `y` becomes as long as `x`: it grows where it is too small, and never shrinks. Its earlier
    /// contents are lost.
    ///
    /// # Errors
    /// Only those that every method has. `y` is then untouched.
    #[cfg(feature = "alloc")]
    fn apply_to_vec(&self, x: &[T], y: &mut AVec<T>) -> Result<(), Error>;

    /// As [`apply`](Self::apply), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    fn apply_on(&self, isa: Isa, x: &[T], y: &mut [T]) -> Result<(), Error>;

    /// As [`apply_in_place`](Self::apply_in_place), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    fn apply_in_place_on(&self, isa: Isa, x: &mut [T]) -> Result<(), Error>;
}

impl<T: Element, A: Launch<Io<T>> + Launch<Io<T, Streamed>>> Activation<T> for A {
    #[inline]
    fn apply(&self, x: &[T], y: &mut [T]) -> Result<(), Error> {
        self.apply_on(Isa::detect(), x, y)
    }

    #[inline]
    fn apply_in_place(&self, x: &mut [T]) -> Result<(), Error> {
        self.apply_in_place_on(Isa::detect(), x)
    }

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
        let streams = stream::pays(isa, size_of_val(x));
        // SAFETY: `detect` names an instruction set of this CPU, and `check` passed; `x` is readable, `y`
        // writable, they have one length, and a shared and an exclusive borrow do not overlap.
        unsafe { parallel::elementwise(self, isa, io, streams) };
        Ok(())
    }

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
        unsafe { parallel::elementwise(self, Isa::detect(), Io::over(x), false) };
        Ok(())
    }

    #[cfg(feature = "alloc")]
    fn to_vec(&self, x: &[T]) -> Result<AVec<T>, Error> {
        let mut y = AVec::new(0);
        self.apply_to_vec(x, &mut y)?;
        Ok(y)
    }

    #[cfg(feature = "alloc")]
    fn apply_to_vec(&self, x: &[T], y: &mut AVec<T>) -> Result<(), Error> {
        self.check(x.len())?;
        let is_new = make_room(y, x.len());
        let isa = Isa::detect();
        let io = Io::between(x, y.as_mut_ptr());
        // SAFETY: `detect` names an instruction set of this CPU; `x` is readable, `y` has room for as many
        // elements, and the two are distinct. The kernel has written all of them when their number becomes the
        // length.
        unsafe {
            // The pages of new memory come by way of the cache.
            let streams = !is_new && stream::pays(isa, size_of_val(x));
            launch_by(self, isa, io, streams);
            y.set_len(x.len());
        }
        Ok(())
    }

    #[inline]
    fn apply_on(&self, isa: Isa, x: &[T], y: &mut [T]) -> Result<(), Error> {
        same_length(x, y)?;
        // SAFETY: `y` is writable and as long as `x`, and a shared and an exclusive borrow do not overlap.
        unsafe { apply_to(self, isa, x, y.as_mut_ptr()) }
    }

    #[inline]
    fn apply_in_place_on(&self, isa: Isa, x: &mut [T]) -> Result<(), Error> {
        check_for(self, isa, x.len())?;
        // SAFETY: `check_for` has seen to CPU and parameters; `x` is readable and writable, and source and destination
        // are equal.
        unsafe { self.launch(isa, Io::over(x)) };
        Ok(())
    }
}

/// Whether input and output are of one length.
#[inline]
pub(crate) fn same_length<T>(x: &[T], y: &[T]) -> Result<(), Error> {
    if x.len() == y.len() {
        Ok(())
    } else {
        Err(Error::LengthMismatch {
            input: x.len(),
            output: y.len(),
        })
    }
}

/// As [`Activation::apply_on`], to memory that need not have been written before.
///
/// # Safety
/// `y` is valid for writes of as many elements as `x` has, and does not overlap it.
#[inline]
pub(crate) unsafe fn apply_to<T: Element, A>(
    activation: &A,
    isa: Isa,
    x: &[T],
    y: *mut T,
) -> Result<(), Error>
where
    A: Launch<Io<T>> + Launch<Io<T, Streamed>>,
{
    check_for(activation, isa, x.len())?;
    let streams = stream::pays(isa, size_of_val(x));
    // SAFETY: `check_for` has seen to CPU and parameters; `x` is readable, and the caller vouches for `y`.
    unsafe { launch_by(activation, isa, Io::between(x, y), streams) };
    Ok(())
}

/// Whether this CPU has `isa`, and the parameters make sense for `len` elements.
#[inline]
fn check_for<A: Formula>(activation: &A, isa: Isa, len: usize) -> Result<(), Error> {
    isa.require()?;
    activation.check(len)
}

/// Applies `activation` along `io`, past the cache where it `streams`.
///
/// # Safety
/// As for [`Launch::launch`] along the plain walk; where it streams, source and destination do not overlap.
#[inline]
pub(crate) unsafe fn launch_by<T, A>(activation: &A, isa: Isa, io: Io<T>, streams: bool)
where
    A: Launch<Io<T>> + Launch<Io<T, Streamed>>,
{
    // SAFETY: the caller's promises, passed on; the fence follows.
    unsafe {
        if streams {
            activation.launch(isa, io.by::<Streamed>());
            stream::fence();
        } else {
            activation.launch(isa, io);
        }
    }
}
