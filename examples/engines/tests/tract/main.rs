//! The pass finds each activation in tract's models, and gives the crate's results, bit for bit.

mod activations_of_onnx;
mod onnx;
mod rest;

use activations::{Activation, AnyActivation};
use activations_engines::tract::{Elementwise, Replaced, Rowwise, replace};
use onnx::Graph;
use tract_onnx::prelude::*;
use tract_onnx::tract_core::ops::element_wise::ElementWiseOp;

const SHAPE: [i64; 3] = [4, 6, 20];

/// From -8 to 8, in no order.
fn values() -> Vec<f32> {
    let len: i64 = SHAPE.iter().product();
    (0..len)
        .map(|i| (i * 391 % len) as f32 * (16.0 / len as f32) - 8.0)
        .collect()
}

fn run(model: TypedModel) -> TractResult<Vec<f32>> {
    let x = Tensor::from_shape(&SHAPE.map(|size| size as usize), &values())?;
    let outputs = model
        .into_optimized()?
        .into_runnable()?
        .run(tvec!(x.into_tvalue()))?;
    Ok(outputs[0]
        .to_plain_array_view::<f32>()?
        .iter()
        .copied()
        .collect())
}

/// How many operations of this crate a model has, and how many element-wise ones of tract's.
fn counts(model: &TypedModel) -> (usize, usize) {
    let is_ours = |node: &&TypedNode| match node.op_as::<ElementWiseOp>() {
        Some(op) => op.0.is::<Elementwise>(),
        None => node.op_is::<Rowwise>(),
    };
    let ours = model.nodes().iter().filter(is_ours).count();
    let all = model
        .nodes()
        .iter()
        .filter(|node| node.op_is::<ElementWiseOp>());
    (ours, all.filter(|node| !is_ours(node)).count())
}

/// `model` is one activation, which is replaced; optimised, it still is. Its results are `expected`, and near tract's.
fn check(model: TypedModel, name: &str, expected: &[f32]) -> TractResult<()> {
    let tracts = run(model.clone())?;
    let mut model = model;
    let replaced = replace(&mut model)?;
    let dump = || format!("{name}: {replaced}\n{model}");
    assert_eq!(replaced.to_string(), format!("{name} 1"), "{}", dump());
    assert_eq!(counts(&model), (1, 0), "{}", dump());
    assert_eq!(
        counts(&model.clone().into_optimized()?),
        (1, 0),
        "{}",
        dump()
    );
    let ours = run(model)?;
    for ((ours, expected), tracts) in ours.iter().zip(expected).zip(tracts) {
        assert_eq!(
            ours.to_bits(),
            expected.to_bits(),
            "{name}: {ours}, {expected}"
        );
        let distance = (ours - tracts).abs();
        assert!(
            distance <= 1e-4 * ours.abs().max(1.0),
            "{name}: {ours}, tract's {tracts}"
        );
    }
    Ok(())
}

/// As [`check`], for an activation by its name and parameters.
fn check_activation(model: TypedModel, text: &str) -> TractResult<()> {
    let activation: AnyActivation = text.parse()?;
    let expected = activation.to_vec(&values())?;
    check(model, activation.name(), &expected)
}

fn nothing() -> Replaced {
    Replaced::default()
}
