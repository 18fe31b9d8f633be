//! What the kernels are tested against, in f64.

use super::Attention;
use super::mask::Values;
use alloc::vec::Vec;

/// The logits of one row in f64.
pub(crate) struct Logits {
    /// The number of the first key that takes part.
    pub(crate) start: usize,
    /// Those of the keys that take part.
    pub(crate) of_keys: Vec<f64>,
    /// That of the sink; -inf if there is none.
    pub(crate) of_sink: f64,
    /// Whether there is no key, and all shares are to be 0.
    pub(crate) is_empty: bool,
}

impl Logits {
    /// The largest of all.
    pub(crate) fn largest(&self) -> f64 {
        self.of_keys.iter().copied().fold(self.of_sink, f64::max)
    }

    /// The results `f` of the logits, with `past` for each of the `axis` keys that takes no part.
    pub(crate) fn results(&self, axis: usize, past: f64, f: impl Fn(f64) -> f64) -> Vec<f64> {
        let mut results = alloc::vec![past; axis];
        for (result, &t) in results.iter_mut().skip(self.start).zip(&self.of_keys) {
            *result = if self.is_empty { past } else { f(t) };
        }
        results
    }
}

impl Attention<'_> {
    /// The logits of row `row`: each step is rounded to f32, but for that of the soft cap, whose result is not.
    pub(crate) fn logits(&self, row: usize, x: &[f64]) -> Logits {
        let row = self.first + row;
        let place = self.place(row);
        let [_, head, query] = place;
        let (start, len) = self.keys(row, x.len());
        let mask = self.mask.start(row, place, x.len());
        let own = self.own_key(query);
        let logit = |key: usize| {
            let mut t = self.scale * x[key] as f32;
            let mut exact = f64::from(t);
            if self.is_capped() {
                let cap = f64::from(self.softcap);
                exact = cap * libm::tanh(exact / cap);
                t = exact as f32;
            }
            let slope = self.slopes.get(head);
            let distance = (key as isize).wrapping_sub(own) as f32;
            let of_mask = match self.mask.values {
                Values::None | Values::Kept(_) => None,
                Values::Added(values) => values.get(mask + key),
            };
            for summand in slope
                .map(|slope| slope * distance)
                .into_iter()
                .chain(of_mask)
            {
                t += summand;
                exact = f64::from(t);
            }
            match self.mask.values {
                Values::Kept(values) if values.get(mask + key) == Some(&0) => f64::NEG_INFINITY,
                _ => exact,
            }
        };
        let of_keys: Vec<f64> = (start..start + len).map(logit).collect();
        let of_sink = self.sinks.get(head).copied().unwrap_or(f32::NEG_INFINITY);
        let is_nothing = of_keys.iter().all(|t| *t == f64::NEG_INFINITY);
        Logits {
            start,
            of_sink: f64::from(of_sink),
            is_empty: is_nothing
                && of_sink == f32::NEG_INFINITY
                && self.empty == crate::Empty::Zero,
            of_keys,
        }
    }
}
