//! Results against the oracle.

use crate::bounds;
use crate::ulp::{right_sign, ulp_error};
use activations::{Activation, AnyActivation, Error, Formula, Isa};

/// What a sweep over the inputs has shown.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The largest error, in ULP.
    pub max_ulp: f64,
    /// The first thing that is wrong.
    pub failure: Option<String>,
}

/// Inputs at which formulas change, each with both signs.
const SPECIAL: [f32; 16] = [
    0.0,
    f32::from_bits(1),
    f32::MIN_POSITIVE,
    1e-12,
    0.25,
    0.5,
    1.0,
    1.5,
    2.0,
    3.0,
    6.0,
    89.4,
    1e38,
    f32::MAX,
    f32::INFINITY,
    f32::NAN,
];

/// The special inputs, and `count` bit patterns spread over all 2^32.
pub fn inputs(count: u32) -> Vec<f32> {
    // Odd, so that the low bits vary as the high ones do.
    let stride = (u32::MAX / count) | 1;
    let special = SPECIAL.iter().flat_map(|&x| [x, -x]);
    let spread = (0..count).map(|i| f32::from_bits(i.wrapping_mul(stride)));
    special.chain(spread).collect()
}

/// Holds the results for `x` on each of `isas` against the oracle, out of place against in place,
/// and each instruction set against the first.
pub fn check(
    activation: AnyActivation<'_>,
    isas: &[Isa],
    x: &[f32],
) -> Result<Vec<Verdict>, Error> {
    let bound = bounds::of(&activation);
    let exact: Vec<f64> = (0..)
        .zip(x)
        .map(|(i, &x)| activation.reference_at(i, f64::from(x)))
        .collect();
    let mut first: Option<Vec<f32>> = None;
    let verdicts = isas.iter().map(|&isa| {
        let mut y = vec![0.0; x.len()];
        activation.apply_on(isa, x, &mut y)?;
        let mut in_place = x.to_vec();
        activation.apply_in_place_on(isa, &mut in_place)?;

        let mut verdict = against_oracle(x, &y, &exact, bound);
        let first = first.get_or_insert_with(|| y.clone());
        for (other, what) in [(&in_place, "in place"), (first, isas[0].name())] {
            let difference = difference(x, &y, other, what);
            verdict.failure = verdict.failure.or(difference);
        }
        Ok(verdict)
    });
    verdicts.collect()
}

fn against_oracle(x: &[f32], y: &[f32], exact: &[f64], bound: f64) -> Verdict {
    let mut verdict = Verdict {
        max_ulp: 0.0,
        failure: None,
    };
    for ((&x, &y), &exact) in x.iter().zip(y).zip(exact) {
        let error = ulp_error(y, exact);
        let wrong = error > bound || !right_sign(y, exact);
        if wrong && verdict.failure.is_none() {
            verdict.failure = Some(format!("f({x:e}) is {y:e} but should be {exact:e}"));
        }
        verdict.max_ulp = verdict.max_ulp.max(error);
    }
    verdict
}

/// The first place where two results differ in more than the payload of a NaN.
fn difference(x: &[f32], y: &[f32], other: &[f32], what: &str) -> Option<String> {
    let differ =
        |y: f32, other: f32| y.to_bits() != other.to_bits() && !(y.is_nan() && other.is_nan());
    let at = y
        .iter()
        .zip(other)
        .position(|(&y, &other)| differ(y, other))?;
    let (x, y, other) = (x[at], y[at], other[at]);
    Some(format!("f({x:e}) is {y:e} but {other:e} {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_results_are_found() {
        let right = against_oracle(&[1.0], &[1.0], &[1.0], 1.0);
        assert_eq!((right.max_ulp, right.failure), (0.0, None));

        let half_off = against_oracle(&[1.0], &[1.0], &[1.0 + f64::powi(2.0, -24)], 1.0);
        assert_eq!((half_off.max_ulp, half_off.failure), (0.5, None));

        for (y, exact) in [
            (1.0, 1.1),
            (f32::NAN, 1.0),
            (1.0, f64::NAN),
            (f32::MAX, 1e39),
        ] {
            let wrong = against_oracle(&[2.0], &[y], &[exact], 1.0);
            assert!(wrong.failure.is_some_and(|text| text.contains("f(2e0)")));
        }
        assert!(difference(&[1.0], &[0.0], &[-0.0], "").is_some());
        assert!(difference(&[1.0], &[f32::NAN], &[-f32::NAN], "").is_none());
    }

    #[test]
    fn the_sweep_reaches_all_kinds_of_numbers() {
        let x = inputs(1 << 14);
        assert!(x.iter().any(|x| x.is_subnormal() && x.is_sign_negative()));
        assert!(x.iter().any(|x| x.is_nan()));
        assert!(x.contains(&f32::NEG_INFINITY));
        assert!(x.iter().filter(|x| (0.1..10.0).contains(*x)).count() > 100);
    }

    #[test]
    fn every_activation_passes() {
        let isas: Vec<Isa> = Isa::available().collect();
        for activation in AnyActivation::all() {
            for verdict in check(activation, &isas, &inputs(1 << 10)).unwrap() {
                assert_eq!(verdict.failure, None, "{activation}");
            }
        }
    }
}
