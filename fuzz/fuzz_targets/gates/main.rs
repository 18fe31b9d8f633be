//! Every activation with any parameters as a gate, with limits and biases or without, and with a bias, a skip connection and a
//! residual, in any shape: the bits of the steps one by one on every instruction set, nothing written outside, and a
//! refusal where the shapes do not fit.

#![no_main]

#[path = "../../../tests/common/buffer.rs"]
mod buffer;
#[path = "../elementwise/case.rs"]
#[allow(dead_code)]
mod case;
#[path = "../../../tests/common/limited.rs"]
mod limited;

use activations::{
    Activation, AnyActivation, Biased, Error, Formula, Fused, Gate, GateLimits, Isa, Layout, Order,
    Split,
};
use buffer::Guarded;
use case::Case;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::{Corpus, fuzz_target};
use limited::Limited;

/// What stands in the output before a call; a NaN that no activation returns unless it is given.
const UNTOUCHED: f32 = f32::from_bits(0x7fed_cba9);

/// An activation and its input, what goes with it, and how both are cut up.
#[derive(Arbitrary, Debug)]
struct Call {
    case: Case,
    /// Its inputs are the value and the residual, its first ones the bias.
    other: Case,
    n: Number,
    channels: u8,
    pairs: bool,
    value_first: bool,
    limits: Option<[f32; 4]>,
    skip: bool,
    residual: bool,
    biases: Biases,
}

/// What is added before a gate.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Biases {
    None,
    OfGate,
    OfValue,
    Both,
    InOne,
}

impl Biases {
    fn is_of_gate(self) -> bool {
        matches!(self, Self::OfGate | Self::Both | Self::InOne)
    }

    fn is_of_value(self) -> bool {
        matches!(self, Self::OfValue | Self::Both | Self::InOne)
    }
}

#[derive(Arbitrary, Debug)]
enum Number {
    Any(usize),
    /// The length over this: it is more likely to fit.
    Share(u8),
}

impl Call {
    /// Elements in a row of a split tensor, and such as share a bias.
    fn n(&self, len: usize) -> usize {
        match self.n {
            Number::Any(n) => n,
            Number::Share(parts) => len / usize::from(parts).max(1),
        }
    }

    /// `len` numbers of the other case.
    fn numbers(&self, len: usize) -> Vec<f32> {
        let some = self.other.inputs();
        let mut numbers: Vec<f32> = some.into_iter().cycle().take(len).collect();
        // Where there are none to repeat.
        numbers.resize(len, -1.5);
        numbers
    }

    /// Biases of rows of `n` elements.
    fn biases(&self, n: usize) -> (Vec<f32>, Vec<f32>) {
        let of_gate = self.numbers(n);
        let of_value = of_gate.iter().rev().copied().collect();
        (of_gate, of_value)
    }

    /// Limits that make sense.
    fn limits(&self) -> GateLimits {
        let Some(numbers) = self.limits else {
            return GateLimits::NONE;
        };
        let [gate, activated, value, offset] = numbers.map(|x| if x.is_nan() { 1.5 } else { x });
        GateLimits {
            gate,
            activated,
            value: value.abs(),
            offset: offset.clamp(f32::MIN, f32::MAX),
        }
    }

    fn split(&self, len: usize) -> Split {
        Split {
            n: self.n(len),
            layout: if self.pairs {
                Layout::Pairs
            } else {
                Layout::Halves
            },
            order: if self.value_first {
                Order::ValueFirst
            } else {
                Order::GateFirst
            },
        }
    }
}

fuzz_target!(|call: Call| -> Corpus {
    let slopes = call.case.slopes();
    let Some(activation) = call.case.activation(&slopes) else {
        return Corpus::Reject;
    };
    let x = call.case.inputs();
    gate(&call, activation, &x);
    fused(&call, activation, &x);
    Corpus::Keep
});

/// The activation on `isa`, element by element as it is called alone.
fn alone(activation: &AnyActivation<'_>, x: &[f32]) -> Result<Vec<f32>, Error> {
    let mut y = vec![UNTOUCHED; x.len()];
    activation.apply_on(Isa::Scalar, x, &mut y)?;
    Ok(y)
}

fn gate(call: &Call, activation: AnyActivation<'_>, x: &[f32]) {
    let value = call.numbers(x.len());
    let limits = call.limits();
    let split = call.split(x.len());
    let fits = split.n != 0 && x.len().is_multiple_of(split.n) || x.is_empty();
    let (of_gate, of_value) = call.biases(if fits { split.n.min(x.len()) } else { 0 });
    let in_one = joined(split, true, &of_gate, &of_value);
    let mut gate = Biased::new(Limited(activation, limits));
    match call.biases {
        _ if of_gate.is_empty() => {}
        Biases::None => {}
        Biases::OfGate => gate = gate.gate_bias(&of_gate),
        Biases::OfValue => gate = gate.value_bias(&of_value),
        Biases::Both => gate = gate.gate_bias(&of_gate).value_bias(&of_value),
        Biases::InOne => gate = gate.bias(split, &in_one).expect("they are two for each"),
    }
    let limited: Vec<f32> = sums(x, &of_gate, call.biases.is_of_gate())
        .map(|x| at_most(x, limits.gate))
        .collect();
    let product = alone(&activation, &limited).map(|y| {
        y.iter()
            .zip(sums(&value, &of_value, call.biases.is_of_value()))
            .map(|(y, v)| product(limits, *y, v))
            .collect()
    });
    let both = joined(split, fits, x, &value);
    for isa in Isa::available() {
        let gates = call.case.misaligned(x);
        let gates = &gates[gates.len() - x.len()..];
        let values = call.other.misaligned(&value);
        let values = &values[values.len() - value.len()..];
        let out = |y: &mut [f32]| gate.apply_on(isa, gates, values, y);
        assert_is(call, &product, vec![UNTOUCHED; x.len()], out);
        let in_place = |y: &mut [f32]| gate.apply_in_place_on(isa, y, values);
        assert_is(call, &product, x.to_vec(), in_place);
        let expected = match fits {
            true => product.clone(),
            false => Err(Error::SplitMismatch {
                input: both.len(),
                output: x.len(),
                n: split.n,
            }),
        };
        let both = call.case.misaligned(&both);
        let both = &both[both.len() - 2 * x.len()..];
        let in_one = |y: &mut [f32]| gate.apply_split_on(isa, split, both, y);
        assert_is(call, &expected, vec![UNTOUCHED; x.len()], in_one);
    }
}

/// The sums with a bias that is repeated, if there is one.
fn sums<'a>(x: &'a [f32], bias: &'a [f32], is_there: bool) -> impl Iterator<Item = f32> + 'a {
    let biases = bias.iter().copied().filter(move |_| is_there).cycle();
    // A sum with -0 changes nothing.
    let biases = biases.chain(core::iter::repeat(-0.0));
    x.iter().zip(biases).map(|(x, bias)| x + bias)
}

/// `x`, but no more than `high`.
fn at_most(x: f32, high: f32) -> f32 {
    if x > high { high } else { x }
}

/// What the activation returned times a value, within the limits.
fn product(limits: GateLimits, y: f32, value: f32) -> f32 {
    let value = -at_most(-at_most(value, limits.value), limits.value);
    let value = match limits.offset {
        0.0 => value,
        offset => value + offset,
    };
    at_most(y, limits.activated) * value
}

/// One tensor of both; where the split does not fit, of as many elements.
fn joined(split: Split, fits: bool, gate: &[f32], value: &[f32]) -> Vec<f32> {
    let (first, second) = match split.order {
        Order::GateFirst => (gate, value),
        Order::ValueFirst => (value, gate),
    };
    let together = match split.layout {
        Layout::Halves if fits => split.n.max(1),
        _ => 1,
    };
    let rows = first.chunks(together).zip(second.chunks(together));
    rows.flat_map(|(first, second)| [first, second].concat())
        .collect()
}

fn fused(call: &Call, activation: AnyActivation<'_>, x: &[f32]) {
    let bias = call.numbers(usize::from(call.channels));
    let inner = call.n(x.len());
    let residual = call.numbers(x.len());
    let mut skip = residual.clone();
    skip.reverse();
    let Ok(fused) = Fused::new(activation).bias(&bias, inner) else {
        assert!(bias.is_empty() || inner == 0 || bias.len().checked_mul(inner).is_none());
        return;
    };
    let sum: Vec<f32> = (0..)
        .zip(x)
        .map(|(i, x)| x + bias[i / inner % bias.len()])
        .zip(&skip)
        .map(|(x, skip)| if call.skip { x + skip } else { x })
        .collect();
    let fits = x.len().is_multiple_of(bias.len() * inner);
    let mut expected = match activation.check(x.len()) {
        Ok(()) if !fits => Err(Error::ShapeMismatch {
            len: x.len(),
            channels: bias.len(),
            inner,
        }),
        _ => alone(&activation, &sum),
    };
    if call.residual {
        expected = expected.map(|y| y.iter().zip(&residual).map(|(y, r)| y + r).collect());
    }
    let fused = match call.skip {
        true => fused.skip(&skip),
        false => fused,
    };
    let fused = match call.residual {
        true => fused.residual(&residual),
        false => fused,
    };
    for isa in Isa::available() {
        let source = call.case.misaligned(x);
        let source = &source[source.len() - x.len()..];
        let out = |y: &mut [f32]| fused.apply_on(isa, source, y);
        assert_is(call, &expected, vec![UNTOUCHED; x.len()], out);
        let in_place = |y: &mut [f32]| fused.apply_in_place_on(isa, y);
        assert_is(call, &expected, x.to_vec(), in_place);
    }
}

/// Calls with a buffer that holds `before` and notices writes outside: the expected results, or the
/// expected refusal and a buffer as it was.
fn assert_is(
    call: &Call,
    expected: &Result<Vec<f32>, Error>,
    before: Vec<f32>,
    work: impl FnOnce(&mut [f32]) -> Result<(), Error>,
) {
    let mut y = Guarded::new(&before, call.case.offset());
    let result = work(y.slice_mut());
    assert!(y.intact(), "{call:?} wrote outside");
    match (result, expected) {
        (Ok(()), Ok(expected)) => {
            for (i, (y, expected)) in y.slice().iter().zip(expected).enumerate() {
                let same = y.to_bits() == expected.to_bits() || y.is_nan() && expected.is_nan();
                assert!(same, "{call:?}: element {i} is {y:e}, not {expected:e}");
            }
        }
        (Err(error), Err(expected)) => {
            assert_eq!(error.to_string(), expected.to_string());
            let bits = |x: &[f32]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(y.slice()), bits(&before));
        }
        (result, expected) => panic!("{call:?}: {result:?}, not {expected:?}"),
    }
}
