//! The measure of accuracy.

/// The error of `got` in units in the last place: `|got - exact|` over the spacing of f32 at
/// `exact`, which is 2^-149 below the normal range, at 0 too.
///
/// A NaN is right for a NaN alone, and infinitely wrong otherwise. An infinite `got` stands for
/// ±2^128, the number that would follow the largest; so it is right where `exact` rounds to it.
pub fn ulp_error(got: f32, exact: f64) -> f64 {
    const BEYOND: f64 = 340_282_366_920_938_463_463_374_607_431_768_211_456.0; // 2^128
    if got.is_nan() || exact.is_nan() {
        return if got.is_nan() && exact.is_nan() {
            0.0
        } else {
            f64::INFINITY
        };
    }
    if got.is_infinite() && exact.abs() >= BEYOND && (got > 0.0) == (exact > 0.0) {
        return 0.0;
    }
    let got = if got.is_infinite() {
        BEYOND.copysign(f64::from(got))
    } else {
        f64::from(got)
    };
    (got - exact).abs() / spacing(exact)
}

/// Whether `got`, if it is a zero, has the sign of `exact`: [`ulp_error`] does not tell zeros apart.
pub fn right_sign(got: f32, exact: f64) -> bool {
    got != 0.0 || got.is_sign_negative() == exact.is_sign_negative()
}

/// The spacing of f32 at `exact`.
pub fn spacing(exact: f64) -> f64 {
    const BIAS: u64 = 1023;
    // The exponent of an f64 is exact, and far below that of the smallest f32 for a subnormal.
    let exponent = (exact.to_bits() >> 52) & 0x7ff;
    let of_a_normal_f32 = exponent.clamp(BIAS - 126, BIAS + 127);
    f64::from_bits((of_a_normal_f32 - 23) << 52)
}
