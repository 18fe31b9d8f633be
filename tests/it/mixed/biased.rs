//! Gates with biases of any types.

use super::number::{Number, assert_rounded, narrowed, widened};
use super::pool;
use crate::common::pages::Pages;
use crate::common::steps::{biased, joined, splits};
use crate::common::{on_each_isa, step_of_the_heaviest};
use activations::{AnyGate, Biased, ClampedSwiglu, Gate, Isa, Reglu, Swiglu};
use half::{bf16, f16};

/// A gate of one type, a value of another, biases of a third, and results of any.
fn check<X: Number, V: Number, B: Number, Y: Number>(gate: &AnyGate<'_>, isa: Isa, pool: &[f32]) {
    for n in [1, 5, 100, 480, 600, 1250] {
        let len = 2500 / n * n;
        let what = format!(
            "{gate} of {}, {} with {} to {} on {isa}, {n}",
            X::NAME,
            V::NAME,
            B::NAME,
            Y::NAME
        );
        let (x, v): (Vec<X>, Vec<V>) = (narrowed(&pool[..len]), narrowed(&pool[100..100 + len]));
        let [of_gate, of_value]: [Vec<B>; 2] = [7, 1300].map(|at| narrowed(&pool[at..at + n]));
        let wide = [widened(&of_gate), widened(&of_value)];
        let biases = wide.each_ref().map(|bias| Some(&bias[..]));
        let call = Biased::new(*gate);
        let apart = call.gate_bias(&of_gate).value_bias(&of_value);
        let expected = biased(gate, isa, biases, &widened(&x), &widened(&v));
        let mut y = vec![Y::from_f32(7.0); len];
        apart.apply_on(isa, &x, &v, &mut y).unwrap();
        assert_rounded(&y, &expected, &what);
        let mut y = x.clone();
        apart.apply_in_place_on(isa, &mut y, &v).unwrap();
        assert_rounded(&y, &expected, &what);
        // One tensor that holds both is of one type.
        let v: Vec<X> = narrowed(&pool[100..100 + len]);
        let expected = biased(gate, isa, biases, &widened(&x), &widened(&v));
        for split in splits(n) {
            let tensor = joined(split, &x, &v);
            let both = joined(split, &of_gate, &of_value);
            for call in [apart, call.bias(split, &both).unwrap()] {
                let mut y = vec![Y::from_f32(7.0); len];
                call.apply_split_on(isa, split, &tensor, &mut y).unwrap();
                assert_rounded(&y, &expected, format_args!("{what}, {split:?}"));
            }
        }
    }
}

#[test]
fn gates_with_biases_take_any_types() {
    let pool = pool(2700);
    let gates: [AnyGate<'_>; 3] = [
        ClampedSwiglu::OAI.into(),
        Reglu.into(),
        Swiglu::default().into(),
    ];
    on_each_isa("biased_gates_take_any_types", |isa| {
        for gate in gates.iter().step_by(step_of_the_heaviest(3)) {
            check::<f32, f32, bf16, f32>(gate, isa, &pool);
            check::<f16, f16, f16, f16>(gate, isa, &pool);
            check::<bf16, bf16, bf16, bf16>(gate, isa, &pool);
            check::<bf16, bf16, f32, bf16>(gate, isa, &pool);
            check::<f16, f32, bf16, f32>(gate, isa, &pool);
            check::<f32, bf16, f32, f16>(gate, isa, &pool);
        }
    });
}

/// The forms of a call at both ends of accessible memory.
fn at_the_edges<T: Number>(isa: Isa, n: usize, pages: &mut [Pages; 4], pool: &[f32]) {
    let [source, other, target, biases] = pages;
    for at_end in [false, true] {
        let bias = biases.edge_of::<T>(at_end, 2 * n);
        bias.copy_from_slice(&narrowed::<T>(&pool[..2 * n]));
        let y = target.edge_of::<T>(at_end, 2 * n);
        for split in splits(n) {
            let both = Biased::new(ClampedSwiglu::OAI).bias(split, bias).unwrap();
            let x = source.edge_of::<T>(at_end, 4 * n);
            x.copy_from_slice(&narrowed::<T>(&pool[..4 * n]));
            both.apply_split_on(isa, split, x, y).unwrap();
            let (x, _) = x.split_at_mut(2 * n);
            let value = other.edge_of::<T>(at_end, 2 * n);
            value.copy_from_slice(x);
            both.apply_on(isa, x, value, y).unwrap();
            both.apply_in_place_on(isa, y, value).unwrap();
        }
        let (of_gate, of_value) = bias.split_at(n);
        let apart = Biased::new(Reglu).gate_bias(of_gate).value_bias(of_value);
        let x = source.edge_of::<T>(at_end, 2 * n);
        let value = other.edge_of::<T>(at_end, 2 * n);
        value.copy_from_slice(x);
        apart.apply_on(isa, x, value, y).unwrap();
    }
}

#[test]
fn nothing_outside_of_biases_and_tensors_is_touched() {
    let mut pages = [Pages::new(), Pages::new(), Pages::new(), Pages::new()];
    let pool = pool(4 * 1000);
    on_each_isa("nothing_outside_of_biases", |isa| {
        let lengths = (1..=70).step_by(step_of_the_heaviest(3));
        for n in lengths.chain([479, 481, 721, 1000]) {
            at_the_edges::<f32>(isa, n, &mut pages, &pool);
            at_the_edges::<f16>(isa, n, &mut pages, &pool);
            at_the_edges::<bf16>(isa, n, &mut pages, &pool);
        }
    });
}
