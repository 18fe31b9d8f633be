//! ONNX's own test cases for its activation operators: the node tests of its backends, as
//! `tests/onnx/export.py` exports them.

mod attention;
mod cases;
mod heads;
mod operators;

use crate::common::{Variant, on_each_isa, ulp};
use cases::{Case, cases};
use operators::{OPERATORS, Operation};
use std::collections::BTreeMap;

/// How far a result may be from what ONNX expects, in ULP. ONNX's own runner allows for a relative error of 1e-3 and
/// an absolute one of 1e-7. Less than this will not do: what is expected comes from formulas in f32, whose own
/// error is of this size (the worst is that of Gelu), and the results here are nearer to the exact ones.
const NEAR: f64 = 5.0;

/// The cases of an operator, and how far off the worst result is.
#[derive(Default)]
struct Summary {
    cases: usize,
    /// From the oracle, in ULP.
    exact: f64,
    /// From what ONNX expects.
    expected: f64,
}

/// All cases but those of attention.
fn activation_cases() -> Vec<Case> {
    let mut all = cases();
    all.retain(|case| case.operator != attention::OPERATOR);
    for case in &all {
        let shapes = [&case.inputs[0].shape, &case.outputs[0].shape];
        assert_eq!(shapes[0], shapes[1], "{}", case.name);
        assert_eq!(case.outputs.len(), 1, "{}", case.name);
    }
    all
}

#[test]
fn every_case_gives_what_onnx_expects() {
    let cases = activation_cases();
    let mut summaries = BTreeMap::<&str, Summary>::new();
    on_each_isa("every_case_gives", |isa| {
        summaries.clear();
        for case in &cases {
            let summary = summaries.entry(case.operator).or_default();
            summary.cases += 1;
            let operation = case.arguments().operation();
            for variant in Variant::ALL {
                let result = operation.apply(isa, variant, &case.inputs[0].values);
                let what = format!("{} on {isa}, {variant:?}", case.name);
                let y = result.unwrap_or_else(|error| panic!("{what}: {error}"));
                compare(case, &operation, &y, summary, &what);
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
    assert_eq!(run, cases.len());
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
    for case in activation_cases() {
        let arguments = case.arguments();
        let Some(text) = arguments.spelling() else {
            assert_eq!(case.operator, "PRelu");
            continue;
        };
        let misread = arguments.operation().misread(&text);
        assert_eq!(misread, None, "{}: {text}", case.name);
    }
}
