//! Tables of 8-bit elements: their entries, and that they are applied.

use crate::common::{on_each_isa, property_on_each_isa, scale_of_the_heaviest};
use activations::{
    Activation, AnyActivation, Arithmetic, Byte, ByteTable, Error, Formula, Fused, Isa, LeakyRelu,
    Prelu, Quantization, QuantizedSoftmax, Relu, RowActivation, Rows, Sigmoid, Softmax, Tanh,
};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

const WIDE: Quantization = Quantization {
    scale: 0.093_75,
    zero_point: 3,
};

/// Quantisations with odd scales and zero points, some of which saturate most results.
fn quantizations() -> Vec<(Quantization, Quantization)> {
    let q = |scale, zero_point| Quantization { scale, zero_point };
    vec![
        (q(0.1, 0), q(1.0 / 256.0, 0)),
        (q(0.05, 127), q(0.017, 1)),
        (WIDE, q(0.031_25, 100)),
        (q(1e-3, 17), q(1e-3, 64)),
        (q(300.0, 5), q(1e-30, 9)),
        (q(f32::MAX, 1), q(f32::MAX, 2)),
        (q(f32::from_bits(1), 1), q(f32::from_bits(1), 2)),
    ]
}

fn real(q: i32, quantization: Quantization) -> f64 {
    f64::from(q - quantization.zero_point) * f64::from(quantization.scale)
}

/// The definition, written down once more.
fn quantized<T: Byte>(y: f64, output: Quantization) -> T {
    if y.is_nan() {
        return T::saturated(output.zero_point);
    }
    let steps = (y / f64::from(output.scale)).round_ties_even();
    T::saturated((steps + f64::from(output.zero_point)).clamp(-1000.0, 1000.0) as i32)
}

fn assert_entries_of_all<T: Byte + PartialEq>() {
    for activation in AnyActivation::all() {
        for (input, output) in quantizations() {
            let table = ByteTable::<T>::new(&activation, input, output).unwrap();
            for q in T::all() {
                let y = activation.reference(real(q.into(), input));
                let expected: T = quantized(y, output);
                assert_eq!(
                    table.get(q),
                    expected,
                    "{activation}, {q:?}, {input:?}, {output:?}"
                );
            }
        }
    }
}

#[test]
fn entries_are_those_of_the_definition() {
    assert_entries_of_all::<u8>();
    assert_entries_of_all::<i8>();
}

#[test]
fn some_entries_by_hand() {
    let q = |scale, zero_point| Quantization { scale, zero_point };
    // Halves are rounded to even: relu of 1/2, 3/2 and 5/2 steps.
    let table = ByteTable::<i8>::new(&Relu, q(0.5, 0), q(1.0, 0)).unwrap();
    assert_eq!([1, 3, 5, -1, 127].map(|x| table.get(x)), [0, 2, 2, 0, 64]);
    // Away from zero for TensorFlow Lite.
    let lite = ByteTable::<i8>::with_arithmetic(&Relu, q(0.5, 0), q(1.0, 0), Arithmetic::TfLite);
    assert_eq!([1, 3, 5].map(|x| lite.as_ref().unwrap().get(x)), [1, 2, 3]);
    // Saturated at both ends.
    let tanh = ByteTable::<i8>::new(&Tanh, q(1.0, 0), q(1.0 / 200.0, 0)).unwrap();
    assert_eq!([-128, 0, 127].map(|x| tanh.get(x)), [-128, 0, 127]);
    // NaN, of infinity less infinity, becomes the zero point.
    let nan = ByteTable::<u8>::from_fn(|_| f64::NAN, q(1.0, 0), q(1.0, 77)).unwrap();
    assert_eq!(nan.get(5), 77);
    let reversed: [u8; 256] = core::array::from_fn(|i| 255 - i as u8);
    assert_eq!(ByteTable::from(reversed).get(1), 254);
    assert_eq!(ByteTable::from(reversed).reference(1.4), 254.0);
    assert_eq!(ByteTable::from(reversed).reference(-5.0), 255.0);
    let signed: [i8; 256] = core::array::from_fn(|i| i as u8 as i8);
    assert!((i8::MIN..=i8::MAX).all(|q| ByteTable::from(signed).get(q) == q));
}

/// The steps of ONNX and of TensorFlow Lite, each rounded to f32, with the crate's own f.
#[test]
fn steps_of_other_libraries() {
    for activation in [
        AnyActivation::from(Sigmoid),
        LeakyRelu::default().into(),
        Tanh.into(),
    ] {
        for (input, output) in quantizations() {
            let of = |arithmetic| {
                ByteTable::<u8>::with_arithmetic(&activation, input, output, arithmetic).unwrap()
            };
            let (onnx, lite) = (of(Arithmetic::Onnx), of(Arithmetic::TfLite));
            assert_eq!(
                of(Arithmetic::Exact),
                ByteTable::new(&activation, input, output).unwrap()
            );
            for q in 0..=255u8 {
                let x = (i32::from(q) - input.zero_point) as f32 * input.scale;
                let mut y = [0.0];
                activation.apply_on(Isa::Scalar, &[x], &mut y).unwrap();
                let zero_point = f64::from(output.zero_point);
                let steps = (y[0] / output.scale).round_ties_even();
                assert_eq!(
                    onnx.get(q),
                    (f64::from(steps) + zero_point) as u8,
                    "{activation} {q}"
                );
                let steps = (y[0] * (1.0 / output.scale)).round();
                let expected = if steps.is_nan() {
                    zero_point
                } else {
                    f64::from(steps) + zero_point
                };
                assert_eq!(lite.get(q), expected as u8, "{activation} {q}");
            }
        }
    }
}

#[test]
fn what_has_no_table_is_refused() {
    let one = Quantization {
        scale: 1.0,
        zero_point: 0,
    };
    for scale in [0.0, -0.0, -1.0, f32::NAN, f32::INFINITY] {
        let bad = Quantization { scale, ..one };
        for (input, output) in [(bad, one), (one, bad)] {
            for arithmetic in [Arithmetic::Exact, Arithmetic::Onnx, Arithmetic::TfLite] {
                let table = ByteTable::<u8>::with_arithmetic(&Relu, input, output, arithmetic);
                let error = table.unwrap_err();
                assert!(matches!(
                    error,
                    Error::InvalidParameter {
                        parameter: "scale",
                        ..
                    }
                ));
            }
            let softmax = QuantizedSoftmax { input, output };
            let mut y = [7u8];
            assert!(softmax.apply(Rows::last(1), &[1], &mut y).is_err());
            assert!(softmax.apply_in_place(Rows::last(1), &mut y).is_err());
            assert_eq!(y, [7]);
        }
    }
    let at = |zero_point| Quantization { zero_point, ..one };
    for (zero_point, of_u8, of_i8) in [
        (-129, false, false),
        (-1, false, true),
        (128, true, false),
        (256, false, false),
        (5, true, true),
    ] {
        assert_eq!(
            ByteTable::<u8>::new(&Relu, at(zero_point), one).is_ok(),
            of_u8
        );
        assert_eq!(
            ByteTable::<i8>::new(&Relu, one, at(zero_point)).is_ok(),
            of_i8
        );
    }
    let slopes = [0.1, 0.2];
    let prelu = Prelu::per_channel(&slopes, 1).unwrap();
    assert_eq!(
        ByteTable::<u8>::new(&prelu, one, one),
        Err(Error::DependsOnPosition)
    );
    let residual = [1.0];
    let fused = Fused::new(Relu).residual(&residual);
    assert_eq!(
        ByteTable::<u8>::new(&fused, one, one),
        Err(Error::DependsOnPosition)
    );
    assert!(ByteTable::<u8>::new(&Fused::new(Relu), one, one).is_ok());
    assert!(ByteTable::<u8>::new(&Prelu::shared(0.1), one, one).is_ok());
    let table = ByteTable::<u8>::new(&Relu, one, one).unwrap();
    let mut y = [3; 2];
    assert_eq!(
        table.apply(&[1; 3], &mut y),
        Err(Error::LengthMismatch {
            input: 3,
            output: 2
        })
    );
    assert_eq!(y, [3; 2]);
}

#[test]
fn every_way_of_applying_a_table() {
    let table = ByteTable::<i8>::new(
        &Sigmoid,
        WIDE,
        Quantization {
            scale: 1.0 / 128.0,
            zero_point: -128,
        },
    )
    .unwrap();
    let bytes = proptest::collection::vec(any::<i8>(), 0..700);
    property_on_each_isa("every_way_of_applying_a_table", &bytes, |isa, x| {
        let expected: Vec<i8> = x.iter().map(|&q| table.get(q)).collect();
        let mut y = vec![0; x.len()];
        table.apply_on(isa, &x, &mut y).unwrap();
        assert_eq!(y, expected);
        let mut y = x.clone();
        table.apply_in_place_on(isa, &mut y).unwrap();
        assert_eq!(y, expected);
        assert_eq!(table.to_vec(&x).unwrap()[..], expected);
    });
}

/// So many bytes that they are written past the cache, and that several threads take part.
#[test]
fn large_tensors() {
    let table = ByteTable::<u8>::new(
        &Sigmoid,
        WIDE,
        Quantization {
            scale: 1.0 / 256.0,
            zero_point: 0,
        },
    )
    .unwrap();
    let len = (33 << 20) / scale_of_the_heaviest() + 5;
    let x: Vec<u8> = (0..len as u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let mut y = vec![0; len];
    let assert_right = |y: &[u8], what: &str| {
        assert!(x.iter().zip(y).all(|(&x, &y)| table.get(x) == y), "{what}");
    };
    on_each_isa("large_tensors_of_bytes", |isa| {
        y.fill(0);
        table.apply_on(isa, &x, &mut y).unwrap();
        assert_right(&y, "apply_on");
    });
    #[cfg(feature = "parallel")]
    {
        y.fill(0);
        table.par_apply(&x, &mut y).unwrap();
        assert_right(&y, "par_apply");
        y.copy_from_slice(&x);
        table.par_apply_in_place(&mut y).unwrap();
        assert_right(&y, "par_apply_in_place");
    }
}

#[cfg(unix)]
#[test]
fn nothing_outside_the_slices_is_touched() {
    use crate::common::pages::Pages;

    fn edge(pages: &mut Pages, at_end: bool, len: usize) -> &mut [u8] {
        let cells = pages.edge(at_end, len.div_ceil(4));
        // SAFETY: any four bytes are a cell, and any cell four bytes.
        let (_, bytes, _) = unsafe { cells.align_to_mut::<u8>() };
        let start = if at_end { bytes.len() - len } else { 0 };
        &mut bytes[start..start + len]
    }

    let table = ByteTable::from(core::array::from_fn(|i| (i as u8).wrapping_mul(91)));
    let mut pages = [Pages::new(), Pages::new()];
    on_each_isa("nothing_outside_of_bytes", |isa| {
        for len in 0..=300 {
            for at_end in [false, true] {
                let [source, target] = &mut pages;
                let source = edge(source, at_end, len);
                let target = edge(target, at_end, len);
                for (i, x) in source.iter_mut().enumerate() {
                    *x = (i * 37) as u8;
                }
                table.apply_on(isa, source, target).unwrap();
                assert!(
                    source
                        .iter()
                        .zip(&*target)
                        .all(|(&x, &y)| table.get(x) == y)
                );
                table.apply_in_place_on(isa, source).unwrap();
                assert_eq!(source, target);
            }
        }
    });
}

fn assert_softmax<T: Byte + PartialEq>(softmax: QuantizedSoftmax, rows: Rows, x: &[T]) {
    let mut y = vec![T::default(); x.len()];
    softmax.apply(rows, x, &mut y).unwrap();
    let block = rows.axis * rows.inner;
    for (i, &y) in y.iter().enumerate() {
        let first = i / block * block + i % rows.inner;
        let row = (0..rows.axis).map(|k| real(x[first + k * rows.inner].into(), softmax.input));
        let largest = row.clone().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = row.clone().map(|t| (t - largest).exp()).sum();
        let p = (real(x[i].into(), softmax.input) - largest).exp() / sum;
        let steps = p / f64::from(softmax.output.scale);
        // Where the two sums in f64 differ, so may the roundings, but only next to a tie.
        let near_tie = ((steps - steps.floor()) - 0.5).abs() < 1e-9;
        assert!(
            y == quantized::<T>(p, softmax.output) || near_tie,
            "{i}: {y:?} of {p}"
        );
    }
    let mut in_place = x.to_vec();
    softmax.apply_in_place(rows, &mut in_place).unwrap();
    assert_eq!(in_place, y);
}

#[test]
fn softmax_of_bytes() {
    let q = |scale, zero_point| Quantization { scale, zero_point };
    let quantizations = [
        (q(0.1, 0), q(1.0 / 256.0, 0)),
        (q(2.0, 9), q(0.01, 20)),
        (q(1e-4, 1), q(1.0 / 4096.0, 3)),
        // Of bytes above the largest that occurs, the exponential may be infinite.
        (q(30.0, 0), q(0.01, 20)),
    ];
    let strategy = (1..3usize, 1..300usize, 1..3usize, any::<u32>(), 0..4usize);
    let property = |(outer, axis, inner, seed, which): (usize, usize, usize, u32, usize)| {
        let x: Vec<u8> = (0..(outer * axis * inner) as u32)
            .map(|i| (i.wrapping_mul(2_654_435_761).wrapping_add(seed) >> 24) as u8)
            .collect();
        let signed: Vec<i8> = x.iter().map(|&x| x as i8).collect();
        let rows = Rows::strided(axis, inner);
        let (input, output) = quantizations[which];
        assert_softmax(QuantizedSoftmax { input, output }, rows, &x);
        assert_softmax(QuantizedSoftmax { input, output }, rows, &signed);
        Ok(())
    };
    TestRunner::default().run(&strategy, property).unwrap();
    let softmax = QuantizedSoftmax {
        input: q(1.0, 0),
        output: q(1.0 / 256.0, -128),
    };
    let mut y: [i8; 1] = [0];
    softmax.apply(Rows::last(1), &[5], &mut y).unwrap();
    assert_eq!(y, [127]);
    assert_eq!(
        softmax.apply(Rows::last(2), &[5i8], &mut y),
        Err(Error::RowsMismatch {
            len: 1,
            rows: Rows::last(2)
        })
    );
    softmax.apply::<i8>(Rows::last(0), &[], &mut []).unwrap();
    softmax.apply::<i8>(Rows::last(3), &[], &mut []).unwrap();
}

/// In f32, of the dequantised logits, the results are the same but next to ties.
#[test]
fn softmax_of_bytes_is_that_of_what_they_stand_for() {
    let (input, output) = (
        Quantization {
            scale: 0.07,
            zero_point: 128,
        },
        Quantization {
            scale: 1.0 / 256.0,
            zero_point: 0,
        },
    );
    let x: Vec<u8> = (0..10_000u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let rows = Rows::last(100);
    let mut y = vec![0; x.len()];
    QuantizedSoftmax { input, output }
        .apply(rows, &x, &mut y)
        .unwrap();
    let mut p: Vec<f32> = x.iter().map(|&x| real(x.into(), input) as f32).collect();
    Softmax::default().apply_in_place(rows, &mut p).unwrap();
    let differ = p
        .iter()
        .zip(&y)
        .filter(|&(&p, &y)| (p * 256.0).round_ties_even() as u8 != y)
        .count();
    assert!(differ <= 2, "{differ}");
}
