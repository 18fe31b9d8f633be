use super::Formula;
use crate::drive::precision::Precision;
use crate::drive::{ChooseKernel, Kernel, Weight, WithKernel};
use crate::math::sin;
use crate::simd::Vocabulary;

/// `f(x) = sin(x)`.
///
/// | | |
/// |---|---|
/// | Domain | all of f32; the multiple of pi that is next to x is taken away exactly, however large x is |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.6672 ULP |
/// | Special values | ±0 are their own images; ±inf and NaN give NaN |
/// | Errors | lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Sitzmann et al., 2020 (SIREN); PyTorch `torch.sin`, ONNX `Sin` |
///
/// ```
/// use activations::{Activation, Sin};
/// let mut x = [-0.0, core::f32::consts::FRAC_PI_2, 1e38];
/// Sin.apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.0, 1.0, 0.989_164_46]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sin;

impl Formula for Sin {
    fn reference(&self, x: f64) -> f64 {
        libm::sin(x)
    }
}

impl ChooseKernel for Sin {
    #[inline(always)]
    fn choose_kernel<T: Precision, W: WithKernel>(&self, then: W) {
        T::choose(then, Sine::<false>, Sine::<true>);
    }
}

/// The kernel. If `TO_ODD`, results are rounded to odd, as they will be rounded again to 16 bits.
#[derive(Clone, Copy)]
struct Sine<const TO_ODD: bool>;

impl<const TO_ODD: bool> Kernel for Sine<TO_ODD> {
    const WEIGHT: Weight = Weight::Long;
    const HAS_NEAR_ZERO: bool = true;
    const LARGEST: f32 = sin::LARGEST;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        sin::sin::<TO_ODD, V>(simd, x)
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        sin::sin_far::<TO_ODD, V>(simd, x)
    }
}
