//! Results in vectors that the caller keeps: they grow, never shrink, and hold what a slice would.

use crate::common::inputs;
use activations::{
    AVec, Activation, AnyActivation, AnyGate, AnyRowActivation, Error, Gate, Gated, Prelu, Relu,
    RowActivation, Rows, Softmax,
};

/// Calls `into_vec` with inputs of several lengths, in rows of `axis`, and one vector, and compares with what
/// `into_slice` writes.
fn assert_kept(
    what: &str,
    axis: usize,
    into_vec: impl Fn(&[f32], &mut AVec<f32>),
    into_slice: impl Fn(&[f32], &mut [f32]),
) {
    let x = inputs::noise(1000 * axis);
    let mut y = AVec::new(0);
    let mut capacity = 0;
    for rows in [0, 1, 16, 1000, 17, 0, 999, 1000] {
        let len = rows * axis;
        let start = y.as_ptr();
        into_vec(&x[..len], &mut y);
        let mut expected = vec![0.0; len];
        into_slice(&x[..len], &mut expected);
        let same = y
            .iter()
            .zip(&expected)
            .all(|(y, expected)| y.to_bits() == expected.to_bits());
        assert!(same && y.len() == len, "{what}: {len} elements");
        assert!(
            y.capacity() >= capacity.max(len),
            "{what}: shrunk for {len} elements"
        );
        assert!(
            len > capacity || y.as_ptr() == start,
            "{what}: moved for {len} elements"
        );
        assert_eq!(y.as_ptr().addr() % 64, 0, "{what}: not aligned");
        capacity = y.capacity();
    }
}

#[test]
fn of_activations() {
    for activation in AnyActivation::all() {
        assert_kept(
            activation.name(),
            1,
            |x, y| activation.apply_to_vec(x, y).unwrap(),
            |x, y| activation.apply(x, y).unwrap(),
        );
    }
}

#[test]
fn of_rows() {
    for operation in AnyRowActivation::all() {
        let rows = Rows::last(7);
        assert_kept(
            operation.name(),
            rows.axis,
            |x, y| operation.apply_to_vec(rows, x, y).unwrap(),
            |x, y| operation.apply(rows, x, y).unwrap(),
        );
    }
}

#[test]
fn of_gates() {
    for gate in AnyGate::all() {
        assert_kept(
            gate.name(),
            1,
            |x, y| gate.apply_to_vec(x, x, y).unwrap(),
            |x, y| gate.apply(x, x, y).unwrap(),
        );
    }
}

/// So large that new memory asks for huge pages, and memory that is kept is written past the cache.
#[test]
fn of_large_tensors() {
    let x = inputs::noise((32 << 20) / size_of::<f32>() + 3);
    let mut y = AVec::new(0);
    for _ in 0..2 {
        Relu.apply_to_vec(&x, &mut y).unwrap();
        assert!(y.len() == x.len() && y.iter().zip(&x).all(|(y, x)| *y == x.max(0.0)));
        y.fill(7.5);
    }
}

#[test]
fn what_is_refused_leaves_the_vector_as_it_was() {
    let x = inputs::noise(7);
    let mut y = AVec::from_iter(0, [7.5; 3]);
    let prelu = Prelu::per_channel(&[0.5, 0.25], 1).unwrap();
    let shape = prelu.apply_to_vec(&x, &mut y);
    assert!(matches!(shape, Err(Error::ShapeMismatch { len: 7, .. })));
    let rows = Softmax::default().apply_to_vec(Rows::last(2), &x, &mut y);
    assert!(matches!(rows, Err(Error::RowsMismatch { len: 7, .. })));
    let operand = Gated(Relu).apply_to_vec(&x, &x[..6], &mut y);
    assert!(matches!(operand, Err(Error::OperandMismatch { .. })));
    assert_eq!(y[..], [7.5; 3]);
}
