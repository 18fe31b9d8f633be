use super::Formula;
use crate::drive::Kernel;
#[cfg(feature = "half")]
use crate::drive::precision::Precision;
#[cfg(feature = "half")]
use crate::drive::ranges::Ranges;
use crate::simd::Vocabulary;

/// `f(x) = x`: a copy; in place, nothing changes.
///
/// | | |
/// |---|---|
/// | Domain | all of f32 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | none |
/// | Special values | each input, -0 and the infinities among them, is its own image; NaN gives NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | PyTorch `nn.Identity`, ONNX `Identity` |
///
/// ```
/// use activations::{Activation, Identity};
/// let mut y = [0.0; 2];
/// Identity.apply(&[-0.5, 2.0], &mut y)?;
/// assert_eq!(y, [-0.5, 2.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Identity;

impl Formula for Identity {
    fn reference(&self, x: f64) -> f64 {
        x
    }
}

impl Kernel for Identity {
    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        // An operation on the vector, so that it stays in a register: a bare `x` is compiled to a
        // copy by way of the stack.
        simd.or_f32s(x, x)
    }

    #[cfg(feature = "half")]
    #[inline(always)]
    fn ranges<T: Precision>(&self) -> Option<Ranges> {
        Some(Ranges::NONE)
    }
}
