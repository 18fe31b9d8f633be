//! The activations, one file for each: formula, domain, error, special values, parameters, kernel and oracle.
//!
//! What they have in common is [`Formula`], and that they [choose a kernel](crate::drive::ChooseKernel).

use crate::Formula;
use crate::formula::sealed::Sealed;
use crate::registry::for_each_activation;

mod celu;
mod elu;
mod erf;
mod exp;
mod expm1;
mod gelu;
mod gelu_10;
mod gelu_tanh;
mod hardshrink;
mod hardsigmoid;
mod hardswish;
mod hardtanh;
mod identity;
mod laplace;
mod leaky_relu;
mod log_sigmoid;
mod mish;
pub(crate) mod parameter;
mod prelu;
mod quick_gelu;
mod relu;
mod relu6;
mod relu_squared;
mod rrelu;
mod selu;
mod shrink;
mod sigmoid;
mod silu;
mod sin;
mod snake;
mod softcap;
mod softplus;
mod softshrink;
mod softsign;
mod sparse_plus;
mod sparse_sigmoid;
mod sqrt_softplus;
mod squareplus;
pub(crate) mod swish;
mod tanh;
mod tanhshrink;
mod threshold;
mod thresholded_relu;
mod xielu;

pub use celu::Celu;
pub use elu::Elu;
pub use erf::Erf;
pub use exp::Exp;
pub use expm1::Expm1;
pub use gelu::Gelu;
pub use gelu_10::Gelu10;
pub use gelu_tanh::GeluTanh;
pub use hardshrink::Hardshrink;
pub use hardsigmoid::Hardsigmoid;
pub use hardswish::Hardswish;
pub use hardtanh::Hardtanh;
pub use identity::Identity;
pub use laplace::Laplace;
pub use leaky_relu::LeakyRelu;
pub use log_sigmoid::LogSigmoid;
pub use mish::Mish;
pub use prelu::Prelu;
pub(crate) use prelu::{Slopes, Special};
pub use quick_gelu::QuickGelu;
pub use relu::Relu;
pub use relu_squared::ReluSquared;
pub use relu6::Relu6;
pub use rrelu::Rrelu;
pub use selu::Selu;
pub use shrink::Shrink;
pub use sigmoid::Sigmoid;
pub use silu::Silu;
pub use sin::Sin;
pub use snake::Snake;
pub(crate) use snake::{WaveOfEach, Waves};
pub use softcap::Softcap;
pub use softplus::Softplus;
pub use softshrink::Softshrink;
pub use softsign::Softsign;
pub use sparse_plus::SparsePlus;
pub use sparse_sigmoid::SparseSigmoid;
pub use sqrt_softplus::SqrtSoftplus;
pub use squareplus::Squareplus;
pub use swish::Swish;
pub use tanh::Tanh;
pub use tanhshrink::Tanhshrink;
pub use threshold::Threshold;
pub use thresholded_relu::ThresholdedRelu;
pub use xielu::Xielu;

macro_rules! seal {
    ($($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt $other_names:tt;)*) => {
        $(
            impl $(<$lt>)? Sealed for $type $(<$lt>)? {}

            impl $(<$lt>)? $type $(<$lt>)? {
                /// The scalar oracle: [`Formula::reference`], without the trait in scope.
                pub fn reference(&self, x: f64) -> f64 {
                    Formula::reference(self, x)
                }
            }
        )*
    };
}

for_each_activation!(seal);
