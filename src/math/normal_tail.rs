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
//! - What the linear term of s leaves is small, too: P's other terms are added by themselves.
//! - The table holds F 2^(j/8), with F = 0.97 such that all eight entries lie within 2^-27.1 of a
//!   float, so that one lookup will do; e^(-r/2) - 1 is a polynomial of degree 4, off by 2^-30.
//!
//! The product that is returned is off by less than half a unit in the last place of the result. The
//! constants come from `fit/normal_tail.py`.

use super::{exp, hex, polynomial};
use crate::simd::{Table, Vocabulary};

/// The power of two that the first factor of the result is multiplied by, so that it is normal.
const BIAS: i32 = 40;

/// From here on the result rounds to 0. The intervals end a little above, and no larger u has one.
pub(crate) const VANISHED: f32 = 14.375;

/// y = u SCALE + START.
const SCALE: f32 = hex("0x1.3afeaap0"); // 1.23044837
const START: f32 = hex("0x1.933334p2"); // 6.30000019

/// -4 / ln2.
const STEPS: f32 = hex("-0x1.715476p2"); // -5.77078009
/// ln2 / 4 in two parts, the first of 13 bits.
const STEP_HIGH: f32 = hex("0x1.62ep-3"); // 0.17327881
const STEP_LOW: f32 = hex("0x1.0bfbe8p-17"); // 7.98505e-6

/// ln2 / 4 to the nearest f32.
const STEP_16: f32 = hex("0x1.62e43p-3"); // 0.17328680

/// F 2^(j/8), divided by 2^BIAS.
static TABLE: Table = {
    let mut entries = [
        hex("0x1.f0f7ecp-1"), // 0.970641494
        hex("0x1.0ef956p0"),  // 1.05849206
        hex("0x1.277fccp0"),  // 1.15429378
        hex("0x1.423e82p0"),  // 1.25876629
        hex("0x1.5f68e6p0"),  // 1.37269437
        hex("0x1.7f370ep0"),  // 1.49693382
        hex("0x1.a1e624p0"),  // 1.63241792
        hex("0x1.c7b8dap0"),  // 1.78016436
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
    let k = [13, 18, 22, 24, 28, 31, 1, 7];
    let mut entries = [0.0; 8];
    let mut i = 0;
    while i < entries.len() {
        entries[i] = exp::rounder(BIAS - 1) - k[i] as f32;
        i += 1;
    }
    Table::new(entries)
};

static CENTRES: Table = Table::new([
    hex("0x1.174efep1"),  // 2.18209815
    hex("0x1.d582bep1"),  // 3.66805243
    hex("0x1.56acb4p2"),  // 5.35429096
    hex("0x1.9b590ep2"),  // 6.42731047
    hex("0x1.26331p3"),   // 9.19373322
    hex("0x1.7f4e8ep3"),  // 11.9783392
    hex("0x1.353224p-3"), // 0.150974542
    hex("0x1.f4c38ap-1"), // 0.978054345
]);

/// P, from the constant term, the slope of s, up.
static COEFFICIENTS: [Table; 5] = [
    Table::new([
        hex("0x1.69d4e8p-1"), // 0.706702471
        hex("0x1.efe9cep-2"), // 0.484290332
        hex("0x1.678ddap-2"), // 0.351127058
        hex("0x1.30ceap-2"),  // 0.297663212
        hex("0x1.b38db2p-3"), // 0.212672606
        hex("0x1.515798p-3"), // 0.164717853
        hex("0x1.7daa98p0"),  // 1.4908843
        hex("0x1.0f1efp0"),   // 1.05906582
    ]),
    Table::new([
        hex("-0x1.dedf62p-1"), // -0.935298026
        hex("-0x1.265762p-1"), // -0.574885428
        hex("-0x1.80d34ep-2"), // -0.375806063
        hex("-0x1.355d98p-2"), // -0.302114844
        hex("-0x1.8f1d22p-3"), // -0.194879785
        hex("-0x1.206abep-3"), // -0.140828595
        hex("-0x1.136e2ap1"),  // -2.15179944
        hex("-0x1.83689p0"),   // -1.51331425
    ]),
    Table::new([
        hex("0x1.1015c2p-2"),  // 0.265707999
        hex("0x1.0275f8p-3"),  // 0.12620157
        hex("0x1.7fc55ap-5"),  // 0.0468470342
        hex("0x1.683398p-6"),  // 0.0219849572
        hex("-0x1.b31a4ep-8"), // -0.00663914112
        hex("-0x1.e69302p-7"), // -0.0148490677
        hex("0x1.55d97cp-3"),  // 0.166918725
        hex("0x1.75fd4cp-2"),  // 0.365224063
    ]),
    Table::new([
        hex("-0x1.8c60ap-7"),  // -0.0120964795
        hex("-0x1.1dcd64p-4"), // -0.0697759539
        hex("-0x1.c2e7f8p-5"), // -0.0550422519
        hex("-0x1.9b1156p-5"), // -0.0501791649
        hex("-0x1.d8ec5cp-6"), // -0.0288649462
        hex("-0x1.73c3f2p-6"), // -0.02269076
        hex("0x1.1361c6p0"),   // 1.07571065
        hex("0x1.73ff2ap-2"),  // 0.363278061
    ]),
    Table::new([
        hex("-0x1.d3a99ep-3"), // -0.228350863
        hex("-0x1.e3ebbep-5"), // -0.0590723716
        hex("-0x1.7ad15cp-6"), // -0.0231212042
        hex("0x1.266dcp-8"),   // 0.00449262559
        hex("-0x1.02155p-6"),  // -0.0157521516
        hex("0x1.bf3cc8p-8"),  // 0.00682430156
        hex("-0x1.9f5d06p-2"), // -0.405628294
        hex("-0x1.12dddcp-1"), // -0.536848903
    ]),
];

/// e^(-r/2) - 1, over r and from the constant term up, for -0.166 <= r <= 0.087.
const EXPM1: [f32; 4] = [
    hex("-0x1p-1"),        // -0.5
    hex("0x1.ffff9ep-4"),  // 0.124999635
    hex("-0x1.55599cp-6"), // -0.0208343528
    hex("0x1.5be328p-9"),  // 0.00265416969
];

/// The same for results of 16 bits: found by trial, such that all are rounded right, those next to a tie, too.
const EXPM1_16: [f32; 4] = [
    EXPM1[0],
    hex("0x1.00052cp-3"),  // 0.125009865
    hex("-0x1.555d52p-6"), // -0.0208352376
    hex("0x1.5be6eep-9"),  // 0.00265428214
];

/// Two factors of u Phi(-u). Their exact product is off by less than half a unit in the last place
/// of the result, for u from 2^-60 to [`VANISHED`]; that of 0 is 0.
#[derive(Clone, Copy)]
pub(crate) struct Product<F> {
    /// A power of two.
    pub(crate) power: F,
    pub(crate) rest: F,
}

/// What the interval of u tells: the parts of the exponent.
struct Place<F> {
    /// u less the centre.
    d: F,
    /// The factor of d in the exponent, but for its constant term.
    p: F,
    /// The constant term of that factor.
    slope: F,
    /// u^2 + d `slope`, rounded.
    exponent: F,
    /// The bits in which n stands.
    bits: F,
    /// The n of the exponent.
    n: F,
}

/// The interval of u, and the parts of the exponent there.
#[inline(always)]
fn place<V: Vocabulary>(simd: V, u: V::f32s) -> Place<V::f32s> {
    let y = simd.mul_add_f32s(u, simd.splat_f32s(SCALE), simd.splat_f32s(START));
    let interval = simd.shift_right_bits_f32s::<21>(y);
    let d = simd.sub_f32s(u, simd.lookup_f32s(&CENTRES, interval));
    let t = simd.div_f32s(d, y);
    let mut p = simd.lookup_f32s(&COEFFICIENTS[4], interval);
    p = simd.mul_add_f32s(p, t, simd.lookup_f32s(&COEFFICIENTS[3], interval));
    p = simd.mul_add_f32s(p, t, simd.lookup_f32s(&COEFFICIENTS[2], interval));
    p = simd.mul_add_f32s(p, t, simd.lookup_f32s(&COEFFICIENTS[1], interval));
    p = simd.mul_f32s(p, t);
    let slope = simd.lookup_f32s(&COEFFICIENTS[0], interval);
    let rounder = simd.lookup_f32s(&ROUNDERS, interval);
    let exponent = simd.mul_add_f32s(d, slope, simd.mul_f32s(u, u));
    let bits = simd.mul_add_f32s(exponent, simd.splat_f32s(STEPS), rounder);
    let n = simd.sub_f32s(bits, rounder);
    Place {
        d,
        p,
        slope,
        exponent,
        bits,
        n,
    }
}

/// The r of the exponent, but for n times the lower part of ln2/4. (Where that is rounded, in `place`, it only chooses n.)
#[inline(always)]
fn remainder<V: Vocabulary>(simd: V, u: V::f32s, place: &Place<V::f32s>) -> V::f32s {
    let Place { d, p, slope, n, .. } = *place;
    // The large terms first.
    let r = simd.mul_add_f32s(u, u, simd.mul_f32s(n, simd.splat_f32s(STEP_HIGH)));
    let r = simd.mul_add_f32s(d, slope, r);
    simd.mul_add_f32s(d, p, r)
}

/// `u Phi(-u)`, unrounded.
#[inline(always)]
pub(crate) fn normal_tail<V: Vocabulary>(simd: V, u: V::f32s) -> Product<V::f32s> {
    let place = place(simd, u);
    let r = remainder(simd, u, &place);
    let r = simd.mul_add_f32s(place.n, simd.splat_f32s(STEP_LOW), r);
    let expm1 = simd.mul_f32s(polynomial(simd, r, &EXPM1), r);

    let table = simd.lookup_f32s(&TABLE, place.bits);
    let small = simd.mul_f32s(simd.mul_f32s(table, u), expm1);
    let rest = simd.mul_add_f32s(table, u, small);
    Product {
        power: exp::scale(simd, place.bits),
        rest,
    }
}

/// `Phi(excess - u)`, unrounded, for an `excess` that is small next to u: what the rounding of u added.
#[inline(always)]
pub(crate) fn normal_distribution<V: Vocabulary>(
    simd: V,
    u: V::f32s,
    excess: V::f32s,
) -> Product<V::f32s> {
    let place = place(simd, u);
    let r = remainder(simd, u, &place);
    // The derivative of u^2 + s, nearly. (That of d p is 2p at the centre.)
    let sum = simd.add_f32s(u, place.p);
    let derivative = simd.mul_add_f32s(sum, simd.splat_f32s(2.0), place.slope);
    let low = simd.mul_f32s(place.n, simd.splat_f32s(STEP_LOW));
    let r = simd.add_f32s(r, simd.negate_mul_add_f32s(excess, derivative, low));
    let expm1 = simd.mul_f32s(polynomial(simd, r, &EXPM1), r);

    let table = simd.lookup_f32s(&TABLE, place.bits);
    Product {
        power: exp::scale(simd, place.bits),
        rest: simd.mul_add_f32s(table, expm1, table),
    }
}

/// The same for results of 16 bits: r and the product are rounded where they come about.
#[inline(always)]
pub(crate) fn normal_tail_16<V: Vocabulary>(simd: V, u: V::f32s) -> Product<V::f32s> {
    let Place {
        d,
        p,
        exponent,
        bits,
        n,
        ..
    } = place(simd, u);
    let r = simd.mul_add_f32s(n, simd.splat_f32s(STEP_16), exponent);
    let r = simd.mul_add_f32s(d, p, r);

    let expm1 = simd.mul_f32s(polynomial(simd, r, &EXPM1_16), r);
    let head = simd.mul_f32s(simd.lookup_f32s(&TABLE, bits), u);
    Product {
        power: exp::scale(simd, bits),
        rest: simd.mul_add_f32s(head, expm1, head),
    }
}
