//! Elements of a type that is known at run time alone. Whoever computes with them has them converted to f32 block by block, so
//! that what computes is compiled once, and not once for each combination of types.

use crate::drive::Io;
use crate::element::{Slice, Type};
#[cfg(feature = "half")]
use crate::simd::fetch;
use crate::{Float, Isa};

/// Whether a tensor of `len` elements is so large that no near cache holds it: the next block is fetched then while one is
/// computed with, as nothing else would read memory meanwhile.
#[cfg(feature = "half")]
#[inline]
pub(crate) const fn is_far(len: usize) -> bool {
    len >= 1 << 18
}

/// Where a call reads and writes: `len` elements each, of types that may differ.
#[derive(Clone, Copy, Debug)]
pub struct AnyIo {
    pub(crate) src: Elements,
    pub(crate) dst: ElementsMut,
    pub(crate) len: usize,
}

impl AnyIo {
    /// From `x` to another buffer of the same length.
    #[inline]
    pub(crate) fn between<X: Float, Y: Float>(x: &[X], dst: *mut Y) -> Self {
        Self {
            src: Elements::of(x.as_ptr()),
            dst: ElementsMut::of(dst),
            len: x.len(),
        }
    }

    /// What `io` says, for elements of one type.
    #[inline]
    pub(crate) fn of<T: Float>(io: Io<T>) -> Self {
        Self {
            src: Elements::of(io.src),
            dst: ElementsMut::of(io.dst),
            len: io.len,
        }
    }

    /// The two buffers as f32, if both are.
    #[inline]
    pub(crate) fn as_f32(self) -> Option<Io<f32>> {
        Some(Io {
            src: self.src.as_f32()?,
            dst: self.dst.as_f32()?,
            len: self.len,
        })
    }

    /// Has the `len` elements from `start` on fetched, if this is [far](is_far); there need not be so many.
    #[cfg(feature = "half")]
    #[inline]
    pub(crate) fn look_ahead(self, start: usize, len: usize) {
        if is_far(self.len) {
            self.src.from(start).fetch(len);
            self.dst.from(start).fetch(len);
        }
    }

    /// The `len` elements from `start` on, of which there are as many.
    #[cfg(any(feature = "half", feature = "parallel"))]
    #[inline]
    pub(crate) fn part(self, start: usize, len: usize) -> Self {
        Self {
            src: self.src.from(start),
            dst: self.dst.from(start),
            len,
        }
    }
}

/// Where elements are read.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Elements {
    first: *const u8,
    of: Type,
}

impl Elements {
    /// The elements of a slice.
    #[inline]
    pub(crate) fn of_slice(slice: Slice<'_>) -> Self {
        let (first, of) = slice.start();
        Self { first, of }
    }

    /// The elements from `first` on.
    #[inline]
    pub(crate) const fn of<T: Float>(first: *const T) -> Self {
        Self {
            first: first.cast(),
            of: T::TYPE,
        }
    }

    /// Where they are, if they are f32.
    #[inline]
    pub(crate) fn as_f32(self) -> Option<*const f32> {
        (self.of == Type::F32).then_some(self.first.cast())
    }

    /// The elements from number `start` on.
    #[inline]
    pub(crate) fn from(self, start: usize) -> Self {
        let first = self.first.wrapping_add(start.wrapping_mul(self.of.size()));
        Self { first, ..self }
    }

    /// Has the first `len` elements fetched, which will soon be read; there need not be so many.
    #[cfg(feature = "half")]
    #[inline]
    pub(crate) fn fetch(self, len: usize) {
        fetch(self.first, len * self.of.size());
    }

    /// The first `len` elements as f32: themselves, if they are f32, and else widened ones in `room`.
    ///
    /// # Safety
    /// The CPU has `isa`; `len` elements can be read, and as many f32 written at `room`, which does not overlap them.
    #[inline]
    pub(crate) unsafe fn widened(self, isa: Isa, len: usize, room: *mut f32) -> *const f32 {
        match self.as_f32() {
            Some(first) => first,
            None => {
                // SAFETY: the caller's promises, passed on.
                unsafe { self.widen(isa, len, room) };
                room.cast_const()
            }
        }
    }

    /// Writes the first `len` elements to `room` as f32.
    ///
    /// # Safety
    /// The CPU has `isa`; `len` elements can be read, and as many f32 written at `room`, which does not overlap them.
    pub(crate) unsafe fn widen(self, isa: Isa, len: usize, room: *mut f32) {
        // SAFETY: the caller's promises, passed on.
        unsafe {
            match self.of {
                Type::F32 => {
                    let _ = isa;
                    self.first.cast::<f32>().copy_to_nonoverlapping(room, len);
                }
                #[cfg(feature = "half")]
                Type::F16 => crate::stage::float16::f16::widen(isa, self.first.cast(), room, len),
                #[cfg(feature = "half")]
                Type::Bf16 => crate::stage::float16::bf16::widen(isa, self.first.cast(), room, len),
            }
        }
    }
}

/// Where elements are written.
#[derive(Clone, Copy, Debug)]
pub struct ElementsMut(Elements);

impl ElementsMut {
    /// The elements from `first` on.
    #[inline]
    pub(crate) const fn of<T: Float>(first: *mut T) -> Self {
        Self(Elements::of(first.cast_const()))
    }

    /// Where they are, if they are f32.
    #[inline]
    pub(crate) fn as_f32(self) -> Option<*mut f32> {
        self.0.as_f32().map(<*const f32>::cast_mut)
    }

    /// The elements from number `start` on.
    #[inline]
    pub(crate) fn from(self, start: usize) -> Self {
        Self(self.0.from(start))
    }

    /// Has the first `len` elements fetched, which will soon be written; there need not be so many.
    #[cfg(feature = "half")]
    #[inline]
    pub(crate) fn fetch(self, len: usize) {
        self.0.fetch(len);
    }

    /// Where results go as f32, before they are [`rounded`](Self::round): to where they belong, if they are f32, and else to
    /// `scratch`.
    #[inline]
    pub(crate) fn room(self, scratch: *mut f32) -> *mut f32 {
        self.as_f32().unwrap_or(scratch)
    }

    /// Writes `len` elements, rounded from the results in `room`, unless these are there already.
    ///
    /// # Safety
    /// The CPU has `isa`; there are `len` results, and as many elements can be written; the two are the same or do not overlap.
    pub(crate) unsafe fn round(self, isa: Isa, room: *const f32, len: usize) {
        let Elements { first, of } = self.0;
        let first = first.cast_mut();
        match of {
            Type::F32 => {
                let _ = isa;
                let first = first.cast::<f32>();
                if !core::ptr::eq(first, room) {
                    // SAFETY: the caller's promises.
                    unsafe { room.copy_to_nonoverlapping(first, len) };
                }
            }
            #[cfg(feature = "half")]
            // SAFETY: the caller's promises, passed on.
            Type::F16 => unsafe {
                crate::stage::float16::f16::round(isa, room, first.cast(), len);
            },
            #[cfg(feature = "half")]
            // SAFETY: as above.
            Type::Bf16 => unsafe {
                crate::stage::float16::bf16::round(isa, room, first.cast(), len);
            },
        }
    }
}
