//! The buffers that are measured on, and the clock.

use crate::calls::{Call, Prepared};
use crate::inputs::inputs;
use aligned_vec::{AVec, ConstAlign};
use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// Elements that small blocks add up to. Input and output together stay in a first-level cache
/// of 32 KiB, and a pass takes long enough for the clock.
const PASS: usize = 4096;

/// A buffer that starts a page: how two buffers lie to each other modulo a page changes the time of
/// `memcpy` by a fifth; left to the allocator, no two runs would agree.
type Buffer = AVec<f32, ConstAlign<4096>>;

/// Blocks of input, and as many that are written: the same ones for all libraries.
pub struct Blocks {
    original: Buffer,
    work: Buffer,
    block: usize,
}

impl Blocks {
    /// Blocks of `block` elements each: one, or as many as make a pass.
    pub fn new(block: usize) -> Self {
        let original = Buffer::from_iter(0, inputs().take(block * (PASS / block).max(1)));
        Self {
            // A copy, and not zeros: the pages are there before the first call.
            work: original.clone(),
            original,
            block,
        }
    }

    /// How many elements a block has.
    pub fn elements(&self) -> usize {
        self.block
    }

    /// What `call` wants to have before the clock starts.
    pub fn prepare(&self, call: &Call) -> Vec<Prepared> {
        self.original
            .chunks_exact(self.block)
            .map(|block| call.prepare(block))
            .collect()
    }

    /// Nanoseconds that a call on one block takes, from a pass over all of them.
    ///
    /// In place, the blocks get their original values back before the pass, while the clock stands:
    /// a function that is applied again and again drives them to its fixed points or into the
    /// subnormal numbers, and the time with them.
    pub fn time(&mut self, call: &Call, prepared: &[Prepared]) -> f64 {
        let block = self.block;
        let time = match call {
            Call::OutOfPlace(apply) => {
                let work = self.work.chunks_exact_mut(block);
                let pairs = self.original.chunks_exact(block).zip(work);
                stopwatch(|| pairs.for_each(|(x, y)| apply(black_box(x), black_box(y))))
            }
            Call::InPlace(apply) => {
                self.work.copy_from_slice(&self.original);
                let work = self.work.chunks_exact_mut(block);
                stopwatch(|| work.for_each(|x| apply(black_box(x))))
            }
            Call::Tensor(apply) => stopwatch(|| {
                for tensor in prepared.iter().flatten() {
                    drop(black_box(apply(black_box(tensor))));
                }
            }),
        };
        time.as_secs_f64() * 1e9 / (self.original.len() / block) as f64
    }
}

/// How long `work` takes, less what reading the clock takes.
fn stopwatch(work: impl FnOnce()) -> Duration {
    static READING: LazyLock<Duration> = LazyLock::new(|| {
        let mut readings: Vec<Duration> = (0..10_001).map(|_| Instant::now().elapsed()).collect();
        readings.sort();
        readings[readings.len() / 2]
    });
    let reading = *READING;
    clear_upper_halves();
    let start = Instant::now();
    work();
    // No call takes no time, and ratios want none that does.
    (start.elapsed().saturating_sub(reading)).max(Duration::from_nanos(1))
}

/// Some libraries leave the upper halves of the vector registers in use, and what is compiled for
/// SSE then takes many times as long, whoever it belongs to.
fn clear_upper_halves() {
    if is_x86_feature_detected!("avx") {
        // SAFETY: the CPU has AVX, as was just seen.
        unsafe { std::arch::x86_64::_mm256_zeroupper() };
    }
}
