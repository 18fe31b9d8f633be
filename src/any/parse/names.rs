//! The names of activations: those of the registry, and those that mean an activation with parameters of its own.

use super::spelled::Library;
use crate::{AnyActivation, GeluTanh, Hardsigmoid, Hardtanh, LeakyRelu};
use alloc::string::String;

/// What a name means.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named {
    /// The name, as errors have it.
    pub(crate) name: &'static str,
    pub(crate) activation: AnyActivation<'static>,
}

/// Bounds that are none: those of ONNX's `Clip` and PyTorch's `clamp` unless they are given.
const UNBOUNDED: AnyActivation<'static> = clamp(f32::NEG_INFINITY, f32::INFINITY);

const fn clamp(min: f32, max: f32) -> AnyActivation<'static> {
    AnyActivation::Hardtanh(Hardtanh { min, max })
}

const fn leaky_relu(negative_slope: f32) -> AnyActivation<'static> {
    AnyActivation::LeakyRelu(LeakyRelu { negative_slope })
}

/// Names, of one library or of any, of activations whose parameters differ from this crate's defaults.
const NAMED: &[(Option<Library>, &str, AnyActivation<'static>)] = &[
    (None, "clip", UNBOUNDED),
    (None, "clamp", UNBOUNDED),
    (None, "relu_n1_to_1", clamp(-1.0, 1.0)),
    (None, "relu_0_to_1", clamp(0.0, 1.0)),
    (
        Some(Library::Onnx),
        "hardsigmoid",
        AnyActivation::Hardsigmoid(Hardsigmoid {
            alpha: 0.2,
            beta: 0.5,
        }),
    ),
    (Some(Library::Keras), "leaky_relu", leaky_relu(0.2)),
    (Some(Library::KerasLayers), "leaky_relu", leaky_relu(0.3)),
    (
        Some(Library::Jax),
        "gelu",
        AnyActivation::GeluTanh(GeluTanh),
    ),
    (
        Some(Library::Ggml),
        "gelu",
        AnyActivation::GeluTanh(GeluTanh),
    ),
];

/// What the [plain] name `wanted` means, to `library` if one is named.
pub(crate) fn find(library: Option<Library>, wanted: &str) -> Option<Named> {
    let named = NAMED
        .iter()
        .find(|(of, name, _)| (of.is_none() || *of == library) && plain(name) == wanted);
    if let Some(&(_, name, activation)) = named {
        return Some(Named { name, activation });
    }
    let (name, _) = all().find(|(_, names)| names.clone().any(|name| plain(name) == wanted))?;
    let activation = AnyActivation::of_canonical_name(name)?;
    Some(Named { name, activation })
}

/// The canonical name of every activation, and all that it is called.
pub(crate) fn all() -> impl Iterator<
    Item = (
        &'static str,
        impl Iterator<Item = &'static str> + Clone + use<>,
    ),
> {
    AnyActivation::NAMES.iter().map(|&(name, others)| {
        let names = core::iter::once(name).chain(others.iter().copied());
        (name, names)
    })
}

/// A name without what names differ in between libraries: case, `_`, `-`, spaces, and the word `Activation` at the end of a
/// class.
pub(crate) fn plain(name: &str) -> String {
    let mut plain: String = name
        .chars()
        .filter(|c| !matches!(c, '_' | '-') && !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    let rest = plain.strip_suffix("activation").map_or(0, str::len);
    if rest > 0 {
        plain.truncate(rest);
    }
    plain
}
