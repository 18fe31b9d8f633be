//! What surrounds a kernel: gates, biases, residuals, parameters per channel.
//!
//! A kernel of vectors has a loop that takes along what surrounds it ([`Operands`]); here it is found out which elements
//! and operands that loop gets. Scalar code, and whatever else is no kernel by itself, goes block by block, and each
//! block stage by stage: a block is so small that it stays in the nearest cache, and the destination holds what is
//! between two stages. A kernel comes as a value whose type does not depend on the activation ([`Erased`]), so that all of
//! this is compiled once, and not once for each activation.

use crate::Isa;
use crate::apply::Erased;
use crate::channels::Numbers;
use crate::drive::limits::GateLimits;
use crate::drive::operands::{Operand, Operands, Repeated};
use crate::drive::{Io, Stores};
use crate::stage::Stages;

mod between;
mod biased;
#[cfg(feature = "half")]
mod converted;
mod fused;
mod gate;
mod prelu;
mod snake;
mod source;

pub(crate) use between::apply_between;
pub(crate) use biased::Biases;
#[cfg(feature = "half")]
pub(crate) use converted::convert;
pub(crate) use fused::Surroundings;
pub(crate) use source::Source;

/// Elements in a block: less than 4 KiB of each tensor that a call reads or writes, of which there are two or three.
const BLOCK: usize = 960;

/// A block on the stack.
type Scratch = crate::scratch::Scratch<BLOCK>;

/// A kernel, the instruction set of a call, and its stages.
#[derive(Clone, Copy)]
pub(crate) struct Pipeline<'a> {
    kernel: Erased<'a>,
    isa: Isa,
    stages: &'static Stages,
    /// The limits of a gate, if it has any.
    limits: Option<GateLimits>,
    /// What is added to a gate and its value, if anything is.
    biases: Option<&'a Biases<'a>>,
    /// The number of the element of a tensor that is the first of those that are worked on.
    start: usize,
}

/// The operands of a run of elements: `kernel(x + bias) * factor + addend`, where each may be left out.
#[derive(Clone, Copy)]
struct Run {
    bias: Option<Numbers>,
    /// As many as the run has elements.
    factor: Option<*const f32>,
    /// As many as the run has elements.
    addend: Option<*const f32>,
}

impl<'a> Pipeline<'a> {
    /// `kernel` on `isa`.
    #[inline]
    pub(crate) fn new(kernel: Erased<'a>, isa: Isa) -> Self {
        Self {
            kernel,
            isa,
            stages: Stages::of(isa),
            limits: None,
            biases: None,
            start: 0,
        }
    }

    /// See [`Formula::depends_on_position`](crate::Formula::depends_on_position).
    #[cfg(feature = "parallel")]
    #[inline]
    pub(crate) fn depends_on_position(self) -> bool {
        self.kernel.depends_on_position
    }

    /// The same with the limits of a gate.
    #[inline]
    pub(crate) fn limited(self, limits: GateLimits) -> Self {
        let limits = (limits != GateLimits::NONE).then_some(limits);
        Self { limits, ..self }
    }

    /// The same with what is added to a gate and its value.
    #[inline]
    pub(crate) fn biased(self, biases: Option<&'a Biases<'a>>) -> Self {
        Self { biases, ..self }
    }

    /// The pipeline for what comes after the first `start` elements.
    pub(crate) fn from(self, start: usize) -> Self {
        let start = self.start + start;
        Self { start, ..self }
    }

    /// Whether the kernel has a loop that takes along what surrounds it, and the limits.
    #[inline]
    fn has_loop(self) -> bool {
        self.kernel.has_loop(self.isa, self.limits.is_some())
    }

    /// The kernel alone.
    ///
    /// # Safety
    /// As for [`Apply::apply_raw`](crate::apply::Apply::apply_raw).
    #[inline]
    unsafe fn kernel(self, io: Io<f32>, stores: Stores) {
        if self.kernel.depends_on_position {
            // SAFETY: the caller's promises, passed on.
            return unsafe { self.kernel.apply_part_raw(self.start, self.isa, io, stores) };
        }
        // SAFETY: the caller's promises, passed on.
        unsafe { self.kernel.apply_raw(self.isa, io, stores) }
    }

    /// The kernel and what surrounds it, for a run of elements. Where it streams, the fence is left to the caller.
    ///
    /// # Safety
    /// As for [`Apply::apply_raw`](crate::apply::Apply::apply_raw), for an activation that does not depend on the
    /// position; operands are as many as [`Run`] says, and are not written.
    unsafe fn run(self, io: Io<f32>, run: Run, stores: Stores) {
        if !self.has_loop() {
            // SAFETY: the caller's promises, passed on.
            return unsafe { self.run_in_blocks(io, run) };
        }
        let mut operands = Operands::none();
        operands.limits = self.limits;
        let constant;
        match run.bias {
            Some(Numbers::Stream(first)) => operands.bias = Operand::each(first),
            Some(Numbers::Constant(bias)) => {
                constant = Repeated::new(bias);
                operands.bias = Operand::same(&constant);
            }
            None => {}
        }
        if let Some(factor) = run.factor {
            operands.factor = Operand::each(factor);
        }
        if let Some(addend) = run.addend {
            operands.addend = Operand::each(addend);
        }
        // SAFETY: the caller's promises, passed on.
        unsafe { self.kernel.surrounded_raw(self.isa, io, &operands, stores) }
    }

    /// A run, block by block and stage by stage in the destination.
    ///
    /// # Safety
    /// As for [`run`](Self::run).
    #[inline(never)]
    unsafe fn run_in_blocks(self, io: Io<f32>, run: Run) {
        for at in (0..io.len).step_by(BLOCK) {
            let len = BLOCK.min(io.len - at);
            // SAFETY: a part of what the caller vouches for.
            unsafe {
                let mut block = io.part(at, len);
                let in_place = Io::in_place(block.dst, len);
                if let Some(bias) = run.bias {
                    self.add_bias(block, bias, at);
                    block = in_place;
                }
                if let Some(limits) = &self.limits {
                    (self.stages.at_most)(block, &raw const limits.gate);
                    block = in_place;
                }
                self.kernel(block, Stores::Cached);
                if let Some(factor) = run.factor {
                    self.multiply(in_place, factor.add(at));
                }
                if let Some(addend) = run.addend {
                    (self.stages.add)(in_place, addend.add(at));
                }
            }
        }
    }

    /// Multiplies what the kernel returned by as many values, both within the limits.
    ///
    /// # Safety
    /// As for [`stage::Function`](crate::stage::Function).
    #[inline]
    unsafe fn multiply(self, io: Io<f32>, values: *const f32) {
        // SAFETY: the caller's promises, passed on.
        unsafe {
            match &self.limits {
                None => (self.stages.multiply)(io, values),
                Some(limits) => (self.stages.multiply_limited)(io, values, limits),
            }
        }
    }

    /// Adds the bias to a block that starts `at` elements into the run that it belongs to.
    ///
    /// # Safety
    /// `block` is as for [`run`](Self::run) where nothing streams; a stream of biases goes on to its end.
    unsafe fn add_bias(self, block: Io<f32>, bias: Numbers, at: usize) {
        // SAFETY: the caller's promises, passed on.
        unsafe {
            match bias {
                Numbers::Stream(first) => {
                    (self.stages.add)(block, first.add(at));
                }
                Numbers::Constant(bias) => {
                    (self.stages.add_constant)(block, &raw const bias);
                }
            }
        }
    }
}
