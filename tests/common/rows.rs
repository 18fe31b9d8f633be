//! Operations on rows, what goes with them, and tensors for them.

use super::Variant;
use activations::{
    AnyRowActivation, Isa, Lengths, LogSoftmax, RowActivation, RowFormula, Rows, Softmax, Softmin,
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

/// Mask and lengths for a tensor.
pub struct Operands {
    mask: Vec<f32>,
    lengths: Vec<usize>,
    causal: Lengths<'static>,
}

impl Operands {
    /// For `outer` blocks of `rows`. Every row keeps its first element, but for such as have no length.
    pub fn new(rows: Rows, outer: usize) -> Self {
        // Of an even number of rows, half.
        let repeat = if outer.is_multiple_of(2) {
            outer / 2
        } else {
            outer
        };
        let axis = rows.axis;
        let mask = |i: usize| match i % axis {
            at if at % 5 == 3 => f32::NEG_INFINITY,
            at => 3.0 * noise(i) - 0.25 * (at % 64) as f32,
        };
        Self {
            mask: (0..repeat * axis).map(mask).collect(),
            lengths: (0..repeat)
                .map(|row| (row * 37 + axis / 2) % (axis + 1))
                .collect(),
            causal: Lengths::Causal {
                queries: repeat,
                past: axis / 3,
            },
        }
    }

    /// Every operation with its defaults, and with what leads to kernels and ways of their own.
    pub fn every_operation(&self) -> impl Iterator<Item = AnyRowActivation<'_>> {
        let (none, mask) = (&[][..], &self.mask[..]);
        let per_row = Lengths::PerRow(&self.lengths);
        let ways = [
            (1.0, none, Lengths::All),
            (0.125, none, Lengths::All),
            (-1.7, none, per_row),
            (1.0, none, self.causal),
            (1.0, mask, Lengths::All),
            (0.3, mask, per_row),
        ];
        AnyRowActivation::all().flat_map(move |operation| {
            let count = match attention(&mut operation.clone()) {
                Some(_) => ways.len(),
                None => 1,
            };
            ways.into_iter()
                .take(count)
                .map(move |(scale, mask, lengths)| with(operation, scale, mask, lengths))
        })
    }
}

/// `operation` with these, if it has such.
pub fn with<'a>(
    mut operation: AnyRowActivation<'a>,
    scale: f32,
    mask: &'a [f32],
    lengths: Lengths<'a>,
) -> AnyRowActivation<'a> {
    if let Some(own) = attention(&mut operation) {
        *own.0 = mask;
        *own.1 = lengths;
        assert!(operation.set_parameter("scale", scale), "{operation}");
    }
    operation
}

/// Mask and lengths of an operation.
pub fn attention<'a, 'b>(
    operation: &'b mut AnyRowActivation<'a>,
) -> Option<(&'b mut &'a [f32], &'b mut Lengths<'a>)> {
    match operation {
        AnyRowActivation::Softmax(Softmax { mask, lengths, .. })
        | AnyRowActivation::LogSoftmax(LogSoftmax { mask, lengths, .. })
        | AnyRowActivation::Softmin(Softmin { mask, lengths, .. }) => Some((mask, lengths)),
        _ => None,
    }
}

/// It in words, without the numbers of mask and lengths.
pub fn described(operation: &AnyRowActivation<'_>) -> String {
    let mut text = operation.to_string();
    if let Some((mask, lengths)) = attention(&mut operation.clone()) {
        if !mask.is_empty() {
            text += " masked";
        }
        text += match lengths {
            Lengths::All => "",
            Lengths::PerRow(_) => " with lengths",
            Lengths::Causal { .. } => " causal",
        };
    }
    text
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
