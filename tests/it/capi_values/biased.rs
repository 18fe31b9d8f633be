//! Gates behind biases, which the functions with _biased_gate in their names have.

use super::{CElement, LAYOUTS, Lines, compact, nearest};
use activations::{AnyGate, Biased, ClampedSwiglu, Gate, Layout, Order, Split, Swiglu};
use half::{bf16, f16};

/// Elements in a row.
const N: usize = 6;

/// Numbers that all types have, of which each half is a bias; as in every.c.
const BIASES: [f32; 2 * N] = [
    1.0, -0.5, 3.0, -1.0, 0.25, -0.0, 2.0, 0.0, -0.75, 0.5, 1.5, -2.0,
];

/// The lines of one type of element. Whatever the gate, the C functions have the same code: one with limits is tried, and one
/// without.
pub(super) fn add<T: CElement>(lines: &mut Lines, x: &[f32], value: &[f32]) {
    let (x, value) = (nearest::<T>(x), nearest::<T>(value));
    let (of_f16, of_bf16) = (nearest::<f16>(&BIASES), nearest::<bf16>(&BIASES));
    let split = |layout, order| Split {
        n: N,
        layout,
        order,
    };
    for gate in [AnyGate::from(Swiglu::default()), ClampedSwiglu::OAI.into()] {
        let with_text = |function| format!("{function}{} {}", T::SUFFIX, compact(&gate));
        let plain = Biased::new(gate);
        let of_gate = plain.gate_bias(&BIASES[..N]);
        let of_value = plain.value_bias(&of_bf16[N..]);
        let apart = of_gate.value_bias(&BIASES[N..]);
        let halves = plain.bias(split(Layout::Halves, Order::GateFirst), &of_bf16);
        let pairs = plain.bias(split(Layout::Pairs, Order::GateFirst), &BIASES);
        let swapped_pairs = plain.bias(split(Layout::Pairs, Order::ValueFirst), &of_f16);
        let [halves, pairs, swapped_pairs] = [halves, pairs, swapped_pairs].map(Result::unwrap);

        for (kind, biased) in [
            ("not_biased", plain),
            ("biased_by_nothing", plain),
            ("gate_biased", of_gate),
            ("value_biased", of_value),
            ("both_biased", swapped_pairs),
        ] {
            let y = biased.to_vec(&x, &value).unwrap();
            lines.add(
                &format!("{kind}_name"),
                with_text("apply_biased_gate"),
                &[],
                &y,
            );
        }
        let of_layouts = [apart, halves, pairs, swapped_pairs];
        for ((kind, layout, order), biased) in LAYOUTS.into_iter().zip(of_layouts) {
            let y = biased.split_to_vec(split(layout, order), &x).unwrap();
            let function = with_text("apply_biased_gate_split");
            lines.add(&format!("biased_{kind}_name"), function, &[], &y);
        }
    }
}
