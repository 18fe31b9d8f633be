//! Operations on rows.

use super::Work;
use super::gates::numbers;
use activations::{AnyRowActivation, Empty, Isa, Mask, RowActivation, Rows, Softmax, Window};
use std::fmt;
use std::hint::black_box;

/// A tensor `[outer, axis, inner]`.
#[derive(Clone, Copy, PartialEq)]
pub struct Shape {
    pub outer: usize,
    pub rows: Rows,
}

impl Shape {
    /// As many rows of the last axis as `len` elements hold.
    pub const fn last(len: usize, axis: usize) -> Self {
        Self::strided(len, axis, 1)
    }

    /// As many rows of any other axis.
    pub const fn strided(len: usize, axis: usize, inner: usize) -> Self {
        Self {
            outer: len / (axis * inner),
            rows: Rows::strided(axis, inner),
        }
    }

    /// Its elements.
    pub const fn len(self) -> usize {
        self.outer * self.rows.axis * self.rows.inner
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { outer, rows } = self;
        write!(f, "{outer}x{}", rows.axis)?;
        if rows.inner == 1 {
            return Ok(());
        }
        write!(f, "x{}", rows.inner)
    }
}

/// One over the square root of 128, the dimensions of a head.
const SCALE: f32 = 0.088_388;

/// What there is of an operation, by name: as it is, and, of the softmaxes, with each option of attention, for rows of
/// `shape` that are the queries of one head. Masks have a row for every row of the shape, or for all that lie side by
/// side.
pub fn forms(operation: AnyRowActivation<'static>, shape: Shape) -> Vec<Form> {
    let name = operation.name();
    let mut forms = vec![(name.to_owned(), operation)];
    if let AnyRowActivation::Softmax(Softmax(plain)) = operation {
        let Shape { outer, rows } = shape;
        let of_queries = plain.shape(1, outer);
        let mask = numbers(outer * rows.axis);
        let kept = &*mask.iter().map(|x| *x > -4.0).collect::<Vec<_>>().leak();
        // Half of the keys, on average.
        let past = rows.axis as isize / 2 - outer as isize / 2;
        let options = [
            ("scaled", plain.scale(SCALE)),
            ("masked", plain.mask(Mask::added(mask))),
            ("kept", plain.mask(Mask::kept(kept))),
            ("capped", plain.scale(SCALE).softcap(50.0)),
            // ALiBi's slopes for eight heads go from one half to this. A steep one makes logits differ by so much that
            // any softmax of such rows takes longer.
            ("sloped", of_queries.slopes(&[-1.0 / 256.0])),
            ("steep", of_queries.slopes(&[-0.125])),
            ("sunk", plain.sinks(&[0.5])),
            ("zeroing", plain.empty(Empty::Zero)),
            ("causal", of_queries.window(Window::causal(past))),
        ];
        for (option, attention) in options {
            forms.push((format!("{name}_{option}"), Softmax(attention).into()));
        }
    }
    forms
}

/// An operation and what its form is called.
pub type Form = (String, AnyRowActivation<'static>);

/// `operation` on `isa` on each row of a tensor, of which the blocks hold the elements.
pub fn of_rows<'a>(operation: impl RowActivation + 'a, isa: Isa, shape: Shape) -> Work<'a> {
    Box::new(move |blocks, variant, calls| {
        // The compiler may not know the parameters, else it would check them once for all calls.
        let operation = || black_box(&operation);
        let (rows, len) = (shape.rows, shape.len());
        blocks.time(
            variant,
            calls,
            |x, y| operation().apply_on(isa, rows, &x[..len], &mut y[..len]),
            |x| operation().apply_in_place_on(isa, rows, &mut x[..len]),
        )
    })
}
