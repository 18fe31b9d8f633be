//! Next to zero, where kernels leave an element to code of its own: what an element's result is does not depend on the
//! elements beside it, and it is as right as anywhere.

use crate::common::{Variant, assert_same_bits, bounds, compute, inputs, on_each_isa, ulp};
use activations::Formula;

/// Numbers of all magnitudes below 2^-55, of both signs, from the smallest on.
fn next_to_zero() -> Vec<f32> {
    (0..0x2400_0000_u32)
        .step_by(0x1_f0f1)
        .chain([1, 2, 3, 0x007f_ffff, 0x0080_0000, 0x00ff_ffff, 0x0100_0001])
        .chain([0x2180_0000 - 1, 0x2180_0000, 0x2180_0000 + 1])
        .flat_map(|bits| [f32::from_bits(bits), -f32::from_bits(bits)])
        .collect()
}

#[test]
fn results_are_near_the_oracle() {
    let x = next_to_zero();
    on_each_isa("results_are_near_the_oracle", |isa| {
        for activation in inputs::every_kernel() {
            let y = compute(&activation, isa, Variant::OutOfPlace, &x);
            for (&x, &y) in x.iter().zip(&y) {
                let exact = activation.reference(f64::from(x));
                let error = ulp::ulp_error(y, exact);
                assert!(
                    error <= bounds::at(&activation, x, exact) && ulp::right_sign(y, exact),
                    "{activation} on {isa}: {y:e} for {x:e}, {error} ULP"
                );
            }
        }
    });
}

#[test]
fn neighbours_make_no_difference() {
    let apart = next_to_zero();
    let far = [13.0_f32, 13.2, 87.5, 104.0, 1e30, f32::INFINITY].map(|x| [x, -x]);
    let odd: Vec<f32> = apart
        .iter()
        .copied()
        .step_by(97)
        .chain(far.into_iter().flatten())
        .collect();
    // Each odd number among ordinary ones, at a place that differs, and those without any.
    let ordinary: Vec<f32> = (0..odd.len() * 67)
        .map(|i| (i % 1000) as f32 / 100.0 - 5.0)
        .collect();
    let mut mixed = ordinary.clone();
    for (i, &x) in odd.iter().enumerate() {
        mixed[i * 67 + i % 61] = x;
    }
    on_each_isa("neighbours_make_no_difference", |isa| {
        for activation in inputs::every_kernel() {
            let of_odd = compute(&activation, isa, Variant::OutOfPlace, &odd);
            let mut expected = compute(&activation, isa, Variant::OutOfPlace, &ordinary);
            for (i, &y) in of_odd.iter().enumerate() {
                expected[i * 67 + i % 61] = y;
            }
            for variant in Variant::ALL {
                let y = compute(&activation, isa, variant, &mixed);
                assert_same_bits(&y, &expected, &mixed, format_args!("{activation} on {isa}"));
            }
        }
    });
}
