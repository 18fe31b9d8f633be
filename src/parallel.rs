//! Large tensors on all threads of a rayon pool, cut where no result changes.

use crate::apply::{Apply, apply_fenced};
use crate::converted::ElementsMut;
use crate::drive::{Io, Stores, map::LINE};
use crate::pipeline::{Pipeline, Source, apply_between};
use crate::{Element, Float, Isa};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Elements below which all is left to the calling thread: another one, once awake, would first have to fetch what
/// this one has in its cache. In place that took longer than the work for a million elements of ReLU, and for half a
/// million of softmax.
const ALONE: usize = 1 << 21;

/// Elements that a piece has at least.
const LEAST: usize = ALONE / 8;

/// Pieces for each thread, so that one that is late leaves others to take over from it.
const PIECES: usize = 4;

/// Work that can be cut in two. To run it is safe on any thread.
pub(crate) trait Divide: Copy + Send + Sync {
    /// How much there is, in elements.
    fn len(&self) -> usize;

    /// The work in two parts; `None` where it cannot be cut.
    fn halves(self) -> Option<(Self, Self)>;

    /// Does all of it.
    fn run(self);
}

/// Whether a tensor of `len` elements is large enough for more than one thread.
#[inline]
pub(crate) fn pays(len: usize) -> bool {
    len >= ALONE
}

/// Does all of `work`: on the calling thread, and on the others of the current pool as soon as they wake up. Until
/// then the caller does not wait, as it would in `rayon::join`, which gives it the second half only.
pub(crate) fn share<D: Divide>(work: D) {
    let threads = rayon::current_num_threads();
    if threads == 1 || !pays(work.len()) {
        return work.run();
    }
    let mut pieces = Vec::with_capacity(2 * PIECES * threads);
    divide(
        work,
        (work.len() / (PIECES * threads)).max(LEAST),
        &mut pieces,
    );
    let taken = AtomicUsize::new(0);
    // Relaxed: each number is given out once, and the end of the scope makes all results visible.
    let help = || {
        while let Some(piece) = pieces.get(taken.fetch_add(1, Relaxed)) {
            piece.run();
        }
    };
    rayon::in_place_scope(|scope| {
        for _ in 1..threads.min(pieces.len()) {
            scope.spawn(|_| help());
        }
        help();
    });
}

/// Cuts `work` into pieces of about `least` elements or more, in their order.
fn divide<D: Divide>(work: D, least: usize, pieces: &mut Vec<D>) {
    let halves = if work.len() >= 2 * least {
        work.halves()
    } else {
        None
    };
    match halves {
        Some((first, second)) => {
            divide(first, least, pieces);
            divide(second, least, pieces);
        }
        None => pieces.push(work),
    }
}

/// A stretch of a tensor, from element `start` of it on.
///
/// Whoever makes one sees to it that all parts may be run by any thread: all is as [`Apply::apply_raw`] wants it.
#[derive(Clone, Copy)]
struct Stretch<'a, A, T> {
    activation: &'a A,
    isa: Isa,
    io: Io<T>,
    start: usize,
    stores: Stores,
}

// SAFETY: the activation may be used by several threads, and what `io` points to is borrowed for as long as the
// call lasts, by whoever made the stretch; no two parts of one overlap.
unsafe impl<A: Sync, T: Element> Send for Stretch<'_, A, T> {}

// SAFETY: as above.
unsafe impl<A: Sync, T: Element> Sync for Stretch<'_, A, T> {}

impl<A: Apply<T> + Sync, T: Element> Divide for Stretch<'_, A, T> {
    fn len(&self) -> usize {
        self.io.len
    }

    fn halves(self) -> Option<(Self, Self)> {
        let Self { io, start, .. } = self;
        // Two threads are not to write one line.
        let line = LINE / size_of::<T>();
        let middle = self.activation.cuts().middle(io.len, line)?;
        // SAFETY: `middle` is less than the length.
        let (first, second) = unsafe { (io.part(0, middle), io.part(middle, io.len - middle)) };
        Some((
            Self { io: first, ..self },
            Self {
                io: second,
                start: start + middle,
                ..self
            },
        ))
    }

    fn run(self) {
        let Self {
            activation,
            isa,
            io,
            start,
            stores,
        } = self;
        let activation = activation.part(start, io.len);
        // SAFETY: whoever made the stretch has seen to CPU, memory and `check`, and what passes for a tensor passes for
        // a part that `cuts` allows.
        unsafe { apply_fenced(&activation, isa, io, stores) };
    }
}

/// Applies `activation` to all of `io`.
///
/// # Safety
/// As for [`Apply::apply_raw`].
pub(crate) unsafe fn elementwise<T: Element, A: Apply<T> + Sync>(
    activation: &A,
    isa: Isa,
    io: Io<T>,
    stores: Stores,
) {
    share(Stretch {
        activation,
        isa,
        io,
        start: 0,
        stores,
    });
}

/// Applies `activation` to `x` and writes the results to `y`, of whichever types they are.
///
/// # Safety
/// As for [`apply_between`], whatever the instruction set.
pub(crate) unsafe fn between<X: Float, Y: Float, A: Apply<X> + Apply<f32> + Sync>(
    activation: &A,
    x: &[X],
    y: *mut Y,
    stores: Stores,
) {
    share(Between {
        activation,
        x,
        y,
        start: 0,
        stores,
    });
}

/// A stretch of two tensors, from element `start` on, of types that may differ.
///
/// Whoever makes one sees to it that all parts may be run by any thread, as for [`Stretch`].
struct Between<'a, A, X, Y> {
    activation: &'a A,
    x: &'a [X],
    y: *mut Y,
    start: usize,
    stores: Stores,
}

impl<A, X, Y> Clone for Between<'_, A, X, Y> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A, X, Y> Copy for Between<'_, A, X, Y> {}

// SAFETY: as for `Stretch`.
unsafe impl<A: Sync, X: Float, Y: Float> Send for Between<'_, A, X, Y> {}

// SAFETY: as above.
unsafe impl<A: Sync, X: Float, Y: Float> Sync for Between<'_, A, X, Y> {}

impl<A: Apply<X> + Apply<f32> + Sync, X: Float, Y: Float> Divide for Between<'_, A, X, Y> {
    fn len(&self) -> usize {
        self.x.len()
    }

    fn halves(self) -> Option<(Self, Self)> {
        let line = LINE / size_of::<Y>();
        let middle = self.activation.cuts().middle(self.x.len(), line)?;
        let (first, second) = self.x.split_at(middle);
        let (y, start) = (self.y.wrapping_add(middle), self.start + middle);
        Some((
            Self { x: first, ..self },
            Self {
                x: second,
                y,
                start,
                ..self
            },
        ))
    }

    fn run(self) {
        let activation = self.activation.part(self.start, self.x.len());
        // SAFETY: `detect` names an instruction set of this CPU; whoever made the stretch has seen to memory and `check`, and
        // what passes for a tensor passes for a part that `cuts` allows.
        unsafe { apply_between(&activation, Isa::detect(), self.x, self.y, self.stores) };
    }
}

/// Some of the products of a gate and a value.
///
/// Whoever makes one sees to it that all parts may be run by any thread, as for [`Stretch`].
#[derive(Clone, Copy)]
struct Products<'a> {
    pipeline: Pipeline<'a>,
    source: Source,
    dst: ElementsMut,
    stores: Stores,
}

// SAFETY: as for `Stretch`: `gate` takes activations that several threads may use, and no others; biases are read alone.
unsafe impl Send for Products<'_> {}

// SAFETY: as above.
unsafe impl Sync for Products<'_> {}

impl Divide for Products<'_> {
    fn len(&self) -> usize {
        self.source.products()
    }

    fn halves(self) -> Option<(Self, Self)> {
        if self.pipeline.depends_on_position() {
            return None;
        }
        // Two threads are not to write one line, whichever the type.
        let line = LINE / size_of::<u16>();
        let middle = self.source.cuts().middle(self.len(), line)?;
        let (first, second) = self.source.split_at(middle);
        let dst = self.dst.from(middle);
        Some((
            Self {
                source: first,
                ..self
            },
            Self {
                pipeline: self.pipeline.from(middle),
                source: second,
                dst,
                ..self
            },
        ))
    }

    fn run(self) {
        // SAFETY: the instruction set is one of this CPU; whoever made the products has seen to memory and
        // `check`, and an activation that does not depend on the position takes any length.
        unsafe { self.pipeline.gate(self.source, self.dst, self.stores) };
    }
}

/// Writes all products of `source` to `dst`.
///
/// # Safety
/// As for [`Pipeline::gate`]; several threads may use the activation.
pub(crate) unsafe fn gate(
    pipeline: Pipeline<'_>,
    source: Source,
    dst: ElementsMut,
    stores: Stores,
) {
    share(Products {
        pipeline,
        source,
        dst,
        stores,
    });
}
