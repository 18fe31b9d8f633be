//! Gates with biases, on every instruction set: the bits of the sums and of the gate, out of place, in place and split in all
//! ways, with the biases apart and in one tensor.

use crate::common::buffer::Guarded;
use crate::common::forms::assert_gate_gives;
use crate::common::limited::Limited;
use crate::common::steps::{biased, clamped_gates, every_gate, joined, splits, values};
use crate::common::{
    assert_same_bits, inputs, on_each_isa, property_on_each_isa, scale_of_the_heaviest,
};
use activations::{
    AnyGate, Biased, ClampedSwiglu, Gate, GateLimits, Gated, Geglu, Isa, Prelu, Reglu, Relu, Swiglu,
};

const UNTOUCHED: f32 = f32::from_bits(0xdead_beef);

/// Every form of the call against the steps, between guards; `biases` are of a row.
fn assert_is_its_steps(
    gate: &AnyGate<'_>,
    isa: Isa,
    (x, value): (&[f32], &[f32]),
    [of_gate, of_value]: [&[f32]; 2],
    offset: usize,
) {
    let of_gate = Guarded::new(of_gate, offset / 3);
    let of_value = Guarded::new(of_value, 16 - offset);
    let (of_gate, of_value) = (of_gate.slice(), of_value.slice());
    for (biases, call) in [
        ([Some(of_gate), None], Biased::new(*gate).gate_bias(of_gate)),
        (
            [None, Some(of_value)],
            Biased::new(*gate).value_bias(of_value),
        ),
        (
            [Some(of_gate), Some(of_value)],
            Biased::new(*gate).gate_bias(of_gate).value_bias(of_value),
        ),
    ] {
        let expected = biased(gate, isa, biases, x, value);
        assert_gate_gives(&call, isa, (x, value), of_gate.len(), &expected, offset);
    }
    let expected = biased(gate, isa, [Some(of_gate), Some(of_value)], x, value);
    for split in splits(of_gate.len()) {
        let both = Guarded::new(&joined(split, of_gate, of_value), offset / 2);
        let call = Biased::new(*gate).bias(split, both.slice()).unwrap();
        assert_gate_gives(&call, isa, (x, value), split.n, &expected, offset);
    }
}

/// Biases of two kinds, special values among them.
fn biases(n: usize) -> [Vec<f32>; 2] {
    let mut of_gate = values(n);
    of_gate.reverse();
    let special = inputs::special();
    let of_value = (0..n).map(|i| match i % 7 {
        3 => special[i / 7 % special.len()],
        _ => (i % 13) as f32 * 0.25 - 1.5,
    });
    [of_gate, of_value.collect()]
}

#[test]
fn every_gate_with_biases_is_its_steps() {
    let pool = inputs::pool(4000);
    let values = values(pool.len());
    on_each_isa("every_gate_with_biases", |isa| {
        for (i, gate) in every_gate().enumerate() {
            for (n, rows) in [(0, 0), (1, 1), (5, 1), (5, 13), (64, 2), (1, 70)] {
                let (from, len) = ((i * 7 + n) % 64, n * rows);
                let both = (&pool[from..from + len], &values[from..from + len]);
                let [of_gate, of_value] = &biases(n);
                assert_is_its_steps(&gate, isa, both, [of_gate, of_value], (i + n) % 17);
            }
        }
    });
}

#[test]
fn at_every_length_it_is_its_steps() {
    let pool = inputs::pool(4000);
    let values = values(pool.len());
    let gates = [
        Reglu.into(),
        Swiglu::default().into(),
        ClampedSwiglu::OAI.into(),
    ];
    on_each_isa("biased_gates_at_every_length", |isa| {
        let step = if scale_of_the_heaviest() > 1 { 7 } else { 1 };
        for len in (0..=100_usize).step_by(step) {
            for (i, gate) in gates.iter().enumerate() {
                for n in [len, len / 2, len / 3, 1] {
                    if n == 0 || !len.is_multiple_of(n) {
                        continue;
                    }
                    let both = (&pool[i..i + len], &values[i..i + len]);
                    let [of_gate, of_value] = &biases(n);
                    assert_is_its_steps(gate, isa, both, [of_gate, of_value], len % 17);
                }
            }
        }
    });
}

/// Rows that are shorter and longer than a block, and blocks that begin anywhere in one.
#[test]
fn rows_of_any_length_have_their_biases() {
    let pool: Vec<f32> = inputs::pool(4000).into_iter().cycle().take(8000).collect();
    let values = values(pool.len());
    on_each_isa("biased_rows_of_any_length", |isa| {
        for gate in [AnyGate::from(Geglu), ClampedSwiglu::after(2.5).into()] {
            for n in [1, 2, 7, 16, 63, 479, 480, 719, 720, 721, 961, 2600, 4000] {
                let most = if n < 64 { 2000 } else { 8000 };
                let len = most / n * n;
                let [of_gate, of_value] = &biases(n);
                let both = (&pool[..len], &values[..len]);
                assert_is_its_steps(&gate, isa, both, [of_gate, of_value], n % 17);
            }
        }
    });
}

#[test]
fn any_gate_of_any_shape_is_its_steps() {
    let cases = (
        inputs::any_activation(),
        proptest::collection::vec((inputs::any_f32(), inputs::any_f32()), 0..=120),
        proptest::collection::vec((inputs::any_f32(), inputs::any_f32()), 120),
        1usize..=5,
        0usize..=16,
    );
    property_on_each_isa("any_biased_gate_of_any_shape", &cases, |isa, case| {
        let (activation, row, biases, rows, offset) = case;
        let pairs = row.iter().cycle().take(row.len() * rows);
        let (x, values): (Vec<f32>, Vec<f32>) = pairs.copied().unzip();
        let (of_gate, of_value): (Vec<f32>, Vec<f32>) = biases[..row.len()].iter().copied().unzip();
        let gate = AnyGate::Gated(Gated(activation));
        assert_is_its_steps(&gate, isa, (&x, &values), [&of_gate, &of_value], offset);
    });
}

#[test]
fn slopes_per_channel_are_those_of_the_gate() {
    let pool = inputs::pool(4000);
    let values = values(pool.len());
    let slopes = [0.5, -2.0, 0.0, 3.0];
    on_each_isa("slopes_per_channel_of_biased_gates", |isa| {
        for inner in [1, 2, 9, 300] {
            let prelu = Prelu::per_channel(&slopes, inner).unwrap();
            let gate = AnyGate::from(Gated(prelu));
            let len = 3600 / (4 * inner) * 4 * inner;
            for n in [len, len / 4, 1] {
                let [of_gate, of_value] = &biases(n);
                let both = (&pool[..len], &values[..len]);
                assert_is_its_steps(&gate, isa, both, [of_gate, of_value], 5);
            }
        }
    });
}

/// Limits of a gate of another crate, for whose activation there is no loop with limits.
#[test]
fn limits_of_any_activation_see_the_sums() {
    let limits = GateLimits {
        gate: 1.5,
        activated: 1.25,
        value: 3.0,
        offset: 0.75,
    };
    let (x, value) = (inputs::noise(2400), values(2400));
    let [of_gate, of_value] = &biases(300);
    let sums = |x: &[f32], bias: &[f32]| -> Vec<f32> {
        x.iter()
            .zip(bias.iter().cycle())
            .map(|(x, b)| x + b)
            .collect()
    };
    let (gates, values) = (sums(&x, of_gate), sums(&value, of_value));
    on_each_isa("limits_of_any_activation_see_the_sums", |isa| {
        for name in ["relu", "gelu", "mish", "softplus"] {
            let gate = Limited(name.parse().unwrap(), limits);
            let mut expected = vec![0.0; x.len()];
            gate.apply_on(isa, &gates, &values, &mut expected).unwrap();
            let call = Biased::new(gate).gate_bias(of_gate).value_bias(of_value);
            let mut y = vec![UNTOUCHED; x.len()];
            call.apply_on(isa, &x, &value, &mut y).unwrap();
            assert_same_bits(&y, &expected, &x, format_args!("{name} on {isa}"));
        }
    });
}

/// Long enough to be written past the cache: equal to what stretches are that are not.
#[test]
fn what_streams_is_the_same() {
    const N: usize = 1 << 14;
    let len = (32 << 20) / size_of::<f32>() / N * N + N;
    let x: Vec<f32> = inputs::noise(len);
    let mut value = x.clone();
    value.reverse();
    let [of_gate, of_value] = &biases(N);
    on_each_isa("biased_gates_that_stream", |isa| {
        let clamped = Gated(Relu).into();
        for gate in [clamped, AnyGate::from(ClampedSwiglu::OAI)] {
            let call = Biased::new(gate).gate_bias(of_gate).value_bias(of_value);
            let mut y = vec![UNTOUCHED; len];
            call.apply_on(isa, &x, &value, &mut y).unwrap();
            let mut expected = vec![0.0; N];
            for ((x, value), y) in x.chunks(N).zip(value.chunks(N)).zip(y.chunks(N)) {
                call.apply_on(isa, x, value, &mut expected).unwrap();
                assert_same_bits(y, &expected, x, format_args!("{gate} on {isa}"));
            }
        }
    });
}

#[test]
fn every_way_to_call_is_the_same() {
    let (x, value) = (inputs::noise(60), values(60));
    let [of_gate, of_value] = &biases(12);
    for gate in clamped_gates().map(AnyGate::from) {
        let call = Biased::new(gate).gate_bias(of_gate).value_bias(of_value);
        let isa = Isa::detect();
        let expected = biased(&gate, isa, [Some(of_gate), Some(of_value)], &x, &value);
        let same = |y: &[f32]| assert_same_bits(y, &expected, &x, gate);
        same(&call.to_vec(&x, &value).unwrap());
        let mut y = vec![UNTOUCHED; 60];
        call.apply(&x, &value, &mut y).unwrap();
        same(&y);
        y.copy_from_slice(&x);
        call.apply_in_place(&mut y, &value).unwrap();
        same(&y);
        let mut y = activations::AVec::new(0);
        call.apply_to_vec(&x, &value, &mut y).unwrap();
        same(&y);
        for split in splits(12) {
            let both = joined(split, &x, &value);
            same(&call.split_to_vec(split, &both).unwrap());
            let mut y = vec![UNTOUCHED; 60];
            call.apply_split(split, &both, &mut y).unwrap();
            same(&y);
        }
    }
}
