//! What applies an activation to memory, whichever it is and whatever it consists of.

use crate::drive::{Io, Stores, operands::Operands, stream};
use crate::{Cuts, Element, Formula, Isa};
use core::marker::PhantomData;

/// What can be applied to elements of type `T`, on each instruction set.
///
/// Users see it as what [`Activation`](crate::Activation) consists of.
pub trait Apply<T: Element = f32>: Formula {
    /// Applies the activation to all of `io`. If it streams, the fence is left to the caller.
    ///
    /// # Safety
    /// The CPU has `isa`; `io.src` is valid for reads and `io.dst` for writes of `io.len` elements. For
    /// [`Stores::Cached`] the two are equal or do not overlap, for [`Stores::Streamed`] they do not overlap. `check` of
    /// `io.len` has returned `Ok`.
    #[doc(hidden)]
    unsafe fn apply_raw(&self, isa: Isa, io: Io<T>, stores: Stores);

    /// Whether the activation is one kernel on `isa` that has a loop with surroundings, and, if those have limits, one with
    /// limits: [`surrounded_raw`](Self::surrounded_raw).
    #[doc(hidden)]
    #[inline]
    fn has_loop(&self, isa: Isa, is_limited: bool) -> bool {
        let _ = (isa, is_limited);
        false
    }

    /// Writes `f(x + bias) * factor + addend` for all of `io`. Where it streams, the fence is left to the caller.
    ///
    /// # Safety
    /// As for [`apply_raw`](Self::apply_raw), and [`has_loop`](Self::has_loop) has returned `true` for `isa`. Operands
    /// for each element are as many and are not written.
    #[doc(hidden)]
    unsafe fn surrounded_raw(&self, isa: Isa, io: Io<T>, operands: &Operands, stores: Stores) {
        let _ = (isa, io, operands, stores);
        unreachable!("it is no kernel");
    }

    /// The activation as a value whose type does not depend on it.
    #[doc(hidden)]
    #[inline]
    fn erase(&self) -> Erased<'_, T> {
        Erased {
            activation: (&raw const *self).cast(),
            apply_raw: apply_erased::<T, Self>,
            apply_part_raw: apply_part_erased::<T, Self>,
            has_loop: has_loop_erased::<T, Self>,
            surrounded_raw: surrounded_erased::<T, Self>,
            depends_on_position: self.depends_on_position(),
            cuts: self.cuts(),
            borrowed: PhantomData,
        }
    }
}

/// An activation as a pointer to it and a pointer to its [`Apply::apply_raw`]: code that takes one is compiled once,
/// and not once for each activation.
#[derive(Clone, Copy, Debug)]
pub struct Erased<'a, T = f32> {
    activation: *const (),
    apply_raw: unsafe fn(*const (), Isa, Io<T>, Stores),
    apply_part_raw: unsafe fn(*const (), usize, Isa, Io<T>, Stores),
    has_loop: unsafe fn(*const (), Isa, bool) -> bool,
    surrounded_raw: unsafe fn(*const (), Isa, Io<T>, &Operands, Stores),
    /// [`Formula::depends_on_position`].
    pub(crate) depends_on_position: bool,
    /// [`Formula::cuts`].
    pub(crate) cuts: Cuts,
    borrowed: PhantomData<&'a ()>,
}

impl<T> Erased<'_, T> {
    /// Applies the activation to all of `io`, as [`Apply::apply_raw`] does.
    ///
    /// # Safety
    /// As for [`Apply::apply_raw`].
    #[inline]
    pub(crate) unsafe fn apply_raw(self, isa: Isa, io: Io<T>, stores: Stores) {
        // SAFETY: the function is that of the activation's type; the rest is the caller's promise.
        unsafe { (self.apply_raw)(self.activation, isa, io, stores) }
    }

    /// Applies the [part](Formula::part) of the activation for the elements from number `start` of a tensor on, which
    /// are those of `io`.
    ///
    /// # Safety
    /// As for [`Apply::apply_raw`], but that `check` has returned `Ok` for the length of the tensor.
    #[inline]
    pub(crate) unsafe fn apply_part_raw(self, start: usize, isa: Isa, io: Io<T>, stores: Stores) {
        // SAFETY: the function is that of the activation's type; the rest is the caller's promise.
        unsafe { (self.apply_part_raw)(self.activation, start, isa, io, stores) }
    }

    /// See [`Apply::has_loop`].
    #[inline]
    pub(crate) fn has_loop(&self, isa: Isa, is_limited: bool) -> bool {
        // SAFETY: the function is that of the activation's type.
        unsafe { (self.has_loop)(self.activation, isa, is_limited) }
    }

    /// See [`Apply::surrounded_raw`].
    ///
    /// # Safety
    /// As there.
    #[inline]
    pub(crate) unsafe fn surrounded_raw(
        self,
        isa: Isa,
        io: Io<T>,
        operands: &Operands,
        stores: Stores,
    ) {
        // SAFETY: the function is that of the activation's type; the rest is the caller's promise.
        unsafe { (self.surrounded_raw)(self.activation, isa, io, operands, stores) }
    }
}

/// Calls [`Apply::apply_raw`] of the activation that `activation` points to.
///
/// # Safety
/// As for [`Apply::apply_raw`]; `activation` points to an `A`.
unsafe fn apply_erased<T: Element, A: Apply<T>>(
    activation: *const (),
    isa: Isa,
    io: Io<T>,
    stores: Stores,
) {
    // SAFETY: the caller's promises, passed on.
    unsafe { (*activation.cast::<A>()).apply_raw(isa, io, stores) }
}

/// Calls [`Apply::apply_raw`] of the part of the activation that `activation` points to.
///
/// # Safety
/// As for [`Erased::apply_part_raw`]; `activation` points to an `A`.
unsafe fn apply_part_erased<T: Element, A: Apply<T>>(
    activation: *const (),
    start: usize,
    isa: Isa,
    io: Io<T>,
    stores: Stores,
) {
    // SAFETY: the caller's promises, passed on; what passes for a tensor passes for a part that `cuts` allows.
    unsafe {
        let part = (*activation.cast::<A>()).part(start, io.len);
        part.apply_raw(isa, io, stores);
    }
}

/// [`Apply::has_loop`] of what `activation` points to.
///
/// # Safety
/// `activation` points to an `A`.
unsafe fn has_loop_erased<T: Element, A: Apply<T>>(
    activation: *const (),
    isa: Isa,
    is_limited: bool,
) -> bool {
    // SAFETY: the caller's promise.
    unsafe { (*activation.cast::<A>()).has_loop(isa, is_limited) }
}

/// [`Apply::surrounded_raw`] of what `activation` points to.
///
/// # Safety
/// As there; `activation` points to an `A`.
unsafe fn surrounded_erased<T: Element, A: Apply<T>>(
    activation: *const (),
    isa: Isa,
    io: Io<T>,
    operands: &Operands,
    stores: Stores,
) {
    // SAFETY: the caller's promises, passed on.
    unsafe { (*activation.cast::<A>()).surrounded_raw(isa, io, operands, stores) }
}

/// Applies `activation` to all of `io`, and sees to it that what was streamed is visible to all.
///
/// # Safety
/// As for [`Apply::apply_raw`].
#[inline]
pub(crate) unsafe fn apply_fenced<T: Element, A: Apply<T>>(
    activation: &A,
    isa: Isa,
    io: Io<T>,
    stores: Stores,
) {
    // SAFETY: the caller's promises, passed on; the fence follows.
    unsafe { activation.apply_raw(isa, io, stores) };
    if stores == Stores::Streamed {
        stream::fence();
    }
}
