//! The measured maximum error of each activation with its default parameters over all 2^32 inputs.

/// Canonical name and maximum error in ULP, rounded up to four decimals.
///
/// `tests/exhaustive.rs` measures it and fails where a figure is exceeded, or slack by more than
/// [`SLACK`]; the README's table states it.
pub const MAX_ULP: &[(&str, f64)] = &[
    ("identity", 0.0),
    ("relu", 0.0),
    ("relu6", 0.0),
    ("leaky_relu", 0.5),
    ("prelu", 0.5),
    ("rrelu", 0.51),
    ("threshold", 0.0),
    ("thresholded_relu", 0.0),
    ("hardtanh", 0.0),
    ("hardsigmoid", 1.0),
    ("hardswish", 1.0),
    ("hardshrink", 0.0),
    ("softshrink", 0.5),
    ("shrink", 0.5),
    ("softsign", 1.0),
    ("relu_squared", 0.5),
];

/// By how much a bound may lie above what is measured: the rounding to four decimals.
pub const SLACK: f64 = 0.0001;

/// The bound for parameters other than the defaults: as the default's for what is correctly
/// rounded or exact, else 2 ULP.
pub fn with_other_parameters(name: &str) -> f64 {
    match max_ulp(name) {
        bound if bound <= 0.5 => 0.5,
        _ => 2.0,
    }
}

/// The bound for the default parameters.
#[track_caller]
pub fn max_ulp(name: &str) -> f64 {
    MAX_ULP
        .iter()
        .find(|(listed, _)| *listed == name)
        .unwrap_or_else(|| panic!("{name} has no line in MAX_ULP"))
        .1
}
