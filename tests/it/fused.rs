//! An activation with a bias and a residual, on every instruction set: the bits of its three steps, over
//! all kinds of shapes; and calls that make no sense.

use crate::common::buffer::Guarded;
use crate::common::forms::assert_gives;
use crate::common::steps::{Bias, fused, values};
use crate::common::{
    assert_same_bits, inputs, on_each_isa, property_on_each_isa, scale_of_the_heaviest,
};
use activations::{Activation, AnyActivation, Celu, Error, Formula, Fused, Gelu, Isa, Prelu, Relu};
use proptest::prelude::*;

const UNTOUCHED: f32 = f32::from_bits(0xdead_beef);

/// Out of place and in place against the three steps, between guards.
fn assert_is_its_steps(
    activation: &AnyActivation<'_>,
    isa: Isa,
    bias: Bias<'_>,
    residual: Option<&[f32]>,
    x: &[f32],
    offset: usize,
) {
    let expected = fused(activation, isa, bias, residual, x);
    let residual = residual.map(|residual| Guarded::new(residual, offset / 2));
    let mut call = Fused::new(*activation);
    if let Some((bias, inner)) = bias {
        call = call.bias(bias, inner).unwrap();
    }
    if let Some(residual) = &residual {
        call = call.residual(residual.slice());
    }
    let shape = bias.map(|(bias, inner)| (bias.len(), inner));
    let what = format!("{activation}, {shape:?}");
    assert_gives(&call, what, isa, x, &expected, offset);
}

/// With a bias, with a residual, with both and with neither.
fn assert_all_are_their_steps(
    activation: &AnyActivation<'_>,
    isa: Isa,
    bias: (&[f32], usize),
    x: &[f32],
    offset: usize,
) {
    let residual = values(x.len());
    for (bias, residual) in [
        (Some(bias), None),
        (Some(bias), Some(&residual[..])),
        (None, Some(&residual[..])),
        (None, None),
    ] {
        assert_is_its_steps(activation, isa, bias, residual, x, offset);
    }
}

/// Biases of all signs and sizes.
fn biases(count: usize) -> Vec<f32> {
    let some = [0.25, -0.5, 0.0, 1.5, -0.0, 1e-30, -3e38, 0.01, -1.0, 1e-41];
    some.into_iter().cycle().take(count).collect()
}

#[test]
fn every_activation_is_its_three_steps_at_every_length() {
    let pool = inputs::pool(1000);
    on_each_isa("every_activation_is_its_three_steps", |isa| {
        for (i, activation) in inputs::every_kernel().enumerate() {
            let step = if scale_of_the_heaviest() > 1 { 3 } else { 1 };
            for len in (0..=140).step_by(step) {
                let from = (i * 7 + len) % 64;
                let x = &pool[from..from + len];
                // By turns one bias, and one for each element.
                let (bias, inner) = match len % 2 {
                    0 => (biases(1), len.max(1)),
                    _ => (biases(len), 1),
                };
                assert_all_are_their_steps(&activation, isa, (&bias, inner), x, len % 17);
            }
        }
    });
}

#[test]
fn a_sweep_over_all_exponents_has_the_bits_of_the_steps() {
    let x: Vec<f32> =
        inputs::strided((1 << 16) / scale_of_the_heaviest().next_power_of_two()).collect();
    on_each_isa("a_sweep_over_all_exponents", |isa| {
        for activation in inputs::every_kernel() {
            assert_all_are_their_steps(&activation, isa, (&biases(8), x.len() / 16), &x, 3);
        }
    });
}

#[test]
fn shapes_small_and_large_are_right() {
    let channels = [1, 2, 3, 7, 8, 16, 17, 63, 64, 65, 512, 513, 1025];
    let inners = [1, 2, 3, 5, 8, 9, 15, 16, 17, 31, 49, 63, 64, 65, 256, 257];
    let outers: &[usize] = if scale_of_the_heaviest() > 1 {
        &[0, 2]
    } else {
        &[0, 1, 2, 5]
    };
    let pool = inputs::pool(20_000);
    let residual = values(pool.len());
    let activation = Relu.into();
    on_each_isa("shapes_small_and_large", |isa| {
        for channels in channels {
            let bias = biases(channels);
            for inner in inners {
                for outer in outers {
                    let len = outer * channels * inner;
                    if len <= 20_000 / scale_of_the_heaviest().min(8) {
                        let (bias, residual) = (Some((&bias[..], inner)), Some(&residual[..len]));
                        let x = &pool[..len];
                        assert_is_its_steps(&activation, isa, bias, residual, x, len % 17);
                    }
                }
            }
        }
    });
}

#[test]
fn any_shape_of_any_activation_is_right() {
    let cases = (
        inputs::any_activation(),
        proptest::collection::vec(inputs::any_f32(), 1..=70),
        1usize..=40,
        0usize..=4,
        any::<u32>(),
        0usize..=16,
    );
    property_on_each_isa("any_shape_of_any_activation", &cases, |isa, case| {
        let (activation, bias, inner, outer, seed, offset) = case;
        let len = outer * bias.len() * inner;
        let numbers = |seed: u32| {
            let mut state = seed;
            core::iter::repeat_with(move || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                f32::from_bits(state.rotate_left(11))
            })
        };
        let x: Vec<f32> = numbers(seed).take(len).collect();
        let residual: Vec<f32> = numbers(!seed).take(len).collect();
        let residual = (seed % 2 == 0).then_some(&residual[..]);
        assert_is_its_steps(&activation, isa, Some((&bias, inner)), residual, &x, offset);
    });
}

#[test]
fn slopes_per_channel_keep_their_places() {
    let pool = inputs::pool(1000);
    on_each_isa("slopes_per_channel", |isa| {
        let activation = Prelu::per_channel(&[0.5, -2.0, 0.0], 4).unwrap().into();
        for outer in [0, 1, 2, 5] {
            let x = &pool[..outer * 24];
            assert_all_are_their_steps(&activation, isa, (&biases(8), 3), x, 1);
        }
    });
}

#[test]
fn every_way_to_call_is_the_same() {
    let x = inputs::special();
    let residual = values(x.len());
    let call = Fused::new(Gelu)
        .bias(&[0.5], 1)
        .unwrap()
        .residual(&residual);
    let expected = fused(
        &Gelu.into(),
        Isa::detect(),
        Some((&[0.5], 1)),
        Some(&residual),
        &x,
    );
    let mut y = vec![UNTOUCHED; x.len()];
    call.apply(&x, &mut y).unwrap();
    assert_same_bits(&y, &expected, &x, "apply");
    let mut y = x.clone();
    call.apply_in_place(&mut y).unwrap();
    assert_same_bits(&y, &expected, &x, "apply_in_place");
    assert_same_bits(&call.to_vec(&x).unwrap(), &expected, &x, "to_vec");
    assert_eq!(*call.activation(), Gelu);
}

#[test]
fn the_oracle_is_the_formula() {
    let residual = [10.0, 20.0, 30.0, 40.0];
    let call = Fused::new(Relu)
        .bias(&[1.0, -2.0], 1)
        .unwrap()
        .residual(&residual);
    let at = |index| call.reference_at(index, 1.5);
    assert_eq!([0, 1, 2, 3].map(at), [12.5, 20.0, 32.5, 40.0]);
    assert_eq!(call.reference(1.5), 12.5);
    assert!(call.depends_on_position());
    assert!(!Fused::new(Relu).depends_on_position());
    assert_eq!(
        Fused::new(Relu).reference(-0.0).to_bits(),
        (-0.0f64).to_bits()
    );
}

/// The error of every way to call, which must all agree; checks that nothing is written.
#[track_caller]
fn refusal(call: impl Activation) -> Error {
    const X: [f32; 3] = [-1.0, 0.5, 2.0];
    let mut errors = Vec::new();
    for isa in Isa::available() {
        let mut y = [7.0; 3];
        errors.push(call.apply_on(isa, &X, &mut y).unwrap_err());
        assert_eq!(y, [7.0; 3]);
        let mut x = X;
        errors.push(call.apply_in_place_on(isa, &mut x).unwrap_err());
        assert_eq!(x, X);
    }
    errors.push(call.to_vec(&X).unwrap_err());
    let messages: Vec<String> = errors.iter().map(Error::to_string).collect();
    assert!(messages.iter().all(|m| *m == messages[0]), "{messages:?}");
    errors.swap_remove(0)
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let call = Fused::new(Relu);
    let expected = Error::ShapeMismatch {
        len: 3,
        channels: 2,
        inner: 1,
    };
    assert_eq!(refusal(call.bias(&[0.5, 0.25], 1).unwrap()), expected);
    let expected = Error::OperandMismatch {
        input: 3,
        operand: "residual",
        len: 2,
    };
    assert_eq!(refusal(call.residual(&[0.5, 0.25])), expected);
    let message = expected.to_string();
    assert!(message.contains('3') && message.contains('2'), "{message}");
    assert!(message.contains("residual"), "{message}");
    for (bias, inner, named) in [
        (&[][..], 1, "bias.len()"),
        (&[0.5][..], 0, "inner"),
        (&[0.5, 0.5][..], usize::MAX, "inner"),
    ] {
        match call.bias(bias, inner) {
            Err(Error::InvalidParameter { parameter, .. }) => assert_eq!(parameter, named),
            other => panic!("{bias:?}, {inner}: {other:?}"),
        }
    }
    // The activation's own refusals.
    let prelu = Prelu::per_channel(&[0.5, 0.25], 1).unwrap();
    assert!(matches!(
        refusal(Fused::new(prelu)),
        Error::ShapeMismatch { .. }
    ));
    let celu = Celu { alpha: 0.0 };
    assert!(matches!(
        refusal(Fused::new(celu)),
        Error::InvalidParameter { .. }
    ));
    let mut y = [7.0; 2];
    let error = call.apply(&[1.0; 3], &mut y).unwrap_err();
    let (input, output) = (3, 2);
    assert_eq!(error, Error::LengthMismatch { input, output });
    assert_eq!(y, [7.0; 2]);
}
