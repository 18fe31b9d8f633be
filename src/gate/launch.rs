//! What the calls of [`Gate`] have in common, once they know what they read and write.

use super::Gate;
use super::ready::Ready;
#[cfg(feature = "alloc")]
use crate::AVec;
#[cfg(feature = "alloc")]
use crate::buffer::make_room;
use crate::converted::ElementsMut;
use crate::drive::Stores;
#[cfg(feature = "parallel")]
use crate::parallel;
use crate::pipeline::Source;
use crate::{Error, Float, Isa};

/// Writes all products of `source` to memory that need not have been written before.
///
/// # Safety
/// What `source` says can be read; `y` is valid for writes of as many elements as there are products, and does not
/// overlap it.
#[inline]
pub(crate) unsafe fn apply_to<G: Gate, Y: Float>(
    gate: &G,
    isa: Isa,
    source: Source,
    y: *mut Y,
) -> Result<(), Error> {
    isa.require()?;
    let products = source.products();
    let ready = Ready::of(gate, products)?;
    let stores = Stores::for_output(isa, products * size_of::<Y>());
    // SAFETY: the CPU has `isa`, the parameters are right, and the caller vouches for the memory.
    unsafe { ready.pipeline(isa).gate(source, ElementsMut::of(y), stores) };
    Ok(())
}

/// Writes all products of `source` to `y`, which becomes as long: see [`Gate::apply_to_vec`].
///
/// # Safety
/// What `source` says can be read, and does not overlap `y`.
#[cfg(feature = "alloc")]
pub(super) unsafe fn to_vec<G: Gate, Y: Float>(
    gate: &G,
    source: Source,
    y: &mut AVec<Y>,
) -> Result<(), Error> {
    let products = source.products();
    let ready = Ready::of(gate, products)?;
    let is_new = make_room(y, products);
    let isa = Isa::detect();
    // The pages of new memory come by way of the cache.
    let stores = if is_new {
        Stores::Cached
    } else {
        Stores::for_output(isa, products * size_of::<Y>())
    };
    // SAFETY: `detect` names an instruction set of this CPU; the caller vouches for the source, and `y` has room for as many
    // elements as there are products. All of them are written when their number becomes the length.
    unsafe {
        let dst = ElementsMut::of(y.as_mut_ptr());
        ready.pipeline(isa).gate(source, dst, stores);
        y.set_len(products);
    }
    Ok(())
}

/// Writes all products of `source` on all threads of the current rayon pool, if they are many.
///
/// # Safety
/// As for [`apply_to`].
#[cfg(feature = "parallel")]
pub(super) unsafe fn in_parallel<G: Gate<Activation: Sync>, Y: Float>(
    gate: &G,
    source: Source,
    y: *mut Y,
) -> Result<(), Error> {
    let products = source.products();
    let ready = Ready::of(gate, products)?;
    let isa = Isa::detect();
    let stores = Stores::for_output(isa, products * size_of::<Y>());
    // SAFETY: the parameters are right, and the caller vouches for the memory.
    unsafe { parallel::gate(ready.pipeline(isa), source, ElementsMut::of(y), stores) };
    Ok(())
}

/// Whether a gate and its value are of one length.
#[inline]
pub(super) fn same_length<G, V>(gate: &[G], value: &[V]) -> Result<(), Error> {
    if gate.len() == value.len() {
        Ok(())
    } else {
        Err(Error::OperandMismatch {
            input: gate.len(),
            operand: "value",
            len: value.len(),
        })
    }
}
