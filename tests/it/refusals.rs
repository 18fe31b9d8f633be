//! Calls that make no sense: each is an error that says what is wrong, and nothing is written.

use crate::common::{inputs::with_parameters, on_each_isa};
use activations::{Activation, AnyActivation, Error, Isa, Prelu, Relu, Snake};

const X: [f32; 3] = [-1.0, f32::NAN, 2.0];

/// The error of every way to call, which must all agree; checks that nothing is written.
#[track_caller]
fn refusal(activation: impl Activation + std::fmt::Debug) -> Error {
    let mut errors = Vec::new();
    for isa in Isa::available() {
        let mut y = [7.0; 3];
        errors.push(activation.apply_on(isa, &X, &mut y).unwrap_err());
        assert_eq!(y, [7.0; 3], "{activation:?}");
        let mut x = X;
        errors.push(activation.apply_in_place_on(isa, &mut x).unwrap_err());
        assert_eq!(x.map(f32::to_bits), X.map(f32::to_bits), "{activation:?}");
    }
    let mut y = [7.0; 3];
    errors.push(activation.apply(&X, &mut y).unwrap_err());
    assert_eq!(y, [7.0; 3]);
    errors.push(activation.apply_in_place(&mut X.clone()).unwrap_err());
    errors.push(activation.to_vec(&X).unwrap_err());
    let messages: Vec<String> = errors.iter().map(Error::to_string).collect();
    assert!(messages.iter().all(|m| *m == messages[0]), "{messages:?}");
    errors.swap_remove(0)
}

#[test]
fn lengths_that_differ_are_both_named() {
    on_each_isa("lengths_that_differ", |isa| {
        for (input, output) in [(3, 2), (2, 3), (0, 1), (1, 0)] {
            let mut y = vec![7.0; output];
            let error = Relu.apply_on(isa, &X[..input], &mut y).unwrap_err();
            assert_eq!(error, Error::LengthMismatch { input, output });
            assert!(y.iter().all(|&y| y == 7.0));
            let message = error.to_string();
            assert!(message.contains(&input.to_string()), "{message}");
            assert!(message.contains(&output.to_string()), "{message}");
        }
    });
}

#[test]
fn a_parameter_that_makes_no_sense_is_named() {
    let nan = f32::NAN;
    let inf = f32::INFINITY;
    let cases: &[(&str, &[f32], &str)] = &[
        ("rrelu", &[nan, 0.5], "lower"),
        ("rrelu", &[0.5, inf], "upper"),
        ("rrelu", &[0.5, 0.25], "lower"),
        ("threshold", &[nan, 0.0], "threshold"),
        ("threshold", &[0.0, nan], "value"),
        ("thresholded_relu", &[nan], "alpha"),
        ("hardtanh", &[nan, 1.0], "min"),
        ("hardtanh", &[0.0, nan], "max"),
        ("hardsigmoid", &[inf, 0.5], "alpha"),
        ("hardsigmoid", &[0.2, nan], "beta"),
        ("hardshrink", &[nan], "lambda"),
        ("softshrink", &[-0.5], "lambda"),
        ("softshrink", &[nan], "lambda"),
        ("shrink", &[-0.5, 0.0], "lambda"),
        ("shrink", &[nan, 0.0], "lambda"),
        ("shrink", &[0.5, inf], "bias"),
        ("swish", &[nan], "beta"),
        ("swish", &[-inf], "beta"),
        ("elu", &[nan], "alpha"),
        ("elu", &[inf], "alpha"),
        ("elu", &[1.0, nan], "scale"),
        ("elu", &[1.0, -inf], "scale"),
        ("elu", &[1.0, 1.0, nan], "input_scale"),
        ("elu", &[1.0, 1.0, inf], "input_scale"),
        ("selu", &[inf], "alpha"),
        ("selu", &[1.0, nan], "gamma"),
        ("celu", &[nan], "alpha"),
        ("celu", &[inf], "alpha"),
        ("celu", &[0.0], "alpha"),
        ("celu", &[-0.0], "alpha"),
        ("softplus", &[nan, 20.0], "beta"),
        ("softplus", &[inf, 20.0], "beta"),
        ("softplus", &[0.0, 20.0], "beta"),
        ("softplus", &[-0.0, 20.0], "beta"),
        ("softplus", &[1.0, nan], "threshold"),
        ("squareplus", &[nan], "b"),
        ("squareplus", &[inf], "b"),
        ("squareplus", &[-1.0], "b"),
        ("laplace", &[nan, 1.0], "mu"),
        ("laplace", &[-inf, 1.0], "mu"),
        ("laplace", &[0.0, nan], "sigma"),
        ("laplace", &[0.0, inf], "sigma"),
        ("laplace", &[0.0, 0.0], "sigma"),
        ("laplace", &[0.0, -1.0], "sigma"),
        ("snake", &[nan, 1.0], "alpha"),
        ("snake", &[-inf, 1.0], "alpha"),
        ("snake", &[1.0, nan], "beta"),
        ("snake", &[1.0, inf], "beta"),
        ("snake", &[1.0, 0.0], "beta"),
        ("snake", &[1.0, -0.0], "beta"),
        ("softcap", &[nan], "cap"),
        ("softcap", &[inf], "cap"),
        ("softcap", &[0.0], "cap"),
        ("softcap", &[-30.0], "cap"),
        ("xielu", &[nan], "alpha_p"),
        ("xielu", &[inf], "alpha_p"),
        ("xielu", &[0.8, -inf], "alpha_n"),
        ("xielu", &[0.8, 0.8, nan], "beta"),
        ("xielu", &[0.8, 0.8, 0.5, -inf], "eps"),
    ];
    for (name, values, named) in cases {
        let activation: AnyActivation = name.parse().unwrap();
        let activation = with_parameters(activation, values);
        match refusal(activation) {
            Error::InvalidParameter {
                activation,
                parameter,
                ..
            } => assert_eq!((activation, parameter), (*name, *named), "{values:?}"),
            other => panic!("{name} {values:?}: {other}"),
        }
    }
    // Each activation with parameters is among the cases, with each of its parameters, but for slopes: they may be any number.
    let any_number = ["leaky_relu", "prelu"];
    for activation in AnyActivation::all() {
        for parameter in activation.parameter_names() {
            assert!(
                any_number.contains(&activation.name())
                    || cases
                        .iter()
                        .any(|(name, _, named)| (name, named) == (&activation.name(), parameter)),
                "{activation}: {parameter}"
            );
        }
    }
}

#[test]
fn channels_that_do_not_fit_are_refused() {
    let expected = Error::ShapeMismatch {
        len: 3,
        channels: 2,
        inner: 1,
    };
    assert_eq!(
        refusal(Prelu::per_channel(&[0.5, 0.25], 1).unwrap()),
        expected
    );
    let message = expected.to_string();
    assert!(message.contains('3') && message.contains('2'), "{message}");
    for (slopes, inner, named) in [
        (&[][..], 1, "slopes.len()"),
        (&[0.5][..], 0, "inner"),
        (&[0.5, 0.5][..], usize::MAX, "inner"),
    ] {
        match Prelu::per_channel(slopes, inner) {
            Err(Error::InvalidParameter { parameter, .. }) => assert_eq!(parameter, named),
            other => panic!("{slopes:?}, {inner}: {other:?}"),
        }
    }
}

#[test]
fn waves_that_make_no_snake_are_refused() {
    let two = Snake::per_channel(&[1.0, 0.5], &[1.0, 2.0], 1).unwrap();
    let (len, channels, inner) = (3, 2, 1);
    let shape = Error::ShapeMismatch {
        len,
        channels,
        inner,
    };
    assert_eq!(refusal(two), shape);
    for (alphas, betas, inner, named) in [
        (&[][..], &[][..], 1, "alphas.len()"),
        (&[1.0], &[1.0, 2.0], 1, "betas.len()"),
        (&[1.0], &[1.0], 0, "inner"),
        (&[1.0, 1.0], &[1.0, 1.0], usize::MAX, "inner"),
        (&[1.0, f32::NAN], &[1.0, 1.0], 1, "alpha"),
        (&[1.0, 1.0], &[1.0, f32::INFINITY], 1, "beta"),
        (&[1.0, 1.0], &[0.0, 1.0], 1, "beta"),
    ] {
        match Snake::per_channel(alphas, betas, inner) {
            Err(Error::InvalidParameter { parameter, .. }) => assert_eq!(parameter, named),
            other => panic!("{alphas:?}, {betas:?}, {inner}: {other:?}"),
        }
    }
}

#[test]
fn slopes_that_do_not_broadcast_are_refused() {
    let slopes = [0.5; 60];
    for (slope_shape, x_shape, refused, said) in [
        (&[2][..], &[4, 3][..], (-1, 2, Some(3)), "1, or as many"),
        (&[3, 1], &[3, 2, 4], (-2, 3, Some(2)), "1, or as many"),
        (&[0], &[3], (-1, 0, Some(3)), "1, or as many"),
        (&[3], &[0], (-1, 3, Some(0)), "1, or as many"),
        (
            &[2, 1, 2, 1, 2, 1, 2, 1, 2],
            &[2; 9],
            (-9, 2, Some(2)),
            "four groups",
        ),
        (&[1, 3], &[3], (-2, 1, None), "without this axis"),
        (&[1], &[], (-1, 1, None), "without this axis"),
    ] {
        let count = slope_shape.iter().product();
        let error = Prelu::broadcast(&slopes[..count], slope_shape, x_shape).unwrap_err();
        match error {
            Error::NotBroadcastable {
                axis, slope, input, ..
            } => assert_eq!((axis, slope, input), refused, "{slope_shape:?}"),
            other => panic!("{slope_shape:?} to {x_shape:?}: {other}"),
        }
        let message = error.to_string();
        assert!(
            message.contains(&format!("axis {}", refused.0)),
            "{message}"
        );
        assert!(message.contains(said), "{message}");
    }
    const HUGE: usize = usize::MAX;
    for (slopes, slope_shape, x_shape, named) in [
        (&slopes[..2], &[3][..], &[3][..], "slopes.len()"),
        (&[], &[], &[3], "slopes.len()"),
        (&[0.5], &[0], &[0], "slopes.len()"),
        (&[0.5], &[2, HUGE], &[2, HUGE], "slopes.len()"),
        (&[0.5], &[1], &[HUGE, 2], "the product of x_shape"),
    ] {
        match Prelu::broadcast(slopes, slope_shape, x_shape) {
            Err(Error::InvalidParameter { parameter, .. }) => assert_eq!(parameter, named),
            other => panic!("{slope_shape:?} to {x_shape:?}: {other:?}"),
        }
    }
}

#[test]
fn no_elements_take_slopes_of_any_shape_that_fits() {
    const HUGE: usize = usize::MAX;
    for (slopes, slope_shape, x_shape) in [
        (&[][..], &[0][..], &[2, 0][..]),
        (&[], &[0, 1], &[0, 3]),
        (&[], &[0, HUGE, 2], &[0, HUGE, 2]),
        (&[0.5, 0.25], &[2, 1], &[2, 0]),
        (&[0.5, 0.25], &[2, 1, 1, 1], &[2, HUGE, HUGE, 0]),
    ] {
        let prelu = Prelu::broadcast(slopes, slope_shape, x_shape).unwrap();
        for isa in Isa::available() {
            assert_eq!(prelu.apply_on(isa, &[0.0; 0], &mut []), Ok(()));
            assert_eq!(prelu.apply_in_place_on(isa, &mut [0.0; 0]), Ok(()));
        }
        assert!(matches!(
            refusal(prelu),
            Error::ShapeMismatch { len: 3, .. }
        ));
    }
}

#[test]
fn an_instruction_set_that_is_not_there_is_refused() {
    let missing: Vec<Isa> = Isa::ALL
        .iter()
        .copied()
        .filter(|isa| !isa.is_available())
        .collect();
    assert!(!missing.is_empty(), "no CPU has both NEON and AVX2");
    for isa in missing {
        let mut y = [7.0; 3];
        assert_eq!(
            Relu.apply_on(isa, &X, &mut y),
            Err(Error::IsaUnavailable(isa))
        );
        assert_eq!(y, [7.0; 3]);
        let mut x = X;
        assert_eq!(
            Relu.apply_in_place_on(isa, &mut x),
            Err(Error::IsaUnavailable(isa))
        );
        assert_eq!(x[0], -1.0);
        assert!(Error::IsaUnavailable(isa).to_string().contains(isa.name()));
    }
}

#[test]
fn errors_are_errors() {
    fn is_error<E: std::error::Error + Send + Sync + 'static>(_: &E) {}
    is_error(&Error::IsaUnavailable(Isa::Neon));
}
