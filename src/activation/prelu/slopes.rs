//! Slopes that differ from element to element.

use crate::channels::grid::Grid;
use crate::channels::{Channels, Numbers};
use crate::element::Slice;
use crate::{Cuts, Error, Isa};

/// Slopes that differ from element to element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Slopes<'a> {
    places: Places<'a>,
    /// What the slopes ask of the stage that multiplies by them.
    pub(crate) special: Special,
}

/// Which element has which slope.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Places<'a> {
    Channels(Channels<'a>),
    Grid(Grid<'a>),
}

/// Whether there are slopes that take operations more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Special {
    /// All are finite, and none is 0.
    None,
    /// All are finite, and one is 0.
    Zero,
    /// One is infinite or NaN.
    NotFinite,
}

impl Special {
    fn of(slopes: Slice<'_>) -> Self {
        if slopes.has_any_not_finite() {
            Self::NotFinite
        } else if slopes.has_zero() {
            Self::Zero
        } else {
            Self::None
        }
    }
}

impl<'a> Slopes<'a> {
    /// One for each channel.
    pub(super) fn of_channels(channels: Channels<'a>) -> Self {
        Self {
            places: Places::Channels(channels),
            special: Special::of(channels.numbers()),
        }
    }

    /// The slopes that a grid holds, each for the elements that the grid says.
    pub(super) fn of_grid(grid: Grid<'a>) -> Self {
        Self {
            places: Places::Grid(grid),
            special: Special::of(grid.numbers()),
        }
    }

    /// The slope of the element at `index`.
    pub(super) fn at(&self, index: usize) -> f32 {
        match self.places {
            Places::Channels(channels) => channels.at(index),
            Places::Grid(grid) => grid.at(index),
        }
    }

    /// Where a tensor may be cut.
    pub(super) fn cuts(&self) -> Cuts {
        match self.places {
            Places::Channels(channels) => channels.cuts(),
            Places::Grid(_) => Cuts::Anywhere,
        }
    }

    /// The slopes of the `len` elements from `start` on.
    pub(super) fn part(&self, start: usize, len: usize) -> Self {
        let places = match self.places {
            Places::Channels(channels) => Places::Channels(channels.part(start, len)),
            Places::Grid(grid) => Places::Grid(grid.part(start, len)),
        };
        Self { places, ..*self }
    }

    /// Whether a tensor of `len` elements has such slopes.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] where it has not.
    #[inline]
    pub(super) fn check(&self, len: usize) -> Result<(), Error> {
        match self.places {
            Places::Channels(channels) => channels.check(len),
            Places::Grid(grid) if grid.fits(len) => Ok(()),
            Places::Grid(grid) => {
                let (channels, inner) = grid.shape();
                Err(Error::ShapeMismatch {
                    len,
                    channels,
                    inner,
                })
            }
        }
    }

    /// As [`Channels::for_each_run`].
    ///
    /// # Safety
    /// The CPU has `isa`, and `tensor` has passed [`check`](Self::check).
    #[inline]
    pub(crate) unsafe fn for_each_run(
        &self,
        isa: Isa,
        tensor: usize,
        run: impl FnMut(usize, usize, Numbers),
    ) {
        // SAFETY: the caller's promises, passed on.
        unsafe {
            match self.places {
                Places::Channels(channels) => channels.for_each_run(isa, tensor, run),
                Places::Grid(grid) => grid.for_each_run(isa, tensor, run),
            }
        }
    }

    /// The number of channels and their elements, where each channel has a slope.
    #[cfg(test)]
    pub(super) fn channels(&self) -> Option<(usize, usize)> {
        match self.places {
            Places::Channels(channels) => Some((channels.numbers().len(), channels.inner())),
            Places::Grid(_) => None,
        }
    }
}
