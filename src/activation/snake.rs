use super::{Formula, parameter::Parameter};
use crate::channels::{Channels, Names};
use crate::drive::precision::Precision;
use crate::drive::ternary::TernaryKernel;
use crate::drive::{ChooseKernel, Kernel, Weight, WithKernel};
use crate::element::Slice;
use crate::math::sin::{self, Reduced};
use crate::simd::odd::round_to_odd;
use crate::simd::{Machine, NEXT_TO_ZERO, Unrolled, Vocabulary};
use crate::{Cuts, Error, Float};

/// How errors name what makes no channels.
const NAMES: Names = Names {
    activation: NAME,
    count: "alphas.len()",
    inner: "1 or more, and alphas.len() * inner a number of elements",
};

const NAME: &str = "snake";

/// `f(x) = x + sin(alpha * x)^2 / beta`, with two learned parameters or two per channel.
///
/// A tensor with parameters per channel is seen as `[outer, channels, inner]` in row-major order: for the
/// `[batch, channels, time]` of audio codecs `inner` is the time, for channels-last it is 1.
///
/// | | |
/// |---|---|
/// | Parameters | `alpha`, 1 by default: finite; `beta`, 1 by default: finite, not 0; or both for each channel. With `beta = alpha` it is the Snake of the paper, with two it is SnakeBeta. Whoever adds 1e-9 to `beta`, as codecs do, hands on the sum |
/// | Domain | all of f32; `alpha * x` is rounded to f32, as all implementations do, and of the rounded product the sine is taken, however large it is |
/// | Shapes | any slice with shared parameters; with those of channels, a length that is a multiple of `channels * inner`; the output is as long as the input |
/// | Error | at most 0.7689 ULP with the defaults; with others 2.5 ULP of the larger of x and `sin(alpha * x)^2 / beta`, whose sum may cancel |
/// | Special values | ±0 give +0; where `alpha * x` overflows, x is its own image, and so ±inf are; NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; not as many `alphas` as `betas`, none, an `inner` of 0, [`Error::ShapeMismatch`]; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Ziyin et al., 2020; Lee et al., 2023 (BigVGAN), `Snake` and `SnakeBeta`; Kumar et al., 2023 (DAC), `Snake1d` |
///
/// ```
/// use activations::{Activation, Snake};
/// let mut x = [0.0, core::f32::consts::PI, f32::INFINITY];
/// Snake::default().apply_in_place(&mut x)?;
/// assert_eq!(x, [0.0, core::f32::consts::PI, f32::INFINITY]);
///
/// let mut x = [1.0; 4]; // two channels of two points in time
/// Snake::per_channel(&[0.0, 1.0], &[1.0, 0.5], 2)?.apply_in_place(&mut x)?;
/// assert_eq!(x, [1.0, 1.0, 2.416_146_8, 2.416_146_8]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snake<'a> {
    /// The factor in the sine, of all channels or of the first.
    pub(crate) alpha: f32,
    /// What the square is divided by, of all channels or of the first.
    pub(crate) beta: f32,
    channels: Option<Waves<'a>>,
}

/// Parameters for each channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Waves<'a> {
    pub(crate) alphas: Channels<'a>,
    /// As many, for as many elements each.
    pub(crate) betas: Channels<'a>,
    /// Whether there is no kernel for those of some channel.
    pub(crate) has_rest: bool,
}

impl<'a> Snake<'a> {
    /// The same parameters for all elements.
    pub const fn shared(alpha: f32, beta: f32) -> Self {
        Self {
            alpha,
            beta,
            channels: None,
        }
    }

    /// Parameters for each channel of a tensor `[outer, alphas.len(), inner]`: numbers of any floating-point type, whatever that of
    /// the tensor is.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] where there are not as many `betas` as `alphas`, or none, where one of them is not as the page
    /// says, or where `inner` is 0 or too large for any tensor.
    pub fn per_channel<T: Float>(
        alphas: &'a [T],
        betas: &'a [T],
        inner: usize,
    ) -> Result<Self, Error> {
        if alphas.len() != betas.len() {
            return Err(Error::InvalidParameter {
                activation: NAME,
                parameter: "betas.len()",
                value: betas.len() as f32,
                expected: "alphas.len()",
            });
        }
        let alphas = Channels::new(alphas, inner, NAMES)?;
        let betas = Channels::new(betas, inner, NAMES)?;
        let mut has_rest = false;
        for (alpha, beta) in pairs(alphas.numbers(), betas.numbers()) {
            check(alpha, beta)?;
            has_rest |= Wave::<false> { alpha, beta }.is_rare();
        }
        Ok(Self::of(Waves {
            alphas,
            betas,
            has_rest,
        }))
    }

    fn of(channels: Waves<'a>) -> Self {
        Self {
            alpha: channels.alphas.at(0),
            beta: channels.betas.at(0),
            channels: Some(channels),
        }
    }

    /// The parameters, where they are those of channels.
    pub(crate) const fn channels(&self) -> Option<Waves<'a>> {
        self.channels
    }

    pub(crate) const fn is_per_channel(&self) -> bool {
        self.channels.is_some()
    }
}

/// The parameters of each channel.
fn pairs(alphas: Slice<'_>, betas: Slice<'_>) -> impl Iterator<Item = (f32, f32)> {
    alphas.iter().zip(betas.iter())
}

/// Whether the page accepts the parameters.
#[inline]
fn check(alpha: f32, beta: f32) -> Result<(), Error> {
    let named = |name, value| Parameter {
        activation: NAME,
        name,
        value,
    };
    named("alpha", alpha).finite()?;
    named("beta", beta).finite()?;
    named("beta", beta).not_zero()
}

fn reference(x: f64, alpha: f32, beta: f32) -> f64 {
    // The product of two f32 is exact in f64.
    let t = (f64::from(alpha) * x) as f32;
    if t.is_finite() {
        let sine = libm::sin(f64::from(t));
        x + sine * sine / f64::from(beta) + 0.0
    } else {
        x
    }
}

impl Default for Snake<'_> {
    fn default() -> Self {
        Self::shared(1.0, 1.0)
    }
}

impl Formula for Snake<'_> {
    fn reference(&self, x: f64) -> f64 {
        reference(x, self.alpha, self.beta)
    }

    fn reference_at(&self, index: usize, x: f64) -> f64 {
        match self.channels {
            None => self.reference(x),
            Some(Waves { alphas, betas, .. }) => reference(x, alphas.at(index), betas.at(index)),
        }
    }

    fn depends_on_position(&self) -> bool {
        self.is_per_channel()
    }

    fn cuts(&self) -> Cuts {
        self.channels
            .map_or(Cuts::Anywhere, |channels| channels.alphas.cuts())
    }

    fn part(&self, start: usize, len: usize) -> Self {
        self.channels.map_or(*self, |channels| {
            Self::of(Waves {
                alphas: channels.alphas.part(start, len),
                betas: channels.betas.part(start, len),
                ..channels
            })
        })
    }

    #[inline]
    fn check(&self, len: usize) -> Result<(), Error> {
        match self.channels {
            None => check(self.alpha, self.beta),
            Some(channels) => channels.alphas.check(len),
        }
    }
}

/// The kernel of shared parameters. Those of channels take a stage, too: see `pipeline/snake.rs`.
impl ChooseKernel for Snake<'_> {
    #[inline(always)]
    fn choose_kernel<T: Precision, W: WithKernel>(&self, then: W) {
        let Self { alpha, beta, .. } = *self;
        T::choose(
            then,
            Wave::<false> { alpha, beta },
            Wave::<true> { alpha, beta },
        );
    }

    #[inline(always)]
    fn is_rest(&self) -> bool {
        let Self { alpha, beta, .. } = *self;
        Wave::<false> { alpha, beta }.is_rare()
    }
}

/// The parameters of some elements. If `TO_ODD`, results are rounded to odd, as they will be rounded again to 16 bits.
#[derive(Clone, Copy)]
struct Wave<const TO_ODD: bool> {
    alpha: f32,
    beta: f32,
}

impl<const TO_ODD: bool> Wave<TO_ODD> {
    /// Whether it is left to the oracle: the square may count next to zero, or leave the range of normal numbers.
    #[inline(always)]
    fn is_rare(self) -> bool {
        const LARGE: f32 = (1 << 30) as f32;
        /// Up to here, times alpha, the square is next to nothing below [`NEXT_TO_ZERO`].
        const RATIO: f32 = (1_u64 << 34) as f32;
        let (alpha, beta) = (self.alpha.abs(), self.beta.abs());
        let is_moderate = (1.0 / LARGE..=LARGE).contains(&beta) && alpha <= LARGE;
        !is_moderate || alpha * alpha > RATIO * beta
    }
}

impl<const TO_ODD: bool> Kernel for Wave<TO_ODD> {
    const WEIGHT: Weight = Weight::Long;
    const HAS_NEAR_ZERO: bool = true;
    const LARGEST: f32 = sin::LARGEST;

    /// A number whose product with alpha is no larger than [`LARGEST`](sin::LARGEST), whatever is rounded.
    #[inline(always)]
    fn largest(&self) -> f32 {
        let largest = 0.999 * sin::LARGEST / self.alpha.abs();
        if largest < f32::MAX {
            largest
        } else {
            f32::MAX
        }
    }

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let alpha = simd.splat_f32s(self.alpha);
        near::<TO_ODD, V>(simd, x, alpha, simd.splat_f32s(self.beta))
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        next_to_zero(simd, x)
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let alpha = simd.splat_f32s(self.alpha);
        anywhere::<TO_ODD, V>(simd, x, alpha, simd.splat_f32s(self.beta))
    }
}

/// [`Snake`] with operands for its parameters: it has the results of the kernel.
#[derive(Clone, Copy)]
pub(crate) struct WaveOfEach<const TO_ODD: bool>;

impl<const TO_ODD: bool> TernaryKernel for WaveOfEach<TO_ODD> {
    const WEIGHT: Weight = Weight::Long;

    #[inline(always)]
    fn are_apart<S: Machine, const N: usize>(
        self,
        simd: S,
        x: [S::f32s; N],
        [alpha, _]: [[S::f32s; N]; 2],
    ) -> bool {
        let t = Unrolled::<S, N>(simd).mul_f32s(x, alpha);
        simd.any_next_to_zero_f32s(x) || simd.any_beyond_f32s(t, sin::LARGEST)
    }

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s, [alpha, beta]: [V::f32s; 2]) -> V::f32s {
        near::<TO_ODD, V>(simd, x, alpha, beta)
    }

    #[inline(always)]
    fn eval_any<V: Vocabulary>(self, simd: V, x: V::f32s, [alpha, beta]: [V::f32s; 2]) -> V::f32s {
        anywhere::<TO_ODD, V>(simd, x, alpha, beta)
    }
}

/// f(x) next to zero: x, and +0 for -0.
#[inline(always)]
fn next_to_zero<V: Vocabulary>(simd: V, x: V::f32s) -> V::f32s {
    simd.add_f32s(x, simd.splat_f32s(0.0))
}

/// f(x) where x is not next to zero and `alpha * x` is no larger than [`LARGEST`](sin::LARGEST).
#[inline(always)]
fn near<const TO_ODD: bool, V: Vocabulary>(
    simd: V,
    x: V::f32s,
    alpha: V::f32s,
    beta: V::f32s,
) -> V::f32s {
    let reduced = sin::near(simd, simd.mul_f32s(x, alpha));
    with_square::<TO_ODD, V>(simd, x, reduced, beta)
}

/// f(x) for all x.
#[inline(always)]
fn anywhere<const TO_ODD: bool, V: Vocabulary>(
    simd: V,
    x: V::f32s,
    alpha: V::f32s,
    beta: V::f32s,
) -> V::f32s {
    let u = simd.magnitude_f32s(x);
    let is_next_to_zero = simd.less_than_f32s(u, simd.splat_f32s(NEXT_TO_ZERO));
    let t = simd.mul_f32s(simd.clear_f32s(is_next_to_zero, x), alpha);
    let magnitude = simd.magnitude_f32s(t);
    let is_near = simd.less_than_or_equal_f32s(magnitude, simd.splat_f32s(sin::LARGEST));
    // With its sign, as in `near`, which has other bits without it.
    let (near, far) = (sin::near(simd, t), sin::far(simd, magnitude));
    let reduced = Reduced::select(simd, is_near, near, far);
    let y = with_square::<TO_ODD, V>(simd, x, reduced, beta);
    let is_finite = simd.less_than_or_equal_f32s(magnitude, simd.splat_f32s(f32::MAX));
    let y = simd.select_f32s(is_finite, y, x);
    simd.select_f32s(is_next_to_zero, next_to_zero(simd, x), y)
}

/// Added to the square, so that what its rounding loses is not subnormal; it is taken away with that.
const SPECK: f32 = 1.0 / (1_u128 << 100) as f32;

/// Added to a factor of what the square has more than that, so that the product is not subnormal.
const SPECK_OF_REST: f32 = NEXT_TO_ZERO * (1 << 30) as f32;

/// x + sin(r)^2 / beta. It makes no difference to the square which sign the sine has.
#[inline(always)]
fn with_square<const TO_ODD: bool, V: Vocabulary>(
    simd: V,
    x: V::f32s,
    reduced: Reduced<V::f32s>,
    beta: V::f32s,
) -> V::f32s {
    let splat = |value| simd.splat_f32s(value);
    let inverse = simd.div_f32s(splat(1.0), beta);
    // The sine is `high + low`, and its square high^2 + low (2 high + low).
    let (high, low) = sin::of_reduced(simd, reduced).parts(simd);
    let factor = simd.mul_add_f32s(high, splat(2.0), simd.add_f32s(low, splat(SPECK_OF_REST)));
    let square = simd.mul_add_f32s(high, high, splat(SPECK));
    let excess = simd.negate_mul_add_f32s(high, high, square);
    let square_low = simd.negate_mul_add_f32s(low, factor, excess);
    // What is left of the square once the sum is rounded, and its other part, negated.
    let sum = simd.mul_add_f32s(square, inverse, x);
    let excess = simd.negate_mul_add_f32s(square, inverse, simd.sub_f32s(sum, x));
    let excess = simd.mul_add_f32s(square_low, inverse, excess);
    let y = simd.sub_f32s(sum, excess);
    if TO_ODD {
        round_to_odd(simd, y, simd.sub_f32s(simd.sub_f32s(sum, y), excess))
    } else {
        y
    }
}
