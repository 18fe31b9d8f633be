//! The project's bars on speed, as ratios measured in one run: `cargo bench --bench ratios`.
//!
//! All cases of one size take turns, each is timed once a round, and the medians are compared: what
//! else the machine does meets all of them alike. The tables are markdown.
//!
//! ```text
//! cargo bench --bench ratios -- [--isa ISA] [FILTER..]    FILTER is a part of an id:
//!     256KiB/avx2/relu/in_place    detection    call/detected/Relu/    prelu/8x64x16/avx2/
//!     gate/avx2/swiglu/pairs    fused/64MiB/avx2/relu/bias_row    rows/softmax/64x1024/avx2
//!     parallel/relu/1048576     with `--features parallel`, and not pinned to a core
//! ```

#[path = "../common/mod.rs"]
mod common;
mod gates;
#[cfg(feature = "parallel")]
mod parallel;
mod rows;

use activations::{AnyActivation, Identity, Isa, LeakyRelu, Prelu, Relu};
use common::arguments::{Arguments, Extent};
use common::rounds::Rounds;
use common::{Variant, applied, copied, prelu::SHAPES, store::stored};
use std::fmt::Display;
use std::hint::black_box;
use std::time::Instant;

/// Sizes by name, their elements, and how many rounds: a median wants many, a large size time.
const SIZES: [(&str, usize, usize); 3] = [
    ("1KiB", 256, 2000),
    ("256KiB", 1 << 16, 1000),
    ("64MiB", 1 << 24, 15),
];

/// The size and the instruction set that have bars.
const BAR_SIZE: &str = "256KiB";
const BAR_ISA: Isa = Isa::Avx2;

/// For those that compute more than a few instructions hide behind the memory.
const SLOWER: [&str; 5] = [
    "hardswish",
    "hardsigmoid",
    "softsign",
    "sparse_plus",
    "rrelu",
];
/// Those that compute for longer than the memory takes: what counts is how long others do.
const MATHEMATICAL: [&str; 23] = [
    "sigmoid",
    "log_sigmoid",
    "silu",
    "gelu",
    "gelu_10",
    "gelu_tanh",
    "quick_gelu",
    "swish",
    "elu",
    "selu",
    "celu",
    "softplus",
    "sqrt_softplus",
    "squareplus",
    "mish",
    "exp",
    "expm1",
    "erf",
    "tanh",
    "softcap",
    "laplace",
    "tanhshrink",
    "xielu",
];
const OUT_OF_PLACE_BAR: f64 = 1.05;
const OUT_OF_PLACE_BAR_SLOWER: f64 = 1.3;
const IN_PLACE_BAR: f64 = 0.6;

/// What the fastest other library takes, of whatever accuracy, where `memcpy` took 6.05 microseconds:
/// microseconds, on another machine with AVX2.
const OTHERS: [(&str, f64); 10] = [
    ("tanh", 18.5),
    ("sigmoid", 26.5),
    ("silu", 26.3),
    ("gelu", 30.7),
    ("gelu_tanh", 29.3),
    ("elu", 25.9),
    ("exp", 26.2),
    ("erf", 31.4),
    ("mish", 43.4),
    ("softplus", 86.0),
];
const MEMCPY_OF_OTHERS: f64 = 6.05;

/// Nanoseconds for a call on 16 elements.
const CALL_BAR: f64 = 12.0;

/// Nanoseconds for `Isa::detect`, once warm.
const DETECTION_BAR: f64 = 2.0;

/// A slope per channel against one slope.
const PRELU_BAR: f64 = 1.2;

const MEMCPY: &str = "memcpy";
const STORE: &str = "store only";
const COPY: &str = "copy in place";
const CHANNELS: &str = "per_channel";
const SHARED: &str = "shared";

fn main() {
    let arguments = Arguments::of_this_program();
    if arguments.extent() == Extent::Trial {
        println!("ratios: nothing to test; `cargo bench --bench ratios` measures");
        return;
    }
    elementwise(&arguments);
    detection(&arguments);
    calls(&arguments);
    prelu_channels(&arguments);
    gates::gates(&arguments);
    gates::fused(&arguments);
    rows::rows(&arguments);
    #[cfg(feature = "parallel")]
    parallel::parallel(&arguments);
}

/// Each activation against `memcpy`, with what bounds them.
fn elementwise(arguments: &Arguments) {
    let sizes = SIZES.map(|(size, elements, rounds)| {
        let mut rounds = Rounds::new(size, elements, rounds, arguments);
        for isa in arguments.isas() {
            rounds.add(
                id(isa, STORE, Variant::InPlace),
                Variant::InPlace,
                stored(isa),
            );
            let copy = applied(Identity, Some(isa));
            rounds.add(id(isa, COPY, Variant::InPlace), Variant::InPlace, copy);
            for activation in AnyActivation::all() {
                for variant in Variant::ALL {
                    let id = id(isa, activation.name(), variant);
                    rounds.add(id, variant, applied(activation, Some(isa)));
                }
            }
        }
        rounds.add_reference(MEMCPY, Variant::OutOfPlace, copied());
        rounds.measure();
        rounds
    });
    let memcpy = sizes.each_ref().map(|size| size.median(MEMCPY));
    if memcpy.iter().all(Option::is_none) {
        return;
    }
    let [small, middle, large] = SIZES.map(|(size, ..)| size);
    println!("# Time as a share of memcpy's\n");
    println!("memcpy of as many bytes as the input has:\n");
    println!("| | {small} | {middle} | {large} |\n|---|---|---|---|");
    println!("| {MEMCPY} | {} |", memcpy.map(time).join(" | "));
    let head = format!(
        "| | out of place: {small} | {middle} | {large} | in place: {small} | {middle} | {large} |"
    );
    for isa in arguments.isas() {
        let activations = AnyActivation::all().map(|activation| activation.name());
        let rows = [STORE, COPY].into_iter().chain(activations).map(|name| {
            let cells = Variant::ALL.iter().flat_map(|&variant| {
                sizes.iter().map(move |rounds| {
                    let median = rounds.median(&id(isa, name, variant));
                    let bar = bar(isa, name, variant).filter(|_| rounds.name() == BAR_SIZE);
                    (ratio(median, rounds.median(MEMCPY)), bar)
                })
            });
            (name.to_owned(), cells.collect())
        });
        table(&format!("## {isa}"), &head, rows.collect());
    }
}

fn bar(isa: Isa, name: &str, variant: Variant) -> Option<f64> {
    if isa != BAR_ISA || [STORE, COPY].contains(&name) {
        return None;
    }
    if MATHEMATICAL.contains(&name) {
        let (_, others) = OTHERS.iter().find(|(other, _)| *other == name)?;
        return (variant == Variant::OutOfPlace).then_some(others / MEMCPY_OF_OTHERS);
    }
    Some(match variant {
        Variant::InPlace => IN_PLACE_BAR,
        Variant::OutOfPlace if SLOWER.contains(&name) => OUT_OF_PLACE_BAR_SLOWER,
        Variant::OutOfPlace => OUT_OF_PLACE_BAR,
    })
}

/// What it costs to ask which instruction set to use, once that is known.
fn detection(arguments: &Arguments) {
    const CALLS: u32 = 10_000;
    if !arguments.want("detection") {
        return;
    }
    let mut samples: Vec<f64> = (0..500)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..CALLS {
                black_box(Isa::detect());
            }
            start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
        })
        .collect();
    samples.sort_by(f64::total_cmp);
    let median = Some(samples[samples.len() / 2]);
    println!(
        "\n# Isa::detect, in nanoseconds: {}",
        judged((median, Some(DETECTION_BAR)))
    );
}

/// Calls on 16 elements, detection of the CPU included.
fn calls(arguments: &Arguments) {
    let mut rows = vec!["Relu".to_owned(), "LeakyRelu".into(), "Prelu".into()];
    rows.extend(AnyActivation::all().map(|any| format!("AnyActivation {}", any.name())));
    let mut rounds = Rounds::new("call", 16, 2000, arguments);
    for variant in Variant::ALL {
        let works = [
            applied(Relu, None),
            applied(LeakyRelu::default(), None),
            applied(Prelu::default(), None),
        ]
        .into_iter()
        .chain(AnyActivation::all().map(|any| applied(any, None)));
        for (row, work) in rows.iter().zip(works) {
            rounds.add(id("detected", row, variant), variant, work);
        }
    }
    rounds.measure();
    let rows = rows.into_iter().map(|row| {
        let cell = |variant| {
            (
                rounds.median(&id("detected", &row, variant)),
                Some(CALL_BAR),
            )
        };
        let cells = Variant::ALL.map(cell).to_vec();
        (row, cells)
    });
    let title = format!(
        "# Nanoseconds for a call on 16 elements ({})",
        Isa::detect()
    );
    table(&title, "| | out of place | in place |", rows.collect());
}

/// A slope per channel against one slope for as many elements.
fn prelu_channels(arguments: &Arguments) {
    let mut rows = Vec::new();
    for shape in SHAPES {
        let slopes = shape.slopes();
        // As long for each shape, and enough of the largest.
        let count = (50_000_000 / shape.len()).clamp(50, 2000);
        let mut rounds = Rounds::new(&format!("prelu/{shape}"), shape.len(), count, arguments);
        for isa in arguments.isas() {
            for variant in Variant::ALL {
                let prelu = applied(shape.prelu(&slopes), Some(isa));
                rounds.add(id(isa, CHANNELS, variant), variant, prelu);
                let prelu = applied(Prelu::default(), Some(isa));
                rounds.add(id(isa, SHARED, variant), variant, prelu);
            }
        }
        rounds.measure();
        for isa in arguments.isas() {
            let cells = Variant::ALL.map(|variant| {
                let median = |name| rounds.median(&id(isa, name, variant));
                (ratio(median(CHANNELS), median(SHARED)), Some(PRELU_BAR))
            });
            rows.push((format!("{shape} {isa}"), cells.to_vec()));
        }
    }
    table(
        "# PReLU: time with a slope per channel as a share of that with one slope",
        "| outer x channels x inner | out of place | in place |",
        rows,
    );
}

/// Figures with their bars, if there are any.
type Cells = Vec<(Option<f64>, Option<f64>)>;

/// Prints the rows that have a figure.
fn table(title: &str, head: &str, mut rows: Vec<(String, Cells)>) {
    rows.retain(|(_, cells)| cells.iter().any(|(figure, _)| figure.is_some()));
    if rows.is_empty() {
        return;
    }
    let columns = head.matches('|').count() - 1;
    println!("\n{title}\n\n{head}\n|{}", "---|".repeat(columns));
    for (name, cells) in rows {
        let cells: Vec<String> = cells.iter().map(|&cell| judged(cell)).collect();
        println!("| {name} | {} |", cells.join(" | "));
    }
}

fn ratio(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    a.zip(b).map(|(a, b)| a / b)
}

/// What a case is called within its size.
fn id(isa: impl Display, name: &str, variant: Variant) -> String {
    format!("{isa}/{name}/{}", variant.name())
}

/// A figure, and whether it is within its bar, if there is one.
fn judged(cell: (Option<f64>, Option<f64>)) -> String {
    match cell {
        (None, _) => "–".to_owned(),
        (Some(figure), None) => format!("{figure:.2}"),
        (Some(figure), Some(bar)) if figure <= bar => format!("{figure:.3} ≤ {bar} reached"),
        (Some(figure), Some(bar)) => format!("**{figure:.3} > {bar} missed**"),
    }
}

/// Nanoseconds in a unit that suits them.
fn time(ns: Option<f64>) -> String {
    match ns {
        None => "–".to_owned(),
        Some(ns) if ns < 1e3 => format!("{ns:.1} ns"),
        Some(ns) if ns < 1e6 => format!("{:.2} µs", ns / 1e3),
        Some(ns) => format!("{:.2} ms", ns / 1e6),
    }
}
