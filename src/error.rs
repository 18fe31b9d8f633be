//! The one error type of the crate.

use crate::{Isa, shape::Rows};
#[cfg(feature = "alloc")]
use alloc::{string::String, vec::Vec};
use core::fmt;

/// Why a call was refused. The output buffer is untouched whenever one is returned.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// Input and output have different lengths.
    LengthMismatch {
        /// Elements in the input.
        input: usize,
        /// Elements in the output.
        output: usize,
    },
    /// The input's length is not a whole number of `[channels, inner]` blocks.
    ShapeMismatch {
        /// Elements in the input.
        len: usize,
        /// Channels, one slope each.
        channels: usize,
        /// Consecutive elements that share a channel.
        inner: usize,
    },
    /// Slopes cannot be broadcast to the input along one of its axes.
    NotBroadcastable {
        /// The axis, from the last, which is -1.
        axis: isize,
        /// Slopes along it.
        slope: usize,
        /// Elements of the input along it; `None` where it has not so many axes.
        input: Option<usize>,
        /// How many slopes there have to be.
        expected: &'static str,
    },
    /// The input's length is not a whole number of `[axis, inner]` blocks.
    RowsMismatch {
        /// Elements in the input.
        len: usize,
        /// The rows it was to have.
        rows: Rows,
    },
    /// What goes with attention, or what is to become of it, does not fit the rows of the input.
    AttentionMismatch {
        /// The operation, by its canonical name.
        operation: &'static str,
        /// The operand, by the name of its field or argument.
        operand: &'static str,
        /// Elements in the operand, or the element of it that does not fit.
        operand_len: usize,
        /// The input, as `[outer, axis, inner]`.
        tensor: [usize; 3],
        /// What the operand has to be.
        expected: &'static str,
    },
    /// What goes with the input has not as many elements: the value of a gate, a skip connection or a residual; or the
    /// input of a gate, or a row of it, is no whole number of biases.
    OperandMismatch {
        /// Elements in the input, which of a gate is what the activation is applied to; or what the operand was to have.
        input: usize,
        /// What it is: `"value"`, `"skip"` or `"residual"`; `"gate_bias"`, `"value_bias"`, or `"bias"` for both in one.
        operand: &'static str,
        /// Elements in it; of biases, those of the gate.
        len: usize,
    },
    /// Input and output are not `[outer, 2 * n]` and `[outer, n]`.
    SplitMismatch {
        /// Elements in the input.
        input: usize,
        /// Elements in the output.
        output: usize,
        /// Elements of a gate that stand together, and as many of a value.
        n: usize,
    },
    /// A parameter has a value for which the activation has no meaning.
    InvalidParameter {
        /// The activation or gate, by its canonical name; `"clip"` where that was read.
        activation: &'static str,
        /// The parameter, by its field's name.
        parameter: &'static str,
        /// What it was set to.
        value: f32,
        /// What it has to be.
        expected: &'static str,
    },
    /// An operand is an array of another shape than the output.
    AxisMismatch {
        /// The operand: `"input"`, `"gate"` or `"value"`.
        operand: &'static str,
        /// The first axis along which they differ.
        axis: usize,
        /// Elements in the operand along it, 0 where it has no such axis.
        operand_len: usize,
        /// Elements in the output along it.
        output_len: usize,
    },
    /// An array has no such axis.
    NoSuchAxis {
        /// The axis asked for, from 0 on.
        axis: usize,
        /// How many there are.
        axes: usize,
    },
    /// An array is not in standard layout, and the activation cannot be applied to parts of it.
    NotStandardLayout,
    /// The activation's results depend on the position of an element, so no table of results for numbers exists.
    DependsOnPosition,
    /// This CPU, or this build, has no such instruction set.
    IsaUnavailable(
        /// The instruction set asked for.
        Isa,
    ),
    #[cfg(feature = "alloc")]
    /// No instruction set has this name.
    UnknownIsa(
        /// The name as given.
        String,
    ),
    #[cfg(feature = "alloc")]
    /// No activation has this name.
    UnknownActivation {
        /// The name as given.
        name: String,
        /// Canonical names that look like it, nearest first.
        near: Vec<&'static str>,
    },
    #[cfg(feature = "alloc")]
    /// No gate has this name.
    UnknownGate {
        /// The name as given.
        name: String,
        /// Canonical names that look like it, nearest first.
        near: Vec<&'static str>,
    },
    #[cfg(feature = "alloc")]
    /// What stands before a name is no library.
    UnknownLibrary {
        /// What stands there: a prefix, or the path of a module.
        prefix: String,
    },
    #[cfg(feature = "alloc")]
    /// The name is that of something that is read by another type.
    OfAnotherKind {
        /// The name as given.
        name: String,
        /// What it is: `"is a gate"`.
        is: &'static str,
        /// The type that reads it, or that makes it up.
        see: &'static str,
    },
    #[cfg(feature = "alloc")]
    /// The text of an activation's parameters could not be read.
    UnreadableParameters {
        /// The activation or gate, by the name it was given, or by its canonical one.
        activation: &'static str,
        /// The text that could not be read.
        text: String,
        /// The parameters it has.
        known: &'static [&'static str],
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LengthMismatch { input, output } => write!(
                f,
                "the input has {input} elements but the output has {output}"
            ),
            Self::ShapeMismatch {
                len,
                channels,
                inner,
            } => write!(
                f,
                "an input of {len} elements is not [outer, {channels}, {inner}]: \
                 its length is no multiple of channels * inner"
            ),
            Self::NotBroadcastable {
                axis,
                slope,
                input,
                expected,
            } => {
                write!(f, "prelu: along axis {axis} the slope has {slope}, ")?;
                match input {
                    Some(input) => write!(f, "the input {input}; ")?,
                    None => write!(f, "which the input lacks; ")?,
                }
                write!(f, "the slope must be {expected}")
            }
            Self::RowsMismatch { len, rows } => write!(
                f,
                "an input of {len} elements is not [outer, {}, {}]: \
                 its length is no multiple of axis * inner",
                rows.axis, rows.inner
            ),
            Self::AttentionMismatch {
                operation,
                operand,
                operand_len,
                tensor: [outer, axis, inner],
                expected,
            } => write!(
                f,
                "{operation}: {operand} is {operand_len} for an input [outer, axis, inner] of \
                 [{outer}, {axis}, {inner}], but must be {expected}"
            ),
            Self::OperandMismatch {
                input,
                operand,
                len,
            } => write!(
                f,
                "the input has {input} elements but the {operand} has {len}"
            ),
            Self::SplitMismatch { input, output, n } => write!(
                f,
                "an input of {input} elements and an output of {output} are not \
                 [outer, 2 * {n}] and [outer, {n}]"
            ),
            Self::InvalidParameter {
                activation,
                parameter,
                value,
                expected,
            } => write!(
                f,
                "{activation}: {parameter} is {value}, but must be {expected}"
            ),
            Self::AxisMismatch {
                operand,
                axis,
                operand_len,
                output_len,
            } => write!(
                f,
                "along axis {axis} the {operand} has {operand_len} elements but the output has \
                 {output_len}"
            ),
            Self::NoSuchAxis { axis, axes } => {
                write!(f, "there is no axis {axis} in an array of {axes} axes")
            }
            Self::NotStandardLayout => write!(
                f,
                "the activation cannot be applied to parts of an array, and the array is not in \
                 standard layout"
            ),
            Self::DependsOnPosition => write!(
                f,
                "the activation differs from element to element, so it has no table of results"
            ),
            Self::IsaUnavailable(isa) => write!(f, "this CPU or build has no {isa}"),
            #[cfg(feature = "alloc")]
            Self::UnknownIsa(name) => write!(
                f,
                "no instruction set is called {name:?}; known: scalar, neon, avx2, avx512"
            ),
            #[cfg(feature = "alloc")]
            Self::UnknownActivation { name, near } => unknown(f, "activation", name, near),
            #[cfg(feature = "alloc")]
            Self::UnknownGate { name, near } => unknown(f, "gate", name, near),
            #[cfg(feature = "alloc")]
            Self::UnknownLibrary { prefix } => write!(
                f,
                "no library is called {prefix:?}; write the name alone, or one of torch, onnx, keras, jax, hf, tflite, \
                 ggml and vllm before it, as in onnx:HardSigmoid"
            ),
            #[cfg(feature = "alloc")]
            Self::OfAnotherKind { name, is, see } => write!(f, "{name:?} {is}: see {see}"),
            #[cfg(feature = "alloc")]
            Self::UnreadableParameters {
                activation,
                text,
                known,
            } => {
                write!(f, "{activation}: cannot read the parameter {text:?}; ")?;
                match known {
                    [] => write!(f, "it has none"),
                    known => write!(f, "write NAME=NUMBER with NAME of {}", known.join(", ")),
                }
            }
        }
    }
}

/// That no `what` is called `name`, and what else was meant, if there is a guess.
#[cfg(feature = "alloc")]
fn unknown(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    name: &str,
    near: &[&'static str],
) -> fmt::Result {
    write!(f, "no {what} is called {name:?}")?;
    if !near.is_empty() {
        write!(f, "; did you mean {}?", near.join(", "))?;
    }
    Ok(())
}

impl core::error::Error for Error {}

/// Whether input and output are of one length.
#[inline]
pub(crate) fn same_length<X, Y>(x: &[X], y: &[Y]) -> Result<(), Error> {
    if x.len() == y.len() {
        Ok(())
    } else {
        Err(Error::LengthMismatch {
            input: x.len(),
            output: y.len(),
        })
    }
}

/// How many tensors `[axis, inner]` one of `len` elements holds.
#[inline]
pub(crate) fn outer_of(rows: Rows, len: usize) -> Result<usize, Error> {
    if rows.inner == 1 && rows.axis == len && len > 0 {
        return Ok(1);
    }
    match rows.axis.checked_mul(rows.inner) {
        Some(0) if len == 0 => Ok(0),
        Some(block) if block > 0 && len.is_multiple_of(block) => Ok(len / block),
        _ => Err(Error::RowsMismatch { len, rows }),
    }
}
