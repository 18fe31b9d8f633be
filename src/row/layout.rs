//! How a pass goes over a group: the rows are consecutive elements, or they lie side by side.
//!
//! On every instruction set with vectors a pass has sixteen lanes, be they elements of one row or one element
//! each of sixteen rows. Scalar code takes one lane after the other, in the same order within each, so that what
//! is summed up in a lane is the same everywhere.

use super::block::{Block, Extent, Lanes, Whole};
use super::group::Group;
use super::operand::Operand;
use crate::simd::Machine;

/// Elements of a row after which what a sum left over is folded into it.
pub(crate) const PART: usize = 4096;

/// Where a block of elements is.
#[derive(Clone, Copy)]
pub(crate) struct Place<F> {
    /// Where it is read.
    pub(crate) src: *const f32,
    /// Where it is written.
    pub(crate) dst: *mut f32,
    /// What goes with the elements, if the pass asks for it.
    pub(crate) operand: F,
    /// Where what a sum leaves over is written, if the pass [keeps](Pass::KEEPS_LEFTOVERS) it.
    pub(crate) leftover: *mut f32,
}

/// One pass over the rows of a group: what is done with each block.
pub(crate) trait Pass {
    /// What goes with each element, as [`Operand`] says.
    type Operand;

    /// [`four`](Self::four) blocks are worked on at a time if a block is no more vectors than this: so few operations are they
    /// that there are registers for all.
    const FOUR_UP_TO: usize = 0;

    /// Whether a block takes so many operations that memory can be read ahead meanwhile, for the rows to come.
    const READS_AHEAD: bool = false;

    /// Whether it writes what its sum leaves over for each element, instead of adding it up.
    const KEEPS_LEFTOVERS: bool = false;

    /// What it finds out in each lane, and how that of the lanes of one row is put together.
    const FINDS: &'static [Reduction] = &[];

    /// What it keeps in registers.
    type State<S: Machine, const K: usize>: Copy;

    /// The state before the first block. `of` reads, of what is known of each row, the lanes of the rows that the block
    /// belongs to; `is_short` says whether the rows have at most [`SHORT`](crate::math::exp_sum::SHORT) elements, whose
    /// sum starts at a number of its own.
    fn begin<S: Machine, const K: usize>(
        simd: S,
        group: &Group,
        of: impl Fn(&Lanes) -> Block<S, K>,
        is_short: bool,
    ) -> Self::State<S, K>;

    /// Works on one block.
    ///
    /// # Safety
    /// What `place` says is valid for reads and writes of `extent`.
    unsafe fn block<S: Machine, E: Extent, const K: usize>(
        state: &mut Self::State<S, K>,
        simd: S,
        place: Place<Block<S, K>>,
        extent: E,
    );

    /// Works on four whole blocks.
    ///
    /// # Safety
    /// As for [`block`](Self::block), for each of the four.
    #[inline(always)]
    unsafe fn four<S: Machine, const K: usize>(
        state: &mut Self::State<S, K>,
        simd: S,
        places: [Place<Block<S, K>>; 4],
    ) {
        for place in places {
            // SAFETY: the caller's promise, passed on.
            unsafe { Self::block(state, simd, place, Whole) };
        }
    }

    /// What is done after each [`PART`] elements of a row, and at its end, unless it is short.
    #[inline(always)]
    fn fold<S: Machine, const K: usize>(_state: &mut Self::State<S, K>, _simd: S) {}

    /// Works out of what was found, of all rows of the group at once, what the next pass wants to know.
    ///
    /// # Safety
    /// What the pass finds has been set.
    #[inline(always)]
    unsafe fn finish<S: Machine, const K: usize>(_simd: S, _group: &mut Group) {}

    /// What it found out; of the three, as many count as [`FINDS`](Self::FINDS) has.
    #[inline(always)]
    fn end<S: Machine, const K: usize>(_state: Self::State<S, K>, simd: S) -> [Block<S, K>; 3] {
        [[simd.splat_f32s(0.0); K]; 3]
    }
}

/// How the numbers that a pass found in sixteen lanes become one number of the row.
#[derive(Clone, Copy)]
pub(crate) enum Reduction {
    /// The largest; none is NaN.
    Largest,
    /// The smallest; none is NaN.
    Smallest,
    /// The sum, as a tree.
    Sum,
    /// The sum of all lanes of this number and of the next one, the two parts of a sum; rounded to f32.
    Total,
    /// What that rounding lost, or for short rows the sum of the second part. It comes after [`Total`](Self::Total).
    Leftover,
}

/// How the rows of a group lie in memory, and so how a pass goes over them.
pub(crate) trait Layout {
    /// Takes the pass `P` over `group`, and leaves in `group.found` what it found out.
    ///
    /// # Safety
    /// The memory of the group is as its fields say. `K` vectors of `S` are sixteen lanes, or one.
    unsafe fn pass<S: Machine, P: Pass<Operand: Operand<S>>, const K: usize>(
        simd: S,
        group: &mut Group,
    );
}
