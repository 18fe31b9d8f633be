//! What each activation makes of zeros, infinities, NaN and the points where its formula changes,
//! bit for bit: the promises of its page.

mod common;

use activations::{AnyActivation, Celu, Elu, Hardtanh, LeakyRelu, Prelu, Rrelu, Softplus, Swish};
use common::{Variant, bits, compute, on_each_isa};

const INF: f32 = f32::INFINITY;
const NAN: f32 = f32::NAN;
const TINY: f32 = f32::from_bits(1);
const LN_2: f32 = std::f32::consts::LN_2;

/// Activation as text, then pairs of input and result.
const TABLE: &[(&str, &[(f32, f32)])] = &[
    (
        "identity",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -INF),
            (TINY, TINY),
            (NAN, NAN),
        ],
    ),
    (
        "relu",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, 0.0),
            (-TINY, 0.0),
            (TINY, TINY),
            (NAN, NAN),
        ],
    ),
    (
        "relu6",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, 6.0),
            (-INF, 0.0),
            (-TINY, 0.0),
            (TINY, TINY),
            (6.0, 6.0),
            (6.0000005, 6.0),
            (NAN, NAN),
        ],
    ),
    (
        "leaky_relu",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -INF),
            (-TINY, -0.0),
            (TINY, TINY),
            (-100.0, -1.0),
            (NAN, NAN),
        ],
    ),
    (
        "leaky_relu(0)",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -0.0),
            (-1.0, -0.0),
            (2.0, 2.0),
            (NAN, NAN),
        ],
    ),
    (
        "leaky_relu(-2)",
        &[
            (0.0, 0.0),
            (-0.0, 0.0),
            (INF, INF),
            (-INF, INF),
            (-1.0, 2.0),
            (2.0, 2.0),
            (NAN, NAN),
        ],
    ),
    (
        "prelu",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -INF),
            (-8.0, -2.0),
            (-TINY, -0.0),
            (NAN, NAN),
        ],
    ),
    (
        "rrelu",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -INF),
            (-48.0, -11.0),
            (-TINY, -0.0),
            (NAN, NAN),
        ],
    ),
    (
        "rrelu(-1, 1)",
        &[
            (0.0, 0.0),
            (INF, INF),
            (-INF, -0.0),
            (-48.0, -0.0),
            (NAN, NAN),
        ],
    ),
    (
        "threshold",
        &[
            (0.0, 0.0),
            (-0.0, 0.0),
            (INF, INF),
            (-INF, 0.0),
            (TINY, TINY),
            (NAN, NAN),
        ],
    ),
    (
        "threshold(0.1, 20)",
        &[
            (0.1, 20.0),
            (0.10000001, 0.10000001),
            (-INF, 20.0),
            (INF, INF),
            (NAN, NAN),
        ],
    ),
    (
        "thresholded_relu",
        &[
            (0.0, 0.0),
            (-0.0, 0.0),
            (1.0, 0.0),
            (1.0000001, 1.0000001),
            (INF, INF),
            (-INF, 0.0),
            (NAN, NAN),
        ],
    ),
    (
        "hardtanh",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, 1.0),
            (-INF, -1.0),
            (TINY, TINY),
            (NAN, NAN),
        ],
    ),
    (
        "hardtanh(0, 6)",
        &[(-0.0, -0.0), (-1.0, 0.0), (7.0, 6.0), (NAN, NAN)],
    ),
    (
        "hardsigmoid",
        &[
            (0.0, 0.5),
            (-0.0, 0.5),
            (INF, 1.0),
            (-INF, 0.0),
            (3.0, 1.0),
            (-3.0, 0.0),
            (-1.5, 0.25),
            (1.5, 0.75),
            (NAN, NAN),
        ],
    ),
    (
        "hardsigmoid(0.2, 0.5)",
        &[(0.0, 0.5), (INF, 1.0), (-INF, 0.0), (NAN, NAN)],
    ),
    (
        "hardsigmoid(0, 0.25)",
        &[(0.0, 0.25), (INF, 0.25), (-INF, 0.25), (NAN, NAN)],
    ),
    (
        "hardswish",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -0.0),
            (-3.0, -0.0),
            (-4.0, -0.0),
            (3.0, 3.0),
            (TINY, 0.0),
            (-TINY, -0.0),
            (-1.5, -0.375),
            (1e38, 1e38),
            (f32::MAX, f32::MAX),
            (f32::MIN, -0.0),
            (-2.9999998, -1.192_092_8e-7),
            (NAN, NAN),
        ],
    ),
    (
        "hardshrink",
        &[
            (0.0, 0.0),
            (-0.0, 0.0),
            (0.5, 0.0),
            (-0.5, 0.0),
            (0.50000006, 0.50000006),
            (INF, INF),
            (-INF, -INF),
            (NAN, NAN),
        ],
    ),
    (
        "softshrink",
        &[
            (0.0, 0.0),
            (-0.0, 0.0),
            (0.5, 0.0),
            (-0.5, 0.0),
            (1.0, 0.5),
            (-1.0, -0.5),
            (INF, INF),
            (-INF, -INF),
            (NAN, NAN),
        ],
    ),
    (
        "shrink",
        &[
            (0.0, 0.0),
            (-0.0, 0.0),
            (0.5, 0.0),
            (-0.5, 0.0),
            (1.0, 1.0),
            (-1.0, -1.0),
            (INF, INF),
            (-INF, -INF),
            (NAN, NAN),
        ],
    ),
    (
        "shrink(1, 0.25)",
        &[
            (1.0, 0.0),
            (-1.0, 0.0),
            (1.5, 1.25),
            (-1.5, -1.25),
            (INF, INF),
            (-INF, -INF),
            (NAN, NAN),
        ],
    ),
    (
        "softsign",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, 1.0),
            (-INF, -1.0),
            (1.0, 0.5),
            (-1.0, -0.5),
            (TINY, TINY),
            (f32::MAX, 1.0),
            (NAN, NAN),
        ],
    ),
    (
        "relu_squared",
        &[
            (0.0, 0.0),
            (-0.0, 0.0),
            (INF, INF),
            (-INF, 0.0),
            (3.0, 9.0),
            (-3.0, 0.0),
            (1e20, INF),
            (1e-30, 0.0),
            (NAN, NAN),
        ],
    ),
    (
        "sigmoid",
        &[
            (0.0, 0.5),
            (-0.0, 0.5),
            (INF, 1.0),
            (-INF, 0.0),
            (f32::MAX, 1.0),
            (f32::MIN, 0.0),
            (20.0, 1.0),
            (-103.3, TINY),
            (-110.0, 0.0),
            (NAN, NAN),
        ],
    ),
    (
        "log_sigmoid",
        &[
            (0.0, -LN_2),
            (-0.0, -LN_2),
            (INF, -0.0),
            (-INF, -INF),
            (f32::MAX, -0.0),
            (f32::MIN, f32::MIN),
            (-20.0, -20.0),
            (103.3, -TINY),
            (110.0, -0.0),
            (NAN, NAN),
        ],
    ),
    (
        "silu",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -0.0),
            (f32::MAX, f32::MAX),
            (f32::MIN, -0.0),
            (20.0, 20.0),
            (-120.0, -0.0),
            (NAN, NAN),
        ],
    ),
    (
        "swish",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -0.0),
            (f32::MAX, f32::MAX),
            (f32::MIN, -0.0),
            (-120.0, -0.0),
            (NAN, NAN),
        ],
    ),
    (
        "swish(-2)",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, 0.0),
            (-INF, -INF),
            (f32::MAX, 0.0),
            (f32::MIN, f32::MIN),
            (NAN, NAN),
        ],
    ),
    (
        "swish(0)",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -INF),
            (3.0, 1.5),
            (-3.0, -1.5),
            (NAN, NAN),
        ],
    ),
    (
        "tanh",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, 1.0),
            (-INF, -1.0),
            (TINY, TINY),
            (-TINY, -TINY),
            (f32::MAX, 1.0),
            (f32::MIN, -1.0),
            (9.02, 1.0),
            (-9.02, -1.0),
            (NAN, NAN),
        ],
    ),
    (
        "tanhshrink",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -INF),
            (TINY, 0.0),
            (-TINY, -0.0),
            (f32::MAX, f32::MAX),
            (f32::MIN, f32::MIN),
            (10.0, 9.0),
            (-10.0, -9.0),
            (NAN, NAN),
        ],
    ),
    (
        "erf",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, 1.0),
            (-INF, -1.0),
            (TINY, TINY),
            (-TINY, -TINY),
            (f32::MAX, 1.0),
            (f32::MIN, -1.0),
            (4.0, 1.0),
            (-4.0, -1.0),
            (NAN, NAN),
        ],
    ),
    (
        "gelu",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -0.0),
            (f32::MAX, f32::MAX),
            (f32::MIN, -0.0),
            (6.0, 6.0),
            (-15.0, -0.0),
            (NAN, NAN),
        ],
    ),
    (
        "gelu_tanh",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -0.0),
            (f32::MAX, f32::MAX),
            (f32::MIN, -0.0),
            (6.0, 6.0),
            (-15.0, -0.0),
            (NAN, NAN),
        ],
    ),
    (
        "quick_gelu",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -0.0),
            (f32::MAX, f32::MAX),
            (f32::MIN, -0.0),
            (20.0, 20.0),
            (-70.0, -0.0),
            (NAN, NAN),
        ],
    ),
    (
        "elu",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -1.0),
            (TINY, TINY),
            (-TINY, -TINY),
            (f32::MIN, -1.0),
            (2.0, 2.0),
            (NAN, NAN),
        ],
    ),
    (
        "elu(-2)",
        &[
            (0.0, 0.0),
            (-0.0, 0.0),
            (INF, INF),
            (-INF, 2.0),
            (-TINY, 2.0 * TINY),
            (NAN, NAN),
        ],
    ),
    (
        "elu(0)",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -0.0),
            (-2.0, -0.0),
            (NAN, NAN),
        ],
    ),
    (
        "selu",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -1.758_099_3),
            (TINY, TINY),
            (-TINY, -2.0 * TINY),
            (f32::MAX, INF),
            (f32::MIN, -1.758_099_3),
            (1.0, 1.050_701),
            (NAN, NAN),
        ],
    ),
    (
        "celu",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -1.0),
            (TINY, TINY),
            (-TINY, -TINY),
            (f32::MIN, -1.0),
            (2.0, 2.0),
            (NAN, NAN),
        ],
    ),
    (
        "softplus",
        &[
            (0.0, LN_2),
            (-0.0, LN_2),
            (INF, INF),
            (-INF, 0.0),
            (f32::MAX, f32::MAX),
            (f32::MIN, 0.0),
            (20.0, 20.0),
            (-103.3, TINY),
            (-110.0, 0.0),
            (NAN, NAN),
        ],
    ),
    (
        "softplus(1, -1)",
        &[(0.0, 0.0), (-0.0, -0.0), (-0.5, -0.5), (NAN, NAN)],
    ),
    (
        "softplus(-2, 20)",
        &[
            (0.0, -LN_2 / 2.0),
            (-0.0, -LN_2 / 2.0),
            (INF, -0.0),
            (-INF, -INF),
            (-11.0, -11.0),
            (NAN, NAN),
        ],
    ),
    (
        "mish",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -0.0),
            (f32::MAX, f32::MAX),
            (f32::MIN, -0.0),
            (20.0, 20.0),
            (-120.0, -0.0),
            (NAN, NAN),
        ],
    ),
    (
        "exp",
        &[
            (0.0, 1.0),
            (-0.0, 1.0),
            (INF, INF),
            (-INF, 0.0),
            (TINY, 1.0),
            (-TINY, 1.0),
            (f32::MAX, INF),
            (f32::MIN, 0.0),
            (88.73, INF),
            (-103.3, TINY),
            (-110.0, 0.0),
            (NAN, NAN),
        ],
    ),
    (
        "expm1",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, INF),
            (-INF, -1.0),
            (TINY, TINY),
            (-TINY, -TINY),
            (f32::MAX, INF),
            (f32::MIN, -1.0),
            (88.73, INF),
            (-20.0, -1.0),
            (NAN, NAN),
        ],
    ),
];

#[test]
fn special_values_are_as_promised() {
    on_each_isa("special_values", |isa| {
        for (text, pairs) in TABLE {
            let activation: AnyActivation = text.parse().unwrap();
            // Each value in every lane, in the body and in the tail.
            for &(x, expected) in *pairs {
                for len in [1, 3, 67] {
                    for variant in Variant::ALL {
                        for y in compute(&activation, isa, variant, &vec![x; len]) {
                            assert!(
                                bits(y) == bits(expected),
                                "{activation} on {isa}: f({x:e}) is {y:e} = {:#010x}, not {expected:e}",
                                y.to_bits()
                            );
                        }
                    }
                }
            }
        }
    });
}

#[test]
fn every_activation_has_special_values_with_nan_and_both_infinities() {
    for activation in AnyActivation::all() {
        let row = TABLE.iter().find(|(text, _)| *text == activation.name());
        let (_, pairs) = row.unwrap_or_else(|| panic!("{activation} has no special values"));
        for needed in [0.0, -0.0, INF, -INF, NAN] {
            assert!(
                pairs.iter().any(|(x, _)| bits(*x) == bits(needed)),
                "{activation}: {needed}"
            );
        }
    }
}

#[test]
fn defaults_are_pytorch_s() {
    assert_eq!(Swish::default().beta, 1.0);
    assert_eq!(Elu::default().alpha, 1.0);
    assert_eq!(Celu::default().alpha, 1.0);
    assert_eq!(
        Softplus::default(),
        Softplus {
            beta: 1.0,
            threshold: 20.0
        }
    );
    assert_eq!(LeakyRelu::default().negative_slope, 0.01);
    assert_eq!(Prelu::default(), Prelu::shared(0.25));
    assert_eq!(
        Rrelu::default(),
        Rrelu {
            lower: 0.125,
            upper: 1.0 / 3.0
        }
    );
    assert_eq!(
        Hardtanh::default(),
        Hardtanh {
            min: -1.0,
            max: 1.0
        }
    );
}
