//! Gates and fused calls on slices that touch unmapped memory on either side: an access outside of them
//! is a crash.

use crate::common::pages::Pages;
use crate::common::steps::{clamped_gates, fused, gated, joined, splits, values};
use crate::common::{assert_same_bits, inputs, on_each_isa, scale_of_the_heaviest};
use activations::{Activation, AnyActivation, AnyGate, Fused, Gate, Gated, Relu};

fn lengths() -> impl Iterator<Item = usize> {
    (0..=130).step_by(if scale_of_the_heaviest() > 1 { 3 } else { 1 })
}

#[test]
fn no_gate_touches_anything_outside() {
    let [mut source, mut other, mut target] = [Pages::new(), Pages::new(), Pages::new()];
    let pool = inputs::special();
    on_each_isa("no_gate_touches", |isa| {
        let gated_by_each = AnyActivation::all().map(|any| AnyGate::from(Gated(any)));
        let clamped = clamped_gates().map(AnyGate::from);
        for gate in gated_by_each.chain(clamped) {
            for len in lengths() {
                let (x, value) = (&pool[..len], &values(len));
                let expected = gated(&gate, isa, x, value);
                for at_end in [false, true] {
                    let gates = source.edge(at_end, len);
                    gates.copy_from_slice(x);
                    let values = other.edge(at_end, len);
                    values.copy_from_slice(value);
                    let y = target.edge(at_end, len);
                    gate.apply_on(isa, gates, values, y).unwrap();
                    assert_same_bits(y, &expected, x, gate);
                    gate.apply_in_place_on(isa, gates, values).unwrap();
                    assert_same_bits(gates, &expected, x, gate);
                    for split in splits(len) {
                        let both = source.edge(at_end, 2 * len);
                        both.copy_from_slice(&joined(split, x, value));
                        y.fill(0.0);
                        gate.apply_split_on(isa, split, both, y).unwrap();
                        assert_same_bits(y, &expected, x, gate);
                    }
                }
            }
        }
    });
}

#[test]
fn no_fused_call_touches_anything_outside() {
    let [mut source, mut other, mut biases] = [Pages::new(), Pages::new(), Pages::new()];
    let pool = inputs::special();
    on_each_isa("no_fused_call_touches", |isa| {
        for activation in AnyActivation::all() {
            for len in lengths().skip(1) {
                let x = &pool[..len];
                for at_end in [false, true] {
                    let residual = other.edge(at_end, len);
                    residual.copy_from_slice(&values(len));
                    // One bias for each element.
                    let bias = biases.edge(at_end, len);
                    bias.fill(0.5);
                    let bias = (&*bias, 1);
                    let expected = fused(&activation, isa, Some(bias), Some(residual), x);
                    let y = source.edge(at_end, len);
                    y.copy_from_slice(x);
                    let call = Fused::new(activation).bias(bias.0, bias.1).unwrap();
                    call.residual(residual).apply_in_place_on(isa, y).unwrap();
                    assert_same_bits(y, &expected, x, activation);
                }
            }
        }
    });
}

#[test]
fn nor_does_a_bias_of_any_shape() {
    let [mut source, mut other, mut biases] = [Pages::new(), Pages::new(), Pages::new()];
    let pool: Vec<f32> = inputs::special()
        .into_iter()
        .chain(inputs::strided(4096))
        .collect();
    on_each_isa("nor_does_a_bias", |isa| {
        for channels in [1, 3, 8, 17, 64, 200] {
            for inner in [1, 2, 3, 7, 8, 16, 17, 33, 64, 65] {
                for outer in [1, 2, 5] {
                    let len = outer * channels * inner;
                    if len > 4096 {
                        continue;
                    }
                    let x = &pool[..len];
                    let bias = biases.edge(true, channels);
                    bias.fill(-0.25);
                    let residual = other.edge(true, len);
                    residual.copy_from_slice(&values(len));
                    let y = source.edge(true, len);
                    y.copy_from_slice(x);
                    let expected = fused(&Relu.into(), isa, Some((bias, inner)), Some(residual), x);
                    let call = Fused::new(Relu).bias(bias, inner).unwrap();
                    call.residual(residual).apply_in_place_on(isa, y).unwrap();
                    assert_same_bits(y, &expected, x, format_args!("{channels} {inner}"));
                }
            }
        }
    });
}
