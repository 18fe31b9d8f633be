//! What gates and fused calls have to equal: their steps, one by one.

use super::{Variant, compute, inputs};
use activations::{AnyActivation, AnyGate, Gate, Gated, Isa, Layout, Order, Split};

/// All four ways in which one tensor holds a gate and a value.
pub fn splits(n: usize) -> impl Iterator<Item = Split> {
    [Layout::Halves, Layout::Pairs]
        .into_iter()
        .flat_map(move |layout| {
            [Order::GateFirst, Order::ValueFirst].map(move |order| Split { n, layout, order })
        })
}

/// The tensor that holds both.
pub fn joined(split: Split, gate: &[f32], value: &[f32]) -> Vec<f32> {
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

/// The activation on `isa`, then the product.
pub fn gated(gate: &AnyGate<'_>, isa: Isa, x: &[f32], value: &[f32]) -> Vec<f32> {
    let mut y = compute(&gate.activation(), isa, Variant::OutOfPlace, x);
    for (y, value) in y.iter_mut().zip(value) {
        *y *= value;
    }
    y
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
    AnyGate::all().chain(others)
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
