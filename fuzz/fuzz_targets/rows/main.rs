//! Every operation on rows, with any attention, in any shape: the same bits on every instruction
//! set, near the oracle where the logits are modest, nothing written outside, and a refusal where the shapes do
//! not fit.

#![no_main]

#[path = "../../../tests/common/buffer.rs"]
mod buffer;
#[path = "../../../tests/common/ulp.rs"]
#[allow(dead_code)]
mod ulp;

use activations::{
    AnyRowActivation, Attention, Bounds, Empty, Error, Isa, LogSoftmax, Mask, RowActivation,
    RowFormula, Rows, Softmax, Softmin, Window,
};
use buffer::Guarded;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

/// What stands in the output before a call; a NaN that no operation returns.
const UNTOUCHED: f32 = f32::from_bits(0x7fed_cba9);

/// Elements of the largest tensor.
const MOST: usize = 1 << 14;

/// An operation, its input, and what goes with it.
#[derive(Arbitrary, Debug)]
struct Call {
    operation: u8,
    scale: Option<f32>,
    shape: Shape,
    softcap: Option<f32>,
    shape_of_outer: (Count, Count),
    mask: Masked,
    strides: Option<[u8; 3]>,
    starts: Many,
    ends: Many,
    window: Option<(i16, u8, u8)>,
    slopes: Option<Operand<i8>>,
    sinks: Option<Operand<f32>>,
    zeroes_empty: bool,
    /// Repeated as often as it takes, from another place each time.
    logits: Vec<Logit>,
    offset: u8,
}

#[derive(Arbitrary, Debug)]
enum Shape {
    /// Whole blocks.
    Whole { axis: u8, inner: u8, outer: u8 },
    /// Long rows of the last axis.
    Long { axis: u16 },
    /// Any numbers, which hardly fit.
    Any { axis: usize, inner: usize, len: u8 },
}

#[derive(Arbitrary, Debug)]
enum Logit {
    Any(f32),
    /// Sixteenths.
    Small(i8),
    /// 1/256th of it.
    Modest(i16),
    NegInfinity,
}

/// Numbers, and how many of them there are.
#[derive(Arbitrary, Debug)]
struct Operand<T> {
    some: Vec<T>,
    count: Count,
}

#[derive(Arbitrary, Debug)]
enum Count {
    Any(u8),
    /// `outer` over this, times what one row takes: it is more likely to fit.
    Share(u8),
}

#[derive(Arbitrary, Debug)]
enum Many {
    All,
    PerRow(Operand<u8>),
    PerBatch(Operand<u8>),
}

impl Many {
    /// The numbers, which are rarely larger than `axis`.
    fn numbers(&self, outer: usize, axis: usize) -> Vec<usize> {
        match self {
            Self::All => vec![],
            Self::PerRow(bounds) | Self::PerBatch(bounds) => {
                cycled(&bounds.some, 1, bounds.count.of(outer, 1))
                    .into_iter()
                    .map(|bound| usize::from(bound) % axis.saturating_add(2))
                    .collect()
            }
        }
    }

    fn bounds<'a>(&self, numbers: &'a [usize]) -> Bounds<'a> {
        match self {
            Self::All => Bounds::None,
            Self::PerRow(_) => Bounds::PerRow(numbers),
            Self::PerBatch(_) => Bounds::PerBatch(numbers),
        }
    }
}

#[derive(Arbitrary, Debug)]
enum Masked {
    None,
    Added(Operand<f32>),
    Kept(Operand<bool>),
}

impl Shape {
    /// The rows and how many elements there are.
    fn of(&self) -> (Rows, usize) {
        let of = |axis: usize, inner: usize, outer: usize| {
            let block = axis * inner;
            let outer = outer.min(MOST.checked_div(block).unwrap_or(0));
            (Rows { axis, inner }, block * outer)
        };
        match *self {
            Self::Whole { axis, inner, outer } => {
                // One of two of the last axis.
                let inner = if inner % 2 == 0 { 1 } else { inner / 2 };
                of(axis.into(), inner.into(), outer.into())
            }
            Self::Long { axis } => of((axis % (1 << 13)).into(), 1, 2),
            Self::Any { axis, inner, len } => (Rows { axis, inner }, len.into()),
        }
    }
}

impl Count {
    fn of(&self, outer: usize, each: usize) -> usize {
        match self {
            Self::Any(count) => usize::from(*count),
            // What does not fit may be of any size.
            Self::Share(parts) => (outer / usize::from(*parts).max(1))
                .saturating_mul(each)
                .min(MOST),
        }
    }
}

impl Logit {
    fn value(&self) -> f32 {
        match *self {
            Self::Any(x) => x,
            Self::Small(x) => f32::from(x) / 16.0,
            Self::Modest(x) => f32::from(x) / 256.0,
            Self::NegInfinity => f32::NEG_INFINITY,
        }
    }
}

/// `len` numbers, by turns, each turn of which starts one further on.
fn cycled<T: Copy>(some: &[T], none: T, len: usize) -> Vec<T> {
    let count = some.len().max(1);
    let at = |i: usize| (i + i / count) % count;
    (0..len)
        .map(|i| some.get(at(i)).copied().unwrap_or(none))
        .collect()
}

fuzz_target!(|call: Call| {
    let (rows, len) = call.shape.of();
    let outer = len / rows.axis.saturating_mul(rows.inner).max(1);
    let logits: Vec<f32> = call.logits.iter().map(Logit::value).collect();
    let x = cycled(&logits, 1.5, len);
    let axis = rows.axis;
    let (mut added, mut kept) = (vec![], vec![]);
    match &call.mask {
        Masked::None => {}
        Masked::Added(mask) => added = cycled(&mask.some, 0.5, mask.count.of(outer, axis)),
        Masked::Kept(mask) => kept = cycled(&mask.some, true, mask.count.of(outer, axis)),
    }
    let mask = match &call.mask {
        Masked::Kept(_) => Mask::kept(&kept),
        _ => Mask::added(&added),
    };
    let mask = match call.strides {
        None => mask,
        // Of which a stride of whole rows, or none, fits sooner.
        Some(strides) => mask.strides(strides.map(|stride| match stride {
            0..128 => usize::from(stride % 4).saturating_mul(axis),
            stride => stride.into(),
        })),
    };
    let starts = call.starts.numbers(outer, axis);
    let ends = call.ends.numbers(outer, axis);
    let (heads, queries) = &call.shape_of_outer;
    let heads = heads.of(outer, 1);
    let queries = queries.of(outer / heads.max(1), 1);
    let of_heads = |numbers: &Operand<i8>| {
        let numbers = cycled(&numbers.some, 1, numbers.count.of(heads, 1));
        numbers
            .into_iter()
            .map(|slope| f32::from(slope) / 64.0)
            .collect()
    };
    let slopes: Vec<f32> = call.slopes.as_ref().map(of_heads).unwrap_or_default();
    let sinks = match &call.sinks {
        Some(sinks) => cycled(&sinks.some, 0.5, sinks.count.of(heads, 1)),
        None => vec![],
    };
    let mut attention = Attention::new()
        .shape(heads, queries)
        .mask(mask)
        .starts(call.starts.bounds(&starts))
        .ends(call.ends.bounds(&ends))
        .slopes(&slopes)
        .sinks(&sinks);
    if let Some(scale) = call.scale {
        attention = attention.scale(scale);
    }
    if let Some(cap) = call.softcap {
        attention = attention.softcap(cap);
    }
    if let Some((past, before, after)) = call.window {
        attention = attention.window(Window {
            past: past.into(),
            before: before.into(),
            after: after.into(),
        });
    }
    if call.zeroes_empty {
        attention = attention.empty(Empty::Zero);
    }
    let mut all = AnyRowActivation::all();
    let index = usize::from(call.operation) % all.len();
    let operation = match all.nth(index) {
        Some(AnyRowActivation::Softmax(_)) => Softmax(attention).into(),
        Some(AnyRowActivation::LogSoftmax(_)) => LogSoftmax(attention).into(),
        Some(AnyRowActivation::Softmin(_)) => Softmin(attention).into(),
        Some(other) => other,
        None => return,
    };
    // What the oracle is right for to the last bit but a few.
    let is_modest =
        call.softcap.is_none() && added.iter().chain(&sinks).all(|x| modest((*x).into()));
    check(&call, operation, is_modest, rows, &x);
});

/// All of it.
fn check(call: &Call, operation: AnyRowActivation<'_>, is_modest: bool, rows: Rows, x: &[f32]) {
    let offset = usize::from(call.offset % 16);
    let mut expected = vec![UNTOUCHED; x.len()];
    let expected = operation
        .apply_on(Isa::Scalar, rows, x, &mut expected)
        .map(|()| expected);
    if let (Ok(expected), true) = (&expected, is_modest) {
        assert_near(call, operation, rows, x, expected);
    }
    for isa in Isa::available() {
        let source = Guarded::new(x, 15 - offset);
        let out = |y: &mut [f32]| operation.apply_on(isa, rows, source.slice(), y);
        assert_is(call, &expected, vec![UNTOUCHED; x.len()], offset, out);
        let in_place = |y: &mut [f32]| operation.apply_in_place_on(isa, rows, y);
        assert_is(call, &expected, x.to_vec(), offset, in_place);
    }
}

/// Whether neither a product of two such numbers nor a sum leaves what a float resolves, however small.
fn modest(x: f64) -> bool {
    const MODEST: f64 = (1 << 16) as f64;
    x == 0.0 || x == f64::NEG_INFINITY || (1e-20..=MODEST).contains(&x.abs())
}

/// Rows whose logits are all modest, in f64 and so in f32, are within the bound of the oracle.
fn assert_near(call: &Call, operation: AnyRowActivation<'_>, rows: Rows, x: &[f32], y: &[f32]) {
    let Rows { axis, inner } = rows;
    let scale = operation.parameter("scale").map_or(1.0, f64::from);
    if !modest(scale) {
        return;
    }
    let bound = match operation {
        AnyRowActivation::Hardmax(_) => 0.0,
        _ => 2.0 + axis as f64 / 4096.0,
    };
    for first in (0..x.len()).filter(|at| at / inner % axis == 0) {
        let places = (first..).step_by(inner).take(axis);
        let row: Vec<f64> = places.clone().map(|at| f64::from(x[at])).collect();
        let fits = |x: &f64| modest(*x) && (x.is_infinite() || modest(scale * x));
        if !row.iter().all(fits) {
            continue;
        }
        let expected = operation.reference(first / (axis * inner), &row);
        for (at, expected) in places.zip(expected) {
            let error = ulp::ulp_error(y[at], expected);
            assert!(
                error <= bound,
                "{call:?}: {operation}, element {at} is {:e}, not {expected:e}: {error} ULP",
                y[at]
            );
        }
    }
}

/// Calls with a buffer that holds `before` and notices writes outside: the expected results, or the
/// expected refusal and a buffer as it was.
fn assert_is(
    call: &Call,
    expected: &Result<Vec<f32>, Error>,
    before: Vec<f32>,
    offset: usize,
    work: impl FnOnce(&mut [f32]) -> Result<(), Error>,
) {
    let mut y = Guarded::new(&before, offset);
    let result = work(y.slice_mut());
    assert!(y.intact(), "{call:?} wrote outside");
    match (result, expected) {
        (Ok(()), Ok(expected)) => {
            for (i, (y, expected)) in y.slice().iter().zip(expected).enumerate() {
                let same = y.to_bits() == expected.to_bits() || y.is_nan() && expected.is_nan();
                assert!(same, "{call:?}: element {i} is {y:e}, not {expected:e}");
            }
        }
        (Err(error), Err(expected)) => {
            assert_eq!(error.to_string(), expected.to_string());
            let bits = |x: &[f32]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(y.slice()), bits(&before));
        }
        (result, expected) => panic!("{call:?}: {result:?}, not {expected:?}"),
    }
}
