//! The oracles in f64, tested in their turn: against the formulas in arithmetic of 384 bits and
//! more, and at the points where a formula has no value but a limit.
//!
//! What is left of the precision after all cancellation is 200 bits at least, so that an oracle
//! cannot share an error with what it is tested against.

mod functions;
mod limits;
pub mod real;

use crate::common::{bits, inputs, scale_of_the_heaviest, ulp};
use activations::{AnyActivation, Formula};
use functions::{erf, gelu, logistic, softplus, tanh};
use limits::{INF, LIMITS};
use real::Real;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The error that the oracle of `activation` may have, in ULP of f32 at the exact value: so relative
/// to that value, but where it is subnormal.
///
/// None shows in the four decimals to which errors of kernels are stated.
fn bound(activation: &AnyActivation<'_>) -> f64 {
    match activation.name() {
        // A power of e with an exponent that f64 does not hold exactly, as one of 2^7 does not by
        // 2^-46: the power, where it is the result, is then wrong by as much.
        "gelu" | "gelu_10" | "gelu_tanh" | "quick_gelu" => ULP_OF_F64 * 256.0,
        "celu" if activation.parameter("alpha") < Some(0.0) => ULP_OF_F64 * 256.0,
        // And whose argument is rounded three times.
        "laplace" => ULP_OF_F64 * 512.0,
        // Where the two terms cancel, a third of either is left.
        "snake" => ULP_OF_F64 * 32.0,
        // As many roundings as there are operations.
        _ => ULP_OF_F64 * 8.0,
    }
}

/// 2^-29.
const ULP_OF_F64: f64 = f64::EPSILON / f32::EPSILON as f64;

/// Inputs for each activation.
const POINTS: usize = 10_000;

/// These take no more than a few operations in f64, and have a formula of no more than these.
const ALGEBRAIC: &[&str] = &[
    "identity",
    "relu",
    "relu6",
    "leaky_relu",
    "prelu",
    "rrelu",
    "threshold",
    "thresholded_relu",
    "hardtanh",
    "hardsigmoid",
    "hardswish",
    "hardshrink",
    "softshrink",
    "shrink",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "relu_squared",
];

/// Other parameters than the defaults.
const OTHERS: &[&str] = &[
    "swish(2)",
    "swish(-1.5)",
    "swish(1e-30)",
    "swish(-1e38)",
    "swish(0)",
    "elu(0.5)",
    "elu(-3)",
    "elu(1e-40)",
    "elu(0.5, 2, 0.75)",
    "elu(1.5, -0.5, -1.25)",
    "elu(3e38, 3e38, 1e-38)",
    "selu(0.5, 3)",
    "selu(-1e30, 1e-30)",
    "celu(2)",
    "celu(0.3)",
    "celu(1e-38)",
    "celu(-0.5)",
    "celu(-1e-38)",
    "celu(1e38)",
    "softplus(2, 20)",
    "softplus(0.5, 10)",
    "softplus(3, -1)",
    "softplus(0.1, inf)",
    "softplus(-1.5, 20)",
    "softplus(1e-40, 20)",
    "softplus(1e38, 20)",
    "squareplus(0.5)",
    "squareplus(1e-30)",
    "squareplus(1e30)",
    "laplace(0, 1)",
    "xielu(0.25, 2)",
    "xielu(2, 0.5, 0)",
    "xielu(-1, -0.5, 0.75, 0.125)",
    "xielu(0.1, 3, 0.25, -2)",
    "xielu(1e-30, 3e38, -3e38, -1e-45)",
    "laplace(-3, 20)",
    "softcap(50)",
    "softcap(0.001)",
    "snake(0.5, 0.75)",
    "snake(-3, 4)",
    "snake(1e-20, 1e-10)",
    // The ends of the format.
    "squareplus(1e-45)",
    "squareplus(3.4028235e38)",
    "softcap(1e-45)",
    "softcap(3.4028235e38)",
    "laplace(0, 1e-45)",
    "laplace(0, 3.4028235e38)",
    "swish(1e-45)",
    "swish(-1.1754942e-38)",
    "swish(3.4028235e38)",
    "elu(1e-45)",
    "elu(-3.4028235e38)",
    "celu(1e-45)",
    "celu(1.1754944e-38)",
    "celu(3.4028235e38)",
    "softplus(1e-45, 20)",
    "softplus(-4.962592e-39, 0.005603113)",
    "softplus(1.1754944e-38, -20)",
    "softplus(-3.4028235e38, inf)",
];

/// The exact value for a finite `x`; `None` where there is no definition of the activation here.
///
/// Each is the formula as its page has it. That nothing cancels is the matter of the oracles; here
/// there are bits enough.
pub fn exact(activation: &AnyActivation<'_>, x: &Real) -> Option<Real> {
    let parameter = |name| {
        let value = activation.parameter(name);
        Real::from_f32(value.unwrap_or_else(|| panic!("{activation}: {name}")))
    };
    let one = || Real::from(1.0);
    let x = || x.clone();
    let exact = match activation.name() {
        "sigmoid" => logistic(x()),
        "log_sigmoid" => -softplus(-x()),
        "silu" => x() * logistic(x()),
        "swish" => x() * logistic(parameter("beta") * x()),
        "quick_gelu" => x() * logistic(Real::from(1702.0) / Real::from(1000.0) * x()),
        "tanh" => tanh(x()),
        "tanhshrink" => x() - tanh(x()),
        "erf" => erf(x()),
        "gelu" => gelu(x()),
        "gelu_10" => {
            let limit = || Real::from(10.0);
            let y = gelu(x());
            if (limit() - y.clone()).is_negative() {
                limit()
            } else {
                y
            }
        }
        "laplace" => {
            let z = (x() - parameter("mu")) / parameter("sigma");
            (one() + erf(z / Real::from(2.0).sqrt())) / Real::from(2.0)
        }
        "softcap" => {
            let cap = parameter("cap");
            cap.clone() * tanh(x() / cap)
        }
        "xielu" => {
            let line = parameter("beta") * x();
            if !x().is_negative() && !x().is_zero() {
                return Some(parameter("alpha_p") * x() * x() + line);
            }
            let eps = parameter("eps");
            let t = if (x() - eps.clone()).is_negative() {
                x()
            } else {
                eps
            };
            parameter("alpha_n") * (t.exp() - one() - x()) + line
        }
        "squareplus" => {
            let root = (x() * x() + parameter("b")).sqrt();
            (x() + root) / Real::from(2.0)
        }
        "sqrt_softplus" => softplus(x()).sqrt(),
        "gelu_tanh" => {
            let cubic = Real::from(44_715.0) / Real::from(1_000_000.0) * x() * x() * x();
            let u = (Real::from(2.0) / Real::pi()).sqrt() * (x() + cubic);
            x() / Real::from(2.0) * (one() + tanh(u))
        }
        "mish" => x() * tanh(softplus(x())),
        "sin" => x().sin(),
        "snake" => {
            let alpha = activation.parameter("alpha")?;
            // The product is rounded to f32.
            let t = (f64::from(alpha) * x().to_f64()) as f32;
            if t.is_infinite() {
                return Some(x());
            }
            let sine = Real::at(t).sin();
            x() + sine.clone() * sine / parameter("beta")
        }
        "exp" => x().exp(),
        "expm1" => x().exp() - one(),
        "elu" if x().is_negative() => {
            let factor = parameter("alpha") * parameter("scale");
            factor * ((parameter("input_scale") * x()).exp() - one())
        }
        "elu" => parameter("scale") * x(),
        "celu" if x().is_negative() => {
            let alpha = parameter("alpha");
            alpha.clone() * ((x() / alpha).exp() - one())
        }
        "celu" => x(),
        "selu" => {
            let (alpha, gamma) = (parameter("alpha"), parameter("gamma"));
            if x().is_negative() {
                gamma * alpha * (x().exp() - one())
            } else {
                gamma * x()
            }
        }
        "softplus" => {
            let (beta, threshold) = (parameter("beta"), parameter("threshold"));
            if (threshold - beta.clone() * x()).is_negative() {
                x()
            } else {
                softplus(beta.clone() * x()) / beta
            }
        }
        _ => return None,
    };
    Some(exact)
}

/// Finite inputs: bit patterns over all of f32, the range where exponentials are neither 0 nor
/// infinite, the range where most inputs are, and numbers of all magnitudes up to 2.
fn points() -> Vec<f32> {
    let count = POINTS / scale_of_the_heaviest();
    let mut state = 1u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 32) as u32
    };
    let mut points = [inputs::special(), inputs::ends()].concat();
    points.retain(|x| x.is_finite());
    while points.len() < count {
        let unit = f64::from(random()) / f64::from(1u32 << 31) - 1.0;
        points.push((110.0 * unit) as f32);
        points.push((9.0 * unit) as f32);
        points.push(f32::from_bits(
            random() & 0x8fff_ffff | random() & 0x3000_0000,
        ));
        let any = f32::from_bits(random());
        if any.is_finite() {
            points.push(any);
        }
    }
    points
}

/// All that is to be tested, with default parameters and with others.
fn transcendental() -> Vec<AnyActivation<'static>> {
    AnyActivation::all()
        .filter(|activation| !ALGEBRAIC.contains(&activation.name()))
        .chain(OTHERS.iter().map(|text| text.parse().unwrap()))
        .collect()
}

/// The largest error over the `points`, and where it is.
fn worst(activation: &AnyActivation<'_>, points: &[f32]) -> (f64, f32) {
    let mut worst = (0.0, 0.0);
    for &x in points {
        let reference = activation.reference(f64::from(x));
        let exact = exact(activation, &Real::at(x))
            .unwrap_or_else(|| panic!("{activation} has no definition of 200 bits"));
        assert!(
            exact.is_zero() || reference.is_sign_negative() == exact.is_negative(),
            "{activation}: f({x:e}) is {reference:e}, but {:e} has another sign",
            exact.to_f64()
        );
        let error = if exact.abs().to_f64() >= 2f64.powi(129) {
            // An infinity in f32: how far beyond, nobody asks.
            if reference.abs() >= 2f64.powi(129) {
                0.0
            } else {
                f64::INFINITY
            }
        } else {
            let difference = Real::from(reference) - exact.clone();
            difference.abs().to_f64() / ulp::Format::F32.spacing(exact.to_f64())
        };
        assert!(
            error <= bound(activation),
            "{activation}: f({x:e}) is {reference:e}, not {:e}: {error:e} ULP",
            exact.to_f64()
        );
        if error > worst.0 {
            worst = (error, x);
        }
    }
    worst
}

#[test]
fn the_oracles_are_right_to_a_few_units_of_f64() {
    let points = points();
    let activations = transcendental();
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(activation) = activations.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (error, x) = worst(activation, &points);
                    println!("{activation}: 2^{:.2} ULP at {x:e}", error.log2());
                }
            });
        }
    });
}

#[test]
fn the_oracles_have_the_limits_and_the_signs_of_zeros() {
    for (text, expected) in LIMITS {
        let activation: AnyActivation = text.parse().unwrap();
        for (x, expected) in [-INF, -0.0, 0.0, INF].into_iter().zip(*expected) {
            let y = activation.reference(f64::from(x));
            assert_eq!(bits(y as f32), bits(expected), "{text}: f({x}) is {y}");
        }
        assert!(activation.reference(f64::NAN).is_nan(), "{text}");
    }
    for activation in AnyActivation::all() {
        let name = activation.name();
        let known = ALGEBRAIC.contains(&name) || LIMITS.iter().any(|(text, _)| *text == name);
        assert!(known, "{name} has no limits");
    }
}
