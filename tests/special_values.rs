//! What each activation makes of zeros, infinities, NaN and the points where its formula changes,
//! bit for bit: the promises of its page.

mod common;

use activations::{AnyActivation, Hardtanh, LeakyRelu, Prelu, Rrelu};
use common::{Variant, bits, compute, on_each_isa};

const INF: f32 = f32::INFINITY;
const NAN: f32 = f32::NAN;
const TINY: f32 = f32::from_bits(1);

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
        "tanh",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, 1.0),
            (-INF, -1.0),
            (TINY, TINY),
            (-1e-20, -1e-20),
            (0.5, 0.462_117_17),
            (9.1, 1.0),
            (f32::MAX, 1.0),
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
            (-1e-20, -1.128_379_1e-20),
            (0.5, 0.520_499_9),
            (4.0, 1.0),
            (f32::MAX, 1.0),
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
            (-TINY, -0.0),
            (1e-10, 3.333_333_3e-31),
            (1e-14, 3.34e-43),
            (20.0, 19.0),
            (-16_777_216.0, -16_777_215.0),
            (f32::MAX, f32::MAX),
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
