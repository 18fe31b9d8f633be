//! What a call takes at every small length, in nanoseconds: `cargo bench --bench lengths`.
//!
//! Calls come one after the other, on blocks of their own, so that one begins while the last one ends, as in a program
//! that has many short rows.
//!
//! A length that takes longer than the next one, by more than a tenth, is marked: its rest could go the way of the
//! longer one.
//!
//! ```text
//! cargo bench --bench lengths -- [--isa ISA] [--in-place] [--all] [--quick] [FILTER..]
//!     --all      all activations, and not a few of each kind
//!     FILTER     a part of an id, a length, an instruction set and a name:  /avx2/relu/    32/avx512/
//! ```

mod common;

use activations::{AnyActivation, Isa};
use common::arguments::{Arguments, Extent};
use common::rounds::Rounds;
use common::{Variant, Work, applied};
use std::fmt::Write;
use std::ops::Range;

/// A few of each kind: light ones, those with a division, long and heavy ones.
const FEW: [&str; 12] = [
    "relu",
    "relu6",
    "leaky_relu",
    "hardswish",
    "softsign",
    "sigmoid",
    "silu",
    "gelu",
    "elu",
    "exp",
    "tanh",
    "softplus",
];

/// What a user would write instead.
const LOOPS: [&str; 3] = ["loop relu", "loop relu6", "loop leaky"];

/// All that has a rest of its own, and some beyond.
fn lengths() -> impl Iterator<Item = usize> + Clone {
    (1..=64).chain([96, 128, 192, 256])
}

/// Longer than the next length by so much is marked.
const SLOWER: f64 = 1.1;

/// Activations beside each other in a table.
const COLUMNS: usize = 15;
const CELL: usize = 11;

fn main() {
    let arguments = Arguments::of_this_program();
    let trial = arguments.extent() == Extent::Trial;
    let variant = arguments.variant();
    let activations = AnyActivation::all()
        .filter(|activation| arguments.has("--all") || FEW.contains(&activation.name()));
    let mut names = LOOPS.to_vec();
    names.extend(activations.clone().map(|activation| activation.name()));
    let mut slower = Vec::new();
    for isa in arguments.isas() {
        // The loops have the instructions of the build, whatever the others have.
        let works = || {
            [looped(relu), looped(relu6), looped(leaky_relu)]
                .into_iter()
                .chain(activations.clone().map(|any| applied(any, Some(isa))))
        };
        let lines: Vec<_> = lengths()
            .map(|len| (len, medians(&arguments, len, isa, variant, &names, works())))
            .collect();
        for (at, names) in names.chunks(COLUMNS).enumerate() {
            let columns = at * COLUMNS..at * COLUMNS + names.len();
            if !trial {
                print(isa, names, columns, &lines, &mut slower);
            }
        }
    }
    if trial {
        println!("lengths: all were run");
        return;
    }
    println!("\nSlower than the next length: {}", slower.len());
    for slower in slower {
        println!("    {slower}");
    }
}

/// Nanoseconds a call for those that were asked for; they take turns.
fn medians<'a>(
    arguments: &Arguments,
    len: usize,
    isa: Isa,
    variant: Variant,
    names: &[&str],
    works: impl Iterator<Item = Work<'a>>,
) -> Vec<Option<f64>> {
    let count = match arguments.extent() {
        Extent::Trial => 1,
        Extent::Quick => 50,
        Extent::Whole => 400,
    };
    let id = |name: &str| format!("{isa}/{name}/");
    let mut rounds = Rounds::new(&len.to_string(), len, count, arguments);
    for (name, work) in names.iter().zip(works) {
        rounds.add(id(name), variant, work);
    }
    rounds.measure_quietly();
    names.iter().map(|name| rounds.median(&id(name))).collect()
}

type Line = (usize, Vec<Option<f64>>);

/// Prints some columns of a table, those that have figures, and collects what is marked.
fn print(
    isa: Isa,
    names: &[&str],
    columns: Range<usize>,
    lines: &[Line],
    slower: &mut Vec<String>,
) {
    let figures = |line: &Line| line.1[columns.clone()].to_vec();
    if lines
        .iter()
        .flat_map(figures)
        .all(|figure| figure.is_none())
    {
        return;
    }
    let mut table = format!("\n{isa:7}");
    for name in names {
        let _ = write!(table, "{name:>CELL$} ");
    }
    table += "\n";
    for (at, line) in lines.iter().enumerate() {
        let _ = write!(table, "{:7}", line.0);
        let next = lines.get(at + 1).map(figures).unwrap_or_default();
        for (column, ns) in figures(line).into_iter().enumerate() {
            let next = next.get(column).copied().flatten();
            let (cell, mark) = match (ns, next) {
                (None, _) => ("–".to_owned(), ' '),
                (Some(ns), Some(next)) if ns > SLOWER * next => {
                    let (len, name) = (line.0, names[column]);
                    if !LOOPS.contains(&name) {
                        slower.push(format!("{isa} {name} {len}: {ns:.1} ns, then {next:.1} ns"));
                    }
                    (format!("{ns:.2}"), '*')
                }
                (Some(ns), _) => (format!("{ns:.2}"), ' '),
            };
            let _ = write!(table, "{cell:>CELL$}{mark}");
        }
        table += "\n";
    }
    print!("{table}");
}

/// `f` on each element, as the compiler makes it.
fn looped(f: impl Fn(f32) -> f32 + Copy + 'static) -> Work<'static> {
    // A call, as those beside it are: the loop is not to know what is known of the blocks.
    #[inline(never)]
    fn map(f: impl Fn(f32) -> f32, x: &[f32], y: &mut [f32]) {
        for (x, y) in x.iter().zip(y) {
            *y = f(*x);
        }
    }
    #[inline(never)]
    fn map_in_place(f: impl Fn(f32) -> f32, x: &mut [f32]) {
        for x in x {
            *x = f(*x);
        }
    }
    Box::new(move |blocks, variant, calls| {
        let out_of_place = |x: &[f32], y: &mut [f32]| {
            map(f, x, y);
            Ok(())
        };
        let in_place = |x: &mut [f32]| {
            map_in_place(f, x);
            Ok(())
        };
        blocks.time(variant, calls, out_of_place, in_place)
    })
}

fn relu(x: f32) -> f32 {
    if x <= 0.0 { 0.0 } else { x }
}

fn relu6(x: f32) -> f32 {
    x.clamp(0.0, 6.0)
}

fn leaky_relu(x: f32) -> f32 {
    if x > 0.0 { x } else { 0.01 * x }
}
