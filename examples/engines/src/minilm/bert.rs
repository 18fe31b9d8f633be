//! The model in candle with the kernels: layer by layer as candle implements BERT, but for GELU and softmax.

use super::engines::name;
use super::{Engine, Model, Tokens};
use crate::candle::{Elementwise, Rowwise};
use activations::{Attention, Gelu, Mask, Softmax};
use candle_core::{D, DType, Device, Module, Result, Tensor};
use candle_nn::{Embedding, LayerNorm, Linear, VarBuilder, embedding, layer_norm, linear};
use candle_transformers::models::bert::Config;
use tract_onnx::prelude::TractResult;

/// The model in candle, with the activations of this crate.
pub struct CandleWithActivations {
    dtype: DType,
    embeddings: Embeddings,
    layers: Vec<Layer>,
}

/// What the first layer takes: the sum of what stands for a token, for its place and for its kind, normalised.
pub(super) struct Embeddings {
    words: Embedding,
    positions: Embedding,
    kinds: Embedding,
    norm: LayerNorm,
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
    /// Reads the weights and rounds them to `dtype`, in which everything is then computed.
    ///
    /// # Errors
    /// Those of the files and of candle.
    pub fn load(model: &Model, dtype: DType) -> TractResult<Self> {
        let (config, weights) = model.weights(dtype)?;
        let layers = (0..config.num_hidden_layers)
            .map(|number| Layer::load(&weights.pp(format!("encoder.layer.{number}")), &config));
        Ok(Self {
            dtype,
            embeddings: Embeddings::load(&weights.pp("embeddings"), &config)?,
            layers: layers.collect::<Result<_>>()?,
        })
    }

    fn forward(&self, tokens: &Tokens) -> Result<Tensor> {
        let mut x = self.embeddings.forward(tokens)?;
        let mask = tokens.added_mask();
        for layer in &self.layers {
            x = layer.forward(&x, &mask)?;
        }
        x.to_dtype(DType::F32)
    }
}

impl Engine for CandleWithActivations {
    fn name(&self) -> String {
        name("candle with activations", self.dtype)
    }

    fn hidden_states(&mut self, tokens: &Tokens) -> TractResult<Vec<f32>> {
        Ok(self.forward(tokens)?.flatten_all()?.to_vec1()?)
    }
}

impl Embeddings {
    pub(super) fn load(weights: &VarBuilder, config: &Config) -> Result<Self> {
        let size = config.hidden_size;
        let table = |name, rows| embedding(rows, size, weights.pp(name));
        Ok(Self {
            words: table("word_embeddings", config.vocab_size)?,
            positions: table("position_embeddings", config.max_position_embeddings)?,
            kinds: table("token_type_embeddings", config.type_vocab_size)?,
            norm: layer_norm(size, config.layer_norm_eps, weights.pp("LayerNorm"))?,
        })
    }

    pub(super) fn forward(&self, tokens: &Tokens) -> Result<Tensor> {
        let ids = Tensor::new(tokens.ids.as_slice(), &Device::Cpu)?.unsqueeze(0)?;
        let positions = Tensor::arange(0, tokens.ids.len() as u32, &Device::Cpu)?;
        let words = (self.words.forward(&ids)? + self.kinds.forward(&ids.zeros_like()?)?)?;
        let sum = words.broadcast_add(&self.positions.forward(&positions)?)?;
        self.norm.forward(&sum)
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
        let softmax = Softmax(Attention::new().scale(scale).mask(Mask::added(mask)));
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
