//! Calls of tables of 8-bit elements.

use crate::Caller;
use activations::{
    Activation, Arithmetic, ByteTable, Isa, Quantization, QuantizedSoftmax, Rows, Tanh,
};

const INPUT: Quantization = Quantization {
    scale: 0.05,
    zero_point: 0,
};
const OUTPUT: Quantization = Quantization {
    scale: 1.0 / 128.0,
    zero_point: 3,
};

pub fn tables(isa: Isa, caller: Caller<'_>) {
    let x: Vec<i8> = (0..700).map(|i| (i * 37) as i8).collect();
    let mut y = vec![0; x.len()];
    for arithmetic in [Arithmetic::Exact, Arithmetic::Onnx, Arithmetic::TfLite] {
        caller(&format!("a table of tanh, {arithmetic:?}"), &mut || {
            let table = ByteTable::<i8>::with_arithmetic(&Tanh, INPUT, OUTPUT, arithmetic).unwrap();
            table.apply_on(isa, &x, &mut y).unwrap();
        });
        for (&x, &y) in x.iter().zip(&y) {
            let result = (0.05 * f64::from(x)).tanh() * 128.0 + 3.0;
            assert!((f64::from(y) - result.min(127.0)).abs() <= 0.51, "{x} {y}");
        }
    }
    let softmax = QuantizedSoftmax {
        input: INPUT,
        output: OUTPUT,
    };
    caller("softmax of bytes", &mut || {
        softmax.apply(Rows::last(7), &x, &mut y).unwrap();
    });
}
