//! Operations on rows that touch unmapped memory on either side, and so do their masks: an access outside of
//! them is a crash.

use crate::common::pages::Pages;
use crate::common::rows::{self, KINDS};
use crate::common::{Variant, assert_same_bits, on_each_isa, step_of_the_heaviest};
use activations::{AnyRowActivation, Attention, Bounds, Isa, Mask, RowActivation, Rows, Window};

/// Every operation, plain and with a mask and lengths, at both ends of accessible memory.
fn assert_keeps_inside(isa: Isa, pages: &mut [Pages; 3], rows: Rows, outer: usize) {
    let [source, target, masks] = pages;
    let x = rows::tensor(rows, outer, |row| KINDS[row % 2].1);
    let lengths: Vec<usize> = (0..outer)
        .map(|row| (row * 7 + rows.axis / 2) % (rows.axis + 1))
        .collect();
    let plain = Attention::new();
    let window = plain.shape(1, outer).window(Window {
        past: (rows.axis / 2) as isize,
        before: rows.axis / 3,
        after: 1,
    });
    for at_end in [false, true] {
        let mut check = |attention: Attention<'_>| {
            check(
                isa,
                [&mut *source, &mut *target],
                at_end,
                rows,
                &x,
                attention,
            )
        };
        check(plain);
        check(plain.ends(Bounds::PerRow(&lengths)));
        check(window.softcap(20.0).slopes(&[-0.5]));
        // One number for each element of a row.
        let mask = masks.edge(at_end, rows.axis);
        mask.fill(-0.25);
        let mask = &*mask;
        check(plain.mask(Mask::added(mask)));
        check(window.mask(Mask::added(mask)));
        let mask = masks.edge_of(at_end, rows.axis);
        mask.fill(1u8);
        // SAFETY: a byte of 1 is `true`.
        let kept = unsafe { core::slice::from_raw_parts(mask.as_ptr().cast(), mask.len()) };
        check(plain.mask(Mask::kept(kept)));
        #[cfg(feature = "half")]
        {
            let mask = masks.edge_of(at_end, rows.axis);
            mask.fill(activations::half::bf16::NEG_ONE);
            check(plain.mask(Mask::added(mask)));
        }
    }
}

/// Every operation with `attention` at one end of accessible memory; those that have none, if it is plain.
fn check(
    isa: Isa,
    [source, target]: [&mut Pages; 2],
    at_end: bool,
    rows: Rows,
    x: &[f32],
    attention: Attention<'_>,
) {
    for operation in AnyRowActivation::all() {
        if attention != Attention::new() && rows::attention(&operation).is_none() {
            continue; // It was there.
        }
        let operation = rows::with(operation, attention);
        let expected = rows::compute(&operation, isa, Variant::OutOfPlace, rows, x);
        let inputs = source.edge(at_end, x.len());
        inputs.copy_from_slice(x);
        let y = target.edge(at_end, x.len());
        operation.apply_on(isa, rows, inputs, y).unwrap();
        let what = format!("{} on {isa}, {rows:?}", rows::described(&operation));
        assert_same_bits(y, &expected, x, &what);
        operation.apply_in_place_on(isa, rows, inputs).unwrap();
        assert_same_bits(inputs, &expected, x, &what);
    }
}

fn pages() -> [Pages; 3] {
    [Pages::new(), Pages::new(), Pages::new()]
}

#[test]
fn no_row_of_the_last_axis_touches_anything_outside() {
    let mut pages = pages();
    on_each_isa("no_row_of_the_last_axis_touches", |isa| {
        for axis in (1..=200).step_by(step_of_the_heaviest(3)) {
            for outer in [1, 2, 3, 8, 15, 16, 17, 20] {
                if axis * outer <= 4096 {
                    assert_keeps_inside(isa, &mut pages, Rows::last(axis), outer);
                }
            }
        }
        assert_keeps_inside(isa, &mut pages, Rows::last(4096), 1);
        assert_keeps_inside(isa, &mut pages, Rows::last(2047), 2);
    });
}

#[test]
fn nor_does_one_of_another_axis() {
    let mut pages = pages();
    on_each_isa("nor_does_one_of_another_axis", |isa| {
        for axis in [1, 2, 3, 16, 40] {
            for inner in (2..=50).step_by(step_of_the_heaviest(3)) {
                for outer in [1, 2] {
                    assert_keeps_inside(isa, &mut pages, Rows::strided(axis, inner), outer);
                }
            }
        }
        assert_keeps_inside(isa, &mut pages, Rows::strided(200, 19), 1);
    });
}
