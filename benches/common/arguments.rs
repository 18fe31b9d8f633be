//! The command line.

use super::Variant;
use super::number::Dtype;
use activations::Isa;

/// What to measure.
pub struct Arguments {
    isa: Option<Isa>,
    dtype: Dtype,
    filters: Vec<String>,
    options: Vec<String>,
    extent: Extent,
}

/// How much of it.
#[derive(Clone, Copy, PartialEq)]
pub enum Extent {
    /// Each once, to see that it runs: `--test`, or `cargo test`, which runs bench programs without `--bench`.
    Trial,
    /// For figures that are right by and large: `--quick`.
    Quick,
    Whole,
}

/// Options of criterion's that have a value. `cargo bench` gives all of its bench programs the
/// same arguments, and a value is no filter.
const VALUED: [&str; 14] = [
    "--baseline",
    "--baseline-lenient",
    "--color",
    "--confidence-level",
    "--format",
    "--load-baseline",
    "--measurement-time",
    "--noise-threshold",
    "--nresamples",
    "--output-format",
    "--sample-size",
    "--save-baseline",
    "--significance-level",
    "--warm-up-time",
];

impl Arguments {
    /// Reads them.
    pub fn of_this_program() -> Self {
        let mut arguments = Self {
            isa: None,
            dtype: Dtype::F32,
            filters: Vec::new(),
            options: Vec::new(),
            extent: Extent::Whole,
        };
        let mut texts = std::env::args().skip(1);
        while let Some(text) = texts.next() {
            match text.as_str() {
                "--isa" => {
                    arguments.isa = Some(available(&texts.next().unwrap_or_default()));
                }
                "--dtype" => arguments.dtype = dtype(&texts.next().unwrap_or_default()),
                valued if VALUED.contains(&valued) => drop(texts.next()),
                option if option.starts_with('-') => arguments.options.push(text),
                _ => arguments.filters.push(text),
            }
        }
        if arguments.has("--test") || !arguments.has("--bench") {
            arguments.extent = Extent::Trial;
        } else if arguments.has("--quick") {
            arguments.extent = Extent::Quick;
        }
        arguments
    }

    /// The instruction sets that were asked for: all that there are, or one.
    pub fn isas(&self) -> impl Iterator<Item = Isa> {
        Isa::available().filter(|&isa| self.isa.is_none_or(|wanted| wanted == isa))
    }

    /// The type of the elements; of those programs that take another than f32.
    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// Whether the case with this id was asked for: it has one of the filters in it, if there are any.
    pub fn want(&self, id: &str) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| id.contains(filter))
    }

    /// Whether this option, which has no value, was given.
    pub fn has(&self, option: &str) -> bool {
        self.options.iter().any(|given| given == option)
    }

    /// Over its input if `--in-place` was given, and otherwise into a second buffer.
    pub fn variant(&self) -> Variant {
        match self.has("--in-place") {
            true => Variant::InPlace,
            false => Variant::OutOfPlace,
        }
    }

    /// How much is to be measured.
    pub fn extent(&self) -> Extent {
        self.extent
    }
}

/// The instruction set of that name, or the end of the program.
fn available(name: &str) -> Isa {
    let isa = name
        .parse::<Isa>()
        .map_err(|error| error.to_string())
        .and_then(|isa| match isa.is_available() {
            true => Ok(isa),
            false => Err(activations::Error::IsaUnavailable(isa).to_string()),
        });
    isa.unwrap_or_else(|error| refuse(format_args!("--isa {name}: {error}")))
}

/// The type of that name, or the end of the program.
fn dtype(name: &str) -> Dtype {
    name.parse()
        .unwrap_or_else(|error: String| refuse(format_args!("{error}")))
}

/// Says what is wrong with the command line, and ends the program.
fn refuse(error: std::fmt::Arguments<'_>) -> ! {
    eprintln!("{}: {error}", env!("CARGO_CRATE_NAME"));
    std::process::exit(2)
}
