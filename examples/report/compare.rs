//! The rectifiers against each other, out of place, in place and into a new buffer.

use crate::args::Scope;
use crate::failure::Failure;
use crate::number::Number;
use crate::progress::Progress;
use crate::table::{Column, Table};
use crate::timing::{self, Case, Size};
use crate::units;
use activations::{AnyActivation, Isa, LeakyRelu, Prelu, Relu, Relu6};
use std::io::Write;

/// The activations that are compared.
pub fn contenders(scope: &Scope) -> Vec<AnyActivation<'static>> {
    match scope.activation {
        Some(activation) => vec![activation],
        None => vec![
            Relu.into(),
            Relu6.into(),
            LeakyRelu::default().into(),
            Prelu::default().into(),
        ],
    }
}

/// The tensors, [batch, channels, height, width], of 256 KiB to 64 MiB in f32. A type of half the width
/// has twice the batch.
const SHAPES: [(&str, [usize; 4]); 3] = [
    ("256 KiB", [1, CHANNELS, 32, 32]),
    ("6.1 MiB", [8, CHANNELS, 56, 56]),
    ("64 MiB", [256, CHANNELS, 32, 32]),
];
const CHANNELS: usize = 64;

/// What the table shows.
pub const EXPLANATION: &str = "\
GB/s: 10^9 bytes of input a second. x memcpy: the time, divided by that of a memcpy of the same
number of bytes in the same run. The time of to_vec includes getting the buffer and freeing it.";

/// What was measured, as a table and in words.
pub struct Comparison {
    pub title: String,
    pub table: Table,
    /// What in place gains, for each size.
    pub notes: Vec<String>,
}

/// Times the contenders in a type, memcpy first, at each size.
pub fn measure<T: Number>(scope: &Scope, progress: &Progress) -> Result<Comparison, Failure> {
    let slopes: Vec<f32> = (1..=CHANNELS).map(|i| i as f32 / 128.0).collect();
    let isa = scope.best_isa();
    let mut comparison = Comparison {
        title: format!(
            "The comparison, of {} on {isa}, [batch, channels, height, width]",
            T::NAME
        ),
        table: Table::new(columns()),
        notes: Vec::new(),
    };
    for ((name, mut shape), budget) in SHAPES.into_iter().zip(scope.effort.comparison) {
        shape[0] *= size_of::<f32>() / size_of::<T>();
        let size = Size::large(name, shape.iter().product::<usize>() * size_of::<T>());
        let mut contenders: Vec<(String, AnyActivation<'_>)> = contenders(scope)
            .into_iter()
            .map(|activation| (activation.to_string(), activation))
            .collect();
        if matches!(contenders.last(), Some((_, AnyActivation::Prelu(_)))) {
            let per_channel = Prelu::per_channel(&slopes, shape[2] * shape[3])?;
            contenders.push(("prelu(per channel)".to_owned(), per_channel.into()));
        }
        comparison.add::<T>(size, shape, &contenders, isa, budget, progress)?;
    }
    Ok(comparison)
}

fn columns() -> Vec<Column> {
    let mut columns = vec![Column::words("input"), Column::words("activation")];
    for way in ["out of place", "in place", "to_vec: a new buffer"] {
        for name in ["time", "GB/s", "x memcpy"] {
            columns.push(Column::numbers(way, name));
        }
    }
    columns
}

impl Comparison {
    fn add<T: Number>(
        &mut self,
        size: Size,
        shape: [usize; 4],
        contenders: &[(String, AnyActivation<'_>)],
        isa: Isa,
        budget: std::time::Duration,
        progress: &Progress,
    ) -> Result<(), Failure> {
        let mut cases = vec![Case::Memcpy];
        for &(_, activation) in contenders {
            cases.push(Case::OutOfPlace(activation, isa));
            cases.push(Case::InPlace(activation, isa));
            cases.push(Case::ToVec(activation));
        }
        let times = timing::measure::<T>(size, &cases, budget, progress)?;
        let Some((&memcpy, times)) = times.split_first() else {
            return Ok(());
        };
        let cells = |ns: f64| {
            [
                units::time(ns),
                units::three_digits(size.gigabytes_per_second(ns)),
                units::three_digits(ns / memcpy),
            ]
        };
        let blank = || std::array::from_fn(|_| "-".to_owned());
        let mut row = |input: String, name: &str, times: [[String; 3]; 3]| {
            let cells = times.into_iter().flatten();
            self.table
                .row([input, name.to_owned()].into_iter().chain(cells).collect());
        };
        row(
            format!("{} {shape:?}", size.name),
            "memcpy",
            [cells(memcpy), blank(), blank()],
        );
        let mut gains = Vec::new();
        for ((name, _), times) in contenders.iter().zip(times.chunks_exact(3)) {
            let &[out, in_place, to_vec] = times else {
                continue;
            };
            // `to_vec` takes no instruction set: it is that of the other columns, or no match.
            let to_vec = if isa == Isa::detect() {
                cells(to_vec)
            } else {
                blank()
            };
            row(String::new(), name, [cells(out), cells(in_place), to_vec]);
            gains.push(in_place / out);
        }
        let least = gains.iter().copied().fold(f64::INFINITY, f64::min);
        let most = gains.iter().copied().fold(0.0, f64::max);
        self.notes.push(format!(
            "{}: in place takes {least:.2} to {most:.2} of the time of out of place.",
            size.name
        ));
        Ok(())
    }

    /// Writes the table and the words.
    pub fn show(&self, out: &mut impl Write) -> Result<(), Failure> {
        writeln!(out, "{}\n", self.title)?;
        self.table.write(out)?;
        writeln!(out, "\n{EXPLANATION}\n")?;
        for note in &self.notes {
            writeln!(out, "  {note}")?;
        }
        Ok(writeln!(out)?)
    }
}
