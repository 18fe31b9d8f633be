//! How far embeddings move where all numbers are of 16 bits, without and with the kernels.

use super::{
    CandleLayers, CandleWithActivations, Engine, Tokens, cosine_distances, embed, largest,
};
use candle_core::DType;
use tract_onnx::prelude::TractResult;
use tract_onnx::tract_core::internal::{bail, ensure};

/// The largest cosine distance of embeddings with the kernels from exact ones, in squares of the largest relative error
/// of rounding to the type. (A cosine distance is half of the square of a difference, which grows as that error.) It is
/// twice what was measured: 24 in `bf16`, and 25 in `f16`.
const BOUND: f64 = 50.0;

/// Cosine distances over the sentences.
#[derive(Clone, Copy, Debug)]
pub struct Distances {
    /// The largest.
    pub largest: f64,
    /// Their mean.
    pub mean: f64,
}

/// How far the embeddings in a type are from exact ones.
#[derive(Clone, Copy, Debug)]
pub struct Drift {
    /// The type.
    pub dtype: DType,
    /// With candle's own activations.
    pub without: Distances,
    /// With the kernels.
    pub with: Distances,
}

impl Drift {
    /// Whether the embeddings with the kernels are near, and no further than those without.
    ///
    /// # Errors
    /// What is not so.
    pub fn check(&self) -> TractResult<()> {
        let Self { without, with, .. } = self;
        let dtype = self.dtype.as_str();
        let rounding: f64 = match self.dtype {
            DType::BF16 => 2f64.powi(-9),
            DType::F16 => 2f64.powi(-12),
            _ => bail!("{dtype} has no 16 bits"),
        };
        let bound = BOUND * rounding.powi(2);
        // Not so for a distance that is not a number.
        ensure!(
            with.largest <= bound,
            "{dtype}: a cosine distance of {:e}, above {bound:e}",
            with.largest
        );
        ensure!(
            with.largest <= without.largest && with.mean <= without.mean,
            "{dtype}: further with the kernels than without: {self:?}"
        );
        Ok(())
    }
}

/// Embeds the sentences without and with the kernels, in the type of both, and in an engine that is taken to be exact.
///
/// # Errors
/// What an engine fails with.
pub fn drift(
    sentences: &[Tokens],
    exact: &mut dyn Engine,
    without: &mut CandleLayers,
    with: &mut CandleWithActivations,
) -> TractResult<Drift> {
    let exact = embed(sentences, exact)?;
    let distances = |engine: &mut dyn Engine| -> TractResult<Distances> {
        let distances = cosine_distances(&embed(sentences, engine)?, &exact);
        Ok(Distances {
            largest: largest(&distances),
            mean: distances.iter().sum::<f64>() / distances.len() as f64,
        })
    };
    Ok(Drift {
        dtype: without.dtype(),
        without: distances(without)?,
        with: distances(with)?,
    })
}
