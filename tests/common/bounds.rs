//! How far each activation may be off.

use activations::{AnyActivation, AnyRowActivation, Rows};

/// Canonical name; maximum error in ULP with the default parameters; and with any others.
///
/// The first figure is measured over all 2^32 inputs and rounded up to four decimals:
/// `tests/it/exhaustive.rs` fails where it is exceeded, or slack by more than [`SLACK`], and
/// the table of docs/activations.md states it. The second holds for what property tests and fuzzing try.
pub const MAX_ULP: &[(&str, f64, f64)] = &[
    ("identity", 0.0, 0.0),
    ("relu", 0.0, 0.0),
    ("relu6", 0.0, 0.0),
    ("leaky_relu", 0.5, 0.5),
    ("prelu", 0.5, 0.5),
    ("rrelu", 0.5, 0.5),
    ("threshold", 0.0, 0.0),
    ("thresholded_relu", 0.0, 0.0),
    ("hardtanh", 0.0, 0.0),
    ("hardsigmoid", 0.6667, 0.5),
    ("hardswish", 1.0, 1.0),
    ("hardshrink", 0.0, 0.0),
    ("softshrink", 0.5, 0.5),
    ("shrink", 0.0, 0.5),
    ("softsign", 0.5001, 0.5001),
    ("sparse_plus", 0.5001, 0.5001),
    ("sparse_sigmoid", 0.5, 0.5),
    ("squareplus", 0.75, 1.5),
    ("relu_squared", 0.5, 0.5),
    ("sigmoid", 1.9637, 1.9637),
    ("log_sigmoid", 0.949, 0.949),
    ("silu", 1.9649, 1.9649),
    ("swish", 1.9649, 2.0),
    ("sin", 0.6672, 0.6672),
    ("snake", 0.7689, 2.5),
    ("tanh", 0.934, 0.934),
    ("laplace", 0.987, 2.0),
    ("softcap", 0.9907, 2.0),
    ("tanhshrink", 0.9655, 0.9655),
    ("erf", 0.8336, 0.8336),
    ("gelu", 0.967, 0.967),
    ("gelu_10", 0.967, 0.967),
    ("gelu_tanh", 1.9493, 1.9493),
    ("quick_gelu", 1.9677, 1.9677),
    ("elu", 0.946, 2.0),
    ("selu", 1.1767, 0.5001),
    ("celu", 0.946, 2.0),
    ("softplus", 0.949, 2.0),
    ("sqrt_softplus", 0.9727, 0.9727),
    ("mish", 0.9114, 0.9114),
    ("exp", 0.7701, 0.7701),
    ("expm1", 0.8476, 0.8476),
    ("xielu", 0.6548, 1.75),
];

/// By how much a bound may lie above what is measured: the rounding to four decimals.
pub const SLACK: f64 = 0.0001;

/// The bound for `activation` with the parameters that it has.
#[track_caller]
pub fn of(activation: &AnyActivation<'_>) -> f64 {
    if has_defaults(activation) {
        max_ulp(activation.name())
    } else {
        with_other_parameters(activation.name())
    }
}

/// The bound where f(x) is `exact`, in units at that. Of a [`Snake`](activations::Snake) with other parameters than the defaults
/// the two terms may cancel: its bound is in units at the larger one.
#[track_caller]
pub fn at(activation: &AnyActivation<'_>, x: f32, exact: f64) -> f64 {
    let bound = of(activation);
    if activation.name() != "snake" || has_defaults(activation) {
        return bound;
    }
    let x = f64::from(x);
    let larger = [x, exact - x, exact].map(f64::abs).into_iter();
    bound * binade(larger.fold(0.0, f64::max)) / binade(exact)
}

/// The power of two below `x`, as far as numbers of f32 are spaced by it.
fn binade(x: f64) -> f64 {
    let in_range = x.abs().clamp(f32::MIN_POSITIVE.into(), f32::MAX.into());
    f64::from_bits(in_range.to_bits() & 0x7ff0_0000_0000_0000)
}

/// Whether the parameters are the defaults.
pub fn has_defaults(activation: &AnyActivation<'_>) -> bool {
    AnyActivation::all().any(|default| default == *activation)
}

/// The bound for the default parameters.
#[track_caller]
pub fn max_ulp(name: &str) -> f64 {
    bounds(name).0
}

/// The bound for parameters other than the defaults.
#[track_caller]
pub fn with_other_parameters(name: &str) -> f64 {
    bounds(name).1
}

#[track_caller]
fn bounds(name: &str) -> (f64, f64) {
    let line = MAX_ULP.iter().find(|(listed, ..)| *listed == name);
    let (_, default, other) = line.unwrap_or_else(|| panic!("{name} has no line in MAX_ULP"));
    (*default, *other)
}

/// The bound for an operation on rows.
pub fn of_rows(operation: &AnyRowActivation<'_>, rows: Rows) -> f64 {
    match operation {
        AnyRowActivation::Hardmax(_) => 0.0,
        _ => 2.0 + rows.axis as f64 / 4096.0,
    }
}
