//! The measure of accuracy, measured: a helper that passes too much would make every suite pass.

use crate::common::ulp::{Format, right_sign, ulp_error};

const TINY: f64 = 1.401_298_464_324_817e-45; // 2^-149

#[test]
fn a_half_spacing_is_half_a_ulp() {
    let half = f64::from(f32::EPSILON) / 2.0;
    assert_eq!(ulp_error(1.0, 1.0 + half), 0.5);
    assert_eq!(ulp_error(-1.0, -1.0 - half), 0.5);
    assert_eq!(ulp_error(1.0f32.next_up(), 1.0), 1.0);
    assert_eq!(
        ulp_error(1.0f32.next_down(), 1.0),
        0.5,
        "the spacing is that at the exact value"
    );
    assert_eq!(ulp_error(-1.0, 1.0), 2.0 / f64::from(f32::EPSILON));
}

#[test]
fn zero_has_the_spacing_of_subnormals() {
    assert_eq!(ulp_error(0.0, 0.0), 0.0);
    assert_eq!(ulp_error(-0.0, 0.0), 0.0);
    assert_eq!(ulp_error(f32::from_bits(1), 0.0), 1.0);
    assert_eq!(ulp_error(1.0, 0.0), 1.0 / TINY);
    assert_eq!(ulp_error(0.0, TINY), 1.0);
    assert_eq!(ulp_error(0.0, TINY / 2.0), 0.5);
    assert!(
        ulp_error(0.0, 1e-30) > 1e6,
        "a flush to zero is no small error"
    );
}

#[test]
fn subnormals_are_evenly_spaced() {
    let smallest_normal = f64::from(f32::MIN_POSITIVE);
    assert_eq!(
        ulp_error(f32::MIN_POSITIVE.next_down(), smallest_normal),
        1.0
    );
    assert_eq!(ulp_error(f32::from_bits(7), 4.0 * TINY), 3.0);
}

#[test]
fn zeros_have_signs() {
    assert!(right_sign(0.0, 0.0) && right_sign(-0.0, -0.0) && right_sign(-0.0, -1e-60));
    assert!(!right_sign(-0.0, 0.0) && !right_sign(0.0, -0.0) && !right_sign(0.0, -1e-60));
    assert!(right_sign(1.0, -1.0), "no zero, so not its matter");
}

#[test]
fn nan_meets_nan_alone() {
    assert_eq!(ulp_error(f32::NAN, f64::NAN), 0.0);
    assert_eq!(ulp_error(f32::NAN, 0.0), f64::INFINITY);
    assert_eq!(ulp_error(0.0, f64::NAN), f64::INFINITY);
    assert_eq!(ulp_error(f32::INFINITY, f64::NAN), f64::INFINITY);
}

#[test]
fn infinity_is_the_number_after_the_largest() {
    assert_eq!(ulp_error(f32::INFINITY, f64::INFINITY), 0.0);
    assert_eq!(ulp_error(f32::INFINITY, 1e39), 0.0);
    assert_eq!(ulp_error(f32::INFINITY, f64::from(f32::MAX)), 1.0);
    assert_eq!(ulp_error(f32::MAX, 2f64.powi(128)), 1.0);
    assert_eq!(ulp_error(f32::MAX, f64::INFINITY), f64::INFINITY);
    assert_eq!(ulp_error(f32::NEG_INFINITY, f64::INFINITY), f64::INFINITY);
    assert!(ulp_error(f32::INFINITY, -1e39) > 1e6);
    assert!(ulp_error(f32::INFINITY, 1.0) > 1e6);
}

#[test]
fn a_16_bit_type_has_its_own_spacing_and_end() {
    let f16 = Format {
        mantissa_digits: 11,
        min_exp: -13,
        max_exp: 16,
    };
    let (unit, smallest) = (f64::powi(2.0, -10), f64::powi(2.0, -24));
    assert_eq!(f16.error(1.0 + unit, 1.0), 1.0);
    assert_eq!(f16.error(smallest, 0.0), 1.0);
    assert_eq!(f16.error(f64::INFINITY, 65_536.0), 0.0);
    assert_eq!(f16.error(f64::INFINITY, 65_530.0), 6.0 / 32.0);
    assert_eq!(f16.error(f64::NAN, 1.0), f64::INFINITY);

    assert!(f16.is_rounded(1.0, 1.0 + 0.4999 * unit));
    assert!(!f16.is_rounded(1.0, 1.0 + 0.5001 * unit));
    // A tie, or what f64 does not tell from one.
    assert!(f16.is_rounded(1.0, 1.0 + 0.5 * unit));
    assert!(f16.is_rounded(1.0 + unit, 1.0 + 0.5 * unit));
    assert!(!f16.is_rounded(0.0, 0.75 * smallest));
    assert!(!f16.is_rounded(-0.0, 0.0));
    assert!(f16.is_rounded(f64::INFINITY, 65_530.0));
    assert!(!f16.is_rounded(65_504.0, 65_530.0));
    assert!(!f16.is_rounded(f64::NAN, 1.0) && f16.is_rounded(f64::NAN, f64::NAN));
}
