//! Numbers of many bits, written as such.

use astro_float_num::{BigFloat, Consts, RoundingMode};
use std::cell::{Cell, RefCell};
use std::ops::{Add, Div, Mul, Neg, Sub};

thread_local! {
    static CONSTANTS: RefCell<Consts> = RefCell::new(Consts::new().expect("there is memory"));
    static PRECISION: Cell<usize> = const { Cell::new(0) };
}

/// One bit more or less at the end does not matter here.
const ROUNDING: RoundingMode = RoundingMode::None;

/// The bits of all numbers of this thread: those of the last [`Real::at`].
pub fn precision() -> usize {
    PRECISION.get()
}

#[derive(Clone)]
pub struct Real(BigFloat);

impl Real {
    /// `x`, and bits enough for any formula at `x`.
    pub fn at(x: f32) -> Self {
        // The result for a tiny x may be as small as its cube (x - tanh(x)), and that for a
        // large one as the least power of e: the difference of two numbers near 1.
        let tiny = (-f64::from(x).abs().log2()).clamp(0.0, 149.0) as usize;
        let large = if x.abs() > 8.0 { 448 } else { 0 };
        PRECISION.set(384 + 3 * tiny + large);
        Self::from_f32(x)
    }

    pub fn from_f32(x: f32) -> Self {
        Self::from(f64::from(x))
    }

    /// e^x. Beyond ±300 it is that of ±300: too large for f32 with any factor of f32, or too
    /// small, and so for all of the formulas alike.
    pub fn exp(self) -> Self {
        const LIMIT: f64 = 300.0;
        let x = match self.to_f64() {
            x if x.abs() > LIMIT => Self::from(LIMIT.copysign(x)),
            _ => self,
        };
        Self(with_constants(|constants| {
            x.0.exp(precision(), ROUNDING, constants)
        }))
    }

    pub fn ln(self) -> Self {
        Self(with_constants(|constants| {
            self.0.ln(precision(), ROUNDING, constants)
        }))
    }

    pub fn sqrt(self) -> Self {
        Self(self.0.sqrt(precision(), ROUNDING))
    }

    pub fn sin(self) -> Self {
        Self(with_constants(|constants| {
            self.0.sin(precision(), ROUNDING, constants)
        }))
    }

    pub fn pi() -> Self {
        Self(with_constants(|constants| {
            constants.pi(precision(), ROUNDING)
        }))
    }

    pub fn abs(&self) -> Self {
        Self(self.0.abs())
    }

    pub fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// That of the power of 2 next above.
    pub fn exponent(&self) -> i32 {
        self.0.exponent().expect("it is finite")
    }

    /// Rounded, and not where f64 is subnormal.
    pub fn to_f64(&self) -> f64 {
        assert!(!self.0.is_nan(), "{:?}", self.0.err());
        if self.0.is_zero() {
            return 0.0;
        }
        if self.0.is_inf() {
            return if self.is_negative() {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            };
        }
        let (words, _, _, exponent, _) = self.0.as_raw_parts().expect("it is finite");
        let top = *words.last().expect("a number has words");
        let bits = astro_float_num::WORD_BIT_SIZE as i32;
        let magnitude = top as f64 * 2f64.powi(exponent - bits);
        if self.is_negative() {
            -magnitude
        } else {
            magnitude
        }
    }
}

fn with_constants<T>(with: impl FnOnce(&mut Consts) -> T) -> T {
    CONSTANTS.with_borrow_mut(with)
}

impl From<f64> for Real {
    fn from(x: f64) -> Self {
        Self(BigFloat::from_f64(x, precision()))
    }
}

impl Neg for Real {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.neg())
    }
}

macro_rules! operators {
    ($($Trait:ident $method:ident;)*) => {
        $(
            impl $Trait for Real {
                type Output = Self;
                fn $method(self, other: Self) -> Self {
                    Self(self.0.$method(&other.0, precision(), ROUNDING))
                }
            }
        )*
    };
}

operators! { Add add; Sub sub; Mul mul; Div div; }
