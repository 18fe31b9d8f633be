//! The functions of `candle`, of tensors of any type. Some are several operations.

use candle_core::{Result, Tensor};
use candle_nn::{Activation, Module, ops};

/// One thread for candle's operations: the one that calls.
pub fn use_one_thread() {
    let pool = rayon::ThreadPoolBuilder::new();
    let built = pool.num_threads(1).use_current_thread().build_global();
    built.expect("the pool is built once, here");
}

/// From a tensor to a new one.
pub type Apply = Box<dyn Fn(&Tensor) -> Result<Tensor>>;

/// The function of this name, by the calls of candle's layers; `None` where it lacks it.
pub fn function(name: &str) -> Option<Apply> {
    Some(match name {
        "relu" => forward(Activation::Relu),
        "leaky_relu" => forward(Activation::LeakyRelu(0.01)),
        "hardswish" => forward(Activation::HardSwish),
        "sigmoid" => forward(Activation::Sigmoid),
        "tanh" => Box::new(Tensor::tanh),
        "silu" => forward(Activation::Silu),
        "gelu" => forward(Activation::Gelu),
        "gelu_tanh" => forward(Activation::GeluPytorchTanh),
        "elu" => forward(Activation::Elu(1.0)),
        "exp" => Box::new(Tensor::exp),
        "erf" => Box::new(Tensor::erf),
        "mish" => forward(Activation::Mish),
        "softmax" => Box::new(ops::softmax_last_dim),
        _ => return None,
    })
}

fn forward(layer: Activation) -> Apply {
    Box::new(move |x| layer.forward(x))
}
