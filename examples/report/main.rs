//! Times the activations against each other and against `memcpy`, and checks them against the
//! oracle; or applies one of them to a file. `--help` lists the options.

mod args;
mod charts;
mod check;
mod compare;
mod composed;
mod demo;
mod failure;
mod files;
mod input;
mod machine;
mod normalised;
mod page;
mod progress;
mod survey;
mod table;
mod timing;
mod units;

/// The bounds are those of the tests.
#[path = "../../tests/common/bounds.rs"]
#[allow(dead_code)] // The tests' slack is none of the report's business.
mod bounds;

/// And so is the measure of accuracy.
#[path = "../../tests/common/ulp.rs"]
mod ulp;

/// The types of elements are those of the benches.
#[path = "../../benches/common/number.rs"]
mod number;

use activations::Isa;
use args::{Command, Scope};
use composed::Composed;
use failure::Failure;
use machine::Machine;
use normalised::Normalised;
use number::{Dtype, Number};
use progress::Progress;
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    // Writing to stderr by `eprintln!` would panic where it is a closed pipe.
    let mut complaints = io::stderr();
    if let Err(error) = Isa::env_cap() {
        let variable = activations::ISA_VARIABLE;
        let _ = writeln!(complaints, "warning: {variable} is ignored: {error}");
    }
    let result = args::parse(lexopt::Parser::from_env()).and_then(run);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(text) = failure.message() {
                let _ = writeln!(complaints, "error: {text}");
            }
            failure.exit_code()
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    let out = &mut io::stdout().lock();
    match command {
        Command::Help => Ok(out.write_all(args::HELP.as_bytes())?),
        Command::Apply(job) => {
            let done = files::apply(&job)?;
            Ok(writeln!(out, "{done}")?)
        }
        Command::Report(dtype, scope) => match dtype {
            Dtype::F32 => report::<f32>(&scope, true, out),
            #[cfg(feature = "half")]
            Dtype::F16 => report::<activations::half::f16>(&scope, false, out),
            #[cfg(feature = "half")]
            Dtype::Bf16 => report::<activations::half::bf16>(&scope, false, out),
        },
    }
}

/// The report of a type, and of the operations that are reported in f32 alone, where it is that.
fn report<T: Number>(scope: &Scope, is_f32: bool, out: &mut impl Write) -> Result<(), Failure> {
    let machine = Machine::detect();
    writeln!(out, "{machine}")?;
    demo::show::<T>(scope, out)?;

    let progress = Progress::new(scope.effort.comparison_time());
    let comparison = compare::measure::<T>(scope, &progress)?;
    progress.clear();
    comparison.show(out)?;

    let progress = Progress::new(scope.effort.survey_time());
    let survey = survey::measure::<T>(scope, &progress)?;
    progress.clear();
    survey.show(out)?;

    let operations = match is_f32 {
        true => Some(Operations::measure(scope)?),
        false => None,
    };
    match &operations {
        Some(operations) => operations.show(out)?,
        None => writeln!(out, "\n{}", Operations::LEFT_OUT)?,
    }

    let page = page::write(&machine, &comparison, &survey, operations.as_ref())?;
    writeln!(out, "\nThe same with charts: {}", page.display())?;
    let of_operations = operations.iter().flat_map(Operations::failures);
    match survey.failures().chain(of_operations).count() {
        0 => Ok(()),
        failed => Err(Failure::Inaccurate(failed)),
    }
}

/// What is more than an activation, which is reported in f32 alone.
struct Operations {
    composed: Composed,
    normalised: Normalised,
}

impl Operations {
    /// What a report of another type says in their place.
    const LEFT_OUT: &str =
        "Gates, activations with a bias and operations on rows are in the report of f32 alone.";

    /// Checks and times all that is in the scope.
    fn measure(scope: &Scope) -> Result<Self, Failure> {
        Ok(Self {
            composed: composed::measure(scope)?,
            normalised: normalised::measure(scope)?,
        })
    }

    /// What was found to be wrong.
    fn failures(&self) -> impl Iterator<Item = String> {
        self.composed.failures().chain(self.normalised.failures())
    }

    /// Writes the tables.
    fn show(&self, out: &mut impl Write) -> Result<(), Failure> {
        self.composed.show(out)?;
        self.normalised.show(out)
    }
}
