//! Benches of every gate and of every activation with a bias and a residual, on every instruction set of
//! this CPU.
//!
//! Ids look like `gate/64Ki/avx2/swiglu(alpha=1)/pairs` and `fused/64Ki/avx2/relu/residual`. Bytes are
//! those of the output.

mod common;
#[path = "common/group.rs"]
mod group;

use activations::{AnyActivation, AnyGate, Biased, Isa, Layout, Order, Split};
use common::Variant;
use common::gates::{Surroundings, fused, gated, numbers, split};
use criterion::Criterion;
use group::{Group, LARGE, only_tested};

/// Elements of what fits the first-level, the second-level and no cache.
const SIZES: [(&str, usize); 3] = [("1Ki", 1 << 10), ("64Ki", 1 << 16), ("16Mi", 1 << 24)];

fn main() {
    let mut criterion = Criterion::default()
        .nresamples(10_000)
        .configure_from_args();
    for (label, len) in SIZES {
        if len >= LARGE && only_tested() {
            continue;
        }
        gates(&mut criterion, label, len);
        surrounded(&mut criterion, label, len);
    }
    criterion.final_summary();
}

fn gates(criterion: &mut Criterion, label: &str, len: usize) {
    let mut group = Group::new(criterion, &format!("gate/{label}"), len);
    for isa in Isa::available() {
        for gate in AnyGate::all() {
            for variant in Variant::ALL {
                let id = format!("{isa}/{gate}/{}", variant.name());
                group.bench(&id, variant, || gated(gate, isa, len));
            }
            if gate.name() != "gated" {
                let bias = numbers(len.min(1 << 12));
                let biased = Biased::new(gate).gate_bias(bias).value_bias(bias);
                let id = format!("{isa}/{gate}/biased");
                group.bench(&id, Variant::OutOfPlace, || gated(biased, isa, len));
            }
            for (name, layout) in [("halves", Layout::Halves), ("pairs", Layout::Pairs)] {
                let order = Order::GateFirst;
                let n = len.min(1 << 12);
                let id = format!("{isa}/{gate}/{name}");
                group.bench(&id, Variant::OutOfPlace, || {
                    split(gate, isa, Split { n, layout, order }, len)
                });
            }
        }
    }
    group.finish();
}

fn surrounded(criterion: &mut Criterion, label: &str, len: usize) {
    let mut group = Group::new(criterion, &format!("fused/{label}"), len);
    for isa in Isa::available() {
        for activation in AnyActivation::all() {
            for (name, skip, residual) in [
                ("bias", false, false),
                ("skip", true, false),
                ("residual", false, true),
            ] {
                let id = format!("{isa}/{}/{name}", activation.name());
                let surroundings = Surroundings {
                    channels: 256,
                    inner: 1,
                    skip,
                    residual,
                };
                group.bench(&id, Variant::OutOfPlace, || {
                    fused(activation, isa, surroundings, len)
                });
            }
        }
    }
    group.finish();
}
