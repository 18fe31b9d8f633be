//! Names of activations, gates and instruction sets, from any text: no panic, and what reads as an
//! activation reads back from what it prints as.

#![no_main]

use activations::{AnyActivation, AnyGate, Isa};
use libfuzzer_sys::{arbitrary::Arbitrary, fuzz_target};

#[derive(Arbitrary, Debug)]
enum Text<'a> {
    Any(&'a str),
    /// The text after the name of an activation: chance alone rarely spells one.
    Parameters(u8, &'a str),
    /// A list of numbers after it.
    Numbers(u8, Vec<f32>),
}

impl Text<'_> {
    fn spell(&self) -> String {
        match self {
            Self::Any(text) => text.to_string(),
            Self::Parameters(index, text) => format!("{}({text})", name(*index)),
            Self::Numbers(index, numbers) => {
                let numbers: Vec<String> = numbers.iter().map(f32::to_string).collect();
                format!("{}({})", name(*index), numbers.join(","))
            }
        }
    }
}

/// The name of one of all activations.
fn name(index: u8) -> &'static str {
    let mut all = AnyActivation::all();
    let index = usize::from(index) % all.len();
    all.nth(index).map_or("", |activation| activation.name())
}

fuzz_target!(|text: Text<'_>| {
    let text = text.spell();
    match text.parse::<AnyActivation<'_>>() {
        Ok(activation) => {
            let printed = activation.to_string();
            // As text, since a slope that is NaN equals nothing.
            let again = printed.parse::<AnyActivation<'_>>();
            let again = again.map(|activation| activation.to_string());
            assert_eq!(again.as_ref(), Ok(&printed), "{text:?}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    for text in [&text, &format!("gated({text})")] {
        match text.parse::<AnyGate<'_>>() {
            Ok(gate) => {
                let printed = gate.to_string();
                let again = printed.parse::<AnyGate<'_>>().map(|gate| gate.to_string());
                assert_eq!(again.as_ref(), Ok(&printed), "{text:?}");
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    match text.parse::<Isa>() {
        Ok(isa) => assert_eq!(isa.to_string().parse(), Ok(isa), "{text:?}"),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
