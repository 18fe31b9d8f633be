//! e^t, unrounded: a power of two times a short product and a small sum.
//!
//! Algorithm: t = k ln2/8 + r with an integer k = 8n + j, 0 <= j < 8, and |r| <= ln2/16 (Cody and
//! Waite, 1980; the table after Tang, 1989). Then e^t = 2^n 2^(j/8) e^r. An f32 `head` stands for
//! 2^(j/8), and what it lacks is added to r: e^t = 2^n head e^(r + shift), exactly. The kernels get
//!
//! - `bits`, of which [`scale`] makes 2^n and which [`Steps::head`] looks `head` up by,
//! - r, exact, and what is to be added to it: the shift and what k ln2/8 lacked. Of their sum
//!   [`expm1`] makes e^r - 1, less than 0.045 in magnitude and rounded at 2^-29,
//!
//! and put together 2^n (head + head (e^r - 1)): the second term is so small that its roundings are
//! some hundredths of an ULP of the sum, which is rounded once, in the kernel, by what it does next.
//!
//! Interval of the fit: |r| <= 1.001 ln2/16. Error of [`expm1`]: 3.4e-10 absolute, 1.2e-8 relative,
//! and its rounding. NaN gives NaN; infinities are for the caller to keep out.

use super::hex;
use crate::simd::{Table, Vocabulary};

/// 8 / ln 2.
pub(super) const STEPS: f32 = hex("0x1.715476p3"); // 11.541560

/// ln2 / 8 to the nearest f32; in a fused operation t less its product with k is exact, as it is
/// a multiple of 2^-27, or of t's last place, and less than 2^-4.
pub(super) const STEP_HIGH: f32 = hex("0x1.62e43p-4"); // 0.086643398

/// What is left of it.
pub(super) const STEP_LOW: f32 = hex("-0x1.05c61p-32"); // -2.3808178e-10

/// Coefficients of (e^r - 1 - r) / r^2, from the constant term up.
const COEFFICIENTS: [f32; 3] = [
    hex("0x1.00000ep-1"), // 0.50000042
    hex("0x1.555c7ap-3"), // 0.16668029
    hex("0x1.5343p-5"),   // 0.041413784
];

/// What stands for 2^(j/8), and the logarithm of what that lacks as a factor.
type Step = (f32, f32);

/// To the nearest f32.
const NEAREST: [Step; 8] = [
    (hex("0x1p0"), hex("0x0p0")),                  // 1.0, 0.0
    (hex("0x1.172b84p0"), hex("-0x1.9c0c22p-27")), // 1.0905077, -1.1992157e-8
    (hex("0x1.306fep0"), hex("0x1.125002p-25")),   // 1.1892071, 3.1934182e-8
    (hex("0x1.4bfdaep0"), hex("-0x1.0a3552p-25")), // 1.2968396, -3.0990723e-8
    (hex("0x1.6a09e6p0"), hex("0x1.26055cp-26")),  // 1.4142135, 1.7114271e-8
    (hex("0x1.8ace54p0"), hex("0x1.67a1cap-28")),  // 1.5422108, 5.2333342e-9
    (hex("0x1.ae89fap0"), hex("-0x1.f9c306p-27")), // 1.6817929, -1.4719606e-8
    (hex("0x1.d5818ep0"), hex("-0x1.a5217cp-28")), // 1.8340081, -6.1282597e-9
];

/// To twelve bits: products with powers of two, and their sums with 1, are exact.
const SHORT: [Step; 8] = [
    (hex("0x1p0"), hex("0x0p0")),              // 1.0, 0.0
    (hex("0x1.172p0"), hex("0x1.51eb06p-13")), // 1.0903320, 1.6113189e-4
    (hex("0x1.306p0"), hex("0x1.ab493p-13")),  // 1.1889648, 2.0374579e-4
    (hex("0x1.4cp0"), hex("-0x1.ca8cep-16")),  // 1.2968750, -2.7331727e-5
    (hex("0x1.6ap0"), hex("0x1.c00c4p-14")),   // 1.4140625, 1.0682293e-4
    (hex("0x1.8acp0"), hex("0x1.29552p-13")),  // 1.5419922, 1.4177919e-4
    (hex("0x1.ae8p0"), hex("0x1.7b9c1cp-14")), // 1.6816406, 9.0506030e-5
    (hex("0x1.d58p0"), hex("0x1.b1d1bap-17")), // 1.8339844, 1.2928821e-5
];

/// The eight steps between powers of two, as tables.
pub(crate) struct Steps {
    /// 2^(j/8) or, where they fall, 2^(-j/8); times the factor that was asked for.
    pub(crate) head: Table,
    shift: Table,
}

impl Steps {
    /// 2^(j/8) times `factor`, a power of two; to the nearest f32.
    pub(crate) const fn rising(factor: f32) -> Self {
        Self::new(NEAREST, factor)
    }

    /// 2^(j/8) times `factor`, a power of two; to twelve bits.
    pub(crate) const fn short(factor: f32) -> Self {
        Self::new(SHORT, factor)
    }

    /// 2^(-j/8) times `factor`, a power of two; to the nearest f32.
    pub(crate) const fn falling(factor: f32) -> Self {
        let mut steps = NEAREST;
        let mut j = 1;
        while j < 8 {
            let (head, shift) = NEAREST[8 - j];
            steps[j] = (head / 2.0, shift);
            j += 1;
        }
        Self::new(steps, factor)
    }

    const fn new(steps: [Step; 8], factor: f32) -> Self {
        let (mut heads, mut shifts) = ([0.0; 8], [0.0; 8]);
        let mut j = 0;
        while j < 8 {
            (heads[j], shifts[j]) = (steps[j].0 * factor, steps[j].1);
            j += 1;
        }
        Self {
            head: Table::new(heads),
            shift: Table::new(shifts),
        }
    }
}

/// F 2^(-j/8) to the nearest f32 with F = 1.02711701, for which that is within 2^-27.5: where one
/// lookup is to do, and a polynomial takes F back. (Its roundings are larger than
/// those of [`expm1`]: an exponential by it falls here and there.)
pub(crate) const ROUNDED_FACTOR: [f32; 8] = [
    hex("0x1.06f124p0"),  // 1.02711701
    hex("0x1.e23cd8p-1"), // 0.941870451
    hex("0x1.ba36c2p-1"), // 0.863699019
    hex("0x1.95830ep-1"), // 0.792015493
    hex("0x1.73db28p-1"), // 0.726281404
    hex("0x1.54fe58p-1"), // 0.666002989
    hex("0x1.38b144p-1"), // 0.610727429
    hex("0x1.1ebd8p-1"),  // 0.56003952
];

/// What, added to a number and subtracted again, rounds it to an integer; that integer then stands
/// in the last bits of the sum. `bias` is added to the exponent that [`scale`] makes of them.
pub(crate) const fn rounder(bias: i32) -> f32 {
    (0x00c0_0000 + 8 * (127 + bias)) as f32
}

/// The integer k nearest to `t * steps`, in the bits of a sum and as a number.
#[inline(always)]
pub(crate) fn round<V: Vocabulary, const BIAS: i32>(
    simd: V,
    t: V::f32s,
    steps: V::f32s,
) -> (V::f32s, V::f32s) {
    let rounder = simd.splat_f32s(const { rounder(BIAS) });
    let bits = simd.mul_add_f32s(t, steps, rounder);
    (bits, simd.sub_f32s(bits, rounder))
}

/// 2^(n + `BIAS`), which is to be a normal number, of what [`reduce`] returned.
#[inline(always)]
pub(crate) fn scale<V: Vocabulary>(simd: V, bits: V::f32s) -> V::f32s {
    let n = simd.and_f32s(bits, simd.splat_f32s(f32::from_bits(!7)));
    simd.shift_left_bits_f32s::<20>(n)
}

/// Two factors whose product is 2^n, of what [`reduce`] returned for a `BIAS` of 127: for n from
/// -254 to 128. So the product of a number with both is rounded once, or is infinite.
#[inline(always)]
pub(crate) fn two_scales<V: Vocabulary>(simd: V, bits: V::f32s) -> (V::f32s, V::f32s) {
    // The exponent's field is n + 254: half of it, and the other half.
    let first = simd.shift_left_bits_f32s::<23>(simd.shift_right_bits_f32s::<4>(bits));
    (first, simd.sub_bits_f32s(scale(simd, bits), first))
}

/// The `BIAS` that [`two_small_scales`] takes: exponents from -314 up have room in the bits.
pub(crate) const SMALL_BIAS: i32 = 189;

/// As [`two_scales`], for a `BIAS` of [`SMALL_BIAS`]: for n from -314 to 0. Neither factor is above 1, but
/// each is multiplied by `factor`, a power of two.
#[inline(always)]
pub(crate) fn two_small_scales<V: Vocabulary>(
    simd: V,
    bits: V::f32s,
    factor: f32,
) -> (V::f32s, V::f32s) {
    let (first, second) = two_scales(simd, bits);
    let unbias = simd.splat_f32s(factor / (1u32 << 31) as f32);
    (simd.mul_f32s(first, unbias), simd.mul_f32s(second, unbias))
}

/// The bits, r and the addend to r of e^t = 2^n head e^r, for steps that rise. |t| is at most 110 or
/// so: the bits have room for -254 <= n + `BIAS` + 127 < 512.
#[inline(always)]
pub(crate) fn reduce<V: Vocabulary, const BIAS: i32>(
    simd: V,
    t: V::f32s,
    steps: &Steps,
) -> (V::f32s, V::f32s, V::f32s) {
    let (bits, k) = round::<V, BIAS>(simd, t, simd.splat_f32s(STEPS));
    let r = simd.negate_mul_add_f32s(k, simd.splat_f32s(STEP_HIGH), t);
    let shift = simd.lookup_f32s(&steps.shift, bits);
    let low = simd.negate_mul_add_f32s(k, simd.splat_f32s(STEP_LOW), shift);
    (bits, r, low)
}

/// The bits, r and the addend to r of e^u = 2^-n head e^r, for u >= 0 and steps that fall. n is not
/// positive.
#[inline(always)]
pub(crate) fn reduce_inverse<V: Vocabulary, const BIAS: i32>(
    simd: V,
    u: V::f32s,
    steps: &Steps,
) -> (V::f32s, V::f32s, V::f32s) {
    let (bits, k) = round::<V, BIAS>(simd, u, simd.splat_f32s(-STEPS));
    let r = simd.mul_add_f32s(k, simd.splat_f32s(STEP_HIGH), u);
    let shift = simd.lookup_f32s(&steps.shift, bits);
    let low = simd.mul_add_f32s(k, simd.splat_f32s(STEP_LOW), shift);
    (bits, r, low)
}

/// `(e^r - 1 - r) / r^2`. (By `polynomial` the compiler would want a register more in some kernels.)
#[inline(always)]
pub(crate) fn beyond_linear<V: Vocabulary>(simd: V, r: V::f32s) -> V::f32s {
    let [c2, c3, c4] = COEFFICIENTS;
    let (c2, c3, c4) = (
        simd.splat_f32s(c2),
        simd.splat_f32s(c3),
        simd.splat_f32s(c4),
    );
    simd.mul_add_f32s(simd.mul_add_f32s(c4, r, c3), r, c2)
}

/// `e^r - 1`.
#[inline(always)]
pub(crate) fn expm1<V: Vocabulary>(simd: V, r: V::f32s) -> V::f32s {
    simd.mul_add_f32s(simd.mul_f32s(r, r), beyond_linear(simd, r), r)
}

/// The steps of e^t itself.
pub(crate) static RISING: Steps = Steps::rising(1.0);

/// e^t as (head + head growth) 2^n: the head is 2^(j/8) to the nearest f32, and the bits those that [`scale`] makes 2^n of.
pub(crate) struct Power<F> {
    pub(crate) head: F,
    pub(crate) growth: F,
    pub(crate) bits: F,
}

impl<F: Copy> Power<F> {
    /// e^t, but for 2^n.
    #[inline(always)]
    pub(crate) fn mantissa<V: Vocabulary<f32s = F>>(&self, simd: V) -> F {
        simd.mul_add_f32s(self.head, self.growth, self.head)
    }
}

/// The parts of e^t, times the factor of `steps`, which rise; t is as for [`reduce`].
#[inline(always)]
pub(crate) fn power<V: Vocabulary, const BIAS: i32>(
    simd: V,
    t: V::f32s,
    steps: &Steps,
) -> Power<V::f32s> {
    let (bits, r, low) = reduce::<V, BIAS>(simd, t, steps);
    let growth = expm1(simd, simd.add_f32s(r, low));
    let head = simd.lookup_f32s(&steps.head, bits);
    Power { head, growth, bits }
}
