//! The bits of operations on rows, as one number for each shape: equal on all instruction sets, and equal to
//! what `tests/data/hashes_rows.txt` holds, whichever CPU computed that.
//!
//! `ACTIVATIONS_BLESS=1 cargo test --test it hashes_rows::` writes the file anew.

use crate::common::rows::{self, LONG, Operands, SHAPES};
use crate::common::{Variant, hash, on_each_isa};
use activations::{Isa, Rows};
use std::fmt::Write;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/hashes_rows.txt");
const KEPT: &str = include_str!("../data/hashes_rows.txt");

/// A line for every operation and what goes with it, in every shape.
fn lines(isa: Isa) -> String {
    let mut lines = String::new();
    for &(rows, outer) in SHAPES.iter().chain(&[(LONG, 1)]) {
        let x = match rows {
            // Of mixed rows the one would be of the first kind.
            LONG => rows::tensor(rows, 1, |_| |_, i, _| 200.0 * rows::noise(i) - 100.0),
            _ => rows::mixed(rows, outer),
        };
        let operands = Operands::new(rows, outer);
        for (way, operation) in operands.every_operation().enumerate() {
            let y = rows::compute(&operation, isa, Variant::OutOfPlace, rows, &x);
            let Rows { axis, inner } = rows;
            let hash = hash(&y);
            let line =
                format_args!("{hash:016x} {operation}, way {way} [{outer}, {axis}, {inner}]");
            writeln!(lines, "{line}").expect("a String takes all");
        }
    }
    lines
}

#[test]
fn all_bits_are_as_they_were() {
    if std::env::var_os("ACTIVATIONS_BLESS").is_some() {
        let required = std::env::var_os("ACTIVATIONS_REQUIRE_ISA");
        assert_eq!(required, None, "a run that has to test does not bless");
        std::fs::write(FILE, lines(Isa::Scalar)).unwrap();
        return;
    }
    on_each_isa("all_bits_of_rows", |isa| {
        let lines = lines(isa);
        for (got, kept) in lines.lines().zip(KEPT.lines()) {
            assert_eq!(got, kept, "{isa}");
        }
        assert_eq!(lines, KEPT, "{isa}");
    });
}
