//! What is timed.

use crate::common::gates::{gated, valued};
use crate::common::number::Number;
use crate::common::rows::{Shape, of_rows};
use crate::common::{Variant, Work, applied};
use crate::kinds::Kind;
use activations::{AnyActivation, AnyGate, AnyRowActivation, Isa};

/// Elements of a call: input and output stay in a second-level cache.
pub const LEN: usize = 1 << 16;

/// An operation on elements of a type, on one instruction set.
pub struct Operation<T> {
    pub name: String,
    pub work: Work<'static, T>,
    /// Whether it takes so few instructions that one more would be seen, and none of them minds what it gets.
    is_light: bool,
    /// Whether it is made of a periodic function.
    is_periodic: bool,
    /// Whether it takes the inputs with the other sign: what is far below the others for softmax is far above them
    /// for softmin.
    pub is_mirrored: bool,
}

/// Those that are linear in pieces, or a product of two such pieces.
const LIGHT: [&str; 14] = [
    "identity",
    "relu",
    "relu6",
    "leaky_relu",
    "prelu",
    "rrelu",
    "threshold",
    "thresholded_relu",
    "hardtanh",
    "hardsigmoid",
    "hardswish",
    "hardshrink",
    "softshrink",
    "relu_squared",
];
const BAR_LIGHT: f64 = 1.1;

/// Those that are periodic: of numbers far from zero they take away a multiple of pi with many more digits.
const PERIODIC: [&str; 2] = ["sin", "snake"];
const BAR_FAR: f64 = 8.0;

impl<T> Operation<T> {
    fn new(name: String, work: Work<'static, T>) -> Self {
        Self {
            name,
            work,
            is_light: false,
            is_periodic: false,
            is_mirrored: false,
        }
    }

    /// What inputs of this kind may take of the time that typical ones do.
    pub fn bar(&self, kind: &Kind) -> f64 {
        match () {
            () if kind.is_tiny => kind.bar,
            () if self.is_periodic => kind.bar.max(BAR_FAR),
            () if self.is_light => BAR_LIGHT,
            () => kind.bar,
        }
    }
}

/// Every activation of a type.
pub fn activations<T: Number>(isa: Isa) -> impl Iterator<Item = Operation<T>> {
    AnyActivation::all().map(move |activation| {
        let work = applied(T::activation(activation), Some(isa));
        Operation {
            is_light: LIGHT.contains(&activation.name()),
            is_periodic: PERIODIC.contains(&activation.name()),
            ..Operation::new(activation.name().to_owned(), work)
        }
    })
}

/// Every gate that has a name, and what stands for all others: the inputs as the gate, and, where there is no place
/// that holds both, as the value.
pub fn gates(isa: Isa, variant: Variant) -> impl Iterator<Item = Operation<f32>> {
    let named = |gate: &AnyGate| gate.name() != "gated" || gate.to_string() == "gated(hardswish)";
    AnyGate::all().filter(named).flat_map(move |gate| {
        let inputs_as_gate = Operation::new(gate.to_string(), gated(gate, isa, LEN));
        let as_value = format!("{gate}, value");
        let as_value = Operation::new(as_value, valued(gate, isa, LEN));
        let as_value = (variant == Variant::OutOfPlace).then_some(as_value);
        [Some(inputs_as_gate), as_value].into_iter().flatten()
    })
}

/// Every operation on rows of `axis` elements.
pub fn rows(isa: Isa, axis: usize) -> impl Iterator<Item = Operation<f32>> {
    let shape = Shape::last(LEN, axis);
    AnyRowActivation::all().map(move |operation| Operation {
        is_mirrored: operation.name() == "softmin",
        ..Operation::new(operation.name().to_owned(), of_rows(operation, isa, shape))
    })
}
