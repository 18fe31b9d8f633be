//! Why the program ends early, what it says then, and its exit code.

use std::fmt::Display;
use std::io;
use std::path::Path;
use std::process::ExitCode;

/// Why the program did not do what it was asked for.
#[derive(Debug)]
pub enum Failure {
    /// The command line makes no sense.
    Usage(String),
    /// A file cannot be read, written or understood.
    File(String),
    /// So many results were further from the oracle than they may be.
    Inaccurate(usize),
    /// A measurement was refused by the crate.
    Refused(activations::Error),
    /// The output could not be written.
    Output(io::Error),
}

impl Failure {
    /// A complaint about `path`.
    pub fn file(path: &Path, error: impl Display) -> Self {
        Self::File(format!("{}: {error}", path.display()))
    }

    /// What to tell the user; nothing where the reader of the output has left (`report | head`).
    pub fn message(&self) -> Option<String> {
        match self {
            Self::Usage(text) => Some(format!("{text}\nTry --help.")),
            Self::File(text) => Some(text.clone()),
            Self::Inaccurate(1) => Some("1 result is wrong; see FAIL in the table".to_owned()),
            Self::Inaccurate(n) => Some(format!("{n} results are wrong; see FAIL in the table")),
            Self::Refused(error) => Some(error.to_string()),
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => None,
            Self::Output(error) => Some(format!("cannot write the report: {error}")),
        }
    }

    /// 2 for a wrong command line, 0 where the reader has left, else 1.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<activations::Error> for Failure {
    fn from(error: activations::Error) -> Self {
        Self::Refused(error)
    }
}
