//! This crate side by side with what could be used in its place: see README.md beside the sources.

mod accuracy;
mod arguments;
mod blocks;
mod built;
mod calls;
mod chart;
mod failure;
mod files;
mod functions;
mod inputs;
mod libraries;
mod machine;
mod measure;
mod scores;
mod table;
mod tensors;
#[path = "../../../tests/common/ulp.rs"]
#[allow(dead_code)]
mod ulp;

use arguments::{Command, HELP, Scope};
use failure::Failure;
use files::Folder;
use measure::Survey;
use std::io::Write;
use std::process::ExitCode;

#[cfg(not(target_arch = "x86_64"))]
compile_error!("the peers are compared on x86-64");

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(message) = failure.message() {
                eprintln!("peers: {message}");
            }
            failure.exit_code()
        }
    }
}

fn run() -> Result<(), Failure> {
    match arguments::parse(lexopt::Parser::from_env())? {
        Command::Help => Ok(std::io::stdout().write_all(HELP.as_bytes())?),
        Command::Measure(scope) => measure(&scope),
    }
}

fn measure(scope: &Scope) -> Result<(), Failure> {
    let folder = scope.out.as_deref().map(Folder::at).transpose()?;
    libraries::set_up(scope.isa);
    let survey = Survey::of(scope);
    let report = format!(
        "# Peers\n\n{}{}",
        machine::header(scope.isa.name()),
        table::tables(&survey)
    );
    // The files first: a reader of the output who has left is no reason not to write them.
    if let Some(folder) = folder {
        let svg =
            chart::chart(&survey).map_err(|error| Failure::File(format!("peers.svg: {error}")))?;
        let page = format!("{report}\n![The times out of place, as bars](peers.svg)\n");
        folder.write(&[("peers.md", &page), ("peers.svg", &svg)])?;
    }
    Ok(std::io::stdout().write_all(report.as_bytes())?)
}
