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
    /// A file cannot be written.
    File(String),
    /// The tables could not be printed.
    Output(io::Error),
}

impl Failure {
    /// A complaint about `path`.
    pub fn file(path: &Path, error: impl Display) -> Self {
        Self::File(format!("{}: {error}", path.display()))
    }

    /// What to tell the user; nothing where the reader of the output has left (`peers | head`).
    pub fn message(&self) -> Option<String> {
        match self {
            Self::Usage(text) => Some(format!("{text}\nTry --help.")),
            Self::File(text) => Some(text.clone()),
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => None,
            Self::Output(error) => Some(format!("cannot print the tables: {error}")),
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

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
