//! Sixteen bytes at a time, by TBL and TBX of four registers, which look up 64 entries: four times.

use super::Lookup;
use crate::drive::Io;
use core::arch::aarch64::*;

/// The table in four times four vectors.
#[derive(Clone, Copy)]
struct Quarters([uint8x16x4_t; 4]);

impl Quarters {
    /// The quarters of `table`.
    #[inline(always)]
    fn of(table: &[u8; 256]) -> Self {
        let start = table.as_ptr();
        // SAFETY: every CPU of this architecture has NEON; four times 64 bytes are read.
        unsafe {
            Self([
                vld1q_u8_x4(start),
                vld1q_u8_x4(start.add(64)),
                vld1q_u8_x4(start.add(128)),
                vld1q_u8_x4(start.add(192)),
            ])
        }
    }
}

impl Lookup for Quarters {
    type Vector = uint8x16_t;

    #[inline(always)]
    fn entries(self, bytes: uint8x16_t) -> uint8x16_t {
        let [a, b, c, d] = self.0;
        // SAFETY: every CPU of this architecture has NEON. Where the index is 64 or more, TBL gives 0, and TBX leaves
        // what is there.
        unsafe {
            let found = vqtbl4q_u8(a, bytes);
            let found = vqtbx4q_u8(found, b, vsubq_u8(bytes, vdupq_n_u8(64)));
            let found = vqtbx4q_u8(found, c, vsubq_u8(bytes, vdupq_n_u8(128)));
            vqtbx4q_u8(found, d, vsubq_u8(bytes, vdupq_n_u8(192)))
        }
    }
}

/// Looks up all of `io`.
///
/// # Safety
/// `io` is as for [`apply`](super::apply).
#[target_feature(enable = "neon")]
#[inline(never)]
pub(super) unsafe fn map(table: &[u8; 256], io: Io<u8>) {
    // SAFETY: the caller's promise.
    unsafe { super::map(table, Quarters::of(table), io) }
}
