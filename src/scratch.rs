//! Memory on the stack for what is between two steps of a call.

use core::mem::MaybeUninit;

/// Room for `LEN` numbers.
#[repr(C, align(64))]
pub(crate) struct Scratch<const LEN: usize>(MaybeUninit<[f32; LEN]>);

impl<const LEN: usize> Scratch<LEN> {
    /// Memory that has not been written.
    #[inline]
    pub(crate) const fn new() -> Self {
        Self(MaybeUninit::uninit())
    }

    /// The address of the first number.
    #[inline]
    pub(crate) fn start(&mut self) -> *mut f32 {
        self.0.as_mut_ptr().cast()
    }
}
