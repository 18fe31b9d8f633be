use super::{Formula, parameter::Parameter, softplus::log1p_exp};
use crate::Error;
use crate::drive::apart::{Slope, above_half, line};
use crate::drive::of_16_bits::{KernelOf16Bits, Of16Bits};
use crate::drive::precision::Precision;
use crate::drive::{ChooseKernel, Kernel, Weight, WithKernel};
use crate::math::double::{Double, exp_beyond_line};
use crate::math::xielu::{Branches, DEFAULT, LARGEST};
use crate::simd::Vocabulary;
use crate::simd::odd::round_to_odd;

/// `f(x) = if x > 0 { alpha_p * x^2 + beta * x } else { alpha_n * (e^min(x, eps) - 1 - x) + beta * x }`.
///
/// The parameters are those of the formula. Checkpoints hold what they are made of: [`Xielu::learned`]. At 0 the function is
/// not 0, but `alpha_n` times (e^`eps` - 1), and it jumps there.
///
/// Parameters that training does not lead to are accepted, too, but with them it is computed number by number, in f64, which
/// takes longer. It has kernels if `alpha_p`, `alpha_n` and `beta` are from 2^-20 to 2^20, `beta` is less than `alpha_n`, by
/// a millionth at least, and not less than a 256th of it, and `eps` is from -2^-10 to -2^-30. With other parameters than the
/// defaults each call finds the root first, which takes about as many instructions as 200 elements do on AVX2.
///
/// | | |
/// |---|---|
/// | Parameters | `alpha_p` and `alpha_n`, each 0.8 by default; `beta`, 0.5 by default; `eps`, -1e-6 by default: finite |
/// | Domain | all of f32; it does not cancel near its root, about -2.43 by default |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.6548 ULP with the defaults, 1.75 with other parameters, most where `alpha_n` is several times `beta` |
/// | Special values | ±0 give `alpha_n` (e^`eps` - 1), or 0 for an `eps` that is not negative; +inf gives the limit, which is +inf for a positive `alpha_p`; -inf gives the limit, which is +inf for a `beta` below `alpha_n`; NaN gives NaN |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Huang and Schlag, 2024; Hugging Face `XIELUActivation`, ggml `ggml_xielu` |
///
/// ```
/// use activations::{Activation, Xielu};
/// let mut x = [-1.0, 1.0, f32::NEG_INFINITY];
/// Xielu::default().apply_in_place(&mut x)?;
/// assert_eq!(x, [-0.20569645, 1.3, f32::INFINITY]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Xielu {
    /// The factor of the square above 0.
    pub alpha_p: f32,
    /// The factor of the exponential below 0.
    pub alpha_n: f32,
    /// The slope next to 0.
    pub beta: f32,
    /// The exponent is not above it.
    pub eps: f32,
}

impl Xielu {
    /// The activation as a checkpoint has it, whose alphas are learned: `alpha_p` is the softplus of the first, and `alpha_n` is
    /// `beta` and the softplus of the second, each rounded once.
    ///
    /// ```
    /// use activations::Xielu;
    /// let xielu = Xielu::learned(0.0, 0.0, 0.5, -1e-6);
    /// assert_eq!((xielu.alpha_p, xielu.alpha_n), (0.6931472, 1.1931472));
    /// ```
    #[must_use]
    pub fn learned(alpha_p: f32, alpha_n: f32, beta: f32, eps: f32) -> Self {
        let softplus = |raw: f32| log1p_exp(f64::from(raw));
        Self {
            alpha_p: softplus(alpha_p) as f32,
            alpha_n: (f64::from(beta) + softplus(alpha_n)) as f32,
            beta,
            eps,
        }
    }
}

const DEFAULTS: Xielu = Xielu {
    alpha_p: 0.8,
    alpha_n: 0.8,
    beta: 0.5,
    eps: -1e-6,
};

const NAMES: [&str; 4] = ["alpha_p", "alpha_n", "beta", "eps"];

impl Default for Xielu {
    fn default() -> Self {
        DEFAULTS
    }
}

impl Xielu {
    #[inline(never)]
    fn branches(&self) -> Branches {
        if *self == DEFAULTS {
            DEFAULT
        } else {
            Branches::new(self.parameters(), |x| self.reference(x))
        }
    }

    /// The parameters in the order in which they are given, which is that of [`NAMES`].
    #[inline(always)]
    fn parameters(&self) -> [f32; 4] {
        let Self {
            alpha_p,
            alpha_n,
            beta,
            eps,
        } = *self;
        [alpha_p, alpha_n, beta, eps]
    }
}

impl Formula for Xielu {
    fn reference(&self, x: f64) -> f64 {
        let [alpha_p, alpha_n, beta, eps] = self.parameters().map(f64::from);
        // Where the square is infinite it alone counts, and where the line is, that.
        let limit = |slope: f64, otherwise: f64| {
            if slope == 0.0 { otherwise } else { slope * x }
        };
        if x > 0.0 {
            if x == f64::INFINITY {
                return limit(alpha_p, limit(beta, 0.0));
            }
            return x * (alpha_p * x + beta);
        }
        /// Below, the exponential counts for nothing.
        const FAR: f64 = -1e30;
        /// Below, its roundings in f64 count for nothing next to 1.
        const LOWEST: f64 = -40.0;
        if x.is_nan() {
            return x;
        }
        if x < FAR {
            return limit(beta - alpha_n, 0.0 - alpha_n);
        }
        let t = x.min(eps);
        if t < LOWEST {
            // At the root the line may be exactly 0.
            let line = Double::sum(beta, -alpha_n).times(x.into());
            let line = line.plus((-alpha_n).into());
            return line.plus((alpha_n * libm::exp(t)).into()).value();
        }
        // The terms cancel at the root, and where beta is small next to alpha_n, next to 0.
        let beyond = exp_beyond_line(t).plus(Double::sum(t, -x));
        let exponential = beyond.times(alpha_n.into());
        exponential.plus(Double::product(beta, x)).value()
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        let mut named = NAMES.into_iter().zip(self.parameters());
        named.try_for_each(|(name, value)| {
            let activation = "xielu";
            Parameter {
                activation,
                name,
                value,
            }
            .finite()
        })
    }
}

impl ChooseKernel for Xielu {
    #[inline(always)]
    fn choose_kernel<T: Precision, W: WithKernel>(&self, then: W) {
        let branches = self.branches();
        let mut of_16_bits = branches;
        if *self == DEFAULTS {
            of_16_bits.up = 1.0 + f32::EPSILON;
        }
        T::choose(then, branches, Of16Bits::<_, T>::new(of_16_bits));
    }

    #[inline(always)]
    fn is_rest(&self) -> bool {
        const SMALL: f32 = 1.0 / (1 << 20) as f32;
        let moderate = SMALL..=1.0 / SMALL;
        let [alpha_p, alpha_n, beta, eps] = self.parameters();
        let are_moderate = [alpha_p, alpha_n, beta].map(|a| moderate.contains(&a));
        let has_kernel = are_moderate == [true; 3]
            && alpha_n - beta >= SMALL * alpha_n
            && 256.0 * beta >= alpha_n
            && (-SMALL * 1024.0..=-SMALL / 1024.0).contains(&eps);
        !has_kernel
    }
}

impl Kernel for Branches {
    const WEIGHT: Weight = Weight::Heavy;
    const HAS_NEAR_ZERO: bool = true;
    const LARGEST: f32 = LARGEST;

    #[inline(always)]
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        self.rounded(simd, x).0
    }

    #[inline(always)]
    fn near_zero<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        let is_above = simd.less_than_f32s(simd.splat_f32s(0.0), x);
        let above = line(simd, x, Slope::exactly(self.beta));
        simd.select_f32s(is_above, above, simd.splat_f32s(self.at_zero))
    }

    #[inline(always)]
    fn far<V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        self.beyond(simd, x)
    }
}

impl KernelOf16Bits for Branches {
    #[inline(always)]
    fn eval_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        if T::HAS_RANGE_OF_F32 {
            let (y, rest) = self.rounded(simd, x);
            return round_to_odd(simd, y, rest);
        }
        // All numbers are given to it.
        let largest = simd.splat_f32s(LARGEST);
        let is_inside = simd.less_than_or_equal_f32s(simd.magnitude_f32s(x), largest);
        let (y, rest) = self.rounded(simd, simd.keep_f32s(is_inside, x));
        let y = round_to_odd(simd, y, rest);
        simd.select_f32s(is_inside, y, self.far(simd, x))
    }

    #[inline(always)]
    fn near_zero_16<T: Precision, V: Vocabulary>(self, simd: V, x: V::f32s) -> V::f32s {
        if self.beta != DEFAULTS.beta {
            return self.near_zero(simd, x);
        }
        let is_above = simd.less_than_f32s(simd.splat_f32s(0.0), x);
        simd.select_f32s(is_above, above_half(simd, x), simd.splat_f32s(self.at_zero))
    }
}
