//! ONNX's operators, and what stands for them in this crate.

use super::cases::Case;
use crate::common::{Variant, assert_same_bits, bounds, rows};
use activations::{
    Activation, AnyActivation, AnyGate, AnyRowActivation, Celu, Elu, Erf, Error, Exp, Formula,
    Gate, Gelu, GeluTanh, Hardmax, Hardsigmoid, Hardswish, Hardtanh, Identity, Isa, LeakyRelu,
    LogSoftmax, Mish, Prelu, Relu, RowActivation, Rows, Selu, Shrink, Sigmoid, Softmax, Softplus,
    Softsign, Swiglu, Swish, Tanh, ThresholdedRelu,
};

/// ONNX's operators, their attributes with ONNX's defaults (which are not always PyTorch's), and what stands for
/// them here.
pub const OPERATORS: &[Operator] = &[
    ("Celu", &[("alpha", "1")], |a| {
        each(Celu {
            alpha: a.number("alpha"),
        })
    }),
    // The bounds are inputs, and optional. ONNX's text has the smallest and the largest number for them, its
    // function body leaves them out: no finite input tells these apart.
    ("Clip", &[("min", "-inf"), ("max", "inf")], |a| {
        each(Hardtanh {
            min: a.number("min"),
            max: a.number("max"),
        })
    }),
    ("Elu", &[("alpha", "1")], |a| {
        each(Elu {
            alpha: a.number("alpha"),
            ..Elu::default()
        })
    }),
    ("Erf", &[], |_| each(Erf)),
    ("Exp", &[], |_| each(Exp)),
    ("Gelu", &[("approximate", "none")], |a| {
        match a.text("approximate").as_str() {
            "none" => each(Gelu),
            "tanh" => each(GeluTanh),
            other => panic!("no Gelu is approximated by {other}"),
        }
    }),
    ("HardSigmoid", &[("alpha", "0.2"), ("beta", "0.5")], |a| {
        each(Hardsigmoid {
            alpha: a.number("alpha"),
            beta: a.number("beta"),
        })
    }),
    ("HardSwish", &[], |_| each(Hardswish)),
    ("Hardmax", AXIS, |a| along_rows(a, Hardmax)),
    ("Identity", &[], |_| each(Identity)),
    ("LeakyRelu", &[("alpha", "0.01")], |a| {
        each(LeakyRelu {
            negative_slope: a.number("alpha"),
        })
    }),
    ("LogSoftmax", AXIS, |a| along_rows(a, LogSoftmax::default())),
    ("Mish", &[], |_| each(Mish)),
    ("PRelu", &[], |a| {
        let (x, slope) = (&a.case.inputs[0], &a.case.inputs[1]);
        each(Prelu::broadcast(&slope.values, &slope.shape, &x.shape).unwrap())
    }),
    ("Relu", &[], |_| each(Relu)),
    (
        "Selu",
        &[("alpha", "1.6732632"), ("gamma", "1.050701")],
        |a| {
            each(Selu {
                alpha: a.number("alpha"),
                gamma: a.number("gamma"),
            })
        },
    ),
    ("Shrink", &[("lambd", "0.5"), ("bias", "0")], |a| {
        each(Shrink {
            lambda: a.number("lambd"),
            bias: a.number("bias"),
        })
    }),
    ("Sigmoid", &[], |_| each(Sigmoid)),
    ("Softmax", AXIS, |a| along_rows(a, Softmax::default())),
    ("Softplus", &[], |_| each(Softplus::default())),
    ("Softsign", &[], |_| each(Softsign)),
    ("SwiGLU", &[("alpha", "1")], |a| {
        let alpha = a.number("alpha");
        Operation::Gate(Swiglu { alpha }.into(), a.case.inputs[1].values.clone())
    }),
    ("Swish", &[("alpha", "1")], |a| {
        each(Swish {
            beta: a.number("alpha"),
        })
    }),
    ("Tanh", &[], |_| each(Tanh)),
    ("ThresholdedRelu", &[("alpha", "1")], |a| {
        each(ThresholdedRelu {
            alpha: a.number("alpha"),
        })
    }),
];

const AXIS: &[(&str, &str)] = &[("axis", "-1")];

pub type Operator = (
    &'static str,
    &'static [(&'static str, &'static str)],
    for<'a> fn(&Arguments<'a>) -> Operation<'a>,
);

impl Case {
    pub fn arguments(&self) -> Arguments<'_> {
        let line = OPERATORS.iter().find(|(name, ..)| *name == self.operator);
        let &(_, defaults, operation) =
            line.unwrap_or_else(|| panic!("{}: no operator {}", self.name, self.operator));
        let shapes = [&self.inputs[0].shape, &self.outputs[0].shape];
        assert_eq!(shapes[0], shapes[1], "{}", self.name);
        assert_eq!(self.outputs.len(), 1, "{}", self.name);
        let is_known = |name| defaults.iter().any(|(known, _)| *known == name);
        for (name, _) in &self.attributes {
            assert!(is_known(*name), "{}: attribute {name}", self.name);
        }
        Arguments {
            case: self,
            defaults,
            operation,
        }
    }
}

/// A case, and what its operator has for the attributes that are not given.
pub struct Arguments<'a> {
    case: &'a Case,
    defaults: &'static [(&'static str, &'static str)],
    operation: for<'b> fn(&Arguments<'b>) -> Operation<'b>,
}

impl<'a> Arguments<'a> {
    /// The attribute, or the input that is a scalar, or the default.
    pub fn text(&self, name: &str) -> String {
        let given = |(known, value): &(&str, &str)| (*known == name).then(|| value.to_string());
        let inputs = self.case.inputs.iter().filter(|input| input.name == name);
        let attribute = self.case.attributes.iter().find_map(given);
        attribute
            .or_else(|| inputs.map(|input| input.values[0].to_string()).next())
            .or_else(|| self.defaults.iter().find_map(given))
            .unwrap_or_else(|| panic!("{}: no {name}", self.case.name))
    }

    fn number(&self, name: &str) -> f32 {
        self.text(name).parse().unwrap()
    }

    pub fn operation(&self) -> Operation<'a> {
        (self.operation)(self)
    }

    /// What the crate reads as the operation, where names reach that far: ONNX's own spelling, where it does.
    pub fn spelling(&self) -> Option<String> {
        let operator = self.case.operator;
        match self.operation() {
            // The slopes are a tensor.
            Operation::Elementwise(AnyActivation::Prelu(_)) => None,
            // Without attributes: one of two operations, fixed constants, an axis that `Rows` has.
            Operation::Elementwise(AnyActivation::GeluTanh(_)) => Some("gelu_tanh".to_owned()),
            Operation::Elementwise(AnyActivation::Gelu(_)) | Operation::Rows(..) => {
                Some(operator.to_owned())
            }
            _ => {
                let parameter = |&(name, _): &(&str, &str)| format!("{name}={}", self.text(name));
                let parameters: Vec<String> = self.defaults.iter().map(parameter).collect();
                Some(format!("{operator}({})", parameters.join(", ")))
            }
        }
    }
}

/// An operator with its attributes and all inputs but the first, as this crate has it.
pub enum Operation<'a> {
    Elementwise(AnyActivation<'a>),
    Rows(AnyRowActivation<'a>, Rows),
    Gate(AnyGate<'a>, Vec<f32>),
}

fn each<'a>(activation: impl Into<AnyActivation<'a>>) -> Operation<'a> {
    Operation::Elementwise(activation.into())
}

fn along_rows<'a>(
    arguments: &Arguments<'_>,
    operation: impl Into<AnyRowActivation<'a>>,
) -> Operation<'a> {
    // Up to then the axis was the first of several that were taken together.
    assert!(arguments.case.opset >= 13, "{}", arguments.case.name);
    let shape = &arguments.case.inputs[0].shape;
    let axis: isize = arguments.text("axis").parse().unwrap();
    let axis = axis.rem_euclid(shape.len() as isize) as usize;
    let rows = Rows::strided(shape[axis], shape[axis + 1..].iter().product());
    Operation::Rows(operation.into(), rows)
}

impl Operation<'_> {
    pub fn apply(&self, isa: Isa, variant: Variant, x: &[f32]) -> Result<Vec<f32>, Error> {
        let mut y = match variant {
            // Not what any of them returns.
            Variant::OutOfPlace => vec![f32::from_bits(0xdead_beef); x.len()],
            Variant::InPlace => x.to_vec(),
        };
        let before = y.clone();
        let done = match (self, variant) {
            (Self::Elementwise(any), Variant::OutOfPlace) => any.apply_on(isa, x, &mut y),
            (Self::Elementwise(any), Variant::InPlace) => any.apply_in_place_on(isa, &mut y),
            (Self::Rows(any, rows), Variant::OutOfPlace) => any.apply_on(isa, *rows, x, &mut y),
            (Self::Rows(any, rows), Variant::InPlace) => any.apply_in_place_on(isa, *rows, &mut y),
            (Self::Gate(any, value), Variant::OutOfPlace) => any.apply_on(isa, x, value, &mut y),
            (Self::Gate(any, value), Variant::InPlace) => any.apply_in_place_on(isa, &mut y, value),
        };
        if done.is_err() {
            assert_same_bits(&y, &before, x, "the output of a call that was refused");
        }
        done.map(|()| y)
    }

    /// What the oracle makes of `x`.
    pub fn exact(&self, x: &[f32]) -> Vec<f64> {
        let numbered = x.iter().map(|&x| f64::from(x)).enumerate();
        match self {
            Self::Elementwise(any) => numbered.map(|(i, x)| any.reference_at(i, x)).collect(),
            Self::Rows(any, rows) => rows::reference(any, *rows, x),
            Self::Gate(any, value) => numbered
                .map(|(i, x)| any.reference_at(i, x, f64::from(value[i])))
                .collect(),
        }
    }

    /// How far from that a result may be, in ULP.
    pub fn bound(&self) -> f64 {
        match self {
            Self::Elementwise(any) => bounds::of(any),
            Self::Rows(any, rows) => bounds::of_rows(any, *rows),
            // An ULP of the activation is up to two of the product, which is rounded once more.
            Self::Gate(any, _) => 2.0 * bounds::of(&any.activation()) + 0.5,
        }
    }

    /// What `text` is read as, if it is an error or something else.
    pub fn misread(&self, text: &str) -> Option<String> {
        match self {
            Self::Elementwise(any) => misread(any, text.parse()),
            Self::Rows(any, _) => misread(any, text.parse()),
            Self::Gate(any, _) => misread(any, text.parse()),
        }
    }
}

fn misread<T: PartialEq + std::fmt::Debug>(any: &T, read: Result<T, Error>) -> Option<String> {
    (read.as_ref() != Ok(any)).then(|| format!("{read:?}"))
}
