//! Reading an activation from text.

use crate::{AnyActivation, Error, Formula, Hardtanh};
use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// Names at most this unlike are worth proposing (1 is equal, 0 has nothing in common).
#[cfg(feature = "std")]
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
    let (name, parameters) = split(text);
    let mut activation = by_name(name)?;
    let values = Parameters {
        of: activation.name(),
        known: activation.parameter_names(),
        synonyms: SYNONYMS,
    }
    .read(parameters)?;
    for (name, value) in values {
        // The parameter is known, so the activation has it.
        let _ = activation.set_parameter(name, value);
    }
    activation.check(0)?;
    Ok(activation)
}

/// The name that `text` starts with, and what follows the parenthesis after it, if there is one.
pub(crate) fn split(text: &str) -> (&str, Option<&str>) {
    match text.trim().split_once('(') {
        None => (text.trim(), None),
        Some((name, rest)) => (name, Some(rest)),
    }
}

/// The parameters that may stand in parentheses after a name.
pub(crate) struct Parameters {
    /// The name.
    pub(crate) of: &'static str,
    /// Theirs, in order.
    pub(crate) known: &'static [&'static str],
    /// Other names: whose parameter, its other name, its name.
    pub(crate) synonyms: &'static [(&'static str, &'static str, &'static str)],
}

impl Parameters {
    /// Reads what [`split`] found after the name: values in order, values by name, a parenthesis.
    pub(crate) fn read(&self, text: Option<&str>) -> Result<Vec<(&'static str, f32)>, Error> {
        let mut read: Vec<(&str, f32)> = Vec::new();
        let Some(text) = text else {
            return Ok(read);
        };
        let Some(inside) = text.trim_end().strip_suffix(')') else {
            return Err(self.unreadable(text));
        };
        if inside.trim().is_empty() {
            return Ok(read);
        }
        let mut in_order = true;
        for (position, text) in inside.trim().split(',').enumerate() {
            let (name, value) = match text.split_once('=') {
                Some((name, value)) => {
                    in_order = false;
                    (self.canonical(name.trim()), value)
                }
                // As in Python, none without a name after one with.
                None if in_order => (self.known.get(position).copied(), text),
                None => (None, text),
            };
            match (name, value.trim().parse::<f32>()) {
                (Some(name), Ok(value)) if read.iter().all(|(earlier, _)| *earlier != name) => {
                    read.push((name, value));
                }
                _ => return Err(self.unreadable(text.trim())),
            }
        }
        Ok(read)
    }

    fn unreadable(&self, text: &str) -> Error {
        Error::UnreadableParameters {
            activation: self.of,
            text: text.to_owned(),
            known: self.known,
        }
    }

    /// The parameter that `name` stands for.
    fn canonical(&self, name: &str) -> Option<&'static str> {
        let synonym = self
            .synonyms
            .iter()
            .find(|(of, synonym, _)| (*of, *synonym) == (self.of, name));
        let name = synonym.map_or(name, |(.., ours)| ours);
        self.known.iter().copied().find(|known| *known == name)
    }
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
            near: near(
                &wanted,
                AnyActivation::all().map(|any| (any.name(), names(&any))),
            ),
        })
}

/// No guess: without `std` names are compared, not likened.
#[cfg(not(feature = "std"))]
pub(crate) fn near<N>(_: &str, _: impl Iterator<Item = (&'static str, N)>) -> Vec<&'static str> {
    Vec::new()
}

/// The canonical names of those that have a name like `wanted`, nearest first.
#[cfg(feature = "std")]
pub(crate) fn near<N: Iterator<Item = &'static str>>(
    wanted: &str,
    all: impl Iterator<Item = (&'static str, N)>,
) -> Vec<&'static str> {
    let mut scored: Vec<(f64, &'static str)> = all
        .map(|(canonical, names)| {
            let score = names
                .map(|name| strsim::jaro_winkler(&plain(name), wanted))
                .fold(0.0, f64::max);
            (score, canonical)
        })
        .filter(|(score, _)| *score >= NEAR)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

fn names(activation: &AnyActivation<'_>) -> impl Iterator<Item = &'static str> + use<> {
    core::iter::once(activation.name()).chain(activation.other_names().iter().copied())
}

/// A name without what names differ in between frameworks.
pub(crate) fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-') && !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}
