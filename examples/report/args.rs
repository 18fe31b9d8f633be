//! The command line.

use crate::failure::Failure;
use crate::files::Job;
use crate::number::Dtype;
use crate::timing::Effort;
use activations::{AnyActivation, Error, Isa};
use lexopt::prelude::*;
use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

pub const HELP: &str = "\
Compares the activations with each other, with their oracle and with memcpy.

Usage: report [--quick] [--activation TEXT] [--isa NAME] [--dtype TYPE]
       report --activation TEXT [--isa NAME] --input FILE --output FILE

  --quick            be done in 10 seconds, with fewer rounds
  --activation TEXT  this activation only, as in \"leaky_relu(negative_slope=0.2)\"
  --isa NAME         this instruction set only: scalar, neon, avx2 or avx512
  --dtype TYPE       elements of this type: f32 (the default), and with the feature half f16 and bf16
  --input FILE       apply the activation to this file: NumPy's .npy of little-endian float32,
                     or, where the name does not end in .npy, raw little-endian f32
  --output FILE      where the result goes, in the format of the input; the two may be one file
  --help             print this

Exit code: 0; 1 where a result is wrong or a file is bad; 2 for a wrong command line.
";

/// What the program is asked to do.
#[derive(Debug)]
pub enum Command {
    Help,
    Report(Dtype, Scope),
    Apply(Job),
}

/// What the report covers.
#[derive(Debug)]
pub struct Scope {
    /// Nothing but this activation.
    pub activation: Option<AnyActivation<'static>>,
    /// Nothing but this instruction set.
    pub isa: Option<Isa>,
    pub effort: Effort,
}

impl Scope {
    /// The activations to cover.
    pub fn activations(&self) -> Vec<AnyActivation<'static>> {
        match self.activation {
            Some(activation) => vec![activation],
            None => AnyActivation::all().collect(),
        }
    }

    /// The instruction sets to cover.
    pub fn isas(&self) -> Vec<Isa> {
        match self.isa {
            Some(isa) => vec![isa],
            None => Isa::available().collect(),
        }
    }

    /// The one instruction set, for what is shown on one.
    pub fn best_isa(&self) -> Isa {
        self.isa.unwrap_or_else(Isa::detect)
    }
}

/// Reads the command line.
pub fn parse(mut parser: lexopt::Parser) -> Result<Command, Failure> {
    let (mut activation, mut isa, mut quick) = (None, None, false);
    let (mut input, mut output) = (None, None);
    let mut dtype = None;
    while let Some(arg) = parser.next()? {
        match arg {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("quick") => quick = true,
            Long("activation") => activation = Some(value::<AnyActivation<'_>>(&mut parser)?),
            Long("isa") => isa = Some(value::<Isa>(&mut parser)?),
            Long("dtype") => dtype = Some(value::<Dtype>(&mut parser)?),
            Long("input") => input = Some(PathBuf::from(parser.value()?)),
            Long("output") => output = Some(PathBuf::from(parser.value()?)),
            other => return Err(other.unexpected().into()),
        }
    }
    if let Some(isa) = isa.filter(|isa| !isa.is_available()) {
        return Err(usage(Error::IsaUnavailable(isa)));
    }
    let usage = |text: &str| Err(Failure::Usage(text.to_owned()));
    match (input, output, activation) {
        (None, None, activation) => {
            let effort = if quick { Effort::QUICK } else { Effort::FULL };
            let scope = Scope {
                activation,
                isa,
                effort,
            };
            Ok(Command::Report(dtype.unwrap_or_default(), scope))
        }
        _ if dtype.is_some_and(|dtype| dtype != Dtype::F32) => {
            usage("--dtype goes with the report: a file has elements of f32")
        }
        (Some(_), None, _) => usage("--input needs --output as well: where the result goes"),
        (None, Some(_), _) => usage("--output needs --input as well: what to apply it to"),
        (Some(_), Some(_), None) => usage("--input needs --activation as well: what to apply"),
        (Some(input), Some(output), Some(activation)) => Ok(Command::Apply(Job {
            activation,
            isa: isa.unwrap_or_else(Isa::detect),
            input,
            output,
        })),
    }
}

/// The value of the option just read.
fn value<T: FromStr<Err: Display>>(parser: &mut lexopt::Parser) -> Result<T, Failure> {
    parser.value()?.string()?.parse().map_err(usage)
}

fn usage(error: impl Display) -> Failure {
    Failure::Usage(error.to_string())
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Result<Command, Failure> {
        parse(lexopt::Parser::from_args(args))
    }

    #[track_caller]
    fn refusal(args: &[&str]) -> String {
        match parsed(args) {
            Err(Failure::Usage(text)) => text,
            other => panic!("{args:?} gave {other:?}"),
        }
    }

    #[test]
    fn a_report_covers_everything_unless_restricted() {
        let Ok(Command::Report(dtype, scope)) = parsed(&[]) else {
            panic!("no report");
        };
        assert_eq!(dtype, Dtype::F32);
        assert_eq!(scope.activations().len(), AnyActivation::all().len());
        assert_eq!(scope.isas(), Isa::available().collect::<Vec<_>>());

        let args = ["--quick", "--isa=scalar", "--activation", "hardtanh(0, 6)"];
        let Ok(Command::Report(_, scope)) = parsed(&args) else {
            panic!("no report");
        };
        assert_eq!(scope.isas(), [Isa::Scalar]);
        assert_eq!(scope.activations()[0].to_string(), "hardtanh(min=0, max=6)");
    }

    #[cfg(feature = "half")]
    #[test]
    fn a_report_covers_the_type_that_is_named() {
        for (name, expected) in [
            ("f32", Dtype::F32),
            ("f16", Dtype::F16),
            ("bf16", Dtype::Bf16),
        ] {
            let Ok(Command::Report(dtype, _)) = parsed(&["--dtype", name]) else {
                panic!("no report");
            };
            assert_eq!(dtype, expected);
        }
        let files = ["--input=x", "--output=y", "--activation=relu"];
        let with_type = |dtype| [&files[..], &[dtype]].concat();
        assert!(refusal(&with_type("--dtype=f16")).contains("f32"));
        assert!(parsed(&with_type("--dtype=f32")).is_ok());
    }

    #[cfg(not(feature = "half"))]
    #[test]
    fn the_feature_that_a_type_needs_is_named() {
        for name in ["f16", "bf16"] {
            assert!(refusal(&["--dtype", name]).contains("--features half"));
        }
    }

    #[test]
    fn faults_are_named() {
        assert!(refusal(&["--dtype", "f64"]).contains("f32, f16 and bf16"));
        assert!(refusal(&["--activation", "relo"]).contains("did you mean relu"));
        assert!(refusal(&["--activation", "relu(x=1)"]).contains("x=1"));
        assert!(refusal(&["--isa", "sse9"]).contains("avx512"));
        assert!(refusal(&["--isa"]).contains("--isa"));
        assert!(refusal(&["--speed"]).contains("--speed"));
        assert!(refusal(&["file.npy"]).contains("file.npy"));
        assert!(refusal(&["--input", "x"]).contains("--output"));
        assert!(refusal(&["--output", "x"]).contains("--input"));
        assert!(refusal(&["--input", "x", "--output", "y"]).contains("--activation"));
        for isa in Isa::ALL.iter().copied().filter(|isa| !isa.is_available()) {
            assert!(refusal(&["--isa", isa.name()]).contains(isa.name()));
        }
    }
}
