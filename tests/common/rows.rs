//! Operations on rows, what goes with them, and tensors for them.

use super::Variant;
use activations::{
    AnyRowActivation, Attention, Bounds, Empty, Isa, LogSoftmax, Mask, RowActivation, RowFormula,
    Rows, Softmax, Softmin, Window,
};

/// Shapes, as rows and how many blocks of them: together they lead every way over a tensor.
pub const SHAPES: &[(Rows, usize)] = &[
    // Short rows, side by side: fewer than sixteen, sixteen, and some over.
    (Rows::last(1), 21),
    (Rows::last(2), 3),
    (Rows::last(3), 40),
    (Rows::last(8), 16),
    (Rows::last(17), 19),
    // The longest of them, and the shortest that is not short.
    (Rows::last(64), 17),
    (Rows::last(65), 17),
    // Longer ones, as they lie, in groups of up to sixteen, and one by one.
    (Rows::last(128), 18),
    (Rows::last(129), 9),
    (Rows::last(200), 17),
    (Rows::last(1024), 3),
    (Rows::last(2100), 2),
    (Rows::last(4097), 1),
    // Of another axis: strips of sixteen rows, a part of one, and both.
    (Rows::strided(1, 5), 2),
    (Rows::strided(10, 7), 3),
    (Rows::strided(33, 37), 2),
    (Rows::strided(64, 16), 2),
    (Rows::strided(300, 17), 1),
];

/// A row that is worked on part by part.
pub const LONG: Rows = Rows::last((1 << 17) + 100);

/// What goes with attention over a tensor.
pub struct Operands {
    heads: usize,
    queries: usize,
    axis: usize,
    mask: Vec<f32>,
    #[cfg(feature = "half")]
    halves: Vec<activations::half::f16>,
    #[cfg(feature = "half")]
    brains: Vec<activations::half::bf16>,
    kept: Vec<bool>,
    lengths: Vec<usize>,
    starts: Vec<usize>,
    per_batch: Vec<usize>,
    of_heads: Vec<f32>,
}

impl Operands {
    /// For `outer` blocks of `rows`. Every row keeps its first element, but for such as have no length.
    pub fn new(rows: Rows, outer: usize) -> Self {
        let heads = if outer.is_multiple_of(3) { 3 } else { 1 };
        let of_head = outer / heads;
        // Two batches, if there are enough rows.
        let batches = if of_head.is_multiple_of(2) { 2 } else { 1 };
        let queries = of_head / batches;
        let repeat = heads * queries;
        let axis = rows.axis;
        let mask = |i: usize| match i % axis {
            at if at % 5 == 3 => f32::NEG_INFINITY,
            at => 3.0 * noise(i) - 0.25 * (at % 64) as f32,
        };
        let mask: Vec<f32> = (0..repeat * axis).map(mask).collect();
        Self {
            heads,
            queries,
            axis,
            #[cfg(feature = "half")]
            halves: mask
                .iter()
                .copied()
                .map(activations::half::f16::from_f32)
                .collect(),
            #[cfg(feature = "half")]
            brains: mask
                .iter()
                .copied()
                .map(activations::half::bf16::from_f32)
                .collect(),
            mask,
            // Some row of some batch keeps nothing.
            kept: (0..batches * axis)
                .map(|i| i % 3 != 1 && i >= axis / 2)
                .collect(),
            lengths: (0..repeat)
                .map(|row| (row * 37 + axis / 2) % (axis + 1))
                .collect(),
            starts: (0..repeat).map(|row| (row * 11) % (axis + 1)).collect(),
            per_batch: (0..batches).map(|batch| axis - batch * axis / 3).collect(),
            of_heads: (0..heads).map(|head| 0.5 - 0.75 * head as f32).collect(),
        }
    }

    /// Attention of the shape of the tensor.
    fn attention(&self) -> Attention<'_> {
        Attention::new().shape(self.heads, self.queries)
    }

    /// The ways that have been there from the start: scale, a mask, lengths.
    pub fn few_ways(&self) -> Vec<Attention<'_>> {
        let plain = Attention::new();
        let mask = Mask::added(&self.mask);
        let lengths = Bounds::PerRow(&self.lengths);
        let past = (self.axis / 3) as isize;
        vec![
            plain,
            plain.scale(0.125),
            plain.scale(-1.7).ends(lengths),
            self.attention().window(Window::causal(past)),
            plain.mask(mask),
            plain.scale(0.3).mask(mask).ends(lengths),
        ]
    }

    /// All options, alone and together.
    pub fn every_way(&self) -> Vec<Attention<'_>> {
        let of_shape = self.attention();
        let axis = self.axis as isize;
        let kept = Mask::kept(&self.kept).strides([self.axis, 0, 0]);
        let of_heads = Mask::added(&self.mask).strides([0, self.queries * self.axis, self.axis]);
        let starts = Bounds::PerRow(&self.starts);
        let ends = Bounds::PerBatch(&self.per_batch);
        let around = Window {
            past: axis / 2 - 3,
            before: self.axis / 3,
            after: 2,
        };
        let mut ways = self.few_ways();
        ways.extend([
            of_shape.scale(0.5).softcap(20.0),
            of_shape.mask(kept),
            of_shape.mask(kept).empty(Empty::Zero).ends(ends),
            of_shape
                .slopes(&self.of_heads)
                .window(Window::causal(axis / 2 - 2)),
            of_shape.starts(starts).ends(ends),
            of_shape
                .window(Window::sliding(axis / 2, 1 + self.axis / 3))
                .scale(2.0),
            of_shape.sinks(&self.of_heads),
            of_shape
                .sinks(&self.of_heads)
                .window(Window::causal(-1))
                .empty(Empty::Zero),
            of_shape
                .scale(-0.7)
                .softcap(9.0)
                .slopes(&self.of_heads)
                .mask(of_heads)
                .starts(starts)
                .window(around)
                .sinks(&self.of_heads)
                .empty(Empty::Zero),
        ]);
        #[cfg(feature = "half")]
        ways.extend([
            of_shape.mask(Mask::added(&self.halves)).ends(ends),
            of_shape
                .mask(Mask::added(&self.brains))
                .sinks(&self.of_heads)
                .starts(starts),
        ]);
        ways
    }

    /// Every operation with its defaults, and with what leads to kernels and ways of their own.
    pub fn every_operation(&self) -> impl Iterator<Item = AnyRowActivation<'_>> {
        every_operation(self.every_way())
    }

    /// The same with [`few_ways`](Self::few_ways) alone.
    pub fn some_operations(&self) -> impl Iterator<Item = AnyRowActivation<'_>> {
        every_operation(self.few_ways())
    }
}

/// Every operation in each of these ways; in one, if it has no attention.
fn every_operation(ways: Vec<Attention<'_>>) -> impl Iterator<Item = AnyRowActivation<'_>> {
    AnyRowActivation::all().flat_map(move |operation| {
        let count = if attention(&operation).is_some() {
            ways.len()
        } else {
            1
        };
        let ways = ways[..count].to_vec();
        ways.into_iter().map(move |way| with(operation, way))
    })
}

/// `operation` with `attention`, if it has such.
pub fn with<'a>(operation: AnyRowActivation<'a>, attention: Attention<'a>) -> AnyRowActivation<'a> {
    match operation {
        AnyRowActivation::Softmax(_) => Softmax(attention).into(),
        AnyRowActivation::LogSoftmax(_) => LogSoftmax(attention).into(),
        AnyRowActivation::Softmin(_) => Softmin(attention).into(),
        other => other,
    }
}

/// The attention of an operation.
pub fn attention<'a>(operation: &AnyRowActivation<'a>) -> Option<Attention<'a>> {
    match operation {
        AnyRowActivation::Softmax(Softmax(attention))
        | AnyRowActivation::LogSoftmax(LogSoftmax(attention))
        | AnyRowActivation::Softmin(Softmin(attention)) => Some(*attention),
        _ => None,
    }
}

/// It in words, with all that goes with it.
pub fn described(operation: &AnyRowActivation<'_>) -> String {
    format!("{operation:?}")
}

/// A number from 0 to 1 that looks random.
pub fn noise(i: usize) -> f32 {
    let mixed = (i as u32 ^ 0x5bd1_e995).wrapping_mul(0x9e37_79b1);
    let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x85eb_ca77);
    (mixed >> 8) as f32 / (1 << 24) as f32
}

/// From the number of a row, a place in it, and its length to a logit.
pub type Logit = fn(usize, usize, usize) -> f32;

/// Rows that are hard to get right, each in its own way, with logits of up to 2^20.
pub const KINDS: &[(&str, Logit)] = &[
    ("ordinary", |row, i, _| 16.0 * noise(row * 977 + i) - 8.0),
    ("one far above", |row, i, axis| {
        let below = [17.0, 24.0, 17.25][i % 3] + 0.5 * noise(row * 977 + i);
        if i == row * 7 % axis {
            3.0
        } else {
            3.0 - below
        }
    }),
    ("two above", |row, i, axis| {
        if i == row % axis || i == axis / 2 {
            5.0
        } else {
            -5.0 - 10.0 * noise(i)
        }
    }),
    ("all equal", |row, _, _| row as f32 * 0.37 - 1.0),
    ("almost equal", |row, i, _| 1e-3 * noise(row * 977 + i)),
    ("spread", |row, i, _| 200.0 * noise(row * 977 + i) - 100.0),
    ("vanishing", |row, i, axis| {
        if i == row % axis {
            0.5
        } else {
            -84.0 - 24.0 * noise(row * 977 + i)
        }
    }),
    ("near 1e5", |row, i, _| 1e5 + 16.0 * noise(row * 977 + i)),
    ("near -1e5", |row, i, _| -1e5 - 16.0 * noise(row * 977 + i)),
    ("near 32768", |row, i, _| {
        32_760.0 + 16.0 * noise(row * 977 + i)
    }),
    ("wide", |row, i, _| {
        600_000.0 * (noise(row * 977 + i) * 2.0 - 1.0)
    }),
    ("some -inf", |row, i, _| match i % 4 {
        1 | 2 => f32::NEG_INFINITY,
        _ => 8.0 * noise(row * 977 + i),
    }),
    ("zeros", |_, i, _| if i % 2 == 0 { -0.0 } else { 0.0 }),
];

/// Rows that give NaN, or nothing but infinities; and numbers of all sizes.
pub const WILD: &[(&str, Logit)] = &[
    ("a NaN", |row, i, axis| {
        if i == row * 5 % axis {
            f32::NAN
        } else {
            noise(i)
        }
    }),
    ("an infinity", |row, i, axis| {
        if i == row * 5 % axis {
            f32::INFINITY
        } else {
            noise(i)
        }
    }),
    ("all -inf", |_, _, _| f32::NEG_INFINITY),
    ("any bits but NaN", |row, i, _| {
        let x = f32::from_bits(((row * 977 + i) as u32).wrapping_mul(0x9e37_79b1));
        if x.is_nan() { 0.0 } else { x }
    }),
    ("huge", |row, i, _| {
        f32::MAX * (2.0 * noise(row * 977 + i) - 1.0)
    }),
];

/// A tensor of `outer` blocks of `rows`, of which each has the logits that `kind` says for its number.
pub fn tensor(rows: Rows, outer: usize, kind: impl Fn(usize) -> Logit) -> Vec<f32> {
    let Rows { axis, inner } = rows;
    let element = |at: usize| {
        let row = at / (axis * inner) * inner + at % inner;
        kind(row)(row, at / inner % axis, axis)
    };
    (0..outer * axis * inner).map(element).collect()
}

/// Such a tensor with rows of all kinds by turns.
pub fn mixed(rows: Rows, outer: usize) -> Vec<f32> {
    let kinds = [KINDS, WILD].concat();
    tensor(rows, outer, |row| kinds[row % kinds.len()].1)
}

/// `x` as `operation` is to have it: softmin has its softmax turned round.
pub fn turned(operation: &AnyRowActivation<'_>, x: &[f32]) -> Vec<f32> {
    match operation {
        AnyRowActivation::Softmin(_) => x.iter().map(|x| -x).collect(),
        _ => x.to_vec(),
    }
}

/// `operation` on `isa`, in a new buffer.
pub fn compute(
    operation: &AnyRowActivation<'_>,
    isa: Isa,
    variant: Variant,
    rows: Rows,
    x: &[f32],
) -> Vec<f32> {
    let mut y = x.to_vec();
    match variant {
        Variant::OutOfPlace => {
            // Not what any operation returns.
            y.fill(f32::from_bits(0xdead_beef));
            operation.apply_on(isa, rows, x, &mut y)
        }
        Variant::InPlace => operation.apply_in_place_on(isa, rows, &mut y),
    }
    .unwrap_or_else(|error| panic!("{} on {isa}: {error}", described(operation)));
    y
}

/// The oracle, row by row.
pub fn reference(operation: &AnyRowActivation<'_>, rows: Rows, x: &[f32]) -> Vec<f64> {
    let Rows { axis, inner } = rows;
    let mut expected = vec![f64::NAN; x.len()];
    for (block, start) in (0..x.len()).step_by(axis * inner).enumerate() {
        for first in start..start + inner {
            let places = (first..).step_by(inner).take(axis);
            let row: Vec<f64> = places.clone().map(|at| f64::from(x[at])).collect();
            let results = operation.reference(block, &row);
            assert_eq!(results.len(), axis, "{operation}");
            for (at, y) in places.zip(results) {
                expected[at] = y;
            }
        }
    }
    expected
}
