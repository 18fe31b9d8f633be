//! On all threads the bits are those of one thread, whatever their number.

use crate::common::rows::{Operands, described};
use crate::common::{inputs, step_of_the_heaviest};
use activations::{
    Activation, AnyActivation, AnyGate, AnyRowActivation, Biased, ClampedSwiglu, Error, Fused,
    Gate, Gated, Layout, Order, Prelu, Relu, RowActivation, Rows, Silu, Snake, Softmax, Split,
};
use rayon::ThreadPoolBuilder;

/// Elements from which on a tensor is not left to one thread.
const SHARED: usize = 1 << 21;

/// So many more of them that the whole rows, blocks or periods in it are shared out as well, and no whole number of
/// anything.
const MANY: usize = 3_000_037;

/// `x` without what is left behind its last whole `block`: long enough, else a test would be of one thread alone.
fn whole(x: &[f32], block: usize) -> &[f32] {
    let len = x.len() / block * block;
    assert!(len >= SHARED, "{len} elements in blocks of {block}");
    &x[..len]
}

/// Runs `test` in pools of one thread to seven; where the CPU is emulated, of three alone: how tensors are cut does
/// not depend on it.
fn in_pools(test: impl Fn() + Sync) {
    for threads in [3, 1, 2, 7].into_iter().step_by(step_of_the_heaviest(4)) {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(&test);
    }
}

fn assert_same(got: &[f32], expected: &[f32], what: &str) {
    let differs = |(got, expected): (&f32, &f32)| got.to_bits() != expected.to_bits();
    if let Some(at) = got.iter().zip(expected).position(differs) {
        panic!("{what}: element {at} is {}, not {}", got[at], expected[at]);
    }
}

fn assert_elementwise<A: Activation + Sync>(activation: &A, x: &[f32], what: &str) {
    let mut expected = vec![0.0; x.len()];
    activation.apply(x, &mut expected).unwrap();
    in_pools(|| {
        let mut y = vec![0.0; x.len()];
        activation.par_apply(x, &mut y).unwrap();
        assert_same(&y, &expected, what);
        y.copy_from_slice(x);
        activation.par_apply_in_place(&mut y).unwrap();
        assert_same(&y, &expected, &format!("{what}, in place"));
    });
}

#[test]
fn every_activation() {
    let x = inputs::noise(MANY);
    for activation in AnyActivation::all().step_by(step_of_the_heaviest(8)) {
        assert_elementwise(&activation, &x, activation.name());
    }
    for len in [0, 1, 17, SHARED - 1, SHARED, SHARED + 1] {
        assert_elementwise(&Silu, &x[..len], &format!("{len} elements"));
    }
}

/// Long enough to be written past the cache, by each thread.
#[test]
fn a_tensor_that_streams() {
    let x = inputs::noise((32 << 20) / size_of::<f32>() + 5);
    assert_elementwise(&Relu, &x, "relu");
}

#[test]
fn channels_biases_and_residuals() {
    let x = inputs::noise(MANY);
    let numbers = inputs::noise(1000);
    for (channels, inner) in [(1000, 1), (3, 5000), (2, 600_000), (1, MANY), (64, 49)] {
        let (x, numbers) = (whole(&x, channels * inner), &numbers[..channels]);
        let what = format!("[_, {channels}, {inner}]");
        let prelu = Prelu::per_channel(numbers, inner).unwrap();
        assert_elementwise(&prelu, x, &format!("prelu {what}"));
        let fused = Fused::new(Relu).bias(numbers, inner).unwrap().residual(x);
        assert_elementwise(&fused, x, &format!("fused {what}"));
        let betas: Vec<f32> = numbers.iter().map(|x| x.abs() + 0.5).collect();
        let snake = Snake::per_channel(numbers, &betas, inner).unwrap();
        assert_elementwise(&snake, x, &format!("snake {what}"));
        let nested = Fused::new(prelu).bias(numbers, inner).unwrap();
        assert_elementwise(&nested, x, &format!("nested {what}"));
    }
}

fn assert_rows<A: RowActivation + Sync>(operation: &A, rows: Rows, x: &[f32], what: &str) {
    let mut expected = vec![0.0; x.len()];
    operation.apply(rows, x, &mut expected).unwrap();
    in_pools(|| {
        let mut y = vec![0.0; x.len()];
        operation.par_apply(rows, x, &mut y).unwrap();
        assert_same(&y, &expected, what);
        y.copy_from_slice(x);
        operation.par_apply_in_place(rows, &mut y).unwrap();
        assert_same(&y, &expected, &format!("{what}, in place"));
    });
}

#[test]
fn rows() {
    let x = inputs::noise(MANY);
    for rows in [
        Rows::last(1000),
        Rows::last(1 << 21),
        Rows::strided(10, 777),
        Rows::strided(1000, 1000),
    ] {
        let x = whole(&x, rows.axis * rows.inner);
        for operation in AnyRowActivation::all().step_by(step_of_the_heaviest(4)) {
            assert_rows(
                &operation,
                rows,
                x,
                &format!("{} {rows:?}", operation.name()),
            );
        }
    }
    let rows = Rows::last(1024);
    let x = &x[..2048 * 1024];
    let operands = Operands::new(rows, 2048);
    for attention in operands.every_way() {
        let softmax = Softmax(attention);
        assert_rows(&softmax, rows, x, &described(&softmax.into()));
    }
}

fn assert_gate<G: Gate + Sync>(gate: &G, what: &str)
where
    G::Activation: Sync,
{
    let x = inputs::noise(2 * MANY);
    let (left, right) = x.split_at(MANY);
    let mut expected = vec![0.0; MANY];
    gate.apply(left, right, &mut expected).unwrap();
    in_pools(|| {
        let mut y = vec![0.0; MANY];
        gate.par_apply(left, right, &mut y).unwrap();
        assert_same(&y, &expected, what);
        y.copy_from_slice(left);
        gate.par_apply_in_place(&mut y, right).unwrap();
        assert_same(&y, &expected, &format!("{what}, in place"));
    });
    for (layout, n) in [
        (Layout::Halves, MANY),
        (Layout::Halves, 1000),
        (Layout::Halves, 1),
        (Layout::Pairs, MANY),
    ] {
        for order in [Order::GateFirst, Order::ValueFirst] {
            let split = Split { n, layout, order };
            let len = whole(left, n).len();
            let x = &x[..2 * len];
            let mut expected = vec![0.0; len];
            gate.apply_split(split, x, &mut expected).unwrap();
            in_pools(|| {
                let mut y = vec![0.0; len];
                gate.par_apply_split(split, x, &mut y).unwrap();
                assert_same(&y, &expected, &format!("{what} {split:?}"));
            });
        }
    }
}

#[test]
fn gates() {
    for gate in AnyGate::all().step_by(step_of_the_heaviest(8)) {
        assert_gate(&gate, gate.name());
    }
    let slopes = inputs::noise(MANY);
    let prelu = Prelu::per_channel(&slopes, 1).unwrap();
    assert_gate_of_channels(prelu);
}

/// Rows of a bias go on where a tensor is cut.
#[test]
fn gates_with_biases() {
    let x = inputs::noise(2 * MANY);
    let numbers = inputs::noise(2 * SHARED);
    for n in [1000, 1, SHARED] {
        let len = whole(&x[..MANY], n).len();
        let (gate, value) = (&x[..len], &x[len..2 * len]);
        let (of_gate, of_value) = numbers[..2 * n].split_at(n);
        for layout in [Layout::Halves, Layout::Pairs] {
            let order = Order::ValueFirst;
            let split = Split { n, layout, order };
            let call = Biased::new(ClampedSwiglu::OAI);
            let both = call.bias(split, &numbers[..2 * n]).unwrap();
            let apart = call.gate_bias(of_gate).value_bias(of_value);
            for call in [both, apart] {
                let what = format!("{split:?}");
                let (mut expected, mut of_split) = (vec![0.0; len], vec![0.0; len]);
                call.apply(gate, value, &mut expected).unwrap();
                call.apply_split(split, &x[..2 * len], &mut of_split)
                    .unwrap();
                in_pools(|| {
                    let mut y = vec![0.0; len];
                    call.par_apply(gate, value, &mut y).unwrap();
                    assert_same(&y, &expected, &what);
                    y.copy_from_slice(gate);
                    call.par_apply_in_place(&mut y, value).unwrap();
                    assert_same(&y, &expected, &what);
                    call.par_apply_split(split, &x[..2 * len], &mut y).unwrap();
                    assert_same(&y, &of_split, &what);
                });
            }
        }
    }
}

/// What depends on the position is not cut.
fn assert_gate_of_channels(prelu: Prelu<'_>) {
    let x = inputs::noise(2 * MANY);
    let (gate, value) = x.split_at(MANY);
    let (mut expected, mut y) = (vec![0.0; MANY], vec![0.0; MANY]);
    Gated(prelu).apply(gate, value, &mut expected).unwrap();
    Gated(prelu).par_apply(gate, value, &mut y).unwrap();
    assert_same(&y, &expected, "prelu of channels");
}

#[test]
fn what_is_refused_leaves_the_output_as_it_was() {
    let x = inputs::noise(MANY);
    let mut y = vec![7.5; MANY - 1];
    let mismatch = Err(Error::LengthMismatch {
        input: MANY,
        output: MANY - 1,
    });
    assert_eq!(Relu.par_apply(&x, &mut y), mismatch);
    assert_eq!(
        Softmax::default().par_apply(Rows::last(1), &x, &mut y),
        mismatch
    );
    assert_eq!(Gated(Relu).par_apply(&x, &x, &mut y), mismatch);
    let prelu = Prelu::per_channel(&[0.5, 0.25], 1).unwrap();
    let shape = prelu.par_apply_in_place(&mut y[..7]);
    assert!(matches!(shape, Err(Error::ShapeMismatch { len: 7, .. })));
    let rows = Softmax::default().par_apply_in_place(Rows::last(2), &mut y[..7]);
    assert!(matches!(rows, Err(Error::RowsMismatch { len: 7, .. })));
    assert!(Gated(Relu).par_apply_in_place(&mut y, &x).is_err());
    let split = Split {
        n: 3,
        layout: Layout::Halves,
        order: Order::GateFirst,
    };
    assert!(Gated(Relu).par_apply_split(split, &x, &mut y).is_err());
    assert!(y.iter().all(|&y| y == 7.5));
}
