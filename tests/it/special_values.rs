//! What each activation makes of zeros, infinities, NaN and the points where its formula changes,
//! bit for bit: the promises of its page.

mod periodic;
mod piecewise;
mod smooth;

use crate::common::{Variant, bits, compute, on_each_isa};
use activations::{
    AnyActivation, Celu, Elu, Hardtanh, Laplace, LeakyRelu, Prelu, Rrelu, Softcap, Softplus,
    Squareplus, Swish,
};

const INF: f32 = f32::INFINITY;
const NAN: f32 = f32::NAN;
const TINY: f32 = f32::from_bits(1);
const LN_2: f32 = std::f32::consts::LN_2;

/// Activations as text, each with pairs of input and result.
type Table = &'static [(&'static str, &'static [(f32, f32)])];

fn table() -> impl Iterator<Item = (&'static str, &'static [(f32, f32)])> {
    let curved = smooth::TABLE.iter().chain(periodic::TABLE);
    piecewise::TABLE.iter().chain(curved).copied()
}
#[test]
fn special_values_are_as_promised() {
    on_each_isa("special_values", |isa| {
        for (text, pairs) in table() {
            let activation: AnyActivation = text.parse().unwrap();
            // Each value in every lane, in the body and in the tail.
            for &(x, expected) in pairs {
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
        let row = table().find(|(text, _)| *text == activation.name());
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
    // These are Hugging Face's and JAX's.
    assert_eq!(Softcap::default().cap, 30.0);
    assert_eq!(Squareplus::default().b, 4.0);
    assert_eq!(
        AnyActivation::from(Laplace::default()).to_string(),
        "laplace(mu=0.707107, sigma=0.282095)"
    );
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
