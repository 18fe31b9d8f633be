//! Gates: what every one can do, and one file for each of them.

#[cfg(feature = "alloc")]
use crate::AVec;
use crate::activation;
#[cfg(feature = "alloc")]
use crate::buffer::make_room;
use crate::dispatch::{Compose, Launch};
use crate::drive::{Cached, Io, Stores, Streamed, gated::TwoTensors, pairs::Pairs, stream};
#[cfg(feature = "parallel")]
use crate::{Cuts, parallel};
use crate::{Error, Formula, Isa};
use core::marker::PhantomData;
use split::{Layout, Order, Split};

pub(crate) mod any;
pub(crate) mod gated;
pub(crate) mod geglu;
pub(crate) mod geglu_tanh;
pub(crate) mod glu;
pub(crate) mod reglu;
pub(crate) mod split;
pub(crate) mod swiglu;

/// Multiplies one tensor by the activation of another: `y = activation(gate) * value`.
///
/// The gated linear units of transformers: gate and value are two linear maps of the same input. The
/// activation is rounded as its page says, then the product once more. The bits are those of the two
/// steps one by one, in one pass over memory (but for the payload of a NaN), and the same on every
/// instruction set, at every length and alignment, in place or not, split or not. No method panics,
/// and none allocates but [`to_vec`](Self::to_vec), [`apply_to_vec`](Self::apply_to_vec) and
/// [`split_to_vec`](Self::split_to_vec), which abort as [`Vec`](alloc::vec::Vec) does where there is no memory.
///
/// An activation whose parameters differ from channel to channel, a
/// [`Prelu::per_channel`](crate::Prelu::per_channel), takes a pass for each of the steps; its channels
/// are those of the gate as a tensor by itself.
///
/// # Errors
/// Every method returns what [`check`](Self::check) does. The output is then untouched.
pub trait Gate: Copy {
    /// What is applied to the gate.
    type Activation: Compose;

    /// The activation, with its parameters.
    fn activation(&self) -> Self::Activation;

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
        self.activation().reference(gate) * value
    }

    /// The scalar oracle for the element at `index` of the tensors.
    fn reference_at(&self, index: usize, gate: f64, value: f64) -> f64 {
        self.activation().reference_at(index, gate) * value
    }

    /// `y[i] = activation(gate[i]) * value[i]`, on the best instruction set ([`Isa::detect`]).
    ///
    /// # Errors
    /// [`Error::OperandMismatch`] where gate and value differ in length, [`Error::LengthMismatch`]
    /// where gate and output do.
    #[inline]
    fn apply(&self, gate: &[f32], value: &[f32], y: &mut [f32]) -> Result<(), Error> {
        self.apply_on(Isa::detect(), gate, value, y)
    }

    /// `gate[i] = activation(gate[i]) * value[i]`.
    ///
    /// # Errors
    /// [`Error::OperandMismatch`] where gate and value differ in length.
    #[inline]
    fn apply_in_place(&self, gate: &mut [f32], value: &[f32]) -> Result<(), Error> {
        self.apply_in_place_on(Isa::detect(), gate, value)
    }

    /// `activation(gate[i]) * value[i]` in a new buffer, aligned to a cache line.
    ///
    /// # Errors
    /// [`Error::OperandMismatch`] where gate and value differ in length.
    #[cfg(feature = "alloc")]
    fn to_vec(&self, gate: &[f32], value: &[f32]) -> Result<AVec<f32>, Error> {
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
    fn apply_to_vec(&self, gate: &[f32], value: &[f32], y: &mut AVec<f32>) -> Result<(), Error> {
        same_length(gate, value)?;
        let activation = ready(self, gate.len())?;
        let is_new = make_room(y, gate.len());
        let isa = Isa::detect();
        let streams = !is_new && stream::pays(isa, size_of_val(gate));
        let source = Source::two_tensors(gate, value);
        // SAFETY: `detect` names an instruction set of this CPU; gate and value are as long as
        // `source` says, `y` has room for as many elements, and they are distinct. All of them are
        // written when their number becomes the length.
        unsafe {
            source.launch(&activation, isa, y.as_mut_ptr(), streams);
            y.set_len(gate.len());
        }
        Ok(())
    }

    /// As [`apply`](Self::apply), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    #[inline]
    fn apply_on(&self, isa: Isa, gate: &[f32], value: &[f32], y: &mut [f32]) -> Result<(), Error> {
        same_length(gate, value)?;
        activation::same_length(gate, y)?;
        // SAFETY: `y` is writable and as long as gate and value, and shared and exclusive borrows do not overlap.
        unsafe { apply_to(self, isa, Source::two_tensors(gate, value), y.as_mut_ptr()) }
    }

    /// As [`apply_in_place`](Self::apply_in_place), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    #[inline]
    fn apply_in_place_on(&self, isa: Isa, gate: &mut [f32], value: &[f32]) -> Result<(), Error> {
        same_length(gate, value)?;
        isa.require()?;
        let activation = ready(self, gate.len())?;
        let source = Source::in_place(gate, value);
        let dst = gate.as_mut_ptr();
        // SAFETY: the CPU has `isa`; gate and value have one length, what is written is the gate,
        // and shared and exclusive borrows do not overlap.
        unsafe { source.launch(&activation, isa, dst, false) };
        Ok(())
    }

    /// As [`apply`](Self::apply), on all threads of the current rayon pool where the tensors are large.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "parallel")]
    fn par_apply(&self, gate: &[f32], value: &[f32], y: &mut [f32]) -> Result<(), Error>
    where
        Self::Activation: Sync,
    {
        same_length(gate, value)?;
        activation::same_length(gate, y)?;
        let activation = ready(self, gate.len())?;
        let source = Source::two_tensors(gate, value);
        let streams = stream::pays(Isa::detect(), size_of_val(y));
        // SAFETY: gate, value and `y` have one length, and shared and exclusive borrows do not overlap.
        unsafe { parallel::gated(&activation, source, y.as_mut_ptr(), streams) };
        Ok(())
    }

    /// As [`apply_in_place`](Self::apply_in_place), on all threads of the current rayon pool where the tensors are
    /// large.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "parallel")]
    fn par_apply_in_place(&self, gate: &mut [f32], value: &[f32]) -> Result<(), Error>
    where
        Self::Activation: Sync,
    {
        same_length(gate, value)?;
        let activation = ready(self, gate.len())?;
        let source = Source::in_place(gate, value);
        // SAFETY: gate and value have one length, what is written is the gate, and shared and exclusive borrows
        // do not overlap.
        unsafe { parallel::gated(&activation, source, gate.as_mut_ptr(), false) };
        Ok(())
    }

    /// As [`apply_split`](Self::apply_split), on all threads of the current rayon pool where the tensors are large.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "parallel")]
    fn par_apply_split(&self, split: Split, x: &[f32], y: &mut [f32]) -> Result<(), Error>
    where
        Self::Activation: Sync,
    {
        split.check(x.len(), y.len())?;
        let activation = ready(self, y.len())?;
        let source = Source::one_tensor(split, x);
        let streams = stream::pays(Isa::detect(), size_of_val(y));
        // SAFETY: `check` has seen to it that `x` is `[outer, 2 * n]` and `y` is `[outer, n]`, and a shared and an
        // exclusive borrow do not overlap.
        unsafe { parallel::gated(&activation, source, y.as_mut_ptr(), streams) };
        Ok(())
    }

    /// The gate and the value in one tensor `x`, as `split` says; `y` is half as long.
    ///
    /// # Errors
    /// [`Error::SplitMismatch`] where `x` and `y` are not `[outer, 2 * n]` and `[outer, n]`.
    #[inline]
    fn apply_split(&self, split: Split, x: &[f32], y: &mut [f32]) -> Result<(), Error> {
        self.apply_split_on(Isa::detect(), split, x, y)
    }

    /// As [`apply_split`](Self::apply_split), on the instruction set of your choice.
    ///
    /// # Errors
    /// Also [`Error::IsaUnavailable`] where this CPU lacks it.
    #[inline]
    fn apply_split_on(
        &self,
        isa: Isa,
        split: Split,
        x: &[f32],
        y: &mut [f32],
    ) -> Result<(), Error> {
        split.check(x.len(), y.len())?;
        // SAFETY: `check` has seen to it that `x` is `[outer, 2 * n]` and `y` is `[outer, n]`, and a shared and an
        // exclusive borrow do not overlap.
        unsafe { apply_to(self, isa, Source::one_tensor(split, x), y.as_mut_ptr()) }
    }

    /// As [`apply_split`](Self::apply_split), in a new buffer, aligned to a cache line.
    ///
    /// # Errors
    /// As there; the output is as long as it has to be.
    #[cfg(feature = "alloc")]
    fn split_to_vec(&self, split: Split, x: &[f32]) -> Result<AVec<f32>, Error> {
        let len = x.len() / 2;
        split.check(x.len(), len)?;
        let activation = ready(self, len)?;
        let mut y = AVec::new(0);
        make_room(&mut y, len);
        let source = Source::one_tensor(split, x);
        // SAFETY: `detect` names an instruction set of this CPU; `x` is as `source` says, the new
        // buffer has room for half as many elements, and the two are distinct. All of them are
        // written when their number becomes the length.
        unsafe {
            source.launch(&activation, Isa::detect(), y.as_mut_ptr(), false);
            y.set_len(len);
        }
        Ok(y)
    }
}

/// Writes all products of `source` to memory that need not have been written before.
///
/// # Safety
/// What `source` says can be read; `y` is valid for writes of as many elements as there are products, and does not
/// overlap it.
#[inline]
pub(crate) unsafe fn apply_to<G: Gate>(
    gate: &G,
    isa: Isa,
    source: Source,
    y: *mut f32,
) -> Result<(), Error> {
    isa.require()?;
    let products = source.products();
    let activation = ready(gate, products)?;
    let streams = stream::pays(isa, products * size_of::<f32>());
    // SAFETY: the CPU has `isa`, the parameters are right, and the caller vouches for the memory.
    unsafe { source.launch(&activation, isa, y, streams) };
    Ok(())
}

/// The activation, once its parameters are seen to be right: the gate's own `check` has the better
/// names for them, but may be another crate's and is not relied on.
#[inline]
fn ready<G: Gate>(gate: &G, len: usize) -> Result<G::Activation, Error> {
    gate.check(len)?;
    let activation = gate.activation();
    activation.check(len)?;
    Ok(activation)
}

#[inline]
fn same_length(gate: &[f32], value: &[f32]) -> Result<(), Error> {
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

/// Where the elements of gate and value are.
#[derive(Clone, Copy)]
pub(crate) struct Source {
    gate: *const f32,
    value: *const f32,
    /// Elements of either that stand together; not 0 where there are any.
    len: usize,
    /// How often they do.
    rows: usize,
    /// Elements from where they do to where the next do.
    stride: usize,
    /// Whether they take turns one by one.
    in_pairs: bool,
}

impl Source {
    #[inline]
    pub(crate) fn two_tensors(gate: &[f32], value: &[f32]) -> Self {
        Self {
            gate: gate.as_ptr(),
            value: value.as_ptr(),
            len: gate.len(),
            rows: 1,
            stride: gate.len(),
            in_pairs: false,
        }
    }

    /// For a gate that is written.
    #[inline]
    fn in_place(gate: &mut [f32], value: &[f32]) -> Self {
        Self {
            gate: gate.as_mut_ptr().cast_const(),
            ..Self::two_tensors(gate, value)
        }
    }

    /// For an `x` that `split.check` has passed.
    #[inline]
    pub(crate) fn one_tensor(split: Split, x: &[f32]) -> Self {
        let len = match split.layout {
            Layout::Halves => split.n,
            Layout::Pairs => 1,
        };
        let first = x.as_ptr();
        let second = first.wrapping_add(len);
        let (gate, value) = match split.order {
            Order::GateFirst => (first, second),
            Order::ValueFirst => (second, first),
        };
        Self {
            gate,
            value,
            len,
            // Of no elements there are no rows.
            rows: (x.len() / 2).checked_div(len).unwrap_or(0),
            stride: len.wrapping_mul(2), // where it overflows, there are no rows
            in_pairs: split.layout == Layout::Pairs,
        }
    }

    /// How many products there are.
    #[inline]
    pub(crate) fn products(&self) -> usize {
        self.rows * self.len
    }

    /// Where they may be cut.
    #[cfg(feature = "parallel")]
    pub(crate) fn cuts(&self) -> Cuts {
        if self.rows == 1 || self.in_pairs {
            Cuts::Anywhere
        } else {
            Cuts::Periods {
                period: self.len,
                step: None,
            }
        }
    }

    /// The first `middle` of them, and the others, where [`cuts`](Self::cuts) allows it.
    #[cfg(feature = "parallel")]
    pub(crate) fn split_at(self, middle: usize) -> (Self, Self) {
        let one_row = self.rows == 1;
        let (rows, skipped) = if one_row {
            (1, middle)
        } else {
            let rows = middle / self.len;
            (rows, rows * self.stride)
        };
        let first = Self {
            rows,
            len: if one_row { middle } else { self.len },
            ..self
        };
        let second = Self {
            gate: self.gate.wrapping_add(skipped),
            value: self.value.wrapping_add(skipped),
            rows: if one_row { 1 } else { self.rows - rows },
            len: if one_row { self.len - middle } else { self.len },
            ..self
        };
        (first, second)
    }

    /// Writes `activation(gate) * value` to `dst`, row after row, past the cache where it `streams` (which pairs do
    /// not).
    ///
    /// # Safety
    /// The CPU has `isa`; all rows can be read, and as many elements written at `dst`. What is
    /// written is the gate itself, where that is one row, or nothing of what is read. The gate's
    /// `check` has returned `Ok`.
    #[inline]
    pub(crate) unsafe fn launch<A: Compose>(
        self,
        activation: &A,
        isa: Isa,
        dst: *mut f32,
        streams: bool,
    ) {
        // SAFETY: the caller's promises, passed on: pairs are rows of one element each, and any
        // other rows a gate and a value each.
        unsafe {
            if activation.depends_on_position() {
                self.launch_in_steps(activation, isa, dst);
            } else if self.in_pairs {
                let pairs = Pairs {
                    src: self.gate.min(self.value),
                    dst,
                    len: self.rows,
                    value_first: self.value < self.gate,
                };
                activation.launch(isa, pairs);
            } else if streams {
                self.launch_rows::<A, Streamed>(activation, isa, dst);
                stream::fence();
            } else {
                self.launch_rows::<A, Cached>(activation, isa, dst);
            }
        }
    }

    /// Row by row, each of them a gate and a value.
    ///
    /// # Safety
    /// As for [`launch`](Self::launch); where it streams, nothing of what is read is written, and a fence
    /// follows.
    #[inline]
    unsafe fn launch_rows<A: Launch<TwoTensors<M>>, M: Stores>(
        self,
        activation: &A,
        isa: Isa,
        dst: *mut f32,
    ) {
        for row in 0..self.rows {
            // SAFETY: the row is one of those that the caller vouches for.
            unsafe {
                let gate = Io {
                    src: self.gate.add(row * self.stride),
                    dst: dst.add(row * self.len),
                    len: self.len,
                    stores: PhantomData,
                };
                let value = self.value.add(row * self.stride);
                activation.launch(isa, TwoTensors { gate, value });
            }
        }
    }

    /// The gate becomes a tensor by itself first, at `dst`.
    ///
    /// # Safety
    /// As for [`launch`](Self::launch).
    #[cold]
    unsafe fn launch_in_steps<A: Compose>(self, activation: &A, isa: Isa, dst: *mut f32) {
        let positions = (0..self.rows).flat_map(|row| (0..self.len).map(move |i| (row, i)));
        let len = self.rows * self.len;
        // SAFETY: each position is one of those that the caller vouches for, and the elements at
        // `dst` follow one another as they do. Of what is read, the gate alone may be what is
        // written, and is so one by one.
        unsafe {
            for (at, (row, i)) in positions.clone().enumerate() {
                *dst.add(at) = *self.gate.add(row * self.stride + i);
            }
            let io = Io {
                src: dst.cast_const(),
                dst,
                len,
                stores: PhantomData::<Cached>,
            };
            activation.launch(isa, io);
            for (at, (row, i)) in positions.enumerate() {
                *dst.add(at) *= *self.value.add(row * self.stride + i);
            }
        }
    }
}
