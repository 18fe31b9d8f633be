//! Benches of every activation, on every instruction set of this CPU, out of place and in place.
//!
//! Ids look like `64Ki/avx2/relu/in_place`, so that `cargo bench -- avx2/relu/` picks a few.
//! Bytes are those of the input. Cases run one after the other, which on a shared machine is too
//! coarse for ratios of a few per cent: `cargo bench --bench ratios` interleaves them.

mod common;
#[path = "common/group.rs"]
mod group;

use activations::{AnyActivation, Isa, LeakyRelu, Prelu, Relu};
use common::{Variant, Work, applied, copied, prelu::SHAPES, store::stored};
use criterion::Criterion;
use group::{Group, LARGE, only_tested};

/// Elements of what fits the registers, the first-level, the second-level and no cache.
const SIZES: [(&str, usize); 4] = [
    ("16", 16),
    ("1Ki", 1 << 10),
    ("64Ki", 1 << 16),
    ("16Mi", 1 << 24),
];

/// Lengths around the vectors of all instruction sets.
const SHORT: [usize; 9] = [1, 2, 3, 4, 8, 12, 16, 24, 32];

fn main() {
    let mut criterion = Criterion::default()
        .nresamples(10_000)
        .configure_from_args();
    elementwise(&mut criterion);
    call_overhead(&mut criterion);
    prelu_channels(&mut criterion);
    criterion.final_summary();
}

fn elementwise(criterion: &mut Criterion) {
    for (label, len) in SIZES {
        if len >= LARGE && only_tested() {
            continue;
        }
        let mut group = Group::new(criterion, label, len);
        group.bench("memcpy", Variant::OutOfPlace, copied);
        for isa in Isa::available() {
            group.bench(&format!("{isa}/store"), Variant::InPlace, || stored(isa));
            for activation in AnyActivation::all() {
                let name = format!("{isa}/{}", activation.name());
                for variant in Variant::ALL {
                    let id = format!("{name}/{}", variant.name());
                    group.bench(&id, variant, || applied(activation, Some(isa)));
                }
            }
        }
        group.finish();
    }
}

/// What a call costs beside the work: the way a user calls, detection of the CPU included.
fn call_overhead(criterion: &mut Criterion) {
    for len in SHORT {
        let mut group = Group::new(criterion, &format!("call_overhead/{len}"), len);
        let mut bench = |name, work: fn() -> Work<'static>| {
            group.bench(name, Variant::OutOfPlace, work);
        };
        bench("Relu", || applied(Relu, None));
        bench("LeakyRelu", || applied(LeakyRelu::default(), None));
        bench("Prelu", || applied(Prelu::shared(0.25), None));
        bench("AnyActivation", || applied(AnyActivation::Relu(Relu), None));
        group.finish();
    }
}

/// A slope per channel next to one slope for as many elements.
fn prelu_channels(criterion: &mut Criterion) {
    for shape in SHAPES {
        let slopes = shape.slopes();
        let mut group = Group::new(criterion, &format!("prelu_channels/{shape}"), shape.len());
        for isa in Isa::available() {
            for variant in Variant::ALL {
                for (name, prelu) in [
                    ("shared", Prelu::default()),
                    ("per_channel", shape.prelu(&slopes)),
                ] {
                    let id = format!("{isa}/{name}/{}", variant.name());
                    group.bench(&id, variant, || applied(prelu, Some(isa)));
                }
            }
        }
        group.finish();
    }
}
