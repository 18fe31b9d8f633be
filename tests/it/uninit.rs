//! Calls that write to memory which need not have been written before.
//!
//! That they write all of it, and the bits of other calls, is seen in the property tests, too (`common/forms.rs`), and that they
//! read none of it by Miri (`miri_subset.rs`).

use crate::common::forms::uninit;
use crate::common::rows::{SHAPES, compute, mixed};
use crate::common::{self, Variant, assert_same_bits, on_each_isa};
use activations::{
    Activation, AnyActivation, AnyRowActivation, ByteTable, Error, Gate, Gelu, Isa, Layout, Order,
    Quantization, Relu, RowActivation, Rows, Silu, Softmax, Split, Swiglu,
};
const UNTOUCHED: f32 = f32::from_bits(0xdead_beef);

#[test]
fn activations_write_all_elements() {
    on_each_isa("activations_write_all_elements", |isa| {
        for activation in AnyActivation::all() {
            for len in [0, 1, 7, 16, 100] {
                let x: Vec<f32> = (0..len).map(|i| i as f32 * 0.25 - 8.0).collect();
                let expected = common::compute(&activation, isa, Variant::OutOfPlace, &x);
                let mut y = vec![UNTOUCHED; len];
                let written = activation.apply_uninit_on(isa, &x, uninit(&mut y)).unwrap();
                assert_same_bits(
                    written,
                    &expected,
                    &x,
                    format_args!("{activation} on {isa}"),
                );
            }
        }
    });
}

#[test]
fn operations_on_rows_write_all_elements() {
    on_each_isa("operations_on_rows_write_all", |isa| {
        for operation in AnyRowActivation::all() {
            for &(rows, outer) in SHAPES {
                let x = mixed(rows, outer);
                let expected = compute(&operation, isa, Variant::OutOfPlace, rows, &x);
                let mut y = vec![UNTOUCHED; x.len()];
                let written = operation
                    .apply_uninit_on(isa, rows, &x, uninit(&mut y))
                    .unwrap();
                assert_same_bits(written, &expected, &x, format_args!("{operation} on {isa}"));
            }
        }
    });
}

#[test]
fn bytes_are_written() {
    let quantization = Quantization {
        scale: 0.1,
        zero_point: 128,
    };
    let table = ByteTable::<u8>::new(&Silu, quantization, quantization).unwrap();
    let x: Vec<u8> = (0..=255).collect();
    let mut expected = x.clone();
    table.apply_in_place(&mut expected).unwrap();
    let mut y = Vec::with_capacity(x.len());
    let written = table
        .apply_uninit(&x, &mut y.spare_capacity_mut()[..x.len()])
        .unwrap();
    assert_eq!(written, expected);
}

#[test]
fn nothing_is_written_after_an_error() {
    let split = Split {
        n: 2,
        layout: Layout::Halves,
        order: Order::GateFirst,
    };
    let x = [1.0; 4];
    let mut y = [UNTOUCHED; 3];
    let mismatch = Err(Error::LengthMismatch {
        input: 4,
        output: 3,
    });
    let of = |result: Result<&mut [f32], Error>| result.map(|_| ());
    assert_eq!(of(Relu.apply_uninit(&x, uninit(&mut y))), mismatch);
    let swiglu = Swiglu::default();
    assert_eq!(of(swiglu.apply_uninit(&x, &x, uninit(&mut y))), mismatch);
    let result = of(swiglu.apply_uninit(&x, &x[1..], uninit(&mut y)));
    assert!(matches!(result, Err(Error::OperandMismatch { .. })));
    let result = of(swiglu.apply_split_uninit(split, &x, uninit(&mut y)));
    assert!(matches!(result, Err(Error::SplitMismatch { .. })));
    let rows = Rows::last(4);
    let result = of(Softmax::default().apply_uninit(rows, &x, uninit(&mut y)));
    assert_eq!(result, mismatch);
    let result =
        of(Softmax::default().apply_uninit(Rows::last(3), &x, uninit(&mut [UNTOUCHED; 4])));
    assert!(matches!(result, Err(Error::RowsMismatch { .. })));
    for &isa in Isa::ALL {
        if isa.is_available() {
            continue;
        }
        let unavailable = Err(Error::IsaUnavailable(isa));
        let y = &mut [UNTOUCHED; 4];
        assert_eq!(of(Gelu.apply_uninit_on(isa, &x, uninit(y))), unavailable);
        assert_eq!(
            of(swiglu.apply_uninit_on(isa, &x, &x, uninit(y))),
            unavailable
        );
        let result = Softmax::default().apply_uninit_on(isa, rows, &x, uninit(y));
        assert_eq!(of(result), unavailable);
        assert_eq!(*y, [UNTOUCHED; 4]);
    }
    assert_eq!(y, [UNTOUCHED; 3]);
}
