//! The correctly rounded result of a 16-bit type: from the oracle in f64, or, where that is too near to a tie to tell,
//! from arithmetic of hundreds of bits.

use crate::oracle::{self, real::Real};
use activations::{AVec, Activation, AnyActivation, Element, Formula, Isa};
use half::{bf16, f16};
use std::fmt::Debug;

/// A 16-bit type.
pub trait Float16: Element + Debug {
    const NAME: &'static str;
    /// The bits of infinity.
    const INFINITY: u16;
    /// The number that would follow the largest finite one.
    const BEYOND: f64;

    fn apply_on(activation: &AnyActivation<'_>, isa: Isa, x: &[Self], y: &mut [Self]);
    fn apply_in_place_on(activation: &AnyActivation<'_>, isa: Isa, x: &mut [Self]);
    fn to_vec(activation: &AnyActivation<'_>, x: &[Self]) -> AVec<Self>;
    #[cfg(feature = "parallel")]
    fn par_apply(activation: &AnyActivation<'_>, x: &[Self], y: &mut [Self]);

    fn from_bits(bits: u16) -> Self;
    fn bits(self) -> u16;
    /// The number itself.
    fn value(self) -> f64;

    fn is_nan(self) -> bool {
        self.bits() & 0x7fff > Self::INFINITY
    }

    /// Whether a NaN is a quiet one.
    fn is_quiet(self) -> bool {
        let first_of_mantissa = (Self::INFINITY ^ (Self::INFINITY << 1)) & Self::INFINITY;
        self.bits() & first_of_mantissa >> 1 != 0
    }
}

macro_rules! float16 {
    ($type:ident, $beyond:expr) => {
        impl Float16 for $type {
            const NAME: &'static str = stringify!($type);
            const INFINITY: u16 = <$type>::INFINITY.to_bits();
            const BEYOND: f64 = $beyond;

            fn apply_on(activation: &AnyActivation<'_>, isa: Isa, x: &[Self], y: &mut [Self]) {
                activation.apply_on(isa, x, y).unwrap();
            }

            fn apply_in_place_on(activation: &AnyActivation<'_>, isa: Isa, x: &mut [Self]) {
                activation.apply_in_place_on(isa, x).unwrap();
            }

            fn to_vec(activation: &AnyActivation<'_>, x: &[Self]) -> AVec<Self> {
                activation.to_vec(x).unwrap()
            }

            #[cfg(feature = "parallel")]
            fn par_apply(activation: &AnyActivation<'_>, x: &[Self], y: &mut [Self]) {
                activation.par_apply(x, y).unwrap();
            }

            fn from_bits(bits: u16) -> Self {
                <$type>::from_bits(bits)
            }

            fn bits(self) -> u16 {
                self.to_bits()
            }

            fn value(self) -> f64 {
                self.to_f64()
            }
        }
    };
}

float16!(f16, 65_536.0);
float16!(bf16, 340_282_366_920_938_463_463_374_607_431_768_211_456.0);

/// Nearer to a tie than this, as a share of it, f64 does not tell on which side a result is: the oracle's error is some
/// 2^-45.
const NEAR: f64 = 1.0 / (1u64 << 38) as f64;

/// The magnitude of the number with these bits, where infinity stands for the number beyond all finite ones.
fn magnitude<T: Float16>(bits: u16) -> f64 {
    match bits {
        bits if bits == T::INFINITY => T::BEYOND,
        bits => T::from_bits(bits).value(),
    }
}

/// The largest number whose magnitude is not above `y`.
fn below<T: Float16>(y: f64) -> u16 {
    let (mut low, mut above) = (0, T::INFINITY + 1);
    while above - low > 1 {
        let middle = low + (above - low) / 2;
        if magnitude::<T>(middle) <= y {
            low = middle;
        } else {
            above = middle;
        }
    }
    low
}

/// The correctly rounded `activation(x)`, for an `x` that is no NaN.
pub fn rounded<T: Float16>(activation: &AnyActivation<'_>, x: T) -> T {
    let y = activation.reference(x.value());
    if y.is_nan() {
        return T::from_bits(T::INFINITY + 1);
    }
    let sign = if y.is_sign_negative() { 0x8000 } else { 0 };
    let y = y.abs();
    let low = below::<T>(y);
    if low == T::INFINITY {
        return T::from_bits(sign | low);
    }
    let tie = (magnitude::<T>(low) + magnitude::<T>(low + 1)) / 2.0;
    let is_above = if (y - tie).abs() > NEAR * tie {
        y > tie
    } else {
        match beyond(activation, x.value() as f32, tie) {
            Some(is_above) => is_above,
            // A tie: the even one.
            None => low % 2 == 1,
        }
    };
    T::from_bits(sign | (low + u16::from(is_above)))
}

/// Whether the magnitude of the result is above `tie`; `None` if it is the tie itself.
fn beyond(activation: &AnyActivation<'_>, x: f32, tie: f64) -> Option<bool> {
    let at = Real::at(x);
    let exact = oracle::exact(activation, &at).unwrap_or_else(|| match activation.name() {
        "hardswish" if x.abs() < 3.0 => {
            at.clone() * (at.clone() + Real::from(3.0)) / Real::from(6.0)
        }
        // (The default slope stands for a sixth.)
        "hardsigmoid" if x.abs() < 3.0 => at.clone() / Real::from(6.0) + Real::from(0.5),
        "softsign" => at.clone() / (Real::from(1.0) + at.abs()),
        // Exact in f64, as there are bits enough.
        _ => Real::from(activation.reference(f64::from(x))),
    });
    let difference = exact.abs() - Real::from(tie);
    (!difference.is_zero()).then(|| !difference.is_negative())
}

/// The error of `got` in units in the last place, as `ulp::ulp_error` has it for f32.
pub fn error<T: Float16>(got: T, exact: f64) -> f64 {
    if got.is_nan() || exact.is_nan() {
        return if got.is_nan() && exact.is_nan() {
            0.0
        } else {
            f64::INFINITY
        };
    }
    let magnitude_of_got = magnitude::<T>(got.bits() & 0x7fff);
    if got.bits() & 0x7fff == T::INFINITY && exact.abs() >= T::BEYOND {
        return 0.0;
    }
    let got = if got.bits() & 0x8000 != 0 {
        -magnitude_of_got
    } else {
        magnitude_of_got
    };
    let low = below::<T>(exact.abs()).min(T::INFINITY - 1);
    let spacing = magnitude::<T>(low + 1) - magnitude::<T>(low);
    (got - exact).abs() / spacing
}
