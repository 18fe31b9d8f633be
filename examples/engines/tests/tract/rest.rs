//! Softmax along axes, what is left to tract, and whose memory is written.

use super::onnx::Attribute::{Float, Int};
use super::{Graph, SHAPE, check, nothing, replace, run, values};
use activations::{AnyRowActivation, Gelu, LogSoftmax, Prelu, RowActivation, Rows, Softmax, Swish};
use activations_engines::tract::{Elementwise, Rowwise, activation};
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::{EvalContext, EvalOp};
use tract_onnx::tract_core::plan::eval;

#[test]
fn softmax_along_each_axis() -> TractResult<()> {
    let operations: [(&str, AnyRowActivation); 2] = [
        ("Softmax", Softmax::default().into()),
        ("LogSoftmax", LogSoftmax::default().into()),
    ];
    // Before opset 13 softmax goes over all axes from the one named on.
    let cases = [
        (13, -1, Rows::last(20)),
        (13, 1, Rows::strided(6, 20)),
        (13, 0, Rows::strided(4, 120)),
        (11, 2, Rows::last(20)),
        (11, 1, Rows::last(120)),
        (11, 0, Rows::last(480)),
    ];
    for (op, operation) in operations {
        for (opset, axis, rows) in cases {
            if op == "LogSoftmax" && opset == 13 && axis != -1 {
                continue;
            }
            let mut graph = Graph::new(&SHAPE);
            let y = graph.op_with(op, &["x"], &[("axis", Int(axis))]);
            let expected = operation.to_vec(rows, &values())?;
            check(graph.model(&y, opset)?, operation.name(), &expected)?;
        }
    }
    Ok(())
}

/// What stands between a softmax and tract's operations that move axes.
#[test]
fn softmax_of_a_transposed_tensor() -> TractResult<()> {
    let mut graph = Graph::new(&SHAPE);
    let x = graph.op("Transpose", &["x"]);
    let y = graph.op_with("Softmax", &[&x], &[("axis", Int(0))]);
    let y = graph.op("Gelu", &[&y]);
    let y = graph.op("Transpose", &[&y]);
    let mut model = graph.model(&y, 20)?;
    assert_eq!(replace(&mut model)?.to_string(), "gelu 1, softmax 1");
    let mut expected = Softmax::default().to_vec(Rows::last(20), &values())?;
    activations::Activation::apply_in_place(&Gelu, &mut expected)?;
    let y = run(model)?;
    for (y, expected) in y.iter().zip(expected.iter()) {
        assert!((y - expected).abs() < 1e-6, "{y}, {expected}");
    }
    Ok(())
}

/// An activation of a product, which GELU's own product is not to be mistaken for.
#[test]
fn gelu_of_a_product() -> TractResult<()> {
    let mut graph = Graph::new(&SHAPE);
    let [third, root, one, half] = [0.3, 2f32.sqrt(), 1.0, 0.5].map(|number| graph.number(number));
    let tanh = graph.op("Tanh", &["x"]);
    let x = graph.op("Mul", &[&tanh, "x"]);
    let x = graph.op("Add", &[&x, &third]);
    let scaled = graph.op("Div", &[&x, &root]);
    let erf = graph.op("Erf", &[&scaled]);
    let sum = graph.op("Add", &[&erf, &one]);
    let product = graph.op("Mul", &[&x, &half]);
    let y = graph.op("Mul", &[&product, &sum]);
    let model = graph.model(&y, 14)?;
    let tracts = run(model.clone())?;
    let mut model = model;
    assert_eq!(replace(&mut model)?.to_string(), "gelu 1, tanh 1");
    for (ours, tracts) in run(model)?.iter().zip(tracts) {
        assert!((ours - tracts).abs() < 1e-4, "{ours}, {tracts}");
    }
    Ok(())
}

/// tract computes a ReLU before it writes the product: it is left alone. Behind a GELU it is not.
#[test]
fn relu_behind_a_matrix_product_is_tracts() -> TractResult<()> {
    for (between, replaced) in [(None, "nothing"), (Some("Gelu"), "gelu 1, relu 1")] {
        let mut graph = Graph::new(&SHAPE);
        let weights = graph.tensor(&[20, 8], (0..160).map(|i| (i % 7) as f32 - 3.0).collect());
        let bias = graph.tensor(&[8], vec![0.5; 8]);
        let product = graph.op("MatMul", &["x", &weights]);
        let mut y = graph.op("Add", &[&product, &bias]);
        if let Some(op) = between {
            y = graph.op(op, &[&y]);
        }
        let y = graph.op("Relu", &[&y]);
        let mut model = graph.model(&y, 20)?;
        assert_eq!(replace(&mut model)?.to_string(), replaced);
    }
    Ok(())
}

#[test]
fn what_is_no_activation() -> TractResult<()> {
    // A factor of 0.4 is none of GELU's, and this Celu is another function in tract.
    let mut graph = Graph::new(&SHAPE);
    let [root, one, factor] = [2f32.sqrt(), 1.0, 0.4].map(|number| graph.number(number));
    let scaled = graph.op("Div", &["x", &root]);
    let erf = graph.op("Erf", &[&scaled]);
    let sum = graph.op("Add", &[&erf, &one]);
    let product = graph.op("Mul", &["x", &factor]);
    let y = graph.op("Mul", &[&product, &sum]);
    let mut model = graph.model(&y, 14)?;
    assert_eq!(replace(&mut model)?.to_string(), "erf 1");

    let mut graph = Graph::new(&SHAPE);
    let y = graph.op_with("Celu", &["x"], &[("alpha", Float(0.5))]);
    let mut model = graph.model(&y, 14)?;
    assert!(!replace(&mut model)?.0.contains_key("celu"));

    let mut graph = Graph::new(&SHAPE);
    let y = graph.op("Sin", &["x"]);
    let mut model = graph.model(&y, 14)?;
    assert_eq!(replace(&mut model)?, nothing());

    // Half precision is left to tract.
    let mut graph = Graph::new(&SHAPE);
    let half = graph.op_with("Cast", &["x"], &[("to", Int(10))]);
    let y = graph.op("Tanh", &[&half]);
    let y = graph.op_with("Cast", &[&y], &[("to", Int(1))]);
    let mut model = graph.model(&y, 14)?;
    assert_eq!(replace(&mut model)?, nothing());
    Ok(())
}

/// A tensor that nothing else needs is written over.
#[test]
fn in_place() -> TractResult<()> {
    let gelu = Elementwise::op(Gelu)?;
    let softmax = Rowwise::new(Softmax::default(), &[1])?.unwrap();
    for op in [&gelu as &dyn EvalOp, &softmax] {
        let x = Tensor::from_shape(&[2, 3], &[1f32; 6])?;
        let address = x.as_bytes().as_ptr();
        let y = op.eval(&EvalContext::out_of_plan(), tvec!(x.into_tvalue()))?;
        assert_eq!(y[0].as_bytes().as_ptr(), address);

        // But not one that is needed.
        let kept = Tensor::from_shape(&[2, 3], &[1f32; 6])?.into_tvalue();
        op.eval(&EvalContext::out_of_plan(), tvec!(kept.clone()))?;
        assert_eq!(
            kept.as_bytes(),
            Tensor::from_shape(&[2, 3], &[1f32; 6])?.as_bytes()
        );
    }
    Ok(())
}

/// So it is in a model.
#[test]
fn in_place_in_a_model() -> TractResult<()> {
    let mut graph = Graph::new(&SHAPE);
    let y = graph.op("Sin", &["x"]);
    let y = graph.op("Gelu", &[&y]);
    let y = graph.op_with("Softmax", &[&y], &[("axis", Int(-1))]);
    let mut model = graph.model(&y, 20)?;
    assert_eq!(replace(&mut model)?.to_string(), "gelu 1, softmax 1");
    let mut state = model.into_optimized()?.into_runnable()?.spawn()?;
    let x = Tensor::from_shape(&SHAPE.map(|size| size as usize), &values())?;
    let mut replaced = 0;
    state.run_plan_with_eval(tvec!(x.into_tvalue()), |context, state, node, inputs| {
        let address = inputs.first().map(|x| x.as_bytes().as_ptr());
        let outputs = eval(context, state, node, inputs)?;
        if activation(node).is_some() {
            assert_eq!(Some(outputs[0].as_bytes().as_ptr()), address, "{node}");
            replaced += 1;
        }
        TractResult::Ok(outputs)
    })?;
    assert_eq!(replaced, 2);
    Ok(())
}

#[test]
fn operations_that_make_no_sense() -> TractResult<()> {
    static SLOPES: [f32; 2] = [0.5, 2.0];
    let per_channel = Prelu::per_channel(&SLOPES, 3)?;
    assert!(Elementwise::op(per_channel).is_err());
    assert!(Elementwise::op(Swish { beta: f32::NAN }).is_err());
    assert!(Rowwise::new(Softmax::default(), &[0, 2])?.is_none());
    assert!(Rowwise::new(Softmax::default(), &[])?.is_none());
    assert!(Rowwise::new(Softmax::default(), &[2, 1])?.is_some());
    Ok(())
}
