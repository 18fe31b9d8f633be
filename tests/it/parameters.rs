//! Parameters of all magnitudes, tiny and huge ones above all: each activation against its oracle, with
//! the same bits on every instruction set.

use crate::common::{
    Variant, assert_same_bits, bits, bounds, compute, inputs, on_each_isa, step_of_the_heaviest,
    steps, ulp,
};
use activations::{
    Activation, AnyActivation, AnyGate, Formula, Gate, Isa, LeakyRelu, Prelu, Xielu,
};

/// Magnitudes of parameters: zero, the ends of the subnormal and of the normal numbers, those at which the
/// product with the largest f32 leaves the range of exponentials, and ordinary ones.
const MAGNITUDES: &[f32] = &[
    0.0,
    f32::from_bits(1),
    f32::from_bits(2),
    f32::from_bits(0x2_0000),
    4.962_592e-39,
    f32::from_bits(0x7f_ffff),
    f32::MIN_POSITIVE,
    f32::from_bits(0x80_0001),
    2.0e-38,
    5.0e-38,
    1e-37,
    5.6e-37,
    5.7e-37,
    1e-30,
    1e-19,
    0.005_603_113,
    1.0 / 6.0,
    1.0,
    1.5,
    20.0,
    1e10,
    1e19,
    1e30,
    1.7e38,
    3.3e38,
    f32::MAX,
    f32::INFINITY,
];

const INF: f32 = f32::INFINITY;
const TINY: f32 = f32::from_bits(1);

/// Activation as text, then pairs of input and result that were wrong once.
const ONCE_WRONG: &[(&str, &[(f32, f32)])] = &[
    ("swish(1e-37)", &[(-INF, -0.0), (INF, INF)]),
    ("swish(-1e-37)", &[(INF, 0.0), (-INF, -INF)]),
    ("swish(5.66e-37)", &[(-INF, -0.0)]),
    ("swish(1e-45)", &[(-INF, -0.0), (INF, INF)]),
    ("softplus(1e-45, 20)", &[(-INF, 0.0), (0.0, INF)]),
    ("softplus(-1e-45, 20)", &[(INF, -0.0), (0.0, -INF)]),
    ("softplus(1e-39, 20)", &[(-INF, 0.0)]),
    (
        "softplus(-4.962592e-39, 0.005603113)",
        &[(2.917_481_4e38, -4.254_555e37)],
    ),
    // The line is exactly 0 at the root.
    ("xielu(0.8, 0.5625, 0.5546875)", &[(-72.0, 3.026_354_6e-32)]),
    (
        "rrelu(0, 1e-45)",
        &[
            (-INF, -INF),
            (-3e38, -2.101_947_7e-7),
            (-TINY, -0.0),
            (-0.0, -0.0),
            (0.0, 0.0),
            (3e38, 3e38),
        ],
    ),
    ("rrelu(-1e-45, 0)", &[(-INF, INF), (-3e38, 2.101_947_7e-7)]),
];

/// Both signs of [`MAGNITUDES`].
fn values() -> impl Iterator<Item = f32> + Clone {
    let both = MAGNITUDES.iter().flat_map(|&value| [value, -value]);
    both.step_by(step_of_the_heaviest(5))
}

/// Inputs that every parameter meets.
fn inputs_for_all() -> Vec<f32> {
    inputs::special()
        .into_iter()
        .chain(inputs::ends())
        .chain(inputs::strided(3000 / step_of_the_heaviest(8)))
        .collect()
}

/// Inputs whose product or quotient with one of the `parameters` is of ordinary size.
fn inputs_near(parameters: impl Iterator<Item = f32>) -> Vec<f32> {
    let ends = [
        15.9, 16.6, 17.3, 18.0, 20.0, 88.0, 103.0, 104.0, 110.0, 126.5, 180.0, 193.0, 195.0,
    ];
    let factors: Vec<f64> = (-60..60)
        .map(|i| f64::from(i) * 0.17)
        .chain(ends.into_iter().flat_map(|end| [end, -end]))
        .collect();
    let near = |parameter: f32| {
        let parameter = f64::from(parameter);
        let around = |&factor: &f64| [factor * parameter, factor / parameter];
        factors.iter().flat_map(around).collect::<Vec<_>>()
    };
    parameters
        .filter(|parameter| parameter.is_finite())
        .flat_map(near)
        .map(|x| x as f32)
        .collect()
}

/// Every activation that has parameters, with each combination of [`values`] that it accepts; of three parameters at once, of
/// a fifth of them, and of four, of an eleventh.
fn with_every_parameter() -> impl Iterator<Item = AnyActivation<'static>> {
    AnyActivation::all()
        .filter(|activation| !activation.parameter_names().is_empty())
        .flat_map(|activation| {
            let mut all = vec![activation];
            let step = match activation.parameter_names().len() {
                ..=2 => 1,
                3 => 5,
                _ => 11,
            };
            for name in activation.parameter_names() {
                let set = |(mut activation, value): (AnyActivation<'static>, f32)| {
                    assert!(activation.set_parameter(name, value), "{name}");
                    activation
                };
                let pairs = all.into_iter().flat_map(|activation| {
                    values().step_by(step).map(move |value| (activation, value))
                });
                all = pairs.map(set).collect();
            }
            all
        })
        .filter(|activation| activation.check(0).is_ok())
}

fn assert_accurate(activation: &AnyActivation<'_>, x: &[f32], y: &[f32]) {
    for (&x, &y) in x.iter().zip(y) {
        let exact = activation.reference(f64::from(x));
        let error = ulp::ulp_error(y, exact);
        assert!(
            error <= bounds::at(activation, x, exact) && ulp::right_sign(y, exact),
            "{activation}: f({x:e} = {:#010x}) is {y:e}, {error} ULP off {exact:e}",
            x.to_bits()
        );
    }
}

#[test]
fn parameters_of_all_magnitudes_are_right() {
    let for_all = inputs_for_all();
    on_each_isa("parameters_of_all_magnitudes", |isa| {
        for activation in with_every_parameter() {
            let parameters = activation.parameter_names().iter();
            let near = inputs_near(parameters.filter_map(|name| activation.parameter(name)));
            let x = [&for_all[..], &near].concat();
            let y = compute(&activation, isa, Variant::OutOfPlace, &x);
            let expected = compute(&activation, Isa::Scalar, Variant::InPlace, &x);
            assert_same_bits(&y, &expected, &x, format_args!("{activation} on {isa}"));
            // The oracle takes longer, and equal bits are equally far from it.
            if isa == Isa::Scalar {
                assert_accurate(&activation, &x, &y);
            }
        }
    });
}

/// Where `alpha_n` is several times `beta` its root is next to 0, and where they are close it is far from there.
#[test]
fn xielu_is_right_whatever_its_root() {
    let ratios = [0.9999, 0.99, 0.9, 0.62, 0.45, 0.3];
    let near = [0.26, 0.22, 0.18, 0.13, 0.1, 0.08, 0.05, 0.02, 0.005];
    let alphas = [0.9, 0.217, 1.31, 1.73];
    let inputs: Vec<f32> = (-64..64)
        .map(|i| 1.03 * i as f32)
        .chain((0..1500).map(|i| -0.000_931 * i as f32))
        .chain((0..200).map(|i| 0.97_f32.powi(i) * 60.0))
        .collect();
    on_each_isa("xielu_is_right_whatever_its_root", |isa| {
        for ratio in ratios.into_iter().chain(near) {
            for alpha in alphas.into_iter().step_by(step_of_the_heaviest(4)) {
                let (alpha_p, alpha_n, beta) = (3.1 * alpha, alpha, ratio * alpha);
                let xielu = AnyActivation::from(Xielu {
                    alpha_p,
                    alpha_n,
                    beta,
                    eps: -1e-6,
                });
                let y = compute(&xielu, isa, Variant::OutOfPlace, &inputs);
                let expected = compute(&xielu, Isa::Scalar, Variant::InPlace, &inputs);
                assert_same_bits(&y, &expected, &inputs, format_args!("{xielu} on {isa}"));
                if isa == Isa::Scalar {
                    assert_accurate(&xielu, &inputs, &y);
                }
            }
        }
    });
}

#[test]
fn gates_with_parameters_of_all_magnitudes_are_their_two_steps() {
    let for_all = inputs_for_all();
    on_each_isa("gates_with_parameters_of_all_magnitudes", |isa| {
        for gate in AnyGate::all() {
            for name in gate.parameter_names() {
                for value in values().filter(|value| value.is_finite()) {
                    let mut gate = gate;
                    let is_set = gate.set_parameter(name, value);
                    assert!(is_set || *name == "place", "{name}");
                    if !is_set || gate.check(0).is_err() {
                        continue;
                    }
                    let x = [&for_all[..], &inputs_near([value].into_iter())].concat();
                    // Ones, so that nothing hides, and then values of all sizes.
                    for factors in [vec![1.0; x.len()], steps::values(x.len())] {
                        let expected = steps::gated(&gate, isa, &x, &factors);
                        let mut y = vec![0.0; x.len()];
                        gate.apply_on(isa, &x, &factors, &mut y).unwrap();
                        assert_same_bits(&y, &expected, &x, format_args!("{gate} on {isa}"));
                    }
                }
            }
        }
    });
}

#[test]
fn slopes_of_all_magnitudes_are_right_per_channel() {
    let x = inputs_for_all();
    let slopes: Vec<f32> = values().chain([f32::NAN]).collect();
    // Each slope meets all inputs: alone, in rows as long as a vector, and in longer ones.
    let (tensor, period) = (x.repeat(slopes.len()), x.len());
    on_each_isa("slopes_of_all_magnitudes", |isa| {
        let prelu = Prelu::per_channel(&slopes, period).unwrap();
        let mut y = vec![0.0; tensor.len()];
        prelu.apply_on(isa, &tensor, &mut y).unwrap();
        for (&negative_slope, y) in slopes.iter().zip(y.chunks_exact(period)) {
            let shared = AnyActivation::from(LeakyRelu { negative_slope });
            let expected = compute(&shared, isa, Variant::OutOfPlace, &x);
            assert_same_bits(y, &expected, &x, format_args!("{shared} on {isa}"));
        }
        for inner in [1, 8, 16] {
            let prelu = Prelu::per_channel(&slopes, inner).unwrap();
            let rows: Vec<f32> = x
                .iter()
                .flat_map(|&x| vec![x; slopes.len() * inner])
                .collect();
            let mut y = vec![0.0; rows.len()];
            prelu.apply_on(isa, &rows, &mut y).unwrap();
            for (i, (&x, &y)) in rows.iter().zip(&y).enumerate() {
                let exact = prelu.reference_at(i, f64::from(x));
                let error = ulp::ulp_error(y, exact);
                assert!(
                    error <= 0.5 && ulp::right_sign(y, exact),
                    "{inner} on {isa}: f({x:e}) is {y:e}, not {exact:e}"
                );
            }
        }
    });
}

#[test]
fn what_was_wrong_once_stays_right() {
    on_each_isa("what_was_wrong_once", |isa| {
        for (text, pairs) in ONCE_WRONG {
            let activation: AnyActivation = text.parse().unwrap();
            for &(x, expected) in *pairs {
                for len in [1, 67] {
                    for y in compute(&activation, isa, Variant::OutOfPlace, &vec![x; len]) {
                        assert!(
                            bits(y) == bits(expected),
                            "{activation} on {isa}: f({x:e}) is {y:e}, not {expected:e}"
                        );
                    }
                }
            }
        }
    });
}
