//! Every gate, on every instruction set: the bits of its two steps, out of place, in place and split in
//! all ways; and calls that make no sense.

use crate::common::forms::assert_gate_gives;
use crate::common::steps::{every_gate, gated, joined, splits, values};
use crate::common::{
    assert_same_bits, inputs, on_each_isa, property_on_each_isa, scale_of_the_heaviest,
};
use activations::{
    AnyActivation, AnyGate, ClampedSwiglu, Error, Formula, Gate, Gated, Geglu, Isa, Layout, Order,
    Prelu, Relu, Split, Swiglu, Swish,
};

const UNTOUCHED: f32 = f32::from_bits(0xdead_beef);

/// Every form of the call against the two steps, between guards.
fn assert_is_its_steps(
    gate: &AnyGate<'_>,
    isa: Isa,
    (x, value): (&[f32], &[f32]),
    rows: usize,
    offset: usize,
) {
    let expected = gated(gate, isa, x, value);
    assert_gate_gives(gate, isa, (x, value), x.len() / rows, &expected, offset);
}

#[test]
fn every_gate_is_its_two_steps_at_every_length() {
    let pool = inputs::pool(1000);
    let values = values(pool.len());
    on_each_isa("every_gate_is_its_two_steps", |isa| {
        for (i, gate) in every_gate().enumerate() {
            // Lengths up to two turns of the widest loop, and its offsets by turns.
            let step = if scale_of_the_heaviest() > 1 { 3 } else { 1 };
            for len in (0..=140).step_by(step) {
                let from = (i * 7 + len) % 64;
                let x = &pool[from..from + len];
                assert_is_its_steps(&gate, isa, (x, &values[from..from + len]), 1, len % 17);
            }
            // As many rows as there are special values, and all of them.
            let len = 300;
            for rows in [1, 2, 3, 10, 30, 100, 300] {
                assert_is_its_steps(&gate, isa, (&pool[..len], &values[..len]), rows, rows % 17);
            }
        }
    });
}

#[test]
fn a_sweep_over_all_exponents_has_the_bits_of_the_steps() {
    let x: Vec<f32> = inputs::strided((1 << 16) / scale_of_the_heaviest())
        .chain(inputs::special())
        .collect();
    let values = values(x.len());
    on_each_isa("a_sweep_over_all_exponents", |isa| {
        for gate in every_gate() {
            assert_is_its_steps(&gate, isa, (&x, &values), 1, 3);
        }
    });
}

#[test]
fn any_gate_of_any_shape_is_its_two_steps() {
    let cases = (
        inputs::any_activation(),
        proptest::collection::vec((inputs::any_f32(), inputs::any_f32()), 0..=120),
        1usize..=5,
        0usize..=16,
    );
    property_on_each_isa("any_gate_of_any_shape", &cases, |isa, case| {
        let (activation, row, rows, offset) = case;
        let pairs = row.iter().cycle().take(row.len() * rows);
        let (x, values): (Vec<f32>, Vec<f32>) = pairs.copied().unzip();
        let gate = AnyGate::Gated(Gated(activation));
        assert_is_its_steps(&gate, isa, (&x, &values), rows, offset);
    });
}

#[test]
fn slopes_per_channel_are_those_of_the_gate() {
    let pool = inputs::pool(1000);
    let values = values(pool.len());
    let slopes = [0.5, -2.0, 0.0, 3.0];
    on_each_isa("slopes_per_channel", |isa| {
        for inner in [1, 2, 8, 9] {
            let prelu = Prelu::per_channel(&slopes, inner).unwrap();
            let gate = AnyGate::from(Gated(prelu));
            for outer in [0, 1, 2, 5] {
                let len = outer * slopes.len() * inner;
                for rows in [1, 2, 4] {
                    assert_is_its_steps(&gate, isa, (&pool[..len], &values[..len]), rows, 5);
                }
            }
        }
    });
}

#[test]
fn what_is_chosen_at_run_time_is_the_same() {
    let x = inputs::special();
    let value = values(x.len());
    let same = |gate: AnyGate<'_>, y: &[f32]| {
        assert_same_bits(y, &gate.to_vec(&x, &value).unwrap(), &x, gate);
    };
    same(
        Swiglu { alpha: 1.5 }.into(),
        &Swiglu { alpha: 1.5 }.to_vec(&x, &value).unwrap(),
    );
    same(Geglu.into(), &Geglu.to_vec(&x, &value).unwrap());
    same(Gated(Relu).into(), &Gated(Relu).to_vec(&x, &value).unwrap());
    let silu: AnyActivation = "silu".parse().unwrap();
    same(
        Gated(silu).into(),
        &Swiglu::default().to_vec(&x, &value).unwrap(),
    );
}

#[test]
fn to_vec_is_apply_in_an_aligned_buffer() {
    let pool = inputs::special();
    for gate in AnyGate::all() {
        for len in [0, 1, 7, pool.len()] {
            let (x, value) = (&pool[..len], &values(len));
            let expected = gated(&gate, Isa::detect(), x, value);
            let y = gate.to_vec(x, value).unwrap();
            assert_eq!(y.as_ptr().align_offset(64), 0);
            assert_same_bits(&y, &expected, x, gate);
            let mut applied = vec![UNTOUCHED; len];
            gate.apply(x, value, &mut applied).unwrap();
            assert_same_bits(&applied, &expected, x, gate);
            let mut in_place = x.to_vec();
            gate.apply_in_place(&mut in_place, value).unwrap();
            assert_same_bits(&in_place, &expected, x, gate);
            for split in splits(len) {
                let both = joined(split, x, value);
                let y = gate.split_to_vec(split, &both).unwrap();
                assert_eq!(y.as_ptr().align_offset(64), 0);
                assert_same_bits(&y, &expected, x, gate);
                applied.fill(UNTOUCHED);
                gate.apply_split(split, &both, &mut applied).unwrap();
                assert_same_bits(&applied, &expected, x, gate);
            }
        }
    }
}

#[test]
fn the_oracle_is_the_product() {
    for gate in AnyGate::all() {
        let y = gate.activation();
        for x in [-3.0, 0.0, 0.75] {
            let mut expected = y.reference(x) * 2.5;
            if let AnyGate::ClampedSwiglu(ClampedSwiglu { offset, .. }) = gate {
                expected = y.reference(x) * (2.5 + f64::from(offset));
            }
            assert_eq!(gate.reference(x, 2.5), expected, "{gate}");
            assert_eq!(gate.reference_at(0, x, 2.5), expected, "{gate}");
        }
        assert!(gate.reference(f64::NAN, 1.0).is_nan(), "{gate}");
        assert!(gate.reference(1.0, f64::NAN).is_nan(), "{gate}");
    }
}

/// The error of every way to call, which must all agree; checks that nothing is written.
#[track_caller]
fn refusal(gate: impl Gate, x: &[f32], value: &[f32], output: usize) -> Error {
    let mut errors = Vec::new();
    for isa in Isa::available() {
        let mut y = vec![7.0; output];
        errors.push(gate.apply_on(isa, x, value, &mut y).unwrap_err());
        assert!(y.iter().all(|&y| y == 7.0));
        if output == x.len() {
            let mut in_place = x.to_vec();
            let result = gate.apply_in_place_on(isa, &mut in_place, value);
            errors.push(result.unwrap_err());
            assert_eq!(in_place, x);
        }
    }
    if output == x.len() {
        errors.push(gate.to_vec(x, value).unwrap_err());
        errors.push(gate.apply_in_place(&mut x.to_vec(), value).unwrap_err());
    }
    let mut y = vec![7.0; output];
    errors.push(gate.apply(x, value, &mut y).unwrap_err());
    let messages: Vec<String> = errors.iter().map(Error::to_string).collect();
    assert!(messages.iter().all(|m| *m == messages[0]), "{messages:?}");
    errors.swap_remove(0)
}

/// That the message names these numbers.
#[track_caller]
fn names(error: &Error, numbers: &[usize]) {
    let message = error.to_string();
    for number in numbers {
        assert!(message.contains(&number.to_string()), "{message}");
    }
}

#[test]
fn lengths_that_differ_are_both_named() {
    let x = [1.0; 5];
    for (input, len) in [(3, 2), (2, 3), (0, 1), (1, 0)] {
        let error = refusal(Swiglu::default(), &x[..input], &x[..len], input);
        let operand = "value";
        assert_eq!(
            error,
            Error::OperandMismatch {
                input,
                operand,
                len
            }
        );
        names(&error, &[input, len]);
        let error = refusal(Swiglu::default(), &x[..input], &x[..input], len);
        let output = len;
        assert_eq!(error, Error::LengthMismatch { input, output });
    }
}

#[test]
fn tensors_that_do_not_split_are_refused() {
    let x = [1.0; 16];
    for (input, output, n) in [
        (7, 3, 3),
        (6, 2, 3),
        (6, 3, 2),
        (8, 4, 3),
        (12, 6, 0),
        (0, 1, 1),
        (2, 1, usize::MAX),
        (12, 12, 6),
    ] {
        for split in splits(n) {
            let expected = Error::SplitMismatch { input, output, n };
            names(&expected, &[input, output, n]);
            for isa in Isa::available() {
                let mut y = vec![7.0; output];
                let result = Geglu.apply_split_on(isa, split, &x[..input], &mut y);
                assert_eq!(result, Err(expected.clone()));
                assert!(y.iter().all(|&y| y == 7.0));
            }
            let mut y = vec![7.0; output];
            let result = Geglu.apply_split(split, &x[..input], &mut y);
            assert_eq!(result, Err(expected));
        }
    }
    let split = Split {
        n: 2,
        layout: Layout::Pairs,
        order: Order::GateFirst,
    };
    for input in [1, 2, 5, 6] {
        let output = input / 2;
        let expected = Error::SplitMismatch {
            input,
            output,
            n: 2,
        };
        assert_eq!(Geglu.split_to_vec(split, &x[..input]), Err(expected));
    }
}

#[test]
fn of_no_elements_any_split_is_right() {
    for n in [0, 1, usize::MAX] {
        for split in splits(n) {
            assert_eq!(Geglu.apply_split(split, &[0.0; 0], &mut [0.0; 0]), Ok(()));
            assert_eq!(Geglu.split_to_vec(split, &[0.0; 0]).unwrap().len(), 0);
        }
    }
}

#[test]
fn alpha_of_swiglu_is_beta_of_swish() {
    let alpha = 1.75;
    assert_eq!(Swiglu { alpha }.activation(), Swish { beta: alpha });
}

#[test]
fn a_parameter_that_makes_no_sense_is_named() {
    let x = [1.0; 4];
    let error = refusal(Swiglu { alpha: f32::NAN }, &x, &x, 4).to_string();
    assert!(
        error.contains("swiglu") && error.contains("alpha"),
        "{error}"
    );
    let gate = AnyGate::from(Swiglu {
        alpha: f32::INFINITY,
    });
    assert!(refusal(gate, &x, &x, 4).to_string().contains("alpha"));
    for activation in AnyActivation::all() {
        for name in activation.parameter_names() {
            let mut activation = activation;
            assert!(activation.set_parameter(name, f32::NAN));
            if activation.check(4).is_err() {
                assert!(Gated(activation).check(4).is_err());
                let error = refusal(Gated(activation), &x, &x, 4);
                assert_eq!(
                    error.to_string(),
                    activation.check(4).unwrap_err().to_string()
                );
            }
        }
    }
    let prelu = Prelu::per_channel(&[0.5; 3], 1).unwrap();
    assert!(matches!(
        refusal(Gated(prelu), &x, &x, 4),
        Error::ShapeMismatch {
            len: 4,
            channels: 3,
            inner: 1
        }
    ));
}

/// A gate as another crate may have it, whose own check lets everything pass.
#[derive(Clone, Copy)]
struct Careless<'a>(AnyActivation<'a>);

impl<'a> Gate for Careless<'a> {
    type Activation = AnyActivation<'a>;

    fn activation(&self) -> AnyActivation<'a> {
        self.0
    }

    fn check(&self, _len: usize) -> Result<(), Error> {
        Ok(())
    }
}

#[test]
fn the_activation_is_checked_whatever_the_gate_says() {
    let x = [1.0; 4];
    let infinite = Swish {
        beta: f32::INFINITY,
    };
    let error = refusal(Careless(infinite.into()), &x, &x, 4);
    assert_eq!(Err(error), infinite.check(4));
    let prelu = Prelu::per_channel(&[0.5; 3], 1).unwrap();
    let error = refusal(Careless(prelu.into()), &x, &x, 4);
    assert_eq!(Err(error), prelu.check(4));
    for split in splits(2) {
        let error = Careless(infinite.into()).apply_split(split, &x, &mut [7.0; 2]);
        assert_eq!(error, infinite.check(2));
    }
}

#[test]
fn an_instruction_set_that_is_not_there_is_refused() {
    for isa in Isa::ALL.iter().copied().filter(|isa| !isa.is_available()) {
        let mut y = [7.0; 2];
        let expected = Err(Error::IsaUnavailable(isa));
        assert_eq!(Geglu.apply_on(isa, &[1.0; 2], &[1.0; 2], &mut y), expected);
        assert_eq!(Geglu.apply_in_place_on(isa, &mut y, &[1.0; 2]), expected);
        for split in splits(2) {
            assert_eq!(
                Geglu.apply_split_on(isa, split, &[1.0; 4], &mut y),
                expected
            );
        }
        assert_eq!(y, [7.0; 2]);
    }
}
