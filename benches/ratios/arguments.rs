//! The command line.

use activations::Isa;

/// What to measure.
pub struct Arguments {
    isa: Option<Isa>,
    filter: String,
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
    /// Reads them; `None` where nothing is to be measured: `cargo test` runs bench programs
    /// without `--bench`, and `--test` asks for a trial run.
    pub fn of_this_program() -> Option<Self> {
        let mut arguments = Self {
            isa: None,
            filter: String::new(),
        };
        let mut measured = false;
        let mut tested = false;
        let mut texts = std::env::args().skip(1);
        while let Some(text) = texts.next() {
            match text.as_str() {
                "--bench" => measured = true,
                "--test" => tested = true,
                "--isa" => {
                    arguments.isa = Some(available(&texts.next().unwrap_or_default()));
                }
                valued if VALUED.contains(&valued) => drop(texts.next()),
                option if option.starts_with('-') => {}
                _ => arguments.filter = text,
            }
        }
        (measured && !tested).then_some(arguments)
    }

    /// The instruction sets that were asked for: all that there are, or one.
    pub fn isas(&self) -> impl Iterator<Item = Isa> {
        Isa::available().filter(|&isa| self.isa.is_none_or(|wanted| wanted == isa))
    }

    /// Whether the case with this id was asked for.
    pub fn want(&self, id: &str) -> bool {
        id.contains(&self.filter)
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
    isa.unwrap_or_else(|error| {
        eprintln!("ratios: --isa {name}: {error}");
        std::process::exit(2)
    })
}
