pub(crate) mod logits;
mod passes;
pub mod shape;
pub mod softmax;
