use super::Gate;
use super::biases::GateBiases;
use super::split::Split;
use crate::{Error, Float, GateLimits};

/// `f(gate, value) = g(gate + gate_bias, value + value_bias)` of a gate `g`, in one pass over memory.
///
/// Gate and value are rows of `n` elements, and a bias of `n` elements is added to each row: what a linear layer with a bias
/// leaves to do. Either bias may be left out. A model that has both in one tensor, laid out as its rows are, as GPT-OSS has,
/// gives it as it is: [`bias`](Self::bias).
///
/// It is a [`Gate`] itself: of two tensors or of one that holds both, out of place, in place, on the instruction set of
/// your choice, on all threads. The result is bit for bit that of the steps one by one, but for the payload of a NaN: the two
/// sums are rounded to f32, then comes the gate as its page says, whose limits see the sums.
///
/// | | |
/// |---|---|
/// | Parameters | any gate; a bias of the gate, one of the value: any numbers |
/// | Domain | all of f32 |
/// | Shapes | as the gate, in rows of `n` elements: `n` of each bias, a gate whose length is a multiple of that, a [`Split`] with this `n` |
/// | Error | that of the gate, and one rounding more of each sum, at most 0.5 ULP of it |
/// | Special values | as in the sums and in the gate; a bias of -0 is as none |
/// | Errors | [`Error::OperandMismatch`] names the bias that does not fit; the gate's own; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | the experts of GPT-OSS (`gate_up_proj_bias`); `c_fc` and `gate_proj` with biases |
///
/// With the feature `half` gate, value, biases and output may each be `f32`, `f16` or `bf16`, in any combination: see
/// [`Float`]. All steps are then those of `f32`, and the product is rounded once.
///
/// ```
/// use activations::{Biased, ClampedSwiglu, Gate, Layout, Order, Reglu, Split};
/// let (gate, value) = ([-1.0, 2.0, 3.0, -4.0], [1.0, 1.0, 2.0, 2.0]); // two rows of two
/// let mut y = [0.0; 4];
/// let biased = Biased::new(Reglu).gate_bias(&[2.0, -1.0]).value_bias(&[0.5, 1.5]);
/// biased.apply(&gate, &value, &mut y)?;
/// assert_eq!(y, [1.5, 2.5, 12.5, 0.0]);
///
/// // One tensor of pairs, and a bias laid out as its rows.
/// let split = Split { n: 2, layout: Layout::Pairs, order: Order::GateFirst };
/// let x = [-1.0, 1.0, 2.0, 1.0, 3.0, 2.0, -4.0, 2.0];
/// let bias = [2.0, 0.5, -1.0, 1.5];
/// Biased::new(Reglu).bias(split, &bias)?.apply_split(split, &x, &mut y)?;
/// assert_eq!(y, [1.5, 2.5, 12.5, 0.0]);
///
/// // An expert of GPT-OSS: the limits apply to the sums.
/// let expert = Biased::new(ClampedSwiglu::OAI).bias(split, &[0.0, 20.0, 0.0, -20.0])?;
/// expert.apply_split(split, &[9.0; 4], &mut y[..2])?;
/// assert!(y[0] > 50.0 && y[1] < -40.0); // 7 times 7 + 1, and 7 times -7 + 1, but for the sigmoid
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Biased<'a, G> {
    gate: G,
    biases: GateBiases<'a>,
}

impl<'a, G> Biased<'a, G> {
    /// The gate, without a bias yet. (If it is one with biases, those that are set here are in place of all of them.)
    pub const fn new(gate: G) -> Self {
        Self {
            gate,
            biases: GateBiases::NONE,
        }
    }

    /// With a bias of the gate, in place of an earlier one, and of one that holds both.
    #[must_use]
    pub fn gate_bias<T: Float>(mut self, bias: &'a [T]) -> Self {
        self.biases = self.biases.with(true, bias);
        self
    }

    /// With a bias of the value, in place of an earlier one, and of one that holds both.
    #[must_use]
    pub fn value_bias<T: Float>(mut self, bias: &'a [T]) -> Self {
        self.biases = self.biases.with(false, bias);
        self
    }

    /// With a bias of the gate and one of the value in one tensor, which is as a row of a tensor that `split` describes; in
    /// place of all earlier ones. (What the gate is applied to may be split otherwise, or not at all.)
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless the biases are `2 * split.n`.
    pub fn bias<T: Float>(mut self, split: Split, bias: &'a [T]) -> Result<Self, Error> {
        self.biases = GateBiases::both(split, bias)?;
        Ok(self)
    }

    /// The gate without what is added before it.
    pub const fn gate(&self) -> &G {
        &self.gate
    }
}

impl<G: Gate> Gate for Biased<'_, G> {
    type Activation = G::Activation;

    #[inline]
    fn activation(&self) -> G::Activation {
        self.gate.activation()
    }

    #[inline]
    fn limits(&self) -> GateLimits {
        self.gate.limits()
    }

    #[inline]
    fn biases(&self) -> GateBiases<'_> {
        if self.biases.is_none() {
            self.gate.biases()
        } else {
            self.biases
        }
    }

    #[inline]
    fn check(&self, len: usize) -> Result<(), Error> {
        self.gate.check(len)?;
        self.biases.check(len)
    }
}
