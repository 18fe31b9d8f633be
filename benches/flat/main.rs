//! Whether any inputs are slow: `cargo bench --bench flat`.
//!
//! On many CPUs an instruction that gets or makes a subnormal number takes a hundred times as long as another. A kernel
//! must never do that for long. Each operation gets inputs of all kinds in turn, and the medians are compared with that
//! for typical ones, -6..6.
//!
//! ```text
//! cargo bench --bench flat -- [--isa ISA] [--dtype TYPE] [--in-place] [--typical] [--ns] [--quick] [--check] [FILTER..]
//!     --dtype    the activations of f16 or bf16, with cargo's --features half
//!     --typical  typical inputs alone
//!     --ns       nanoseconds, and not shares of the time that typical inputs take
//!     --check    exit code 1 where a kind of inputs is above its bar
//!     FILTER     a part of an id: avx2/gelu/    avx512/swiglu    softmax/1024/
//! ```

#[path = "../common/mod.rs"]
mod common;
mod kinds;
mod operations;

use activations::Isa;
use common::arguments::{Arguments, Extent};
use common::number::{Dtype, Number};
use common::{Blocks, Variant, Work, bits, copied};
use kinds::Kind;
use operations::{LEN, Operation};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Elements of a row.
const AXES: [usize; 2] = [1024, 128];

const WARM_UP: Duration = Duration::from_millis(200);

/// Rounds of a quick run.
const QUICK: usize = 7;

/// Figures in a table, and what is in front of them.
const CELL: usize = 10;
const NAME: usize = 30;

fn main() -> ExitCode {
    let arguments = Arguments::of_this_program();
    match arguments.dtype() {
        Dtype::F32 => all(&arguments),
        #[cfg(feature = "half")]
        Dtype::F16 => elementwise::<half::f16>(&arguments),
        #[cfg(feature = "half")]
        Dtype::Bf16 => elementwise::<half::bf16>(&arguments),
    }
}

/// The operations of f32.
fn all(arguments: &Arguments) -> ExitCode {
    let mut bench = Bench::new(arguments);
    let kinds = kinds::of_elements::<f32>();
    for isa in arguments.isas() {
        let gates = operations::gates(isa, bench.variant);
        let operations = operations::activations(isa).chain(gates);
        bench.table(isa, "", &kinds, operations);
    }
    for axis in AXES {
        let kinds = kinds::of_rows(axis);
        for isa in arguments.isas() {
            let operations = operations::rows(isa, axis);
            bench.table(isa, &format!("{axis}/"), &kinds, operations);
        }
    }
    bench.verdict()
}

/// The activations of a 16-bit type.
#[cfg(feature = "half")]
fn elementwise<T: Number>(arguments: &Arguments) -> ExitCode {
    let mut bench = Bench::<T>::new(arguments);
    let kinds = kinds::of_elements::<T>();
    for isa in arguments.isas() {
        let rest = format!("{}/", T::NAME);
        bench.table(isa, &rest, &kinds, operations::activations(isa));
    }
    bench.verdict()
}

struct Bench<'a, T> {
    arguments: &'a Arguments,
    variant: Variant,
    rounds: usize,
    blocks: Blocks<T>,
    memcpy: Work<'static, T>,
    /// What is above its bar, a line each.
    missed: Vec<String>,
    measured: usize,
}

impl<'a, T: Number> Bench<'a, T> {
    fn new(arguments: &'a Arguments) -> Self {
        Self {
            arguments,
            variant: arguments.variant(),
            rounds: match arguments.extent() {
                Extent::Trial => 1,
                Extent::Quick => QUICK,
                Extent::Whole => 31,
            },
            blocks: Blocks::new(LEN),
            memcpy: copied(),
            missed: Vec::new(),
            measured: 0,
        }
    }

    /// Times the operations that were asked for, those of one instruction set; each is a line. `rest` is what follows in
    /// their ids.
    fn table(
        &mut self,
        isa: Isa,
        rest: &str,
        kinds: &[Kind],
        operations: impl Iterator<Item = Operation<T>>,
    ) {
        let kinds = match self.arguments.has("--typical") {
            true => &kinds[..1],
            false => kinds,
        };
        // A call of scalar code takes long enough to be timed well.
        let rounds = match isa {
            Isa::Scalar => self.rounds.min(QUICK),
            _ => self.rounds,
        };
        let id = |operation: &Operation<T>| format!("{isa}/{}/{rest}", operation.name);
        let wanted = operations.filter(|operation| self.arguments.want(&id(operation)));
        let wanted: Vec<Operation<T>> = wanted.collect();
        if wanted.is_empty() {
            return;
        }
        self.print(|| head(kinds));
        for operation in wanted {
            let id = id(&operation);
            if self.measured == 0 {
                self.warm_up(&operation);
            }
            let (memcpy, times) = self.medians(&operation, kinds, rounds);
            let typical = times[0];
            let mut line = format!(
                "{id:NAME$}{:>CELL$.2}{:>CELL$.2}",
                typical / 1e3,
                typical / memcpy
            );
            for (kind, time) in kinds.iter().zip(times).skip(1) {
                let (ratio, bar) = (time / typical, operation.bar(kind));
                let mark = if ratio > bar { "!" } else { " " };
                line += &match self.arguments.has("--ns") {
                    true => format!("{time:>CELL$.0}{mark}"),
                    false => format!("{ratio:>CELL$.2}{mark}"),
                };
                if ratio > bar {
                    let missed = format!("{id} {}: {ratio:.2} > {bar}", kind.name);
                    self.missed.push(missed);
                }
            }
            self.print(|| line);
            self.measured += 1;
        }
    }

    /// Until the CPU is at its clock rate: the first figures would be wrong by a fifth.
    fn warm_up(&mut self, operation: &Operation<T>) {
        let start = Instant::now();
        while self.arguments.extent() != Extent::Trial && start.elapsed() < WARM_UP {
            (operation.work)(&mut self.blocks, self.variant, 1);
        }
    }

    /// The median times of `memcpy` and of all kinds of inputs, in nanoseconds; they take turns.
    fn medians(
        &mut self,
        operation: &Operation<T>,
        kinds: &[Kind],
        rounds: usize,
    ) -> (f64, Vec<f64>) {
        let sign = if operation.is_mirrored { -1.0 } else { 1.0 };
        let mut samples = vec![Vec::with_capacity(rounds); kinds.len()];
        let mut memcpy = Vec::with_capacity(rounds);
        let mut random = bits();
        for _ in 0..rounds {
            for (kind, samples) in kinds.iter().zip(&mut samples) {
                // The first call is not timed: it is there for the caches. The second one gets other numbers, so that no
                // branch comes as it did.
                let mut time = || {
                    let numbers = kind.numbers(random.next().unwrap_or(0));
                    self.blocks.refill(numbers.map(|x| sign * x));
                    (operation.work)(&mut self.blocks, self.variant, 1)
                };
                time();
                samples.push(time().as_secs_f64() * 1e9);
            }
            let mut copy = || (self.memcpy)(&mut self.blocks, Variant::OutOfPlace, 1);
            copy();
            memcpy.push(copy().as_secs_f64() * 1e9);
        }
        (median(memcpy), samples.into_iter().map(median).collect())
    }

    /// A trial run has no figures.
    fn print(&self, line: impl FnOnce() -> String) {
        if self.arguments.extent() != Extent::Trial {
            println!("{}", line());
        }
    }

    /// Lists what is above its bar.
    fn verdict(self) -> ExitCode {
        if self.arguments.extent() == Extent::Trial {
            println!("flat: {} operations run", self.measured);
            return ExitCode::SUCCESS;
        }
        println!("\nAbove their bars: {}", self.missed.len());
        for missed in &self.missed {
            println!("    {missed}");
        }
        ExitCode::from(u8::from(
            self.arguments.has("--check") && !self.missed.is_empty(),
        ))
    }
}

fn head(kinds: &[Kind]) -> String {
    let mut head = format!("\n{:NAME$}{:>CELL$}{:>CELL$}", "", "typical/us", "x memcpy");
    for kind in kinds.iter().skip(1) {
        head += &format!("{:>CELL$} ", kind.name);
    }
    head
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}
