//! Tables of 8-bit elements: any entries, any bytes, any quantisation; on every instruction set what an array of the
//! entries gives, nothing written outside, and a refusal where a quantisation is none.

#![no_main]

use activations::{
    Activation, AnyActivation, Arithmetic, ByteTable, Isa, Quantization, QuantizedSoftmax, Rows,
};
use libfuzzer_sys::{arbitrary::Arbitrary, fuzz_target};

#[derive(Arbitrary, Debug)]
struct Call<'a> {
    entries: [u8; 256],
    activation: u8,
    scales: [f32; 2],
    zero_points: [i32; 2],
    axis: u8,
    bytes: &'a [u8],
}

/// Checks a table against the array of its entries.
fn check(table: &ByteTable<u8>, x: &[u8]) {
    let expected: Vec<u8> = x.iter().map(|&x| table.get(x)).collect();
    for isa in Isa::available() {
        // A byte on either side, which stays as it is.
        let mut y = vec![0xaa; x.len() + 2];
        let middle = 1..=x.len();
        table.apply_on(isa, x, &mut y[middle.clone()]).unwrap();
        assert_eq!(y[middle], expected, "{isa}");
        assert_eq!((y[0], y[x.len() + 1]), (0xaa, 0xaa), "{isa}");
        let mut y = x.to_vec();
        table.apply_in_place_on(isa, &mut y).unwrap();
        assert_eq!(y, expected, "{isa}, in place");
    }
}

fuzz_target!(|call: Call<'_>| {
    check(&ByteTable::from(call.entries), call.bytes);
    let quantization = |i: usize| Quantization {
        scale: call.scales[i],
        zero_point: call.zero_points[i],
    };
    let (input, output) = (quantization(0), quantization(1));
    let is_one =
        |q: Quantization| q.scale > 0.0 && q.scale.is_finite() && (0..=255).contains(&q.zero_point);
    let are_right = is_one(input) && is_one(output);
    let activation = AnyActivation::all()
        .nth(usize::from(call.activation) % AnyActivation::all().count())
        .unwrap();
    for arithmetic in [Arithmetic::Exact, Arithmetic::Onnx, Arithmetic::TfLite] {
        let table = ByteTable::<u8>::with_arithmetic(&activation, input, output, arithmetic);
        assert_eq!(table.is_ok(), are_right);
        if let Ok(table) = table {
            check(&table, call.bytes);
        }
    }
    let axis = usize::from(call.axis);
    let mut y = call.bytes.to_vec();
    let done = QuantizedSoftmax { input, output }.apply_in_place(Rows::last(axis), &mut y);
    let fits = call.bytes.is_empty() || axis > 0 && call.bytes.len().is_multiple_of(axis);
    assert_eq!(done.is_ok(), are_right && fits);
    if done.is_err() {
        assert_eq!(y, call.bytes);
    }
});
