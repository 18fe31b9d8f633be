use crate::Error;
use crate::pipeline::Source;

/// How one tensor holds a gate and a value, which are halves of one of its axes.
///
/// `n` is the number of elements of a gate that stand together where the tensor is cut into halves:
/// those of half the axis and of all axes behind it. What is left is `outer`.
///
/// | Layout | Input | Output |
/// |---|---|---|
/// | [`Layout::Halves`] | `[outer, 2, n]`: all `n` of the one, then all of the other | `[outer, n]` |
/// | [`Layout::Pairs`] | `[outer, n, 2]`: one of the one, one of the other, by turns | `[outer, n]` |
///
/// ```
/// use activations::{Gate, Layout, Order, Reglu, Split};
/// let x = [-1.0, 2.0, 10.0, 20.0]; // one row: the gate, then the value
/// let split = Split { n: 2, layout: Layout::Halves, order: Order::GateFirst };
/// let mut y = [0.0; 2];
/// Reglu.apply_split(split, &x, &mut y)?;
/// assert_eq!(y, [0.0, 40.0]);
///
/// let x = [10.0, -1.0, 20.0, 2.0]; // pairs of a value and a gate
/// let split = Split { n: 2, layout: Layout::Pairs, order: Order::ValueFirst };
/// Reglu.apply_split(split, &x, &mut y)?;
/// assert_eq!(y, [0.0, 40.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// Elements of the gate, and of the value, in a row of the tensor.
    pub n: usize,
    /// Where they stand in it.
    pub layout: Layout,
    /// Which comes first.
    pub order: Order,
}

/// Where the elements of a gate and of a value stand in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// All of the one, then all of the other: PyTorch's `F.glu`, and fused projections of most
    /// language models.
    Halves,
    /// By turns: what GPT-OSS and ONNX's `swiglu_fusion` of 1 have.
    Pairs,
}

/// Which comes first in a row or in a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The gate: most language models with SwiGLU.
    GateFirst,
    /// The value: PyTorch's `F.glu`.
    ValueFirst,
}

impl Split {
    /// Whether an input and an output of these lengths are `[outer, 2 * n]` and `[outer, n]`.
    ///
    /// # Errors
    /// [`Error::SplitMismatch`] where they are not.
    #[inline]
    pub(super) fn check(self, input: usize, output: usize) -> Result<(), Error> {
        // Nothing but 0 is a multiple of 0. No slice is so long that twice half of it overflows.
        if output.is_multiple_of(self.n) && input / 2 == output && input.is_multiple_of(2) {
            Ok(())
        } else {
            Err(Error::SplitMismatch {
                input,
                output,
                n: self.n,
            })
        }
    }

    /// Where the elements of an `x` are that [`check`](Self::check) has passed.
    #[inline]
    pub(crate) fn source(self, x: &[f32]) -> Source {
        let value_first = self.order == Order::ValueFirst;
        match self.layout {
            Layout::Halves => Source::halves(x, self.n, value_first),
            Layout::Pairs => Source::pairs(x, value_first),
        }
    }
}
