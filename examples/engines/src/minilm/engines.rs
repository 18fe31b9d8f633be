//! The model in candle and in tract.

use super::bert::Embeddings;
use super::{Model, Tokens};
use crate::tract::{Replaced, activation, replace};
use candle_core::{DType, Device, Tensor as CandleTensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertEncoder, BertModel, Config};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tract_onnx::prelude::*;
use tract_onnx::tract_core;
use tract_onnx::tract_hir::internal::{InferenceFact, InferenceModelExt, ToDim};

/// The model, in some engine.
pub trait Engine {
    /// The engine, and whether it has the kernels.
    fn name(&self) -> String;

    /// The last hidden state of each token, one after the other.
    ///
    /// # Errors
    /// Those of the engine.
    fn hidden_states(&mut self, tokens: &Tokens) -> TractResult<Vec<f32>>;
}

/// The model in candle, as candle implements it.
///
/// It gives NaN in `f16` and `bf16`. The mask is why: candle multiplies `f32::MIN`, which is an infinity in these types, by
/// 1 for padding and by 0 for all other tokens. [`CandleLayers`] has another mask.
pub struct Candle(BertModel, DType);

impl Candle {
    /// Reads the weights and rounds them to `dtype`, in which everything is then computed.
    ///
    /// # Errors
    /// Those of the files and of candle.
    pub fn load(model: &Model, dtype: DType) -> TractResult<Self> {
        let (config, weights) = model.weights(dtype)?;
        Ok(Self(BertModel::load(weights, &config)?, dtype))
    }
}

impl Engine for Candle {
    fn name(&self) -> String {
        name("candle", self.1)
    }

    fn hidden_states(&mut self, tokens: &Tokens) -> TractResult<Vec<f32>> {
        let row = |values: &[u32]| CandleTensor::new(values, &Device::Cpu)?.unsqueeze(0);
        let (ids, mask) = (row(&tokens.ids)?, row(&tokens.mask)?);
        let hidden = self.0.forward(&ids, &ids.zeros_like()?, Some(&mask))?;
        Ok(hidden.flatten_all()?.to_dtype(DType::F32)?.to_vec1()?)
    }
}

/// The model in candle by the layers that candle implements, with a mask that every type of numbers has.
pub struct CandleLayers {
    dtype: DType,
    embeddings: Embeddings,
    encoder: BertEncoder,
}

impl CandleLayers {
    /// Reads the weights and rounds them to `dtype`, in which everything is then computed.
    ///
    /// # Errors
    /// Those of the files and of candle.
    pub fn load(model: &Model, dtype: DType) -> TractResult<Self> {
        let (config, weights) = model.weights(dtype)?;
        Ok(Self {
            dtype,
            embeddings: Embeddings::load(&weights.pp("embeddings"), &config)?,
            encoder: BertEncoder::load(weights.pp("encoder"), &config)?,
        })
    }

    /// In what it computes.
    pub fn dtype(&self) -> DType {
        self.dtype
    }
}

impl Engine for CandleLayers {
    fn name(&self) -> String {
        name("candle's layers", self.dtype)
    }

    fn hidden_states(&mut self, tokens: &Tokens) -> TractResult<Vec<f32>> {
        let mask = tokens.added_mask();
        let mask = CandleTensor::from_vec(mask, (1, 1, 1, tokens.mask.len()), &Device::Cpu)?;
        let mask = mask.to_dtype(self.dtype)?;
        let embeddings = self.embeddings.forward(tokens)?;
        let hidden = self.encoder.forward(&embeddings, &mask)?;
        Ok(hidden.flatten_all()?.to_dtype(DType::F32)?.to_vec1()?)
    }
}

/// The name of an engine, with the type in which it computes where that is not `f32`.
pub(super) fn name(engine: &str, dtype: DType) -> String {
    match dtype {
        DType::F32 => engine.into(),
        _ => format!("{engine} in {}", dtype.as_str()),
    }
}

impl Model {
    /// What the model is made of, and its weights in `dtype`, for candle.
    pub(super) fn weights(&self, dtype: DType) -> TractResult<(Config, VarBuilder<'static>)> {
        let config = serde_json::from_slice(&std::fs::read(self.file("config.json"))?)?;
        let weights = std::fs::read(self.file("model.safetensors"))?;
        let weights = VarBuilder::from_buffered_safetensors(weights, dtype, &Device::Cpu)?;
        Ok((config, weights))
    }
}

/// The model in tract.
pub struct Tract {
    state: TypedSimpleState,
    with_activations: bool,
    replaced: Replaced,
}

impl Tract {
    /// Reads the graph; with the activations of this crate, if so wished.
    ///
    /// # Errors
    /// Those of the file and of tract.
    pub fn load(model: &Model, with_activations: bool) -> TractResult<Self> {
        let mut graph = tract_onnx::onnx().model_for_path(model.file("model.onnx"))?;
        let length = graph.symbols.sym("sequence").to_dim();
        for input in 0..3 {
            let shape = [1.to_dim(), length.clone()];
            graph.set_input_fact(input, InferenceFact::dt_shape(i64::datum_type(), shape))?;
        }
        let mut graph = graph.into_typed()?.into_decluttered()?;
        let replaced = match with_activations {
            true => replace(&mut graph)?,
            false => Replaced::default(),
        };
        let plan: Arc<TypedSimplePlan> = graph.into_optimized()?.into_runnable()?;
        Ok(Self {
            state: plan.spawn()?,
            with_activations,
            replaced,
        })
    }

    /// What was replaced.
    pub fn replaced(&self) -> &Replaced {
        &self.replaced
    }

    /// How long each node takes, and which activation it is.
    ///
    /// # Errors
    /// Those of tract.
    pub fn time_nodes(
        &mut self,
        tokens: &Tokens,
    ) -> TractResult<Vec<(Option<&'static str>, Duration)>> {
        let mut times = Vec::new();
        self.state
            .run_plan_with_eval(inputs(tokens)?, |context, state, node, inputs| {
                let start = Instant::now();
                let outputs = tract_core::plan::eval(context, state, node, inputs);
                times.push((activation(node), start.elapsed()));
                outputs
            })?;
        Ok(times)
    }
}

impl Engine for Tract {
    fn name(&self) -> String {
        match self.with_activations {
            true => "tract with activations".into(),
            false => "tract".into(),
        }
    }

    fn hidden_states(&mut self, tokens: &Tokens) -> TractResult<Vec<f32>> {
        let outputs = self.state.run(inputs(tokens)?)?;
        Ok(outputs[0].to_plain_array_view()?.iter().copied().collect())
    }
}

/// Tokens, mask and the kind of sentence, which is the first throughout.
fn inputs(tokens: &Tokens) -> TractResult<TVec<TValue>> {
    let row = |values: &[u32]| -> TractResult<TValue> {
        let values: Vec<i64> = values.iter().map(|value| i64::from(*value)).collect();
        Ok(Tensor::from_shape(&[1, values.len()], &values)?.into_tvalue())
    };
    let kinds = vec![0; tokens.ids.len()];
    Ok(tvec!(row(&tokens.ids)?, row(&tokens.mask)?, row(&kinds)?))
}
