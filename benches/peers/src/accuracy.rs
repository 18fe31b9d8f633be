//! How far results are from the exact ones.

use crate::ulp::ulp_error;

/// The error of a function of one library.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Accuracy {
    /// The largest error in units in the last place; infinite where a result is wrong.
    pub worst: f64,
    /// The same over ordinary inputs: those that are measured on.
    pub worst_ordinary: f64,
    /// Results that are infinite or NaN where the exact one is not, or the other way round.
    pub wrong: usize,
}

impl Accuracy {
    /// That of results for `x`, of which `exact` are the exact ones.
    pub fn of(x: &[f32], results: &[f32], exact: &[f64]) -> Self {
        assert!(x.len() == results.len() && x.len() == exact.len());
        let mut accuracy = Self::default();
        for ((&x, &result), &exact) in x.iter().zip(results).zip(exact) {
            let error = error(result, exact);
            accuracy.worst = accuracy.worst.max(error);
            if x.abs() <= ORDINARY {
                accuracy.worst_ordinary = accuracy.worst_ordinary.max(error);
            }
            accuracy.wrong += usize::from(error == f64::INFINITY);
        }
        accuracy
    }
}

/// The inputs that are measured on reach from minus this to this.
const ORDINARY: f32 = 8.0;

/// As the crate's tests measure it; and infinite where an infinity stands for a number, however large.
fn error(result: f32, exact: f64) -> f64 {
    if result.is_infinite() && (exact as f32).is_finite() {
        return f64::INFINITY;
    }
    ulp_error(result, exact)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_in_units_of_the_exact_result() {
        assert_eq!(error(1.0, 1.0 + f64::from(f32::EPSILON) / 2.0), 0.5);
        assert_eq!(error(0.0, f64::from(f32::from_bits(3))), 3.0);
        assert_eq!(error(-1.0, 1.0), 2.0 / f64::from(f32::EPSILON));
    }

    #[test]
    fn what_is_no_number_is_infinitely_wrong_where_there_is_one() {
        assert_eq!(error(f32::NAN, 1.0), f64::INFINITY);
        assert_eq!(error(f32::INFINITY, 1.0), f64::INFINITY);
        assert_eq!(error(f32::INFINITY, f64::from(f32::MAX)), f64::INFINITY);
        assert_eq!(error(f32::INFINITY, 1e39), 0.0);
        assert_eq!(error(f32::MAX, f64::INFINITY), f64::INFINITY);
    }

    #[test]
    fn the_worst_is_found_and_the_wrong_are_counted() {
        let x = [1.0, 100.0, -100.0, 2.0];
        let two_off = 1.0f32.next_up().next_up();
        let accuracy = Accuracy::of(&x, &[two_off, f32::NAN, 1.0, 1.0], &[1.0; 4]);
        let expected = Accuracy {
            worst: f64::INFINITY,
            worst_ordinary: 2.0,
            wrong: 1,
        };
        assert_eq!(accuracy, expected);
    }
}
