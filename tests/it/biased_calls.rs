//! Biases of gates: which of them count, what the oracle makes of them, and which do not fit.

use crate::common::steps::{joined, splits};
use activations::{
    Biased, ClampedSwiglu, Error, Gate, GateBiases, Isa, Layout, Order, Reglu, Split, Swiglu,
};

/// A gate of another crate that wraps one.
#[derive(Clone, Copy)]
struct Wrapped<G>(G);

impl<G: Gate> Gate for Wrapped<G> {
    type Activation = G::Activation;

    fn activation(&self) -> G::Activation {
        self.0.activation()
    }

    fn biases(&self) -> GateBiases<'_> {
        self.0.biases()
    }
}

#[test]
fn the_last_biases_count_and_none_are_none() {
    let (x, value) = ([1.0, -2.0], [3.0, 4.0]);
    let sum = |gate: &dyn Fn(&mut [f32])| {
        let mut y = [0.0; 2];
        gate(&mut y);
        y
    };
    let none = Biased::new(Reglu);
    assert_eq!(none.biases(), GateBiases::NONE);
    assert_eq!(*none.gate(), Reglu);
    let of_gate = none.gate_bias(&[1.0, 3.0]);
    let of_both = of_gate.value_bias(&[1.0f32, -1.0]);
    let split = Split {
        n: 2,
        layout: Layout::Pairs,
        order: Order::ValueFirst,
    };
    let in_one = of_gate.bias(split, &[1.0, 1.0, -1.0, 3.0]).unwrap();
    for (call, expected) in [
        (none, [3.0, 0.0]),
        (of_gate, [6.0, 4.0]),
        (of_gate.gate_bias(&[0.0, 0.0]), [3.0, 0.0]),
        (of_both, [8.0, 3.0]),
        (in_one, [8.0, 3.0]),
        (in_one.value_bias(&[1.0, 1.0]), [4.0, 0.0]),
    ] {
        let y = sum(&|y| call.apply(&x, &value, y).unwrap());
        assert_eq!(y, expected, "{call:?}");
        let y = sum(&|y| Wrapped(call).apply(&x, &value, y).unwrap());
        assert_eq!(y, expected, "{call:?}");
        let y = sum(&|y| Biased::new(call).apply(&x, &value, y).unwrap());
        assert_eq!(y, expected, "{call:?}");
    }
    let outer = Biased::new(of_gate).value_bias(&[1.0, 1.0]);
    assert_eq!(sum(&|y| outer.apply(&x, &value, y).unwrap()), [4.0, 0.0]);
}

#[test]
fn the_oracle_is_the_formula() {
    let [of_gate, of_value] = [[0.5, 4.0, -1.0], [1.0, 2.0, 3.0]];
    let apart = Biased::new(Reglu).gate_bias(&of_gate).value_bias(&of_value);
    let calls = splits(3).map(|split| {
        let both = joined(split, &of_gate, &of_value);
        let call = Biased::new(Reglu).bias(split, &both).unwrap();
        [0, 4, 8].map(|index| call.reference_at(index, 2.0, 10.0))
    });
    for got in calls.chain([[0, 4, 8].map(|index| apart.reference_at(index, 2.0, 10.0))]) {
        assert_eq!(got, [27.5, 72.0, 13.0]);
    }
    assert_eq!(apart.reference(2.0, 10.0), 27.5);
    let clamped = Biased::new(ClampedSwiglu::before(7.0)).gate_bias(&of_gate);
    assert_eq!(
        clamped.reference_at(1, 2.5, 3.0),
        ClampedSwiglu::before(7.0).reference(6.5, 3.0)
    );
}

/// The error of every way to call, which must all agree; checks that nothing is written.
#[track_caller]
fn refusal(call: impl Gate, len: usize, split: Option<Split>) -> Error {
    let x = vec![1.0; len];
    let mut errors = Vec::new();
    for isa in Isa::available() {
        let mut y = vec![7.5; len];
        match split {
            None => {
                errors.push(call.apply_on(isa, &x, &x, &mut y).unwrap_err());
                errors.push(call.apply_in_place_on(isa, &mut y, &x).unwrap_err());
            }
            Some(split) => {
                let both = [x.clone(), x.clone()].concat();
                errors.push(call.apply_split_on(isa, split, &both, &mut y).unwrap_err());
                errors.push(call.split_to_vec(split, &both).unwrap_err());
            }
        }
        assert!(y.iter().all(|&y| y == 7.5));
    }
    assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
    errors.swap_remove(0)
}

#[test]
fn biases_that_do_not_fit_are_named() {
    let bias = [1.0; 6];
    let mismatch = |input, operand, len| Error::OperandMismatch {
        input,
        operand,
        len,
    };
    let new = Biased::new(Reglu);
    let split = |n| Split {
        n,
        layout: Layout::Halves,
        order: Order::GateFirst,
    };
    let both = new.bias(split(3), &bias).unwrap();
    for (call, len, expected) in [
        (new.gate_bias(&bias[..3]), 4, mismatch(4, "gate_bias", 3)),
        (new.value_bias(&bias[..3]), 2, mismatch(2, "value_bias", 3)),
        (new.gate_bias(&bias[..0]), 4, mismatch(4, "gate_bias", 0)),
        (both, 4, mismatch(4, "bias", 3)),
        (
            new.gate_bias(&bias[..2]).value_bias(&bias[..4]),
            4,
            mismatch(2, "value_bias", 4),
        ),
    ] {
        assert_eq!(refusal(call, len, None), expected);
        assert_eq!(call.check(len), Err(expected.clone()));
        let message = expected.to_string();
        let Error::OperandMismatch { operand, .. } = expected else {
            unreachable!()
        };
        assert!(message.contains(operand), "{message}");
    }
    // A row of a split tensor has as many elements as the biases, not some times as many.
    for (call, expected) in [
        (new.gate_bias(&bias[..3]), mismatch(6, "gate_bias", 3)),
        (both, mismatch(6, "bias", 3)),
    ] {
        assert_eq!(refusal(call, 6, Some(split(6))), expected);
    }
    for len in [0, 1, 5] {
        let refused = new.bias(split(3), &bias[..len]);
        let Err(Error::InvalidParameter { parameter, .. }) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(parameter, "bias.len()");
    }
    // The gate's own refusals.
    let alpha = f32::INFINITY;
    let call = Biased::new(Swiglu { alpha }).gate_bias(&bias[..2]);
    assert_eq!(Err(refusal(call, 4, None)), Swiglu { alpha }.check(4));
}
