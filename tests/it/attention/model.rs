//! A model of attention: which keys take part, and what the logits are, worked out element by element as the
//! documentation has it.

use crate::common::Variant;
use crate::common::rows::compute;
use activations::{Attention, Bounds, Empty, Isa, LogSoftmax, Mask, Rows, Softmax, Window};
use proptest::prelude::*;

/// The values of a mask.
#[derive(Clone, Debug)]
pub enum Values {
    None,
    Added(Vec<f32>),
    Kept(Vec<bool>),
}

/// All options but the cap and the sinks, for scores `[batches, heads, queries, keys]`.
#[derive(Clone, Debug)]
pub struct Model {
    pub shape: [usize; 4],
    scale: f32,
    slopes: Vec<f32>,
    mask: Values,
    /// Along which of batches, heads and queries the mask has rows of its own.
    own: [bool; 3],
    starts: Vec<usize>,
    ends: Vec<usize>,
    window: Window,
}

impl Model {
    /// Elements of the mask from one batch, head and query to the next.
    fn strides(&self) -> [usize; 3] {
        let [_, heads, queries, keys] = self.shape;
        let sizes = [heads, queries];
        let mut strides = [0; 3];
        let mut step = keys;
        for axis in (0..3).rev() {
            if self.own[axis] {
                strides[axis] = step;
                step *= [self.shape[0], sizes[0], sizes[1]][axis];
            }
        }
        strides
    }

    fn mask_len(&self) -> usize {
        let [batches, heads, queries, keys] = self.shape;
        let sizes = [batches, heads, queries];
        let rows = sizes
            .iter()
            .zip(self.own)
            .map(|(&size, own)| if own { size } else { 1 });
        rows.product::<usize>() * keys
    }

    pub fn attention(&self) -> Attention<'_> {
        let [_, heads, queries, _] = self.shape;
        let mask = match &self.mask {
            Values::None => Mask::NONE,
            Values::Added(values) => Mask::added(values).strides(self.strides()),
            Values::Kept(values) => Mask::kept(values).strides(self.strides()),
        };
        Attention::new()
            .shape(heads, queries)
            .scale(self.scale)
            .slopes(&self.slopes)
            .mask(mask)
            .starts(Bounds::PerRow(&self.starts))
            .ends(Bounds::PerBatch(&self.ends))
            .window(self.window)
    }

    /// The batch, head and query of row `row`.
    pub fn place(&self, row: usize) -> [usize; 3] {
        let [_, heads, queries, _] = self.shape;
        [
            row / (heads * queries),
            row / queries % heads,
            row % queries,
        ]
    }

    /// The keys that take part in a row, and their logits.
    pub fn logits(&self, [batch, head, query]: [usize; 3], x: &[f32]) -> Vec<(usize, f32)> {
        let [_, heads, queries, keys] = self.shape;
        let row = (batch * heads + head) * queries + query;
        let own = query as i64 + self.window.past as i64;
        let mut logits = vec![];
        for key in 0..keys {
            let ahead = key as i64 - own;
            let is_seen = ahead >= -(self.window.before.min(1 << 40) as i64)
                && ahead <= self.window.after.min(1 << 40) as i64
                && key >= self.starts[row % self.starts.len()]
                && key < self.ends[batch];
            if !is_seen {
                continue;
            }
            let mut t = self.scale * x[row * keys + key];
            if let Some(slope) = self.slopes.get(head) {
                t += slope * ahead as f32;
            }
            let [b, h, q] = self.strides();
            let at = b * batch + h * head + q * query + key;
            match &self.mask {
                Values::None => {}
                Values::Added(values) => t += values[at],
                Values::Kept(values) => {
                    if !values[at] {
                        t = f32::NEG_INFINITY;
                    }
                }
            }
            logits.push((key, t));
        }
        logits
    }

    /// What softmax and its logarithm are to give for `x` on `isa`, by the operations without options.
    pub fn expected(&self, isa: Isa, x: &[f32], empty: Empty) -> [Vec<f32>; 2] {
        let [batches, heads, queries, keys] = self.shape;
        let mut results = [vec![0.0; x.len()], vec![f32::NEG_INFINITY; x.len()]];
        for row in 0..batches * heads * queries {
            let logits = self.logits(self.place(row), x);
            let alone: Vec<f32> = logits.iter().map(|(_, t)| *t).collect();
            if alone.is_empty()
                || empty == Empty::Zero && alone.iter().all(|t| *t == f32::NEG_INFINITY)
            {
                continue;
            }
            let rows = Rows::last(alone.len());
            let of = [Softmax::default().into(), LogSoftmax::default().into()]
                .map(|operation| compute(&operation, isa, Variant::OutOfPlace, rows, &alone));
            for (result, of) in results.iter_mut().zip(of) {
                for ((key, _), y) in logits.iter().zip(of) {
                    result[row * keys + key] = y;
                }
            }
        }
        results
    }
}

/// A model of any shape, with any options.
pub fn any() -> impl Strategy<Value = Model> {
    let shape = (1usize..=3, 1usize..=3, 1usize..=5, 1usize..=90);
    let window = (
        -8isize..80,
        0usize..100,
        0usize..100,
        proptest::prelude::any::<[bool; 2]>(),
    );
    let numbers = (
        prop_oneof![Just(1.0f32), -2.0f32..2.0],
        proptest::collection::vec(-0.5f32..0.5, 3),
        proptest::collection::vec(
            prop_oneof![6 => -4.0f32..4.0, 1 => Just(f32::NEG_INFINITY)],
            64,
        ),
        proptest::collection::vec(proptest::prelude::any::<usize>(), 15),
    );
    let choices = (
        proptest::prelude::any::<bool>(),
        0u8..3,
        proptest::prelude::any::<[bool; 3]>(),
        0u8..3,
    );
    (shape, window, numbers, choices).prop_map(|(shape, window, numbers, choices)| {
        let (batches, heads, queries, keys) = shape;
        let (past, before, after, [all_before, all_after]) = window;
        let (scale, mut slopes, values, bounds) = numbers;
        let (has_slopes, mask, own, bounded) = choices;
        slopes.truncate(if has_slopes { heads } else { 0 });
        let all = usize::MAX;
        let bound = |i: usize, few: usize| bounds[i % bounds.len()] % (keys / few + 1);
        let mut model = Model {
            shape: [batches, heads, queries, keys],
            scale,
            slopes,
            mask: Values::None,
            own,
            starts: (0..heads * queries)
                .map(|i| if bounded == 1 { bound(i, 3) } else { 0 })
                .collect(),
            ends: (0..batches)
                .map(|i| {
                    if bounded > 0 {
                        keys - bound(i, 2)
                    } else {
                        keys
                    }
                })
                .collect(),
            window: Window {
                past,
                before: if all_before { all } else { before },
                after: if all_after { all } else { after },
            },
        };
        let len = model.mask_len();
        let value = |i: usize| values[(i + i / 64) % 64];
        model.mask = match mask {
            0 => Values::None,
            1 => Values::Added((0..len).map(value).collect()),
            _ => Values::Kept((0..len).map(|i| value(i) > -2.0).collect()),
        };
        model
    })
}
