//! What gates and fused calls have to equal: their steps, one by one.

use super::{Variant, compute, inputs};
use activations::{
    AnyActivation, AnyGate, ClampedSwiglu, Gate, GateLimits, Gated, Isa, Layout, LimitPlace, Order,
    Split,
};

/// All four ways in which one tensor holds a gate and a value.
pub fn splits(n: usize) -> impl Iterator<Item = Split> {
    [Layout::Halves, Layout::Pairs]
        .into_iter()
        .flat_map(move |layout| {
            [Order::GateFirst, Order::ValueFirst].map(move |order| Split { n, layout, order })
        })
}

/// The tensor that holds both.
pub fn joined<T: Copy>(split: Split, gate: &[T], value: &[T]) -> Vec<T> {
    let (first, second) = match split.order {
        Order::GateFirst => (gate, value),
        Order::ValueFirst => (value, gate),
    };
    let together = match split.layout {
        Layout::Halves => split.n,
        Layout::Pairs => 1,
    };
    let rows = first
        .chunks(together.max(1))
        .zip(second.chunks(together.max(1)));
    rows.flat_map(|(first, second)| [first, second].concat())
        .collect()
}

/// The limit of the gate, the activation on `isa`, the limit of what it returns, those of the value, the sum with the
/// offset, then the product.
pub fn gated(gate: &AnyGate<'_>, isa: Isa, x: &[f32], value: &[f32]) -> Vec<f32> {
    let activation = gate.activation();
    let limits: GateLimits = gate.limits();
    let at_most = |x: f32, high: f32| if x > high { high } else { x };
    let x: Vec<f32> = x.iter().map(|&x| at_most(x, limits.gate)).collect();
    let mut y = compute(&activation, isa, Variant::OutOfPlace, &x);
    for (y, &value) in y.iter_mut().zip(value) {
        let value = -at_most(-at_most(value, limits.value), limits.value);
        // An offset of 0 is none: the sum with it would change a zero.
        let value = match limits.offset {
            0.0 => value,
            offset => value + offset,
        };
        *y = at_most(*y, limits.activated) * value;
    }
    y
}

/// A bias and how many elements share it.
pub type Bias<'a> = Option<(&'a [f32], usize)>;

/// The sums with the biases of a row, as there are any, then the gate.
pub fn biased(
    gate: &AnyGate<'_>,
    isa: Isa,
    [of_gate, of_value]: [Option<&[f32]>; 2],
    x: &[f32],
    value: &[f32],
) -> Vec<f32> {
    let sums = |x: &[f32], bias: Option<&[f32]>| -> Vec<f32> {
        let Some(bias) = bias else {
            return x.to_vec();
        };
        let biases = bias.iter().cycle();
        x.iter().zip(biases).map(|(x, bias)| x + bias).collect()
    };
    gated(gate, isa, &sums(x, of_gate), &sums(value, of_value))
}

/// Clamped gates as models have them, and with parameters that lead to other kernels.
pub fn clamped_gates() -> [ClampedSwiglu; 6] {
    [
        ClampedSwiglu::OAI,
        ClampedSwiglu::before(10.0),
        ClampedSwiglu::after(2.5),
        ClampedSwiglu {
            place: LimitPlace::After,
            alpha: -1.5,
            ..ClampedSwiglu::OAI
        },
        ClampedSwiglu {
            alpha: 0.0,
            offset: -0.0,
            ..ClampedSwiglu::before(0.25)
        },
        ClampedSwiglu {
            offset: -0.3,
            ..ClampedSwiglu::before(f32::INFINITY)
        },
    ]
}

/// The sum with the bias, the activation on `isa`, the sum with the residual.
pub fn fused(
    activation: &AnyActivation<'_>,
    isa: Isa,
    bias: Option<(&[f32], usize)>,
    residual: Option<&[f32]>,
    x: &[f32],
) -> Vec<f32> {
    let mut sum = x.to_vec();
    if let Some((bias, inner)) = bias {
        for (i, x) in sum.iter_mut().enumerate() {
            *x += bias[i / inner % bias.len()];
        }
    }
    let mut y = compute(activation, isa, Variant::OutOfPlace, &sum);
    if let Some(residual) = residual {
        for (y, residual) in y.iter_mut().zip(residual) {
            *y += residual;
        }
    }
    y
}

/// Every gate with its defaults, and with the parameters that lead to kernels of their own.
pub fn every_gate() -> impl Iterator<Item = AnyGate<'static>> {
    let others = inputs::every_kernel().filter(|any| !super::bounds::has_defaults(any));
    let others = others.map(|any| AnyGate::Gated(Gated(any)));
    let clamped = clamped_gates().into_iter().skip(1).map(AnyGate::from);
    AnyGate::all().chain(others).chain(clamped)
}

/// Values of ordinary size, and some of all sizes among them.
pub fn values(len: usize) -> Vec<f32> {
    let spread: Vec<f32> = inputs::strided(997).filter(|x| !x.is_nan()).collect();
    let value = |i: usize| match i % 5 {
        0 => spread[i / 5 % spread.len()],
        _ => (i % 61) as f32 * 0.37 - 11.0,
    };
    (0..len).map(value).collect()
}
