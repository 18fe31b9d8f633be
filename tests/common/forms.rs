//! Every form of one call against what it has to give, between guards.

use super::buffer::Guarded;
use super::steps::{joined, splits};
use super::{Variant, assert_same_bits};
use activations::{Activation, Gate, Isa};
use std::fmt::{Debug, Display};
use std::mem::MaybeUninit;

const UNTOUCHED: f32 = f32::from_bits(0xdead_beef);

/// Asserts that a gate gives `expected`, of two tensors, in place, and of one tensor whose rows have `n` elements of each.
pub fn assert_gate_gives(
    gate: &(impl Gate + Debug),
    isa: Isa,
    (x, value): (&[f32], &[f32]),
    n: usize,
    expected: &[f32],
    offset: usize,
) {
    let check = |y: &Guarded, what: &dyn Debug| {
        let what = format!("{gate:?} on {isa}, {} elements, {what:?}", x.len());
        assert!(y.intact(), "{what}: a guard is gone");
        assert_same_bits(y.slice(), expected, x, what);
    };
    let gates = Guarded::new(x, 16 - offset);
    let values = Guarded::new(value, offset / 2);
    let mut y = Guarded::new(&vec![UNTOUCHED; x.len()], offset);
    gate.apply_on(isa, gates.slice(), values.slice(), y.slice_mut())
        .unwrap();
    check(&y, &"out of place");
    let mut y = Guarded::new(&vec![UNTOUCHED; x.len()], offset);
    gate.apply_uninit_on(isa, gates.slice(), values.slice(), uninit(y.slice_mut()))
        .unwrap();
    check(&y, &"to memory that was not written");
    assert_same_bits(gates.slice(), x, x, "the gate");
    assert_same_bits(values.slice(), value, x, "the value");

    let mut y = Guarded::new(x, offset);
    gate.apply_in_place_on(isa, y.slice_mut(), values.slice())
        .unwrap();
    check(&y, &"in place");
    assert_same_bits(values.slice(), value, x, "the value");

    for split in splits(n) {
        let both = Guarded::new(&joined(split, x, value), 16 - offset);
        let mut y = Guarded::new(&vec![UNTOUCHED; x.len()], offset);
        gate.apply_split_on(isa, split, both.slice(), y.slice_mut())
            .unwrap();
        check(&y, &split);
        let mut y = Guarded::new(&vec![UNTOUCHED; x.len()], offset);
        gate.apply_split_uninit_on(isa, split, both.slice(), uninit(y.slice_mut()))
            .unwrap();
        check(&y, &(split, "to memory that was not written"));
    }
}

/// Asserts that a call on one tensor gives `expected`, out of place, to memory that was not written, and in place.
pub fn assert_gives(
    call: &impl Activation,
    what: impl Display,
    isa: Isa,
    x: &[f32],
    expected: &[f32],
    offset: usize,
) {
    for variant in Variant::ALL {
        let source = Guarded::new(x, 16 - offset);
        let mut y = Guarded::new(x, offset);
        match variant {
            Variant::OutOfPlace => {
                y.slice_mut().fill(UNTOUCHED);
                call.apply_on(isa, source.slice(), y.slice_mut())
            }
            Variant::InPlace => call.apply_in_place_on(isa, y.slice_mut()),
        }
        .unwrap();
        let what = format!("{what} on {isa}, {variant:?}");
        assert!(y.intact(), "{what}: a guard is gone");
        assert_same_bits(source.slice(), x, x, format_args!("{what}: the input"));
        assert_same_bits(y.slice(), expected, x, what);
    }
    let what = format!("{what} on {isa}, to memory that was not written");
    let mut y = Guarded::new(&vec![UNTOUCHED; x.len()], offset);
    let written = call.apply_uninit_on(isa, x, uninit(y.slice_mut())).unwrap();
    assert_same_bits(written, expected, x, &what);
    assert!(y.intact(), "{what}: a guard is gone");
}

/// `y` as memory of which nobody knows whether it has been written.
pub fn uninit<T: Copy>(y: &mut [T]) -> &mut [MaybeUninit<T>] {
    // SAFETY: the two types have one layout; what the callers write through this are numbers.
    unsafe { &mut *(&raw mut *y as *mut [MaybeUninit<T>]) }
}
