//! Numbers of twice the precision of f64, for oracles whose terms cancel.
//!
//! Algorithm: the sum of two f64, of which the second is what the first lacks (Dekker, 1971; Knuth's sum of two). Products
//! split their factors, as not all targets have a fused operation. Error of each operation: a few units of 2^-104.

/// The sum of two numbers, the second less than the last place of the first.
#[derive(Clone, Copy)]
pub(crate) struct Double {
    high: f64,
    low: f64,
}

impl Double {
    /// `a + b`, exactly.
    pub(crate) fn sum(a: f64, b: f64) -> Self {
        let high = a + b;
        let of_b = high - a;
        let low = (a - (high - of_b)) + (b - of_b);
        Self { high, low }
    }

    /// `a * b`, exactly.
    pub(crate) fn product(a: f64, b: f64) -> Self {
        /// Leaves the upper half of a number's bits once both are subtracted.
        const SPLITTER: f64 = ((1u64 << 27) + 1) as f64;
        let halves = |x: f64| {
            let upper = SPLITTER * x - (SPLITTER * x - x);
            (upper, x - upper)
        };
        let high = a * b;
        let ((a, a_low), (b, b_low)) = (halves(a), halves(b));
        let low = ((a * b - high) + a * b_low + a_low * b) + a_low * b_low;
        Self { high, low }
    }

    /// `self + other`.
    pub(crate) fn plus(self, other: Self) -> Self {
        let sum = Self::sum(self.high, other.high);
        let low = Self::sum(self.low, other.low);
        let sum = Self::sum(sum.high, sum.low + low.high);
        Self::sum(sum.high, sum.low + low.low)
    }

    /// `self * other`.
    pub(crate) fn times(self, other: Self) -> Self {
        let product = Self::product(self.high, other.high);
        let low = self.high * other.low + self.low * other.high;
        Self::sum(product.high, product.low + low)
    }

    /// `self / divisor`.
    fn over(self, divisor: f64) -> Self {
        let quotient = self.high / divisor;
        let product = Self::product(quotient, divisor);
        let rest = (self.high - product.high) - product.low + self.low;
        Self::sum(quotient, rest / divisor)
    }

    /// The f64 next to it.
    pub(crate) fn value(self) -> f64 {
        self.high + self.low
    }
}

impl From<f64> for Double {
    fn from(high: f64) -> Self {
        Self { high, low: 0.0 }
    }
}

/// e^x - 1 - x for -64 <= x <= 0, relative to itself: it is not negative, and neither is any term of what it is made of.
///
/// It is a series next to zero; and twice as far from there, what it was twice, and the square of e^x - 1.
pub(crate) fn exp_beyond_line(x: f64) -> Double {
    const SMALL: f64 = -0.125;
    const TERMS: i32 = 20;
    /// The one before is less than 2^-51 of the first: what roundings in f64 take of it counts for nothing.
    const SMALL_TERM: i32 = 12;

    let (mut y, mut doublings) = (x, 0);
    while y < SMALL {
        y *= 0.5;
        doublings += 1;
    }
    let small = (SMALL_TERM..=TERMS).rev();
    let small = small.fold(1.0, |sum, n| sum * y / f64::from(n) + 1.0);
    let series = (3..SMALL_TERM).rev().fold(Double::from(small), |sum, n| {
        let term = sum.times(y.into()).over(f64::from(n));
        term.plus(Double::from(1.0))
    });
    let mut beyond = Double::product(y, 0.5 * y).times(series);
    for _ in 0..doublings {
        let growth = beyond.plus(y.into());
        beyond = beyond.plus(beyond).plus(growth.times(growth));
        y *= 2.0;
    }
    beyond
}
