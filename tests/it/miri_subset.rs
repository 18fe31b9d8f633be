//! A little of everything in scalar code, so little that Miri gets through: it knows when a pointer is used beyond
//! what it was borrowed for, which shows in no result. `tests/miri.sh` runs it there.

use crate::common::rows::{self, Operands};
use crate::common::steps::{joined, splits};
use crate::common::{Variant, assert_same_bits, compute, inputs};
use activations::{
    AVec, Activation, AnyActivation, AnyGate, Biased, ClampedSwiglu, Fused, Gate, Gated, Gelu, Isa,
    Prelu, Relu, RowActivation, Rows, Snake, Softmax, Swiglu,
};

/// A vector of sixteen, and a tail.
const LEN: usize = 19;

#[test]
fn of_activations() {
    let slopes = [0.5, -0.25, 2.0];
    let per_channel = [(1, 21), (4, 12), (20, 60)].map(|(inner, len)| {
        let prelu = Prelu::per_channel(&slopes, inner).unwrap();
        (AnyActivation::from(prelu), len)
    });
    let waves = [(1, 21), (20, 60)].map(|(inner, len)| {
        let snake = Snake::per_channel(&slopes, &slopes, inner).unwrap();
        (AnyActivation::from(snake), len)
    });
    let all = AnyActivation::all().map(|activation| (activation, LEN));
    for (activation, len) in all.chain(per_channel).chain(waves) {
        let x = inputs::noise(len);
        let expected = compute(&activation, Isa::Scalar, Variant::OutOfPlace, &x);
        let y = compute(&activation, Isa::Scalar, Variant::InPlace, &x);
        assert_same_bits(&y, &expected, &x, activation);
        if !matches!(activation, AnyActivation::Prelu(_)) {
            continue; // How memory is reserved is the same for all.
        }
        let mut y = activation.to_vec(&x).unwrap();
        assert_same_bits(&y, &expected, &x, activation);
        activation.apply_to_vec(&x, &mut y).unwrap();
        assert_same_bits(&y, &expected, &x, activation);
    }
}

#[test]
fn of_gates() {
    let (x, value) = (inputs::noise(LEN), inputs::noise(LEN));
    for gate in AnyGate::all() {
        let mut expected = vec![0.0; LEN];
        gate.apply_on(Isa::Scalar, &x, &value, &mut expected)
            .unwrap();
        let mut y = x.clone();
        gate.apply_in_place_on(Isa::Scalar, &mut y, &value).unwrap();
        assert_same_bits(&y, &expected, &x, gate);
        if gate.name() == "gated" {
            continue; // The gates that have a name of their own go the same ways.
        }
        let y = gate.to_vec(&x, &value).unwrap();
        assert_same_bits(&y, &expected, &x, gate);
        for split in splits(LEN) {
            let both = joined(split, &x, &value);
            let mut y = vec![0.0; LEN];
            gate.apply_split_on(Isa::Scalar, split, &both, &mut y)
                .unwrap();
            assert_same_bits(&y, &expected, &x, format_args!("{gate}, {split:?}"));
        }
    }
}

#[test]
fn of_gates_with_biases() {
    const ROWS: usize = 3;
    let (x, value) = (inputs::noise(ROWS * LEN), inputs::noise(2 * ROWS * LEN));
    let value = &value[ROWS * LEN..];
    let (of_gate, of_value) = (&x[..LEN], &value[..LEN]);
    for gate in [AnyGate::from(ClampedSwiglu::OAI), Gated(Relu).into()] {
        let call = Biased::new(gate).gate_bias(of_gate).value_bias(of_value);
        let mut expected = vec![0.0; ROWS * LEN];
        call.apply_on(Isa::Scalar, &x, value, &mut expected)
            .unwrap();
        let mut y = x.clone();
        call.apply_in_place_on(Isa::Scalar, &mut y, value).unwrap();
        assert_same_bits(&y, &expected, &x, gate);
        for split in splits(LEN) {
            let both = joined(split, of_gate, of_value);
            let call = Biased::new(gate).bias(split, &both).unwrap();
            let tensor = joined(split, &x, value);
            call.apply_split_on(Isa::Scalar, split, &tensor, &mut y)
                .unwrap();
            assert_same_bits(&y, &expected, &x, format_args!("{gate}, {split:?}"));
        }
    }
}

#[test]
fn of_fused_calls() {
    let (bias, residual) = ([0.5, -1.0, 2.0], inputs::noise(60));
    for activation in AnyActivation::all().step_by(8) {
        for (inner, len) in [(1, 21), (20, 60)] {
            let x = inputs::noise(len);
            let biased = Fused::new(activation).bias(&bias, inner).unwrap();
            for call in [biased, biased.residual(&residual[..len])] {
                let mut expected = vec![0.0; len];
                call.apply_on(Isa::Scalar, &x, &mut expected).unwrap();
                let mut y = x.clone();
                call.apply_in_place_on(Isa::Scalar, &mut y).unwrap();
                assert_same_bits(&y, &expected, &x, format_args!("fused({activation})"));
            }
        }
    }
}

#[test]
fn of_rows() {
    for (rows, outer) in [
        (Rows::last(1), 3),
        (Rows::last(5), 17),
        (Rows::last(20), 2),
        (Rows::strided(2, 3), 2),
        (Rows::strided(3, 17), 1),
    ] {
        let x = rows::tensor(rows, outer, |_| rows::KINDS[0].1);
        for operation in Operands::new(rows, outer).every_operation().step_by(4) {
            let what = format!("{}, {rows:?}", rows::described(&operation));
            let compute = |variant| rows::compute(&operation, Isa::Scalar, variant, rows, &x);
            let expected = compute(Variant::OutOfPlace);
            assert_same_bits(&compute(Variant::InPlace), &expected, &x, &what);
            let mut y = AVec::new(0);
            operation.apply_to_vec(rows, &x, &mut y).unwrap();
            assert_same_bits(&y, &expected, &x, &what);
        }
    }
}

#[cfg(feature = "ndarray")]
#[test]
fn of_arrays() {
    use activations::{ArrayActivation, ArrayGate, ArrayRowActivation, Reglu, Relu, Softmax};
    use ndarray::{Array3, s};

    let array = Array3::from_shape_fn((4, 5, 6), |(i, j, k)| (i * 30 + j * 6 + k) as f32 - 60.0);
    for turned in [false, true] {
        let turn = |mut array: Array3<f32>| {
            if turned {
                array.swap_axes(0, 2);
            }
            array
        };
        let (mut x, mut y) = (turn(array.clone()), turn(array.clone()));
        // Steps and axes backwards: what lies between is not to be touched.
        let part = s![1..;2, ..;-1, ..4];
        let source = array.slice(part).to_owned();
        let source = if turned {
            x.slice(part).to_owned()
        } else {
            source
        };
        Relu.apply_array(source.view(), y.slice_mut(part)).unwrap();
        Relu.apply_array_in_place(x.slice_mut(part)).unwrap();
        assert_eq!(x, y);
        Reglu
            .apply_arrays(source.view(), source.view(), y.slice_mut(part))
            .unwrap();
        for axis in 0..3 {
            let axis = ndarray::Axis(axis);
            let softmax = Softmax::default();
            softmax
                .apply_axis_in_place(axis, x.slice_mut(part))
                .unwrap();
        }
    }
}

/// Under Miri, memory that was never written is known to be such.
#[test]
fn memory_that_was_never_written() {
    let x: Vec<f32> = (0..70).map(|i| i as f32 * 0.1 - 3.0).collect();
    let mut expected = vec![0.0; 70];
    let mut y = Box::new_uninit_slice(70);
    Gelu.apply(&x, &mut expected).unwrap();
    let written = Gelu.apply_uninit(&x, &mut y).unwrap();
    assert_same_bits(written, &expected, &x, "gelu");

    let mut y = Box::new_uninit_slice(70);
    Swiglu::default().apply(&x, &x, &mut expected).unwrap();
    let written = Swiglu::default().apply_uninit(&x, &x, &mut y).unwrap();
    assert_same_bits(written, &expected, &x, "swiglu");

    for rows in [Rows::last(35), Rows::strided(7, 5)] {
        let mut y = Box::new_uninit_slice(70);
        Softmax::default().apply(rows, &x, &mut expected).unwrap();
        let written = Softmax::default().apply_uninit(rows, &x, &mut y).unwrap();
        assert_same_bits(written, &expected, &x, "softmax");
    }
}
