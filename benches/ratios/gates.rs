//! Gates, and activations with a bias and a residual, against the activation alone.

use crate::common::arguments::Arguments;
use crate::common::gates::{Surroundings, fused as surrounded, gated, split};
use crate::common::rounds::Rounds;
use crate::common::{Variant, applied};
use crate::{BAR_ISA, id, ratio, table};
use activations::{AnyActivation, AnyGate, Gate, Layout, Order, Split};

/// Elements of the output.
const LEN: usize = 1 << 16;

/// Gates that have a bar, which is meant for one tensor and for two.
const GATES: [&str; 2] = ["swiglu(alpha=1)", "geglu"];
const GATE_BAR: f64 = 1.15;

/// How a gate and a value stand in one tensor.
const LAYOUTS: [(&str, Layout); 2] = [("halves", Layout::Halves), ("pairs", Layout::Pairs)];

/// Each gate against its activation on as many elements of output.
pub fn gates(arguments: &Arguments) {
    let mut rounds = Rounds::new("gate", LEN, 300, arguments);
    // The gates that have a name, and what stands for all others.
    let gates = || {
        AnyGate::all()
            .filter(|gate| gate.name() != "gated" || gate.to_string() == "gated(hardswish)")
    };
    for isa in arguments.isas() {
        for gate in gates() {
            let name = gate.to_string();
            for variant in Variant::ALL {
                let work = gated(gate, isa, LEN);
                rounds.add(id(isa, &name, variant), variant, work);
            }
            for (layout_name, layout) in LAYOUTS {
                let split_up = Split {
                    n: 1 << 12,
                    layout,
                    order: Order::GateFirst,
                };
                let work = split(gate, isa, split_up, LEN);
                let id = format!("{isa}/{name}/{layout_name}");
                rounds.add(id, Variant::OutOfPlace, work);
            }
            for variant in Variant::ALL {
                let alone = applied(gate.activation(), Some(isa));
                rounds.add_reference(&id(isa, &format!("{name} alone"), variant), variant, alone);
            }
        }
    }
    rounds.measure();
    let mut rows = Vec::new();
    for isa in arguments.isas() {
        for gate in gates() {
            let name = gate.to_string();
            let bar = (isa == BAR_ISA && GATES.contains(&name.as_str())).then_some(GATE_BAR);
            let alone = |variant| rounds.median(&id(isa, &format!("{name} alone"), variant));
            let mut cells = Vec::new();
            for variant in Variant::ALL {
                let median = rounds.median(&id(isa, &name, variant));
                cells.push((ratio(median, alone(variant)), bar));
            }
            for (layout, _) in LAYOUTS {
                let median = rounds.median(&format!("{isa}/{name}/{layout}"));
                cells.push((ratio(median, alone(Variant::OutOfPlace)), bar));
            }
            rows.push((format!("{name} {isa}"), cells));
        }
    }
    table(
        "# Gates: time as a share of that of the activation alone, 65,536 elements of output",
        "| | two tensors | in place | halves | pairs |",
        rows,
    );
}

/// Sizes by name, their elements and rounds, and whether the bar is meant for them.
const SIZES: [(&str, usize, usize, bool); 2] = [
    ("256KiB", 1 << 16, 300, false),
    ("64MiB", 1 << 24, 15, true),
];

/// A bias with the activation against the activation alone.
const BIAS_BAR: f64 = 1.05;

const ACTIVATIONS: [&str; 3] = ["relu", "silu", "gelu"];

/// What surrounds the activation, by name.
const SURROUNDINGS: [(&str, Surroundings); 5] = [
    (
        "bias_row",
        Surroundings {
            channels: 4096,
            inner: 1,
            skip: false,
            residual: false,
        },
    ),
    (
        "bias_nchw",
        Surroundings {
            channels: 64,
            inner: 1024,
            skip: false,
            residual: false,
        },
    ),
    (
        "bias_few",
        Surroundings {
            channels: 16,
            inner: 16,
            skip: false,
            residual: false,
        },
    ),
    (
        "residual",
        Surroundings {
            channels: 4096,
            inner: 1,
            skip: false,
            residual: true,
        },
    ),
    (
        "bias_nchw_and_skip",
        Surroundings {
            channels: 64,
            inner: 1024,
            skip: true,
            residual: false,
        },
    ),
];

/// An activation with what surrounds it against the activation alone.
pub fn fused(arguments: &Arguments) {
    for (size, len, count, has_bar) in SIZES {
        let mut rounds = Rounds::new(&format!("fused/{size}"), len, count, arguments);
        for isa in arguments.isas() {
            for name in ACTIVATIONS {
                let activation: AnyActivation = name.parse().expect("a name");
                for (what, surroundings) in SURROUNDINGS {
                    let work = surrounded(activation, isa, surroundings, len);
                    rounds.add(format!("{isa}/{name}/{what}"), Variant::OutOfPlace, work);
                }
                let alone = applied(activation, Some(isa));
                rounds.add_reference(&format!("{isa}/{name}"), Variant::OutOfPlace, alone);
            }
        }
        rounds.measure();
        let mut rows = Vec::new();
        for isa in arguments.isas() {
            for name in ACTIVATIONS {
                let alone = rounds.median(&format!("{isa}/{name}"));
                let cells = SURROUNDINGS.map(|(what, surroundings)| {
                    let median = rounds.median(&format!("{isa}/{name}/{what}"));
                    let has_bar =
                        has_bar && isa == BAR_ISA && !surroundings.skip && !surroundings.residual;
                    (ratio(median, alone), has_bar.then_some(BIAS_BAR))
                });
                rows.push((format!("{name} {isa}"), cells.to_vec()));
            }
        }
        table(
            &format!(
                "# Bias and residual: time as a share of that of the activation alone, {size}"
            ),
            "| | bias, rows of 4,096 | 64 channels of 1,024 | 16 channels of 16 | bias and residual, rows of 4,096 | 64 channels of 1,024 and a skip connection |",
            rows,
        );
    }
}
