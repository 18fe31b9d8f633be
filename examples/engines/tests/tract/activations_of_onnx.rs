//! ONNX's activations, and those that exporters write in its other operations.

use super::onnx::Attribute::{self, Float, Text};
use super::onnx::Graph;
use super::{SHAPE, check_activation};
use tract_onnx::prelude::*;

#[test]
fn operators_of_onnx() -> TractResult<()> {
    type Case = (
        &'static str,
        &'static [(&'static str, Attribute)],
        &'static str,
    );
    let cases: &[Case] = &[
        ("Relu", &[], "relu"),
        ("LeakyRelu", &[("alpha", Float(0.2))], "leaky_relu(0.2)"),
        (
            "ThresholdedRelu",
            &[("alpha", Float(1.5))],
            "thresholded_relu(1.5)",
        ),
        ("HardSigmoid", &[], "hardsigmoid(alpha=0.2, beta=0.5)"),
        (
            "HardSigmoid",
            &[("alpha", Float(0.25))],
            "hardsigmoid(alpha=0.25, beta=0.5)",
        ),
        ("HardSwish", &[], "hardswish"),
        (
            "Shrink",
            &[("lambd", Float(1.5)), ("bias", Float(0.5))],
            "shrink(lambda=1.5, bias=0.5)",
        ),
        ("Shrink", &[("lambd", Float(1.5))], "hardshrink(1.5)"),
        ("Softsign", &[], "softsign"),
        ("Sigmoid", &[], "sigmoid"),
        ("Swish", &[], "silu"),
        ("Tanh", &[], "tanh"),
        ("Erf", &[], "erf"),
        ("Exp", &[], "exp"),
        ("Gelu", &[], "gelu"),
        ("Gelu", &[("approximate", Text("tanh"))], "gelu_tanh"),
        ("FastGelu", &[], "gelu_tanh"),
        ("QuickGelu", &[], "quick_gelu"),
        ("QuickGelu", &[("alpha", Float(1.5))], "swish(1.5)"),
        ("Elu", &[], "elu"),
        ("Elu", &[("alpha", Float(0.5))], "elu(0.5)"),
        ("Selu", &[], "selu"),
        ("Celu", &[], "celu"),
        ("Softplus", &[], "softplus"),
        ("Mish", &[], "mish"),
    ];
    for (op, attributes, activation) in cases {
        let mut graph = Graph::new(&SHAPE);
        let y = graph.op_with(op, &["x"], attributes);
        check_activation(graph.model(&y, 20)?, activation)?;
    }
    Ok(())
}

/// x/2 * (1 + erf(x / sqrt(2))), the factors in every order and grouped in every way.
#[test]
fn gelu_in_its_parts() -> TractResult<()> {
    let orders = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ];
    for order in orders {
        for last_first in [false, true] {
            for divided in [false, true] {
                let mut graph = Graph::new(&SHAPE);
                let scaled = if divided {
                    let root = graph.number(std::f32::consts::SQRT_2);
                    graph.op("Div", &["x", &root])
                } else {
                    let root = graph.number(std::f32::consts::FRAC_1_SQRT_2);
                    graph.op("Mul", &[&root, "x"])
                };
                let erf = graph.op("Erf", &[&scaled]);
                let one = graph.number(1.0);
                let sum = match divided {
                    true => graph.op("Add", &[&erf, &one]),
                    false => graph.op("Add", &[&one, &erf]),
                };
                let half = graph.number(0.5);
                let factors = ["x", &half, &sum];
                let [a, b, c] = order.map(|index| factors[index]);
                let product = graph.op("Mul", &[a, b]);
                let y = match last_first {
                    true => graph.op("Mul", &[c, &product]),
                    false => graph.op("Mul", &[&product, c]),
                };
                check_activation(graph.model(&y, 14)?, "gelu")?;
            }
        }
    }
    Ok(())
}

/// x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 * x^3))), as PyTorch exports it.
#[test]
fn gelu_tanh_in_its_parts() -> TractResult<()> {
    let mut graph = Graph::new(&SHAPE);
    let numbers = [3.0, 0.044715, 0.797_884_6, 1.0, 0.5];
    let [three, third, root, one, half] = numbers.map(|number| graph.number(number));
    let cube = graph.op("Pow", &["x", &three]);
    let cube = graph.op("Mul", &[&cube, &third]);
    let sum = graph.op("Add", &["x", &cube]);
    let scaled = graph.op("Mul", &[&sum, &root]);
    let tanh = graph.op("Tanh", &[&scaled]);
    let sum = graph.op("Add", &[&tanh, &one]);
    let product = graph.op("Mul", &["x", &half]);
    let y = graph.op("Mul", &[&product, &sum]);
    check_activation(graph.model(&y, 14)?, "gelu_tanh")
}

#[test]
fn others_in_their_parts() -> TractResult<()> {
    type Build = fn(&mut Graph) -> String;
    let cases: [(&str, Build); 9] = [
        ("silu", |g| {
            let gate = g.op("Sigmoid", &["x"]);
            g.op("Mul", &["x", &gate])
        }),
        ("log_sigmoid", |g| {
            let sigmoid = g.op("Sigmoid", &["x"]);
            g.op("Log", &[&sigmoid])
        }),
        ("mish", |g| {
            let softplus = g.op("Softplus", &["x"]);
            let tanh = g.op("Tanh", &[&softplus]);
            g.op("Mul", &[&tanh, "x"])
        }),
        ("relu6", |g| clip(g, "x", 0.0, 6.0)),
        ("hardtanh(-1.5, 2)", |g| clip(g, "x", -1.5, 2.0)),
        ("hardswish", |g| {
            let [three, six] = [3.0, 6.0].map(|number| g.number(number));
            let sum = g.op("Add", &["x", &three]);
            let clipped = clip(g, &sum, 0.0, 6.0);
            let product = g.op("Mul", &["x", &clipped]);
            g.op("Div", &[&product, &six])
        }),
        ("hardswish", |g| {
            let gate = g.op_with("HardSigmoid", &["x"], &[("alpha", Float(1.0 / 6.0))]);
            g.op("Mul", &["x", &gate])
        }),
        ("leaky_relu(0.25)", |g| {
            let slope = g.tensor(&[1], vec![0.25]);
            g.op("PRelu", &["x", &slope])
        }),
        ("relu_squared", |g| {
            let relu = g.op("Relu", &["x"]);
            g.op("Mul", &[&relu, &relu])
        }),
    ];
    for (activation, build) in cases {
        let mut graph = Graph::new(&SHAPE);
        let y = build(&mut graph);
        check_activation(graph.model(&y, 14)?, activation)?;
    }
    Ok(())
}

fn clip(graph: &mut Graph, x: &str, min: f32, max: f32) -> String {
    let bounds = [min, max].map(|number| graph.number(number));
    graph.op("Clip", &[x, &bounds[0], &bounds[1]])
}
