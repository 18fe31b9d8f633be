//! `candle`, on the CPU: operations on tensors, each of which makes a new one.

use crate::calls::{Call, Entry, Library};
use crate::functions::Function;
use crate::scores::{SCALE, Scores};
use crate::tensors::{self, Apply};
use candle_core::{D, Device, Tensor};
use candle_nn::ops;

/// One thread. (Without a variable there is one, too, if the process is pinned.)
pub fn set_up() {
    // SAFETY: the program's first act, when it has no other thread that could read the environment.
    unsafe { std::env::set_var("RAYON_NUM_THREADS", "1") };
    tensors::use_one_thread();
}

/// What it has.
pub fn entry(function: Function) -> Option<Entry> {
    let apply = match function {
        Function::Attention(scores) => attention(scores),
        _ => tensors::function(function.name())?,
    };
    let refused = "tensors of f32 on the CPU are never refused";
    Some(Entry {
        library: Library::Candle,
        isa: crate::built::instructions().to_owned(),
        out_of_place: Some(Call::Tensor(Box::new(move |x| apply(x).expect(refused)))),
        in_place: None,
    })
}

/// The softmax of scores in calls of its own: the product with the scale, the sum with the mask, and a sink as one more key, which
/// is taken away again.
fn attention(scores: Scores) -> Apply {
    let [rows, keys] = scores.shape();
    let of_rows = |numbers: Vec<f32>, row: usize| {
        let shape = (numbers.len() / row, row);
        Tensor::from_vec(numbers, shape, &Device::Cpu).expect("whole rows of numbers")
    };
    // One row for all, if there is no other.
    let masks = match scores {
        Scores::Masked => rows,
        Scores::Decoding => 1,
    };
    let mask = of_rows(
        (0..masks)
            .flat_map(|row| scores.mask(row))
            .copied()
            .collect(),
        keys,
    );
    let sinks: Option<Vec<f32>> = (0..rows).map(|row| scores.sink(row)).collect();
    let sinks = sinks.map(|sinks| of_rows(sinks, 1));
    Box::new(move |x| {
        let logits = x.reshape((rows, keys))?.affine(f64::from(SCALE), 0.0)?;
        let logits = logits.broadcast_add(&mask)?;
        let Some(sinks) = &sinks else {
            return ops::softmax_last_dim(&logits);
        };
        let with_sinks = Tensor::cat(&[&logits, sinks], D::Minus1)?;
        let all = ops::softmax_last_dim(&with_sinks)?;
        all.narrow(D::Minus1, 0, keys)?.contiguous()
    })
}
