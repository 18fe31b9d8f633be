//! As short as it gets: a GELU and a softmax of candle's tensors by the crate's kernels.

use activations::{Gelu, Softmax};
use activations_engines::candle::{Elementwise, Rowwise};
use candle_core::{D, Device, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::new(&[[1f32, -2.0], [0.0, 0.0]], &Device::Cpu)?;
    let y = x.apply_op1(Elementwise(Gelu))?;
    y.inplace_op1(&Rowwise(Softmax::default(), D::Minus1))?;
    println!("{y}");
    Ok(())
}
