//! The bits of every activation, as one number: equal on all instruction sets, out of place and in
//! place, and equal to what `tests/data/hashes.txt` holds, whichever CPU computed that.
//!
//! `ACTIVATIONS_BLESS=1 cargo test --test it hashes::` writes the file anew.

use crate::common::{Variant, compute, hash, inputs, on_each_isa};
use activations::Isa;
use std::fmt::Write;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/hashes.txt");
const KEPT: &str = include_str!("../data/hashes.txt");

/// 2^20 bit patterns spread over all of them, with the special values.
fn inputs() -> Vec<f32> {
    inputs::strided(1 << 20).chain(inputs::special()).collect()
}

fn lines(x: &[f32], isa: Isa, variant: Variant) -> String {
    let mut lines = String::new();
    for activation in inputs::every_kernel() {
        let hash = hash(&compute(&activation, isa, variant, x));
        writeln!(lines, "{hash:016x} {activation}").expect("a String takes all");
    }
    lines
}

#[test]
fn all_bits_are_as_they_were() {
    let x = inputs();
    if std::env::var_os("ACTIVATIONS_BLESS").is_some() {
        let required = std::env::var_os("ACTIVATIONS_REQUIRE_ISA");
        assert_eq!(required, None, "a run that has to test does not bless");
        std::fs::write(FILE, lines(&x, Isa::Scalar, Variant::OutOfPlace)).unwrap();
        return;
    }
    on_each_isa("all_bits_are_as_they_were", |isa| {
        for variant in Variant::ALL {
            let lines = lines(&x, isa, variant);
            for (got, kept) in lines.lines().zip(KEPT.lines()) {
                assert_eq!(got, kept, "{isa}, {variant:?}");
            }
            assert_eq!(lines, KEPT, "{isa}, {variant:?}");
        }
    });
}
