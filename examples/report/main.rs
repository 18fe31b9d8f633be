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

use activations::Isa;
use args::{Command, Scope};
use failure::Failure;
use machine::Machine;
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
        Command::Report(scope) => report(&scope, out),
    }
}

fn report(scope: &Scope, out: &mut impl Write) -> Result<(), Failure> {
    let machine = Machine::detect();
    writeln!(out, "{machine}")?;
    demo::show(scope, out)?;

    let progress = Progress::new(scope.effort.comparison_time());
    let comparison = compare::measure(scope, &progress)?;
    progress.clear();
    comparison.show(out)?;

    let progress = Progress::new(scope.effort.survey_time());
    let survey = survey::measure(scope, &progress)?;
    progress.clear();
    survey.show(out)?;

    let composed = composed::measure(scope)?;
    composed.show(out)?;

    let normalised = normalised::measure(scope)?;
    normalised.show(out)?;

    let page = page::write(&machine, &comparison, &survey, &composed, &normalised)?;
    writeln!(out, "\nThe same with charts: {}", page.display())?;
    let failures = survey.failures().chain(composed.failures());
    match failures.chain(normalised.failures()).count() {
        0 => Ok(()),
        failed => Err(Failure::Inaccurate(failed)),
    }
}
