//! The matrix products of attention, which this crate does not have, as plain sums in f64.

use super::cases::Tensor;

/// A tensor `[batch, heads, positions, size]`.
pub struct Heads {
    pub shape: [usize; 4],
    pub values: Vec<f64>,
}

impl Heads {
    /// The tensor of that shape whose element at each place is `f` of the place.
    pub fn from_fn(shape: [usize; 4], f: impl Fn([usize; 4]) -> f64) -> Self {
        let [_, heads, positions, size] = shape;
        let place = |at: usize| {
            let (row, i) = (at / size, at % size);
            let (head, position) = (row / positions, row % positions);
            [head / heads, head % heads, position, i]
        };
        let len = shape.iter().product();
        Self {
            shape,
            values: (0..len).map(|at| f(place(at))).collect(),
        }
    }

    fn at(&self, [batch, head, position, i]: [usize; 4]) -> f64 {
        let [_, heads, positions, size] = self.shape;
        self.values[((batch * heads + head) * positions + position) * size + i]
    }

    /// Reads a tensor that has this layout, or is `[batch, positions, heads * size]`.
    pub fn read(tensor: &Tensor, heads: Option<usize>) -> Self {
        let values = &tensor.values;
        match (&tensor.shape[..], heads) {
            (&[batches, heads, positions, size], None) => Self {
                shape: [batches, heads, positions, size],
                values: values.iter().map(|&x| f64::from(x)).collect(),
            },
            (&[batches, positions, width], Some(heads)) => {
                let size = width / heads;
                Self::from_fn([batches, heads, positions, size], |[b, h, p, i]| {
                    f64::from(values[((b * positions + p) * heads + h) * size + i])
                })
            }
            (shape, _) => panic!("{} has the shape {shape:?}", tensor.name),
        }
    }

    /// The values as `[batch, positions, heads * size]`.
    pub fn by_position(&self) -> Vec<f64> {
        let [batches, heads, positions, size] = self.shape;
        let by_position = Self::from_fn([batches, positions, heads, size], |[b, p, h, i]| {
            self.at([b, h, p, i])
        });
        by_position.values
    }

    /// The positions of `past`, and behind them those of this tensor.
    pub fn behind(&self, past: &Self) -> Self {
        let [batches, heads, positions, size] = self.shape;
        let before = past.shape[2];
        Self::from_fn(
            [batches, heads, before + positions, size],
            |[b, h, p, i]| match p.checked_sub(before) {
                Some(p) => self.at([b, h, p, i]),
                None => past.at([b, h, p, i]),
            },
        )
    }

    /// How many heads of `self` share one of `shared`.
    fn sharing(&self, shared: &Self) -> usize {
        assert_eq!(self.shape[1] % shared.shape[1], 0);
        self.shape[1] / shared.shape[1]
    }

    /// The products of these queries with the first `len` of the `keys`.
    pub fn scores(&self, keys: &Self, len: usize) -> Self {
        let [batches, heads, queries, size] = self.shape;
        let sharing = self.sharing(keys);
        Self::from_fn([batches, heads, queries, len], |[b, h, q, k]| {
            let product = |i| self.at([b, h, q, i]) * keys.at([b, h / sharing, k, i]);
            (0..size).map(product).sum()
        })
    }

    /// The sums of the `values` of the keys, of which these are the shares; keys behind them have none.
    pub fn share_out(&self, values: &Self) -> Self {
        let [batches, heads, queries, len] = self.shape;
        let sharing = self.sharing(values);
        let size = values.shape[3];
        Self::from_fn([batches, heads, queries, size], |[b, h, q, i]| {
            let product = |k| self.at([b, h, q, k]) * values.at([b, h / sharing, k, i]);
            (0..len).map(product).sum()
        })
    }
}
