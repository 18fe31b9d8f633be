//! Gates, fused calls, and operations on rows of 16-bit types: what the call of f32 returns for the same numbers, rounded once.

use super::{Float16, assert_same};
use activations::half::{bf16, f16};
use activations::{
    Activation, AnyActivation, AnyRowActivation, Float, Formula, Fused, Gate, Gated, Isa, Layout,
    Order, RowActivation, Rows, Split,
};

/// Each call of type `T`, with a second operand of the other 16-bit type.
pub fn check<T: Float16 + Float, O: Float>(
    activation: &AnyActivation<'_>,
    x: &[f32],
    narrow: fn(f32) -> T,
    narrow_other: fn(f32) -> O,
    widen_other: fn(O) -> f32,
) where
    for<'a> AnyActivation<'a>: Activation<T>,
    for<'a, 'b> Fused<'b, AnyActivation<'a>>: Activation<T>,
{
    if activation.check(x.len()).is_err() {
        return;
    }
    let of_type: Vec<T> = x.iter().map(|&x| narrow(x)).collect();
    let other: Vec<O> = x.iter().rev().map(|&x| narrow_other(x)).collect();
    let wide: Vec<f32> = of_type.iter().map(|x| x.value() as f32).collect();
    let wide_other: Vec<f32> = other.iter().map(|&x| widen_other(x)).collect();
    let rounded = |y: &[f32]| y.iter().map(|&y| narrow(y)).collect::<Vec<T>>();
    let mut f32s = wide.clone();
    let mut y = of_type.clone();
    let gate = Gated(*activation);
    let fused = Fused::new(*activation).residual(&other);
    let fused_of_f32 = Fused::new(*activation).residual(&wide_other);
    // A bias for each of some channels, of as many as there may be.
    let channels = (1..8)
        .rev()
        .find(|&channels| x.len().is_multiple_of(channels))
        .unwrap_or(1);
    for isa in Isa::available() {
        gate.apply_on(isa, &wide, &wide_other, &mut f32s)
            .expect("it is of one length");
        gate.apply_on(isa, &of_type, &other, &mut y)
            .expect("it is of one length");
        assert_same(activation, isa, &y, &rounded(&f32s));
        y.copy_from_slice(&of_type);
        gate.apply_in_place_on(isa, &mut y, &other)
            .expect("it is of one length");
        assert_same(activation, isa, &y, &rounded(&f32s));

        Activation::<f32>::apply_on(&fused_of_f32, isa, &wide, &mut f32s)
            .expect("it is of one length");
        fused
            .apply_on(isa, &of_type, &mut y)
            .expect("it is of one length");
        assert_same(activation, isa, &y, &rounded(&f32s));
        if !x.is_empty() {
            let inner = x.len() / channels;
            let bias = fused
                .bias(&other[..channels], inner)
                .expect("there is a bias");
            let bias_of_f32 = fused_of_f32.bias(&wide_other[..channels], inner);
            let bias_of_f32 = bias_of_f32.expect("there is a bias");
            Activation::<f32>::apply_on(&bias_of_f32, isa, &wide, &mut f32s).expect("it fits");
            y.copy_from_slice(&of_type);
            bias.apply_in_place_on(isa, &mut y).expect("it fits");
            assert_same(activation, isa, &y, &rounded(&f32s));
        }
        rows(activation, isa, (&of_type, &wide), &rounded);
        if !activation.depends_on_position() && x.len() >= 2 {
            split(activation, isa, (&of_type, &wide), &rounded);
        }
    }
}

/// Operations on rows of as many elements as fit.
fn rows<T: Float16 + Float>(
    activation: &AnyActivation<'_>,
    isa: Isa,
    (x, wide): (&[T], &[f32]),
    rounded: &impl Fn(&[f32]) -> Vec<T>,
) {
    let len = x.len();
    for axis in [1, 3, 20, len] {
        // Longer rows are summed up in another order.
        if !(1..=2000).contains(&axis) || !len.is_multiple_of(axis) {
            continue;
        }
        for rows in [Rows::last(axis), Rows::strided(axis, len / axis)] {
            for operation in AnyRowActivation::all() {
                let (mut f32s, mut y) = (wide.to_vec(), x.to_vec());
                operation
                    .apply_in_place_on(isa, rows, &mut f32s)
                    .expect("rows fit");
                operation
                    .apply_in_place_on(isa, rows, &mut y)
                    .expect("rows fit");
                assert_same(activation, isa, &y, &rounded(&f32s));
            }
        }
    }
}

/// A gate and a value in one tensor.
fn split<T: Float16 + Float>(
    activation: &AnyActivation<'_>,
    isa: Isa,
    (x, wide): (&[T], &[f32]),
    rounded: &impl Fn(&[f32]) -> Vec<T>,
) {
    let products = x.len() / 2;
    let (x, wide) = (&x[..2 * products], &wide[..2 * products]);
    let (mut f32s, mut y) = (wide[..products].to_vec(), x[..products].to_vec());
    for layout in [Layout::Halves, Layout::Pairs] {
        for n in [1, 5, products] {
            if !products.is_multiple_of(n) {
                continue;
            }
            let order = Order::ValueFirst;
            let split = Split { n, layout, order };
            let gate = Gated(*activation);
            gate.apply_split_on(isa, split, wide, &mut f32s)
                .expect("it fits");
            gate.apply_split_on(isa, split, x, &mut y).expect("it fits");
            assert_same(activation, isa, &y, &rounded(&f32s));
        }
    }
}

/// Both types.
pub fn check_both(activation: &AnyActivation<'_>, x: &[f32]) {
    check(activation, x, f16::from_f32, bf16::from_f32, bf16::to_f32);
    check(activation, x, bf16::from_f32, f16::from_f32, f16::to_f32);
}
