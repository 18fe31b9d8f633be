//! The model in candle with the kernels: layer by layer as candle implements BERT, but for GELU and softmax.

use super::{Engine, Model, Tokens};
use crate::candle::{Elementwise, Rowwise};
use activations::{Gelu, Softmax};
use candle_core::{D, Device, Module, Result, Tensor};
use candle_nn::{Embedding, LayerNorm, Linear, VarBuilder, embedding, layer_norm, linear};
use candle_transformers::models::bert::Config;
use tract_onnx::prelude::TractResult;

/// The model in candle, with the activations of this crate.
pub struct CandleWithActivations {
    words: Embedding,
    positions: Embedding,
    kinds: Embedding,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    heads: usize,
    attention: Residual,
    intermediate: Linear,
    output: Residual,
}

/// A linear map of one tensor, added to another and normalised.
struct Residual {
    dense: Linear,
    norm: LayerNorm,
}

impl CandleWithActivations {
    /// Reads the weights.
    ///
    /// # Errors
    /// Those of the files and of candle.
    pub fn load(model: &Model) -> TractResult<Self> {
        let (config, weights) = model.weights()?;
        let embeddings = weights.pp("embeddings");
        let size = config.hidden_size;
        let table = |name, rows| embedding(rows, size, embeddings.pp(name));
        let layers = (0..config.num_hidden_layers)
            .map(|number| Layer::load(&weights.pp(format!("encoder.layer.{number}")), &config));
        Ok(Self {
            words: table("word_embeddings", config.vocab_size)?,
            positions: table("position_embeddings", config.max_position_embeddings)?,
            kinds: table("token_type_embeddings", config.type_vocab_size)?,
            norm: layer_norm(size, config.layer_norm_eps, embeddings.pp("LayerNorm"))?,
            layers: layers.collect::<Result<_>>()?,
        })
    }

    fn forward(&self, tokens: &Tokens) -> Result<Tensor> {
        let ids = Tensor::new(tokens.ids.as_slice(), &Device::Cpu)?.unsqueeze(0)?;
        let positions = Tensor::arange(0, tokens.ids.len() as u32, &Device::Cpu)?;
        let words = (self.words.forward(&ids)? + self.kinds.forward(&ids.zeros_like()?)?)?;
        let sum = words.broadcast_add(&self.positions.forward(&positions)?)?;
        let mut x = self.norm.forward(&sum)?;
        let mask: Vec<f32> = tokens
            .mask
            .iter()
            .map(|kept| if *kept == 1 { 0.0 } else { f32::MIN })
            .collect();
        for layer in &self.layers {
            x = layer.forward(&x, &mask)?;
        }
        Ok(x)
    }
}

impl Engine for CandleWithActivations {
    fn name(&self) -> &'static str {
        "candle with activations"
    }

    fn hidden_states(&mut self, tokens: &Tokens) -> TractResult<Vec<f32>> {
        Ok(self.forward(tokens)?.flatten_all()?.to_vec1()?)
    }
}

impl Layer {
    fn load(weights: &VarBuilder, config: &Config) -> Result<Self> {
        let size = config.hidden_size;
        let attention = weights.pp("attention");
        let projection = |name| linear(size, size, attention.pp("self").pp(name));
        let inner = config.intermediate_size;
        Ok(Self {
            query: projection("query")?,
            key: projection("key")?,
            value: projection("value")?,
            heads: config.num_attention_heads,
            attention: Residual::load(&attention.pp("output"), size, config)?,
            intermediate: linear(size, inner, weights.pp("intermediate").pp("dense"))?,
            output: Residual::load(&weights.pp("output"), inner, config)?,
        })
    }

    fn forward(&self, x: &Tensor, mask: &[f32]) -> Result<Tensor> {
        let heads = |y: Tensor| -> Result<Tensor> {
            let (batch, length, size) = y.dims3()?;
            let y = y.reshape((batch, length, self.heads, size / self.heads))?;
            y.transpose(1, 2)?.contiguous()
        };
        let query = heads(self.query.forward(x)?)?;
        let key = heads(self.key.forward(x)?)?;
        let value = heads(self.value.forward(x)?)?;

        let scores = query.matmul(&key.t()?)?;
        // Scale and mask in the same pass, and no further tensor: nothing else needs the scores.
        let scale = 1.0 / (query.dim(D::Minus1)? as f32).sqrt();
        let softmax = Softmax {
            scale,
            mask,
            ..Softmax::default()
        };
        scores.inplace_op1(&Rowwise(softmax, D::Minus1))?;
        let context = scores.matmul(&value)?.transpose(1, 2)?.contiguous()?;
        let y = self
            .attention
            .forward(&context.flatten_from(D::Minus2)?, x)?;

        let inner = self.intermediate.forward(&y)?;
        inner.inplace_op1(&Elementwise(Gelu))?;
        self.output.forward(&inner, &y)
    }
}

impl Residual {
    fn load(weights: &VarBuilder, from: usize, config: &Config) -> Result<Self> {
        let (size, epsilon) = (config.hidden_size, config.layer_norm_eps);
        Ok(Self {
            dense: linear(from, size, weights.pp("dense"))?,
            norm: layer_norm(size, epsilon, weights.pp("LayerNorm"))?,
        })
    }

    fn forward(&self, x: &Tensor, added: &Tensor) -> Result<Tensor> {
        self.norm.forward(&(self.dense.forward(x)? + added)?)
    }
}
