//! What the C interface has to return: `tests/data/capi.txt`, which `tests/capi/every.c` reads, holds what the Rust
//! interface returns. What is done with it is in `tests/capi/run.sh`.
//!
//! `ACTIVATIONS_BLESS=1 cargo test --test it capi_values::` writes the file anew.

use crate::common::{bits, inputs, rows};
use activations::{
    Activation, AnyActivation, AnyGate, AnyRowActivation, Gate, Layout, Lengths, Order, Prelu,
    RowActivation, Rows, Split,
};
use std::fmt::{Display, Write};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/capi.txt");
const KEPT: &str = include_str!("../data/capi.txt");

/// Elements of each operand: some vectors of any instruction set, and a tail.
const LEN: usize = 60;

/// Those of a tensor of rows: `[3, 12, 1]` or `[2, 6, 3]`, of `[5, 2, 6]` for gates.
const ROWS: usize = 36;

/// The lines of the file: what a call is, its function, its parameters, its results.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn add(&mut self, kind: &str, function: impl Display, parameters: &[f32], results: &[f32]) {
        let mut line = format!("{kind} activations_{function} {}", parameters.len());
        for &value in parameters.iter().chain(results) {
            write!(line, " {:08x}", bits(value)).expect("a String takes all");
        }
        self.0 += &line;
        self.0.push('\n');
    }
}

/// Other values for parameters than most defaults are; of bounds the lower comes first.
const PARAMETERS: [f32; 2] = [0.375, 1.25];

/// What may be multiplied, and exponentiated: numbers from 0 to 1.
fn value() -> Vec<f32> {
    (0..LEN).map(rows::noise).collect()
}

/// What every activation can take: 60 numbers, special ones among them.
fn x() -> Vec<f32> {
    let special = inputs::special();
    special
        .into_iter()
        .step_by(4)
        .chain(value())
        .take(LEN)
        .collect()
}

fn elementwise(lines: &mut Lines, x: &[f32]) {
    for activation in AnyActivation::all() {
        let names = activation.parameter_names();
        let defaults: Vec<f32> = names
            .iter()
            .filter_map(|name| activation.parameter(name))
            .collect();
        let other = inputs::with_parameters(activation, &PARAMETERS);
        for (activation, parameters) in [
            (activation, &defaults[..]),
            (other, &PARAMETERS[..names.len()]),
        ] {
            let y = activation.to_vec(x).unwrap();
            lines.add("elementwise", activation.name(), parameters, &y);
            lines.add(
                "name",
                format_args!("apply {}", compact(&activation)),
                &[],
                &y,
            );
            if names.is_empty() {
                break;
            }
        }
    }
    let slopes = [0.5, 0.0, -2.0];
    let y = Prelu::per_channel(&slopes, 4).unwrap().to_vec(x).unwrap();
    lines.add("channels", "prelu_per_channel", &slopes, &y);
}

/// As text without spaces, for `scanf`.
fn compact(operation: &impl Display) -> String {
    operation.to_string().replace(' ', "")
}

fn gates(lines: &mut Lines, x: &[f32], value: &[f32]) {
    for gate in AnyGate::all() {
        let y = gate.to_vec(x, value).unwrap();
        lines.add(
            "gate_name",
            format_args!("apply_gate {}", compact(&gate)),
            &[],
            &y,
        );
        if matches!(gate, AnyGate::Gated(_)) {
            continue;
        }
        let names = gate.parameter_names();
        let parameters: Vec<f32> = names
            .iter()
            .filter_map(|name| gate.parameter(name))
            .collect();
        lines.add("gate", gate.name(), &parameters, &y);
        let layouts = [
            ("gate_value", Layout::Halves, Order::GateFirst),
            ("value_gate", Layout::Halves, Order::ValueFirst),
            ("gate_value_pairs", Layout::Pairs, Order::GateFirst),
            ("value_gate_pairs", Layout::Pairs, Order::ValueFirst),
        ];
        for (name, layout, order) in layouts {
            let y = gate
                .split_to_vec(
                    Split {
                        n: 6,
                        layout,
                        order,
                    },
                    x,
                )
                .unwrap();
            lines.add(name, format_args!("{}_split", gate.name()), &parameters, &y);
        }
    }
}

fn on_rows(lines: &mut Lines, value: &[f32]) {
    let x = &value[..ROWS];
    let shapes = [("last", Rows::last(12)), ("other", Rows::strided(6, 3))];
    for operation in AnyRowActivation::all() {
        for (name, shape) in shapes {
            let y = operation.to_vec(shape, x).unwrap();
            lines.add(name, operation.name(), &[], &y);
            lines.add(
                &format!("{name}_name"),
                format_args!("apply_rows {}", compact(&operation)),
                &[],
                &y,
            );
        }
        // As in every.c: a mask of one row, a length for each, causal.
        let (scale, mask) = (0.5, &value[..12]);
        let cases = [
            ("masked", mask, Lengths::All),
            ("lengths", &[][..], Lengths::PerRow(&[12, 5, 0])),
            (
                "causal",
                mask,
                Lengths::Causal {
                    queries: 3,
                    past: 1,
                },
            ),
        ];
        for (name, mask, lengths) in cases
            .into_iter()
            .filter(|_| !operation.parameter_names().is_empty())
        {
            let operation = rows::with(operation, scale, mask, lengths);
            let y = operation.to_vec(Rows::last(12), x).unwrap();
            lines.add(name, operation.name(), &[], &y);
        }
    }
}

#[test]
fn the_c_interface_has_to_return_what_this_one_does() {
    let (x, value) = (x(), value());
    let mut lines = Lines::default();
    lines.add("input", "x", &[], &x);
    lines.add("input", "value", &[], &value);
    elementwise(&mut lines, &x);
    gates(&mut lines, &x, &value);
    on_rows(&mut lines, &value);
    // How many lines there are after the inputs, that none is missed.
    let mut all = Lines::default();
    all.add(
        "lines",
        "none",
        &[(lines.0.lines().count() - 2) as f32],
        &[],
    );
    all.0 += &lines.0;
    let lines = all;
    if std::env::var_os("ACTIVATIONS_BLESS").is_some() {
        std::fs::write(FILE, lines.0).unwrap();
        return;
    }
    for (got, kept) in lines.0.lines().zip(KEPT.lines()) {
        assert_eq!(got, kept);
    }
    assert_eq!(lines.0, KEPT);
}
