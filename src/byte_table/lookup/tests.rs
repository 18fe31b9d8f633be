//! Every way of looking up against an array, VPSHUFB on AVX-512 included, which a call takes on CPUs without VBMI alone.

use super::*;
#[cfg(target_arch = "x86_64")]
use crate::drive::{bytes::SHORTEST, map::LINE};
use std::vec::Vec;

type Function = unsafe fn(&[u8; 256], Io<u8>);

/// The functions that this CPU can run: cached, and streamed.
fn functions() -> Vec<(&'static str, Function, Option<Function>)> {
    #[allow(unused_mut)]
    let mut all: Vec<(_, Function, Option<Function>)> = vec![("scalar", each, None)];
    #[cfg(target_arch = "aarch64")]
    all.push(("neon", neon::map, None));
    #[cfg(target_arch = "x86_64")]
    {
        if Isa::Avx2.is_available() {
            all.push(("avx2", avx2::map, Some(avx2::stream)));
        }
        if Isa::Avx512.is_available() {
            all.push(("avx512", avx512::map, Some(avx512::stream)));
            if has_vbmi::get() {
                all.push(("avx512 vbmi", vbmi::map, Some(vbmi::stream)));
            }
        }
    }
    all
}

/// A table in which all entries differ, and none is what it is an entry for.
fn table() -> [u8; 256] {
    core::array::from_fn(|i| (i as u8).wrapping_mul(167).wrapping_add(13))
}

/// Bytes of all kinds, in no order.
fn bytes(len: usize) -> Vec<u8> {
    (0..len as u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect()
}

#[test]
fn all_ways_look_up_alike_at_every_length_and_offset() {
    let table = table();
    let pool = bytes(700);
    for (name, map, _) in functions() {
        if !name.contains("vbmi") {
            println!("isa-run: {name} lookup");
        }
        for len in (0..=270).chain([511, 512, 513, 600]) {
            for offset in [0, 1, 31] {
                let x = &pool[offset..offset + len];
                let expected: Vec<u8> = x.iter().map(|&x| table[usize::from(x)]).collect();
                let mut y = vec![0xaa; len + 2];
                // SAFETY: the CPU can run it; as many bytes are readable and writable.
                unsafe { map(&table, Io::between(x, y.as_mut_ptr().add(1))) };
                assert_eq!(y[1..=len], expected, "{name}, {len} bytes");
                assert_eq!((y[0], y[len + 1]), (0xaa, 0xaa), "{name}, {len} bytes");
                let mut in_place = x.to_vec();
                // SAFETY: as above.
                unsafe { map(&table, Io::over(&mut in_place)) };
                assert_eq!(in_place, expected, "{name}, {len} bytes in place");
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn what_streams_looks_up_alike() {
    let table = table();
    let pool = bytes(3 * SHORTEST + 700);
    for (name, _, stream) in functions() {
        let Some(stream) = stream else { continue };
        for len in [
            0,
            100,
            SHORTEST - 1,
            SHORTEST,
            SHORTEST + 333,
            3 * SHORTEST + 65,
        ] {
            for offset in [0, 1, 63] {
                let x = &pool[..len];
                let mut y = vec![0xaa; len + 130];
                let start = y.as_ptr().addr().wrapping_neg() % LINE + offset + 1;
                // SAFETY: the CPU can run it; as many bytes are readable, and writable elsewhere; a fence follows.
                unsafe { stream(&table, Io::between(x, y.as_mut_ptr().add(start))) };
                crate::drive::stream::fence();
                assert!(
                    x.iter()
                        .zip(&y[start..])
                        .all(|(&x, &y)| table[usize::from(x)] == y),
                    "{name}, {len} bytes at {offset}"
                );
                assert_eq!(
                    (y[start - 1], y[start + len]),
                    (0xaa, 0xaa),
                    "{name}, {len} bytes"
                );
            }
        }
    }
}
