//! The scores of attention, whose softmax has more to do: in one call of this crate, and in as many as they need of others.

use activations::{Attention, Mask, Softmax, Window};
use std::sync::LazyLock;

/// One over the root of the dimensions of a head.
pub const SCALE: f32 = 0.125;

/// How many keys of a decoded query's cache are filled.
const FILLED: usize = 3584;

/// Scores of one shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scores {
    /// 64 queries of 1,024 keys, with a scale and a mask for each of them that is added.
    Masked,
    /// One query of 32 heads over a cache of 4,096 keys, of which it sees those before it; with a scale, a mask that is added for
    /// all heads, and a sink for each.
    Decoding,
}

impl Scores {
    pub const ALL: [Self; 2] = [Self::Masked, Self::Decoding];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Masked => "softmax_masked",
            Self::Decoding => "softmax_decoding",
        }
    }

    /// The rows of scores, and the keys of each.
    pub const fn shape(self) -> [usize; 2] {
        match self {
            Self::Masked => [64, 1024],
            Self::Decoding => [32, 4096],
        }
    }

    pub const fn elements(self) -> usize {
        let [rows, keys] = self.shape();
        rows * keys
    }

    /// How this crate is told.
    pub fn softmax(self) -> Softmax<'static> {
        let attention = Attention::new().scale(SCALE);
        Softmax(match self {
            Self::Masked => attention.mask(Mask::added(MASK.as_slice())),
            Self::Decoding => attention
                .shape(self.shape()[0], 1)
                .window(Window::causal(FILLED as isize - 1))
                .mask(Mask::added(&MASK[..self.shape()[1]]))
                .sinks(&SINKS),
        })
    }

    /// The mask of row `row`, which for others has the causal one in it: -inf where a key is not seen.
    pub fn mask(self, row: usize) -> &'static [f32] {
        match self {
            Self::Masked => {
                let keys = self.shape()[1];
                &MASK[row * keys..][..keys]
            }
            Self::Decoding => &CAUSAL,
        }
    }

    /// The sink of row `row`, if it has one.
    pub fn sink(self, row: usize) -> Option<f32> {
        match self {
            Self::Masked => None,
            Self::Decoding => Some(SINKS[row]),
        }
    }
}

/// Numbers that are added: as for all scores of [`Scores::Masked`].
static MASK: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let numbers = (0..Scores::Masked.elements()).map(|i| (i * 397 % 1024) as f32 / -512.0);
    numbers.collect()
});

static CAUSAL: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let mut mask = MASK[..Scores::Decoding.shape()[1]].to_vec();
    mask[FILLED..].fill(f32::NEG_INFINITY);
    mask
});

static SINKS: [f32; Scores::Decoding.shape()[0]] = {
    let mut sinks = [0.0; Scores::Decoding.shape()[0]];
    let mut head = 0;
    while head < sinks.len() {
        sinks[head] = head as f32 / 8.0 - 1.0;
        head += 1;
    }
    sinks
};
