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
//! Tensors are of `f32` and on the CPU; others are refused with an error. A tensor that is not contiguous (transposed,
//! or a part of another along an inner dimension) is copied in order first, and in place back again; candle refuses to
//! write to one whose elements share memory (`broadcast_as`). Neither operation is differentiable: where nothing is,
//! `apply_op1_no_bwd(&op)` saves a small allocation, and takes operations that borrow, a mask for example.

use activations::{Activation, AnyActivation, AnyRowActivation, RowActivation, Rows};
use candle_core::backend::BackendStorage;
use candle_core::shape::Dim;
use candle_core::{CpuStorage, CustomOp1, Error, InplaceOp1, Layout, Result, Shape};

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
        out_of_place(
            storage,
            layout,
            CustomOp1::name(self),
            |x, y| self.0.apply(x, y),
            |x| self.0.apply_in_place(x),
        )
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
        in_place(storage, layout, name, |x| self.0.apply_in_place(x))
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
        out_of_place(
            storage,
            layout,
            name,
            |x, y| self.0.apply(rows, x, y),
            |x| self.0.apply_in_place(rows, x),
        )
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
        in_place(storage, layout, name, |x| self.0.apply_in_place(rows, x))
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

fn elements<'a>(storage: &'a CpuStorage, name: &'static str) -> Result<&'a [f32]> {
    match storage {
        CpuStorage::F32(elements) => Ok(elements),
        other => Err(refused(other, name)),
    }
}

fn elements_mut<'a>(storage: &'a mut CpuStorage, name: &'static str) -> Result<&'a mut [f32]> {
    match storage {
        CpuStorage::F32(elements) => Ok(elements),
        other => Err(refused(other, name)),
    }
}

fn refused(storage: &CpuStorage, name: &'static str) -> Error {
    Error::UnsupportedDTypeForOp(storage.dtype(), name).bt()
}

/// A new tensor, in row-major order.
fn out_of_place(
    storage: &CpuStorage,
    layout: &Layout,
    name: &'static str,
    apply: impl Fn(&[f32], &mut [f32]) -> Outcome,
    apply_in_place: impl Fn(&mut [f32]) -> Outcome,
) -> Result<(CpuStorage, Shape)> {
    let x = elements(storage, name)?;
    let y = match layout.contiguous_offsets() {
        Some((start, end)) => {
            let mut y = vec![0.0; end - start];
            apply(&x[start..end], &mut y).map_err(Error::wrap)?;
            CpuStorage::F32(y)
        }
        None => {
            let mut y = in_order(storage, layout)?;
            apply_in_place(elements_mut(&mut y, name)?).map_err(Error::wrap)?;
            y
        }
    };
    Ok((y, layout.shape().clone()))
}

/// Over the tensor itself. `Tensor::inplace_op1` has refused those whose elements share memory.
fn in_place(
    storage: &mut CpuStorage,
    layout: &Layout,
    name: &'static str,
    apply: impl Fn(&mut [f32]) -> Outcome,
) -> Result<()> {
    if let Some((start, end)) = layout.contiguous_offsets() {
        let x = elements_mut(storage, name)?;
        return apply(&mut x[start..end]).map_err(Error::wrap);
    }
    elements(storage, name)?;
    let mut y = in_order(storage, layout)?;
    let y = elements_mut(&mut y, name)?;
    apply(y).map_err(Error::wrap)?;
    let x = elements_mut(storage, name)?;
    for (index, y) in y.iter().enumerate() {
        x[offset(layout, index)] = *y;
    }
    Ok(())
}

/// The elements in row-major order.
fn in_order(storage: &CpuStorage, layout: &Layout) -> Result<CpuStorage> {
    let mut copy = CpuStorage::F32(vec![0.0; layout.shape().elem_count()]);
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
