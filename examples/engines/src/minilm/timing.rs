//! How long the model takes in the engines, and how much of that is activations in tract.

use super::{Engine, Tokens, Tract};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tract_onnx::prelude::TractResult;

/// Medians for one sentence.
#[derive(Clone, Debug)]
pub struct Timing {
    /// Its tokens, and those of padding: `9+23`.
    pub tokens: String,
    /// A run in each engine.
    pub runs: Vec<Duration>,
}

/// Times runs of the engines by turns, `rounds` times each.
///
/// # Errors
/// What an engine fails with.
pub fn time(
    sentences: &[Tokens],
    engines: &mut [&mut dyn Engine],
    rounds: usize,
) -> TractResult<Vec<Timing>> {
    let mut timings = Vec::new();
    for tokens in sentences {
        let mut runs = vec![vec![]; engines.len()];
        for round in 0..rounds {
            for turn in 0..engines.len() {
                let turn = (round + turn) % engines.len();
                let start = Instant::now();
                engines[turn].hidden_states(tokens)?;
                runs[turn].push(start.elapsed());
            }
        }
        timings.push(Timing {
            tokens: label(tokens),
            runs: runs.into_iter().map(median).collect(),
        });
    }
    Ok(timings)
}

fn label(tokens: &Tokens) -> String {
    let padding = tokens.mask.iter().filter(|kept| **kept == 0).count();
    let sentence = tokens.mask.len() - padding;
    match padding {
        0 => sentence.to_string(),
        _ => format!("{sentence}+{padding}"),
    }
}

/// Medians of the nodes' times, summed up over the sentences.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// All nodes.
    pub total: Duration,
    /// The activations, by name: how many there are, and their time.
    pub activations: BTreeMap<&'static str, (usize, Duration)>,
}

impl Profile {
    /// The time of all activations.
    pub fn activations(&self) -> Duration {
        self.activations.values().map(|(_, time)| *time).sum()
    }

    /// Its share of the time of all nodes.
    pub fn share(&self) -> f64 {
        self.activations().as_secs_f64() / self.total.as_secs_f64()
    }
}

/// Times the nodes of both models by turns, `rounds` times each.
///
/// # Errors
/// Those of tract.
pub fn profile(
    sentences: &[Tokens],
    models: [&mut Tract; 2],
    rounds: usize,
) -> TractResult<[Profile; 2]> {
    let mut profiles = [Profile::default(), Profile::default()];
    for tokens in sentences {
        // For each node the activation that it is, and its times.
        let mut nodes: [Vec<(Option<&'static str>, Vec<Duration>)>; 2] = Default::default();
        for round in 0..rounds {
            for turn in [round % 2, 1 - round % 2] {
                let times = models[turn].time_nodes(tokens)?;
                nodes[turn].resize(times.len(), Default::default());
                for (node, (activation, time)) in nodes[turn].iter_mut().zip(times) {
                    node.0 = activation;
                    node.1.push(time);
                }
            }
        }
        for (profile, nodes) in profiles.iter_mut().zip(nodes) {
            let mut counts = BTreeMap::<&str, usize>::new();
            for (activation, times) in nodes {
                let time = median(times);
                profile.total += time;
                if let Some(name) = activation {
                    *counts.entry(name).or_default() += 1;
                    let entry = profile.activations.entry(name).or_default();
                    *entry = (counts[name], entry.1 + time);
                }
            }
        }
    }
    Ok(profiles)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
