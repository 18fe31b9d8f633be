//! Slices that touch unmapped memory on either side: an access outside of them is a crash.

use crate::common::pages::{COUNT, Pages};
use crate::common::{Variant, assert_same_bits, compute, inputs, on_each_isa};
use activations::{Activation, AnyActivation, Isa, Prelu};

/// Applies `activation` to slices at either edge of their memory, out of place and in place.
fn assert_stays_inside(
    activation: &AnyActivation<'_>,
    isa: Isa,
    pages: &mut [Pages; 2],
    x: &[f32],
) {
    let expected = compute(activation, isa, Variant::OutOfPlace, x);
    let [source, target] = pages;
    for at_end in [false, true] {
        let source = source.edge(at_end, x.len());
        let target = target.edge(at_end, x.len());
        source.copy_from_slice(x);
        activation.apply_on(isa, source, target).unwrap();
        assert_same_bits(target, &expected, x, activation);
        activation.apply_in_place_on(isa, source).unwrap();
        assert_same_bits(
            source,
            &expected,
            x,
            format_args!("{activation} on {isa}, in place, {at_end}"),
        );
    }
}

#[test]
fn nothing_outside_the_slices_is_touched() {
    let mut pages = [Pages::new(), Pages::new()];
    let pool = inputs::special();
    on_each_isa("nothing_outside_the_slices", |isa| {
        for activation in AnyActivation::all() {
            for len in 0..=130 {
                assert_stays_inside(&activation, isa, &mut pages, &pool[..len]);
            }
        }
    });
}

#[test]
fn nor_are_channels() {
    let mut pages = [Pages::new(), Pages::new()];
    let pool: Vec<f32> = inputs::special()
        .into_iter()
        .chain(inputs::strided(4096))
        .collect();
    let mut slopes = Pages::new();
    slopes.cells().fill(0.5);
    on_each_isa("nor_are_channels", |isa| {
        // Rows of all kinds: shorter than a vector, of whole vectors, with a tail, and so many
        // channels that they are taken in groups.
        for channels in [1, 3, 8, 17, 64, 200] {
            for inner in [1, 2, 3, 4, 7, 8, 16, 17, 32, 33, 64, 65] {
                // The slopes, too, end where memory ends.
                let prelu = Prelu::per_channel(slopes.edge(true, channels), inner).unwrap();
                for outer in [1, 2, 5] {
                    let len = outer * channels * inner;
                    if len <= pool.len().min(COUNT * 1024) {
                        assert_stays_inside(&prelu.into(), isa, &mut pages, &pool[..len]);
                    }
                }
            }
        }
    });
}
