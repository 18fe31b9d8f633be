//! Operations on rows: right, and how fast.

use crate::args::Scope;
use crate::failure::Failure;
use crate::table::{Column, Table};
use crate::timing;
use crate::ulp::{right_sign, ulp_error};
use crate::units;
use activations::{AnyRowActivation, Error, Isa, RowActivation, RowFormula, Rows};
use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

pub const EXPLANATION: &str = "\
max ULP: the largest error of a result against the f64 oracle; in place and on each instruction set the bits
are the same. Times are those of one call for 65,536 elements, and divided by that of a memcpy of as many.";

pub const TITLE: &str = "Operations on rows";

/// Elements of a tensor.
const LEN: usize = 1 << 16;

/// The last axis, long and short, and another one.
const SHAPES: [Rows; 3] = [Rows::last(1024), Rows::last(64), Rows::strided(64, 64)];

/// What a result may be off by, in ULP, for rows of `axis` elements.
fn bound(axis: usize) -> f64 {
    2.0 + axis as f64 / 4096.0
}

/// One operation on one tensor and one instruction set.
struct Entry {
    operation: AnyRowActivation<'static>,
    rows: Rows,
    isa: Isa,
    max_ulp: f64,
    /// What is wrong.
    failure: Option<&'static str>,
    /// Nanoseconds of the call and of memcpy, a pair a round.
    times: Vec<[f64; 2]>,
}

/// All that was measured.
pub struct Normalised {
    entries: Vec<Entry>,
}

/// Checks and times every operation; none where the scope is an activation.
pub fn measure(scope: &Scope) -> Result<Normalised, Failure> {
    let x: Vec<f32> = timing::noise().take(LEN).collect();
    let mut y = vec![0.0; LEN];
    let mut entries = Vec::new();
    if scope.activation.is_none() {
        for operation in AnyRowActivation::all() {
            for rows in SHAPES {
                check(operation, rows, &scope.isas(), &x, &mut entries)?;
            }
        }
    }
    for _ in 0..scope.effort.rounds {
        for entry in &mut entries {
            let Entry {
                operation,
                rows,
                isa,
                ..
            } = *entry;
            let (x, y) = (black_box(&x), black_box(&mut y));
            let start = Instant::now();
            operation.apply_on(isa, rows, x, y)?;
            let call = start.elapsed();
            let start = Instant::now();
            y.copy_from_slice(x);
            let memcpy = start.elapsed();
            let times = [call, memcpy].map(|time| time.as_secs_f64() * 1e9);
            entry.times.push(times);
        }
    }
    Ok(Normalised { entries })
}

/// Adds an entry for each of `isas`.
fn check(
    operation: AnyRowActivation<'static>,
    rows: Rows,
    isas: &[Isa],
    x: &[f32],
    entries: &mut Vec<Entry>,
) -> Result<(), Error> {
    let exact = reference(operation, rows, x);
    let mut first: Option<Vec<f32>> = None;
    for &isa in isas {
        let mut y = vec![0.0; x.len()];
        operation.apply_on(isa, rows, x, &mut y)?;
        let mut in_place = x.to_vec();
        operation.apply_in_place_on(isa, rows, &mut in_place)?;

        let pairs = || y.iter().copied().zip(exact.iter().copied());
        let errors = pairs().map(|(y, exact)| ulp_error(y, exact));
        let max_ulp = errors.fold(0.0, f64::max);
        let right_signs = pairs().all(|(y, exact)| right_sign(y, exact));
        let first = first.get_or_insert_with(|| y.clone());
        let failure = if max_ulp > bound(rows.axis) || !right_signs {
            Some("far from the oracle")
        } else if !same_bits(&y, &in_place) {
            Some("other bits in place")
        } else if !same_bits(&y, first) {
            Some("other bits than elsewhere")
        } else {
            None
        };
        entries.push(Entry {
            operation,
            rows,
            isa,
            max_ulp,
            failure,
            times: Vec::new(),
        });
    }
    Ok(())
}

/// The oracle's results, in the order of the tensor.
fn reference(operation: AnyRowActivation<'_>, rows: Rows, x: &[f32]) -> Vec<f64> {
    let Rows { axis, inner } = rows;
    let mut exact = vec![0.0; x.len()];
    let block = axis * inner;
    for (row, (x, exact)) in (0..).zip(x.chunks(block).zip(exact.chunks_mut(block))) {
        for column in 0..inner {
            let of_row = x.iter().skip(column).step_by(inner);
            let of_row: Vec<f64> = of_row.map(|&x| f64::from(x)).collect();
            let results = operation.reference(row, &of_row);
            let places = exact.iter_mut().skip(column).step_by(inner);
            for (place, result) in places.zip(results) {
                *place = result;
            }
        }
    }
    exact
}

fn same_bits(a: &[f32], b: &[f32]) -> bool {
    a.iter()
        .zip(b)
        .all(|(a, b)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()))
}

impl Entry {
    /// The tensor, as `[64, 1024]`.
    fn shape(&self) -> String {
        let Rows { axis, inner } = self.rows;
        match inner {
            1 => format!("[{}, {axis}]", LEN / axis),
            _ => format!("[{}, {axis}, {inner}]", LEN / axis / inner),
        }
    }
}

impl Normalised {
    /// What was found to be wrong.
    pub fn failures(&self) -> impl Iterator<Item = String> {
        self.entries.iter().filter_map(|entry| {
            let (operation, shape, isa) = (entry.operation, entry.shape(), entry.isa);
            let failure = entry.failure?;
            Some(format!("{operation} of {shape} on {isa}: {failure}"))
        })
    }

    /// One row for each operation, tensor and instruction set.
    pub fn table(&self) -> Table {
        let mut table = Table::new(vec![
            Column::words("operation"),
            Column::words("tensor"),
            Column::words("ISA"),
            Column::numbers("", "max ULP"),
            Column::numbers("", "time"),
            Column::numbers("", "x memcpy"),
        ]);
        for entry in &self.entries {
            let median = |of: usize| {
                let mut times: Vec<f64> = entry.times.iter().map(|times| times[of]).collect();
                times.sort_by(f64::total_cmp);
                times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
            };
            table.row(vec![
                entry.operation.name().to_owned(),
                entry.shape(),
                entry.isa.to_string(),
                match entry.failure {
                    Some(_) => "FAIL".to_owned(),
                    None => format!("{:.3}", entry.max_ulp),
                },
                units::time(median(0)),
                units::three_digits(median(0) / median(1)),
            ]);
        }
        table
    }

    /// Writes the table, and what is wrong; nothing where nothing was measured.
    pub fn show(&self, out: &mut impl Write) -> Result<(), Failure> {
        if self.entries.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{TITLE}, the last axis and another\n")?;
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
    fn every_operation_passes() {
        let scope = Scope {
            activation: None,
            isa: None,
            effort: Effort::QUICK,
        };
        let normalised = measure(&scope).unwrap();
        assert_eq!(normalised.failures().next(), None);
        let isas = Isa::available().count();
        let operations = AnyRowActivation::all().len();
        assert_eq!(normalised.entries.len(), operations * SHAPES.len() * isas);
    }
}
