#![doc = include_str!("../README.md")]

mod activation;
mod any;
mod dispatch;
mod drive;
mod element;
mod error;
mod isa;
mod kernels;
mod registry;
mod simd;

pub use activation::{Activation, Formula};
pub use activation::{
    hardshrink::Hardshrink, hardsigmoid::Hardsigmoid, hardswish::Hardswish, hardtanh::Hardtanh,
    identity::Identity, leaky_relu::LeakyRelu, prelu::Prelu, relu::Relu, relu_squared::ReluSquared,
    relu6::Relu6, rrelu::Rrelu, shrink::Shrink, softshrink::Softshrink, softsign::Softsign,
    threshold::Threshold, thresholded_relu::ThresholdedRelu,
};
pub use aligned_vec::AVec;
pub use any::AnyActivation;
pub use element::Element;
pub use error::Error;
pub use isa::{ISA_VARIABLE, Isa};
