//! u Phi(-u) for u >= 0, Phi being the distribution function of the standard normal distribution.
//!
//! Algorithm: Phi(-u) = e^(-u^2/2) R(u), where R falls from 1/2 at 0 to 1/(sqrt(2 pi) u), slowly; so
//! slowly that its logarithm can be added to the exponent. In each of eight intervals
//! 2R(u) = F 2^(-k/8) e^(-s(u)/2) with an integer k and |s| < 0.6, so that
//!
//! u Phi(-u) = u F/2 2^(-k/8) e^(-(u^2 + s)/2), u^2 + s = -n ln2/4 + r.
//!
//! - s = d P(t) with the distance d to where s is 0 and t = d/y, for a y linear in u whose upper bits
//!   tell the interval. P is of degree 4; the pole makes up for a few more. d P(t) is off by 2^-25.
//! - n is chosen for s = d P(0), so that it need not wait for P: |r| grows to 0.166 at most.
//! - u^2 and the products with n are added in fused operations, so that only what is left after the
//!   large terms have gone is ever rounded. (n times the upper part of ln2/4 is exact.)
//! - The table holds F 2^(j/8), with F = 1.0027 such that all eight entries lie within 2^-27.1 of a
//!   float, so that one lookup will do; e^(-r/2) - 1 is a polynomial of degree 4, off
//!   by 2^-30.
//!
//! The product that is returned is off by less than half a unit in the last place of the result. The
//! constants come from `fit/normal_tail.py`.

use super::hex;
use crate::simd::{Table, Vocabulary};

/// The power of two that the first factor of the result is multiplied by, so that it is normal.
const BIAS: i32 = 40;

/// From here on the result rounds to 0. The intervals end a little above.
const VANISHED: f32 = 14.375;

/// y = u SCALE + START.
const SCALE: f32 = hex("0x1.3afeaap0"); // 1.23044837
const START: f32 = hex("0x1.933334p2"); // 6.30000019

/// -4 / ln2.
const STEPS: f32 = hex("-0x1.715476p2"); // -5.77078009
/// ln2 / 4 in two parts, the first of 13 bits.
const STEP_HIGH: f32 = hex("0x1.62ep-3"); // 0.17327881
const STEP_LOW: f32 = hex("0x1.0bfbe8p-17"); // 7.98505e-6

/// F 2^(j/8), divided by 2^BIAS.
static TABLE: Table = {
    let mut entries = [
        hex("0x1.00b29cp0"), // 1.00272536
        hex("0x1.17ee4ap0"), // 1.09347975
        hex("0x1.314448p0"), // 1.19244814
        hex("0x1.4ce54ep0"), // 1.30037391
        hex("0x1.6b067ep0"), // 1.41806781
        hex("0x1.8be1c8p0"), // 1.5464139
        hex("0x1.afb65cp0"), // 1.68637633
        hex("0x1.d6c92p0"),  // 1.83900642
    ];
    let mut j = 0;
    while j < entries.len() {
        entries[j] /= (1u64 << BIAS) as f32;
        j += 1;
    }
    Table::new(entries)
};

/// What rounds -4/ln2 (u^2 + s) to the integer n and leaves 8 (m + 127 + BIAS) + j in the last bits,
/// 2^(m + j/8) = 2^((n - k)/8 - 1); by interval, as all that follow.
static ROUNDERS: Table = {
    let k = [13, 19, 23, 25, 29, 31, 2, 7];
    let mut entries = [0.0; 8];
    let mut i = 0;
    while i < entries.len() {
        entries[i] = (0x00c0_0000 + 8 * (127 + BIAS - 1) - k[i]) as f32;
        i += 1;
    }
    Table::new(entries)
};

static CENTRES: Table = Table::new([
    hex("0x1.0bafbp1"),   // 2.09129906
    hex("0x1.f2d628p1"),  // 3.89716053
    hex("0x1.6aeb6cp2"),  // 5.67061901
    hex("0x1.b33ce8p2"),  // 6.80059242
    hex("0x1.36ed26p3"),  // 9.71644878
    hex("0x1.72df4p3"),   // 11.5897522
    hex("0x1.cc56bep-3"), // 0.224774823
    hex("0x1.d5af36p-1"), // 0.917352378
]);

/// P, from the constant term up.
static COEFFICIENTS: [Table; 5] = [
    Table::new([
        hex("0x1.73bcaep-1"), // 0.726048887
        hex("0x1.d81206p-2"), // 0.461006254
        hex("0x1.559032p-2"), // 0.333557874
        hex("0x1.2158dap-2"), // 0.282565504
        hex("0x1.9d0fe8p-3"), // 0.201690495
        hex("0x1.5c56dap-3"), // 0.170087531
        hex("0x1.7167f4p0"),  // 1.44299245
        hex("0x1.1580a6p0"),  // 1.08399427
    ]),
    Table::new([
        hex("-0x1.ef4aecp-1"), // -0.967368484
        hex("-0x1.13dc98p-1"), // -0.538792372
        hex("-0x1.678c0ep-2"), // -0.351120204
        hex("-0x1.20dedep-2"), // -0.282100171
        hex("-0x1.74d9d6p-3"), // -0.182056114
        hex("-0x1.2c4948p-3"), // -0.146624148
        hex("-0x1.0b13dp1"),   // -2.08654213
        hex("-0x1.8d8946p0"),  // -1.55287588
    ]),
    Table::new([
        hex("0x1.1abf96p-2"),  // 0.276121467
        hex("0x1.c7dd46p-4"),  // 0.111295007
        hex("0x1.372abcp-5"),  // 0.0379842445
        hex("0x1.f7633p-7"),   // 0.0153621659
        hex("-0x1.284e28p-7"), // -0.00904252008
        hex("-0x1.d1d8fcp-7"), // -0.0142165404
        hex("0x1.a60eccp-3"),  // 0.20608291
        hex("0x1.746636p-2"),  // 0.363671154
    ]),
    Table::new([
        hex("-0x1.9c056cp-12"), // -0.000392934016
        hex("-0x1.18a946p-4"),  // -0.0685208067
        hex("-0x1.a3fdb2p-5"),  // -0.0512684323
        hex("-0x1.576d2ap-5"),  // -0.0419221707
        hex("-0x1.ba26p-6"),    // -0.026986599
        hex("-0x1.6b9b2ep-6"),  // -0.0221927594
        hex("0x1.ffap-1"),      // 0.999267578
        hex("0x1.992a1ap-2"),   // 0.399574667
    ]),
    Table::new([
        hex("-0x1.ef16b2p-3"), // -0.241742507
        hex("-0x1.cd3a7ep-5"), // -0.0563023053
        hex("-0x1.952c8p-6"),  // -0.0247298479
        hex("-0x1.e7f694p-7"), // -0.0148914549
        hex("-0x1.bbe146p-7"), // -0.0135461418
        hex("-0x1.71bb02p-7"), // -0.0112832794
        hex("-0x1.d755dcp-2"), // -0.460288465
        hex("-0x1.1513c8p-1"), // -0.541166544
    ]),
];

/// e^(-r/2) - 1, over r and from the constant term up, for -0.166 <= r <= 0.087.
const EXPM1: [f32; 4] = [
    hex("-0x1p-1"),        // -0.5
    hex("0x1.ffff9ep-4"),  // 0.124999635
    hex("-0x1.55599cp-6"), // -0.0208343528
    hex("0x1.5be328p-9"),  // 0.00265416969
];

/// 2^-125: nothing next to any [`Product`] but those of numbers below 2^-60, of which it makes sure
/// that they are not too small.
const EXCESS: f32 = hex("0x1p-125");

/// Two factors of u Phi(-u). Their exact product is off by less than half a unit in the last place
/// of the result, but too large for u < 2^-60.
#[derive(Clone, Copy)]
pub(crate) struct Product<F> {
    /// A power of two.
    pub(crate) power: F,
    pub(crate) rest: F,
}

/// `u Phi(-u)`, unrounded.
#[inline(always)]
pub(crate) fn normal_tail<V: Vocabulary>(simd: V, u: V::f32s) -> Product<V::f32s> {
    let u = simd.at_most_f32s(u, simd.splat_f32s(VANISHED));

    let y = simd.mul_add_f32s(u, simd.splat_f32s(SCALE), simd.splat_f32s(START));
    let interval = simd.shift_right_bits_f32s::<21>(y);
    let d = simd.sub_f32s(u, simd.lookup_f32s(&CENTRES, interval));
    let t = simd.div_f32s(d, y);
    let mut p = simd.lookup_f32s(&COEFFICIENTS[4], interval);
    p = simd.mul_add_f32s(p, t, simd.lookup_f32s(&COEFFICIENTS[3], interval));
    p = simd.mul_add_f32s(p, t, simd.lookup_f32s(&COEFFICIENTS[2], interval));
    p = simd.mul_add_f32s(p, t, simd.lookup_f32s(&COEFFICIENTS[1], interval));
    let slope = simd.lookup_f32s(&COEFFICIENTS[0], interval);
    p = simd.mul_add_f32s(p, t, slope);

    // Where u^2 + s is rounded, it only chooses n.
    let rounder = simd.lookup_f32s(&ROUNDERS, interval);
    let exponent = simd.mul_add_f32s(d, slope, simd.mul_f32s(u, u));
    let bits = simd.mul_add_f32s(exponent, simd.splat_f32s(STEPS), rounder);
    let n = simd.sub_f32s(bits, rounder);
    // The large terms first.
    let r = simd.mul_add_f32s(u, u, simd.mul_f32s(n, simd.splat_f32s(STEP_HIGH)));
    let r = simd.mul_add_f32s(d, p, r);
    let r = simd.mul_add_f32s(n, simd.splat_f32s(STEP_LOW), r);

    let [c1, c2, c3, c4] = EXPM1;
    let expm1 = simd.mul_add_f32s(simd.splat_f32s(c4), r, simd.splat_f32s(c3));
    let expm1 = simd.mul_add_f32s(expm1, r, simd.splat_f32s(c2));
    let expm1 = simd.mul_add_f32s(expm1, r, simd.splat_f32s(c1));
    let expm1 = simd.mul_f32s(expm1, r);

    let table = simd.lookup_f32s(&TABLE, bits);
    let small = simd.mul_add_f32s(simd.mul_f32s(table, u), expm1, simd.splat_f32s(EXCESS));
    let rest = simd.mul_add_f32s(table, u, small);
    let power = simd.and_f32s(bits, simd.splat_f32s(f32::from_bits(!7)));
    let power = simd.shift_left_bits_f32s::<20>(power);
    Product { power, rest }
}
