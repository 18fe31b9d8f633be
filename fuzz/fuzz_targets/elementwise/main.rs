//! Every activation with any parameters on any input: the same bits on every instruction set, in
//! place and out of place, as near to the formula as promised, and nothing written outside.

#![no_main]

mod case;

#[path = "../../../tests/common/bounds.rs"]
#[allow(dead_code)]
mod bounds;
#[path = "../../../tests/common/buffer.rs"]
mod buffer;
#[path = "../../../tests/common/ulp.rs"]
#[allow(dead_code)]
mod ulp;

use activations::{Activation, AnyActivation, Error, Formula, Isa};
use buffer::Guarded;
use case::Case;
use libfuzzer_sys::{Corpus, fuzz_target};

/// What stands in the output before a call; a NaN that no activation returns unless it is given.
const UNTOUCHED: f32 = f32::from_bits(0x7fed_cba9);

fuzz_target!(|case: Case| -> Corpus {
    let slopes = case.slopes();
    let Some(activation) = case.activation(&slopes) else {
        return Corpus::Reject;
    };
    let x = case.inputs();
    if activation.check(x.len()).is_ok() {
        assert_right(&case, &activation, &x);
    } else {
        assert_refused(&case, &activation, &x);
    }
    Corpus::Keep
});

/// Scalar code against the formula, and everything else against scalar code.
fn assert_right(case: &Case, activation: &AnyActivation<'_>, x: &[f32]) {
    let mut expected = vec![UNTOUCHED; x.len()];
    activation
        .apply_on(Isa::Scalar, x, &mut expected)
        .expect("`check` passed");
    for (i, (&x, &y)) in x.iter().zip(&expected).enumerate() {
        let exact = activation.reference_at(i, f64::from(x));
        let error = ulp::ulp_error(y, exact);
        assert!(
            error <= bounds::at(activation, x, exact) && ulp::right_sign(y, exact),
            "{activation:?}: element {i}: f({x:e} = {:#010x}) is {y:e}, not {exact:e}: {error} ULP",
            x.to_bits(),
        );
    }
    for isa in Isa::available() {
        for y in out_of_place_and_in_place(case, isa, activation, x, &Ok(())) {
            for (i, ((&y, &expected), &x)) in y.iter().zip(&expected).zip(x).enumerate() {
                assert!(
                    bits(y) == bits(expected),
                    "{activation:?} on {isa}: element {i}: \
                     f({x:e} = {:#010x}) is {y:e} = {:#010x}, but in scalar code {expected:e} = {:#010x}",
                    x.to_bits(),
                    y.to_bits(),
                    expected.to_bits(),
                );
            }
        }
    }
    let y = activation.to_vec(x).expect("`check` passed");
    assert!(
        y.iter()
            .map(|y| bits(*y))
            .eq(expected.iter().map(|y| bits(*y)))
    );
}

/// A refusal says so and leaves everything as it was.
fn assert_refused(case: &Case, activation: &AnyActivation<'_>, x: &[f32]) {
    let refusal = activation.check(x.len());
    for isa in Isa::available() {
        let [y, same] = out_of_place_and_in_place(case, isa, activation, x, &refusal);
        assert!(y.iter().all(|y| y.to_bits() == UNTOUCHED.to_bits()));
        assert!(same_bits(&same, x));
    }
    assert_eq!(told(&activation.to_vec(x).map(|_| ())), told(&refusal));
}

/// The results of both calls, in buffers that notice writes outside.
fn out_of_place_and_in_place(
    case: &Case,
    isa: Isa,
    activation: &AnyActivation<'_>,
    x: &[f32],
    returned: &Result<(), Error>,
) -> [Vec<f32>; 2] {
    // The input fills its allocation to the last byte: the sanitizer sees what is read behind it.
    let source = case.misaligned(x);
    let x_there = &source[source.len() - x.len()..];
    let mut y = Guarded::new(&vec![UNTOUCHED; x.len()], case.offset());
    let result = activation.apply_on(isa, x_there, y.slice_mut());
    assert_eq!(told(&result), told(returned), "{activation:?} on {isa}");
    assert!(y.intact(), "{activation:?} on {isa} wrote outside");
    assert!(
        same_bits(x_there, x),
        "{activation:?} on {isa} wrote into the input"
    );

    let mut in_place = Guarded::new(x, case.offset());
    let result = activation.apply_in_place_on(isa, in_place.slice_mut());
    assert_eq!(
        told(&result),
        told(returned),
        "{activation:?} on {isa}, in place"
    );
    assert!(
        in_place.intact(),
        "{activation:?} on {isa}, in place, wrote outside"
    );
    [y.slice().to_vec(), in_place.slice().to_vec()]
}

/// What a call returned, as text: a NaN that an error names is not equal to itself.
fn told(result: &Result<(), Error>) -> Option<String> {
    result.as_ref().err().map(Error::to_string)
}

fn same_bits(a: &[f32], b: &[f32]) -> bool {
    a.iter()
        .map(|a| a.to_bits())
        .eq(b.iter().map(|b| b.to_bits()))
}

/// The bits of `x`, with one pattern for all NaNs.
fn bits(x: f32) -> u32 {
    if x.is_nan() {
        f32::NAN.to_bits()
    } else {
        x.to_bits()
    }
}
