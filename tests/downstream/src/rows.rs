//! Calls of operations on rows.

use crate::{Caller, assert_near};
use activations::{
    AVec, AnyRowActivation, Attention, Bounds, Empty, Isa, LogSoftmax, Mask, RowActivation, Rows,
    Softmax, Softmin, Window,
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

/// A name, and what goes with an operation that has attention.
type Way<'a> = (&'static str, Attention<'a>);

fn with<'a>(operation: AnyRowActivation<'a>, way: &Way<'a>) -> Option<AnyRowActivation<'a>> {
    Some(match operation {
        AnyRowActivation::Softmax(_) => Softmax(way.1).into(),
        AnyRowActivation::LogSoftmax(_) => LogSoftmax(way.1).into(),
        AnyRowActivation::Softmin(_) => Softmin(way.1).into(),
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
        let kept: Vec<bool> = mask.iter().map(|mask| mask.is_finite()).collect();
        let plain = Attention::new();
        let of_queries = plain.shape(1, outer);
        let lengths = Bounds::PerRow(&lengths);
        let window = Window::causal((axis / 3) as isize);
        let added = Mask::added(&mask);
        let ways: [Way<'_>; 8] = [
            ("plain", plain),
            ("scaled", plain.scale(0.125)),
            ("masked", plain.mask(added)),
            ("with lengths", plain.ends(lengths)),
            ("causal", of_queries.window(window)),
            (
                "scaled, masked, with lengths",
                plain.scale(0.25).mask(added).ends(lengths),
            ),
            ("kept", plain.mask(Mask::kept(&kept)).empty(Empty::Zero)),
            (
                "with slopes and sinks",
                of_queries.slopes(&[-0.25]).sinks(&[0.5]).window(window),
            ),
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
