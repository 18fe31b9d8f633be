//! erf, piece by piece.
//!
//! Algorithm: u = |x| lies in one of eight intervals with the middles c = 0, 1, 2, 3, 4, 5, 6 and 8
//! steps. With t = u - c, erf u = erf c + t P(t), P of degree 5 with coefficients from tables. The
//! step is one for which erf c is nearly an f32 number at all seven c, within 0.095 ULP. In the first
//! interval erf u = u + u P(u): what is added, t or erf c, is the larger of the two.
//!
//! Source: `fit/erf.py`. Interval of the fit: each one's own, up to 3.93; within 0.16 ULP. Error: the
//! last rounding, and those of P times t, which weigh most where u is least in the second interval:
//! 0.84 ULP. Rising throughout, as a sweep over all inputs tells, and never above 1, which it is from
//! x = 3.92 on. NaN gives NaN, the infinities ±1; ±0 are their own images, and tiny results are
//! rounded once.

use super::{hex, intervals};
use crate::simd::{Table, Vocabulary};

/// Above it the result is 1, and it lies in the last interval.
const SATURATED: f32 = 3.93;

/// Intervals of one step each.
const SINGLE: usize = 6;

/// From each middle to the next; the last two are two steps apart.
const STEP: f32 = hex("0x1.d8573p-2"); // 0.46127009

/// Its reciprocal.
const STEPS: f32 = hex("0x1.157ea4p1"); // 2.1679273

/// erf c.
static VALUES: Table = intervals::table::<SINGLE>([
    hex("0x0p0"),         // 0
    hex("0x1.f1795ep-2"), // 0.48581454
    hex("0x1.9db17p-1"),  // 0.80799437
    hex("0x1.e638e8p-1"), // 0.94965291
    hex("0x1.fb5af2p-1"), // 0.99092823
    hex("0x1.ff6ed4p-1"), // 0.99889243
    hex("0x1.fff41ap-1"), // 0.99990922
    hex("0x1.fffffap-1"), // 0.99999982
]);

/// Coefficients of t to the first power, and so on up to the sixth.
static P1: Table = intervals::table::<SINGLE>([
    hex("0x1.06eba8p-3"),  // 0.12837917
    hex("0x1.d300e6p-1"),  // 0.91211623
    hex("0x1.ed53f6p-2"),  // 0.4817656
    hex("0x1.5484dp-3"),   // 0.16626894
    hex("0x1.332932p-5"),  // 0.037495229
    hex("0x1.6a1648p-8"),  // 0.0055250097
    hex("0x1.16de46p-11"), // 0.00053189899
    hex("0x1.714c9cp-20"), // 1.3757469e-06
]);

static P2: Table = intervals::table::<SINGLE>([
    hex("-0x1.62c92cp-22"), // -3.3042005e-07
    hex("-0x1.aed43ap-2"),  // -0.42073146
    hex("-0x1.c71d62p-2"),  // -0.44444802
    hex("-0x1.d735dp-3"),   // -0.23008311
    hex("-0x1.1b5e5ap-4"),  // -0.069181778
    hex("-0x1.a187d4p-7"),  // -0.012742022
    hex("-0x1.81beb2p-10"), // -0.0014715
    hex("-0x1.629f2cp-18"), // -5.2842761e-06
]);

static P3: Table = intervals::table::<SINGLE>([
    hex("-0x1.81212cp-2"), // -0.3761031
    hex("-0x1.65b4e4p-3"), // -0.17466143
    hex("0x1.cdaff6p-4"),  // 0.11271664
    hex("0x1.413596p-3"),  // 0.15684049
    hex("0x1.296ae6p-4"),  // 0.072611712
    hex("0x1.22d598p-6"),  // 0.01775112
    hex("0x1.4d5da8p-9"),  // 0.0025433796
    hex("0x1.8f98eap-17"), // 1.1908928e-05
]);

static P4: Table = intervals::table::<SINGLE>([
    hex("-0x1.fd4d56p-12"), // -0.00048570833
    hex("0x1.71a028p-3"),   // 0.18048126
    hex("0x1.89d4d2p-4"),   // 0.096150227
    hex("-0x1.0533aap-5"),  // -0.031884987
    hex("-0x1.67cd1ep-5"),  // -0.04392105
    hex("-0x1.0a4432p-6"),  // -0.016251611
    hex("-0x1.90fb8ep-9"),  // -0.0030592547
    hex("-0x1.0c647ap-16"), // -1.5997439e-05
]);

static P5: Table = intervals::table::<SINGLE>([
    hex("0x1.dffbdap-4"),  // 0.11718354
    hex("0x1.3b882ap-6"),  // 0.019258538
    hex("-0x1.1541d6p-4"), // -0.067689739
    hex("-0x1.e3ec12p-6"), // -0.029536264
    hex("0x1.4c7c5ap-7"),  // 0.01014666
    hex("0x1.3b61c8p-7"),  // 0.0096246935
    hex("0x1.4f8c92p-9"),  // 0.0025600365
    hex("0x1.07df0cp-15"), // 3.1455907e-05
]);

static P6: Table = intervals::table::<SINGLE>([
    hex("-0x1.20b0aep-6"),  // -0.017620249
    hex("-0x1.983a46p-5"),  // -0.049832474
    hex("-0x1.330bd8p-8"),  // -0.0046851542
    hex("0x1.70887p-6"),    // 0.022493467
    hex("0x1.5d3e5ap-8"),   // 0.0053290338
    hex("-0x1.603f0cp-9"),  // -0.0026874258
    hex("-0x1.2c13c4p-10"), // -0.0011447037
    hex("-0x1.9f484p-15"),  // -4.9505499e-05
]);

/// erf x.
#[inline(always)]
pub(crate) fn erf<V: Vocabulary>(simd: V, x: V::f32s) -> V::f32s {
    let u = simd.at_most_f32s(simd.magnitude_f32s(x), simd.splat_f32s(SATURATED));
    let index = intervals::index::<V, SINGLE>(simd, u, STEPS);
    let steps = simd.sub_f32s(index, intervals::origin::<V, SINGLE>(simd));
    let t = simd.negate_mul_add_f32s(steps, simd.splat_f32s(STEP), u);
    let mut p = simd.lookup_f32s(&P6, index);
    for coefficients in [&P5, &P4, &P3, &P2, &P1] {
        p = simd.mul_add_f32s(p, t, simd.lookup_f32s(coefficients, index));
    }
    // Half a step is less than erf of one, and the table's 0 for the first interval not above u.
    let value = simd.at_least_f32s(t, simd.lookup_f32s(&VALUES, index));
    let y = simd.mul_add_f32s(p, t, value);
    simd.or_f32s(y, simd.sign_f32s(x))
}
