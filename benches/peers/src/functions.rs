//! The functions that are compared, and what they should give.

use crate::scores::Scores;
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
    /// Over scores of attention, of their own shape.
    Attention(Scores),
}

/// What this crate has for one of them.
enum Kind {
    Elementwise(AnyActivation<'static>),
    Softmax(Softmax<'static>, Rows),
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
        let scores = Scores::ALL.map(Self::Attention);
        let rows = [Self::Softmax].into_iter().chain(scores);
        elementwise.into_iter().chain(rows).collect()
    }

    /// How many elements it is measured on, if it is not any number of them.
    pub fn elements(&self) -> Option<usize> {
        match self {
            Self::Attention(scores) => Some(scores.elements()),
            Self::Elementwise(_) | Self::Softmax => None,
        }
    }

    /// What this crate calls it.
    fn kind(&self) -> Kind {
        match self {
            Self::Elementwise(activation) => Kind::Elementwise(*activation),
            Self::Softmax => Kind::Softmax(Softmax::default(), Rows::last(ROW)),
            Self::Attention(scores) => {
                let [_, keys] = scores.shape();
                Kind::Softmax(scores.softmax(), Rows::last(keys))
            }
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Elementwise(activation) => activation.name(),
            Self::Softmax => "softmax",
            Self::Attention(scores) => scores.name(),
        }
    }

    /// What this crate makes of it, out of place.
    pub fn apply_on(&self, isa: Isa, x: &[f32], y: &mut [f32]) -> Result<(), Error> {
        match self.kind() {
            Kind::Elementwise(activation) => activation.apply_on(isa, x, y),
            Kind::Softmax(softmax, rows) => softmax.apply_on(isa, rows, x, y),
        }
    }

    /// What this crate makes of it, in place.
    pub fn apply_in_place_on(&self, isa: Isa, x: &mut [f32]) -> Result<(), Error> {
        match self.kind() {
            Kind::Elementwise(activation) => activation.apply_in_place_on(isa, x),
            Kind::Softmax(softmax, rows) => softmax.apply_in_place_on(isa, rows, x),
        }
    }

    /// The exact results, as far as f64 has them.
    pub fn reference(&self, x: &[f32]) -> Vec<f64> {
        let exact = |x: &f32| f64::from(*x);
        match self.kind() {
            Kind::Softmax(softmax, rows) => {
                let rows = x.chunks_exact(rows.axis).enumerate();
                rows.flat_map(|(number, row)| {
                    let row: Vec<f64> = row.iter().map(exact).collect();
                    softmax.reference(number, &row)
                })
                .collect()
            }
            Kind::Elementwise(activation) => {
                x.iter().map(|x| activation.reference(exact(x))).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_crate_computes_each_of_them() {
        for function in Function::all() {
            let len = function.elements().unwrap_or(ROW);
            let x: Vec<f32> = (0..len).map(|i| (i % ROW) as f32 / 256.0 - 2.0).collect();
            let mut y = vec![f32::NAN; len];
            function.apply_on(Isa::Scalar, &x, &mut y).unwrap();
            let mut z = x.clone();
            function.apply_in_place_on(Isa::Scalar, &mut z).unwrap();
            assert_eq!(y, z, "{}", function.name());
            let reference = function.reference(&x);
            assert_eq!(reference.len(), len);
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
