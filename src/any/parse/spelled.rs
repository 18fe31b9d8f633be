//! Text in its parts: `keras:leaky_relu(0.3)`, `torch.nn.GELU(approximate='tanh')`.

use super::names::plain;
use crate::Error;
use alloc::borrow::ToOwned;

/// A library, where its names or its defaults are its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Library {
    /// PyTorch, whose defaults are those of this crate.
    Torch,
    /// ONNX and ONNX Runtime.
    Onnx,
    /// The functions of Keras 3, and TensorFlow.
    Keras,
    /// The layers of Keras 3.
    KerasLayers,
    /// JAX and Flax.
    Jax,
    /// Hugging Face Transformers.
    HuggingFace,
    /// TensorFlow Lite.
    Tflite,
    /// ggml and llama.cpp.
    Ggml,
    /// vLLM.
    Vllm,
}

impl Library {
    /// The library that a prefix or the path of a module names; what stands behind the first point does not matter, but for
    /// layers.
    fn of(path: &str) -> Result<Self, Error> {
        let mut modules = path.split('.').map(plain);
        let library = match modules.next().unwrap_or_default().as_str() {
            "torch" | "pytorch" | "aten" | "nn" | "f" | "functional" => Self::Torch,
            "onnx" | "ort" | "onnxruntime" | "ai" | "com" => Self::Onnx,
            "keras" | "tf" | "tensorflow" if modules.any(|module| module == "layers") => {
                Self::KerasLayers
            }
            "keras" | "tf" | "tensorflow" => Self::Keras,
            "jax" | "flax" => Self::Jax,
            "hf" | "huggingface" | "transformers" => Self::HuggingFace,
            "tflite" => Self::Tflite,
            "ggml" => Self::Ggml,
            "vllm" => Self::Vllm,
            _ => {
                let prefix = path.trim().to_owned();
                return Err(Error::UnknownLibrary { prefix });
            }
        };
        Ok(library)
    }
}

/// The parts of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spelled<'t> {
    /// The library that a prefix (`keras:`), the path of a module (`torch.nn.`) or the name itself (`ggml_gelu`) tells.
    pub(crate) library: Option<Library>,
    /// The name without all that.
    pub(crate) name: &'t str,
    /// What follows the parenthesis after the name, if there is one.
    pub(crate) arguments: Option<&'t str>,
}

/// What ggml's names start with, the longer one first.
const OF_GGML: [&str; 2] = ["ggml_unary_op_", "ggml_"];

/// Splits a text.
///
/// # Errors
/// [`Error::UnknownLibrary`].
pub(crate) fn spelled(text: &str) -> Result<Spelled<'_>, Error> {
    let (name, arguments) = match text.split_once('(') {
        None => (text, None),
        Some((name, arguments)) => (name, Some(arguments)),
    };
    let mut library = None;
    // From the end on: `torch::nn::functional::relu` is a path, too, and `onnx:ai.onnx.Relu` has a prefix before one.
    let (before, mut name) = match name.rfind([':', '.']) {
        None => ("", name.trim()),
        Some(at) => (&name[..at], name[at + 1..].trim()),
    };
    if let Some(path) = before.split(':').find(|path| !path.trim().is_empty()) {
        library = Some(Library::of(path)?);
    } else if !before.is_empty() || text.trim_start().starts_with([':', '.']) {
        let prefix = before.to_owned();
        return Err(Error::UnknownLibrary { prefix });
    }
    for prefix in OF_GGML {
        let rest = name.split_at_checked(prefix.len());
        if let Some((start, rest)) = rest
            && start.eq_ignore_ascii_case(prefix)
        {
            (library, name) = (Some(Library::Ggml), rest);
        }
    }
    Ok(Spelled {
        library,
        name,
        arguments,
    })
}
