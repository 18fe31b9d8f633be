//! Every operation on rows, on every instruction set: the bits of scalar code, in every shape, out of place
//! and in place, at every alignment.

use crate::common::buffer::Guarded;
use crate::common::rows::{self, KINDS, LONG, Operands, SHAPES, WILD};
use crate::common::{
    Variant, assert_same_bits, inputs, on_each_isa, property_on_each_isa, scale_of_the_heaviest,
};
use activations::{
    AnyRowActivation, Attention, Bounds, Empty, Isa, LogSoftmax, Mask, RowActivation, Rows,
    Softmax, Window,
};
use proptest::prelude::*;

const UNTOUCHED: f32 = f32::from_bits(0xdead_beef);

/// Both forms of the call against `expected`, between guards.
fn assert_is(
    operation: &AnyRowActivation<'_>,
    isa: Isa,
    rows: Rows,
    x: &[f32],
    expected: &[f32],
    offset: usize,
) {
    let check = |y: &Guarded, how: &str| {
        let what = format!("{} on {isa} {how}", rows::described(operation));
        assert!(y.intact(), "{what}, {rows:?}: a guard is gone");
        assert_same_bits(y.slice(), expected, x, format_args!("{what}, {rows:?}"));
    };
    let source = Guarded::new(x, 16 - offset);
    let mut y = Guarded::new(&vec![UNTOUCHED; x.len()], offset);
    operation
        .apply_on(isa, rows, source.slice(), y.slice_mut())
        .unwrap();
    check(&y, "out of place");
    assert_same_bits(source.slice(), x, x, "the input");

    let mut y = Guarded::new(x, offset);
    operation
        .apply_in_place_on(isa, rows, y.slice_mut())
        .unwrap();
    check(&y, "in place");
}

fn scalar(operation: &AnyRowActivation<'_>, rows: Rows, x: &[f32]) -> Vec<f32> {
    rows::compute(operation, Isa::Scalar, Variant::OutOfPlace, rows, x)
}

#[test]
fn every_operation_has_the_same_bits_everywhere() {
    let kinds = [KINDS, WILD].concat();
    on_each_isa("every_operation_has_the_same_bits", |isa| {
        for (i, &(rows, outer)) in SHAPES.iter().enumerate() {
            let operands = Operands::new(rows, outer);
            let step = if scale_of_the_heaviest() > 1 { 7 } else { 1 };
            let check = |x: &[f32], operations: Vec<AnyRowActivation<'_>>| {
                for (j, operation) in operations.into_iter().enumerate() {
                    let x = rows::turned(&operation, x);
                    let expected = scalar(&operation, rows, &x);
                    assert_is(&operation, isa, rows, &x, &expected, (i + j) % 17);
                }
            };
            check(
                &rows::mixed(rows, outer),
                operands.every_operation().collect(),
            );
            for (_, kind) in kinds.iter().skip(i % step).step_by(step) {
                let x = rows::tensor(rows, outer, |_| *kind);
                check(&x, operands.some_operations().collect());
            }
        }
    });
}

#[test]
fn so_has_a_row_that_is_longer_than_a_cache() {
    let kinds = [KINDS, WILD].concat();
    let step = if scale_of_the_heaviest() > 1 { 5 } else { 1 };
    on_each_isa("a_row_that_is_longer", |isa| {
        let operands = Operands::new(LONG, 1);
        for (i, (_, kind)) in kinds.iter().enumerate().step_by(step) {
            let mut x = rows::tensor(LONG, 1, |_| *kind);
            if i % 2 == 1 {
                // A part of it is nothing.
                x[4096..3 * 4096].fill(f32::NEG_INFINITY);
            }
            // Some ways of each, by turns.
            for operation in operands.every_operation().skip(i % 4).step_by(4 * step) {
                let x = rows::turned(&operation, &x);
                let expected = scalar(&operation, LONG, &x);
                assert_is(&operation, isa, LONG, &x, &expected, 3);
            }
        }
    });
}

#[test]
fn a_row_does_not_depend_on_the_others() {
    let kinds = [KINDS, WILD].concat();
    on_each_isa("a_row_does_not_depend", |isa| {
        for &(rows, outer) in SHAPES {
            let operands = Operands::new(rows, outer);
            let x = rows::mixed(rows, outer);
            // A third of the rows stays; zeros take the place of the others.
            for third in 0..3 {
                let stays = |row: usize| row % 3 == third;
                let zero: rows::Logit = |_, _, _| 0.0;
                let kind = |row| {
                    if stays(row) {
                        kinds[row % kinds.len()].1
                    } else {
                        zero
                    }
                };
                let alone = rows::tensor(rows, outer, kind);
                for operation in operands.every_operation() {
                    let [among, alone] = [&x, &alone].map(|x| {
                        let x = rows::turned(&operation, x);
                        rows::compute(&operation, isa, Variant::OutOfPlace, rows, &x)
                    });
                    let of_rows = |y: &[f32]| -> Vec<f32> {
                        let Rows { axis, inner } = rows;
                        let row = |at: usize| at / (axis * inner) * inner + at % inner;
                        let numbers = y.iter().enumerate().filter(|(at, _)| stays(row(*at)));
                        numbers.map(|(_, &y)| y).collect()
                    };
                    let what = format!("{} on {isa}, {rows:?}", rows::described(&operation));
                    let (among, alone) = (of_rows(&among), of_rows(&alone));
                    assert_same_bits(&among, &alone, &alone, format_args!("{what}"));
                }
            }
        }
    });
}

#[test]
fn at_every_alignment_the_bits_are_the_same() {
    on_each_isa("at_every_alignment", |isa| {
        for (rows, outer) in [
            (Rows::last(33), 17),
            (Rows::last(131), 3),
            (Rows::strided(5, 19), 2),
        ] {
            let operands = Operands::new(rows, outer);
            let x = rows::mixed(rows, outer);
            for operation in operands.every_operation() {
                let expected = scalar(&operation, rows, &x);
                for offset in 0..=16 {
                    assert_is(&operation, isa, rows, &x, &expected, offset);
                }
            }
        }
    });
}

#[test]
fn nor_on_how_many_there_are() {
    // Terms that nearly cancel, whose last bits tell the way that a row took.
    let row = [0x4843_51c3, 0x4843_5202, 0x4843_54fc].map(f32::from_bits);
    let mask = Mask::added(&[-60_000.0f32; 3]);
    let attention = Attention::new().scale(0.3).mask(mask);
    let softmax = AnyRowActivation::from(Softmax(attention));
    let log_softmax = AnyRowActivation::from(LogSoftmax(attention));
    on_each_isa("nor_on_how_many", |isa| {
        for operation in [softmax, log_softmax] {
            let of = |inner: usize, wild: Option<f32>| {
                let mut x: Vec<f32> = row.iter().flat_map(|&x| vec![x; inner]).collect();
                if let Some(wild) = wild {
                    x[inner - 1] = wild;
                }
                let rows = Rows::strided(row.len(), inner);
                let y = rows::compute(&operation, isa, Variant::OutOfPlace, rows, &x);
                // The first row.
                y.into_iter().step_by(inner).collect::<Vec<f32>>()
            };
            let expected = of(16, None);
            for inner in [2, 5, 16, 19] {
                for wild in [None, Some(f32::INFINITY), Some(1e9), Some(f32::NAN)] {
                    let what = format_args!("{operation} on {isa}, {inner} rows, {wild:?}");
                    assert_same_bits(&of(inner, wild), &expected, &row, what);
                }
            }
        }
    });
}

#[test]
fn every_short_shape_has_the_same_bits() {
    let step = if scale_of_the_heaviest() > 1 { 5 } else { 1 };
    on_each_isa("every_short_shape", |isa| {
        for axis in (1..=40).chain(120..=150).step_by(step) {
            for rows in [1, 2, 15, 16, 33].map(|inner| Rows::strided(axis, inner)) {
                let outer = 1 + axis % 20;
                let outer = if rows.inner == 1 { outer } else { 1 };
                let operands = Operands::new(rows, outer);
                let x = rows::mixed(rows, outer);
                for operation in operands.every_operation() {
                    let expected = scalar(&operation, rows, &x);
                    assert_is(&operation, isa, rows, &x, &expected, axis % 17);
                }
            }
        }
    });
}

/// Logits of ordinary size for the most part.
fn logit() -> impl Strategy<Value = f32> {
    prop_oneof![
        20 => -8.0f32..8.0,
        10 => -110.0f32..110.0,
        1 => Just(f32::NEG_INFINITY),
        1 => inputs::any_f32(),
    ]
}

#[test]
fn any_operation_of_any_shape_has_the_same_bits() {
    let all: Vec<_> = AnyRowActivation::all().collect();
    let inner = prop_oneof![2 => Just(1usize), 1 => 1usize..=40];
    let shape = (1usize..=150, inner, 1usize..=4, 1usize..=5);
    let operands = (
        proptest::sample::select(all),
        prop_oneof![Just(1.0f32), -3.0f32..3.0, inputs::any_f32()],
        any::<[bool; 2]>(),
        0u8..5,
    );
    let values = (
        proptest::collection::vec(logit(), 1..=80),
        proptest::collection::vec(logit(), 1..=40),
        proptest::collection::vec(any::<usize>(), 1..=20),
    );
    let cases = (shape, operands, values, 0usize..=16);
    property_on_each_isa("any_operation_of_any_shape", &cases, |isa, case| {
        let ((axis, inner, repeat, times), operands, (x, masks, lengths), offset) = case;
        let (operation, scale, [masked, one_mask], kind) = operands;
        let (rows, outer) = (Rows::strided(axis, inner), repeat * times);
        // Each turn of what repeats starts elsewhere.
        let cycled = |values: &[f32], len: usize| -> Vec<f32> {
            let at = |i: usize| (i + i / values.len()) % values.len();
            (0..len).map(|i| values[at(i)]).collect()
        };
        let x = cycled(&x, outer * axis * inner);
        let masks = match (masked, one_mask) {
            (false, _) => vec![],
            (true, true) => cycled(&masks, axis),
            (true, false) => cycled(&masks, repeat * axis),
        };
        let in_range = lengths.iter().map(|length| length % (axis + 1));
        let in_range: Vec<usize> = in_range.cycle().take(repeat).collect();
        let scale = if scale.is_finite() { scale } else { 0.0 };
        let attention = Attention::new()
            .shape(1, repeat)
            .scale(scale)
            .mask(Mask::added(&masks));
        let attention = match kind {
            0 => attention,
            1 => attention.ends(Bounds::PerRow(&in_range)),
            2 => attention.starts(Bounds::PerRow(&in_range)).softcap(10.0),
            3 => attention
                .sinks(&x[..1])
                .window(Window::sliding(in_range[0] as isize, 5)),
            _ => attention
                .window(Window::causal(in_range[0] as isize - 1))
                .empty(Empty::Zero),
        };
        let operation = rows::with(operation, attention);
        let expected = scalar(&operation, rows, &x);
        assert_is(&operation, isa, rows, &x, &expected, offset);
    });
}

#[test]
fn to_vec_is_apply_in_an_aligned_buffer() {
    for (rows, outer) in [
        (Rows::last(7), 0),
        (Rows::last(7), 5),
        (Rows::last(200), 2),
        (Rows::strided(3, 5), 2),
    ] {
        let x = rows::mixed(rows, outer);
        let operands = Operands::new(rows, outer.max(1));
        for operation in operands.every_operation() {
            let expected = scalar(&operation, rows, &x);
            let y = operation.to_vec(rows, &x).unwrap();
            assert_eq!(y.as_ptr().align_offset(64), 0);
            assert_same_bits(&y, &expected, &x, operation);
            let mut applied = vec![UNTOUCHED; x.len()];
            operation.apply(rows, &x, &mut applied).unwrap();
            assert_same_bits(&applied, &expected, &x, operation);
            let mut in_place = x.clone();
            operation.apply_in_place(rows, &mut in_place).unwrap();
            assert_same_bits(&in_place, &expected, &x, operation);
        }
    }
}

#[test]
fn what_is_chosen_at_run_time_is_the_same() {
    let (rows, outer) = (Rows::last(37), 3);
    let x = rows::mixed(rows, outer);
    let attention = Attention::new().shape(1, 3).scale(0.5);
    let softmax = Softmax(attention.window(Window::causal(20)));
    let y = AnyRowActivation::from(softmax).to_vec(rows, &x).unwrap();
    assert_same_bits(&y, &softmax.to_vec(rows, &x).unwrap(), &x, "softmax");
}

#[test]
fn a_mask_of_zeros_and_whole_lengths_change_no_bit() {
    on_each_isa("a_mask_of_zeros", |isa| {
        for (rows, outer) in [(Rows::last(200), 2), (Rows::strided(9, 20), 2)] {
            let x = rows::tensor(rows, outer, |_| KINDS[0].1);
            let zeros = vec![0.0; rows.axis];
            let lengths = [rows.axis];
            for operation in AnyRowActivation::all() {
                let expected = scalar(&operation, rows, &x);
                let attention = Attention::new().mask(Mask::added(&zeros));
                let masked = rows::with(operation, attention.ends(Bounds::PerRow(&lengths)));
                assert_is(&masked, isa, rows, &x, &expected, 0);
            }
        }
    });
}
