//! Calls on 16-bit elements.

use crate::Caller;
use activations::{
    Activation, AnyActivation, AnyRowActivation, Biased, Formula, Fused, Gate, Gelu, Isa, Layout,
    Order, Prelu, RowActivation, Rows, Silu, Split, Swiglu,
};
use half::{bf16, f16};

/// An empty tensor, one element, fewer than a vector, whole vectors of any kind, and some with a tail.
const LENGTHS: [usize; 6] = [0, 1, 7, 128, 333, 1000];

pub fn activations(isa: Isa, caller: Caller<'_>) {
    for len in LENGTHS {
        for activation in AnyActivation::all() {
            of_f16(activation, len, isa, caller);
            of_bf16(activation, len, isa, caller);
        }
        // As they are called when their type is known.
        of_f16(Gelu, len, isa, caller);
        of_bf16(Silu, len, isa, caller);
        for inner in [1, 100] {
            let prelu = Prelu::per_channel(&[0.5, -0.3, 2.0], inner).unwrap();
            of_f16(prelu, 30 * inner, isa, caller);
            of_bf16(AnyActivation::from(prelu), 30 * inner, isa, caller);
        }
    }
}

/// Calls of several tensors, of types that differ.
pub fn composed(isa: Isa, caller: Caller<'_>) {
    for len in LENGTHS {
        let value = |i: usize| (i * 397 % 1024) as f32 / 64.0 - 8.0;
        let x: Vec<f16> = (0..len).map(|i| f16::from_f32(value(i))).collect();
        let value: Vec<bf16> = (0..len).map(|i| bf16::from_f32(value(i + 5))).collect();
        let mut y = vec![f16::NAN; len];
        caller("a gate of f16 and bf16", &mut || {
            Swiglu::default().apply_on(isa, &x, &value, &mut y).unwrap();
        });
        let product =
            |i: usize| Gate::reference(&Swiglu::default(), x[i].to_f64(), value[i].to_f64());
        assert_near_f16(&y, product);
        let split = Split {
            n: len,
            layout: Layout::Pairs,
            order: Order::GateFirst,
        };
        let pairs: Vec<f16> = (0..2 * len).map(|i| x[i % len]).collect();
        let biased = Biased::new(Swiglu::default()).bias(split, &pairs).unwrap();
        caller("a gate of f16 with biases", &mut || {
            biased.apply_split_on(isa, split, &pairs, &mut y).unwrap();
        });
        assert_near_f16(&y, |i| {
            Gate::reference_at(&biased, i, pairs[2 * i].to_f64(), pairs[2 * i + 1].to_f64())
        });
        caller("a residual of bf16", &mut || {
            let fused = Fused::new(Gelu)
                .bias(&[bf16::ONE], 1)
                .unwrap()
                .residual(&value);
            fused.apply_on(isa, &x, &mut y).unwrap();
        });
        let sum = |i: usize| Gelu.reference(x[i].to_f64() + 1.0) + value[i].to_f64();
        assert_near_f16(&y, sum);
        caller("bf16 to f16", &mut || {
            Silu.apply_to_on(isa, &value, &mut y).unwrap();
        });
        assert_near_f16(&y, |i| Silu.reference(value[i].to_f64()));
    }
    for rows in [Rows::last(5000), Rows::last(100), Rows::strided(50, 10)] {
        for operation in AnyRowActivation::all() {
            let value = |i: usize| f16::from_f32((i * 397 % 1024) as f32 / 256.0 - 2.0);
            let x: Vec<f16> = (0..5000).map(value).collect();
            let (mut y, mut wide) = (x.clone(), vec![0.0; x.len()]);
            caller("rows of f16", &mut || {
                operation.apply_in_place_on(isa, rows, &mut y).unwrap();
                operation.apply_to_on(isa, rows, &x, &mut wide).unwrap();
            });
            assert_near_f16(&y, |i| f64::from(wide[i]));
        }
    }
}

/// Whether results are those of a formula, to the last place.
fn assert_near_f16(y: &[f16], exact: impl Fn(usize) -> f64) {
    for (i, y) in y.iter().enumerate() {
        let (y, exact) = (y.to_f64(), exact(i));
        let error = (y - exact).abs();
        assert!(
            error <= 0.001 * exact.abs().max(1e-2),
            "number {i} is {y}, not {exact}"
        );
    }
}

/// Calls of a type, whose spacing next to 1 is `$spacing`.
macro_rules! calls {
    ($name:ident, $type:ident, $spacing:literal) => {
        fn $name(
            activation: impl Activation<$type> + Send + Sync,
            len: usize,
            isa: Isa,
            caller: Caller<'_>,
        ) {
            let value = |i: usize| (i * 397 % 1024) as f32 / 64.0 - 8.0;
            let x: Vec<$type> = (0..len).map(|i| $type::from_f32(value(i))).collect();
            let mut y = vec![$type::NAN; len];
            caller(concat!(stringify!($type), ", out of place"), &mut || {
                activation.apply_on(isa, &x, &mut y).unwrap();
            });
            let mut in_place = x.clone();
            caller(concat!(stringify!($type), ", in place"), &mut || {
                activation.apply_in_place_on(isa, &mut in_place).unwrap();
            });
            assert_eq!(y, in_place);
            if isa == Isa::detect() {
                caller(concat!(stringify!($type), ", to_vec"), &mut || {
                    assert_eq!(activation.to_vec(&x).unwrap()[..], y);
                });
            }
            for (i, (x, y)) in x.iter().zip(&y).enumerate() {
                let exact = Formula::reference_at(&activation, i, x.to_f64());
                let error = (y.to_f64() - exact).abs();
                assert!(
                    error <= $spacing * exact.abs().max(1e-4),
                    "{} of {x}: {y}, not {exact}",
                    stringify!($type)
                );
            }
        }
    };
}

calls!(of_f16, f16, 0.000_976_562_5);
calls!(of_bf16, bf16, 0.007_812_5);
