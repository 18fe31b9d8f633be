//! What surrounds an activation in one pass: a bias before it, a residual after it.
//!
//! A bias per channel of a tensor `[outer, channels, inner]` is either one number for a while, where
//! rows are long, or a stream of numbers that starts again and again, where they are short. Both are
//! runs of contiguous elements; which runs is found out here, once for all instruction sets.

use super::channel::{Groups, TABLE, worth_a_table};
use super::map::{Place, load, map};
use super::{Io, Kernel, Walk, Weight};
use crate::Isa;
use crate::dispatch::Launch;
use crate::simd::{Machine, Unrolled, Vocabulary};
use core::mem::MaybeUninit;

/// Numbers that a turn of any walk reads at most: as many as [`Constant`] repeats one.
const TURN: usize = 64;

/// Rows shorter than the widest vector are no run of their own.
const SHORT: usize = 16;

/// One number as often as a turn of the loop reads it.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Constant([f32; TURN]);

/// What a sum shows nothing of.
pub(crate) const NEUTRAL: f32 = -0.0;

/// Many of it.
static NEUTRALS: Constant = Constant([NEUTRAL; TURN]);

/// The bias of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bias {
    /// As many numbers as a run has elements.
    Stream(*const f32),
    /// One number for each run: the first of so many, then the next, and again from the first.
    OneARun(*const f32, usize),
}

/// Runs of a tensor that one stretch of bias serves, each `len` elements long but for the last.
///
/// As a walk it asks that `io` is as in the plain walk; that there are as many residuals as elements,
/// if any, and as much bias as its variant says, 1 number at least; and that `dst` is none of these.
#[derive(Clone, Copy, Debug)]
pub struct Runs {
    /// From the first run on.
    io: Io<f32>,
    /// Elements in a run; not 0.
    len: usize,
    /// From the start of a run to that of the next; at least `len`.
    stride: usize,
    bias: Bias,
    /// One for each element of `io`, or null.
    residual: *const f32,
}

impl Walk for Runs {
    #[inline(always)]
    unsafe fn walk<S: Machine, K: Kernel>(self, simd: S, kernel: K) {
        let mut constant = MaybeUninit::<Constant>::uninit();
        let (mut start, mut run) = (0, 0);
        while start < self.io.len {
            let len = self.len.min(self.io.len - start);
            let bias = match self.bias {
                Bias::Stream(first) => Operand::stream(first),
                Bias::OneARun(first, count) => {
                    // SAFETY: there are `count`, and `run` is less.
                    let bias = unsafe { *first.add(run) };
                    run = if run + 1 < count { run + 1 } else { 0 };
                    Operand::constant(Constant::fill(&mut constant, simd, bias))
                }
            };
            let residual = if self.residual.is_null() {
                Operand::constant(&NEUTRALS)
            } else {
                // SAFETY: there is a residual for each element of `io`, and `start` is less.
                Operand::stream(unsafe { self.residual.add(start) })
            };
            let place = Sums {
                kernel,
                bias,
                residual,
            };
            // SAFETY: the run lies inside `io`, and the operands are as long, or constant.
            unsafe { map(simd, self.io.part(start, len), place) };
            start += self.stride;
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
    #[inline(always)]
    fn stream(first: *const f32) -> Self {
        Self {
            first,
            mask: usize::MAX,
        }
    }

    #[inline(always)]
    fn constant(constant: &Constant) -> Self {
        Self {
            first: constant.0.as_ptr(),
            mask: 0,
        }
    }

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

/// A kernel's results for the inputs with a bias added, each with a residual added.
#[derive(Clone, Copy)]
struct Sums<K> {
    kernel: K,
    bias: Operand,
    residual: Operand,
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
        let simd = Unrolled(simd);
        // SAFETY: streams are as long as the buffer, inside of which the vectors lie, says the caller.
        unsafe {
            let x = simd.add_f32s(x, self.bias.load(simd.0, at));
            let y = self.kernel.eval(simd, x);
            simd.add_f32s(y, self.residual.load(simd.0, at))
        }
    }

    #[inline(always)]
    unsafe fn first<S: Machine>(self, simd: S, count: usize, x: S::f32s) -> S::f32s {
        // SAFETY: streams have `count` elements, which is less than a vector, and constants more.
        let (bias, residual) = unsafe {
            (
                simd.load_first_f32s(count, self.bias.first),
                simd.load_first_f32s(count, self.residual.first),
            )
        };
        let [y] = self.kernel.eval(Unrolled(simd), [simd.add_f32s(x, bias)]);
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
pub(crate) unsafe fn launch<A: Launch<Runs>>(
    activation: &A,
    isa: Isa,
    io: Io<f32>,
    (bias, inner): (&[f32], usize),
    residual: *const f32,
) {
    let row = bias.len() * inner;
    // SAFETY: the activation and the CPU are as the caller says. Runs that start at `start` lie in
    // `io`, if that does.
    let launch = |start, len, stride, bias| unsafe {
        let runs = Runs {
            io: io.part(start, io.len - start),
            len,
            stride,
            bias,
            residual: if residual.is_null() {
                residual
            } else {
                residual.add(start)
            },
        };
        activation.launch(isa, runs);
    };
    if bias.len() == 1 {
        launch(
            0,
            io.len.max(1),
            io.len.max(1),
            Bias::OneARun(bias.as_ptr(), 1),
        );
    } else if inner >= SHORT && !worth_a_table(bias.len(), inner, io.len) {
        launch(0, inner, inner, Bias::OneARun(bias.as_ptr(), bias.len()));
    } else {
        let groups = Groups::new(bias.len(), inner, io.len);
        let stride = row * groups.repeats;
        if groups.as_they_are {
            return launch(0, row, stride, Bias::Stream(bias.as_ptr()));
        }
        let mut table = [0.0; TABLE];
        let mut start = 0;
        for group in bias.chunks(groups.size) {
            if start >= io.len {
                return;
            }
            let count = group.len() * inner * groups.repeats;
            let table = &mut table[..count];
            fill(table, group, inner);
            launch(start, count, stride, Bias::Stream(table.as_ptr()));
            start += count;
        }
    }
}

/// Each number `inner` times, and the whole again and again.
fn fill(table: &mut [f32], numbers: &[f32], inner: usize) {
    for (cells, &number) in table.chunks_mut(inner).zip(numbers) {
        cells.fill(number);
    }
    let mut filled = numbers.len() * inner;
    while filled < table.len() {
        let more = filled.min(table.len() - filled);
        table.copy_within(..more, filled);
        filled += more;
    }
}
