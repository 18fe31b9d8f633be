//! 16-bit elements next to f32, in one interleaved run: `cargo bench --features half --bench float16`.
//!
//! Each activation gets as many numbers of each type. A time is compared with that of f32, and with what a copy of as many
//! bytes takes; the last column is what a table of all 65,536 results would take, which is what other libraries do.
//!
//! ```text
//! cargo bench --features half --bench float16 -- [--isa ISA] [--in-place] [--large] [--quick] [FILTER..]
//!     --large    16 Mi elements, and not 64 Ki
//!     FILTER     a part of an id, as in: avx2/gelu/    relu
//! ```

mod common;

use activations::{Activation, AnyActivation, Isa};
use aligned_vec::{AVec, ConstAlign};
use common::arguments::{Arguments, Extent};
use common::{Variant, bits};
use half::{bf16, f16};
use std::hint::black_box;
use std::time::Instant;

const LEN: usize = 1 << 16;
const LARGE: usize = 1 << 24;

/// The numbers are in -6..6, where most inputs are.
const RANGE: f32 = 6.0;

fn main() {
    let arguments = Arguments::of_this_program();
    let (len, rounds) = match (arguments.extent(), arguments.has("--large")) {
        (Extent::Trial, _) => (1000, 1),
        (_, true) => (LARGE, 9),
        (Extent::Quick, false) => (LEN, 25),
        (Extent::Whole, false) => (LEN, 201),
    };
    let mut tensors = Tensors::new(len);
    let mut measured = 0;
    println!("{HEAD}");
    for isa in arguments.isas() {
        for activation in AnyActivation::all() {
            let id = format!("{isa}/{}/", activation.name());
            if arguments.want(&id) {
                let times = tensors.medians(&activation, isa, arguments.variant(), rounds);
                println!("{}", line(&id, &times, len));
                measured += 1;
            }
        }
    }
    println!("float16: {measured} activations, of {len} elements");
}

const HEAD: &str = "                          ns/element: f32     f16    bf16   | f16/f32 bf16/f32 | x memcpy: f16    bf16   table";

/// The median times of a round, in nanoseconds.
#[derive(Default)]
struct Times {
    f32: f64,
    f16: f64,
    bf16: f64,
    copy: f64,
    table: f64,
}

fn line(id: &str, times: &Times, len: usize) -> String {
    let of_element = |time: f64| time / len as f64;
    format!(
        "{id:30}{:>9.4}{:>8.4}{:>8.4}   |{:>8.2}{:>9.2} |{:>14.2}{:>8.2}{:>8.2}",
        of_element(times.f32),
        of_element(times.f16),
        of_element(times.bf16),
        times.f16 / times.f32,
        times.bf16 / times.f32,
        times.f16 / times.copy,
        times.bf16 / times.copy,
        times.table / times.copy,
    )
}

type Buffer<T> = AVec<T, ConstAlign<4096>>;

/// The same numbers in each type, and room for results.
struct Tensors {
    f32: [Buffer<f32>; 2],
    f16: [Buffer<f16>; 2],
    bf16: [Buffer<bf16>; 2],
    table: Vec<u16>,
}

impl Tensors {
    fn new(len: usize) -> Self {
        let x: Vec<f32> = bits()
            .take(len)
            .map(|bits| (bits as f32 / u32::MAX as f32 * 2.0 - 1.0) * RANGE)
            .collect();
        fn both<T: Copy>(x: &[f32], convert: fn(f32) -> T) -> [Buffer<T>; 2] {
            let buffer = || Buffer::from_iter(0, x.iter().map(|&x| convert(x)));
            [buffer(), buffer()]
        }
        Self {
            f32: both(&x, |x| x),
            f16: both(&x, f16::from_f32),
            bf16: both(&x, bf16::from_f32),
            table: (0..=u16::MAX).map(|bits| bits.rotate_left(3)).collect(),
        }
    }

    fn medians(
        &mut self,
        activation: &AnyActivation<'_>,
        isa: Isa,
        variant: Variant,
        rounds: usize,
    ) -> Times {
        let mut samples: [Vec<f64>; 5] = Default::default();
        for _ in 0..rounds {
            // What follows another type's buffers finds the caches as that left them: the first call is not timed.
            let [x, y] = &mut self.f32;
            samples[0].push(second(|| apply(activation, isa, variant, x, y)));
            let [x, y] = &mut self.f16;
            samples[1].push(second(|| apply(activation, isa, variant, x, y)));
            samples[3].push(second(|| y.copy_from_slice(x)));
            let table = &self.table;
            samples[4].push(second(|| {
                for (x, y) in x.iter().zip(y.iter_mut()) {
                    *y = f16::from_bits(table[usize::from(x.to_bits())]);
                }
            }));
            let [x, y] = &mut self.bf16;
            samples[2].push(second(|| apply(activation, isa, variant, x, y)));
        }
        let [f32, f16, bf16, copy, table] = samples.map(|mut samples| {
            samples.sort_by(f64::total_cmp);
            samples[samples.len() / 2]
        });
        Times {
            f32,
            f16,
            bf16,
            copy,
            table,
        }
    }
}

/// Nanoseconds of the second call.
fn second(mut call: impl FnMut()) -> f64 {
    call();
    let start = Instant::now();
    call();
    start.elapsed().as_secs_f64() * 1e9
}

/// One call; in place, the numbers are copied before it, which takes as long for all.
fn apply<T>(
    activation: &AnyActivation<'_>,
    isa: Isa,
    variant: Variant,
    x: &Buffer<T>,
    y: &mut Buffer<T>,
) where
    T: activations::Element,
    for<'a> AnyActivation<'a>: Activation<T>,
{
    let result = match variant {
        Variant::OutOfPlace => black_box(activation).apply_on(isa, x, y),
        Variant::InPlace => {
            y.copy_from_slice(x);
            black_box(activation).apply_in_place_on(isa, y)
        }
    };
    result.unwrap_or_else(|error| panic!("{activation} on {isa}: {error}"));
}
