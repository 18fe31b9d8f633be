//! ONNX's cases of its operator `Attention`: all that is between its two matrix products is one call of softmax.
//!
//! What ONNX asks for and [`activations::Attention`] does not have by that name:
//! - `softmax_precision` names the type that softmax computes in. The crate computes in f32 for every type. Of the
//!   types that the cases name this is f32, or wide enough for the tolerance of a case that names f64.
//! - A causal limit or a window that is another one for each batch, as `nonpad_kv_seqlen` has it:
//!   [`activations::Window`] has one `past` for all batches, so the limits are given as bounds for each row.
//! - A mask whose rows are shorter than those of the scores, behind which no key takes part: the scores of these keys
//!   are not computed.

mod call;

use super::cases::{Case, Tensor, Type, cases};
use super::heads::Heads;
use crate::common::{Variant, on_each_isa};
use activations::Isa;
use call::{Call, Steps};

pub const OPERATOR: &str = "Attention";

/// What the cases may ask for.
const ATTRIBUTES: &[&str] = &[
    "scale",
    "softcap",
    "is_causal",
    "left_window_size",
    "right_window_size",
    "q_num_heads",
    "kv_num_heads",
    "qk_matmul_output_mode",
    "softmax_precision",
];
const INPUTS: &[&str] = &[
    "Q",
    "K",
    "V",
    "attn_mask",
    "past_key",
    "past_value",
    "nonpad_kv_seqlen",
];

/// Values of `softmax_precision` that the cases have: f32 and f64, as numbers of ONNX's types.
const PRECISIONS: &[&str] = &["1", "11"];

/// Compares as ONNX's own runner does, and gives the largest error as a part of what is allowed.
///
/// That runner allows bf16 two ULP, and f32 and f16 a relative error of 1e-3. Here f32 has a hundredth of that: scores and
/// softmax are exact to some units of 1e-7. And f16 has two ULP as well: ONNX's reference rounds each of its steps to
/// f16, and some of its results are farther from the exact ones than that runner allows.
fn assert_near(what: &str, got: &[f64], expected: &Tensor) -> f64 {
    let relative = match expected.of {
        Type::F16 => 2.0 / 1024.0,
        Type::Bf16 => 2.0 / 128.0,
        _ => 1e-5,
    };
    assert_eq!(got.len(), expected.values.len(), "{what}");
    let mut worst = 0.0_f64;
    for (i, (&got, &expected)) in got.iter().zip(&expected.values).enumerate() {
        let expected = f64::from(expected);
        if got == expected {
            continue;
        }
        let error = (got - expected).abs() / (1e-7 + relative * expected.abs());
        assert!(
            error <= 1.0,
            "{what}: element {i} is {got:e}, not {expected:e}: {error} of what is allowed"
        );
        worst = worst.max(error);
    }
    worst
}

/// The largest error of a case, as a part of what is allowed.
fn run(case: &Case, isa: Isa, variant: Variant) -> f64 {
    let what = format!("{} on {isa}, {variant:?}", case.name);
    let read = |name, heads| {
        let tensor = case.input(name);
        tensor.map(|tensor| Heads::read(tensor, case.attribute(heads)))
    };
    let queries = read("Q", "q_num_heads").unwrap();
    let [keys, values] = [("K", "past_key"), ("V", "past_value")].map(|(new, past)| {
        let new = read(new, "kv_num_heads").unwrap();
        match case.input(past) {
            Some(past) => new.behind(&Heads::read(past, None)),
            None => new,
        }
    });
    let mask = case.input("attn_mask");
    let all = keys.shape[2];
    let len = mask.map_or(all, |mask| all.min(*mask.shape.last().unwrap()));
    let scores = queries.scores(&keys, len);
    let call = Call::of(case, &scores, queries.shape[3]);
    let scores: Vec<f32> = scores.values.iter().map(|&x| x as f32).collect();
    let (shares, _) = call.softmax(isa, variant, Steps::All, &scores);
    let shares = Heads {
        shape: call.shape,
        values: shares.iter().map(|&x| f64::from(x)).collect(),
    };
    let result = shares.share_out(&values);
    let expected = case.output("Y").unwrap();
    let result = match expected.shape.len() {
        3 => result.by_position(),
        _ => result.values,
    };
    let worst = assert_near(&what, &result, expected);
    let Some(expected) = case.output("qk_matmul_output") else {
        return worst;
    };
    let logits = |steps| {
        let logits = call.logits(isa, variant, steps, &scores);
        logits.into_iter().map(f64::from).collect()
    };
    let mode = case.output_mode();
    let between = match mode {
        0 => logits(Steps::Scale),
        1 => logits(Steps::Cap),
        2 => logits(Steps::All),
        3 => shares.values,
        _ => panic!("{what}: output mode {mode}"),
    };
    let what = format!("{what}, output of mode {mode}");
    worst.max(assert_near(&what, &between, expected))
}

impl Case {
    /// What is between the products and also an output, if it is one.
    fn output_mode(&self) -> u8 {
        self.attribute("qk_matmul_output_mode").unwrap_or(0)
    }
}

fn attention_cases() -> Vec<Case> {
    let all = cases().into_iter();
    all.filter(|case| case.operator == OPERATOR).collect()
}

#[test]
fn cases_of_attention_ask_for_what_is_known_and_all_of_it() {
    let cases = attention_cases();
    for case in &cases {
        let what = case.name;
        for (name, value) in &case.attributes {
            assert!(ATTRIBUTES.contains(name), "{what}: attribute {name}");
            let is_known = *name != "softmax_precision" || PRECISIONS.contains(value);
            assert!(is_known, "{what}: {name} {value}");
        }
        for input in &case.inputs {
            assert!(INPUTS.contains(&input.name), "{what}: input {}", input.name);
        }
        for output in &case.outputs {
            let is_known = ["Y", "qk_matmul_output"].contains(&output.name);
            assert!(is_known, "{what}: output {}", output.name);
        }
    }
    for name in ATTRIBUTES {
        let is_given = |case: &Case| case.attributes.iter().any(|(given, _)| given == name);
        assert!(cases.iter().any(is_given), "no case has {name}");
    }
    for name in INPUTS {
        let is_given = |case: &Case| case.input(name).is_some();
        assert!(cases.iter().any(is_given), "no case has {name}");
    }
    for mode in 0..4 {
        let is_given =
            |case: &Case| case.output("qk_matmul_output").is_some() && case.output_mode() == mode;
        assert!(cases.iter().any(is_given), "no case has output mode {mode}");
    }
}

#[test]
fn every_case_of_attention_gives_what_onnx_expects() {
    let cases = attention_cases();
    on_each_isa("every_case_of_attention", |isa| {
        let mut worst = [("f32", 0, 0.0_f64), ("16 bits", 0, 0.0)];
        for case in &cases {
            let is_narrow = case.inputs[0].of != Type::F32;
            if is_narrow && cfg!(not(feature = "half")) {
                println!("{}: left out without the feature half", case.name);
                continue;
            }
            let (_, count, worst) = &mut worst[usize::from(is_narrow)];
            *count += 1;
            for variant in Variant::ALL {
                *worst = worst.max(run(case, isa, variant));
            }
        }
        for (what, count, worst) in worst {
            println!("{count} cases of {what}: at most {worst:.3} of the error that is allowed");
        }
    });
}
