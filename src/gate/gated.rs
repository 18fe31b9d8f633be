use super::Gate;
use crate::Activation;

/// `f(gate, value) = activation(gate) * value`, for any activation of the crate.
///
/// | | |
/// |---|---|
/// | Parameters | any activation, [`AnyActivation`](crate::AnyActivation) too |
/// | Domain | all of f32 |
/// | Shapes | any two slices of one length that the activation accepts, or one that holds both ([`Split`](crate::Split)); the output is as long as the gate |
/// | Error | two roundings: that of the activation, then at most 0.5 ULP |
/// | Special values | those of the activation, multiplied; a zero times an infinity and NaN give NaN |
/// | Errors | the activation's own; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Shazeer, 2020, with whatever activation |
///
/// ```
/// use activations::{AnyActivation, Gate, Gated, Hardswish};
/// let mut y = [0.0; 2];
/// Gated(Hardswish).apply(&[-4.0, 5.0], &[3.0, 4.0], &mut y)?;
/// assert_eq!(y, [-0.0, 20.0]);
///
/// let activation: AnyActivation = "relu".parse()?;
/// Gated(activation).apply(&[-4.0, 5.0], &[3.0, 4.0], &mut y)?;
/// assert_eq!(y, [0.0, 20.0]);
/// # Ok::<(), activations::Error>(())
/// ```
///
/// A function of your own takes any of them by one bound, [`Activation`]:
///
/// ```
/// use activations::{Activation, Error, Gate, Gated, Silu};
/// fn gate_in_place<A: Activation>(activation: A, x: &mut [f32], value: &[f32]) -> Result<(), Error> {
///     Gated(activation).apply_in_place(x, value)
/// }
/// let mut x = [0.0, 200.0];
/// gate_in_place(Silu, &mut x, &[3.0, 4.0])?;
/// assert_eq!(x, [0.0, 800.0]);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gated<A>(
    /// What is applied to the gate.
    pub A,
);

impl<A: Activation> Gate for Gated<A> {
    type Activation = A;

    #[inline]
    fn activation(&self) -> A {
        self.0
    }
}
