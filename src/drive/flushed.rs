//! Threads that flush subnormal numbers to zero.
//!
//! Some kernels take half of x from x. Where |x| is the smallest normal number or a little more, that half is
//! subnormal; on a thread that flushes it, x itself would be left, which is twice the right result. There such
//! numbers count as zeros, as the thread has it for all smaller ones.

use super::Io;

/// Elements that are cleared and then computed, so that they are still in the nearest cache.
const BLOCK: usize = 1024;

/// The bits of the smallest number whose half is a normal one, 2^-125.
const TINY: u32 = 2 << 23;

/// Whether this thread flushes subnormal results to zero.
#[inline]
pub(crate) fn is_flushing() -> bool {
    // Miri knows neither registers nor what flushing does.
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    {
        /// FTZ.
        const FLUSH: u32 = 1 << 15;

        let mut control = 0_u32;
        // SAFETY: every CPU of x86-64 has SSE; what is written is `control`.
        unsafe {
            core::arch::asm!(
                "stmxcsr [{}]",
                in(reg) &raw mut control,
                options(nostack, preserves_flags)
            );
        }
        control & FLUSH != 0
    }
    #[cfg(all(target_arch = "aarch64", not(miri)))]
    {
        /// FZ.
        const FLUSH: u64 = 1 << 24;

        let control: u64;
        // SAFETY: the register can be read at any time, and nothing else is touched.
        unsafe {
            core::arch::asm!(
                "mrs {}, fpcr",
                out(reg) control,
                options(nomem, nostack, preserves_flags)
            );
        }
        control & FLUSH != 0
    }
    #[cfg(any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
    false
}

/// Applies `kernel` to all of `io`, where numbers whose half is subnormal count as zeros of their sign.
///
/// # Safety
/// `io.src` is valid for reads and `io.dst` for writes of `io.len` elements; the two are equal or
/// do not overlap.
#[cold]
#[inline(never)]
pub(crate) unsafe fn without_tiny(io: Io<f32>, kernel: impl Fn(Io<f32>)) {
    for start in (0..io.len).step_by(BLOCK) {
        let len = BLOCK.min(io.len - start);
        // SAFETY: the block lies inside of what the caller vouches for. Numbers are moved as bits: arithmetic
        // would depend on what the thread does with subnormal ones.
        let block = unsafe {
            let block = io.part(start, len);
            for i in 0..len {
                let bits = block.src.cast::<u32>().add(i).read();
                let sign = bits & (1 << 31);
                let is_tiny = bits ^ sign < TINY;
                let cleared = if is_tiny { sign } else { bits };
                block.dst.cast::<u32>().add(i).write(cleared);
            }
            block
        };
        kernel(Io::in_place(block.dst, len));
    }
}
