//! Operations on rows of tensors of any types.

use super::for_each_pair;
use super::number::{Number, assert_rounded, is_rounded, narrowed, widened};
use crate::common::rows::{KINDS, Operands, SHAPES, WILD, compute, described, tensor};
use crate::common::{Variant, on_each_isa, scale_of_the_heaviest, step_of_the_heaviest};
use activations::{AnyRowActivation, Isa, RowActivation, Rows};
use half::{bf16, f16};

/// A call in words.
fn call<X: Number, Y: Number>(operation: &AnyRowActivation<'_>, isa: Isa, rows: Rows) -> String {
    let operation = described(operation);
    format!(
        "{operation} of {} to {} on {isa}, {rows:?}",
        X::NAME,
        Y::NAME
    )
}

/// An operation on rows of one type, with results of another.
fn check<X: Number, Y: Number>(operation: &AnyRowActivation<'_>, isa: Isa, rows: Rows, x: &[f32]) {
    let what = call::<X, Y>(operation, isa, rows);
    let x: Vec<X> = narrowed(x);
    let expected = compute(operation, isa, Variant::OutOfPlace, rows, &widened(&x));
    let mut y = vec![Y::from_f32(7.0); x.len()];
    operation.apply_to_on(isa, rows, &x, &mut y).unwrap();
    assert_rounded(&y, &expected, &what);
    let mut y = x;
    operation.apply_in_place_on(isa, rows, &mut y).unwrap();
    assert_rounded(&y, &expected, &what);
}

#[test]
fn rows_may_be_of_any_types() {
    let kinds: Vec<_> = KINDS.iter().chain(WILD).collect();
    on_each_isa("rows_may_be_of_any_types", |isa| {
        let shapes = SHAPES.iter().filter(|(rows, _)| rows.axis <= 1792);
        for (number, &(rows, outer)) in shapes.step_by(step_of_the_heaviest(3)).enumerate() {
            let operands = Operands::new(rows, outer);
            // Each row is of another kind, and each shape starts with another.
            let x = tensor(rows, outer, |row| kinds[(row + number) % kinds.len()].1);
            for (at, operation) in operands.every_operation().enumerate().step_by(2) {
                // Each operation from one type, the next from another.
                match (number + at) % 3 {
                    0 => for_each_pair! { from f32 check(&operation, isa, rows, &x) },
                    1 => for_each_pair! { from f16 check(&operation, isa, rows, &x) },
                    _ => for_each_pair! { from bf16 check(&operation, isa, rows, &x) },
                }
            }
        }
    });
}

/// A row of more elements than are widened at a time: every pass goes over it in pieces, so that a sum may be another in the
/// last places of f32.
fn check_long<X: Number, Y: Number>(
    operation: &AnyRowActivation<'_>,
    isa: Isa,
    rows: Rows,
    x: &[f32],
) {
    let what = call::<X, Y>(operation, isa, rows);
    let x: Vec<X> = narrowed(x);
    let wide = widened(&x);
    let expected = compute(operation, isa, Variant::OutOfPlace, rows, &wide);
    let mut y = vec![Y::from_f32(7.0); x.len()];
    operation.apply_to_on(isa, rows, &x, &mut y).unwrap();
    for (i, (&y, &expected)) in y.iter().zip(&expected).enumerate() {
        let near = (-8..=8).any(|ulps| is_rounded(y, moved(expected, ulps)));
        assert!(
            near,
            "{what}: number {i} is {y:?}, not {expected:?} rounded"
        );
    }
    let mut scalar = vec![Y::from_f32(7.0); x.len()];
    operation
        .apply_to_on(Isa::Scalar, rows, &x, &mut scalar)
        .unwrap();
    assert_rounded(&y, &widened(&scalar), &what);
    let mut in_place = x.clone();
    operation
        .apply_in_place_on(isa, rows, &mut in_place)
        .unwrap();
    if X::NAME == Y::NAME && X::NAME != "f32" {
        assert_rounded(&in_place, &widened(&y), &what);
    }
}

/// The number that is so many units further from zero.
fn moved(x: f32, units: i32) -> f32 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    f32::from_bits(x.to_bits().saturating_add_signed(units))
}

#[test]
fn long_rows_may_be_of_any_types() {
    let kinds: Vec<_> = KINDS.iter().chain(WILD).collect();
    let shapes = [
        (Rows::last(2049), 3),
        (Rows::strided(2100, 3), 2),
        (Rows::last(20_000), 2),
        // As long as the rows of f32 that are worked on part by part.
        (Rows::last((1 << 17) + 9000), 1),
    ];
    let shapes = match scale_of_the_heaviest() {
        1 => &shapes[..],
        _ => &shapes[..2],
    };
    on_each_isa("long_rows_may_be_of_any_types", |isa| {
        for &(rows, outer) in shapes {
            let operands = Operands::new(rows, outer);
            for start in (0..kinds.len()).step_by(3 * step_of_the_heaviest(3)) {
                let x = tensor(rows, outer, |row| kinds[(row + start) % kinds.len()].1);
                let operations = operands.every_operation().skip(start % 4).step_by(4);
                for (number, operation) in operations.enumerate() {
                    // Each combination with some of the kinds.
                    match (start + number) % 4 {
                        0 => check_long::<f16, f16>(&operation, isa, rows, &x),
                        1 => check_long::<bf16, bf16>(&operation, isa, rows, &x),
                        2 => check_long::<f32, bf16>(&operation, isa, rows, &x),
                        _ => check_long::<bf16, f32>(&operation, isa, rows, &x),
                    }
                }
            }
        }
    });
}

#[test]
fn the_first_of_several_largest_counts_in_any_piece() {
    let rows = Rows::last(10_000);
    on_each_isa("the_first_of_several_largest", |isa| {
        for ones in [[3, 5, 9000], [1023, 1024, 8192], [5000, 5001, 9999]] {
            let mut x = vec![f16::NEG_ONE; rows.axis];
            for at in ones {
                x[at] = f16::from_f32(2.5);
            }
            let mut expected = vec![0.0; rows.axis];
            expected[ones[0]] = 1.0;
            activations::Hardmax
                .apply_in_place_on(isa, rows, &mut x)
                .unwrap();
            assert_rounded(&x, &expected, format_args!("{ones:?} on {isa}"));
        }
    });
}

#[cfg(feature = "parallel")]
#[test]
fn rows_in_parallel_are_as_right() {
    let (rows, outer) = (Rows::last(1000), 2500);
    let operands = Operands::new(rows, outer);
    let x: Vec<bf16> = narrowed(&tensor(rows, outer, |row| KINDS[row % KINDS.len()].1));
    let wide = widened(&x);
    for operation in operands.every_operation().step_by(step_of_the_heaviest(5)) {
        let expected = compute(&operation, Isa::detect(), Variant::OutOfPlace, rows, &wide);
        let mut y = vec![f16::ZERO; x.len()];
        operation.par_apply_to(rows, &x, &mut y).unwrap();
        assert_rounded(&y, &expected, described(&operation));
        let mut y = x.clone();
        operation.par_apply_in_place(rows, &mut y).unwrap();
        assert_rounded(&y, &expected, described(&operation));
    }
}
