use super::{
    Cached, LEAST, MOST, PAGE, SHORTEST, STRANDS, Stores, Streamed, fence, last_level_cache, pays,
};
use crate::dispatch::{Compose, Launch};
use crate::drive::{Io, gated::TwoTensors};
use crate::{AVec, AnyActivation, Fused, Gelu, Isa, Mish, Prelu, Relu, Silu};

/// Elements around what is written, which have to stay.
const MARGIN: usize = 16;

/// Lengths that stream, in one strand or in several, and end in each part of a line and of a turn; and one that
/// does not stream.
fn lengths() -> impl Iterator<Item = usize> + Clone {
    let several = STRANDS * PAGE;
    let one = (SHORTEST - 1..SHORTEST + 70).step_by(3);
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

/// `launch` has to write the same by both kinds of stores, at each offset from a line, and nothing else.
fn assert_same<A>(
    what: &str,
    activation: &A,
    cached: impl Fn(&A, Isa, Io<f32>),
    streamed: impl Fn(&A, Isa, Io<f32, Streamed>),
) {
    let longest = longest();
    for isa in Isa::available() {
        for (len, offset) in lengths().flat_map(|len| (0..16).map(move |offset| (len, offset))) {
            let x = &longest[..len];
            let start = MARGIN + offset;
            let fresh = || AVec::<f32>::from_iter(64, vec![7.5; start + len + MARGIN]);
            let (mut expected, mut got) = (fresh(), fresh());
            cached(
                activation,
                isa,
                Io::between(x, expected[start..].as_mut_ptr()),
            );
            streamed(
                activation,
                isa,
                Io::between(x, got[start..].as_mut_ptr()).by(),
            );
            fence();
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

/// The same for what is launched as it is.
fn assert_launched<A: Launch<Io<f32>> + Launch<Io<f32, Streamed>>>(what: &str, activation: &A) {
    // SAFETY: the CPU has the instruction set, the two buffers have as many elements as `assert_same` says,
    // and the callers below pass nothing that does not fit each length.
    let by = |activation: &A, isa, io| unsafe { activation.launch(isa, io) };
    // SAFETY: as above, and a fence follows.
    let past = |activation: &A, isa, io: Io<f32, Streamed>| unsafe { activation.launch(isa, io) };
    assert_same(what, activation, by, past);
}

/// The same for a gate, whose values are the inputs once more.
fn assert_gated<A: Compose>(activation: &A) {
    fn launch<A: Launch<TwoTensors<M>>, M: Stores>(activation: &A, isa: Isa, gate: Io<f32, M>) {
        let value = gate.src;
        // SAFETY: as above; gate and value are one buffer, which is not written.
        unsafe { activation.launch(isa, TwoTensors { gate, value }) };
    }
    assert_same(
        "gate",
        activation,
        launch::<A, Cached>,
        launch::<A, Streamed>,
    );
}

#[test]
fn every_activation_streams_the_same_bits() {
    for activation in AnyActivation::all() {
        assert_launched(activation.name(), &activation);
    }
}

/// A gate and fused calls of one type, not of any: it brings in that type's kernels alone, which are compiled for
/// these tests once more.
fn assert_composed<A: Compose + Copy>(activation: A) {
    assert_gated(&activation);
    let fused = Fused::new(activation).bias(&[0.5], 1).unwrap();
    assert_launched("bias", &fused);
    let longest = longest();
    let residual = Fused::new(activation).residual(&longest);
    assert_launched("residual", &residual);
}

#[test]
fn gates_and_fused_calls_stream_the_same_bits() {
    assert_composed(Relu);
    assert_composed(Silu);
    assert_composed(Gelu);
    assert_composed(Mish);
}

#[test]
fn channels_stream_the_same_bits() {
    // Rows that do not stream and rows that do; the lengths need not be whole numbers of them, as no `check`
    // is made: so they are here.
    let x = inputs(3 * 1500 * 2);
    let slopes = [0.5, 0.0, -2.0];
    for (inner, isa) in [1500, 1, 32]
        .into_iter()
        .flat_map(|inner| Isa::available().map(move |isa| (inner, isa)))
    {
        let prelu = Prelu::per_channel(&slopes, inner).unwrap();
        let (mut expected, mut got) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        let len = x.len() / (3 * inner) * (3 * inner);
        // SAFETY: the CPU has the instruction set; `len` is a whole number of rows, which lie in all buffers.
        unsafe {
            prelu.launch(isa, Io::between(&x[..len], expected.as_mut_ptr()));
            prelu.launch(
                isa,
                Io::between(&x[..len], got.as_mut_ptr()).by::<Streamed>(),
            );
        }
        fence();
        assert!(expected == got, "inner {inner} on {isa}");
        println!("isa-run: {isa} streams channels");
    }
}

#[test]
fn small_outputs_and_instruction_sets_without_such_stores_never_stream() {
    for &isa in Isa::ALL {
        assert!(!pays(isa, 0));
        assert!(!pays(isa, LEAST - 1));
        assert_eq!(pays(isa, MOST), isa >= Isa::Avx2);
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn the_size_of_a_cache_is_plausible_or_unknown() {
    if let Some(bytes) = last_level_cache() {
        assert!(bytes.is_power_of_two() || bytes % 1024 == 0, "{bytes}");
        assert!((32 << 10..64 << 30).contains(&bytes), "{bytes}");
    }
}
