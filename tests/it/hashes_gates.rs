//! The bits of gates and fused calls, as one number each: equal on all instruction sets, and equal to
//! what `tests/data/hashes_gates.txt` holds, whichever CPU computed that.
//!
//! `ACTIVATIONS_BLESS=1 cargo test --test it hashes_gates::` writes the file anew.

use crate::common::steps::{every_gate, joined, splits, values};
use crate::common::{hash, inputs, on_each_isa};
use activations::{Activation, AnyGate, Biased, Fused, Gate, Isa};
use std::fmt::Write;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/hashes_gates.txt");
const KEPT: &str = include_str!("../data/hashes_gates.txt");

/// Elements in a row; rows are taken by turns as gate and as value.
const ROW: usize = 1 << 10;

/// Bit patterns spread over all of them, with the special values, in whole rows.
fn inputs() -> Vec<f32> {
    let mut x: Vec<f32> = inputs::special();
    x.extend(inputs::strided(1 << 15));
    x.truncate((1 << 15) / ROW * ROW);
    x
}

/// A line for every gate, of two tensors and split, for every activation between two sums, and for gates behind two sums.
fn lines(x: &[f32], isa: Isa) -> String {
    let value = values(x.len());
    let mut lines = String::new();
    let mut line = |y: &[f32], name: &dyn std::fmt::Display| {
        writeln!(lines, "{:016x} {name}", hash(y)).expect("a String takes all");
    };
    let mut y = vec![0.0; x.len()];
    for gate in every_gate() {
        gate.apply_on(isa, x, &value, &mut y).unwrap();
        line(&y, &gate);
        let whole = hash(&y);
        for split in splits(ROW) {
            y.fill(0.0);
            let both = joined(split, x, &value);
            gate.apply_split_on(isa, split, &both, &mut y).unwrap();
            assert_eq!(hash(&y), whole, "{gate} on {isa}, {split:?}");
        }
    }
    let bias = values(64);
    for activation in inputs::every_kernel() {
        let call = Fused::new(activation).bias(&bias, 4).unwrap();
        call.residual(&value).apply_on(isa, x, &mut y).unwrap();
        line(&y, &format_args!("fused({activation})"));
    }
    let [of_gate, of_value] = [0, 1].map(|at| values(2 * 64).split_off(at * 64)[..64].to_vec());
    for gate in AnyGate::all().filter(|gate| gate.name() != "gated") {
        let call = Biased::new(gate).gate_bias(&of_gate).value_bias(&of_value);
        call.apply_on(isa, x, &value, &mut y).unwrap();
        line(&y, &format_args!("biased({gate})"));
        let whole = hash(&y);
        for split in splits(64) {
            let both = joined(split, &of_gate, &of_value);
            let call = Biased::new(gate).bias(split, &both).unwrap();
            let tensor = joined(split, x, &value);
            call.apply_split_on(isa, split, &tensor, &mut y).unwrap();
            assert_eq!(hash(&y), whole, "{gate} with biases on {isa}, {split:?}");
        }
    }
    lines
}

#[test]
fn all_bits_are_as_they_were() {
    let x = inputs();
    if std::env::var_os("ACTIVATIONS_BLESS").is_some() {
        let required = std::env::var_os("ACTIVATIONS_REQUIRE_ISA");
        assert_eq!(required, None, "a run that has to test does not bless");
        std::fs::write(FILE, lines(&x, Isa::Scalar)).unwrap();
        return;
    }
    on_each_isa("all_bits_of_gates", |isa| {
        let lines = lines(&x, isa);
        for (got, kept) in lines.lines().zip(KEPT.lines()) {
            assert_eq!(got, kept, "{isa}");
        }
        assert_eq!(lines, KEPT, "{isa}");
    });
}
