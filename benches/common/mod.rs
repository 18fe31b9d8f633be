//! What the bench programs run, and the buffers they run it on.

// Each of them uses a part of this.
#![allow(dead_code)]

pub mod arguments;
pub mod gates;
pub mod number;
#[cfg(feature = "parallel")]
pub mod parallel;
pub mod prelu;
pub mod rounds;
pub mod rows;
pub mod store;

use activations::{Activation, Error, Isa};
use aligned_vec::{AVec, ConstAlign};
use number::Number;
use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// Where a call writes its results.
#[derive(Clone, Copy, PartialEq)]
pub enum Variant {
    /// Into a second buffer.
    OutOfPlace,
    /// Over its input.
    InPlace,
}

impl Variant {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::OutOfPlace, Self::InPlace];

    /// As it stands in the ids of benches.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OutOfPlace => "out_of_place",
            Self::InPlace => "in_place",
        }
    }
}

/// A call to be timed: so many times in a row, over blocks of the given buffers.
pub type Work<'a, T = f32> = Box<dyn Fn(&mut Blocks<T>, Variant, u64) -> Duration + 'a>;

/// `activation` on `isa`, or by [`Activation::apply`], detection included.
pub fn applied<'a, T: Number, A: Activation<T> + 'a>(
    activation: A,
    isa: Option<Isa>,
) -> Work<'a, T> {
    Box::new(move |blocks, variant, calls| {
        // The compiler may not know the parameters, else it would check them once for all calls.
        let activation = || black_box(&activation);
        match isa {
            Some(isa) => blocks.time(
                variant,
                calls,
                |x, y| activation().apply_on(isa, x, y),
                |x| activation().apply_in_place_on(isa, x),
            ),
            None => blocks.time(
                variant,
                calls,
                |x, y| activation().apply(x, y),
                |x| activation().apply_in_place(x),
            ),
        }
    })
}

/// The C library's `memcpy`; out of place alone makes sense.
pub fn copied<T: Number>() -> Work<'static, T> {
    Box::new(|blocks, variant, calls| {
        let copy = |x: &[T], y: &mut [T]| {
            y.copy_from_slice(x);
            Ok(())
        };
        blocks.time(variant, calls, copy, |_| Ok(()))
    })
}

/// Bytes of a cache line; each block starts one.
const LINE: usize = 64;

/// Elements that small blocks add up to. Input and output together stay in a first-level cache
/// of 32 KiB, and a pass takes long enough for the clock.
const PASS: usize = 4096;

/// A buffer that starts a page. How two buffers lie to each other modulo a page changes the time of
/// `memcpy` by a fifth, and that of the kernels less; left to the allocator, no two runs would agree.
type Buffer<T = f32> = AVec<T, ConstAlign<4096>>;

/// Blocks of input, and as many that are written.
pub struct Blocks<T = f32> {
    original: Buffer<T>,
    work: Buffer<T>,
    block: usize,
    stride: usize,
}

impl<T: Number> Blocks<T> {
    /// Blocks of `block` elements each: one, or as many as make a pass.
    pub fn new(block: usize) -> Self {
        let stride = block.next_multiple_of(LINE / size_of::<T>());
        let len = stride * (PASS / stride).max(1);
        let original = Buffer::from_iter(0, inputs().take(len).map(T::from_f32));
        Self {
            // A copy, and not zeros: the pages are there before the first call.
            work: original.clone(),
            original,
            block,
            stride,
        }
    }

    /// Gives the blocks other inputs, as many as there are elements.
    pub fn refill(&mut self, inputs: impl Iterator<Item = f32>) {
        for (to, x) in self.original.iter_mut().zip(inputs) {
            *to = T::from_f32(x);
        }
    }

    /// How many blocks there are.
    pub fn count(&self) -> u64 {
        (self.original.len() / self.stride) as u64
    }

    /// How long `calls` calls take, over one block after the other.
    ///
    /// In place, the blocks get their original values back before each pass, while the clock
    /// stands: an activation that is applied again and again drives them to its fixed points or
    /// into the subnormal numbers, and the time with them.
    pub fn time(
        &mut self,
        variant: Variant,
        calls: u64,
        mut out_of_place: impl FnMut(&[T], &mut [T]) -> Result<(), Error>,
        mut in_place: impl FnMut(&mut [T]) -> Result<(), Error>,
    ) -> Duration {
        let refused = "default parameters and whole blocks are never refused";
        let (block, stride) = (self.block, self.stride);
        let mut total = Duration::ZERO;
        let mut left = calls as usize;
        while left > 0 {
            let blocks = left.min(self.count() as usize);
            let original = self.original.chunks_exact(stride);
            let pairs = original
                .zip(self.work.chunks_exact_mut(stride))
                .take(blocks);
            match variant {
                Variant::OutOfPlace => {
                    total += stopwatch(|| {
                        for (x, y) in pairs {
                            out_of_place(black_box(&x[..block]), black_box(&mut y[..block]))
                                .expect(refused);
                        }
                    });
                }
                Variant::InPlace => {
                    self.work.copy_from_slice(&self.original);
                    let work = self.work.chunks_exact_mut(stride).take(blocks);
                    total += stopwatch(|| {
                        for x in work {
                            in_place(black_box(&mut x[..block])).expect(refused);
                        }
                    });
                }
            }
            left -= blocks;
        }
        // Criterion takes a time of 0 for a mistake.
        total.max(Duration::from_nanos(1))
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
    let start = Instant::now();
    work();
    start.elapsed().saturating_sub(reading)
}

/// Numbers in -8..8 without a pattern that a branch predictor could learn: they reach every piece
/// of the piecewise-linear activations.
fn inputs() -> impl Iterator<Item = f32> {
    bits().map(|bits| bits.cast_signed() as f32 / (1u32 << 28) as f32)
}

/// Random numbers, the same on each call: Marsaglia's xorshift.
pub fn bits() -> impl Iterator<Item = u32> {
    let mut state = 1u32;
    core::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    })
}
