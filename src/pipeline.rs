//! Stages around a kernel: gates, biases, residuals, slopes per channel.
//!
//! A call takes its tensors block by block, and each block stage by stage: a block is so small that it stays in the
//! nearest cache. Between two stages the results are in the destination. If the output streams, they are in a block
//! on the stack: the last stage alone writes to the destination then, past the cache. A kernel comes as a value whose type
//! does not depend on the activation ([`Erased`]), so that all of this is compiled once, and not once for each
//! activation.

use crate::Isa;
use crate::apply::Erased;
use crate::drive::map::LINE;
use crate::drive::{Io, Stores, stream};
use crate::stage::Stages;
use core::mem::MaybeUninit;

mod fused;
mod gate;
mod prelu;
mod source;

pub(crate) use fused::Surroundings;
pub(crate) use source::Source;

/// Elements in a block: 4 KiB of each tensor that a call reads or writes, of which there are two or three.
const BLOCK: usize = 1024;

// A shorter block would not stream: `stream` leaves it to ordinary stores.
const _: () = assert!(BLOCK >= stream::SHORTEST);

/// How far ahead of a block its sources are prefetched: the kernel then works on one block while the next is fetched.
const PREFETCH_AHEAD: usize = BLOCK;

/// Tensors with fewer elements than this are not prefetched: they are in a cache already.
const PREFETCHED: usize = 1 << 18;

/// A block on the stack that holds the results of one stage for the next.
#[repr(align(64))]
struct Scratch(MaybeUninit<[f32; BLOCK]>);

impl Scratch {
    const fn new() -> Self {
        Self(MaybeUninit::uninit())
    }

    fn start(&mut self) -> *mut f32 {
        self.0.as_mut_ptr().cast()
    }
}

/// A kernel, the instruction set of a call, and its stages.
#[derive(Clone, Copy)]
pub(crate) struct Pipeline<'a> {
    kernel: Erased<'a>,
    isa: Isa,
    stages: &'static Stages,
}

impl<'a> Pipeline<'a> {
    /// The stages of `isa` around `kernel`.
    #[inline]
    pub(crate) fn new(kernel: Erased<'a>, isa: Isa) -> Self {
        Self {
            kernel,
            isa,
            stages: Stages::of(isa),
        }
    }

    /// Applies the kernel alone.
    ///
    /// # Safety
    /// As for [`Apply::apply_raw`](crate::apply::Apply::apply_raw).
    #[inline]
    unsafe fn kernel(self, io: Io<f32>, stores: Stores) {
        // SAFETY: the caller's promises, passed on.
        unsafe { self.kernel.apply_raw(self.isa, io, stores) }
    }
}

/// The blocks that `len` elements at `dst` are taken in: where each starts, and how many elements it has. All blocks but
/// the first start at the start of a cache line.
fn blocks(dst: *const f32, len: usize) -> impl Iterator<Item = (usize, usize)> {
    let misaligned = dst.addr() / size_of::<f32>() % LINE;
    let mut at = 0;
    core::iter::from_fn(move || {
        let left = len - at;
        if left == 0 {
            return None;
        }
        let size = if at == 0 && left > BLOCK {
            BLOCK - misaligned
        } else {
            left.min(BLOCK)
        };
        let block = (at, size);
        at += size;
        Some(block)
    })
}

/// Prefetches from each of `sources`, tensors of `len` elements, the block that follows the one from `start` on, if the
/// tensors are large.
#[inline]
fn prefetch_next<const N: usize>(sources: [*const f32; N], start: usize, len: usize) {
    if len < PREFETCHED {
        return;
    }
    let next = start + PREFETCH_AHEAD..(start + PREFETCH_AHEAD + BLOCK).min(len);
    for at in next.step_by(LINE) {
        for source in sources {
            prefetch(source.wrapping_add(at));
        }
    }
}

/// Says that the cache line at `at` will soon be wanted; any address will do.
#[inline]
fn prefetch(at: *const f32) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every CPU of x86-64 has SSE; a prefetch accesses nothing that a program can see, and never faults.
    unsafe {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(at.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_make_up_the_tensor_and_start_with_lines() {
        for offset in 0..LINE {
            let dst = core::ptr::without_provenance::<f32>(4096 + offset * size_of::<f32>());
            for len in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 3] {
                let mut end = 0;
                for (at, size) in blocks(dst, len) {
                    assert_eq!(at, end);
                    assert!((1..=BLOCK).contains(&size));
                    assert!(at == 0 || (offset + at) % LINE == 0);
                    end += size;
                }
                assert_eq!(end, len);
            }
        }
    }
}
