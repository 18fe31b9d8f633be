//! The project's bars on speed, as ratios measured in one run: `cargo bench --bench ratios`.
//!
//! All cases of one size take turns, each is timed once a round, and the medians are compared: what
//! else the machine does meets all of them alike. The tables are markdown.
//!
//! ```text
//! cargo bench --bench ratios -- [--isa ISA] [FILTER]    FILTER is a part of an id:
//!     256KiB/avx2/relu/in_place    call/detected/Relu/    prelu/8x64x16/avx2/
//! ```

mod arguments;
#[path = "../common/mod.rs"]
mod common;
mod rounds;

use activations::{AnyActivation, Identity, Isa, LeakyRelu, Prelu, Relu};
use arguments::Arguments;
use common::{Variant, applied, copied, prelu::SHAPES, store::stored};
use rounds::Rounds;
use std::fmt::Display;

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
const SLOWER: [&str; 4] = ["hardswish", "hardsigmoid", "softsign", "rrelu"];
const OUT_OF_PLACE_BAR: f64 = 1.05;
const OUT_OF_PLACE_BAR_SLOWER: f64 = 1.3;
const IN_PLACE_BAR: f64 = 0.6;

/// Nanoseconds for a call on 16 elements.
const CALL_BAR: f64 = 12.0;

/// A slope per channel against one slope.
const PRELU_BAR: f64 = 1.2;

const STORE: &str = "store only";
const COPY: &str = "copy in place";
const CHANNELS: &str = "per_channel";
const SHARED: &str = "shared";

fn main() {
    let Some(arguments) = Arguments::of_this_program() else {
        println!("ratios: nothing to test; `cargo bench --bench ratios` measures");
        return;
    };
    elementwise(&arguments);
    calls(&arguments);
    prelu_channels(&arguments);
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
        rounds.add_reference("memcpy", Variant::OutOfPlace, copied());
        rounds.measure();
        rounds
    });
    if sizes.iter().all(Rounds::is_empty) {
        return;
    }
    println!("# Time as a share of memcpy's\n");
    println!("memcpy copies as many bytes as the input has:\n");
    println!(
        "| | {} |\n|---|---|---|---|",
        SIZES.map(|(size, ..)| size).join(" | ")
    );
    let times = sizes.each_ref().map(|size| time(size.median("memcpy")));
    println!("| memcpy | {} |", times.join(" | "));
    for isa in arguments.isas() {
        println!("\n## {isa}\n");
        let head = |variant: &str| {
            SIZES
                .map(|(size, ..)| format!("{size} {variant}"))
                .join(" | ")
        };
        println!("| | {} | {} |", head("out of place"), head("in place"));
        println!("|---|---|---|---|---|---|---|");
        let activations = AnyActivation::all().map(|activation| activation.name());
        for name in [STORE, COPY].into_iter().chain(activations) {
            print!("| {name} |");
            for variant in Variant::ALL {
                for rounds in &sizes {
                    let median = rounds.median(&id(isa, name, variant));
                    let ratio = median.zip(rounds.median("memcpy")).map(|(a, b)| a / b);
                    let bar = bar(isa, name, variant).filter(|_| rounds.name() == BAR_SIZE);
                    print!(" {} |", judged(ratio, bar));
                }
            }
            println!();
        }
    }
}

fn bar(isa: Isa, name: &str, variant: Variant) -> Option<f64> {
    let applies = isa == BAR_ISA && ![STORE, COPY].contains(&name);
    applies.then_some(match variant {
        Variant::InPlace => IN_PLACE_BAR,
        Variant::OutOfPlace if SLOWER.contains(&name) => OUT_OF_PLACE_BAR_SLOWER,
        Variant::OutOfPlace => OUT_OF_PLACE_BAR,
    })
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
    if rounds.is_empty() {
        return;
    }
    rounds.measure();
    println!(
        "\n# Nanoseconds for a call on 16 elements ({})\n",
        Isa::detect()
    );
    println!("| | out of place | in place |\n|---|---|---|");
    for row in rows {
        print!("| {row} |");
        for variant in Variant::ALL {
            let median = rounds.median(&id("detected", &row, variant));
            print!(" {} |", judged(median, Some(CALL_BAR)));
        }
        println!();
    }
}

/// A slope per channel against one slope for as many elements.
fn prelu_channels(arguments: &Arguments) {
    println!("\n# PReLU: time with a slope per channel as a share of that with one slope\n");
    println!("| [outer, channels, inner] | instructions | out of place | in place |");
    println!("|---|---|---|---|");
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
        for isa in arguments.isas().filter(|_| !rounds.is_empty()) {
            print!("| {shape} | {isa} |");
            for variant in Variant::ALL {
                let median = |name| rounds.median(&id(isa, name, variant));
                let ratio = median(CHANNELS).zip(median(SHARED)).map(|(a, b)| a / b);
                print!(" {} |", judged(ratio, Some(PRELU_BAR)));
            }
            println!();
        }
    }
}

/// What a case is called within its size.
fn id(isa: impl Display, name: &str, variant: Variant) -> String {
    format!("{isa}/{name}/{}", variant.name())
}

/// A figure, and whether it is within its bar, if there is one.
fn judged(figure: Option<f64>, bar: Option<f64>) -> String {
    match (figure, bar) {
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
