//! The command line.

use crate::failure::Failure;
use crate::functions::{Function, ROW};
use activations::{Error, Isa};
use lexopt::prelude::*;
use std::path::PathBuf;

pub const HELP: &str = "\
Measures this crate side by side with what could be used in its place.

Usage: cargo run --release --manifest-path benches/peers/Cargo.toml -- [OPTIONS]

  --quick            be done in seconds: 1Ki and 64Ki, few rounds, a coarse sweep for the errors
  --isa NAME         no more than this instruction set: avx2 or avx512; by default the best there is
  --sizes LIST       elements, as in 1Ki,64Ki,16Mi (the default): multiples of 1,024
  --functions LIST   these functions alone, as in silu,gelu,softmax
  --out DIR          write peers.md and peers.svg there, too
  --help             print this

Pin it to one core: taskset -c 1 cargo run ..

Exit code: 0; 1 where a file cannot be written; 2 for a wrong command line.
";

/// What the program is asked to do.
#[derive(Debug)]
pub enum Command {
    Help,
    Measure(Scope),
}

/// What is measured.
#[derive(Debug)]
pub struct Scope {
    pub isa: Isa,
    pub sizes: Vec<usize>,
    pub functions: Vec<Function>,
    pub quick: bool,
    pub out: Option<PathBuf>,
}

impl Scope {
    /// How often each call is timed for a size: a median wants many, a large size time.
    pub fn rounds(&self, elements: usize) -> usize {
        if self.quick {
            ((1 << 18) / elements).clamp(3, 101)
        } else {
            ((1 << 24) / elements).clamp(7, 2001)
        }
    }

    /// The step from one pattern of bits to the next in the sweep for the errors; a prime.
    pub fn stride(&self) -> usize {
        if self.quick { 262_147 } else { 4099 }
    }
}

/// The largest size: a GiB for each buffer.
const LARGEST: usize = 1 << 28;

/// Reads the command line.
pub fn parse(mut parser: lexopt::Parser) -> Result<Command, Failure> {
    let (mut isa, mut sizes, mut functions) = (None, None, None);
    let (mut quick, mut out) = (false, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("quick") => quick = true,
            Long("isa") => isa = Some(isa_of(&parser.value()?.string()?)?),
            Long("sizes") => sizes = Some(list(&parser.value()?.string()?, size_of)?),
            Long("functions") => {
                functions = Some(list(&parser.value()?.string()?, function_of)?);
            }
            Long("out") => out = Some(PathBuf::from(parser.value()?)),
            other => return Err(other.unexpected().into()),
        }
    }
    let sizes = sizes.unwrap_or_else(|| match quick {
        true => vec![1 << 10, 1 << 16],
        false => vec![1 << 10, 1 << 16, 1 << 24],
    });
    Ok(Command::Measure(Scope {
        isa: isa.unwrap_or_else(Isa::detect),
        sizes,
        functions: functions.unwrap_or_else(Function::all),
        quick,
        out,
    }))
}

/// The parts of a list, none of them twice.
fn list<T: PartialEq>(text: &str, read: fn(&str) -> Result<T, Failure>) -> Result<Vec<T>, Failure> {
    let mut parts = Vec::new();
    for part in text.split(',') {
        let part = read(part.trim())?;
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    Ok(parts)
}

fn isa_of(text: &str) -> Result<Isa, Failure> {
    let usage = |error: Error| Failure::Usage(error.to_string());
    let isa: Isa = text.parse().map_err(usage)?;
    if !matches!(isa, Isa::Avx2 | Isa::Avx512) {
        let text = format!("--isa {isa}: the peers are compared on avx2 or avx512");
        return Err(Failure::Usage(text));
    }
    match isa.is_available() {
        true => Ok(isa),
        false => Err(usage(Error::IsaUnavailable(isa))),
    }
}

fn size_of(text: &str) -> Result<usize, Failure> {
    let (digits, unit) = match text {
        _ if text.ends_with("Ki") => (&text[..text.len() - 2], 1 << 10),
        _ if text.ends_with("Mi") => (&text[..text.len() - 2], 1 << 20),
        _ => (text, 1),
    };
    let size = digits.parse::<usize>().ok();
    let size = size.and_then(|number| number.checked_mul(unit));
    let fits = |size: &usize| (1..=LARGEST).contains(size) && size.is_multiple_of(ROW);
    size.filter(fits).ok_or_else(|| {
        let text = format!(
            "--sizes: {text:?} is no size; it takes multiples of 1024 up to 256Mi, as in 64Ki"
        );
        Failure::Usage(text)
    })
}

fn function_of(text: &str) -> Result<Function, Failure> {
    let all = Function::all();
    let known = all.iter().find(|function| function.name() == text);
    known.copied().ok_or_else(|| {
        let names: Vec<_> = all.iter().map(Function::name).collect();
        let text = format!("--functions: no {text:?} among {}", names.join(", "));
        Failure::Usage(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(arguments: &[&str]) -> Scope {
        match parse(lexopt::Parser::from_args(arguments)) {
            Ok(Command::Measure(scope)) => scope,
            other => panic!("{arguments:?} gave {other:?}"),
        }
    }

    #[track_caller]
    fn refusal(arguments: &[&str]) -> String {
        match parse(lexopt::Parser::from_args(arguments)) {
            Err(Failure::Usage(text)) => text,
            other => panic!("{arguments:?} gave {other:?}"),
        }
    }

    #[test]
    fn everything_is_measured_unless_restricted() {
        let all = scope(&[]);
        assert_eq!(all.functions, Function::all());
        assert_eq!(all.sizes, [1 << 10, 1 << 16, 1 << 24]);
        assert_eq!(all.isa, Isa::detect());
        let some = scope(&["--sizes=2Ki,1Mi,3072,2Ki", "--functions", "silu, softmax"]);
        assert_eq!(some.sizes, [2048, 1 << 20, 3072]);
        let names: Vec<_> = some.functions.iter().map(Function::name).collect();
        assert_eq!(names, ["silu", "softmax"]);
        assert_eq!(scope(&["--quick"]).sizes, [1 << 10, 1 << 16]);
        assert!(scope(&["--quick"]).rounds(1 << 16) < all.rounds(1 << 16));
    }

    #[test]
    fn faults_are_named() {
        assert!(refusal(&["--isa", "sse9"]).contains("avx512"));
        assert!(refusal(&["--isa", "scalar"]).contains("avx2 or avx512"));
        assert!(refusal(&["--isa"]).contains("--isa"));
        for size in [
            "0",
            "1000",
            "1Gi",
            "-1",
            "",
            "512Mi",
            "99999999999999999999Mi",
        ] {
            assert!(
                refusal(&["--sizes", size]).contains("multiples of 1024"),
                "{size}"
            );
        }
        assert!(refusal(&["--functions", "relo"]).contains("leaky_relu"));
        assert!(refusal(&["--speed"]).contains("--speed"));
        assert!(refusal(&["relu"]).contains("relu"));
    }
}
