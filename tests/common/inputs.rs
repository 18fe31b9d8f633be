//! What the suites feed in.

use activations::{AnyActivation, Formula};
use proptest::prelude::*;

/// Inputs at which formulas change, and their neighbours: zeros, ones, thresholds, the limits of
/// the format, infinities, NaNs with payload.
pub fn special() -> Vec<f32> {
    let centres = [
        0.0,
        f32::from_bits(1),
        f32::MIN_POSITIVE,
        1e-30,
        0.01,
        0.25,
        1.0 / 6.0,
        1.0 / 3.0,
        0.5,
        1.0,
        1.5,
        2.0,
        2.9999,
        3.0,
        6.0,
        1e6,
        (1 << 24) as f32,
        (1 << 30) as f32,
        1e19,
        1e38,
        f32::MAX,
    ];
    let mut values = vec![
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::NAN,
        -f32::NAN,
        f32::from_bits(0x7f80_0001),
        f32::from_bits(0xffff_ffff),
    ];
    for centre in centres {
        for x in [centre, -centre] {
            values.extend([x, x.next_up(), x.next_down()]);
        }
    }
    values
}

/// `count` bit patterns spread over all 2^32, NaNs and infinities among them.
pub fn strided(count: usize) -> impl Iterator<Item = f32> {
    // The stride is odd, so that the low bits vary as the high ones do.
    let stride = ((1u64 << 32) / count as u64) as u32 | 1;
    (0..count as u32).map(move |i| f32::from_bits(i.wrapping_mul(stride)))
}

/// Every activation with its defaults, and with the parameters that lead to kernels of their own.
pub fn every_kernel() -> impl Iterator<Item = AnyActivation<'static>> {
    let others = [
        "leaky_relu(0)",
        "leaky_relu(-2)",
        "rrelu(0.25, 0.5)",
        "threshold(0.1, 20)",
        "hardtanh(0, 6)",
        "hardsigmoid(0.2, 0.5)",
        "hardsigmoid(0, 0.25)",
        "shrink(1, 0.25)",
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
        1 => proptest::sample::select(special()),
    ]
}

/// Any activation, with its default parameters or with others that make sense.
pub fn any_activation() -> impl Strategy<Value = AnyActivation<'static>> {
    let all: Vec<_> = AnyActivation::all().collect();
    let parameters = prop_oneof![
        any_f32(),
        -2.0f32..2.0,
        proptest::sample::select(vec![0.0f32, -0.0, 1.0 / 6.0, 0.2, 0.5, 1.0]),
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
