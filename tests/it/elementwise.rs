//! Every activation, on every instruction set, out of place and in place: against the oracle, and
//! the same bits at every length and offset.

use crate::common::buffer::Guarded;
use crate::common::{
    Variant, assert_same_bits, bounds, compute, inputs, on_each_isa, property_on_each_isa, scale,
    ulp,
};
use activations::{Activation, AnyActivation, Formula, Isa, Rrelu};

/// Applies `activation` between guards, at an offset of its own for source and destination.
fn apply_guarded(
    activation: &AnyActivation<'_>,
    isa: Isa,
    variant: Variant,
    x: &[f32],
    offsets: (usize, usize),
) -> Vec<f32> {
    let source = Guarded::new(x, offsets.0);
    let mut target = Guarded::new(x, offsets.1);
    match variant {
        Variant::OutOfPlace => {
            target.slice_mut().fill(f32::from_bits(0xdead_beef));
            activation.apply_on(isa, source.slice(), target.slice_mut())
        }
        Variant::InPlace => activation.apply_in_place_on(isa, target.slice_mut()),
    }
    .unwrap_or_else(|error| panic!("{activation} on {isa}: {error}"));
    let what = format!("{activation} on {isa}, {variant:?}, {offsets:?}");
    assert!(
        source.intact() && target.intact(),
        "{what}: a guard is gone"
    );
    assert_same_bits(source.slice(), x, x, format_args!("{what}: the input"));
    target.slice().to_vec()
}

fn assert_accurate(activation: &AnyActivation<'_>, isa: Isa, x: &[f32], y: &[f32]) {
    for (i, (&x, &y)) in x.iter().zip(y).enumerate() {
        let exact = activation.reference_at(i, f64::from(x));
        let error = ulp::ulp_error(y, exact);
        assert!(
            error <= bounds::at(activation, x, exact) && ulp::right_sign(y, exact),
            "{activation} on {isa}: f({x:e} = {:#010x}) is {y:e}, {error} ULP off {exact:e}",
            x.to_bits()
        );
    }
}

#[test]
fn any_input_at_any_place_is_right() {
    let cases = (
        inputs::any_activation(),
        proptest::collection::vec(inputs::any_f32(), 0..=200),
        (0usize..=16, 0usize..=16),
    );
    property_on_each_isa(
        "any_input_at_any_place",
        &cases,
        |isa, (activation, x, offsets)| {
            for variant in Variant::ALL {
                let expected = compute(&activation, Isa::Scalar, variant, &x);
                let y = apply_guarded(&activation, isa, variant, &x, offsets);
                assert_accurate(&activation, isa, &x, &y);
                assert_same_bits(&y, &expected, &x, format_args!("{activation} on {isa}"));
            }
        },
    );
}

#[test]
fn every_length_at_every_offset_has_the_same_bits() {
    let pool: Vec<f32> = inputs::special()
        .into_iter()
        .chain(inputs::strided(1000))
        .take(200 + 16 * 7)
        .collect();
    // Under emulation, a part of the offsets: all lengths stay.
    let step = if scale() > 1 { 5 } else { 1 };
    on_each_isa("every_length_at_every_offset", |isa| {
        for activation in AnyActivation::all() {
            // One element at a time, where neither a vector nor a tail can go wrong.
            let one_by_one: Vec<f32> = pool
                .iter()
                .map(|&x| compute(&activation, isa, Variant::OutOfPlace, &[x])[0])
                .collect();
            for len in 0..=200 {
                for offset in (0..=16).step_by(step) {
                    let from = offset * 7;
                    let x = &pool[from..from + len];
                    for variant in Variant::ALL {
                        // The source's offset runs the other way, so that the two differ.
                        let y = apply_guarded(&activation, isa, variant, x, (16 - offset, offset));
                        let what = format_args!("{activation} on {isa}, {variant:?}, {offset}");
                        assert_same_bits(&y, &one_by_one[from..from + len], x, what);
                    }
                }
            }
        }
    });
}

#[test]
fn a_sweep_over_all_exponents_is_right() {
    let x: Vec<f32> = inputs::strided((1 << 20) / scale())
        .chain(inputs::special())
        .collect();
    on_each_isa("a_sweep_over_all_exponents", |isa| {
        for activation in AnyActivation::all() {
            for variant in Variant::ALL {
                let y = compute(&activation, isa, variant, &x);
                assert_accurate(&activation, isa, &x, &y);
            }
        }
    });
}

#[test]
fn to_vec_is_apply_in_an_aligned_buffer() {
    let x: Vec<f32> = inputs::special();
    for activation in AnyActivation::all() {
        for len in [0, 1, 7, x.len()] {
            let y = activation.to_vec(&x[..len]).unwrap();
            assert_eq!(y.as_ptr().align_offset(64), 0);
            let expected = compute(&activation, Isa::detect(), Variant::OutOfPlace, &x[..len]);
            assert_same_bits(&y, &expected, &x[..len], activation);
        }
    }
}

#[test]
fn apply_is_apply_on_what_is_detected() {
    let x: Vec<f32> = inputs::strided(1000).collect();
    for activation in AnyActivation::all() {
        let expected = compute(&activation, Isa::detect(), Variant::OutOfPlace, &x);
        let mut y = vec![0.0; x.len()];
        activation.apply(&x, &mut y).unwrap();
        assert_same_bits(&y, &expected, &x, activation);
        let mut y = x.clone();
        activation.apply_in_place(&mut y).unwrap();
        assert_same_bits(&y, &expected, &x, activation);
    }
}

#[test]
fn the_oracle_keeps_nan() {
    for activation in AnyActivation::all() {
        assert!(activation.reference(f64::NAN).is_nan(), "{activation}");
    }
}

#[test]
fn what_fuzzing_has_found_stays_right() {
    // The product with the small part of the slope is subnormal.
    let rrelu = Rrelu {
        lower: 0.000_163_078_31,
        upper: 0.000_176_642_92,
    };
    let x = [f32::from_bits(0x87ac_05d2)];
    on_each_isa("what_fuzzing_has_found", |isa| {
        let y = compute(&rrelu.into(), isa, Variant::OutOfPlace, &x);
        assert_accurate(&rrelu.into(), isa, &x, &y);
    });
}
