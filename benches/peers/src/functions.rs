//! The functions that are compared, and what they should give.

use activations::{Activation, AnyActivation, Error, Formula, Isa};
use activations::{RowActivation, RowFormula, Rows, Softmax};

/// Elements of a row of softmax; whatever is measured is whole rows.
pub const ROW: usize = 1024;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Function {
    Elementwise(AnyActivation<'static>),
    /// Over rows of [`ROW`] elements.
    Softmax,
}

/// Those of one element each, by their names in this crate, with their default parameters.
const ELEMENTWISE: [&str; 13] = [
    "relu",
    "leaky_relu",
    "hardswish",
    "sigmoid",
    "tanh",
    "silu",
    "gelu",
    "gelu_tanh",
    "elu",
    "exp",
    "erf",
    "softplus",
    "mish",
];

impl Function {
    /// All of them.
    pub fn all() -> Vec<Self> {
        let named = |name: &str| name.parse().expect("a name of the crate's own");
        let elementwise = ELEMENTWISE.map(|name| Self::Elementwise(named(name)));
        elementwise.into_iter().chain([Self::Softmax]).collect()
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Elementwise(activation) => activation.name(),
            Self::Softmax => "softmax",
        }
    }

    /// What this crate makes of it, out of place.
    pub fn apply_on(&self, isa: Isa, x: &[f32], y: &mut [f32]) -> Result<(), Error> {
        match self {
            Self::Elementwise(activation) => activation.apply_on(isa, x, y),
            Self::Softmax => Softmax::default().apply_on(isa, Rows::last(ROW), x, y),
        }
    }

    /// What this crate makes of it, in place.
    pub fn apply_in_place_on(&self, isa: Isa, x: &mut [f32]) -> Result<(), Error> {
        match self {
            Self::Elementwise(activation) => activation.apply_in_place_on(isa, x),
            Self::Softmax => Softmax::default().apply_in_place_on(isa, Rows::last(ROW), x),
        }
    }

    /// The exact results, as far as f64 has them.
    pub fn reference(&self, x: &[f32]) -> Vec<f64> {
        let exact = |x: &f32| f64::from(*x);
        match self {
            Self::Elementwise(activation) => {
                x.iter().map(|x| activation.reference(exact(x))).collect()
            }
            Self::Softmax => x
                .chunks_exact(ROW)
                .flat_map(|row| {
                    let row: Vec<f64> = row.iter().map(exact).collect();
                    Softmax::default().reference(0, &row)
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_crate_computes_each_of_them() {
        let x: Vec<f32> = (0..ROW).map(|i| i as f32 / 256.0 - 2.0).collect();
        for function in Function::all() {
            let mut y = vec![f32::NAN; ROW];
            function.apply_on(Isa::Scalar, &x, &mut y).unwrap();
            let mut z = x.clone();
            function.apply_in_place_on(Isa::Scalar, &mut z).unwrap();
            assert_eq!(y, z, "{}", function.name());
            let reference = function.reference(&x);
            assert_eq!(reference.len(), ROW);
            for (got, exact) in y.iter().zip(reference) {
                assert!(
                    (f64::from(*got) - exact).abs() < 1e-6,
                    "{}",
                    function.name()
                );
            }
        }
    }
}
