//! candle: the activations as custom operations on tensors.
//!
//! ```
//! use activations::{Gelu, Relu, Softmax};
//! use activations_engines::candle::{Elementwise, Rowwise};
//! use candle_core::{D, Device, Tensor};
//!
//! let x = Tensor::new(&[[1f32, -2.0], [0.0, 0.0]], &Device::Cpu)?;
//! let y = x.apply_op1(Elementwise(Gelu))?; // a new tensor
//! let z = x.apply_op1(Rowwise(Softmax::default(), D::Minus1))?; // along any dimension
//! assert_eq!(z.to_vec2::<f32>()?[1], [0.5, 0.5]);
//! y.inplace_op1(&Elementwise(Relu))?; // over the tensor itself
//! assert_eq!(y.to_vec2::<f32>()?[1], [0.0, 0.0]);
//! # Ok::<(), candle_core::Error>(())
//! ```
//!
//! Tensors are on the CPU, of `f32`, `f16` or `bf16`; others are refused with an error. candle rounds each step of an
//! operation on 16 bits, and a sum of a row after each element, so that long rows of its softmax do not sum to 1; these
//! results are rounded once.
//!
//! A tensor that is not contiguous (transposed, or a part of another along an inner dimension) is copied in order first,
//! and in place back again; candle refuses to write to one whose elements share memory (`broadcast_as`). Neither operation
//! is differentiable: where nothing is, `apply_op1_no_bwd(&op)` saves a small allocation, and takes operations that
//! borrow, a mask for example.

use activations::{Activation, AnyActivation, AnyRowActivation, Float, RowActivation, Rows};
use candle_core::backend::BackendStorage;
use candle_core::shape::Dim;
use candle_core::{
    CpuStorage, CustomOp1, DType, Error, InplaceOp1, Layout, Result, Shape, WithDType,
};
use half::{bf16, f16};

type Outcome = std::result::Result<(), activations::Error>;

/// An activation, element by element: any of [`activations`], or an [`AnyActivation`].
///
/// Channels of a [`Prelu`](activations::Prelu) are those of the tensor in row-major order, whatever its strides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elementwise<A>(pub A);

/// An operation on the rows along a dimension: [`Softmax`](activations::Softmax) and its kin, or an
/// [`AnyRowActivation`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rowwise<R, D>(pub R, pub D);

impl<'a, A> CustomOp1 for Elementwise<A>
where
    A: Activation + Into<AnyActivation<'a>>,
{
    fn name(&self) -> &'static str {
        self.0.into().name()
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let name = CustomOp1::name(self);
        out_of_place(OnElements(self.0.into()), storage, layout, name)
    }
}

impl<'a, A> InplaceOp1 for Elementwise<A>
where
    A: Activation + Into<AnyActivation<'a>>,
{
    fn name(&self) -> &'static str {
        self.0.into().name()
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let name = InplaceOp1::name(self);
        in_place(OnElements(self.0.into()), storage, layout, name)
    }
}

impl<'a, R, D> CustomOp1 for Rowwise<R, D>
where
    R: RowActivation + Into<AnyRowActivation<'a>>,
    D: Dim,
{
    fn name(&self) -> &'static str {
        self.0.into().name()
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let name = CustomOp1::name(self);
        let rows = rows(&self.1, layout, name)?;
        out_of_place(OnRows(self.0.into(), rows), storage, layout, name)
    }
}

impl<'a, R, D> InplaceOp1 for Rowwise<R, D>
where
    R: RowActivation + Into<AnyRowActivation<'a>>,
    D: Dim,
{
    fn name(&self) -> &'static str {
        self.0.into().name()
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let name = InplaceOp1::name(self);
        let rows = rows(&self.1, layout, name)?;
        in_place(OnRows(self.0.into(), rows), storage, layout, name)
    }
}

/// An operation on elements in row-major order, of whichever type they are.
trait Operation: Copy {
    /// From one slice to another.
    fn apply<T: Element>(self, x: &[T], y: &mut [T]) -> Outcome;

    /// Over the slice itself.
    fn apply_in_place<T: Element>(self, x: &mut [T]) -> Outcome;
}

/// An activation of each element.
#[derive(Clone, Copy)]
struct OnElements<'a>(AnyActivation<'a>);

impl Operation for OnElements<'_> {
    fn apply<T: Element>(self, x: &[T], y: &mut [T]) -> Outcome {
        T::activate(self.0, x, y)
    }

    fn apply_in_place<T: Element>(self, x: &mut [T]) -> Outcome {
        T::activate_in_place(self.0, x)
    }
}

/// An operation on rows, and which rows these are.
#[derive(Clone, Copy)]
struct OnRows<'a>(AnyRowActivation<'a>, Rows);

impl Operation for OnRows<'_> {
    fn apply<T: Element>(self, x: &[T], y: &mut [T]) -> Outcome {
        self.0.apply(self.1, x, y)
    }

    fn apply_in_place<T: Element>(self, x: &mut [T]) -> Outcome {
        self.0.apply_in_place(self.1, x)
    }
}

/// The rows along `dim` of a tensor in row-major order.
fn rows(dim: &impl Dim, layout: &Layout, name: &'static str) -> Result<Rows> {
    let dim = dim.to_index(layout.shape(), name)?;
    let dims = layout.dims();
    Ok(Rows::strided(
        dims[dim],
        dims[dim + 1..].iter().product::<usize>(),
    ))
}

/// A type of elements that both know.
trait Element: Float + WithDType {
    /// The elements of a tensor that has them.
    fn elements_mut(storage: &mut CpuStorage) -> Option<&mut [Self]>;

    /// An activation from one slice to another: [`Activation`] is implemented for each type by itself, not for all
    /// at once.
    fn activate(activation: AnyActivation, x: &[Self], y: &mut [Self]) -> Outcome;

    /// An activation over the slice itself.
    fn activate_in_place(activation: AnyActivation, x: &mut [Self]) -> Outcome;
}

macro_rules! element {
    ($type:ty, $variant:ident) => {
        impl Element for $type {
            fn elements_mut(storage: &mut CpuStorage) -> Option<&mut [Self]> {
                match storage {
                    CpuStorage::$variant(elements) => Some(elements),
                    _ => None,
                }
            }

            fn activate(activation: AnyActivation, x: &[Self], y: &mut [Self]) -> Outcome {
                activation.apply(x, y)
            }

            fn activate_in_place(activation: AnyActivation, x: &mut [Self]) -> Outcome {
                activation.apply_in_place(x)
            }
        }
    };
}

element!(f32, F32);
element!(f16, F16);
element!(bf16, BF16);

fn elements<'a, T: Element>(storage: &'a CpuStorage, name: &'static str) -> Result<&'a [T]> {
    T::cpu_storage_as_slice(storage).map_err(|_| refused(storage, name))
}

fn elements_mut<'a, T: Element>(
    storage: &'a mut CpuStorage,
    name: &'static str,
) -> Result<&'a mut [T]> {
    let error = refused(storage, name);
    T::elements_mut(storage).ok_or(error)
}

fn refused(storage: &CpuStorage, name: &'static str) -> Error {
    Error::UnsupportedDTypeForOp(storage.dtype(), name).bt()
}

/// A new tensor, in row-major order.
fn out_of_place(
    operation: impl Operation,
    storage: &CpuStorage,
    layout: &Layout,
    name: &'static str,
) -> Result<(CpuStorage, Shape)> {
    let y = match storage.dtype() {
        DType::F32 => new_elements::<f32>(operation, storage, layout, name),
        DType::F16 => new_elements::<f16>(operation, storage, layout, name),
        DType::BF16 => new_elements::<bf16>(operation, storage, layout, name),
        _ => Err(refused(storage, name)),
    };
    Ok((y?, layout.shape().clone()))
}

/// The elements of a new tensor, in row-major order.
fn new_elements<T: Element>(
    operation: impl Operation,
    storage: &CpuStorage,
    layout: &Layout,
    name: &'static str,
) -> Result<CpuStorage> {
    let x = elements::<T>(storage, name)?;
    if let Some((start, end)) = layout.contiguous_offsets() {
        let mut y = vec![T::default(); end - start];
        operation
            .apply(&x[start..end], &mut y)
            .map_err(Error::wrap)?;
        return Ok(T::to_cpu_storage_owned(y));
    }
    let mut y = in_order::<T>(storage, layout)?;
    operation
        .apply_in_place(elements_mut::<T>(&mut y, name)?)
        .map_err(Error::wrap)?;
    Ok(y)
}

/// Over the tensor itself. `Tensor::inplace_op1` has refused those whose elements share memory.
fn in_place(
    operation: impl Operation,
    storage: &mut CpuStorage,
    layout: &Layout,
    name: &'static str,
) -> Result<()> {
    match storage.dtype() {
        DType::F32 => replace_elements::<f32>(operation, storage, layout, name),
        DType::F16 => replace_elements::<f16>(operation, storage, layout, name),
        DType::BF16 => replace_elements::<bf16>(operation, storage, layout, name),
        _ => Err(refused(storage, name)),
    }
}

/// Replaces the elements of a tensor.
fn replace_elements<T: Element>(
    operation: impl Operation,
    storage: &mut CpuStorage,
    layout: &Layout,
    name: &'static str,
) -> Result<()> {
    if let Some((start, end)) = layout.contiguous_offsets() {
        let x = elements_mut::<T>(storage, name)?;
        return operation
            .apply_in_place(&mut x[start..end])
            .map_err(Error::wrap);
    }
    let mut y = in_order::<T>(storage, layout)?;
    let y = elements_mut::<T>(&mut y, name)?;
    operation.apply_in_place(y).map_err(Error::wrap)?;
    let x = elements_mut::<T>(storage, name)?;
    for (index, y) in y.iter().enumerate() {
        x[offset(layout, index)] = *y;
    }
    Ok(())
}

/// The elements in row-major order.
fn in_order<T: Element>(storage: &CpuStorage, layout: &Layout) -> Result<CpuStorage> {
    let mut copy = T::to_cpu_storage_owned(vec![T::default(); layout.shape().elem_count()]);
    storage.copy_strided_src(&mut copy, 0, layout)?;
    Ok(copy)
}

/// Where the element is that has this index in row-major order.
fn offset(layout: &Layout, mut index: usize) -> usize {
    let mut offset = layout.start_offset();
    for (dim, stride) in layout.dims().iter().zip(layout.stride()).rev() {
        offset += index % dim * stride;
        index /= dim;
    }
    offset
}
