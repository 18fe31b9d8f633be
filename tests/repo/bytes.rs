//! Tables of 8-bit elements against those of ONNX's reference evaluator and of ONNX Runtime: tests/onnx/quantized.py.

use activations::{AnyActivation, Arithmetic, Byte, ByteTable, Formula, Quantization};

/// How near to a tie, in steps, a result has to be for another library to have rounded it to the other side: their
/// functions are some ULP off, in f32.
const NEAR: f64 = 1e-4;

/// Compares one table with `results`, by the values of the type in their order; returns how many differ.
fn differences<T: Byte + PartialEq>(
    activation: &AnyActivation<'_>,
    input: Quantization,
    output: Quantization,
    results: &[u8],
    what: &str,
) -> usize {
    assert_eq!(results.len(), 256, "{what}");
    let table =
        ByteTable::<T>::with_arithmetic(activation, input, output, Arithmetic::Onnx).unwrap();
    let exact = ByteTable::<T>::new(activation, input, output).unwrap();
    let mut differing = 0;
    for (q, &expected) in T::all().zip(results) {
        let x = f64::from(q.into() - input.zero_point) * f64::from(input.scale);
        let steps = activation.reference(x) / f64::from(output.scale);
        let from_tie = (steps.fract().abs() - 0.5).abs();
        for y in [table.get(q), exact.get(q)] {
            if y != T::from_bits(expected) {
                differing += 1;
                let off = y.into() - T::from_bits(expected).into();
                assert_eq!(off.abs(), 1, "{what}: {q:?}");
                assert!(from_tie < NEAR, "{what}: {q:?} is {steps} steps");
            }
        }
    }
    differing
}

#[test]
fn tables_are_those_of_other_libraries() {
    let data = include_str!("../data/onnx/bytes.txt");
    let (mut tables, mut differing) = (0, 0);
    for line in data.lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let [library, name, of, xs, xz, ys, yz, hex] = fields[..] else {
            panic!("{line}");
        };
        let activation: AnyActivation<'_> = name.parse().unwrap();
        let quantization = |scale: &str, zero_point: &str| Quantization {
            scale: scale.parse().unwrap(),
            zero_point: zero_point.parse().unwrap(),
        };
        let (input, output) = (quantization(xs, xz), quantization(ys, yz));
        let byte = |i: usize| u8::from_str_radix(&hex[i..i + 2], 16).unwrap();
        let results: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
        let what = format!("{library}: {name}, {of}, {input:?}, {output:?}");
        differing += match of {
            "u8" => differences::<u8>(&activation, input, output, &results, &what),
            "i8" => differences::<i8>(&activation, input, output, &results, &what),
            _ => panic!("{line}"),
        };
        tables += 1;
    }
    println!("{tables} tables of 256 results, of which {differing} differ next to a tie");
    assert_eq!(tables, 110);
    assert!(differing <= 40, "{differing}"); // of 56,320
}
