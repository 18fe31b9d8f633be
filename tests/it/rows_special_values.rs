//! What operations on rows do with infinities, NaN, logits that cancel and elements past a length.

use crate::common::rows::{self, KINDS};
use crate::common::{Variant, assert_same_bits, on_each_isa};
use crate::rows_oracle::{assert_none, complaint};
use activations::{
    AnyRowActivation, Attention, Bounds, Hardmax, Isa, LogSoftmax, Mask, RowActivation, Rows,
    Softmax, Softmin, Window,
};

const INF: f32 = f32::INFINITY;
const NAN: f32 = f32::NAN;

/// `row` by itself, as a long row, as a row of another axis, and among others.
fn in_all_places(operation: &AnyRowActivation<'_>, isa: Isa, row: &[f32], expected: &[f32]) {
    let axis = row.len();
    for (inner, outer) in [(1, 1), (1, 16), (1, 37), (5, 2), (16, 1), (19, 2)] {
        let rows = Rows::strided(axis, inner);
        let spread = |row: &[f32]| -> Vec<f32> {
            let block = row.iter().flat_map(|&x| std::iter::repeat_n(x, inner));
            let block: Vec<f32> = block.collect();
            block.repeat(outer)
        };
        let x = spread(row);
        for variant in Variant::ALL {
            let y = rows::compute(operation, isa, variant, rows, &x);
            let what = format!(
                "{} of {row:?} on {isa}, {rows:?}",
                rows::described(operation)
            );
            assert_same_bits(&y, &spread(expected), &x, what);
        }
    }
}

/// The row at hand, and one of 150 elements that ends with it: -inf stands before, which gives `rest`.
fn assert_gives(operation: impl Into<AnyRowActivation<'static>>, row: &[f32], expected: &[f32]) {
    let operation = operation.into();
    let (nothing, rest) = match operation {
        AnyRowActivation::Softmin(_) => (INF, 0.0),
        AnyRowActivation::LogSoftmax(_) => (-INF, -INF),
        _ => (-INF, 0.0),
    };
    let rest = if expected[0].is_nan() { NAN } else { rest };
    on_each_isa("special_values_of_rows", |isa| {
        in_all_places(&operation, isa, row, expected);
        let longer = |fill: f32, row: &[f32]| [&vec![fill; 150 - row.len()][..], row].concat();
        let (row, expected) = (longer(nothing, row), longer(rest, expected));
        in_all_places(&operation, isa, &row, &expected);
    });
}

#[test]
fn a_row_that_is_all_minus_infinity_or_has_plus_infinity_or_nan_is_nan() {
    for row in [
        &[-INF, -INF, -INF][..],
        &[-INF],
        &[INF],
        &[NAN],
        &[0.0, INF],
        &[INF, -INF, 2.0],
        &[INF, INF],
        &[1.0, NAN, 2.0],
        &[-INF, -NAN],
        &[NAN, INF, -1e30],
    ] {
        let nan = vec![NAN; row.len()];
        let negated: Vec<f32> = row.iter().map(|x| -x).collect();
        assert_gives(Softmax::default(), row, &nan);
        assert_gives(LogSoftmax::default(), row, &nan);
        assert_gives(Softmin::default(), &negated, &nan);
        for scale in [0.5, 2.0] {
            let softmax = Softmax(Attention::new().scale(scale));
            assert_gives(softmax, row, &nan);
            let log_softmax = LogSoftmax(Attention::new().scale(scale));
            assert_gives(log_softmax, row, &nan);
        }
    }
}

#[test]
fn any_other_minus_infinity_is_nothing() {
    for (row, y, log) in [
        (&[-INF, 3.0][..], &[0.0, 1.0][..], &[-INF, 0.0][..]),
        (&[1e30, -INF, -1e30], &[1.0, 0.0, 0.0], &[0.0, -INF, -2e30]),
        (
            &[-7.0, -INF, -7.0],
            &[0.5, 0.0, 0.5],
            &[-core::f32::consts::LN_2, -INF, -core::f32::consts::LN_2],
        ),
    ] {
        let negated: Vec<f32> = row.iter().map(|x| -x).collect();
        assert_gives(Softmax::default(), row, y);
        assert_gives(LogSoftmax::default(), row, log);
        assert_gives(Softmin::default(), &negated, y);
    }
}

#[test]
fn one_element_is_certain() {
    for x in [0.0, -0.0, 1.0, -103.0, 1e5, -4e4, 1e-40, f32::MAX, f32::MIN] {
        assert_gives(Softmax::default(), &[x], &[1.0]);
        assert_gives(Softmin::default(), &[x], &[1.0]);
        assert_gives(LogSoftmax::default(), &[x], &[0.0]);
    }
    // Whatever the roundings of scale and mask.
    for (scale, x, mask) in [
        (0.385_940_13, 2.849_354_7e30, -4.217_075e31),
        (0.258_081_26, 8.5487e22, -4.1987e23),
        (0.3, 1e30, 0.0),
        (0.3, 1e9, -3e8),
        (-1.7, 3e20, 5.1e20),
        (0.412_409_57, 268_998.75, -110_903.695),
        (0.131_589_14, 567_669.56, -74_788.914),
        (0.692_256_4, 165_885.31, -114_864.45),
    ] {
        let mask = [mask];
        let attention = Attention::new().scale(scale).mask(Mask::added(&mask));
        on_each_isa("one_element", |isa| {
            for (operation, y) in [
                (Softmax(attention).into(), 1.0),
                (LogSoftmax(attention).into(), 0.0),
            ] {
                in_all_places(&operation, isa, &[x], &[y]);
            }
        });
    }
}

#[test]
fn terms_that_cancel_leave_the_logit() {
    let mut complaints = Vec::new();
    let cases: &[(f32, &[f32], &[f32])] = &[
        (0.3, &[1e9, 1e9 + 64.0], &[-3e8, -3e8]),
        (-0.3, &[1e9, 1e9 + 64.0, 0.0], &[3e8, 3e8, 1.0]),
        (
            0.7,
            &[3e5, 3e5 + 0.5, 3e5 - 2.0],
            &[-2.1e5, -2.1e5, -2.1e5 + 1.0],
        ),
        (1.5, &[-4e20, 3.0, -2e20], &[6e20, -1.0, 3e20]),
    ];
    on_each_isa("terms_that_cancel", |isa| {
        for &(scale, row, mask) in cases {
            let attention = Attention::new().scale(scale).mask(Mask::added(mask));
            for (inner, outer) in [(1, 1), (1, 17), (5, 2)] {
                let rows = Rows::strided(row.len(), inner);
                let block = row.iter().flat_map(|&x| std::iter::repeat_n(x, inner));
                let x = block.collect::<Vec<f32>>().repeat(outer);
                for operation in [Softmax(attention).into(), LogSoftmax(attention).into()] {
                    complaints.extend(complaint(&operation, isa, rows, &x, "terms that cancel"));
                }
            }
        }
    });
    assert_none(&complaints);
}

#[test]
fn a_small_term_is_lost_next_to_huge_ones_as_f32_has_it() {
    let mask = Mask::added(&[0.0f32, -1000.0]);
    let attention = Attention::new().scale(0.3).mask(mask);
    let softmax = Softmax(attention).into();
    on_each_isa("a_small_term", |isa| {
        in_all_places(&softmax, isa, &[1e30, 1e30], &[0.5, 0.5])
    });
}

#[test]
fn equal_logits_of_a_long_axis_add_up() {
    let rows = Rows::strided(1 << 20, 1 + 1);
    let equal = vec![0.039_25; 2 << 20];
    // Next to one far above, the sum of the others is all that its logarithm consists of.
    let mut one_above = equal.clone();
    one_above[..2].fill(20.0);
    let mut complaints = Vec::new();
    on_each_isa("equal_logits", |isa| {
        if isa != Isa::Scalar || Isa::available().count() == 1 {
            for (what, x) in [("all equal", &equal), ("one far above", &one_above)] {
                for operation in [Softmax::default().into(), LogSoftmax::default().into()] {
                    complaints.extend(complaint(&operation, isa, rows, x, what));
                }
            }
        }
    });
    assert_none(&complaints);
}

#[test]
fn a_scale_makes_up_for_tiny_and_for_huge_elements() {
    let mut complaints = Vec::new();
    on_each_isa("a_scale_makes_up", |isa| {
        for scale in [1e30, -1e30, 1e-30, -1e-30] {
            for (rows, outer) in [
                (Rows::last(10), 17),
                (Rows::last(150), 3),
                (Rows::strided(40, 19), 1),
            ] {
                let logits = rows::tensor(rows, outer, |_| KINDS[0].1);
                let x: Vec<f32> = logits.iter().map(|logit| logit / scale).collect();
                for operation in AnyRowActivation::all() {
                    let operation = rows::with(operation, Attention::new().scale(scale));
                    let what = format!("elements near {:e}", 1.0 / scale);
                    complaints.extend(complaint(&operation, isa, rows, &x, &what));
                }
            }
        }
    });
    assert_none(&complaints);
}

#[test]
fn hardmax_takes_the_first_of_the_largest() {
    for (row, expected) in [
        (&[0.0][..], &[1.0][..]),
        (&[-INF, -3.0, INF], &[0.0, 0.0, 1.0]),
        (&[2.0, 5.0, 5.0], &[0.0, 1.0, 0.0]),
        (&[-0.0, 0.0], &[1.0, 0.0]),
        (&[INF, INF], &[1.0, 0.0]),
        (&[3.0, NAN], &[NAN, NAN]),
        (&[-1e-45, 1e-45], &[0.0, 1.0]),
    ] {
        assert_gives(Hardmax, row, expected);
    }
    on_each_isa("hardmax_takes_the_first", |isa| {
        in_all_places(&Hardmax.into(), isa, &[-INF, -INF], &[1.0, 0.0]);
        // At every place of a long row, with an equal one behind it.
        for at in 0..140 {
            let mut row = [-1.0; 150];
            let mut expected = [0.0; 150];
            (row[at], row[at + 9], expected[at]) = (4.0, 4.0, 1.0);
            let rows = Rows::last(150);
            let y = rows::compute(&Hardmax.into(), isa, Variant::OutOfPlace, rows, &row);
            assert_eq!(y, expected, "{at} on {isa}");
        }
    });
}

#[test]
fn past_the_length_there_is_nothing_whatever_stands_there() {
    let mut complaints = Vec::new();
    on_each_isa("past_the_length", |isa| {
        for (rows, outer) in [
            (Rows::last(40), 6),
            (Rows::last(150), 6),
            (Rows::strided(40, 19), 2),
        ] {
            let lengths = [0, 1, 3, 16, 17, 40];
            let lengths = &lengths[..outer.min(lengths.len())];
            let kept = |at: usize| {
                let i = at / rows.inner % rows.axis;
                i < lengths[at / (rows.axis * rows.inner) % lengths.len()]
            };
            let ordinary = rows::tensor(rows, outer, |_| KINDS[0].1);
            for wild in [NAN, INF, -INF, f32::MAX] {
                let x = ordinary.iter().enumerate();
                let x: Vec<f32> = x.map(|(at, &x)| if kept(at) { x } else { wild }).collect();
                for operation in AnyRowActivation::all() {
                    let operation =
                        rows::with(operation, Attention::new().ends(Bounds::PerRow(lengths)));
                    if operation.parameter_names().is_empty() {
                        continue; // It has no lengths.
                    }
                    let past = match operation {
                        AnyRowActivation::LogSoftmax(_) => -INF,
                        _ => 0.0,
                    };
                    let mut y = x.clone();
                    operation.apply_in_place_on(isa, rows, &mut y).unwrap();
                    for (at, y) in y.iter().enumerate() {
                        let right = match kept(at) {
                            true => y.is_finite(),
                            false => y.to_bits() == f32::to_bits(past),
                        };
                        assert!(right, "{operation} on {isa}, {rows:?}: {y} at {at}");
                    }
                    complaints.extend(complaint(&operation, isa, rows, &x, "past the length"));
                }
            }
        }
    });
    assert_none(&complaints);
}

#[test]
fn causal_lengths_grow_by_one_with_each_query() {
    let causal = |queries, past| {
        Softmax(
            Attention::new()
                .shape(1, queries)
                .window(Window::causal(past)),
        )
    };
    let seen = |softmax: Softmax<'_>, outer: usize| -> Vec<usize> {
        let y = softmax
            .to_vec(Rows::last(4), &vec![0.0; 4 * outer])
            .unwrap();
        let seen = |row: &[f32]| row.iter().filter(|y| **y != 0.0).count();
        y.chunks(4).map(seen).collect()
    };
    assert_eq!(seen(causal(3, 0), 6), [1, 2, 3, 1, 2, 3]);
    assert_eq!(seen(causal(6, 0), 6), [1, 2, 3, 4, 4, 4]);
    assert_eq!(seen(causal(2, 2), 4), [3, 4, 3, 4]);
    assert_eq!(seen(causal(1, isize::MAX), 2), [4, 4]);
    assert_eq!(seen(causal(2, isize::MAX), 2), [4, 4]);
    assert_eq!(seen(causal(3, -1), 3), [0, 1, 2]);
    assert_eq!(seen(causal(3, isize::MIN), 3), [0, 0, 0]);
}

#[test]
fn masks_repeat_over_the_rows() {
    let mask = [0.0, -INF, -INF, 0.0];
    let softmax = Softmax(Attention::new().mask(Mask::added(&mask)));
    let y = softmax.to_vec(Rows::last(2), &[5.0; 8]).unwrap();
    assert_eq!(y[..], [1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0]);
    let y = softmax.to_vec(Rows::strided(2, 3), &[5.0; 12]).unwrap();
    let (one, other) = ([1.0, 1.0, 1.0], [0.0, 0.0, 0.0]);
    assert_eq!(y[..], [one, other, other, one].concat());
}
