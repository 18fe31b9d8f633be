//! Results against the oracle.

use crate::bounds;
use crate::number::Number;
use crate::ulp::{Format, right_sign};
use activations::{Activation, AnyActivation, Error, Formula, Isa};

/// What a sweep over the inputs has shown.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The largest error, in ULP.
    pub max_ulp: f64,
    /// Results that are not the correctly rounded ones.
    pub misrounded: usize,
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

/// All numbers of a 16-bit type; of f32 the special inputs, and `count` bit patterns spread over all 2^32.
pub fn inputs<T: Number>(count: u32) -> Vec<T> {
    if has_16_bits::<T>() {
        return (0..1 << 16).map(T::from_bits).collect();
    }
    // Odd, so that the low bits vary as the high ones do.
    let stride = (u32::MAX / count) | 1;
    let special = SPECIAL.iter().flat_map(|&x| [x, -x]).map(T::from_f32);
    let spread = (0..count).map(|i| T::from_bits(i.wrapping_mul(stride)));
    special.chain(spread).collect()
}

/// Whether there are so few numbers of a type that all are checked.
pub const fn has_16_bits<T>() -> bool {
    size_of::<T>() == 2
}

/// How far off a result may be, in ULP, where the parameters of an activation of a 16-bit type are not
/// the default ones.
const OTHER_PARAMETERS_16_BITS: f64 = 0.5003;

/// What is asked of each result.
#[derive(Clone, Copy)]
enum Bound {
    /// It is off by no more units in the last place.
    Ulp(f64),
    /// It is the correctly rounded one.
    Rounded,
}

impl Bound {
    fn of<T: Number>(activation: &AnyActivation<'_>) -> Self {
        match has_16_bits::<T>() {
            false => Self::Ulp(bounds::of(activation)),
            true if bounds::has_defaults(activation) => Self::Rounded,
            true => Self::Ulp(OTHER_PARAMETERS_16_BITS),
        }
    }
}

/// Holds the results for `x` on each of `isas` against the oracle, out of place against in place,
/// and each instruction set against the first.
pub fn check<T: Number>(
    activation: AnyActivation<'_>,
    isas: &[Isa],
    x: &[T],
) -> Result<Vec<Verdict>, Error> {
    let bound = Bound::of::<T>(&activation);
    let exact: Vec<f64> = (0..)
        .zip(x)
        .map(|(i, &x)| activation.reference_at(i, x.to_f64()))
        .collect();
    let mut first: Option<Vec<T>> = None;
    let activation = T::activation(activation);
    let verdicts = isas.iter().map(|&isa| {
        let mut y = vec![T::default(); x.len()];
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

fn against_oracle<T: Number>(x: &[T], y: &[T], exact: &[f64], bound: Bound) -> Verdict {
    let format = Format {
        mantissa_digits: T::MANTISSA_DIGITS,
        min_exp: T::MIN_EXP,
        max_exp: T::MAX_EXP,
    };
    let mut verdict = Verdict {
        max_ulp: 0.0,
        misrounded: 0,
        failure: None,
    };
    for ((&x, &y), &exact) in x.iter().zip(y).zip(exact) {
        let got = y.to_f64();
        let error = format.error(got, exact);
        let misrounded = !format.is_rounded(got, exact);
        let wrong = match bound {
            Bound::Ulp(bound) => error > bound || !right_sign(got, exact),
            Bound::Rounded => misrounded,
        };
        if wrong && verdict.failure.is_none() {
            verdict.failure = Some(format!("f({x:e}) is {y:e} but should be {exact:e}"));
        }
        verdict.max_ulp = verdict.max_ulp.max(error);
        verdict.misrounded += usize::from(misrounded);
    }
    verdict
}

/// The first place where two results differ in more than the payload of a NaN.
fn difference<T: Number>(x: &[T], y: &[T], other: &[T], what: &str) -> Option<String> {
    let is_nan = |y: T| y.to_f64().is_nan();
    let differ = |y: T, other: T| y.bits() != other.bits() && !(is_nan(y) && is_nan(other));
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
        let bound = Bound::Ulp(1.0);
        let right = against_oracle(&[1.0f32], &[1.0], &[1.0], bound);
        assert_eq!((right.max_ulp, right.failure), (0.0, None));

        let half_off = against_oracle(&[1.0f32], &[1.0], &[1.0 + f64::powi(2.0, -24)], bound);
        assert_eq!((half_off.max_ulp, half_off.failure), (0.5, None));

        for (y, exact) in [
            (1.0, 1.1),
            (f32::NAN, 1.0),
            (1.0, f64::NAN),
            (f32::MAX, 1e39),
        ] {
            let wrong = against_oracle(&[2.0], &[y], &[exact], bound);
            assert!(wrong.failure.is_some_and(|text| text.contains("f(2e0)")));
        }
        assert!(difference(&[1.0f32], &[0.0], &[-0.0], "").is_some());
        assert!(difference(&[1.0], &[f32::NAN], &[-f32::NAN], "").is_none());
    }

    #[test]
    fn the_sweep_reaches_all_kinds_of_numbers() {
        let x = inputs::<f32>(1 << 14);
        assert!(x.iter().any(|x| x.is_subnormal() && x.is_sign_negative()));
        assert!(x.iter().any(|x| x.is_nan()));
        assert!(x.contains(&f32::NEG_INFINITY));
        assert!(x.iter().filter(|x| (0.1..10.0).contains(*x)).count() > 100);
    }

    #[test]
    fn every_activation_passes() {
        let isas: Vec<Isa> = Isa::available().collect();
        for activation in AnyActivation::all() {
            for verdict in check(activation, &isas, &inputs::<f32>(1 << 10)).unwrap() {
                assert_eq!(verdict.failure, None, "{activation}");
            }
        }
    }

    #[cfg(feature = "half")]
    mod of_16_bits {
        use super::*;
        use activations::half::{bf16, f16};
        use activations::{Elu, Gelu};

        #[test]
        fn each_number_is_an_input_once() {
            let x = inputs::<f16>(7);
            assert!((0..=u16::MAX).eq(x.iter().map(|x| x.to_bits())));
        }

        #[test]
        fn neighbours_of_the_right_results_are_misrounded() {
            let x = inputs::<f16>(0);
            let exact: Vec<f64> = x.iter().map(|x| x.to_f64()).collect();
            let right = against_oracle(&x, &x, &exact, Bound::Rounded);
            assert_eq!((right.misrounded, right.failure), (0, None));

            let next = |x: &f16| f16::from_bits(x.to_bits() + 1);
            let is_finite = |x: &&f16| x.is_finite();
            let x: Vec<f16> = x.iter().filter(is_finite).copied().collect();
            let y: Vec<f16> = x.iter().map(next).collect();
            let exact: Vec<f64> = x.iter().map(|x| x.to_f64()).collect();
            let wrong = against_oracle(&x, &y, &exact, Bound::Rounded);
            assert_eq!((wrong.misrounded, wrong.max_ulp), (x.len(), 1.0));
            assert!(wrong.failure.is_some());
            let within = against_oracle(&x, &y, &exact, Bound::Ulp(1.0));
            assert_eq!((within.misrounded, within.failure), (x.len(), None));
        }

        #[test]
        fn other_parameters_have_another_bound() {
            let of = |activation| Bound::of::<f16>(&activation);
            assert!(matches!(of(Gelu.into()), Bound::Rounded));
            let elu = Elu {
                alpha: 0.5,
                ..Elu::default()
            };
            assert!(matches!(of(elu.into()), Bound::Ulp(bound) if bound > 0.5));
        }

        fn pass<T: Number>() {
            let isas: Vec<Isa> = Isa::available().collect();
            let x = inputs::<T>(0);
            for activation in AnyActivation::all() {
                for verdict in check(activation, &isas, &x).unwrap() {
                    let of = (verdict.misrounded, verdict.failure);
                    assert_eq!(of, (0, None), "{activation} of {}", T::NAME);
                }
            }
        }

        #[test]
        fn every_activation_rounds_right() {
            pass::<f16>();
            pass::<bf16>();
        }
    }
}
