//! What may be added to a gate and to its value.

use super::split::Split;
use crate::element::Slice;
use crate::pipeline::{Biases, Source};
use crate::{Error, Float};

/// What is added to gate and value before all else: what a [`Biased`](crate::Biased) has, and other gates have not.
///
/// A gate that wraps another returns what that one's [`Gate::biases`](crate::Gate::biases) does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GateBiases<'a> {
    numbers: Numbers<'a>,
    /// The place in a row of the first element, if this is for a part of a tensor, which need not be whole rows.
    part: Option<usize>,
}

/// The biases of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Numbers<'a> {
    Apart {
        gate: Option<Slice<'a>>,
        value: Option<Slice<'a>>,
    },
    /// Both in one, twice as many as `split.n`.
    Both { both: Slice<'a>, split: Split },
}

impl<'a> GateBiases<'a> {
    /// Nothing is added.
    pub const NONE: Self = Self {
        numbers: Numbers::Apart {
            gate: None,
            value: None,
        },
        part: None,
    };

    /// Biases of the gate and of the value, in place of those that these are.
    pub(super) fn with<T: Float>(self, of_gate: bool, bias: &'a [T]) -> Self {
        let (mut gate, mut value) = match self.numbers {
            Numbers::Apart { gate, value } => (gate, value),
            Numbers::Both { .. } => (None, None),
        };
        *if of_gate { &mut gate } else { &mut value } = Some(Slice::of(bias));
        Self {
            numbers: Numbers::Apart { gate, value },
            part: None,
        }
    }

    /// Both biases, which `both` holds as `split` says.
    pub(super) fn both<T: Float>(split: Split, both: &'a [T]) -> Result<Self, Error> {
        let both = Slice::of(both);
        if !both.len().is_multiple_of(2) || both.len() / 2 != split.n {
            return Err(Error::InvalidParameter {
                activation: "biased",
                parameter: "bias.len()",
                value: both.len() as f32,
                expected: "2 * split.n",
            });
        }
        Ok(Self {
            numbers: Numbers::Both { both, split },
            part: None,
        })
    }

    /// Whether nothing is added.
    #[inline]
    pub(super) fn is_none(&self) -> bool {
        matches!(
            self.numbers,
            Numbers::Apart {
                gate: None,
                value: None
            }
        )
    }

    /// What is added to the gate and to the value at `index` of the tensors.
    pub(super) fn at(&self, index: usize) -> [f64; 2] {
        let index = self.part.unwrap_or_default() + index;
        let numbers = match self.numbers {
            Numbers::Apart { gate, value } => {
                [gate, value].map(|bias| bias?.get(index.checked_rem(bias?.len())?))
            }
            Numbers::Both { both, split } => [true, false]
                .map(|of_gate| both.get(split.place(of_gate, index.checked_rem(split.n)?))),
        };
        // A sum with -0 changes nothing.
        numbers.map(|number| number.map_or(-0.0, f64::from))
    }

    /// The biases of the elements from `start` on.
    pub(super) fn part(self, start: usize) -> Self {
        let row = self.row().map_or(1, |(_, n)| n.max(1));
        let start = (self.part.unwrap_or_default() + start) % row;
        Self {
            part: Some(start),
            ..self
        }
    }

    /// The bias by its name, and how many elements of a gate it is for.
    fn row(&self) -> Option<(&'static str, usize)> {
        match self.numbers {
            Numbers::Apart {
                gate: Some(gate), ..
            } => Some(("gate_bias", gate.len())),
            Numbers::Apart { value, .. } => Some(("value_bias", value?.len())),
            Numbers::Both { split, .. } => Some(("bias", split.n)),
        }
    }

    /// Whether the biases are as many, and fit a gate of `len` elements.
    #[inline]
    pub(super) fn check(&self, len: usize) -> Result<(), Error> {
        let Some((operand, row)) = self.row() else {
            return Ok(());
        };
        if let Numbers::Apart {
            gate: Some(gate),
            value: Some(value),
        } = self.numbers
        {
            same(gate.len(), "value_bias", value.len())?;
        }
        if len.is_multiple_of(row) || self.part.is_some() {
            Ok(())
        } else {
            Err(mismatch(len, operand, row))
        }
    }

    /// Whether they fit rows of `n` elements of the gate.
    #[inline]
    pub(crate) fn check_row(&self, n: usize) -> Result<(), Error> {
        match self.row() {
            Some((operand, row)) => same(n, operand, row),
            None => Ok(()),
        }
    }

    /// The biases as a pipeline has them, if there are any.
    #[inline]
    pub(super) fn operands(&self) -> Option<Biases<'a>> {
        let (source, there) = match self.numbers {
            Numbers::Apart { gate, value } => {
                let source = Source::two_tensors(gate.or(value)?, value.or(gate)?);
                (source, [gate.is_some(), value.is_some()])
            }
            Numbers::Both { both, split } => (split.source(both), [true, true]),
        };
        Some(Biases::new(source, there, self.part.unwrap_or_default()))
    }
}

/// Whether an operand has as many elements as it has to have.
fn same(input: usize, operand: &'static str, len: usize) -> Result<(), Error> {
    if input == len {
        Ok(())
    } else {
        Err(mismatch(input, operand, len))
    }
}

#[cold]
fn mismatch(input: usize, operand: &'static str, len: usize) -> Error {
    Error::OperandMismatch {
        input,
        operand,
        len,
    }
}
