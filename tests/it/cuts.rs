//! Parts of a tensor, each taken for a tensor of its own, make up the whole, wherever `Cuts` lets it be cut.

use crate::common::inputs;
use activations::{
    Activation, AnyActivation, AnyRowActivation, Cuts, Formula, Fused, Lengths, Prelu, Relu,
    RowActivation, Rows, Softmax, Softmin,
};

/// All stretches of a tensor once it is cut as far as it may be.
fn stretches(cuts: Cuts, len: usize, grain: usize) -> Vec<(usize, usize)> {
    let (mut whole, mut left) = (Vec::new(), vec![(0, len)]);
    while let Some((start, len)) = left.pop() {
        match cuts.middle(len, grain) {
            None => whole.push((start, len)),
            Some(middle) => {
                assert!(
                    0 < middle && middle < len,
                    "{cuts:?} cuts {len} at {middle}"
                );
                left.extend([(start, middle), (start + middle, len - middle)]);
            }
        }
    }
    whole
}

fn assert_same(got: &[f32], expected: &[f32], what: &str) {
    let differs = |(got, expected): (&f32, &f32)| got.to_bits() != expected.to_bits();
    if let Some(at) = got.iter().zip(expected).position(differs) {
        panic!("{what}: element {at} is {}, not {}", got[at], expected[at]);
    }
}

fn assert_parts_make_the_whole<A: Activation>(
    activation: &A,
    len: usize,
    pieces: usize,
    what: &str,
) {
    let x = inputs::noise(len);
    let (mut expected, mut got) = (vec![0.0; len], vec![0.0; len]);
    activation.apply(&x, &mut expected).unwrap();
    let stretches = stretches(activation.cuts(), len, 4);
    assert!(
        stretches.len() >= pieces,
        "{what}: only {} stretches",
        stretches.len()
    );
    for (start, len) in stretches {
        let part = activation.part(start, len);
        let stretch = start..start + len;
        assert_eq!(part.check(len), Ok(()), "{what}: {stretch:?}");
        part.apply(&x[stretch.clone()], &mut got[stretch]).unwrap();
    }
    assert_same(&got, &expected, what);
}

#[test]
fn of_every_activation() {
    for activation in AnyActivation::all() {
        assert_parts_make_the_whole(&activation, 101, 25, activation.name());
    }
}

#[test]
fn of_channels_biases_and_residuals() {
    let slopes = [0.5, 0.0, -2.0, 0.25, 3.0];
    let residual = inputs::noise(3 * 5 * 64);
    for (outer, channels, inner) in [
        (1, 5, 7),
        (3, 5, 64),
        (6, 1, 9),
        (5, 2, 1),
        (1, 1, 40),
        (2, 4, 16),
        (7, 3, 3),
    ] {
        let (what, len) = (
            format!("[{outer}, {channels}, {inner}]"),
            outer * channels * inner,
        );
        let numbers = &slopes[..channels];
        let prelu = Prelu::per_channel(numbers, inner).unwrap();
        assert_parts_make_the_whole(&prelu, len, outer * channels, &format!("prelu {what}"));
        let any = AnyActivation::from(prelu);
        assert_parts_make_the_whole(&any, len, outer * channels, &format!("any {what}"));
        let biased = Fused::new(Relu).bias(numbers, inner).unwrap();
        assert_parts_make_the_whole(&biased, len, outer * channels, &format!("bias {what}"));
        let both = biased.residual(&residual[..len]);
        assert_parts_make_the_whole(&both, len, outer * channels, &format!("residual {what}"));
        // Two structures at a time are left whole.
        let nested = Fused::new(prelu).bias(numbers, inner).unwrap();
        assert_eq!(nested.cuts(), Cuts::Nowhere);
        assert_parts_make_the_whole(&nested, len, 1, &format!("nested {what}"));
    }
}

fn assert_row_parts_make_the_whole<A: RowActivation>(
    operation: &A,
    rows: Rows,
    outer: usize,
    pieces: usize,
    what: &str,
) {
    let row = rows.axis * rows.inner;
    let x = inputs::noise(outer * row);
    let (mut expected, mut got) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    operation.apply(rows, &x, &mut expected).unwrap();
    let stretches = stretches(operation.cuts(rows), outer, 1);
    assert!(
        stretches.len() >= pieces,
        "{what}: only {} stretches",
        stretches.len()
    );
    for (first, count) in stretches {
        let part = operation.part(rows, first, count);
        let stretch = first * row..(first + count) * row;
        assert_eq!(part.check(rows, count * row), Ok(()), "{what}: {stretch:?}");
        part.apply(rows, &x[stretch.clone()], &mut got[stretch])
            .unwrap();
    }
    assert_same(&got, &expected, what);
}

#[test]
fn of_rows() {
    let (outer, rows) = (12, Rows::last(21));
    let mask = inputs::noise(12 * 21);
    let numbers = [5, 0, 21, 7, 1, 20, 3, 4, 2, 8, 9, 10];
    let masks = [0, 1, 3, 4, 12].map(|count| (count, &mask[..count * 21]));
    let lengths = [
        (1, Lengths::All),
        (1, Lengths::PerRow(&numbers[..1])),
        (4, Lengths::PerRow(&numbers[..4])),
        (12, Lengths::PerRow(&numbers)),
        (
            3,
            Lengths::Causal {
                queries: 3,
                past: 5,
            },
        ),
        (
            12,
            Lengths::Causal {
                queries: 12,
                past: 0,
            },
        ),
    ];
    for (masks, mask) in masks {
        for (period, lengths) in lengths {
            // Where the two repeat differently, one of them would start in its middle.
            let pieces = if masks <= 1 || period <= 1 || masks == period {
                outer
            } else {
                1
            };
            let what = format!("{masks} masks, {lengths:?}");
            let softmax = Softmax {
                mask,
                lengths,
                scale: 0.5,
            };
            assert_row_parts_make_the_whole(&softmax, rows, outer, pieces, &what);
            let softmin = Softmin {
                mask,
                lengths,
                scale: 0.5,
            };
            assert_row_parts_make_the_whole(&softmin, rows, outer, pieces, &what);
        }
    }
    let mixed = Softmax {
        mask: &mask[..3 * 21],
        lengths: Lengths::PerRow(&numbers[..2]),
        scale: 1.0,
    };
    assert_row_parts_make_the_whole(&mixed, rows, outer, 2, "periods of 3 and 2 rows");
    for operation in AnyRowActivation::all() {
        assert_row_parts_make_the_whole(&operation, Rows::strided(5, 3), 7, 7, operation.name());
    }
}
