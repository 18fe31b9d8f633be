//! Kinds of inputs.

use crate::common::bits;
use crate::common::number::Number;
use std::ops::Range;

/// Inputs of one kind. They are kept in f32, and rounded to the type of the call that gets them: in f16 -1e9 is -inf.
pub struct Kind {
    pub name: &'static str,
    /// What they may take of the time that typical inputs do.
    pub bar: f64,
    /// Whether they are so close to zero that a product with them may be subnormal.
    pub is_tiny: bool,
    numbers: Vec<f32>,
}

/// Numbers of each kind: many times as many as a call gets, so that a branch predictor, which remembers more than one
/// would think, has not seen them a few calls before.
const POOL: usize = 1 << 20;

/// Where a call's numbers may begin; no row is cut.
const STEP: usize = 1 << 12;

/// What a kind of inputs may take, unless it says otherwise.
const BAR: f64 = 1.5;
const BAR_TINY: f64 = 3.0;
/// Where a few are far away from the others.
const BAR_FEW: f64 = 1.2;
/// Rows whose logits are far apart, as those of an attention are.
const BAR_SPAN: f64 = 1.3;

/// As activations and gates of a type see them: what other kinds are compared with first.
pub fn of_elements<T: Number>() -> Vec<Kind> {
    let few = |bits: u32, share: f64| f64::from(bits) < share * f64::from(u32::MAX);
    let typical = |bits| uniform(-6.0..6.0, bits);
    vec![
        kind("typical", BAR, bits().map(typical)),
        kind("-1e9", BAR, constant(-1e9)),
        kind(
            "-20..-10",
            BAR,
            bits().map(|bits| uniform(-20.0..-10.0, bits)),
        ),
        kind(
            "-100..-88",
            BAR,
            bits().map(|bits| uniform(-100.0..-88.0, bits)),
        ),
        kind("-inf", BAR, constant(f32::NEG_INFINITY)),
        kind("inf", BAR, constant(f32::INFINITY)),
        kind("NaN", BAR, constant(f32::NAN)),
        kind("3e38", BAR, constant(3e38)),
        kind("zeros", BAR, constant(0.0)),
        tiny("subnormal", bits().map(subnormal::<T>)),
        tiny("small", pairs().map(small::<T>)),
        kind(
            "0.1% -100",
            BAR_FEW,
            pairs().map(|(a, b)| if few(a, 0.001) { -100.0 } else { typical(b) }),
        ),
        kind(
            "1% -100",
            BAR_FEW,
            pairs().map(|(a, b)| if few(a, 0.01) { -100.0 } else { typical(b) }),
        ),
    ]
}

/// As operations on rows of `axis` elements see them: what other kinds are compared with first.
pub fn of_rows(axis: usize) -> Vec<Kind> {
    let typical = |bits| uniform(-6.0..6.0, bits);
    let span = |span: f32| bits().map(move |bits| uniform(-span / 2.0..span / 2.0, bits));
    let masked = |by: f32| pairs().map(move |(a, b)| if a & 1 == 0 { by } else { typical(b) });
    let alone = (0..).flat_map(move |row: usize| (0..axis).map(move |at| (row, at)));
    let alone = alone
        .zip(bits())
        .map(move |((row, at), bits)| match at == row % axis {
            true => typical(bits),
            false => f32::NEG_INFINITY,
        });
    vec![
        kind("typical", BAR, bits().map(typical)),
        kind("span 20", BAR, span(20.0)),
        kind("span 80", BAR_SPAN, span(80.0)),
        kind("span 200", BAR_SPAN, span(200.0)),
        kind("span 1e5", BAR, span(1e5)),
        kind("half -inf", BAR, masked(f32::NEG_INFINITY)),
        kind("half -1e4", BAR, masked(-1e4)),
        kind("half MIN", BAR, masked(f32::MIN)),
        kind("all but 1", BAR, alone),
        tiny("subnormal", bits().map(subnormal::<f32>)),
    ]
}

impl Kind {
    /// The numbers of a call's inputs, and many more, from a place that `random` picks.
    pub fn numbers(&self, random: u32) -> impl Iterator<Item = f32> {
        let start = random as usize % (POOL / STEP) * STEP;
        let (before, after) = self.numbers.split_at(start);
        after.iter().chain(before).copied()
    }
}

fn kind(name: &'static str, bar: f64, numbers: impl Iterator<Item = f32>) -> Kind {
    Kind {
        name,
        bar,
        is_tiny: false,
        numbers: numbers.take(POOL).collect(),
    }
}

fn tiny(name: &'static str, numbers: impl Iterator<Item = f32>) -> Kind {
    Kind {
        is_tiny: true,
        ..kind(name, BAR_TINY, numbers)
    }
}

fn constant(x: f32) -> impl Iterator<Item = f32> {
    std::iter::repeat(x)
}

/// Two random numbers at a time.
fn pairs() -> impl Iterator<Item = (u32, u32)> {
    let mut bits = bits();
    std::iter::from_fn(move || Some((bits.next()?, bits.next()?)))
}

fn uniform(range: Range<f32>, bits: u32) -> f32 {
    range.start + (range.end - range.start) * (bits as f32 / u32::MAX as f32)
}

/// A subnormal number of the type, of either sign, with a random mantissa.
fn subnormal<T: Number>(bits: u32) -> f32 {
    let mantissa = bits & ((1 << (T::MANTISSA_DIGITS - 1)) - 1) | 1;
    let smallest = T::from_bits(1).to_f64();
    signed(bits, (f64::from(mantissa) * smallest) as f32)
}

/// A normal number of the type, of either sign, in the lowest quarter of its exponents, 2^-126 to 2^-62 in f32 and 2^-14
/// to 2^-6 in f16; as many of each exponent.
fn small<T: Number>((bits, exponent): (u32, u32)) -> f32 {
    let exponents = (T::MAX_EXP / 2) as u32;
    let exponent = T::MIN_EXP - 1 + (exponent % exponents) as i32;
    let mantissa = 1.0 + f64::from(bits & 0x7f_ffff) / f64::from(1 << 23);
    signed(bits, (mantissa * f64::powi(2.0, exponent)) as f32)
}

/// `x`, or `-x` where the highest of `bits` says so.
fn signed(bits: u32, x: f32) -> f32 {
    match bits >> 31 {
        0 => x,
        _ => -x,
    }
}
