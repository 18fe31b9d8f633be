//! [`activations`] in inference engines: code to copy from.
//!
//! [`candle`] has custom operations on tensors, [`tract`] a pass over a model that replaces its activations. [`minilm`]
//! runs a sentence-embedding model of others through both, with and without them.
#![forbid(unsafe_code)]

pub mod candle;
pub mod minilm;
pub mod tract;
