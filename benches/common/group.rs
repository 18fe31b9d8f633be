//! How the criterion benches run theirs.

use crate::common::{Blocks, Variant, Work};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput};
use std::time::Duration;

/// From here on a single call takes milliseconds, and a few of them tell all.
pub const LARGE: usize = 1 << 20;

/// Benches of one length, on the same buffers.
pub struct Group<'a> {
    criterion: BenchmarkGroup<'a, WallTime>,
    len: usize,
    /// Made when a bench first runs: most groups have none where there is a filter.
    blocks: Option<Blocks>,
}

impl<'a> Group<'a> {
    pub fn new(criterion: &'a mut Criterion, name: &str, len: usize) -> Self {
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

    /// Adds a bench; its work is made only where no filter skips it.
    pub fn bench<'w>(&mut self, id: &str, variant: Variant, work: impl Fn() -> Work<'w>) {
        let (blocks, len) = (&mut self.blocks, self.len);
        self.criterion.bench_function(id, |bencher| {
            let work = work();
            let blocks = blocks.get_or_insert_with(|| Blocks::new(len));
            bencher.iter_custom(|calls| work(blocks, variant, calls));
        });
    }

    pub fn finish(self) {
        self.criterion.finish();
    }
}

/// Whether criterion runs each bench once, to see that it runs; by the same rule.
pub fn only_tested() -> bool {
    let has = |flag| std::env::args().any(|arg| arg == flag);
    has("--test") || !has("--bench")
}
