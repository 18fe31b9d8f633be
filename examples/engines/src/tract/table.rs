//! Which of tract's operations, and which expressions of several, are which activation.

use super::expr::{Expr, Parameters, choose, less, max, min, of, parameter, x};
use activations::{
    AnyActivation, Celu, Elu, Erf, Exp, Gelu, GeluTanh, Hardshrink, Hardsigmoid, Hardswish,
    Hardtanh, LeakyRelu, LogSigmoid, Mish, QuickGelu, Relu, Relu6, ReluSquared, Selu, Shrink,
    Sigmoid, Silu, Softplus, Softsign, Swish, Tanh, ThresholdedRelu,
};
use std::f32::consts::{FRAC_1_SQRT_2, FRAC_2_PI};
use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::{math, nn};

type Any = AnyActivation<'static>;

/// The activation that one of tract's element-wise operations is.
pub(super) fn of_one_node(op: &dyn ElementWiseMiniOp) -> Option<Any> {
    if let Some(&nn::LeakyRelu { alpha }) = op.downcast_ref() {
        return Some(leaky_relu(alpha));
    }
    // Its fast form has a square for the cube, which is another function.
    if let Some(nn::GeluApproximate { fast_impl: false }) = op.downcast_ref() {
        return Some(GeluTanh.into());
    }
    type Is = fn(&dyn ElementWiseMiniOp) -> bool;
    let known: [(Is, Any); 7] = [
        (|op| op.is::<nn::GeluExact>(), Gelu.into()),
        (|op| op.is::<nn::HardSwish>(), Hardswish.into()),
        (|op| op.is::<nn::Sigmoid>(), Sigmoid.into()),
        (|op| op.is::<nn::Silu>(), Silu.into()),
        (|op| op.is::<math::Erf>(), Erf.into()),
        (|op| op.is::<math::Exp>(), Exp.into()),
        (|op| op.is::<math::Tanh>(), Tanh.into()),
    ];
    known.into_iter().find(|(is, _)| is(op)).map(|(_, it)| it)
}

/// An activation in several nodes.
pub(super) struct Row {
    /// What they compute.
    pub(super) expr: Expr,
    /// The activation with these parameters, if it is one.
    pub(super) activation: fn(Parameters) -> Option<Any>,
}

/// The activations in several nodes; of two that end in the same node, the larger first.
pub(super) fn of_several_nodes() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut add = |expr, activation| rows.push(Row { expr, activation });
    let (p, q) = (|| parameter(0), || parameter(1));
    let exp = || of::<math::Exp>(x());
    let positive = || less(0.0, x());
    let softplus = || of::<math::Ln>(exp() + 1.0);
    let clip = |e: Expr, low: f32, high: f32| {
        let first = max(e.clone(), low);
        [min(first, high), max(min(e, high), low)]
    };

    add(
        x() * 0.5 * (of::<math::Erf>(x() * FRAC_1_SQRT_2) + 1.0),
        |_| Some(Gelu.into()),
    );
    for cube in [of::<math::Square>(x()) * x(), cube()] {
        let inner = (x() + cube * 0.044_715) * FRAC_2_PI.sqrt();
        add(x() * 0.5 * (of::<math::Tanh>(inner) + 1.0), |_| {
            Some(GeluTanh.into())
        });
    }
    add(x() * of::<nn::Sigmoid>(x()), |_| Some(Silu.into()));
    add(x() * of::<nn::Sigmoid>(x() * 1.702), |_| {
        Some(QuickGelu.into())
    });
    add(x() * of::<nn::Sigmoid>(x() * p()), |[beta, ..]| {
        Some(Swish { beta }.into())
    });
    add(x() * of::<math::Tanh>(softplus()), |_| Some(Mish.into()));
    add(softplus(), |_| Some(Softplus::default().into()));
    add(of::<math::Ln>(of::<nn::Sigmoid>(x())), |_| {
        Some(LogSigmoid.into())
    });
    // tract declutters a quotient to a product.
    let reciprocal = of::<math::Recip>(of::<math::Abs>(x()) + 1.0);
    add(x() * reciprocal, |_| Some(Softsign.into()));
    for clipped in clip(x() + 3.0, 0.0, 6.0) {
        add(x() * clipped * (1.0 / 6.0), |_| Some(Hardswish.into()));
    }
    for clipped in clip(x() * (1.0 / 6.0) + 0.5, 0.0, 1.0) {
        add(x() * clipped, |_| Some(Hardswish.into()));
    }
    for clipped in clip(x() * p() + q(), 0.0, 1.0) {
        add(clipped, |[alpha, beta, ..]| {
            Some(Hardsigmoid { alpha, beta }.into())
        });
    }
    let selu = choose(
        positive(),
        x(),
        exp() * 1.673_263_2 + parameter(0), // the same, subtracted
    );
    add(selu * 1.050_701, |[less, ..]| {
        ((less + 1.673_263_2).abs() < 1e-5).then(|| Selu::default().into())
    });
    add(
        choose(positive(), x(), (exp() + -1.0) * p()),
        |[alpha, ..]| {
            let scales = Elu::default();
            Some(Elu { alpha, ..scales }.into())
        },
    );
    add(choose(positive(), x(), exp() + -1.0), |_| {
        Some(Elu::default().into())
    });
    // For another alpha tract lacks a factor.
    add(max(x(), 0.0) + min(exp() + -1.0, 0.0), |_| {
        Some(Celu::default().into())
    });
    let above = |value: Expr| choose(less(q(), x()), value, 0.0);
    add(
        choose(
            less(x(), p()),
            x() + parameter(2),
            above(x() + parameter(3)),
        ),
        |[low, lambda, bias, minus_bias]| {
            (low == -lambda && bias == -minus_bias).then(|| Shrink { lambda, bias }.into())
        },
    );
    add(
        choose(less(x(), p()), x(), above(x())),
        |[low, lambda, ..]| (low == -lambda).then(|| Hardshrink { lambda }.into()),
    );
    add(choose(less(p(), x()), x(), 0.0), |[alpha, ..]| {
        Some(ThresholdedRelu { alpha }.into())
    });
    add(choose(less(x(), 0.0), x() * p(), x()), |[slope, ..]| {
        Some(leaky_relu(slope))
    });
    add(of::<math::Square>(max(x(), 0.0)), |_| {
        Some(ReluSquared.into())
    });
    for clipped in clip(x(), 0.0, 6.0) {
        add(clipped, |_| Some(Relu6.into()));
    }
    let bounds = |[min, max, ..]: Parameters| (min <= max).then(|| Hardtanh { min, max }.into());
    add(min(max(x(), p()), q()), bounds);
    add(max(min(x(), q()), p()), bounds);
    add(max(x(), 0.0), |_| Some(Relu.into()));
    rows
}

/// x to the third power.
fn cube() -> Expr {
    let is_cube = |op: &dyn ElementWiseMiniOp| {
        let power = op.downcast_ref::<math::PowConst>();
        power.is_some_and(|power| power.exponent == 3.0)
    };
    Expr::Of(is_cube, Box::new(x()))
}

/// Whether tract computes it together with a matrix product in front of it.
pub(super) fn fuses(activation: Any) -> bool {
    use AnyActivation as A;
    matches!(
        activation,
        A::Relu(_) | A::Relu6(_) | A::Hardtanh(_) | A::LeakyRelu(_)
    )
}

fn leaky_relu(negative_slope: f32) -> Any {
    LeakyRelu { negative_slope }.into()
}
