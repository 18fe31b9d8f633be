//! What stands in parentheses after a name: numbers, in order or by name, and other attributes of libraries.

use super::names::Named;
use super::spelled::Library;
use crate::{AnyActivation, Error, Gelu, GeluTanh, Swish};
use alloc::{borrow::ToOwned, vec::Vec};

/// What libraries call the parameters that have other names here: the activation or gate, their name, ours.
const SYNONYMS: &[(&str, &str, &str)] = &[
    ("leaky_relu", "alpha", "negative_slope"),
    ("prelu", "init", "slope"),
    ("hardtanh", "max_val", "max"),
    ("hardtanh", "min_val", "min"),
    ("hardshrink", "lambd", "lambda"),
    ("hardshrink", "threshold", "lambda"),
    ("softshrink", "lambd", "lambda"),
    ("softshrink", "threshold", "lambda"),
    ("shrink", "lambd", "lambda"),
    ("swish", "alpha", "beta"),
    ("threshold", "default_value", "value"),
    ("thresholded_relu", "theta", "alpha"),
    ("clamped_swiglu", "beta", "offset"),
    ("clamped_swiglu", "swiglu_limit", "limit"),
];

/// The name that may be that of either GELU, as an attribute chooses.
const GELU: &str = "gelu";

/// What quick GELU multiplies by in its sigmoid.
const QUICK_ALPHA: f32 = 1.702;

/// Reads the arguments of an activation.
///
/// # Errors
/// [`Error::UnreadableParameters`], which has the argument.
pub(crate) fn of_activation<'a>(
    named: Named,
    library: Option<Library>,
    text: Option<&str>,
) -> Result<AnyActivation<'a>, Error> {
    let mut activation: AnyActivation<'a> = named.activation;
    let parameters = Parameters {
        of: named.name,
        canonical: activation.name(),
        known: activation.parameter_names(),
    };
    let mut seen: Vec<&str> = Vec::new();
    for argument in parameters.arguments(text)? {
        let name = match argument.name {
            Some(name) => parameters.canonical(name).unwrap_or(name),
            None => by_position(named, library, argument).unwrap_or_default(),
        };
        let is_read = !seen.contains(&name)
            && match argument.value.parse() {
                Ok(value) if activation.set_parameter(name, value) => true,
                _ => set_attribute(named, &mut activation, name, argument.value),
            };
        if !is_read {
            return Err(parameters.unreadable(argument.text));
        }
        seen.push(name);
    }
    Ok(activation)
}

/// What an argument without a name is called.
fn by_position(
    named: Named,
    library: Option<Library>,
    argument: Argument<'_>,
) -> Option<&'static str> {
    let Argument {
        position, value, ..
    } = argument;
    let first = match named.activation {
        _ if named.name == GELU => "approximate",
        AnyActivation::QuickGelu(_) => "alpha",
        _ if boolean(value).is_some() => return Some("inplace"),
        AnyActivation::Prelu(_) if library == Some(Library::Torch) => {
            return ["num_parameters", "slope"].get(position).copied();
        }
        _ => return named.activation.parameter_names().get(position).copied(),
    };
    (position == 0).then_some(first)
}

/// Sets an attribute of a library that is no parameter here: one that chooses another activation, or changes nothing. `false`
/// where there is no such attribute, or no such value.
fn set_attribute(
    named: Named,
    activation: &mut AnyActivation<'_>,
    name: &str,
    value: &str,
) -> bool {
    let value = unquoted(value);
    let number: Option<f32> = value.parse().ok();
    match (name, &*activation) {
        ("inplace", _) => boolean(value).is_some(),
        ("device" | "dtype", _) => !value.is_empty(),
        ("num_parameters", AnyActivation::Prelu(_)) => number == Some(1.0),
        ("approximate", _) if named.name == GELU => {
            let by_tanh = match value {
                "tanh" => Some(true),
                "none" => Some(false),
                value => boolean(value),
            };
            match by_tanh {
                Some(true) => *activation = GeluTanh.into(),
                Some(false) => *activation = Gelu.into(),
                None => {}
            }
            by_tanh.is_some()
        }
        ("alpha", AnyActivation::QuickGelu(_)) => {
            if let Some(beta) = number
                && beta != QUICK_ALPHA
            {
                *activation = Swish { beta }.into();
            }
            number.is_some()
        }
        _ => false,
    }
}

/// `value` without quotation marks.
fn unquoted(value: &str) -> &str {
    let inside = |mark: char| value.strip_prefix(mark)?.strip_suffix(mark);
    inside('\'').or_else(|| inside('"')).unwrap_or(value)
}

/// The boolean that `value` spells, as Python or C do.
fn boolean(value: &str) -> Option<bool> {
    match value {
        "True" | "true" => Some(true),
        "False" | "false" => Some(false),
        _ => None,
    }
}

/// The parameters that may stand in parentheses after a name.
pub(crate) struct Parameters {
    /// The name, as errors have it.
    pub(crate) of: &'static str,
    /// The canonical name of the same.
    pub(crate) canonical: &'static str,
    /// Theirs, in order.
    pub(crate) known: &'static [&'static str],
}

/// One argument.
#[derive(Clone, Copy)]
struct Argument<'t> {
    /// All of it.
    text: &'t str,
    position: usize,
    name: Option<&'t str>,
    value: &'t str,
}

impl Parameters {
    /// Reads what [`spelled`](super::spelled::spelled()) found after the name: numbers in order, numbers by name, a
    /// parenthesis.
    ///
    /// # Errors
    /// [`Error::UnreadableParameters`].
    pub(crate) fn read(&self, text: Option<&str>) -> Result<Vec<(&'static str, f32)>, Error> {
        let mut read: Vec<(&str, f32)> = Vec::new();
        for argument in self.arguments(text)? {
            let name = match argument.name {
                Some(name) => self.canonical(name),
                None => self.known.get(argument.position).copied(),
            };
            match (name, argument.value.parse::<f32>()) {
                (Some(name), Ok(value)) if read.iter().all(|(earlier, _)| *earlier != name) => {
                    read.push((name, value));
                }
                _ => return Err(self.unreadable(argument.text)),
            }
        }
        Ok(read)
    }

    /// The arguments, in order.
    fn arguments<'t>(&self, text: Option<&'t str>) -> Result<Vec<Argument<'t>>, Error> {
        let Some(text) = text else {
            return Ok(Vec::new());
        };
        let inside = text.trim_end().strip_suffix(')');
        let inside = inside.ok_or_else(|| self.unreadable(text))?.trim();
        if inside.is_empty() {
            return Ok(Vec::new());
        }
        let mut in_order = true;
        let argument = |(position, text): (usize, &'t str)| {
            let text = text.trim();
            let (name, value) = match text.split_once('=') {
                Some((name, value)) => (Some(name.trim()), value.trim()),
                None => (None, text),
            };
            // As in Python, none without a name after one with.
            in_order &= name.is_none();
            if name.is_none() && !in_order {
                return Err(self.unreadable(text));
            }
            Ok(Argument {
                text,
                position,
                name,
                value,
            })
        };
        inside.split(',').enumerate().map(argument).collect()
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
        let synonym = SYNONYMS
            .iter()
            .find(|(of, synonym, _)| (*of, *synonym) == (self.canonical, name));
        let name = synonym.map_or(name, |(.., ours)| ours);
        self.known.iter().copied().find(|known| *known == name)
    }
}
