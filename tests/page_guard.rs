//! Slices that touch unmapped memory on either side: an access outside of them is a crash.
#![cfg(unix)]

mod common;

use activations::{Activation, AnyActivation, Isa, Prelu};
use common::{assert_same_bits, compute, inputs, on_each_isa};
use std::ptr::NonNull;

/// Pages of f32 between two pages that fault on any access.
struct Pages {
    map: NonNull<libc::c_void>,
    /// Of one page, in bytes.
    size: usize,
}

/// Accessible pages, for rows that are longer than the table that spreads parameters.
const COUNT: usize = 4;

impl Pages {
    fn new() -> Self {
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

    fn cells(&mut self) -> &mut [f32] {
        // SAFETY: the middle pages are mapped for reading and writing for as long as `self` lives,
        // zeroed by the system, aligned to a page, and borrowed through `self` alone.
        unsafe {
            let first = self.map.as_ptr().byte_add(self.size).cast::<f32>();
            core::slice::from_raw_parts_mut(first, COUNT * self.size / size_of::<f32>())
        }
    }

    /// The first `len` cells, or the last.
    fn edge(&mut self, at_end: bool, len: usize) -> &mut [f32] {
        let cells = self.cells();
        let first = if at_end { cells.len() - len } else { 0 };
        &mut cells[first..first + len]
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, whole, and no longer borrowed.
        unsafe { libc::munmap(self.map.as_ptr(), (COUNT + 2) * self.size) };
    }
}

/// Applies `activation` to slices at either edge of their memory, out of place and in place.
fn assert_stays_inside(
    activation: &AnyActivation<'_>,
    isa: Isa,
    pages: &mut [Pages; 2],
    x: &[f32],
) {
    let expected = compute(activation, isa, common::Variant::OutOfPlace, x);
    let [source, target] = pages;
    for at_end in [false, true] {
        let source = source.edge(at_end, x.len());
        let target = target.edge(at_end, x.len());
        source.copy_from_slice(x);
        activation.apply_on(isa, source, target).unwrap();
        assert_same_bits(target, &expected, x, activation);
        activation.apply_in_place_on(isa, source).unwrap();
        assert_same_bits(
            source,
            &expected,
            x,
            format_args!("{activation} on {isa}, in place, {at_end}"),
        );
    }
}

#[test]
fn nothing_outside_the_slices_is_touched() {
    let mut pages = [Pages::new(), Pages::new()];
    let pool = inputs::special();
    on_each_isa("nothing_outside_the_slices", |isa| {
        for activation in AnyActivation::all() {
            for len in 0..=130 {
                assert_stays_inside(&activation, isa, &mut pages, &pool[..len]);
            }
        }
    });
}

#[test]
fn nor_are_channels() {
    let mut pages = [Pages::new(), Pages::new()];
    let pool: Vec<f32> = inputs::special()
        .into_iter()
        .chain(inputs::strided(4096))
        .collect();
    let mut slopes = Pages::new();
    slopes.cells().fill(0.5);
    on_each_isa("nor_are_channels", |isa| {
        // Rows of all kinds: shorter than a vector, of whole vectors, with a tail, and so many
        // channels that they are taken in groups.
        for channels in [1, 3, 8, 17, 64, 200] {
            for inner in [1, 2, 3, 4, 7, 8, 16, 17, 32, 33, 64, 65] {
                // The slopes, too, end where memory ends.
                let prelu = Prelu::per_channel(slopes.edge(true, channels), inner).unwrap();
                for outer in [1, 2, 5] {
                    let len = outer * channels * inner;
                    if len <= pool.len().min(COUNT * 1024) {
                        assert_stays_inside(&prelu.into(), isa, &mut pages, &pool[..len]);
                    }
                }
            }
        }
    });
}
