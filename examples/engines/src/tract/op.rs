//! The operations that the pass puts into a model.

use activations::{
    Activation, AnyActivation, AnyRowActivation, Formula, RowActivation, RowFormula, Rows,
};
use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::element_wise::ElementWiseOp;

/// An activation whose result does not depend on where an element stands, for tract's [`ElementWiseOp`]: tract moves it
/// through changes of shape, and hands it a tensor of its own to write over.
#[derive(Clone, Debug, PartialEq)]
pub struct Elementwise(AnyActivation<'static>);

// tract asks for it; as there, a parameter that is NaN is unequal to itself, which costs an optimisation at most.
impl Eq for Elementwise {}

impl Elementwise {
    /// The node's operation.
    ///
    /// # Errors
    /// Where parameters make no sense, or differ from channel to channel: tract may permute the axes.
    pub fn op(activation: impl Into<AnyActivation<'static>>) -> TractResult<ElementWiseOp> {
        let activation = activation.into();
        activation.check(0)?;
        ensure!(
            !activation.depends_on_position(),
            "{activation} depends on the position"
        );
        Ok(ElementWiseOp(Box::new(Self(activation)), None))
    }

    /// The activation.
    pub fn activation(&self) -> AnyActivation<'static> {
        self.0
    }
}

impl ElementWiseMiniOp for Elementwise {
    fn name(&self) -> String {
        format!("activations.{}", self.0.name())
    }

    fn info(&self) -> TractResult<Vec<String>> {
        Ok(vec![self.0.to_string()])
    }

    fn validation(&self) -> Validation {
        Validation::Rounding
    }

    fn eval_in_place(&self, t: &mut Tensor, _: Option<DatumType>) -> TractResult<()> {
        let mut elements = t.try_as_plain_ram_mut()?;
        let elements = elements.as_slice_mut::<f32>()?;
        let len = elements.len();
        // On the caller's threads, if tract has any; wherever it cuts, the bits are the same.
        multithread::par_chunks_mut(elements, 1, len, |_, part| {
            Ok(self.0.apply_in_place(part)?)
        })
    }
}

/// Softmax and its kin along one axis, or along several that lie side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Rowwise {
    operation: AnyRowActivation<'static>,
    /// In ascending order.
    axes: TVec<usize>,
}

impl Eq for Rowwise {}

impl Rowwise {
    /// The node's operation, `None` where the axes do not lie side by side.
    ///
    /// # Errors
    /// Where a parameter makes no sense.
    pub fn new(
        operation: impl Into<AnyRowActivation<'static>>,
        axes: &[usize],
    ) -> TractResult<Option<Self>> {
        let operation = operation.into();
        operation.check(Rows::last(1), 0)?;
        let mut axes: TVec<usize> = axes.into();
        axes.sort_unstable();
        let side_by_side = axes.windows(2).all(|pair| pair[0] + 1 == pair[1]);
        Ok((side_by_side && !axes.is_empty()).then_some(Self { operation, axes }))
    }

    /// The operation.
    pub fn operation(&self) -> AnyRowActivation<'static> {
        self.operation
    }
}

impl Op for Rowwise {
    fn name(&self) -> StaticName {
        format!("activations.{}", self.operation.name()).into()
    }

    fn info(&self) -> TractResult<Vec<String>> {
        Ok(vec![format!("{}, axes {:?}", self.operation, self.axes)])
    }

    fn validation(&self) -> Validation {
        Validation::Rounding
    }

    op_as_typed_op!();
}

impl EvalOp for Rowwise {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        // The tensor itself, where nothing else needs it.
        let mut tensor = args_1!(inputs).into_tensor();
        let last = *self.axes.last().context("no axis")?;
        let axis = self.axes.iter().map(|axis| tensor.shape()[*axis]).product();
        let inner = tensor.shape()[last + 1..].iter().product();
        let rows = Rows::strided(axis, inner);
        let mut elements = tensor.try_as_plain_ram_mut()?;
        let elements = elements.as_slice_mut::<f32>()?;
        let len = elements.len();
        if len > 0 {
            multithread::par_chunks_mut(elements, axis * inner, len, |_, part| {
                Ok(self.operation.apply_in_place(rows, part)?)
            })?;
        }
        Ok(tvec!(tensor.into_tvalue()))
    }
}

impl TypedOp for Rowwise {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let fact = inputs[0];
        ensure!(
            fact.datum_type == f32::datum_type(),
            "{} of {:?}",
            self.name(),
            fact.datum_type
        );
        ensure!(
            self.axes.iter().all(|axis| *axis < fact.rank()),
            "axes {:?} of a tensor of rank {}",
            self.axes,
            fact.rank()
        );
        Ok(tvec!(fact.datum_type.fact(fact.shape.clone())))
    }

    fn axes_mapping(
        &self,
        inputs: &[&TypedFact],
        outputs: &[&TypedFact],
    ) -> TractResult<AxesMapping> {
        AxesMapping::natural(inputs, outputs)
    }

    fn change_axes(
        &self,
        model: &TypedModel,
        node: &TypedNode,
        _: InOut,
        change: &AxisOp,
    ) -> TractResult<Option<AxisChangeConsequence>> {
        let axes: Option<TVec<usize>> = self
            .axes
            .iter()
            .map(|axis| change.transform_axis(*axis))
            .collect();
        let Some(axes) = axes else { return Ok(None) };
        let op = Self::new(self.operation, &axes)?;
        Ok(op.map(|op| AxisChangeConsequence::new(model, node, Some(Box::new(op)), change)))
    }

    as_op!();
}
