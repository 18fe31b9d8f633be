//! The measure of accuracy.

/// What the spacing of a type's numbers depends on: the constants of these names that `f32` has.
#[derive(Clone, Copy)]
pub struct Format {
    pub mantissa_digits: u32,
    pub min_exp: i32,
    pub max_exp: i32,
}

impl Format {
    pub const F32: Self = Self {
        mantissa_digits: f32::MANTISSA_DIGITS,
        min_exp: f32::MIN_EXP,
        max_exp: f32::MAX_EXP,
    };

    /// The error of `got`, a number of the type, in units in the last place: `|got - exact|` over the
    /// spacing of the type at `exact`, which is that of the subnormal numbers below the normal range,
    /// at 0 too.
    ///
    /// A NaN is right for a NaN alone, and infinitely wrong otherwise. An infinite `got` stands for the
    /// number that would follow the largest; so it is right where `exact` rounds to it.
    pub fn error(self, got: f64, exact: f64) -> f64 {
        if got.is_nan() || exact.is_nan() {
            return if got.is_nan() && exact.is_nan() {
                0.0
            } else {
                f64::INFINITY
            };
        }
        let beyond = power_of_two(self.max_exp);
        if got.is_infinite() && exact.abs() >= beyond && (got > 0.0) == (exact > 0.0) {
            return 0.0;
        }
        let got = if got.is_infinite() {
            beyond.copysign(got)
        } else {
            got
        };
        (got - exact).abs() / self.spacing(exact)
    }

    /// Whether `got` is `exact` correctly rounded, as far as a type of 16 bits and an oracle in f64 can
    /// tell. The oracle is off by some 2^-45 of a result, which is 2^-34 of a unit of f16: nearer to a
    /// tie than that it does not tell on which side the result is, and both neighbours pass.
    pub fn is_rounded(self, got: f64, exact: f64) -> bool {
        const HALF: f64 = 0.5 + 1.0 / (1 << 26) as f64;
        self.error(got, exact) <= HALF && right_sign(got, exact)
    }

    /// The spacing of the type at `exact`.
    pub fn spacing(self, exact: f64) -> f64 {
        // The exponent of an f64 is exact, and far below that of the smallest number of the type for a
        // subnormal.
        let exponent = (exact.to_bits() >> 52 & 0x7ff) as i32 - BIAS;
        let of_a_normal_number = exponent.clamp(self.min_exp - 1, self.max_exp - 1);
        power_of_two(of_a_normal_number - (self.mantissa_digits as i32 - 1))
    }
}

/// Of the exponent of an f64.
const BIAS: i32 = 1023;

/// 2 to the power of `exponent`, which is that of a normal f64.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + BIAS) as u64) << 52)
}

/// The error of `got` in units in the last place, as [`Format::error`] has it: with the spacing of f32,
/// which is 2^-149 below the normal range. An infinity stands for ±2^128.
pub fn ulp_error(got: f32, exact: f64) -> f64 {
    Format::F32.error(f64::from(got), exact)
}

/// Whether `got`, if it is a zero, has the sign of `exact`: [`ulp_error`] does not tell zeros apart.
pub fn right_sign(got: impl Into<f64>, exact: f64) -> bool {
    let got = got.into();
    got != 0.0 || got.is_sign_negative() == exact.is_sign_negative()
}
