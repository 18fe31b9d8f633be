//! What surrounds an activation in one pass: a bias before it, a residual after it.
//!
//! A bias per channel of a tensor `[outer, channels, inner]` is either one number for a while, where
//! rows are long, or a stream of numbers that starts again and again, where they are short. Both are
//! runs of contiguous elements; which runs is found out here, once for all instruction sets.

use super::map::{Place, load, map};
use super::{Cached, Io, Kernel, Stores, Walk, Weight};
use crate::Isa;
use crate::dispatch::Launch;
use crate::simd::{Machine, Unrolled, Vocabulary};
use core::mem::MaybeUninit;

/// Numbers that a turn of any walk reads at most: as many as [`Constant`] repeats one.
const TURN: usize = 64;

/// Elements in the table that spreads a bias over short rows: a page, on the stack. Between runs a loop
/// ends and starts again, so they are to be long.
const TABLE: usize = 1024;

/// Bias that serves as it stands, even where only once, instead of by way of the table.
const MANY: usize = 64;

/// Rows shorter than the widest vector are no run by themselves.
const SHORT: usize = 16;

/// Rows shorter than this are none either where the table, once filled, serves several times.
const RATHER_SHORT: usize = 256;

/// How many times that is.
const SEVERAL: usize = 4;

/// One number as often as a turn of the loop reads it.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Constant([f32; TURN]);

/// What a sum shows nothing of.
pub(crate) const NEUTRAL: f32 = -0.0;

/// The bias of a stretch of elements.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bias {
    /// One for each element.
    Stream(*const f32),
    /// One for all.
    Constant(f32),
}

/// A stretch of a tensor and its bias.
///
/// As a walk it asks that `io` is as in the plain walk, and that a bias for each element is valid for
/// reads of as many elements, which are not written.
#[derive(Clone, Copy, Debug)]
pub struct Biased<M = Cached> {
    io: Io<f32, M>,
    bias: Bias,
}

/// The same, and a residual for each element.
///
/// As a walk it asks that what is biased is as there, and that the residuals are valid for reads of as
/// many elements, which are not written.
#[derive(Clone, Copy, Debug)]
pub struct Residual<M = Cached> {
    biased: Biased<M>,
    residual: *const f32,
}

impl<M: Stores> Biased<M> {
    /// The same, written otherwise.
    #[inline(always)]
    pub(crate) fn by<N: Stores>(self) -> Biased<N> {
        let Self { io, bias } = self;
        let io = io.by();
        Biased { io, bias }
    }
}

impl<M: Stores> Residual<M> {
    /// The same, written otherwise.
    #[inline(always)]
    pub(crate) fn by<N: Stores>(self) -> Residual<N> {
        let Self { biased, residual } = self;
        let biased = biased.by();
        Residual { biased, residual }
    }
}

impl<M: Stores> Walk for Biased<M> {
    type Stores = M;

    #[inline(always)]
    unsafe fn walk<S: Machine, K: Kernel>(self, simd: S, kernel: K) {
        let mut cells = MaybeUninit::uninit();
        let bias = self.bias.operand(&mut cells, simd);
        // SAFETY: the bias is as long as `io`, or constant, and the rest is the caller's promise.
        unsafe { map(simd, self.io, Sum { kernel, bias }) }
    }
}

impl<M: Stores> Walk for Residual<M> {
    type Stores = M;

    #[inline(always)]
    unsafe fn walk<S: Machine, K: Kernel>(self, simd: S, kernel: K) {
        let Biased { io, bias } = self.biased;
        let mut cells = MaybeUninit::uninit();
        let place = Sums {
            sum: Sum {
                kernel,
                bias: bias.operand(&mut cells, simd),
            },
            residual: self.residual,
        };
        // SAFETY: as above, and the residual is as long as `io`, too.
        unsafe { map(simd, io, place) }
    }
}

impl Bias {
    /// What a loop adds; `cells` hold it where there is but one.
    #[inline(always)]
    fn operand<S: Machine>(self, cells: &mut MaybeUninit<Constant>, simd: S) -> Operand {
        match self {
            Self::Stream(first) => Operand {
                first,
                mask: usize::MAX,
            },
            Self::Constant(bias) => Operand {
                first: Constant::fill(cells, simd, bias).0.as_ptr(),
                mask: 0,
            },
        }
    }
}

impl Constant {
    /// `cells` as a constant of `value`.
    #[inline(always)]
    fn fill<S: Machine>(cells: &mut MaybeUninit<Self>, simd: S, value: f32) -> &Self {
        const { assert!(TURN.is_multiple_of(S::F32_LANES)) };
        let first = cells.as_mut_ptr().cast::<f32>();
        let vector = simd.splat_f32s(value);
        for at in (0..TURN).step_by(S::F32_LANES) {
            // SAFETY: vectors fill the cells, of which this is one.
            unsafe { simd.store_f32s(first.add(at), vector) };
        }
        // SAFETY: all of it has been written.
        unsafe { cells.assume_init_ref() }
    }
}

/// What is added: a number for each element, or the same for all.
#[derive(Clone, Copy)]
struct Operand {
    first: *const f32,
    /// Of an element's index, what counts: all of it or nothing.
    mask: usize,
}

impl Operand {
    /// Those of the `N` vectors from element `at` on.
    ///
    /// # Safety
    /// A stream has as many.
    #[inline(always)]
    unsafe fn load<S: Machine, const N: usize>(self, simd: S, at: usize) -> [S::f32s; N] {
        debug_assert!(N * S::F32_LANES <= TURN);
        // SAFETY: a constant repeats as often as any turn needs; of a stream the caller vouches
        // for all that is read.
        unsafe { load(simd, self.first.add(at & self.mask)) }
    }
}

/// A kernel's results for the inputs with a bias added.
#[derive(Clone, Copy)]
struct Sum<K> {
    kernel: K,
    bias: Operand,
}

impl<K: Kernel> Place for Sum<K> {
    const WEIGHT: Weight = K::WEIGHT;

    #[inline(always)]
    unsafe fn vectors<S: Machine, const N: usize>(
        self,
        simd: S,
        at: usize,
        x: [S::f32s; N],
    ) -> [S::f32s; N] {
        let simd = Unrolled(simd);
        // SAFETY: a stream is as long as the buffer, inside of which the vectors lie, says the caller.
        let bias = unsafe { self.bias.load(simd.0, at) };
        self.kernel.eval(simd, simd.add_f32s(x, bias))
    }

    #[inline(always)]
    unsafe fn first<S: Machine>(self, simd: S, count: usize, x: S::f32s) -> S::f32s {
        // SAFETY: a stream has `count` elements, which is less than a vector, and a constant more.
        let bias = unsafe { simd.load_first_f32s(count, self.bias.first) };
        let [y] = self.kernel.eval(Unrolled(simd), [simd.add_f32s(x, bias)]);
        y
    }
}

/// Such results, each with a residual added.
#[derive(Clone, Copy)]
struct Sums<K> {
    sum: Sum<K>,
    /// As many as the buffer has elements.
    residual: *const f32,
}

impl<K: Kernel> Place for Sums<K> {
    const WEIGHT: Weight = K::WEIGHT;

    #[inline(always)]
    unsafe fn vectors<S: Machine, const N: usize>(
        self,
        simd: S,
        at: usize,
        x: [S::f32s; N],
    ) -> [S::f32s; N] {
        // SAFETY: there is a residual for each of the buffer's elements, inside of which the vectors
        // lie, says the caller.
        unsafe {
            let y = self.sum.vectors(simd, at, x);
            let residual = load(simd, self.residual.add(at));
            Unrolled(simd).add_f32s(y, residual)
        }
    }

    #[inline(always)]
    unsafe fn first<S: Machine>(self, simd: S, count: usize, x: S::f32s) -> S::f32s {
        // SAFETY: there are `count` residuals, and `count` is less than a vector.
        let (y, residual) = unsafe {
            (
                self.sum.first(simd, count, x),
                simd.load_first_f32s(count, self.residual),
            )
        };
        simd.add_f32s(y, residual)
    }
}

/// `activation(x + bias) + residual` over all of `io`, with bias `[c]` for element `[o, c, i]`.
///
/// # Safety
/// The CPU has `isa`; `io` is as in the plain walk; `residual` is null or valid for reads of as many
/// elements, which are not written. `bias` is not empty, `inner` is not 0, and `io.len` is a multiple
/// of their product. The activation does not depend on the position, and its `check` has returned
/// `Ok`.
pub(crate) unsafe fn launch<A: Launch<Biased<M>> + Launch<Residual<M>>, M: Stores>(
    activation: &A,
    isa: Isa,
    io: Io<f32, M>,
    (bias, inner): (&[f32], usize),
    residual: *const f32,
) {
    // SAFETY: the activation and the CPU are as the caller says; a run is part of what it vouches for.
    let launch = |start: usize, len: usize, bias| unsafe {
        let biased = Biased {
            io: io.part(start, len),
            bias,
        };
        if residual.is_null() {
            activation.launch(isa, biased);
        } else {
            let residual = residual.add(start);
            activation.launch(isa, Residual { biased, residual });
        }
    };
    let row = bias.len() * inner;
    let reused = io.len / SEVERAL >= row;
    if let [bias] = bias {
        launch(0, io.len, Bias::Constant(*bias));
    } else if inner == 1 && (row >= TABLE / 2 || row >= MANY && !reused) {
        for start in (0..io.len).step_by(row) {
            launch(start, row, Bias::Stream(bias.as_ptr()));
        }
    } else if inner >= RATHER_SHORT || inner >= SHORT && !reused {
        for start in (0..io.len).step_by(row) {
            for (channel, &bias) in bias.iter().enumerate() {
                launch(start + channel * inner, inner, Bias::Constant(bias));
            }
        }
    } else {
        // The table repeats all channels, if it has room for them: but not more often than pays.
        let room = if reused {
            TABLE.min(io.len / SEVERAL)
        } else {
            row.min(TABLE)
        };
        let (channels, repeats) = match room / row {
            0 => (room / inner, 1),
            repeats => (bias.len(), repeats),
        };
        let mut table = [const { MaybeUninit::uninit() }; TABLE];
        let mut first = 0;
        for group in bias.chunks(channels) {
            let count = group.len() * inner * repeats;
            let bias = fill(&mut table[..count], group, inner);
            for start in (first..io.len).step_by(row * repeats) {
                launch(start, count.min(io.len - start), Bias::Stream(bias));
            }
            first += count;
        }
    }
}

/// Each number `inner` times, and the whole again and again.
fn fill(table: &mut [MaybeUninit<f32>], numbers: &[f32], inner: usize) -> *const f32 {
    for (cells, &number) in table.chunks_mut(inner).zip(numbers) {
        cells.fill(MaybeUninit::new(number));
    }
    let mut filled = numbers.len() * inner;
    while filled < table.len() {
        let more = filled.min(table.len() - filled);
        table.copy_within(..more, filled);
        filled += more;
    }
    table.as_ptr().cast()
}
