//! Functions that several activations have in common, in hundreds of bits.

use super::real::{Real, precision};

/// The exact GELU.
pub fn gelu(x: Real) -> Real {
    let of_erf = Real::from(1.0) + erf(x.clone() / Real::from(2.0).sqrt());
    x / Real::from(2.0) * of_erf
}

pub fn logistic(x: Real) -> Real {
    Real::from(1.0) / (Real::from(1.0) + (-x).exp())
}

/// `ln(1 + e^x)`, in the form that [`Real::exp`] wants.
pub fn softplus(x: Real) -> Real {
    let rest = (Real::from(1.0) + (-x.abs()).exp()).ln();
    if x.is_negative() { rest } else { x + rest }
}

pub fn tanh(x: Real) -> Real {
    let (one, two) = (Real::from(1.0), Real::from(2.0));
    one.clone() - two.clone() / ((two * x).exp() + one)
}

/// The error function: its series of positive terms,
/// `2/sqrt(pi) e^(-z^2) (z + 2 z^3/3 + 4 z^5/(3*5) + ..)`.
pub fn erf(z: Real) -> Real {
    let square = z.clone() * z.clone();
    if square.to_f64() > 225.0 {
        // What is missing to 1 is positive and less than this, and counts for nothing.
        let almost = Real::from(1.0) - Real::from(-225.0).exp();
        return if z.is_negative() { -almost } else { almost };
    }
    let ratio = Real::from(2.0) * square.clone();
    let (mut sum, mut term) = (z.clone(), z);
    for n in 1.. {
        term = term * ratio.clone() / Real::from(f64::from(2 * n + 1));
        if term.is_zero() || term.exponent() < sum.exponent() - precision() as i32 {
            break;
        }
        sum = sum + term.clone();
    }
    Real::from(2.0) / Real::pi().sqrt() * (-square).exp() * sum
}
