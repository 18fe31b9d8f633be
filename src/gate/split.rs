use super::biases::GateBiases;
use crate::Error;
#[cfg(feature = "alloc")]
use crate::any::parse::{names::plain, spelled::spelled};
use crate::element::Slice;
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

impl Order {
    /// The order of the halves that the operator called `name` takes: vLLM's gates, as `silu_and_mul` and `mul_and_silu`,
    /// and PyTorch's `glu`; `None` for all other names, whose order depends on the model.
    ///
    /// Names are compared as [`AnyGate`](crate::AnyGate) does, which reads them as gates, with or without parameters.
    ///
    /// ```
    /// use activations::{AnyGate, Gate, Layout, Order, Split};
    /// let name = "mul_and_silu";
    /// let (gate, order): (AnyGate, _) = (name.parse()?, Order::of_operator(name));
    /// assert_eq!(order, Some(Order::ValueFirst));
    ///
    /// let order = order.unwrap_or(Order::GateFirst);
    /// let split = Split { n: 1, layout: Layout::Halves, order };
    /// let mut y = [0.0];
    /// gate.apply_split(split, &[3.0, 200.0], &mut y)?;
    /// assert_eq!(y, [600.0]);
    /// # Ok::<(), activations::Error>(())
    /// ```
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn of_operator(name: &str) -> Option<Self> {
        match plain(spelled(name).map_or(name, |text| text.name)).as_str() {
            "glu" | "mulandsilu" => Some(Self::ValueFirst),
            "siluandmulwithclamp" => Some(Self::GateFirst),
            name if name.ends_with("andmul") => Some(Self::GateFirst),
            _ => None,
        }
    }
}

impl Split {
    /// Whether an input and an output of these lengths are `[outer, 2 * n]` and `[outer, n]`, and biases are for rows of `n`.
    ///
    /// # Errors
    /// [`Error::SplitMismatch`] and [`Error::OperandMismatch`] where they are not.
    #[inline]
    pub(super) fn check(
        self,
        biases: &GateBiases<'_>,
        input: usize,
        output: usize,
    ) -> Result<(), Error> {
        // Nothing but 0 is a multiple of 0. No slice is so long that twice half of it overflows.
        if output.is_multiple_of(self.n) && input / 2 == output && input.is_multiple_of(2) {
            biases.check_row(self.n)
        } else {
            Err(Error::SplitMismatch {
                input,
                output,
                n: self.n,
            })
        }
    }

    /// The place in a row of the tensor of the gate's element `at` of its row, or of the value's.
    pub(super) fn place(self, of_gate: bool, at: usize) -> usize {
        let is_second = of_gate == (self.order == Order::ValueFirst);
        match self.layout {
            Layout::Halves => at + if is_second { self.n } else { 0 },
            Layout::Pairs => 2 * at + usize::from(is_second),
        }
    }

    /// Where the elements of an `x` are that [`check`](Self::check) has passed.
    #[inline]
    pub(crate) fn source(self, x: Slice<'_>) -> Source {
        let value_first = self.order == Order::ValueFirst;
        match self.layout {
            Layout::Halves => Source::halves(x, self.n, value_first),
            Layout::Pairs => Source::pairs(x, value_first),
        }
    }
}
