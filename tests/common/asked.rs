//! What the environment asks of the tests, those in the library as well.

use super::Isa;

/// The instruction sets to test: all of this CPU, or the one that `ACTIVATIONS_ONLY_ISA` names, where the
/// others are known to have been tested and would take most of the time.
pub fn isas() -> Vec<Isa> {
    let name = std::env::var("ACTIVATIONS_ONLY_ISA").unwrap_or_default();
    if name.is_empty() {
        return Isa::available().collect();
    }
    let isa: Isa = name
        .parse()
        .unwrap_or_else(|error| panic!("ACTIVATIONS_ONLY_ISA: {error}"));
    assert!(isa.is_available(), "this CPU does not have {isa}");
    vec![isa]
}

/// A divisor for the work of heavy loops, set by `ACTIVATIONS_TEST_SCALE` where a CPU is emulated.
pub fn scale() -> usize {
    match std::env::var("ACTIVATIONS_TEST_SCALE") {
        Err(_) => 1,
        Ok(text) => text
            .parse()
            .ok()
            .filter(|&scale| scale > 0)
            .unwrap_or_else(|| panic!("ACTIVATIONS_TEST_SCALE is {text:?}, not a whole number")),
    }
}
