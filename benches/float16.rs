//! 16-bit elements next to f32, in one interleaved run: `cargo bench --features half --bench float16`.
//!
//! Each activation, gate, fused call and operation on rows gets as many numbers of each type. A time is compared with
//! that of f32, and with what a copy of as many bytes takes; the last column is what a table of all 65,536 results
//! would take, which is what other libraries do.
//!
//! ```text
//! cargo bench --features half --bench float16 -- [--isa ISA] [--in-place] [--large] [--quick] [FILTER..]
//!     --large    16 Mi elements, and not 64 Ki
//!     FILTER     a part of an id, as in: avx2/gelu/    relu
//! ```

mod common;

use activations::{
    Activation, AnyActivation, AnyGate, AnyRowActivation, Float, Fused, Gate, Gelu, Isa, Relu,
    RowActivation, Rows, Silu,
};
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
        for call in Call::all() {
            let id = format!("{isa}/{}/", call.name());
            if arguments.want(&id) {
                let times = tensors.medians(&call, isa, arguments.variant(), rounds);
                println!("{}", line(&id, &times, len));
                measured += 1;
            }
        }
    }
    println!("float16: {measured} calls, of {len} elements");
}

/// Elements in a row.
const ROW: usize = 1000;

/// What is measured.
enum Call {
    Activation(AnyActivation<'static>),
    Gate(AnyGate<'static>),
    /// An activation with a bias for each channel of a row, and a residual.
    Fused(AnyActivation<'static>),
    Rows(AnyRowActivation<'static>),
}

impl Call {
    /// All activations, gates and operations on rows, and some fused calls.
    fn all() -> impl Iterator<Item = Self> {
        let gates = AnyGate::all().filter(|gate| gate.name() != "gated");
        let fused = [Relu.into(), Silu.into(), Gelu.into()];
        AnyActivation::all()
            .map(Self::Activation)
            .chain(gates.map(Self::Gate))
            .chain(fused.map(Self::Fused))
            .chain(AnyRowActivation::all().map(Self::Rows))
    }

    fn name(&self) -> String {
        match self {
            Self::Activation(activation) => activation.name().to_owned(),
            Self::Gate(gate) => gate.name().to_owned(),
            Self::Fused(activation) => format!("fused_{}", activation.name()),
            Self::Rows(operation) => format!("{}_{ROW}", operation.name()),
        }
    }

    /// Calls it on `isa` with the elements of `tensors`, of which the last is written; in place, the numbers are copied there
    /// before, which takes as long for all.
    fn call<T: Float>(&self, isa: Isa, variant: Variant, tensors: &mut [Buffer<T>; 3])
    where
        AnyActivation<'static>: Activation<T>,
        for<'a> Fused<'a, AnyActivation<'static>>: Activation<T>,
    {
        let [x, value, y] = tensors;
        let whole = x.len() / ROW * ROW;
        let (x, value, y) = (&x[..whole], &value[..whole], &mut y[..whole]);
        if variant == Variant::InPlace {
            y.copy_from_slice(x);
        }
        match (self, variant) {
            (Self::Activation(activation), Variant::OutOfPlace) => activation.apply_on(isa, x, y),
            (Self::Activation(activation), Variant::InPlace) => {
                activation.apply_in_place_on(isa, y)
            }
            (Self::Gate(gate), Variant::OutOfPlace) => gate.apply_on(isa, x, value, y),
            (Self::Gate(gate), Variant::InPlace) => gate.apply_in_place_on(isa, y, value),
            (Self::Fused(activation), variant) => {
                let fused = Fused::new(*activation).bias(&value[..ROW], 1);
                let fused = fused.map(|fused| fused.residual(value));
                fused.and_then(|fused| match variant {
                    Variant::OutOfPlace => fused.apply_on(isa, x, y),
                    Variant::InPlace => fused.apply_in_place_on(isa, y),
                })
            }
            (Self::Rows(operation), Variant::OutOfPlace) => {
                operation.apply_on(isa, Rows::last(ROW), x, y)
            }
            (Self::Rows(operation), Variant::InPlace) => {
                operation.apply_in_place_on(isa, Rows::last(ROW), y)
            }
        }
        .expect("lengths and parameters are right");
        black_box(y);
    }
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
    f32: [Buffer<f32>; 3],
    f16: [Buffer<f16>; 3],
    bf16: [Buffer<bf16>; 3],
    table: Vec<u16>,
}

impl Tensors {
    fn new(len: usize) -> Self {
        let x: Vec<f32> = bits()
            .take(len)
            .map(|bits| (bits as f32 / u32::MAX as f32 * 2.0 - 1.0) * RANGE)
            .collect();
        fn three<T: Copy>(x: &[f32], convert: fn(f32) -> T) -> [Buffer<T>; 3] {
            let buffer = || Buffer::from_iter(0, x.iter().map(|&x| convert(x)));
            [buffer(), buffer(), buffer()]
        }
        Self {
            f32: three(&x, |x| x),
            f16: three(&x, f16::from_f32),
            bf16: three(&x, bf16::from_f32),
            table: (0..=u16::MAX).map(|bits| bits.rotate_left(3)).collect(),
        }
    }

    fn medians(&mut self, call: &Call, isa: Isa, variant: Variant, rounds: usize) -> Times {
        let mut samples: [Vec<f64>; 5] = Default::default();
        for _ in 0..rounds {
            // What follows another type's buffers finds the caches as that left them: the first call is not timed.
            samples[0].push(second(|| call.call(isa, variant, &mut self.f32)));
            samples[1].push(second(|| call.call(isa, variant, &mut self.f16)));
            let [x, _, y] = &mut self.f16;
            samples[3].push(second(|| y.copy_from_slice(x)));
            let table = &self.table;
            samples[4].push(second(|| {
                for (x, y) in x.iter().zip(y.iter_mut()) {
                    *y = f16::from_bits(table[usize::from(x.to_bits())]);
                }
            }));
            samples[2].push(second(|| call.call(isa, variant, &mut self.bf16)));
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
