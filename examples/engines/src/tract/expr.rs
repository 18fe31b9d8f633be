//! Activations that tract spells out in several nodes: as expressions, and where in a model they stand.

use std::ops::{Add, Mul};
use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::binary::TypedBinOp;
use tract_onnx::tract_core::ops::element_wise::ElementWiseOp;
use tract_onnx::tract_core::ops::logic::Iff;
use tract_onnx::tract_core::ops::math;

/// What a node may compute from one tensor.
#[derive(Clone)]
pub(super) enum Expr {
    /// The tensor, the same wherever it stands.
    X,
    /// A parameter of the activation: any number.
    Parameter(usize),
    /// This number.
    Number(f32),
    /// An element-wise operation of tract's.
    Of(fn(&dyn ElementWiseMiniOp) -> bool, Box<Expr>),
    /// Operands of one operation, in any order and grouped in any way.
    All(Operation, Vec<Expr>),
    /// Whether the first is less than the second.
    Less(Box<[Expr; 2]>),
    /// The second where the first holds, else the third.
    If(Box<[Expr; 3]>),
}

/// An operation in whose operands order and grouping make no difference but of rounding.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Sum,
    Product,
    Max,
    Min,
}

pub(super) fn x() -> Expr {
    Expr::X
}

pub(super) fn parameter(index: usize) -> Expr {
    Expr::Parameter(index)
}

pub(super) fn of<T: ElementWiseMiniOp>(argument: Expr) -> Expr {
    Expr::Of(|op| op.is::<T>(), Box::new(argument))
}

pub(super) fn max(a: impl Into<Expr>, b: impl Into<Expr>) -> Expr {
    all(Operation::Max, a.into(), b.into())
}

pub(super) fn min(a: impl Into<Expr>, b: impl Into<Expr>) -> Expr {
    all(Operation::Min, a.into(), b.into())
}

pub(super) fn less(a: impl Into<Expr>, b: impl Into<Expr>) -> Expr {
    Expr::Less(Box::new([a.into(), b.into()]))
}

pub(super) fn choose(condition: Expr, a: impl Into<Expr>, b: impl Into<Expr>) -> Expr {
    Expr::If(Box::new([condition, a.into(), b.into()]))
}

fn all(operation: Operation, a: Expr, b: Expr) -> Expr {
    let mut operands = Vec::new();
    for operand in [a, b] {
        match operand {
            Expr::All(same, nested) if same == operation => operands.extend(nested),
            other => operands.push(other),
        }
    }
    Expr::All(operation, operands)
}

impl From<f32> for Expr {
    fn from(number: f32) -> Self {
        Self::Number(number)
    }
}

impl<B: Into<Expr>> Add<B> for Expr {
    type Output = Expr;

    fn add(self, other: B) -> Expr {
        all(Operation::Sum, self, other.into())
    }
}

impl<B: Into<Expr>> Mul<B> for Expr {
    type Output = Expr;

    fn mul(self, other: B) -> Expr {
        all(Operation::Product, self, other.into())
    }
}

/// The parameters of an expression, by their numbers; NaN for those that it lacks.
pub(super) type Parameters = [f32; PARAMETERS];

const PARAMETERS: usize = 4;

/// What the tensor and the parameters of an expression are in a model.
#[derive(Clone, Copy, Default)]
pub(super) struct Bound {
    x: Option<OutletId>,
    parameters: [Option<f32>; PARAMETERS],
}

/// The tensor and the parameters with which `outlet` is `expr`.
pub(super) fn find(
    model: &TypedModel,
    outlet: OutletId,
    expr: &Expr,
) -> Option<(OutletId, Parameters)> {
    let bound = solutions(model, Term::Tensor(outlet), expr, Bound::default());
    let bound = bound.first()?;
    let parameters = bound.parameters.map(|value| value.unwrap_or(f32::NAN));
    Some((bound.x?, parameters))
}

/// An operand in a model.
#[derive(Clone, Copy)]
enum Term {
    Tensor(OutletId),
    Number(f32),
}

/// All the ways in which `term` is `expr`.
fn solutions(model: &TypedModel, term: Term, expr: &Expr, bound: Bound) -> Vec<Bound> {
    match (expr, number(model, term)) {
        (Expr::X, None) => {
            let Term::Tensor(outlet) = term else {
                return vec![];
            };
            let fits = bound.x.is_none_or(|x| x == outlet);
            let bound = Bound {
                x: Some(outlet),
                ..bound
            };
            return if fits { vec![bound] } else { vec![] };
        }
        (Expr::Parameter(index), Some(number)) => {
            let mut next = bound;
            next.parameters[*index] = Some(number);
            let fits = bound.parameters[*index].is_none_or(|known| known == number);
            return if fits { vec![next] } else { vec![] };
        }
        (Expr::Number(wanted), Some(number)) => {
            return if near(number, *wanted) {
                vec![bound]
            } else {
                vec![]
            };
        }
        _ => {}
    }
    let Term::Tensor(outlet) = term else {
        return vec![];
    };
    let node = model.node(outlet.node);
    match expr {
        Expr::Of(is, argument) => match node.op_as::<ElementWiseOp>() {
            Some(op) if is(op.0.as_ref()) => {
                solutions(model, Term::Tensor(node.inputs[0]), argument, bound)
            }
            _ => vec![],
        },
        Expr::All(operation, parts) => {
            let parts: Vec<&Expr> = parts.iter().collect();
            grouped(model, term, *operation, &parts, bound)
        }
        Expr::Less(operands) => match comparison(node) {
            Some(inputs) => in_turn(model, &inputs, operands.as_slice(), bound),
            None => vec![],
        },
        Expr::If(operands) if node.op_is::<Iff>() => {
            in_turn(model, &node.inputs, operands.as_slice(), bound)
        }
        _ => vec![],
    }
}

/// Each outlet is the expression in its place.
fn in_turn(model: &TypedModel, outlets: &[OutletId], exprs: &[Expr], bound: Bound) -> Vec<Bound> {
    let mut found = vec![bound];
    for (outlet, expr) in outlets.iter().zip(exprs) {
        found = found
            .into_iter()
            .flat_map(|bound| solutions(model, Term::Tensor(*outlet), expr, bound))
            .collect();
    }
    found
}

/// All the ways in which `term` is `operation` of `parts`, in any order and grouped in any way.
fn grouped(
    model: &TypedModel,
    term: Term,
    operation: Operation,
    parts: &[&Expr],
    bound: Bound,
) -> Vec<Bound> {
    if let [part] = parts {
        return solutions(model, term, part, bound);
    }
    let Some((a, b)) = operands(model, term, operation) else {
        return vec![];
    };
    let mut found = Vec::new();
    for chosen in 1..(1_u32 << parts.len()) - 1 {
        let side = |wanted: u32| -> Vec<&Expr> {
            let parts = parts.iter().enumerate();
            let on_side = parts.filter(|(index, _)| chosen >> index & 1 == wanted);
            on_side.map(|(_, part)| *part).collect()
        };
        for bound in grouped(model, a, operation, &side(1), bound) {
            found.extend(grouped(model, b, operation, &side(0), bound));
        }
    }
    found
}

/// The operands, where `term` is `operation`.
fn operands(model: &TypedModel, term: Term, operation: Operation) -> Option<(Term, Term)> {
    let Term::Tensor(outlet) = term else {
        return None;
    };
    let node = model.node(outlet.node);
    let op = node.op_as::<TypedBinOp>()?.0.as_ref();
    let &[a, b] = node.inputs.as_slice() else {
        return None;
    };
    let (a, b) = (Term::Tensor(a), Term::Tensor(b));
    match operation {
        Operation::Sum if op.is::<math::Add>() => Some((a, b)),
        // To subtract a number is to add another.
        Operation::Sum if op.is::<math::Sub>() => Some((a, Term::Number(-number(model, b)?))),
        Operation::Product if op.is::<math::Mul>() => Some((a, b)),
        Operation::Max if op.is::<math::Max>() => Some((a, b)),
        Operation::Min if op.is::<math::Min>() => Some((a, b)),
        _ => None,
    }
}

/// The operands of a comparison, the one that is to be less first.
fn comparison(node: &TypedNode) -> Option<[OutletId; 2]> {
    use tract_onnx::tract_core::ops::logic::{comp_gt, comp_lt};
    let op = &node.op_as::<TypedBinOp>()?.0;
    let &[a, b] = node.inputs.as_slice() else {
        return None;
    };
    if *op == comp_lt() {
        Some([a, b])
    } else if *op == comp_gt() {
        Some([b, a])
    } else {
        None
    }
}

/// The number that all elements of a constant are.
fn number(model: &TypedModel, term: Term) -> Option<f32> {
    let outlet = match term {
        Term::Number(number) => return Some(number),
        Term::Tensor(outlet) => outlet,
    };
    let fact = model.outlet_fact(outlet).ok()?;
    let constant = fact.konst.as_ref().or(fact.uniform.as_ref())?;
    if constant.datum_type() != f32::datum_type() {
        return None;
    }
    let uniform = constant.as_uniform()?;
    uniform.cast_to_scalar::<f32>().ok()
}

/// Whether it is the number that an exporter has rounded, or tract: its constants of SELU have six digits.
fn near(number: f32, wanted: f32) -> bool {
    (number - wanted).abs() <= 3e-6 * wanted.abs()
}
