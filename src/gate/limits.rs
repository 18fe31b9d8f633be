//! What all gates do about their limits.

use super::Gate;
use crate::activation::parameter::Parameter;
use crate::{Error, GateLimits};

/// Whether limits make sense.
#[inline]
pub(super) fn check(limits: GateLimits) -> Result<(), Error> {
    let number = |name, value| Parameter {
        activation: "gate",
        name,
        value,
    };
    number("limits.gate", limits.gate).not_nan()?;
    number("limits.activated", limits.activated).not_nan()?;
    number("limits.value", limits.value).not_negative()?;
    number("limits.offset", limits.offset).finite()
}

/// The scalar oracle of a gate, for the element at `index` and an activation in f64.
pub(super) fn reference(
    gate: &impl Gate,
    index: usize,
    activation: impl FnOnce(f64) -> f64,
    numbers: [f64; 2],
) -> f64 {
    let (limits, [of_gate, of_value]) = (gate.limits(), gate.biases().at(index));
    let [gate, value] = numbers;
    let y = at_most(
        activation(at_most(gate + of_gate, limits.gate)),
        limits.activated,
    );
    let value = -at_most(-at_most(value + of_value, limits.value), limits.value);
    y * (value + f64::from(limits.addend()))
}

/// `x`, but no more than `high`; a NaN stays.
fn at_most(x: f64, high: f32) -> f64 {
    if x > f64::from(high) {
        f64::from(high)
    } else {
        x
    }
}
