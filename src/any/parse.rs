//! Reading an activation, or an operation on rows, from text.

use crate::{AnyActivation, AnyRowActivation, Error, Hardtanh};

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

/// What can be read: one of several, by its name, with numbers by theirs.
pub(crate) trait Named: Sized {
    /// All that there are.
    fn all() -> impl Iterator<Item = Self>;

    /// Its canonical name.
    fn name(&self) -> &'static str;

    /// Other names it is read by.
    fn other_names(&self) -> &'static [&'static str];

    /// The names of its parameters, in order.
    fn parameter_names(&self) -> &'static [&'static str];

    /// Sets one of them; `false` where it has none of that name.
    fn set_parameter(&mut self, name: &str, value: f32) -> bool;

    /// What a name, already [`plain`], stands for that is not the default of any.
    fn special(_name: &str) -> Option<Self> {
        None
    }
}

/// Implements [`Named`] by the inherent methods of the same names.
macro_rules! named {
    ($type:ident { $($special:tt)* }) => {
        impl<'a> Named for $type<'a> {
            fn all() -> impl Iterator<Item = Self> {
                $type::all()
            }

            fn name(&self) -> &'static str {
                $type::name(self)
            }

            fn other_names(&self) -> &'static [&'static str] {
                $type::other_names(self)
            }

            fn parameter_names(&self) -> &'static [&'static str] {
                $type::parameter_names(self)
            }

            fn set_parameter(&mut self, name: &str, value: f32) -> bool {
                $type::set_parameter(self, name, value)
            }

            $($special)*
        }
    };
}

named! { AnyActivation {
    fn special(name: &str) -> Option<Self> {
        matches!(name, "clip" | "clamp").then(|| UNBOUNDED.into())
    }
} }

named! { AnyRowActivation {} }

/// Reads `name` or `name(parameter=value, ..)`. Whether the values make sense is left to the caller.
pub(crate) fn read<T: Named>(text: &str) -> Result<T, Error> {
    let text = text.trim();
    let (name, parameters) = match text.split_once('(') {
        None => (text, ""),
        Some((name, rest)) => (name, rest),
    };
    let mut named: T = by_name(name)?;
    let unreadable = |text: &str| Error::UnreadableParameters {
        activation: named.name(),
        text: text.to_owned(),
        known: named.parameter_names(),
    };
    let parameters = match (text.contains('('), parameters.trim_end().strip_suffix(')')) {
        (false, _) => "",
        (true, Some(inside)) => inside.trim(),
        (true, None) => return Err(unreadable(parameters)),
    };
    if !parameters.is_empty() {
        let known = named.parameter_names();
        let mut read: Vec<(&str, f32)> = Vec::new();
        let mut in_order = true;
        for (position, text) in parameters.split(',').enumerate() {
            let (name, value) = match text.split_once('=') {
                Some((name, value)) => {
                    in_order = false;
                    (canonical(&named, name.trim()), value)
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
            // `known` has the name, so it is there.
            let _ = named.set_parameter(name, value);
        }
    }
    Ok(named)
}

/// The parameter of `named` that `name` stands for.
fn canonical<T: Named>(named: &T, name: &str) -> Option<&'static str> {
    let synonym = SYNONYMS
        .iter()
        .find(|(of, synonym, _)| (*of, *synonym) == (named.name(), name));
    let name = synonym.map_or(name, |(.., ours)| ours);
    let known = named.parameter_names();
    known.iter().copied().find(|known| *known == name)
}

fn by_name<T: Named>(name: &str) -> Result<T, Error> {
    let wanted = plain(name);
    T::special(&wanted)
        .or_else(|| T::all().find(|named| names(named).any(|name| plain(name) == wanted)))
        .ok_or_else(|| Error::UnknownActivation {
            name: name.trim().to_owned(),
            near: near::<T>(&wanted),
        })
}

/// The canonical names that have a name like `wanted`, nearest first.
fn near<T: Named>(wanted: &str) -> Vec<&'static str> {
    let mut scored: Vec<(f64, &'static str)> = T::all()
        .map(|named| {
            let score = names(&named)
                .map(|name| strsim::jaro_winkler(&plain(name), wanted))
                .fold(0.0, f64::max);
            (score, named.name())
        })
        .filter(|(score, _)| *score >= NEAR)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

fn names<T: Named>(named: &T) -> impl Iterator<Item = &'static str> {
    core::iter::once(named.name()).chain(named.other_names().iter().copied())
}

/// A name without what names differ in between frameworks.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-') && !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}
