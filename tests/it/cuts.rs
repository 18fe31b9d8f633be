//! Parts of a tensor, each taken for a tensor of its own, make up the whole, wherever `Cuts` lets it be cut.

use crate::common::inputs;
use crate::common::rows::{Operands, described};
use activations::{
    Activation, AnyActivation, Cuts, Formula, Fused, Prelu, Relu, RowActivation, Rows, Snake,
};

/// All stretches that there are while a tensor is cut as far as it may be: the tensor itself, its halves, and so on down
/// to those that are left whole. Threads get stretches of every size, and a small one may be right by chance where the
/// one that it is cut from is wrong.
fn stretches(cuts: Cuts, len: usize, grain: usize) -> Vec<(usize, usize)> {
    let (mut all, mut left) = (Vec::new(), vec![(0, len)]);
    while let Some((start, len)) = left.pop() {
        all.push((start, len));
        if let Some(middle) = cuts.middle(len, grain) {
            assert!(
                0 < middle && middle < len,
                "{cuts:?} cuts {len} at {middle}"
            );
            left.extend([(start, middle), (start + middle, len - middle)]);
        }
    }
    all
}

/// That a tensor is cut into so many pieces at least. Each cut makes one stretch two, and leaves three.
fn assert_pieces(stretches: &[(usize, usize)], pieces: usize, what: &str) {
    let whole = stretches.len().div_ceil(2);
    assert!(whole >= pieces, "{what}: only {whole} pieces");
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
    assert_pieces(&stretches, pieces, what);
    for (start, len) in stretches {
        let part = activation.part(start, len);
        let stretch = start..start + len;
        let what = format!("{what}: {stretch:?}");
        assert_eq!(part.check(len), Ok(()), "{what}");
        let got = &mut got[..len];
        part.apply(&x[stretch.clone()], got).unwrap();
        assert_same(got, &expected[stretch], &what);
    }
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
        let betas = &[1.0, 0.5, -3.0, 2.0, 1e-9][..channels];
        let snake = Snake::per_channel(numbers, betas, inner).unwrap();
        assert_parts_make_the_whole(&snake, len, outer * channels, &format!("snake {what}"));
        let any = AnyActivation::from(prelu);
        assert_parts_make_the_whole(&any, len, outer * channels, &format!("any {what}"));
        let biased = Fused::new(Relu).bias(numbers, inner).unwrap();
        assert_parts_make_the_whole(&biased, len, outer * channels, &format!("bias {what}"));
        let both = biased.residual(&residual[..len]);
        assert_parts_make_the_whole(&both, len, outer * channels, &format!("residual {what}"));
        // Slopes and biases of the same channels are cut like these.
        let nested = Fused::new(prelu).bias(numbers, inner).unwrap();
        assert_parts_make_the_whole(&nested, len, outer * channels, &format!("nested {what}"));
        // Two structures at a time are left whole.
        let nested = Fused::new(prelu).bias(&[0.5], channels * inner).unwrap();
        if channels > 1 {
            assert_eq!(nested.cuts(), Cuts::Nowhere);
            assert_parts_make_the_whole(&nested, len, 1, &format!("two structures {what}"));
        }
    }
}

fn assert_row_parts_make_the_whole<A: RowActivation>(
    operation: &A,
    rows: Rows,
    outer: usize,
    what: &str,
) {
    let row = rows.axis * rows.inner;
    let x = inputs::noise(outer * row);
    let (mut expected, mut got) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    operation.apply(rows, &x, &mut expected).unwrap();
    for (first, count) in stretches(Cuts::Anywhere, outer, 1) {
        let what = format!("{what}: {count} rows from {first}");
        let part = operation.part(outer, first);
        assert_eq!(part.check(rows, count * row), Ok(()), "{what}");
        let stretch = first * row..(first + count) * row;
        let got = &mut got[..count * row];
        part.apply(rows, &x[stretch.clone()], got).unwrap();
        assert_same(got, &expected[stretch], &what);
    }
}

#[test]
fn of_rows() {
    for (outer, rows) in [
        (12, Rows::last(21)),
        (7, Rows::last(70)),
        (6, Rows::strided(5, 3)),
    ] {
        let operands = Operands::new(rows, outer);
        for operation in operands.every_operation() {
            let what = described(&operation);
            assert_row_parts_make_the_whole(&operation, rows, outer, &what);
        }
    }
}

#[test]
fn a_grain_of_nothing_is_one_of_one() {
    for len in 0..20 {
        let middle = Cuts::Anywhere.middle(len, 0);
        assert_eq!(middle, Cuts::Anywhere.middle(len, 1), "{len}");
        assert_eq!(middle.unwrap_or(0), len / 2, "{len}");
    }
}
