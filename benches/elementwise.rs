//! Benches of every activation, on every instruction set of this CPU, out of place and in place.
//!
//! Ids look like `64Ki/avx2/relu/in_place`, so that `cargo bench -- avx2/relu/` picks a few.
//! Bytes are those of the input. Cases run one after the other, which on a shared machine is too
//! coarse for ratios of a few per cent: `cargo bench --bench ratios` interleaves them.

mod common;

use activations::{AnyActivation, Isa, LeakyRelu, Prelu, Relu};
use common::{Blocks, Variant, Work, applied, copied, prelu::SHAPES, store::stored};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput};
use std::time::Duration;

/// Elements of what fits the registers, the first-level, the second-level and no cache.
const SIZES: [(&str, usize); 4] = [
    ("16", 16),
    ("1Ki", 1 << 10),
    ("64Ki", 1 << 16),
    ("16Mi", 1 << 24),
];

/// From here on a single call takes milliseconds, and a few of them tell all.
const LARGE: usize = 1 << 20;

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
        group.bench("memcpy", Variant::OutOfPlace, &copied());
        for isa in Isa::available() {
            group.bench(&format!("{isa}/store"), Variant::InPlace, &stored(isa));
            for activation in AnyActivation::all() {
                let name = format!("{isa}/{}", activation.name());
                for variant in Variant::ALL {
                    let id = format!("{name}/{}", variant.name());
                    group.bench(&id, variant, &applied(activation, Some(isa)));
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
        let cases: [(&str, Work<'_>); 4] = [
            ("Relu", applied(Relu, None)),
            ("LeakyRelu", applied(LeakyRelu::default(), None)),
            ("Prelu", applied(Prelu::shared(0.25), None)),
            ("AnyActivation", applied(AnyActivation::Relu(Relu), None)),
        ];
        for (name, work) in &cases {
            group.bench(name, Variant::OutOfPlace, work);
        }
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
                    group.bench(&id, variant, &applied(prelu, Some(isa)));
                }
            }
        }
        group.finish();
    }
}

/// Benches of one length, on the same buffers.
struct Group<'a> {
    criterion: BenchmarkGroup<'a, WallTime>,
    len: usize,
    /// Made when a bench first runs: most groups have none where there is a filter.
    blocks: Option<Blocks>,
}

impl<'a> Group<'a> {
    fn new(criterion: &'a mut Criterion, name: &str, len: usize) -> Self {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::ElementsAndBytes {
            elements: len as u64,
            bytes: size_of::<f32>() as u64 * len as u64,
        });
        // There are hundreds of benches: half a second each.
        if len >= LARGE {
            group.sampling_mode(SamplingMode::Flat);
            group.sample_size(10);
            group.warm_up_time(Duration::from_millis(50));
        } else {
            group.sample_size(40);
            group.warm_up_time(Duration::from_millis(100));
        }
        group.measurement_time(Duration::from_millis(300));
        Self {
            criterion: group,
            len,
            blocks: None,
        }
    }

    fn bench(&mut self, id: &str, variant: Variant, work: &Work<'_>) {
        let (blocks, len) = (&mut self.blocks, self.len);
        self.criterion.bench_function(id, |bencher| {
            let blocks = blocks.get_or_insert_with(|| Blocks::new(len));
            bencher.iter_custom(|calls| work(blocks, variant, calls));
        });
    }

    fn finish(self) {
        self.criterion.finish();
    }
}

/// Whether criterion runs each bench once, to see that it runs; by the same rule.
fn only_tested() -> bool {
    let has = |flag| std::env::args().any(|arg| arg == flag);
    has("--test") || !has("--bench")
}
