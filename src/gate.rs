//! Gates: what every one can do, and one file for each of them.

#[cfg(feature = "alloc")]
use crate::AVec;
use crate::drive::Stores;
use crate::element::{Slice, written};
use crate::error;
#[cfg(feature = "parallel")]
use crate::parallel;
use crate::pipeline::Source;
use crate::{Activation, Error, Float, Formula, GateLimits, Isa};
use biases::GateBiases;
use core::mem::MaybeUninit;
use launch::same_length;
use ready::Ready;
use split::Split;

pub(crate) mod any;
pub(crate) mod biased;
pub(crate) mod biases;
pub(crate) mod clamped_swiglu;
pub(crate) mod fatreglu;
pub(crate) mod gated;
pub(crate) mod geglu;
pub(crate) mod geglu_quick;
pub(crate) mod geglu_tanh;
pub(crate) mod glu;
pub(crate) mod launch;
mod limits;
pub(crate) mod ready;
pub(crate) mod reglu;
pub(crate) mod split;
pub(crate) mod swiglu;

/// Multiplies one tensor by the activation of another: `y = activation(gate) * value`.
///
/// The gated linear units of transformers: gate and value are two linear maps of the same input. The
/// activation is rounded as its page says, then the product once more; a gate with [`limits`](Self::limits) has steps
/// before and after. The bits are those of the
/// steps one by one, in one pass over memory (but for the payload of a NaN), and the same on every
/// instruction set, at every length and alignment, in place or not, split or not. No method panics,
/// and none allocates but [`to_vec`](Self::to_vec), [`apply_to_vec`](Self::apply_to_vec) and
/// [`split_to_vec`](Self::split_to_vec), which abort as [`Vec`](alloc::vec::Vec) does where there is no memory.
///
/// An activation whose parameters differ from channel to channel, a
/// [`Prelu::per_channel`](crate::Prelu::per_channel), takes a pass for each of the steps; its channels
/// are those of the gate as a tensor by itself.
///
/// With the feature `half` the gate, the value and the output may each be `f32`, `f16` or `bf16`, in any combination: see
/// [`Float`]. Both steps are then those of `f32`, and the product is rounded once, to the type of the output.
///
/// # Errors
/// Every method returns what [`check`](Self::check) does. The output is then untouched.
pub trait Gate: Copy {
    /// What is applied to the gate.
    type Activation: Activation;

    /// The activation, with its parameters.
    fn activation(&self) -> Self::Activation;

    /// What gate, activation and value are limited to, and what is added to the value: nothing, unless a gate says otherwise.
    #[inline]
    fn limits(&self) -> GateLimits {
        GateLimits::NONE
    }

    /// What is added to gate and value first: nothing, unless a gate is [`Biased`](crate::Biased) or wraps one that is.
    #[inline]
    fn biases(&self) -> GateBiases<'_> {
        GateBiases::NONE
    }

    /// Whether the parameters make sense, for a gate of `len` elements.
    ///
    /// # Errors
    /// Those of the activation: [`Formula::check`].
    #[inline]
    fn check(&self, len: usize) -> Result<(), Error> {
        self.activation().check(len)
    }

    /// The scalar oracle: the formula in f64.
    fn reference(&self, gate: f64, value: f64) -> f64 {
        let activation = |gate| self.activation().reference(gate);
        limits::reference(self, 0, activation, [gate, value])
    }

    /// The scalar oracle for the element at `index` of the tensors.
    fn reference_at(&self, index: usize, gate: f64, value: f64) -> f64 {
        let activation = |gate| self.activation().reference_at(index, gate);
        limits::reference(self, index, activation, [gate, value])
    }

    /// `y[i] = activation(gate[i]) * value[i]`, on the best instruction set ([`Isa::detect`]).
    ///
    /// # Errors
    /// [`Error::OperandMismatch`] where gate and value differ in length, [`Error::LengthMismatch`]
    /// where gate and output do.
    #[inline]
    fn apply<G: Float, V: Float, Y: Float>(
        &self,
        gate: &[G],
        value: &[V],
        y: &mut [Y],
    ) -> Result<(), Error> {
        self.apply_on(Isa::detect(), gate, value, y)
    }

    /// `gate[i] = activation(gate[i]) * value[i]`.
    ///
    /// # Errors
    /// [`Error::OperandMismatch`] where gate and value differ in length.
    #[inline]
    fn apply_in_place<G: Float, V: Float>(&self, gate: &mut [G], value: &[V]) -> Result<(), Error> {
        self.apply_in_place_on(Isa::detect(), gate, value)
    }

    /// `activation(gate[i]) * value[i]` in a new buffer, aligned to a cache line.
    ///
    /// # Errors
    /// [`Error::OperandMismatch`] where gate and value differ in length.
    #[cfg(feature = "alloc")]
    fn to_vec<G: Float, V: Float>(&self, gate: &[G], value: &[V]) -> Result<AVec<G>, Error> {
        let mut y = AVec::new(0);
        self.apply_to_vec(gate, value, &mut y)?;
        Ok(y)
    }

    /// `y[i] = activation(gate[i]) * value[i]`, where `y` becomes as long as they are: it grows where it is too small,
    /// and never shrinks. Its earlier contents are lost.
    ///
    /// # Errors
    /// [`Error::OperandMismatch`] where gate and value differ in length. `y` is then untouched.
    #[cfg(feature = "alloc")]
    fn apply_to_vec<G: Float, V: Float, Y: Float>(
        &self,
        gate: &[G],
        value: &[V],
        y: &mut AVec<Y>,
    ) -> Result<(), Error> {
        same_length(gate, value)?;
        let source = Source::two_tensors(Slice::of(gate), Slice::of(value));
        // SAFETY: gate and value are as long as `source` says, and shared and exclusive borrows do not overlap.
        unsafe { launch::to_vec(self, source, y) }
    }

    /// As [`apply`](Self::apply), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    #[inline]
    fn apply_on<G: Float, V: Float, Y: Float>(
        &self,
        isa: Isa,
        gate: &[G],
        value: &[V],
        y: &mut [Y],
    ) -> Result<(), Error> {
        same_length(gate, value)?;
        error::same_length(gate, y)?;
        // SAFETY: `y` is writable and as long as gate and value, and shared and exclusive borrows do not overlap.
        unsafe {
            launch::apply_to(
                self,
                isa,
                Source::two_tensors(Slice::of(gate), Slice::of(value)),
                y.as_mut_ptr(),
            )
        }
    }

    /// As [`apply`](Self::apply), to memory that need not have been written before; returns what is written there.
    ///
    /// # Errors
    /// As there. Nothing is written then.
    #[inline]
    fn apply_uninit<'y, G: Float, V: Float, Y: Float>(
        &self,
        gate: &[G],
        value: &[V],
        y: &'y mut [MaybeUninit<Y>],
    ) -> Result<&'y mut [Y], Error> {
        self.apply_uninit_on(Isa::detect(), gate, value, y)
    }

    /// As [`apply_uninit`](Self::apply_uninit), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    #[inline]
    fn apply_uninit_on<'y, G: Float, V: Float, Y: Float>(
        &self,
        isa: Isa,
        gate: &[G],
        value: &[V],
        y: &'y mut [MaybeUninit<Y>],
    ) -> Result<&'y mut [Y], Error> {
        same_length(gate, value)?;
        error::same_length(gate, y)?;
        let source = Source::two_tensors(Slice::of(gate), Slice::of(value));
        // SAFETY: `y` is writable and as long as gate and value, and shared and exclusive borrows do not overlap. All of it
        // has been written then.
        unsafe {
            launch::apply_to(self, isa, source, y.as_mut_ptr().cast::<Y>())?;
            Ok(written(y))
        }
    }

    /// As [`apply_in_place`](Self::apply_in_place), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    #[inline]
    fn apply_in_place_on<G: Float, V: Float>(
        &self,
        isa: Isa,
        gate: &mut [G],
        value: &[V],
    ) -> Result<(), Error> {
        same_length(gate, value)?;
        isa.require()?;
        let ready = Ready::of(self, gate.len())?;
        let (source, dst) = Source::in_place(gate, Slice::of(value));
        // SAFETY: the CPU has `isa`; gate and value have one length, what is written is the gate,
        // and shared and exclusive borrows do not overlap.
        unsafe { ready.pipeline(isa).gate(source, dst, Stores::Cached) };
        Ok(())
    }

    /// As [`apply`](Self::apply), on all threads of the current rayon pool where the tensors are large.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "parallel")]
    fn par_apply<G: Float, V: Float, Y: Float>(
        &self,
        gate: &[G],
        value: &[V],
        y: &mut [Y],
    ) -> Result<(), Error>
    where
        Self::Activation: Sync,
    {
        same_length(gate, value)?;
        error::same_length(gate, y)?;
        let source = Source::two_tensors(Slice::of(gate), Slice::of(value));
        // SAFETY: gate, value and `y` have one length, and shared and exclusive borrows do not overlap.
        unsafe { launch::in_parallel(self, source, y.as_mut_ptr()) }
    }

    /// As [`apply_in_place`](Self::apply_in_place), on all threads of the current rayon pool where the tensors are
    /// large.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "parallel")]
    fn par_apply_in_place<G: Float, V: Float>(
        &self,
        gate: &mut [G],
        value: &[V],
    ) -> Result<(), Error>
    where
        Self::Activation: Sync,
    {
        same_length(gate, value)?;
        let ready = Ready::of(self, gate.len())?;
        let (source, dst) = Source::in_place(gate, Slice::of(value));
        // SAFETY: gate and value have one length, what is written is the gate, and shared and exclusive borrows
        // do not overlap.
        unsafe { parallel::gate(ready.pipeline(Isa::detect()), source, dst, Stores::Cached) };
        Ok(())
    }

    /// As [`apply_split`](Self::apply_split), on all threads of the current rayon pool where the tensors are large.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "parallel")]
    fn par_apply_split<X: Float, Y: Float>(
        &self,
        split: Split,
        x: &[X],
        y: &mut [Y],
    ) -> Result<(), Error>
    where
        Self::Activation: Sync,
    {
        split.check(&self.biases(), x.len(), y.len())?;
        // SAFETY: `check` has seen to it that `x` is `[outer, 2 * n]` and `y` is `[outer, n]`, and a shared and an
        // exclusive borrow do not overlap.
        unsafe { launch::in_parallel(self, split.source(Slice::of(x)), y.as_mut_ptr()) }
    }

    /// The gate and the value in one tensor `x`, as `split` says; `y` is half as long.
    ///
    /// # Errors
    /// [`Error::SplitMismatch`] where `x` and `y` are not `[outer, 2 * n]` and `[outer, n]`, [`Error::OperandMismatch`] where
    /// [biases](Self::biases) are not for rows of `n`.
    #[inline]
    fn apply_split<X: Float, Y: Float>(
        &self,
        split: Split,
        x: &[X],
        y: &mut [Y],
    ) -> Result<(), Error> {
        self.apply_split_on(Isa::detect(), split, x, y)
    }

    /// As [`apply_split`](Self::apply_split), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    #[inline]
    fn apply_split_on<X: Float, Y: Float>(
        &self,
        isa: Isa,
        split: Split,
        x: &[X],
        y: &mut [Y],
    ) -> Result<(), Error> {
        split.check(&self.biases(), x.len(), y.len())?;
        // SAFETY: `check` has seen to it that `x` is `[outer, 2 * n]` and `y` is `[outer, n]`, and a shared and an
        // exclusive borrow do not overlap.
        unsafe { launch::apply_to(self, isa, split.source(Slice::of(x)), y.as_mut_ptr()) }
    }

    /// As [`apply_split`](Self::apply_split), to memory that need not have been written before; returns what is written there.
    ///
    /// # Errors
    /// As there. Nothing is written then.
    #[inline]
    fn apply_split_uninit<'y, X: Float, Y: Float>(
        &self,
        split: Split,
        x: &[X],
        y: &'y mut [MaybeUninit<Y>],
    ) -> Result<&'y mut [Y], Error> {
        self.apply_split_uninit_on(Isa::detect(), split, x, y)
    }

    /// As [`apply_split_uninit`](Self::apply_split_uninit), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    #[inline]
    fn apply_split_uninit_on<'y, X: Float, Y: Float>(
        &self,
        isa: Isa,
        split: Split,
        x: &[X],
        y: &'y mut [MaybeUninit<Y>],
    ) -> Result<&'y mut [Y], Error> {
        split.check(&self.biases(), x.len(), y.len())?;
        // SAFETY: `check` has seen to it that `x` is `[outer, 2 * n]` and `y` is `[outer, n]`, and a shared and an
        // exclusive borrow do not overlap. All of it has been written then.
        unsafe {
            launch::apply_to(
                self,
                isa,
                split.source(Slice::of(x)),
                y.as_mut_ptr().cast::<Y>(),
            )?;
            Ok(written(y))
        }
    }

    /// As [`apply_split`](Self::apply_split), in a new buffer, aligned to a cache line.
    ///
    /// # Errors
    /// As there; the output is as long as it has to be.
    #[cfg(feature = "alloc")]
    fn split_to_vec<X: Float>(&self, split: Split, x: &[X]) -> Result<AVec<X>, Error> {
        let len = x.len() / 2;
        split.check(&self.biases(), x.len(), len)?;
        let mut y = AVec::new(0);
        // SAFETY: `check` has seen to it that `x` is `[outer, 2 * n]`; the new buffer does not overlap it.
        unsafe { launch::to_vec(self, split.source(Slice::of(x)), &mut y)? };
        Ok(y)
    }
}
