//! What the suites share: how they go over instruction sets, what they feed in, how they judge.

mod asked;
pub mod bounds;
pub mod buffer;
pub mod forms;
pub mod inputs;
pub mod kept;
pub mod limited;
#[cfg(unix)]
pub mod pages;
pub mod rows;
pub mod steps;
pub mod ulp;

pub use asked::scale;
pub use kept::bits;

use activations::{Activation, AnyActivation, Isa};
use asked::isas;
use proptest::strategy::Strategy;
use proptest::test_runner::TestRunner;

/// Runs `test` on every instruction set of this CPU, and says so.
///
/// The line it prints (`--nocapture` shows it) is how the emulated runs know which tests ran where.
pub fn on_each_isa(name: &str, mut test: impl FnMut(Isa)) {
    for isa in isas() {
        test(isa);
        println!("isa-run: {isa} {name}");
    }
}

/// Checks a property on every instruction set of this CPU; the variable `PROPTEST_CASES` says with
/// how many cases.
pub fn property_on_each_isa<S: Strategy>(
    name: &str,
    strategy: &S,
    property: impl Fn(Isa, S::Value),
) {
    on_each_isa(name, |isa| {
        let checked = TestRunner::default().run(strategy, |value| {
            property(isa, value);
            Ok(())
        });
        if let Err(failure) = checked {
            panic!("{failure}");
        }
    });
}

/// A divisor for loops that take seconds at full speed: [`scale`], and more where a run exists for
/// the sake of one instruction set, which is emulated as a rule.
pub fn scale_of_the_heaviest() -> usize {
    match std::env::var_os("ACTIVATIONS_REQUIRE_ISA") {
        None => scale(),
        Some(_) => 64 * scale(),
    }
}

/// The step through cases that are many: all of them, or one of so many where [`scale_of_the_heaviest`] cuts down.
pub fn step_of_the_heaviest(of_emulated: usize) -> usize {
    match scale_of_the_heaviest() {
        1 => 1,
        _ => of_emulated,
    }
}

/// How an activation may be called.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Variant {
    OutOfPlace,
    InPlace,
}

impl Variant {
    pub const ALL: [Self; 2] = [Self::OutOfPlace, Self::InPlace];
}

/// `activation` on `isa`, in a new buffer.
pub fn compute(activation: &AnyActivation<'_>, isa: Isa, variant: Variant, x: &[f32]) -> Vec<f32> {
    let mut y = x.to_vec();
    match variant {
        Variant::OutOfPlace => {
            // Not what any activation returns for the input that stands there.
            y.fill(f32::from_bits(0xdead_beef));
            activation.apply_on(isa, x, &mut y)
        }
        Variant::InPlace => activation.apply_in_place_on(isa, &mut y),
    }
    .unwrap_or_else(|error| panic!("{activation} on {isa}: {error}"));
    y
}

/// [`kept::Hash`] of `values`.
pub fn hash(values: &[f32]) -> u64 {
    kept::Hash::EMPTY.and(values).0
}

/// Panics at the first place where two results differ in more than the payload of a NaN.
#[track_caller]
pub fn assert_same_bits(got: &[f32], expected: &[f32], x: &[f32], what: impl std::fmt::Display) {
    assert_eq!(got.len(), expected.len(), "{what}");
    let equal = |(a, b): (&f32, &f32)| a.to_bits() == b.to_bits();
    if got.iter().zip(expected).all(equal) {
        return; // The usual case, at the speed of memory.
    }
    for (i, (&got, &expected)) in got.iter().zip(expected).enumerate() {
        assert!(
            bits(got) == bits(expected),
            "{what}: element {i} of {}: f({:e} = {:#010x}) is {got:e} = {:#010x}, not {expected:e} = {:#010x}",
            x.len(),
            x[i],
            x[i].to_bits(),
            got.to_bits(),
            expected.to_bits(),
        );
    }
}
