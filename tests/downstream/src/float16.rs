//! Calls on 16-bit elements.

use crate::Caller;
use activations::{Activation, AnyActivation, Formula, Gelu, Isa, Prelu, Silu};
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
