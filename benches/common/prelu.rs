//! PReLU with a slope per channel.

use activations::Prelu;

/// A tensor `[outer, channels, inner]`.
#[derive(Clone, Copy)]
pub struct Shape {
    outer: usize,
    channels: usize,
    inner: usize,
}

const fn shape(outer: usize, channels: usize, inner: usize) -> Shape {
    Shape {
        outer,
        channels,
        inner,
    }
}

/// What convolutional networks have in front of a PReLU, from first to last layers, in both
/// layouts; and shapes that fit no vector.
pub const SHAPES: [Shape; 8] = [
    shape(8, 64, 56 * 56),
    shape(8, 64, 4 * 4),
    shape(8 * 56 * 56, 64, 1),
    shape(4, 3, 224 * 224),
    shape(8, 64, 7 * 7),
    shape(64, 64, 2),
    shape(224 * 224, 3, 1),
    shape(1024, 5, 3),
];

impl Shape {
    /// Elements in the tensor.
    pub const fn len(self) -> usize {
        self.outer * self.channels * self.inner
    }

    /// A slope for each channel, no two alike, 0.25 among them.
    pub fn slopes(self) -> Vec<f32> {
        (0..self.channels)
            .map(|channel| 0.25 / (channel + 1) as f32)
            .collect()
    }

    /// The activation for such a tensor.
    pub fn prelu(self, slopes: &[f32]) -> Prelu<'_> {
        Prelu::per_channel(slopes, self.inner).expect("the shapes have channels and elements")
    }
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}x{}", self.outer, self.channels, self.inner)
    }
}
