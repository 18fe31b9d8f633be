//! What the suites feed in.

pub use super::kept::strided;

use super::kept;
use activations::{AnyActivation, Formula};
use proptest::prelude::*;

/// [`kept::special`].
pub fn special() -> Vec<f32> {
    kept::special().collect()
}

/// Inputs at which powers of e, and what is made of them, become 1, subnormal, 0 or infinite.
pub fn ends() -> Vec<f32> {
    let ends: [(&str, &[f32]); 14] = [
        ("erf", &[3.919_206]),
        ("tanh", &[9.010_913]),
        ("gelu_tanh", &[10.100_637, 10.770_868]),
        ("gelu", &[13.146_247, 14.356_068]),
        ("sigmoid and softplus", &[17.328_68, 20.0]),
        ("quick_gelu", &[53.653_996, 63.527_348]),
        ("exp", &[87.336_55, 88.722_84, 103.972_08]),
        ("silu and mish", &[91.856_77, 108.660_3]),
        ("sqrt_softplus", &[174.673_1, 207.944_15]),
        ("laplace", &[2.236_057, 2.946_009_7, 3.290_231_3]),
        ("softcap", &[33.97, 270.327_4]),
        ("sin", &[std::f32::consts::PI, 3200.0, 4096.0, 1e6, 1e30]),
        ("squareplus", &[1_125_899_906_842_624.0]),
        ("xielu", &[1e-6, 0.4, 2.432_484_1, 64.0, 2.062_451e19]),
    ];
    let both = ends
        .into_iter()
        .flat_map(|(_, ends)| ends)
        .flat_map(|x| [-x, *x]);
    both.flat_map(|x| [x, x.next_up(), x.next_down()]).collect()
}

/// [`special`] values, [`ends`], and `len` numbers of all sizes.
pub fn pool(len: usize) -> Vec<f32> {
    special()
        .into_iter()
        .chain(ends())
        .chain(strided(len))
        .collect()
}

/// Ordinary numbers, of both signs.
pub fn noise(len: usize) -> Vec<f32> {
    let value = |i| 16.0 * super::rows::noise(i) - 8.0;
    (0..len).map(value).collect()
}

/// Every activation with its defaults, and with the parameters that lead to kernels of their own.
pub fn every_kernel() -> impl Iterator<Item = AnyActivation<'static>> {
    let others = [
        "leaky_relu(0)",
        "leaky_relu(-2)",
        "leaky_relu(inf)",
        "rrelu(0.25, 0.5)",
        "threshold(0.1, 20)",
        "hardtanh(0, 6)",
        "hardtanh(2, -1)",
        "hardsigmoid(0.2, 0.5)",
        "hardshrink(-1)",
        "softshrink(inf)",
        "hardsigmoid(0, 0.25)",
        "shrink(1, 0.25)",
        "swish(2)",
        "swish(-1.5)",
        "swish(0)",
        "swish(1.702)",
        "elu(0.5)",
        "elu(-2)",
        "elu(0.5, 2, 0.75)",
        "selu(0.5, 3)",
        "celu(2)",
        "celu(-0.5)",
        "softplus(2, 20)",
        "softplus(0.5, 10)",
        "softplus(-1, 20)",
        "squareplus(0)",
        "squareplus(0.5)",
        "squareplus(1e-20)",
        "laplace(0, 1)",
        "softcap(50)",
        "snake(0.5, 0.75)",
        "snake(-3, 4)",
        "snake(0, -1)",
        "snake(1e20, 1)",
        "xielu(0.25, 2)",
        "xielu(-1, 0.5, 0.75, 0.125)",
    ];
    let read = |text: &str| text.parse().expect("a name and its parameters");
    AnyActivation::all().chain(others.map(read))
}

/// Any bit pattern, with special values and numbers of ordinary size more often than chance
/// would have them.
pub fn any_f32() -> impl Strategy<Value = f32> {
    prop_oneof![
        2 => any::<u32>().prop_map(f32::from_bits),
        2 => -8.0f32..8.0,
        // Where e^x is neither 0 nor infinite, and a little beyond.
        1 => -110.0f32..110.0,
        1 => proptest::sample::select([special(), ends()].concat()),
    ]
}

/// Any activation, with its default parameters or with others that make sense.
pub fn any_activation() -> impl Strategy<Value = AnyActivation<'static>> {
    let all: Vec<_> = AnyActivation::all().collect();
    let parameters = prop_oneof![
        any_f32(),
        -2.0f32..2.0,
        // Scales of all sensible sizes, and thresholds.
        (-6.0f32..6.0).prop_map(f32::exp2),
        proptest::sample::select(vec![
            0.0f32,
            -0.0,
            1.0 / 6.0,
            0.2,
            0.5,
            1.0,
            -1.5,
            10.0,
            20.0
        ]),
    ];
    let defaults = proptest::sample::select(all.clone());
    let others = (
        proptest::sample::select(all),
        proptest::collection::vec(parameters, 4),
    )
        .prop_map(|(activation, values)| with_parameters(activation, &values))
        .prop_filter("parameters that make no sense", |a| a.check(0).is_ok());
    prop_oneof![defaults, others]
}

/// `activation` with its parameters set to the first of `values`.
pub fn with_parameters<'a>(mut activation: AnyActivation<'a>, values: &[f32]) -> AnyActivation<'a> {
    for (name, &value) in activation.parameter_names().iter().zip(values) {
        assert!(activation.set_parameter(name, value), "{name}");
    }
    activation
}
