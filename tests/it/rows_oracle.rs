//! How far operations on rows are from their oracle.

use crate::common::rows::{self, KINDS, LONG, Operands, SHAPES, WILD};
use crate::common::{Variant, bounds, on_each_isa, scale_of_the_heaviest, ulp};
use activations::{AnyRowActivation, Hardmax, Isa, Rows, Softmax, Softmin};

/// The worst result of `operation` on `isa`, if it is too far from the oracle.
pub fn complaint(
    operation: &AnyRowActivation<'_>,
    isa: Isa,
    rows: Rows,
    x: &[f32],
    what: &str,
) -> Option<String> {
    if operation.parameter("softcap").is_some_and(f32::is_finite) {
        // Its logits are not rounded correctly; what they are is tested in attention.rs.
        return None;
    }
    let y = rows::compute(operation, isa, Variant::OutOfPlace, rows, x);
    let expected = rows::reference(operation, rows, x);
    let mut worst = (bounds::of_rows(operation, rows), None);
    for (i, (&y, &expected)) in y.iter().zip(&expected).enumerate() {
        // Zero is +0 throughout.
        let error = match y == 0.0 && y.is_sign_negative() {
            true => f64::INFINITY,
            false => ulp::ulp_error(y, expected),
        };
        if error > worst.0 {
            worst = (error, Some(i));
        }
    }
    let i = worst.1?;
    Some(format!(
        "{} on {isa}, {what}, {rows:?}: element {i}, of {:e}, is {:e}, not {:e}: {} ULP",
        rows::described(operation),
        x[i],
        y[i],
        expected[i],
        worst.0
    ))
}

#[track_caller]
pub fn assert_none(complaints: &[String]) {
    let few = &complaints[..complaints.len().min(40)];
    assert!(
        few.is_empty(),
        "{} of:\n{}",
        complaints.len(),
        few.join("\n")
    );
}

#[test]
fn every_result_is_near_the_oracle() {
    let mut complaints = Vec::new();
    let step = if scale_of_the_heaviest() > 1 { 3 } else { 1 };
    on_each_isa("every_result_is_near", |isa| {
        for (i, &(rows, outer)) in SHAPES.iter().enumerate() {
            let operands = Operands::new(rows, outer);
            for (j, (what, kind)) in KINDS.iter().enumerate().skip(i % step).step_by(step) {
                let x = rows::tensor(rows, outer, |_| *kind);
                // A third of them with each kind.
                for operation in operands.every_operation().skip(j % 3).step_by(3) {
                    let x = rows::turned(&operation, &x);
                    complaints.extend(complaint(&operation, isa, rows, &x, what));
                }
            }
        }
    });
    assert_none(&complaints);
}

#[test]
fn so_are_those_of_a_row_longer_than_a_cache() {
    let mut complaints = Vec::new();
    let operands = Operands::new(LONG, 1);
    let step = if scale_of_the_heaviest() > 1 { 4 } else { 1 };
    on_each_isa("a_row_longer_than_a_cache", |isa| {
        // Scalar code has the same bits, and is slow.
        let fast = isa != Isa::Scalar || Isa::available().count() == 1;
        for (i, (what, kind)) in KINDS.iter().enumerate().filter(|_| fast).step_by(step) {
            let x = rows::tensor(LONG, 1, |_| *kind);
            // Two ways of each a kind, by turns.
            let operations = operands.every_operation().skip(i % 3).step_by(3);
            for operation in operations.step_by(step) {
                let x = rows::turned(&operation, &x);
                complaints.extend(complaint(&operation, isa, LONG, &x, what));
            }
        }
    });
    assert_none(&complaints);
}

#[test]
fn one_row_that_is_wild_leaves_the_others_alone() {
    let mut complaints = Vec::new();
    on_each_isa("one_row_that_is_wild", |isa| {
        for &(rows, outer) in SHAPES {
            let operands = Operands::new(rows, outer);
            for (what, wild) in &WILD[..3] {
                let kind = |row| if row % 3 == 1 { *wild } else { KINDS[0].1 };
                let x = rows::tensor(rows, outer, kind);
                for operation in operands.every_operation() {
                    let x = rows::turned(&operation, &x);
                    complaints.extend(complaint(&operation, isa, rows, &x, what));
                }
            }
        }
    });
    assert_none(&complaints);
}

#[test]
fn a_row_of_1024_sums_to_1() {
    on_each_isa("a_row_of_1024", |isa| {
        for rows in [Rows::last(1024), Rows::strided(1024, 3)] {
            let outer = 3 / rows.inner;
            for (what, kind) in KINDS {
                let x = rows::tensor(rows, outer, |_| *kind);
                let all = [Softmax::default().into(), Softmin::default().into()];
                for operation in all.into_iter().chain([Hardmax.into()]) {
                    let x = rows::turned(&operation, &x);
                    let y = rows::compute(&operation, isa, Variant::InPlace, rows, &x);
                    for first in (0..3).map(|row| if rows.inner == 1 { row * 1024 } else { row }) {
                        let row = y[first..].iter().step_by(rows.inner).take(1024);
                        let sum: f64 = row.map(|y| f64::from(*y)).sum();
                        let off = (sum - 1.0).abs() * f64::from(1 << 22);
                        assert!(off <= 1.0, "{operation} on {isa}, {what}, {rows:?}: {sum}");
                    }
                }
            }
        }
    });
}
