//! ONNX's own test cases for its activation operators: the node tests of its backends, as
//! `tests/onnx/export.py` exports them.
//!
//! About the repository, so no part of the published package.

mod common;

use activations::{
    Activation, AnyActivation, AnyGate, AnyRowActivation, Celu, Elu, Erf, Error, Exp, Formula,
    Gate, Gated, Gelu, GeluTanh, Hardmax, Hardsigmoid, Hardswish, Hardtanh, Identity, Isa,
    LeakyRelu, LogSoftmax, Mish, Prelu, Relu, RowActivation, Rows, Selu, Shrink, Sigmoid, Softmax,
    Softplus, Softsign, Swiglu, Swish, Tanh, ThresholdedRelu,
};
use common::{Variant, assert_same_bits, bounds, on_each_isa, rows, ulp};
use std::collections::BTreeMap;

const CASES: &str = include_str!("data/onnx/cases.txt");
const VALUES: &[u8] = include_bytes!("data/onnx/values.f32");

/// Why ONNX has cases that are not in the data.
const REASONS: &[&str] = &[
    "expanded", // the same case, spelt out in other operators
    "float16",
    "bfloat16",
    "int8",
    "no_tensor", // sequences and optional values
];

/// ONNX's operators, their attributes with ONNX's defaults (which are not always PyTorch's), and what stands for
/// them here.
const OPERATORS: &[Operator] = &[
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
            if a.case.attributes.is_empty() {
                return each(Selu);
            }
            // Selu's constants are fixed; others make it a multiple of Elu.
            let elu = Elu {
                alpha: a.number("alpha"),
            };
            let gamma = vec![a.number("gamma"); a.case.inputs[0].values.len()];
            Operation::Gate(Gated(elu).into(), gamma)
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

type Operator = (
    &'static str,
    &'static [(&'static str, &'static str)],
    for<'a> fn(&Arguments<'a>) -> Operation<'a>,
);

/// A case in which this crate differs from ONNX on purpose: it gives an error.
struct Difference {
    case: &'static str,
    why: &'static str,
    gives: fn(&Error) -> bool,
}

const DIFFERENCES: &[Difference] = &[Difference {
    case: "test_clip_min_greater_than_max",
    why: "ONNX gives max throughout; here, as in PyTorch's Hardtanh, crossed bounds are a mistake",
    gives: |error| {
        matches!(
            error,
            Error::InvalidParameter {
                activation: "hardtanh",
                parameter: "min",
                ..
            }
        )
    },
}];

/// How far a result may be from what ONNX expects, in ULP. ONNX's own runner allows for a relative error of 1e-3 and
/// an absolute one of 1e-7. Less than this will not do: what is expected comes from formulas in f32, whose own
/// error is of this size (the worst is that of Gelu), and the results here are nearer to the exact ones.
const NEAR: f64 = 5.0;

struct Tensor {
    name: &'static str,
    shape: Vec<usize>,
    values: Vec<f32>,
}

#[derive(Default)]
struct Case {
    name: &'static str,
    operator: &'static str,
    opset: u32,
    attributes: Vec<(&'static str, &'static str)>,
    inputs: Vec<Tensor>,
    outputs: Vec<Tensor>,
}

/// All that the data hold.
fn cases() -> Vec<Case> {
    let mut values = VALUES
        .chunks(4)
        .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()));
    let mut cases: Vec<Case> = Vec::new();
    let lines = CASES.lines().filter(|line| !line.starts_with('#'));
    for line in lines.filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split(' ').collect();
        match (&words[..], cases.last_mut()) {
            (&["case", name], _) => cases.push(Case {
                name,
                ..Case::default()
            }),
            (&["left_out", reason, _], _) => assert!(REASONS.contains(&reason), "{line}"),
            (&["operator", operator, opset], Some(case)) => {
                case.operator = operator;
                case.opset = opset.parse().unwrap();
            }
            (&["attribute", name, value], Some(case)) => case.attributes.push((name, value)),
            (&[kind @ ("input" | "output"), name, "float32", ref sizes @ ..], Some(case)) => {
                let shape: Vec<usize> = sizes.iter().map(|size| size.parse().unwrap()).collect();
                let len = shape.iter().product();
                let values: Vec<f32> = values.by_ref().take(len).collect();
                assert_eq!(values.len(), len, "{}: values are missing", case.name);
                let tensors = match kind {
                    "input" => &mut case.inputs,
                    _ => &mut case.outputs,
                };
                tensors.push(Tensor {
                    name,
                    shape,
                    values,
                });
            }
            _ => panic!("cannot read {line:?}"),
        }
    }
    assert_eq!(values.count(), 0, "values that belong to no case");
    for case in &cases {
        let shapes = [&case.inputs[0].shape, &case.outputs[0].shape];
        assert_eq!(shapes[0], shapes[1], "{}", case.name);
        assert_eq!(case.outputs.len(), 1, "{}", case.name);
    }
    cases
}

impl Case {
    fn difference(&self) -> Option<&'static Difference> {
        DIFFERENCES.iter().find(|differs| differs.case == self.name)
    }

    fn arguments(&self) -> Arguments<'_> {
        let line = OPERATORS.iter().find(|(name, ..)| *name == self.operator);
        let &(_, defaults, operation) =
            line.unwrap_or_else(|| panic!("{}: no operator {}", self.name, self.operator));
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
struct Arguments<'a> {
    case: &'a Case,
    defaults: &'static [(&'static str, &'static str)],
    operation: for<'b> fn(&Arguments<'b>) -> Operation<'b>,
}

impl<'a> Arguments<'a> {
    /// The attribute, or the input that is a scalar, or the default.
    fn text(&self, name: &str) -> String {
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

    fn operation(&self) -> Operation<'a> {
        (self.operation)(self)
    }

    /// What the crate reads as the operation, where names reach that far: ONNX's own spelling, where it does.
    fn spelling(&self) -> Option<String> {
        let operator = self.case.operator;
        match self.operation() {
            // The slopes are a tensor.
            Operation::Elementwise(AnyActivation::Prelu(_)) => None,
            // Without attributes: one of two operations, fixed constants, an axis that `Rows` has.
            Operation::Elementwise(AnyActivation::GeluTanh(_)) => Some("gelu_tanh".to_owned()),
            Operation::Elementwise(AnyActivation::Gelu(_) | AnyActivation::Selu(_))
            | Operation::Rows(..) => Some(operator.to_owned()),
            Operation::Gate(AnyGate::Gated(_), _) => {
                Some(format!("gated(Elu(alpha={}))", self.text("alpha")))
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
enum Operation<'a> {
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
    fn apply(&self, isa: Isa, variant: Variant, x: &[f32]) -> Result<Vec<f32>, Error> {
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
    fn exact(&self, x: &[f32]) -> Vec<f64> {
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
    fn bound(&self) -> f64 {
        match self {
            Self::Elementwise(any) => bounds::of(any),
            Self::Rows(any, rows) => bounds::of_rows(any, *rows),
            // An ULP of the activation is up to two of the product, which is rounded once more.
            Self::Gate(any, _) => 2.0 * bounds::of(&any.activation()) + 0.5,
        }
    }

    /// What `text` is read as, if it is an error or something else.
    fn misread(&self, text: &str) -> Option<String> {
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

/// The cases of an operator, and how far off the worst result is.
#[derive(Default)]
struct Summary {
    cases: usize,
    /// From the oracle, in ULP.
    exact: f64,
    /// From what ONNX expects.
    expected: f64,
}

#[test]
fn every_case_gives_what_onnx_expects() {
    let cases = cases();
    let mut summaries = BTreeMap::<&str, Summary>::new();
    on_each_isa("every_case_gives", |isa| {
        summaries.clear();
        for case in &cases {
            let summary = summaries.entry(case.operator).or_default();
            summary.cases += 1;
            let operation = case.arguments().operation();
            let difference = case.difference();
            for variant in Variant::ALL {
                let result = operation.apply(isa, variant, &case.inputs[0].values);
                let what = format!("{} on {isa}, {variant:?}", case.name);
                match (result, difference) {
                    (Ok(y), None) => compare(case, &operation, &y, summary, &what),
                    (Err(error), Some(difference)) if (difference.gives)(&error) => (),
                    (result, _) => panic!("{what}: {result:?}"),
                }
            }
        }
    });
    for (name, _, _) in OPERATORS {
        assert!(summaries.contains_key(name), "no case of {name}");
    }
    println!("operator        cases  ULP from exact  ULP from expected");
    for (operator, worst) in &summaries {
        let Summary {
            cases,
            exact,
            expected,
        } = worst;
        println!("{operator:15} {cases:5} {exact:15.4} {expected:18.2}");
    }
    let run: usize = summaries.values().map(|summary| summary.cases).sum();
    println!("{run} cases of {} operators", OPERATORS.len());
    assert_eq!(run, CASES.matches("\ncase ").count());
    for Difference { case, why, .. } in DIFFERENCES {
        assert!(cases.iter().any(|known| known.name == *case), "{case}");
        println!("{case} differs on purpose: {why}");
    }
}

/// Holds `y` to the oracle, as closely as the crate promises, and to what ONNX expects.
fn compare(case: &Case, operation: &Operation<'_>, y: &[f32], worst: &mut Summary, what: &str) {
    let x = &case.inputs[0].values;
    let expected = &case.outputs[0].values;
    let (exact, bound) = (operation.exact(x), operation.bound());
    for (i, &y) in y.iter().enumerate() {
        let (exact, expected) = (exact[i], f64::from(expected[i]));
        let errors = [ulp::ulp_error(y, exact), ulp::ulp_error(y, expected)];
        assert!(
            errors[0] <= bound && errors[1] <= NEAR,
            "{what}: element {i}, of {:e}, is {y:e}, not {exact:e}, for which ONNX has {expected:e}: {errors:?} ULP",
            x[i],
        );
        worst.exact = worst.exact.max(errors[0]);
        worst.expected = worst.expected.max(errors[1]);
    }
}

#[test]
fn every_case_is_read_by_name() {
    for case in cases() {
        let arguments = case.arguments();
        let Some(text) = arguments.spelling() else {
            assert_eq!(case.operator, "PRelu");
            continue;
        };
        let misread = arguments.operation().misread(&text);
        match case.difference() {
            None => assert_eq!(misread, None, "{}: {text}", case.name),
            Some(difference) => {
                let error = text.parse::<AnyActivation>().unwrap_err();
                assert!((difference.gives)(&error), "{text}: {error}");
            }
        }
    }
}
