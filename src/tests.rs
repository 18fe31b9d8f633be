//! What streams has the bits of what does not, at each offset from a line, and writes nothing else. (From outside
//! of the crate none but large tensors stream.)

#[path = "../tests/common/asked.rs"]
mod asked;

use crate::apply::Apply;
use crate::converted::ElementsMut;
use crate::drive::{Io, Stores, stream};
use crate::element::Slice;
use crate::pipeline::{Biases, Pipeline, Source};
use crate::row::passes::Passes;
use crate::stage::Stages;
use crate::{AVec, AnyActivation, Fused, Gelu, Isa, Mish, Prelu, Relu, Silu};

/// One in how many cases is tested: an odd number, so that each offset is met, as each of a power of two is not. All are,
/// unless less work is asked for.
fn one_in() -> usize {
    asked::scale() | 1
}

/// Elements around what is written, which have to stay.
const MARGIN: usize = 16;

/// Lengths that stream, in one strand or in several, and end in each part of a line and of a turn; and one that
/// does not stream.
fn lengths() -> impl Iterator<Item = usize> + Clone {
    let several = 4 * 1024;
    let one = (stream::SHORTEST - 1..stream::SHORTEST + 70).step_by(3);
    one.chain((several..several + 300).step_by(97))
}

fn inputs(len: usize) -> Vec<f32> {
    (0..len)
        .map(|i| (i as f32 * 0.37).sin() * if i % 5 == 0 { 100.0 } else { 3.0 })
        .collect()
}

/// As many as the longest of [`lengths`].
fn longest() -> Vec<f32> {
    inputs(lengths().max().expect("there are some"))
}

/// `apply` has to write the same by both kinds of stores, at each offset from a line, and nothing else.
fn assert_same(what: &str, apply: impl Fn(Isa, &[f32], *mut f32, Stores)) {
    let longest = longest();
    for isa in asked::isas() {
        let cases = lengths().flat_map(|len| (0..16).map(move |offset| (len, offset)));
        for (len, offset) in cases.step_by(one_in()) {
            let x = &longest[..len];
            let start = MARGIN + offset;
            let written = |stores| {
                let mut y = AVec::<f32>::from_iter(64, vec![7.5; start + len + MARGIN]);
                apply(isa, x, y[start..].as_mut_ptr(), stores);
                stream::fence();
                y
            };
            let (expected, got) = (written(Stores::Cached), written(Stores::Streamed));
            for (at, (expected, got)) in expected.iter().zip(got.iter()).enumerate() {
                assert_eq!(
                    expected.to_bits(),
                    got.to_bits(),
                    "{what} on {isa}: element {at} of {len} at offset {offset}"
                );
            }
        }
        println!("isa-run: {isa} streams {what}");
    }
}

/// Asserts that `activation` writes the same by both kinds of stores.
fn assert_applied<A: Apply>(what: &str, activation: &A) {
    assert_same(what, |isa, x, y, stores| {
        // SAFETY: the CPU has the instruction set, the two buffers have as many elements as `assert_same` says, and
        // the callers below pass nothing that does not fit each length.
        unsafe { activation.apply_raw(isa, Io::between(x, y), stores) };
    });
}

#[test]
fn every_activation_streams_the_same_bits() {
    for activation in AnyActivation::all() {
        assert_applied(activation.name(), &activation);
    }
}

#[test]
fn gates_and_fused_calls_stream_the_same_bits() {
    let longest = longest();
    for activation in [Relu.into(), Silu.into(), Gelu.into(), Mish.into()] {
        let activation: AnyActivation<'_> = activation;
        assert_same("gate", |isa, x, y, stores| {
            let pipeline = Pipeline::new(activation.erase(), isa);
            let source = Source::two_tensors(Slice::of(x), Slice::of(x));
            let y = ElementsMut::of(y);
            // SAFETY: as above; gate and value are one buffer, which is not written.
            unsafe { pipeline.gate(source, y, stores) };
        });
        let row = Slice::of(&longest[..1000]);
        let biases = Biases::new(Source::two_tensors(row, row), [true, true], 7);
        assert_same("gate with biases", |isa, x, y, stores| {
            let pipeline = Pipeline::new(activation.erase(), isa).biased(Some(&biases));
            let source = Source::two_tensors(Slice::of(x), Slice::of(x));
            let y = ElementsMut::of(y);
            // SAFETY: as above; biases are repeated, however many elements there are.
            unsafe { pipeline.gate(source, y, stores) };
        });
        let fused = Fused::new(activation).bias(&[0.5], 1).unwrap();
        assert_applied("bias", &fused);
        assert_applied("bias and residual", &fused.residual(&longest));
        let residual = Fused::new(activation).residual(&longest);
        assert_applied("residual", &residual);
    }
}

#[test]
fn channels_stream_the_same_bits() {
    // Rows that do not stream and rows that do.
    let x = inputs(3 * 1500 * 2);
    let numbers = [0.5, 0.0, -2.0];
    for inner in [1500, 1, 32] {
        let len = x.len() / (3 * inner) * (3 * inner);
        let prelu = Prelu::per_channel(&numbers, inner).unwrap();
        let fused = Fused::new(Silu).bias(&numbers, inner).unwrap();
        for isa in asked::isas() {
            let written = |activation: &dyn Fn(Io<f32>, Stores), stores| {
                let mut y = vec![0.0; len];
                activation(Io::between(&x[..len], y.as_mut_ptr()), stores);
                stream::fence();
                y
            };
            // SAFETY: the CPU has the instruction set; `len` is a whole number of rows, which lie in all buffers.
            let prelu = |io, stores| unsafe { prelu.apply_raw(isa, io, stores) };
            // SAFETY: as above.
            let fused = |io, stores| unsafe { fused.apply_raw(isa, io, stores) };
            for activation in [&prelu as &dyn Fn(_, _), &fused] {
                let expected = written(activation, Stores::Cached);
                let got = written(activation, Stores::Streamed);
                assert!(expected == got, "inner {inner} on {isa}");
            }
            println!("isa-run: {isa} streams channels");
        }
    }
}

#[test]
fn each_instruction_set_has_functions_of_its_own() {
    let stages: Vec<_> = Isa::available()
        .map(|isa| &raw const *Stages::of(isa))
        .collect();
    let passes: Vec<_> = Isa::available()
        .map(|isa| &raw const *Passes::of(isa))
        .collect();
    for (at, isa) in Isa::available().enumerate() {
        assert!(!stages[..at].contains(&stages[at]), "stages on {isa}");
        assert!(!passes[..at].contains(&passes[at]), "passes on {isa}");
    }
}
