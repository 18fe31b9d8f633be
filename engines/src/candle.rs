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
//! Tensors are on the CPU, of `f32`, and for activations also of `f16` and `bf16`; others are refused with an error. (candle
//! rounds each step of an activation of 16 bits; these results are rounded once.) A tensor that is not contiguous (transposed,
//! or a part of another along an inner dimension) is copied in order first, and in place back again; candle refuses to
//! write to one whose elements share memory (`broadcast_as`). Neither operation is differentiable: where nothing is,
//! `apply_op1_no_bwd(&op)` saves a small allocation, and takes operations that borrow, a mask for example.

use activations::{Activation, AnyActivation, AnyRowActivation, RowActivation, Rows};
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
        match storage.dtype() {
            DType::F16 => elementwise::<f16>(self.0.into(), storage, layout, name),
            DType::BF16 => elementwise::<bf16>(self.0.into(), storage, layout, name),
            _ => out_of_place::<f32>(
                storage,
                layout,
                name,
                |x, y| self.0.apply(x, y),
                |x| self.0.apply_in_place(x),
            ),
        }
    }
}

/// An activation of a tensor of `T`.
fn elementwise<'a, T: Element>(
    activation: AnyActivation<'a>,
    storage: &CpuStorage,
    layout: &Layout,
    name: &'static str,
) -> Result<(CpuStorage, Shape)>
where
    AnyActivation<'a>: Activation<T>,
{
    out_of_place::<T>(
        storage,
        layout,
        name,
        |x, y| activation.apply(x, y),
        |x| activation.apply_in_place(x),
    )
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
        let any: AnyActivation<'a> = self.0.into();
        match storage.dtype() {
            DType::F16 => in_place::<f16>(storage, layout, name, |x| any.apply_in_place(x)),
            DType::BF16 => in_place::<bf16>(storage, layout, name, |x| any.apply_in_place(x)),
            _ => in_place::<f32>(storage, layout, name, |x| self.0.apply_in_place(x)),
        }
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
        out_of_place::<f32>(
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
        in_place::<f32>(storage, layout, name, |x| self.0.apply_in_place(rows, x))
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
trait Element: activations::Element + WithDType {
    /// The elements of a tensor that has them.
    fn elements_mut(storage: &mut CpuStorage) -> Option<&mut [Self]>;
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
fn out_of_place<T: Element>(
    storage: &CpuStorage,
    layout: &Layout,
    name: &'static str,
    apply: impl Fn(&[T], &mut [T]) -> Outcome,
    apply_in_place: impl Fn(&mut [T]) -> Outcome,
) -> Result<(CpuStorage, Shape)> {
    let x = elements::<T>(storage, name)?;
    let y = match layout.contiguous_offsets() {
        Some((start, end)) => {
            let mut y = vec![T::default(); end - start];
            apply(&x[start..end], &mut y).map_err(Error::wrap)?;
            T::to_cpu_storage_owned(y)
        }
        None => {
            let mut y = in_order::<T>(storage, layout)?;
            apply_in_place(elements_mut(&mut y, name)?).map_err(Error::wrap)?;
            y
        }
    };
    Ok((y, layout.shape().clone()))
}

/// Over the tensor itself. `Tensor::inplace_op1` has refused those whose elements share memory.
fn in_place<T: Element>(
    storage: &mut CpuStorage,
    layout: &Layout,
    name: &'static str,
    apply: impl Fn(&mut [T]) -> Outcome,
) -> Result<()> {
    if let Some((start, end)) = layout.contiguous_offsets() {
        let x = elements_mut::<T>(storage, name)?;
        return apply(&mut x[start..end]).map_err(Error::wrap);
    }
    elements::<T>(storage, name)?;
    let mut y = in_order::<T>(storage, layout)?;
    let y = elements_mut(&mut y, name)?;
    apply(y).map_err(Error::wrap)?;
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
