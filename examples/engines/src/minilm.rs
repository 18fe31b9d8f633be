//! all-MiniLM-L6-v2, a model of sentence embeddings that this project did not write, through candle and tract, without
//! and with the kernels.
//!
//! [`Candle`] is candle's own implementation of BERT and reads the model's weights; [`Tract`] reads the graph that
//! `model/export.py` has made of them. Where they agree, graph and kernels are right.

mod bert;
mod drift;
mod engines;
mod timing;

pub use bert::CandleWithActivations;
pub use drift::{Distances, Drift, drift};
pub use engines::{Candle, CandleLayers, Engine, Tract};
pub use timing::{Profile, Timing, profile, time};

use std::path::{Path, PathBuf};
use tokenizers::Tokenizer;
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::{TractErrorContext, anyhow, bail, ensure};

/// The largest cosine distance at which embeddings are the same.
pub const TOLERANCE: f64 = 1e-5;

/// Sentences of different lengths.
pub const SENTENCES: [&str; 12] = [
    "Hello!",
    "The cat sat on the mat.",
    "A kitten was lying on the rug.",
    "Interest rates rose by a quarter of a percentage point on Thursday.",
    "How do I renew a passport that expires while I am abroad?",
    "The quick brown fox jumps over the lazy dog, and the dog, who has seen it all before, sleeps on.",
    "Water boils at a lower temperature in the mountains, because the pressure of the air is lower there; this is why \
     pasta takes longer to cook.",
    "Please find attached the minutes of our last meeting. If I have misunderstood anything, or if something important \
     is missing, let me know by Friday, so that I can send a corrected version to everybody.",
    "In 1854, when cholera broke out in Soho, a doctor called John Snow marked each death on a map of the streets. The \
     marks crowded around a single pump. He had its handle taken off, and though the epidemic was on the wane by then, \
     his map is remembered as the beginning of a science.",
    "The library keeps newspapers for two years, journals for ten, and letters for ever. Readers who wish to see what is \
     kept in the cellar fill in a slip before noon and find the volumes on their desks the next morning; what is fragile \
     may be looked at in the reading room only, with clean hands and without ink.",
    "To repot a large plant, water it the day before, so that the roots come away from the sides. Lay the pot down, hold \
     the stem close to the soil and pull slowly. Loosen the roots with your fingers, cut off those that are brown or \
     soft, and set the plant into the new pot no deeper than it stood in the old one. Fill in around it with fresh soil, \
     press it down lightly, and water until it drips out below. Keep it out of the sun for a week or two; it will look \
     tired at first, and then put out new leaves.",
    "Trains run from the central station every twenty minutes until midnight and once an hour after that. Tickets are \
     sold by the machines on the platform, which take coins and cards, but no notes. A ticket for a single journey is \
     valid for ninety minutes from the time that is stamped on it, and you may change as often as you like, as long as \
     you do not turn back. Children under six travel free; up to fourteen they pay half. Bicycles need a ticket of their \
     own and are not allowed on weekdays between seven and nine in the morning and between four and six in the \
     afternoon. Dogs that fit into a bag cost nothing, and all others as much as a child. If you have lost something, \
     ask at the office next to platform one, where it is kept for a month and then given to charity. Whoever travels \
     without a valid ticket pays sixty, or seven if he can show within two weeks that he has a pass.",
];

/// The directory of the model's files.
#[derive(Clone, Debug)]
pub struct Model(PathBuf);

impl Model {
    /// The model in `directory`, or else where `model/fetch.sh` puts it.
    ///
    /// # Errors
    /// Where it is not there.
    pub fn open(directory: Option<PathBuf>) -> TractResult<Self> {
        let directory = match directory {
            Some(directory) => directory,
            None => default_directory()?,
        };
        let model = Self(directory);
        for name in [
            "config.json",
            "model.onnx",
            "model.safetensors",
            "tokenizer.json",
        ] {
            let path = model.file(name);
            ensure!(
                path.is_file(),
                "there is no {}: run examples/engines/model/fetch.sh, which fetches the model",
                path.display()
            );
        }
        Ok(model)
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        &self.0
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

fn default_directory() -> TractResult<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let cache = match (variable("XDG_CACHE_HOME"), variable("HOME")) {
        (Some(cache), _) => PathBuf::from(cache),
        (None, Some(home)) => Path::new(&home).join(".cache"),
        (None, None) => bail!("neither XDG_CACHE_HOME nor HOME is set: name the model's directory"),
    };
    Ok(cache.join("activations").join("minilm"))
}

/// A sentence as the model reads it.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Numbers in the vocabulary.
    pub ids: Vec<u32>,
    /// 1 for what belongs to the sentence, 0 for padding.
    pub mask: Vec<u32>,
}

impl Tokens {
    /// What is added to the scores of attention: nothing, or for padding what makes its weight zero. Every type of
    /// floating-point numbers has it.
    fn added_mask(&self) -> Vec<f32> {
        let added = |kept: &u32| if *kept == 1 { 0.0 } else { f32::NEG_INFINITY };
        self.mask.iter().map(added).collect()
    }
}

/// [`SENTENCES`] in tokens, and the second one once more, padded as in a batch.
///
/// # Errors
/// Those of the tokenizer.
pub fn sentences(model: &Model) -> TractResult<Vec<Tokens>> {
    let mut tokenizer =
        Tokenizer::from_file(model.file("tokenizer.json")).map_err(|error| anyhow!(error))?;
    tokenizer.with_padding(None);
    tokenizer
        .with_truncation(None)
        .map_err(|error| anyhow!(error))?;
    let mut sentences = Vec::new();
    for sentence in SENTENCES {
        let encoding = tokenizer
            .encode(sentence, true)
            .map_err(|error| anyhow!(error))?;
        sentences.push(Tokens {
            ids: encoding.get_ids().to_vec(),
            mask: encoding.get_attention_mask().to_vec(),
        });
    }
    let mut padded = sentences[1].clone();
    padded.ids.resize(32, 0);
    padded.mask.resize(32, 0);
    sentences.push(padded);
    Ok(sentences)
}

/// The mean of the hidden states of a sentence's tokens, of length 1.
fn embedding(hidden: &[f32], tokens: &Tokens) -> Vec<f64> {
    let size = hidden.len() / tokens.ids.len();
    let mut sum = vec![0.0; size];
    for (state, kept) in hidden.chunks_exact(size).zip(&tokens.mask) {
        for (sum, value) in sum.iter_mut().zip(state) {
            *sum += f64::from(*value) * f64::from(*kept);
        }
    }
    let length = dot(&sum, &sum).sqrt();
    sum.into_iter().map(|value| value / length).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// What the engines make of the sentences.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The largest cosine distance over the sentences, for each two of the engines.
    pub distances: Vec<(String, f64)>,
    /// The cosine similarity of the second sentence with the third, which says much the same, and with the fourth.
    pub similarities: [f64; 2],
}

impl Comparison {
    /// Whether the embeddings are the same.
    ///
    /// # Errors
    /// Which ones are not.
    pub fn check(&self) -> TractResult<()> {
        for (pair, distance) in &self.distances {
            // Not so for a distance that is not a number.
            ensure!(
                *distance <= TOLERANCE,
                "{pair}: a cosine distance of {distance:e}, above {TOLERANCE:e}"
            );
        }
        let [close, far] = self.similarities;
        ensure!(
            close > far + 0.2,
            "sentences alike are no closer than others: {close}, {far}"
        );
        Ok(())
    }
}

/// Embeds the sentences in each engine.
///
/// # Errors
/// What an engine fails with.
pub fn compare(sentences: &[Tokens], engines: &mut [&mut dyn Engine]) -> TractResult<Comparison> {
    let mut embeddings = Vec::new();
    for engine in engines.iter_mut() {
        embeddings.push((engine.name(), embed(sentences, *engine)?));
    }
    let mut distances = Vec::new();
    for (index, (name, of_one)) in embeddings.iter().enumerate() {
        for (other, of_other) in &embeddings[index + 1..] {
            let distance = largest(&cosine_distances(of_one, of_other));
            distances.push((format!("{name}, {other}"), distance));
        }
    }
    let (_, last) = embeddings.last().context("no engine")?;
    let similarity = |other: usize| dot(&last[1], &last[other]);
    Ok(Comparison {
        distances,
        similarities: [similarity(2), similarity(3)],
    })
}

/// The embedding of each sentence.
fn embed(sentences: &[Tokens], engine: &mut dyn Engine) -> TractResult<Vec<Vec<f64>>> {
    let embed = |tokens| Ok(embedding(&engine.hidden_states(tokens)?, tokens));
    sentences.iter().map(embed).collect()
}

/// The cosine distance of each embedding from the other one of its sentence.
fn cosine_distances(a: &[Vec<f64>], b: &[Vec<f64>]) -> Vec<f64> {
    let distances = a.iter().zip(b).map(|(a, b)| {
        // 1 - cos, which would be lost in rounding, of vectors of length 1.
        a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>() / 2.0
    });
    distances.collect()
}

/// The largest distance; NaN where one is.
fn largest(distances: &[f64]) -> f64 {
    distances.iter().fold(0.0, |largest, distance| {
        if *distance <= largest {
            largest
        } else {
            *distance
        }
    })
}
