//! Every activation with any parameters on any 16-bit input: the same bits on every instruction set, in place and out of
//! place, as near to the formula as promised, and nothing written outside; and what is composed of it.

#![no_main]

#[path = "../../../tests/common/bounds.rs"]
#[allow(dead_code)]
mod bounds;
#[path = "../elementwise/case.rs"]
#[allow(dead_code)]
mod case;
mod composed;

use activations::half::{bf16, f16};
use activations::{Activation, AnyActivation, Formula, Isa};
use case::Case;
use libfuzzer_sys::{Corpus, fuzz_target};
use std::fmt::Debug;

fuzz_target!(|case: Case| -> Corpus {
    let slopes = case.slopes();
    let Some(activation) = case.activation(&slopes) else {
        return Corpus::Reject;
    };
    let x = case.inputs();
    check::<f16>(&activation, &x, f16::from_f32);
    check::<bf16>(&activation, &x, bf16::from_f32);
    composed::check_both(&activation, &x);
    Corpus::Keep
});

/// A 16-bit type.
trait Float16: activations::Element + Debug + PartialEq {
    /// Units of f32 in one of its own.
    const UNITS: f64;
    /// The number that would follow the largest.
    const BEYOND: f64;
    /// The spacing of the smallest numbers.
    const SMALLEST: f64;
    fn bits(self) -> u16;
    fn value(self) -> f64;
}

macro_rules! float16 {
    ($type:ident, $units:expr, $beyond:expr, $smallest:expr) => {
        impl Float16 for $type {
            const UNITS: f64 = $units;
            const BEYOND: f64 = $beyond;
            const SMALLEST: f64 = $smallest;

            fn bits(self) -> u16 {
                self.to_bits()
            }

            fn value(self) -> f64 {
                self.to_f64()
            }
        }
    };
}

float16!(f16, 8192.0, 65_536.0, 1.0 / (1u64 << 24) as f64);
float16!(
    bf16,
    65_536.0,
    340_282_366_920_938_463_463_374_607_431_768_211_456.0,
    f32::MIN_POSITIVE as f64 / 128.0
);

/// What stands around results, and where they come; a NaN that no call returns unless it is given.
const GUARDS: usize = 3;

fn check<T: Float16>(activation: &AnyActivation<'_>, x: &[f32], narrow: fn(f32) -> T)
where
    for<'a> AnyActivation<'a>: Activation<T>,
{
    let x: Vec<T> = x.iter().map(|&x| narrow(x)).collect();
    let guard = narrow(1.234_567);
    let around = || vec![guard; x.len() + 2 * GUARDS];
    let inside = GUARDS..GUARDS + x.len();
    let mut expected = around();
    let result = activation.apply_on(Isa::Scalar, &x, &mut expected[inside.clone()]);
    assert_eq!(
        format!("{result:?}"),
        format!("{:?}", activation.check(x.len()))
    );
    for isa in Isa::available() {
        let mut y = around();
        let _ = activation.apply_on(isa, &x, &mut y[inside.clone()]);
        assert_same(activation, isa, &y, &expected);
        if result.is_ok() {
            y[inside.clone()].copy_from_slice(&x);
            let _ = activation.apply_in_place_on(isa, &mut y[inside.clone()]);
            assert_same(activation, isa, &y, &expected);
        }
    }
    if result.is_ok() {
        for (i, (&x, &y)) in x.iter().zip(&expected[inside]).enumerate() {
            assert_near(activation, i, x, y);
        }
    }
}

fn assert_same<T: Float16>(activation: &AnyActivation<'_>, isa: Isa, y: &[T], expected: &[T]) {
    for (i, (y, expected)) in y.iter().zip(expected).enumerate() {
        let same = y.bits() == expected.bits() || y.value().is_nan() && expected.value().is_nan();
        assert!(
            same,
            "{activation:?} on {isa}: element {i}: {y:?}, but in scalar code {expected:?}"
        );
    }
}

/// Half a unit, and what the kernel of f32 may be off.
fn assert_near<T: Float16>(activation: &AnyActivation<'_>, i: usize, x: T, y: T) {
    let exact = activation.reference_at(i, x.value());
    if exact.is_nan() {
        return assert!(y.value().is_nan(), "{activation:?}: f({x:?}) is {y:?}");
    }
    let got = match y.value() {
        y if y.is_infinite() => T::BEYOND.copysign(y),
        y => y,
    };
    let beyond = exact.abs() >= T::BEYOND;
    let exact = if beyond {
        T::BEYOND.copysign(exact)
    } else {
        exact
    };
    // The unit of the binade, which is 2^-10 or 2^-7 of its start.
    let binade = f64::from_bits(exact.abs().to_bits() & 0x7ff0_0000_0000_0000);
    let unit = (binade * T::UNITS / f64::from(1 << 23)).max(T::SMALLEST);
    let bound = 0.5 + bounds::at(activation, x.value() as f32, exact).max(2.0) / T::UNITS;
    let error = (got - exact).abs() / unit;
    assert!(
        error <= bound,
        "{activation:?}: f({x:?}) is {y:?}, not {exact:e}: {error}"
    );
}
