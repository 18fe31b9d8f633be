//! Calls on all threads of a pool.

use super::Work;
use super::rows::Shape;
use activations::{Activation, AnyActivation, AnyRowActivation, RowActivation};
use std::hint::black_box;

/// `activation` on all threads.
pub fn applied<'a>(activation: AnyActivation<'a>) -> Work<'a> {
    Box::new(move |blocks, variant, calls| {
        let activation = || black_box(&activation);
        blocks.time(
            variant,
            calls,
            |x, y| activation().par_apply(x, y),
            |x| activation().par_apply_in_place(x),
        )
    })
}

/// `operation` on all threads, on each row of a tensor, of which the blocks hold the elements.
pub fn of_rows<'a>(operation: AnyRowActivation<'a>, shape: Shape) -> Work<'a> {
    Box::new(move |blocks, variant, calls| {
        let operation = || black_box(&operation);
        let (rows, len) = (shape.rows, shape.len());
        blocks.time(
            variant,
            calls,
            |x, y| operation().par_apply(rows, &x[..len], &mut y[..len]),
            |x| operation().par_apply_in_place(rows, &mut x[..len]),
        )
    })
}
