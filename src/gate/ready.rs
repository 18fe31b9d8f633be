//! A gate whose parameters are seen to be right, which is what all calls hand on.

use super::Gate;
use super::biases::GateBiases;
use super::limits;
use crate::formula::sealed::Sealed;
use crate::pipeline::{Biases, Pipeline};
use crate::{Activation, Cuts, Error, Formula, GateLimits, Isa};

/// An activation, what limits it, and what is added before it, as a gate.
#[derive(Clone, Copy)]
pub(crate) struct Ready<'a, A> {
    activation: A,
    limits: GateLimits,
    biases: GateBiases<'a>,
    /// The biases as a pipeline has them, if there are any.
    operands: Option<Biases<'a>>,
}

impl<'a, A: Activation> Ready<'a, A> {
    /// What `gate` consists of.
    #[inline]
    pub(crate) fn parts_of<G: Gate<Activation = A>>(gate: &'a G) -> Self {
        let biases = gate.biases();
        Self {
            activation: gate.activation(),
            limits: gate.limits(),
            biases,
            operands: biases.operands(),
        }
    }

    /// What `gate` consists of, for `len` elements, once that is seen to be right: the gate's own `check` has the better
    /// names for its parameters, but may be another crate's and is not relied on.
    #[inline]
    pub(super) fn of<G: Gate<Activation = A>>(gate: &'a G, len: usize) -> Result<Self, Error> {
        gate.check(len)?;
        let ready = Self::parts_of(gate);
        ready.activation.check(len)?;
        limits::check(ready.limits)?;
        ready.biases.check(len)?;
        Ok(ready)
    }

    /// What applies it to memory on `isa`.
    #[inline]
    pub(crate) fn pipeline(&self, isa: Isa) -> Pipeline<'_> {
        let kernel = self.activation.erase();
        Pipeline::new(kernel, isa)
            .limited(self.limits)
            .biased(self.operands.as_ref())
    }
}

impl<A: Activation> Gate for Ready<'_, A> {
    type Activation = A;

    #[inline]
    fn activation(&self) -> A {
        self.activation
    }

    #[inline]
    fn limits(&self) -> GateLimits {
        self.limits
    }

    #[inline]
    fn biases(&self) -> GateBiases<'_> {
        self.biases
    }
}

impl<A> Sealed for Ready<'_, A> {}

/// Where a tensor of gates may be cut, and what goes with its parts.
impl<A: Activation> Formula for Ready<'_, A> {
    fn reference(&self, gate: f64) -> f64 {
        self.activation.reference(gate)
    }

    fn depends_on_position(&self) -> bool {
        self.activation.depends_on_position() || self.operands.is_some()
    }

    fn cuts(&self) -> Cuts {
        self.activation.cuts()
    }

    fn part(&self, start: usize, len: usize) -> Self {
        let biases = self.biases.part(start);
        Self {
            activation: self.activation.part(start, len),
            limits: self.limits,
            biases,
            operands: biases.operands(),
        }
    }

    fn check(&self, len: usize) -> Result<(), Error> {
        self.activation.check(len)?;
        self.biases.check(len)
    }
}
