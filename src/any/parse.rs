//! Reading an activation from text.

use crate::{AnyActivation, Error, Formula, Hardtanh};

/// Names at most this unlike are worth proposing (1 is equal, 0 has nothing in common).
const NEAR: f64 = 0.7;

/// What PyTorch and ONNX call the parameters that have other names here: the activation, their name,
/// ours.
const SYNONYMS: &[(&str, &str, &str)] = &[
    ("leaky_relu", "alpha", "negative_slope"),
    ("prelu", "init", "slope"),
    ("hardtanh", "max_val", "max"),
    ("hardtanh", "min_val", "min"),
    ("hardshrink", "lambd", "lambda"),
    ("softshrink", "lambd", "lambda"),
    ("shrink", "lambd", "lambda"),
    ("swish", "alpha", "beta"),
];

/// ONNX's `Clip` and PyTorch's `clamp` have no bounds unless they are given.
const UNBOUNDED: Hardtanh = Hardtanh {
    min: f32::NEG_INFINITY,
    max: f32::INFINITY,
};

/// Reads `name` or `name(parameter=value, ..)`.
pub(super) fn activation<'a>(text: &str) -> Result<AnyActivation<'a>, Error> {
    let text = text.trim();
    let (name, parameters) = match text.split_once('(') {
        None => (text, ""),
        Some((name, rest)) => (name, rest),
    };
    let mut activation = by_name(name)?;
    let unreadable = |text: &str| Error::UnreadableParameters {
        activation: activation.name(),
        text: text.to_owned(),
        known: activation.parameter_names(),
    };
    let parameters = match (text.contains('('), parameters.trim_end().strip_suffix(')')) {
        (false, _) => "",
        (true, Some(inside)) => inside.trim(),
        (true, None) => return Err(unreadable(parameters)),
    };
    if !parameters.is_empty() {
        let known = activation.parameter_names();
        let mut read: Vec<(&str, f32)> = Vec::new();
        let mut in_order = true;
        for (position, text) in parameters.split(',').enumerate() {
            let (name, value) = match text.split_once('=') {
                Some((name, value)) => {
                    in_order = false;
                    (canonical(&activation, name.trim()), value)
                }
                // As in Python, none without a name after one with.
                None if in_order => (known.get(position).copied(), text),
                None => (None, text),
            };
            match (name, value.trim().parse::<f32>()) {
                (Some(name), Ok(value)) if read.iter().all(|(earlier, _)| *earlier != name) => {
                    read.push((name, value));
                }
                _ => return Err(unreadable(text.trim())),
            }
        }
        for (name, value) in read {
            // `known` has the name, so the activation does.
            let _ = activation.set_parameter(name, value);
        }
    }
    activation.check(0)?;
    Ok(activation)
}

/// The parameter of `activation` that `name` stands for.
fn canonical(activation: &AnyActivation<'_>, name: &str) -> Option<&'static str> {
    let synonym = SYNONYMS
        .iter()
        .find(|(of, synonym, _)| (*of, *synonym) == (activation.name(), name));
    let name = synonym.map_or(name, |(.., ours)| ours);
    let known = activation.parameter_names();
    known.iter().copied().find(|known| *known == name)
}

fn by_name<'a>(name: &str) -> Result<AnyActivation<'a>, Error> {
    let wanted = plain(name);
    if matches!(wanted.as_str(), "clip" | "clamp") {
        return Ok(UNBOUNDED.into());
    }
    AnyActivation::all()
        .find(|activation| names(activation).any(|name| plain(name) == wanted))
        .ok_or_else(|| Error::UnknownActivation {
            name: name.trim().to_owned(),
            near: near(&wanted),
        })
}

/// The canonical names that have a name like `wanted`, nearest first.
fn near(wanted: &str) -> Vec<&'static str> {
    let mut scored: Vec<(f64, &'static str)> = AnyActivation::all()
        .map(|activation| {
            let score = names(&activation)
                .map(|name| strsim::jaro_winkler(&plain(name), wanted))
                .fold(0.0, f64::max);
            (score, activation.name())
        })
        .filter(|(score, _)| *score >= NEAR)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

fn names(activation: &AnyActivation<'_>) -> impl Iterator<Item = &'static str> {
    core::iter::once(activation.name()).chain(activation.other_names().iter().copied())
}

/// A name without what names differ in between frameworks.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-') && !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}
