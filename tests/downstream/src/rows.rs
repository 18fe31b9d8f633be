//! Calls of operations on rows.

use crate::{Caller, assert_near};
use activations::{
    AVec, AnyRowActivation, Isa, Lengths, LogSoftmax, RowActivation, Rows, Softmax, Softmin,
};

/// Shapes, as rows and how many blocks of them.
const SHAPES: [(Rows, usize); 10] = [
    (Rows::last(1), 40),
    (Rows::last(2), 36),
    (Rows::last(16), 18),
    (Rows::last(33), 10),
    (Rows::last(128), 6),
    (Rows::last(1000), 4),
    (Rows::strided(2, 40), 2),
    (Rows::strided(33, 7), 2),
    (Rows::strided(128, 16), 2),
    (Rows::strided(1000, 3), 2),
];

/// Mask and lengths of an operation that has them, and its scale.
type Way<'a> = (&'static str, f32, &'a [f32], Lengths<'a>);

fn with<'a>(operation: AnyRowActivation<'a>, way: &Way<'a>) -> Option<AnyRowActivation<'a>> {
    let &(_, scale, mask, lengths) = way;
    Some(match operation {
        AnyRowActivation::Softmax(_) => Softmax {
            scale,
            mask,
            lengths,
        }
        .into(),
        AnyRowActivation::LogSoftmax(_) => LogSoftmax {
            scale,
            mask,
            lengths,
        }
        .into(),
        AnyRowActivation::Softmin(_) => Softmin {
            scale,
            mask,
            lengths,
        }
        .into(),
        _ => return None,
    })
}

pub fn operations(isa: Isa, caller: Caller<'_>) {
    for (rows, outer) in SHAPES {
        let Rows { axis, inner } = rows;
        let x: Vec<f32> = (0..outer * axis * inner)
            .map(|i| (i * 397 % 1024) as f32 / 64.0 - 8.0)
            .collect();
        let mask: Vec<f32> = (0..axis * 2)
            .map(|i| {
                if i % axis % 5 == 3 {
                    f32::NEG_INFINITY
                } else {
                    (i % 16) as f32 / 8.0
                }
            })
            .collect();
        let lengths: Vec<usize> = (0..outer).map(|row| 1 + row * 37 % axis).collect();
        let causal = Lengths::Causal {
            queries: outer,
            past: axis / 3,
        };
        let per_row = Lengths::PerRow(&lengths);
        let ways: [Way<'_>; 6] = [
            ("plain", 1.0, &[], Lengths::All),
            ("scaled", 0.125, &[], Lengths::All),
            ("masked", 1.0, &mask, Lengths::All),
            ("with lengths", 1.0, &[], per_row),
            ("causal", 1.0, &[], causal),
            ("scaled, masked, with lengths", 0.25, &mask, per_row),
        ];
        for operation in AnyRowActivation::all() {
            for way in &ways {
                match with(operation, way) {
                    Some(operation) => operation_of(operation, way.0, rows, &x, isa, caller),
                    None if way.0 == "plain" => {
                        operation_of(operation, way.0, rows, &x, isa, caller)
                    }
                    None => (),
                }
            }
        }
        operation_of(Softmax::default(), "of its own type", rows, &x, isa, caller);
    }
}

/// What the oracle has, row by row.
fn exact(operation: impl RowActivation, rows: Rows, x: &[f32]) -> Vec<f64> {
    let Rows { axis, inner } = rows;
    let mut expected = vec![f64::NAN; x.len()];
    for (block, start) in (0..x.len()).step_by(axis * inner).enumerate() {
        for first in start..start + inner {
            let row: Vec<f64> = (0..axis).map(|i| f64::from(x[first + i * inner])).collect();
            for (i, y) in operation.reference(block, &row).into_iter().enumerate() {
                expected[first + i * inner] = y;
            }
        }
    }
    expected
}

fn operation_of(
    operation: impl RowActivation + std::fmt::Debug + Send + Sync,
    way: &str,
    rows: Rows,
    x: &[f32],
    isa: Isa,
    caller: Caller<'_>,
) {
    let name = format!("{operation:?}");
    let name = name.split(['(', ' ']).next().unwrap_or_default();
    let what = format!("{name} on {isa}, {way}, {rows:?}");
    let expected = exact(operation, rows, x);
    let mut y = vec![f32::NAN; x.len()];
    caller(&what, &mut || {
        operation.apply_on(isa, rows, x, &mut y).unwrap()
    });
    assert_near(&y, &expected, &what);
    let mut y = x.to_vec();
    caller(&format!("{what}, in place"), &mut || {
        operation.apply_in_place_on(isa, rows, &mut y).unwrap()
    });
    assert_near(&y, &expected, &what);
    if isa == Isa::detect() {
        let mut y = AVec::new(64);
        caller(&format!("{what}, to_vec"), &mut || {
            y = operation.to_vec(rows, x).unwrap()
        });
        assert_near(&y, &expected, &what);
    }
}
