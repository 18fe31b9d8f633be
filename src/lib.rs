//! Activation functions of neural networks as hand-vectorised kernels for AVX-512, AVX2 and NEON, of which the one that the CPU
//! has is taken at run time; the bits are the same on each of them, and in scalar code.
//!
//! ```
//! use activations::{Activation, AnyActivation, Gelu, LeakyRelu};
//!
//! let x = [-2.0, -0.5, 0.0, 3.0];
//! let mut y = [0.0; 4];
//! Gelu.apply(&x, &mut y)?; // out of place; an error where the lengths differ
//! LeakyRelu { negative_slope: 0.25 }.apply_in_place(&mut y)?; // PyTorch's inplace=True
//! let chosen: AnyActivation = "Clip(min=0, max=2)".parse()?; // by the names of PyTorch, ONNX and others
//! chosen.apply(&x, &mut y)?;
//! assert_eq!(y, [0.0, 0.0, 0.0, 2.0]);
//! # Ok::<(), activations::Error>(())
//! ```
//!
//! | | |
//! |---|---|
//! | [`Activation`], [`AnyActivation`] | activations, each a type with its parameters; all of them: [`guide::activations`] |
//! | [`Gate`], [`AnyGate`], [`Fused`] | gates; a bias and a residual around an activation: [`guide::gates`] |
//! | [`RowActivation`], [`AnyRowActivation`], [`Attention`] | softmax and its kin, with all that attention asks of them: [`guide::rows`] |
//! | `f16`, `bf16` | elements of 16 bits, by the same calls, with the feature `half`: [`guide::sixteen_bit`] |
//! | [`ByteTable`], [`QuantizedSoftmax`] | quantised elements of 8 bits: [`guide::eight_bit`] |
//! | [`Activation::apply_to_vec`], [`Cuts`] | large tensors, vectors that are kept, threads: [`guide::large_tensors`] |
//! | [`Isa`] | instruction sets: [`guide::instruction_sets`] |
//! | | how fast it is: [`guide::speed`]; features, and the C interface: [`guide::linking`] |
//!
//! Nothing panics: lengths that differ, shapes that do not fit and parameters that make no sense are errors that say so, and the
//! output is then untouched.
#![cfg_attr(not(test), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// What one group of features alone uses stays where that group is left out: it is compiled to nothing. With all of them,
// nothing is to be dead.
#![cfg_attr(
    not(all(
        feature = "fused",
        feature = "gates",
        feature = "int8",
        feature = "rows"
    )),
    allow(dead_code, unused_imports, unused_macros)
)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod activation;
mod any;
mod apply;
#[cfg(feature = "ndarray")]
mod array;
#[cfg(feature = "alloc")]
mod buffer;
#[cfg(feature = "int8")]
mod byte_table;
#[cfg(feature = "capi")]
mod capi;
mod channels;
mod converted;
mod cuts;
mod drive;
mod element;
mod elementwise;
mod error;
mod formula;
#[cfg(feature = "fused")]
mod fused;
#[cfg(feature = "gates")]
mod gate;
#[cfg(any(doc, doctest))]
pub mod guide;
mod isa;
mod isa_choice;
mod kernel;
mod math;
#[cfg(feature = "parallel")]
mod parallel;
mod pipeline;
mod registry;
#[cfg(feature = "rows")]
mod row;
mod scratch;
mod shape;
mod simd;
mod stage;
// It tests the groups of features together.
#[cfg(all(test, feature = "fused", feature = "rows"))]
mod tests;

pub use activation::{
    Celu, Elu, Erf, Exp, Expm1, Gelu, Gelu10, GeluTanh, Hardshrink, Hardsigmoid, Hardswish,
    Hardtanh, Identity, Laplace, LeakyRelu, LogSigmoid, Mish, Prelu, QuickGelu, Relu, Relu6,
    ReluSquared, Rrelu, Selu, Shrink, Sigmoid, Silu, Sin, Snake, Softcap, Softplus, Softshrink,
    Softsign, SparsePlus, SparseSigmoid, SqrtSoftplus, Squareplus, Swish, Tanh, Tanhshrink,
    Threshold, ThresholdedRelu, Xielu,
};
#[cfg(feature = "alloc")]
pub use aligned_vec::AVec;
pub use any::AnyActivation;
#[cfg(feature = "ndarray")]
pub use array::ArrayActivation;
#[cfg(all(feature = "ndarray", feature = "gates"))]
pub use array::ArrayGate;
#[cfg(all(feature = "ndarray", feature = "rows"))]
pub use array::ArrayRowActivation;
#[cfg(feature = "int8")]
pub use byte_table::{Arithmetic, Byte, ByteTable, Quantization, QuantizedSoftmax};
pub use cuts::Cuts;
#[cfg(feature = "gates")]
pub use drive::limits::GateLimits;
pub use element::{Element, Float};
pub use elementwise::Activation;
pub use error::Error;
pub use formula::Formula;
#[cfg(feature = "fused")]
pub use fused::Fused;
#[cfg(feature = "gates")]
pub use gate::{
    Gate, any::AnyGate, biased::Biased, biases::GateBiases, clamped_swiglu::ClampedSwiglu,
    clamped_swiglu::LimitPlace, fatreglu::FatReglu, gated::Gated, geglu::Geglu,
    geglu_quick::GegluQuick, geglu_tanh::GegluTanh, glu::Glu, reglu::Reglu, split::Layout,
    split::Order, split::Split, swiglu::Swiglu,
};
/// The crate with the 16-bit types, in the version that this one uses.
#[cfg(feature = "half")]
pub use half;
pub use isa::{ISA_VARIABLE, Isa};
#[cfg(feature = "rows")]
pub use row::{
    RowActivation,
    any::AnyRowActivation,
    attention::{
        Attention,
        keys::{Bounds, Empty, Window},
        mask::Mask,
    },
    formula::RowFormula,
    hardmax::Hardmax,
    log_softmax::LogSoftmax,
    softmax::Softmax,
    softmin::Softmin,
};
pub use shape::Rows;
