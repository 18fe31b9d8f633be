#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod activation;
mod any;
#[cfg(feature = "ndarray")]
mod array;
#[cfg(feature = "alloc")]
mod buffer;
#[cfg(feature = "capi")]
mod capi;
mod cuts;
mod dispatch;
mod drive;
mod element;
mod error;
mod fused;
mod gate;
mod isa;
mod kernels;
mod math;
#[cfg(feature = "parallel")]
mod parallel;
mod registry;
mod row;
mod simd;

pub use activation::{Activation, Formula};
pub use activation::{
    celu::Celu, elu::Elu, erf::Erf, exp::Exp, expm1::Expm1, gelu::Gelu, gelu_tanh::GeluTanh,
    hardshrink::Hardshrink, hardsigmoid::Hardsigmoid, hardswish::Hardswish, hardtanh::Hardtanh,
    identity::Identity, leaky_relu::LeakyRelu, log_sigmoid::LogSigmoid, mish::Mish, prelu::Prelu,
    quick_gelu::QuickGelu, relu::Relu, relu_squared::ReluSquared, relu6::Relu6, rrelu::Rrelu,
    selu::Selu, shrink::Shrink, sigmoid::Sigmoid, silu::Silu, softplus::Softplus,
    softshrink::Softshrink, softsign::Softsign, swish::Swish, tanh::Tanh, tanhshrink::Tanhshrink,
    threshold::Threshold, thresholded_relu::ThresholdedRelu,
};
#[cfg(feature = "alloc")]
pub use aligned_vec::AVec;
pub use any::AnyActivation;
#[cfg(feature = "ndarray")]
pub use array::{ArrayActivation, ArrayGate, ArrayRowActivation};
pub use cuts::Cuts;
pub use element::Element;
pub use error::Error;
pub use fused::Fused;
pub use gate::{
    Gate, any::AnyGate, gated::Gated, geglu::Geglu, geglu_tanh::GegluTanh, glu::Glu, reglu::Reglu,
    split::Layout, split::Order, split::Split, swiglu::Swiglu,
};
pub use isa::{ISA_VARIABLE, Isa};
pub use row::RowActivation;
pub use row::{
    any::AnyRowActivation,
    formula::RowFormula,
    hardmax::Hardmax,
    log_softmax::LogSoftmax,
    shape::{Lengths, Rows},
    softmax::Softmax,
    softmin::Softmin,
};
