//! Gates, and activations with a bias and a residual: the bits of their steps, and how fast.

use crate::args::Scope;
use crate::failure::Failure;
use crate::table::{Column, Table};
use crate::timing;
use crate::units;
use activations::{
    Activation, AnyActivation, AnyGate, Error, Fused, Gate, GateLimits, Gated, Isa, Layout, Order,
    Split,
};
use std::fmt;
use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};

pub const EXPLANATION: &str = "\
bits: whether the results are bit for bit those of the steps one by one. Times are those of one call for
65,536 results, and their share of what the activation alone takes for as many.";

pub const TITLE: &str = "Gates, bias and residual in one pass";

/// Results of a call.
const LEN: usize = 1 << 16;

/// Elements of a row: of a gate in a tensor that holds both, and of a bias.
const ROW: usize = 1 << 10;

/// What is called.
#[derive(Clone, Copy)]
enum Call {
    TwoTensors(AnyGate<'static>),
    Split(AnyGate<'static>, Layout),
    Bias(AnyActivation<'static>),
    Residual(AnyActivation<'static>),
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TwoTensors(gate) => write!(f, "{gate}"),
            Self::Split(gate, Layout::Halves) => write!(f, "{gate}, halves of a tensor"),
            Self::Split(gate, Layout::Pairs) => write!(f, "{gate}, pairs"),
            Self::Bias(activation) => write!(f, "{activation} after a bias"),
            Self::Residual(activation) => write!(f, "{activation} after a bias, and a residual"),
        }
    }
}

/// What the calls work on.
struct Tensors {
    x: Vec<f32>,
    other: Vec<f32>,
    halves: Vec<f32>,
    pairs: Vec<f32>,
    /// Small, so that sums stay in the range of the inputs: far from 0, results are subnormal, and
    /// take longer.
    bias: Vec<f32>,
}

impl Tensors {
    fn new() -> Self {
        let numbers: Vec<f32> = timing::noise().take(2 * LEN).collect();
        let (x, other) = numbers.split_at(LEN);
        let join = |row: usize| {
            let rows = x.chunks(row).zip(other.chunks(row));
            rows.flat_map(|(x, other)| [x, other].concat()).collect()
        };
        Self {
            x: x.to_vec(),
            other: other.to_vec(),
            halves: join(ROW),
            pairs: join(1),
            bias: other[..ROW].iter().map(|x| x / 16.0).collect(),
        }
    }
}

impl Call {
    fn activation(self) -> AnyActivation<'static> {
        match self {
            Self::TwoTensors(gate) | Self::Split(gate, _) => gate.activation(),
            Self::Bias(activation) | Self::Residual(activation) => activation,
        }
    }

    fn limits(self) -> GateLimits {
        match self {
            Self::TwoTensors(gate) | Self::Split(gate, _) => gate.limits(),
            Self::Bias(_) | Self::Residual(_) => GateLimits::NONE,
        }
    }

    fn run(self, isa: Isa, tensors: &Tensors, y: &mut [f32]) -> Result<(), Error> {
        let Tensors { x, other, .. } = tensors;
        let fused = |activation| Fused::new(activation).bias(&tensors.bias, 1);
        match self {
            Self::TwoTensors(gate) => gate.apply_on(isa, x, other, y),
            Self::Split(gate, layout) => {
                let split = Split {
                    n: ROW,
                    layout,
                    order: Order::GateFirst,
                };
                let both = match layout {
                    Layout::Halves => &tensors.halves,
                    Layout::Pairs => &tensors.pairs,
                };
                gate.apply_split_on(isa, split, both, y)
            }
            Self::Bias(activation) => fused(activation)?.apply_on(isa, x, y),
            Self::Residual(activation) => fused(activation)?.residual(other).apply_on(isa, x, y),
        }
    }

    /// The same, a step at a time.
    fn steps(self, isa: Isa, tensors: &Tensors) -> Result<Vec<f32>, Error> {
        let Tensors { x, other, .. } = tensors;
        let biased = matches!(self, Self::Bias(_) | Self::Residual(_));
        let bias = tensors.bias.iter().cycle();
        let mut y: Vec<f32> = x
            .iter()
            .zip(bias)
            .map(|(x, bias)| if biased { x + bias } else { *x })
            .collect();
        let limits = self.limits();
        y.iter_mut().for_each(|y| *y = at_most(*y, limits.gate));
        self.activation().apply_in_place_on(isa, &mut y)?;
        for (y, other) in y.iter_mut().zip(other) {
            match self {
                Self::TwoTensors(_) | Self::Split(..) => {
                    let value = other.clamp(-limits.value, limits.value);
                    *y = at_most(*y, limits.activated) * (value + limits.offset);
                }
                Self::Bias(_) => {}
                Self::Residual(_) => *y += other,
            }
        }
        Ok(y)
    }
}

/// `x`, but no more than `high`.
fn at_most(x: f32, high: f32) -> f32 {
    if x > high { high } else { x }
}

/// One call on one instruction set.
struct Entry {
    call: Call,
    isa: Isa,
    right: bool,
    /// Nanoseconds of the call and of the activation alone, a pair a round.
    times: Vec<[f64; 2]>,
}

/// All that was measured.
pub struct Composed {
    entries: Vec<Entry>,
}

/// Checks and times all that is in the scope.
pub fn measure(scope: &Scope) -> Result<Composed, Failure> {
    let tensors = Tensors::new();
    let mut y = vec![0.0; LEN];
    let mut entries = Vec::new();
    for isa in scope.isas() {
        for call in calls(scope) {
            call.run(isa, &tensors, &mut y)?;
            let steps = call.steps(isa, &tensors)?;
            let same = |(a, b): (&f32, &f32)| a.to_bits() == b.to_bits();
            entries.push(Entry {
                call,
                isa,
                right: y.iter().zip(&steps).all(same),
                times: Vec::new(),
            });
        }
    }
    for _ in 0..scope.effort.rounds {
        for entry in &mut entries {
            let Entry { call, isa, .. } = *entry;
            let together = time(|| call.run(isa, black_box(&tensors), black_box(&mut y)))?;
            let x = black_box(&tensors.x);
            let alone = time(|| call.activation().apply_on(isa, x, black_box(&mut y)))?;
            entry.times.push([together, alone]);
        }
    }
    Ok(Composed { entries })
}

fn calls(scope: &Scope) -> Vec<Call> {
    let (gates, activations) = match scope.activation {
        Some(activation) => (vec![Gated(activation).into()], vec![activation]),
        None => {
            let named = AnyGate::all().filter(|gate| gate.name() != "gated");
            let some = ["relu", "silu", "gelu"];
            let activations = AnyActivation::all().filter(|any| some.contains(&any.name()));
            (named.collect(), activations.collect())
        }
    };
    let gates = gates.into_iter().flat_map(|gate| {
        let split = [Layout::Halves, Layout::Pairs].map(|layout| Call::Split(gate, layout));
        core::iter::once(Call::TwoTensors(gate)).chain(split)
    });
    let fused = activations
        .into_iter()
        .flat_map(|activation| [Call::Bias(activation), Call::Residual(activation)]);
    gates.chain(fused).collect()
}

fn time(work: impl FnOnce() -> Result<(), Error>) -> Result<f64, Error> {
    let start = Instant::now();
    work()?;
    Ok(Duration::as_secs_f64(&start.elapsed()) * 1e9)
}

impl Composed {
    /// What was found to be wrong.
    pub fn failures(&self) -> impl Iterator<Item = String> {
        let wrong = self.entries.iter().filter(|entry| !entry.right);
        wrong.map(|entry| format!("{} on {}: not the bits of its steps", entry.call, entry.isa))
    }

    /// One row for each call on each instruction set.
    pub fn table(&self) -> Table {
        let mut table = Table::new(vec![
            Column::words("call"),
            Column::words("ISA"),
            Column::words("bits"),
            Column::numbers("", "time"),
            Column::numbers("", "share"),
        ]);
        for entry in &self.entries {
            let median = |of: usize| {
                let mut times: Vec<f64> = entry.times.iter().map(|times| times[of]).collect();
                times.sort_by(f64::total_cmp);
                times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
            };
            table.row(vec![
                entry.call.to_string(),
                entry.isa.to_string(),
                if entry.right { "same" } else { "FAIL" }.to_owned(),
                units::time(median(0)),
                units::three_digits(median(0) / median(1)),
            ]);
        }
        table
    }

    /// Writes the table, and what is wrong.
    pub fn show(&self, out: &mut impl Write) -> Result<(), Failure> {
        writeln!(out, "\n{TITLE}\n")?;
        self.table().write(out)?;
        writeln!(out, "\n{EXPLANATION}")?;
        for failure in self.failures() {
            writeln!(out, "FAIL: {failure}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timing::Effort;

    #[test]
    fn everything_has_the_bits_of_its_steps() {
        let scope = Scope {
            activation: None,
            isa: None,
            effort: Effort::QUICK,
        };
        let composed = measure(&scope).unwrap();
        assert_eq!(composed.failures().next(), None);
        // Gates without a name of their own are in the table only where one is asked for.
        let gates = AnyGate::all().filter(|gate| gate.name() != "gated").count();
        assert_eq!(
            composed.entries.len(),
            (gates * 3 + 3 * 2) * Isa::available().count()
        );
    }
}
