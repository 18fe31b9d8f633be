//! `candle`, on the CPU: operations on tensors, each of which makes a new one. Some functions are
//! several operations.

use crate::calls::{Call, Entry, Library};
use crate::functions::Function;
use candle_core::{Result, Tensor};
use candle_nn::{Activation, Module, ops};

/// One thread: the one that calls. (The pool is one thread by another variable or none, too, if the
/// process is pinned.)
pub fn set_up() {
    // SAFETY: the program's first act, when it has no other thread that could read the environment.
    unsafe { std::env::set_var("RAYON_NUM_THREADS", "1") };
    let pool = rayon::ThreadPoolBuilder::new();
    let built = pool.num_threads(1).use_current_thread().build_global();
    built.expect("the pool is built once, here");
}

/// What it has, by the calls of its layers.
pub fn entry(function: Function) -> Option<Entry> {
    let forward = |layer: Activation| of(move |x| layer.forward(x));
    let call = match function.name() {
        "relu" => forward(Activation::Relu),
        "leaky_relu" => forward(Activation::LeakyRelu(0.01)),
        "hardswish" => forward(Activation::HardSwish),
        "sigmoid" => forward(Activation::Sigmoid),
        "tanh" => of(Tensor::tanh),
        "silu" => forward(Activation::Silu),
        "gelu" => forward(Activation::Gelu),
        "gelu_tanh" => forward(Activation::GeluPytorchTanh),
        "elu" => forward(Activation::Elu(1.0)),
        "exp" => of(Tensor::exp),
        "erf" => of(Tensor::erf),
        "mish" => forward(Activation::Mish),
        "softmax" => of(ops::softmax_last_dim),
        _ => return None,
    };
    Some(Entry {
        library: Library::Candle,
        isa: super::as_built().to_owned(),
        out_of_place: Some(call),
        in_place: None,
    })
}

fn of(function: impl Fn(&Tensor) -> Result<Tensor> + 'static) -> Call {
    let refused = "tensors of f32 on the CPU are never refused";
    Call::Tensor(Box::new(move |x| function(x).expect(refused)))
}
