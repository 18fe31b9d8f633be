//! Memory that ends where it ends.

use activations::Element;
use std::ptr::NonNull;

/// Pages of f32 between two pages that fault on any access.
pub struct Pages {
    map: NonNull<libc::c_void>,
    /// Of one page, in bytes.
    size: usize,
}

/// Accessible pages, for rows that are longer than the table that spreads parameters.
pub const COUNT: usize = 4;

impl Pages {
    pub fn new() -> Self {
        // SAFETY: asks for a number.
        let size = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap();
        // SAFETY: a new private mapping of no file, at an address of the system's choice; its
        // middle pages alone are then made accessible.
        unsafe {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            let map = libc::mmap(
                core::ptr::null_mut(),
                (COUNT + 2) * size,
                libc::PROT_NONE,
                flags,
                -1,
                0,
            );
            assert_ne!(map, libc::MAP_FAILED);
            let read_write = libc::PROT_READ | libc::PROT_WRITE;
            assert_eq!(
                libc::mprotect(map.byte_add(size), COUNT * size, read_write),
                0
            );
            Self {
                map: NonNull::new(map).unwrap(),
                size,
            }
        }
    }

    pub fn cells(&mut self) -> &mut [f32] {
        // SAFETY: the middle pages are mapped for reading and writing for as long as `self` lives,
        // zeroed by the system, aligned to a page, and borrowed through `self` alone.
        unsafe {
            let first = self.map.as_ptr().byte_add(self.size).cast::<f32>();
            core::slice::from_raw_parts_mut(first, COUNT * self.size / size_of::<f32>())
        }
    }

    /// The first `len` cells, or the last.
    pub fn edge(&mut self, at_end: bool, len: usize) -> &mut [f32] {
        self.edge_of(at_end, len)
    }

    /// The first `len` elements of that type, or the last.
    pub fn edge_of<T: Element>(&mut self, at_end: bool, len: usize) -> &mut [T] {
        let cells = self.cells();
        let count = size_of_val(cells) / size_of::<T>();
        // SAFETY: so many elements fit into the cells, which are aligned to a page, and any bits are an element.
        let all = unsafe { core::slice::from_raw_parts_mut(cells.as_mut_ptr().cast(), count) };
        let first = if at_end { count - len } else { 0 };
        &mut all[first..first + len]
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, whole, and no longer borrowed.
        unsafe { libc::munmap(self.map.as_ptr(), (COUNT + 2) * self.size) };
    }
}
