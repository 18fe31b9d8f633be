//! Every activation on every instruction set: right, and how fast.

use crate::args::Scope;
use crate::check::{self, Verdict};
use crate::failure::Failure;
use crate::number::Number;
use crate::progress::Progress;
use crate::table::{Column, Table};
use crate::timing::{self, Case, Size};
use crate::units;
use activations::{AnyActivation, Isa};
use std::io::Write;

/// From L1 to memory.
const SIZES: [Size; 3] = [Size::KIB_1, Size::KIB_256, Size::MIB_64];

/// One activation on one instruction set.
pub struct Entry {
    pub activation: AnyActivation<'static>,
    /// The name, and the parameters if they were chosen.
    pub label: String,
    pub isa: Isa,
    pub verdict: Verdict,
    /// One for each size; `None` where it was not timed.
    pub times: [Option<Times>; SIZES.len()],
}

/// How a call goes about its memory.
#[derive(Clone, Copy)]
pub enum Way {
    OutOfPlace,
    InPlace,
}

impl Way {
    pub const ALL: [Self; 2] = [Self::OutOfPlace, Self::InPlace];
}

/// Nanoseconds of one call.
#[derive(Clone, Copy)]
pub struct Times {
    out_of_place: f64,
    in_place: f64,
}

impl Times {
    pub fn of(&self, way: Way) -> f64 {
        match way {
            Way::OutOfPlace => self.out_of_place,
            Way::InPlace => self.in_place,
        }
    }
}

/// All that was measured.
pub struct Survey {
    /// The type of the elements.
    dtype: &'static str,
    /// Whether it has so few numbers that all of them were checked.
    has_16_bits: bool,
    pub sizes: [Size; SIZES.len()],
    /// Nanoseconds of one memcpy of each size.
    pub memcpy: [f64; SIZES.len()],
    /// By activation, then by instruction set.
    pub entries: Vec<Entry>,
    patterns: usize,
}

/// Checks and times all that is in the scope, in a type.
pub fn measure<T: Number>(scope: &Scope, progress: &Progress) -> Result<Survey, Failure> {
    let x = check::inputs::<T>(scope.effort.patterns);
    let mut survey = Survey {
        dtype: T::NAME,
        has_16_bits: check::has_16_bits::<T>(),
        sizes: SIZES,
        memcpy: [f64::NAN; SIZES.len()],
        entries: entries(scope, &x, progress)?,
        patterns: x.len(),
    };
    let budgets = scope.effort.survey;
    for (i, (size, budget)) in SIZES.into_iter().zip(budgets).enumerate() {
        let is_largest = i == SIZES.len() - 1;
        let timed: Vec<&mut Entry> = survey
            .entries
            .iter_mut()
            .filter(|entry| {
                entry.isa != Isa::Scalar || !is_largest || scope.effort.scalar_at_largest
            })
            .collect();
        let mut cases = vec![Case::Memcpy];
        for entry in &timed {
            cases.push(Case::OutOfPlace(entry.activation, entry.isa));
            cases.push(Case::InPlace(entry.activation, entry.isa));
        }
        let times = timing::measure::<T>(size, &cases, budget, progress)?;
        let Some((&memcpy, times)) = times.split_first() else {
            continue;
        };
        survey.memcpy[i] = memcpy;
        for (entry, times) in timed.into_iter().zip(times.chunks_exact(2)) {
            entry.times[i] = Some(Times {
                out_of_place: times[0],
                in_place: times[1],
            });
        }
    }
    Ok(survey)
}

/// All activations on all instruction sets, checked but not timed yet.
fn entries<T: Number>(scope: &Scope, x: &[T], progress: &Progress) -> Result<Vec<Entry>, Failure> {
    let isas = scope.isas();
    let activations = scope.activations();
    let share = scope.effort.checks / activations.len().max(1) as u32;
    let mut entries = Vec::new();
    for activation in activations {
        progress.stage(format!("checking {}", activation.name()), share);
        let label = match scope.activation {
            Some(chosen) => chosen.to_string(),
            None => activation.name().to_owned(),
        };
        let verdicts = check::check(activation, &isas, x)?;
        entries.extend(isas.iter().zip(verdicts).map(|(&isa, verdict)| Entry {
            activation,
            label: label.clone(),
            isa,
            verdict,
            times: [None; SIZES.len()],
        }));
        progress.spent(share);
    }
    Ok(entries)
}

impl Survey {
    /// What was found to be wrong.
    pub fn failures(&self) -> impl Iterator<Item = String> {
        self.entries.iter().filter_map(|entry| {
            let failure = entry.verdict.failure.as_ref()?;
            Some(format!("{} on {}: {failure}", entry.label, entry.isa))
        })
    }

    /// What the table is called.
    pub fn title(&self) -> String {
        format!(
            "Every activation on every instruction set, in {}",
            self.dtype
        )
    }

    /// What the table shows.
    pub fn explanation(&self) -> String {
        let errors = if self.has_16_bits {
            format!(
                "misrounded: results that are not the correctly rounded ones, for all {} numbers of {}; max ULP: the
largest error, in units in the last place of {1}. Right is the f64 oracle, rounded once. So near to a tie
that f64 does not tell, both neighbours pass; the tests of 16-bit types decide there with hundreds of bits.",
                self.patterns, self.dtype
            )
        } else {
            format!(
                "max ULP: the largest error against the f64 oracle over {} bit patterns.",
                self.patterns
            )
        };
        format!(
            "{errors}
Times are those of one call, divided by that of a memcpy of the same number of bytes in the same run
(its time stands above the columns); out: out of place, in: in place, -: not timed."
        )
    }

    /// One row for each activation on each instruction set.
    pub fn table(&self) -> Table {
        let mut columns = vec![Column::words("activation"), Column::words("ISA")];
        if self.has_16_bits {
            columns.push(Column::numbers("", "misrounded"));
        }
        columns.push(Column::numbers("", "max ULP"));
        for (size, &memcpy) in self.sizes.iter().zip(&self.memcpy) {
            let group = format!("{}: memcpy {}", size.name, units::time(memcpy));
            columns.push(Column::numbers(&group, "out"));
            columns.push(Column::numbers(&group, "in"));
        }
        let mut table = Table::new(columns);
        for entry in &self.entries {
            let accuracy = match entry.verdict.failure {
                Some(_) => "FAIL".to_owned(),
                None => format!("{:.3}", entry.verdict.max_ulp),
            };
            let mut row = vec![entry.label.clone(), entry.isa.to_string()];
            if self.has_16_bits {
                row.push(entry.verdict.misrounded.to_string());
            }
            row.push(accuracy);
            for (times, memcpy) in entry.times.iter().zip(&self.memcpy) {
                row.extend(Way::ALL.map(|way| match times {
                    Some(times) => units::three_digits(times.of(way) / memcpy),
                    None => "-".to_owned(),
                }));
            }
            table.row(row);
        }
        table
    }

    /// Writes the table, and what is wrong.
    pub fn show(&self, out: &mut impl Write) -> Result<(), Failure> {
        writeln!(out, "{}\n", self.title())?;
        self.table().write(out)?;
        writeln!(out, "\n{}", self.explanation())?;
        for failure in self.failures() {
            writeln!(out, "FAIL: {failure}")?;
        }
        Ok(())
    }
}
