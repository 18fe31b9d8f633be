pub(crate) mod logits;
pub mod shape;
pub mod softmax;
