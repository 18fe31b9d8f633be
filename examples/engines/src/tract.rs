//! tract: a pass over a model that replaces its activations.
//!
//! ```no_run
//! use tract_onnx::prelude::*;
//!
//! let mut model = tract_onnx::onnx().model_for_path("model.onnx")?.into_typed()?;
//! let replaced = activations_engines::tract::replace(&mut model)?;
//! println!("{replaced}"); // gelu 6, softmax 6, tanh 1
//! let model = model.into_optimized()?.into_runnable()?;
//! # Ok::<(), TractError>(())
//! ```
//!
//! What is replaced is of `f32`: tract's element-wise operations, softmax and its logarithm along one axis or several
//! side by side, and the activations that tract spells out in several nodes, GELU, ELU, Mish and others, in whichever
//! order their operands stand. ReLU, LeakyReLU and Clip right behind a matrix product or a convolution are left to
//! tract, which computes them before it writes the product. A slope per channel (PReLU) and the bodies of loops stay
//! tract's.

mod expr;
mod op;
mod table;

pub use op::{Elementwise, Rowwise};

use activations::{AnyActivation, AnyRowActivation, LogSoftmax, Softmax};
use std::collections::BTreeMap;
use std::fmt;
use table::Row;
use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::binary::TypedBinOp;
use tract_onnx::tract_core::ops::cnn::Conv;
use tract_onnx::tract_core::ops::einsum::EinSum;
use tract_onnx::tract_core::ops::element_wise::ElementWiseOp;
use tract_onnx::tract_core::ops::{math, nn};

/// How many activations were replaced, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replaced(pub BTreeMap<&'static str, usize>);

impl fmt::Display for Replaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing");
        }
        let counts: Vec<String> = self
            .0
            .iter()
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        f.write_str(&counts.join(", "))
    }
}

/// Replaces the activations of a model, which it declutters first; to be called before it is optimised.
///
/// # Errors
/// Those of tract's passes.
pub fn replace(model: &mut TypedModel) -> TractResult<Replaced> {
    // Decluttered, a model has fewer ways to say the same.
    model.declutter()?;
    let rows = table::of_several_nodes();
    let mut replaced = Replaced::default();
    while let Some((node, found)) = next(model, &rows)? {
        let name = &model.node(node).name;
        let mut patch = TypedModelPatch::default();
        let x = patch.tap_model(model, found.x)?;
        let y = patch.wire_node(name, found.op, &[x])?;
        patch.shunt_outside(model, node.into(), y[0])?;
        patch.apply(model)?;
        *replaced.0.entry(found.name).or_default() += 1;
    }
    model.compact()?;
    Ok(replaced)
}

/// The activation that a node is, of tract's or of this pass: what [`replace`] replaces, and what with. Those in
/// several nodes are none.
pub fn activation(node: &TypedNode) -> Option<&'static str> {
    if let Some(ElementWiseOp(op, _)) = node.op_as() {
        let ours = op.downcast_ref().map(Elementwise::activation);
        return ours
            .or(table::of_one_node(op.as_ref()))
            .map(|any| any.name());
    }
    if let Some(op) = node.op_as::<Rowwise>() {
        return Some(op.operation().name());
    }
    let softmax = node.op_as::<nn::Softmax>()?;
    Some(operation(softmax.kind).name())
}

/// What a node is to be replaced with.
struct Found {
    name: &'static str,
    op: Box<dyn TypedOp>,
    x: OutletId,
}

/// The last node that ends an activation of tract's: from the end on, what an activation is made of is seen after it.
fn next(model: &TypedModel, rows: &[Row]) -> TractResult<Option<(usize, Found)>> {
    for node in model.eval_order()?.into_iter().rev() {
        if let Some(found) = found(model, model.node(node), rows)? {
            return Ok(Some((node, found)));
        }
    }
    Ok(None)
}

fn found(model: &TypedModel, node: &TypedNode, rows: &[Row]) -> TractResult<Option<Found>> {
    if node.outputs.len() != 1 || node.outputs[0].fact.datum_type != f32::datum_type() {
        return Ok(None);
    }
    if let Some((operation, axes, x)) = rowwise(model, node) {
        let op = Rowwise::new(operation, axes)?;
        return Ok(op.map(|op| Found {
            name: operation.name(),
            op: Box::new(op),
            x,
        }));
    }
    let Some((activation, x)) = elementwise(model, node, rows) else {
        return Ok(None);
    };
    let (input, output) = (model.outlet_fact(x)?, &node.outputs[0].fact);
    let same = input.datum_type == output.datum_type && input.shape == output.shape;
    if !same || table::fuses(activation) && follows_product(model, x) {
        return Ok(None);
    }
    // Parameters that make no sense here may make some in tract.
    let op = Elementwise::op(activation).ok();
    Ok(op.map(|op| Found {
        name: activation.name(),
        op: Box::new(op),
        x,
    }))
}

/// The operation on rows that a node ends, its axes and what it is applied to.
fn rowwise<'m>(
    model: &'m TypedModel,
    node: &'m TypedNode,
) -> Option<(AnyRowActivation<'static>, &'m [usize], OutletId)> {
    if let Some(softmax) = node.op_as::<nn::Softmax>() {
        return Some((operation(softmax.kind), &softmax.axes, node.inputs[0]));
    }
    // As tract reads ONNX's LogSoftmax.
    let ElementWiseOp(op, _) = node.op_as()?;
    let before = model.node(node.inputs[0].node);
    let softmax = before.op_as::<nn::Softmax>()?;
    let is_log = op.is::<math::Ln>() && softmax.kind == nn::SoftmaxKind::Softmax;
    is_log.then_some((
        LogSoftmax::default().into(),
        &softmax.axes,
        before.inputs[0],
    ))
}

fn operation(kind: nn::SoftmaxKind) -> AnyRowActivation<'static> {
    match kind {
        nn::SoftmaxKind::Softmax => Softmax::default().into(),
        nn::SoftmaxKind::LogSoftmax => LogSoftmax::default().into(),
    }
}

/// The activation that a node ends, and what it is applied to.
fn elementwise(
    model: &TypedModel,
    node: &TypedNode,
    rows: &[Row],
) -> Option<(AnyActivation<'static>, OutletId)> {
    let of_several = rows.iter().find_map(|row| {
        let (x, parameters) = expr::find(model, node.id.into(), &row.expr)?;
        Some(((row.activation)(parameters)?, x))
    });
    of_several.or_else(|| {
        let ElementWiseOp(op, _) = node.op_as()?;
        Some((table::of_one_node(op.as_ref())?, node.inputs[0]))
    })
}

/// Whether `outlet` is a matrix product or a convolution, with or without bias, that nothing else needs.
fn follows_product(model: &TypedModel, mut outlet: OutletId) -> bool {
    loop {
        let node = model.node(outlet.node);
        if model.outlet_successors(outlet).len() != 1 {
            return false;
        }
        if node.op_is::<EinSum>() || node.op_is::<Conv>() {
            return true;
        }
        let goes_on = match node.op_as::<TypedBinOp>() {
            Some(op) => op.0.is::<math::Add>() || op.0.is::<math::Mul>(),
            None => node.op_is::<AxisOp>(),
        };
        let is_variable = |outlet: &&OutletId| {
            model
                .outlet_fact(**outlet)
                .is_ok_and(|fact| fact.konst.is_none())
        };
        match node.inputs.iter().find(is_variable) {
            Some(input) if goes_on => outlet = *input,
            _ => return false,
        }
    }
}
