//! 8-bit elements by a table: `cargo bench --bench bytes`, pinned to a core.
//!
//! All cases of one size take turns, so that what else the machine does meets all of them alike; medians, as multiples of
//! a `memcpy` of as many bytes. The last two are what others do: a loop over the table, and the technique that XNNPACK's
//! `x8-lut` kernels have on AVX2, written here anew: VPSHUFB on differences of the table's rows, with saturated indices.

use activations::{Activation, ByteTable, Isa, Quantization, Sigmoid};
use std::hint::black_box;
use std::time::Instant;

/// Sizes in bytes, and how often each is timed.
const SIZES: [(&str, usize, usize); 3] = [
    ("1 KiB", 1 << 10, 2001),
    ("64 KiB", 1 << 16, 2001),
    ("64 MiB", 1 << 26, 15),
];

/// What writes the results for the first bytes to the second.
type Case<'a> = (String, Box<dyn FnMut(&[u8], &mut [u8]) + 'a>);

fn main() {
    // What cargo passes: `--bench` always, and `--test` where each case is to run once.
    let is_test = std::env::args().any(|argument| argument == "--test");
    let input = Quantization {
        scale: 0.1,
        zero_point: 128,
    };
    let output = Quantization {
        scale: 1.0 / 256.0,
        zero_point: 0,
    };
    let table = ByteTable::<u8>::new(&Sigmoid, input, output).expect("both are quantisations");
    let entries: [u8; 256] = core::array::from_fn(|i| table.get(i as u8));
    for (name, len, rounds) in SIZES {
        let (len, rounds) = if is_test { (1000, 1) } else { (len, rounds) };
        measure(name, len, rounds, cases(&table, &entries));
    }
}

fn cases<'a>(table: &'a ByteTable<u8>, entries: &'a [u8; 256]) -> Vec<Case<'a>> {
    let mut cases: Vec<Case<'a>> = vec![("memcpy".into(), Box::new(|x, y| y.copy_from_slice(x)))];
    #[cfg(target_arch = "x86_64")]
    if Isa::Avx2.is_available() {
        // SAFETY: the CPU has AVX2.
        let copy = |x: &[u8], y: &mut [u8]| unsafe { streamed::copy(x, y) };
        cases.push(("a streamed copy".into(), Box::new(copy)));
    }
    for isa in Isa::available() {
        let apply = move |x: &[u8], y: &mut [u8]| {
            table.apply_on(isa, x, y).expect("lengths are equal");
        };
        cases.push((isa.to_string(), Box::new(apply)));
    }
    cases.push((
        "a plain loop".into(),
        Box::new(|x, y| {
            for (y, &x) in y.iter_mut().zip(x) {
                *y = entries[usize::from(x)];
            }
        }),
    ));
    #[cfg(target_arch = "x86_64")]
    if Isa::Avx2.is_available() {
        // SAFETY: the CPU has AVX2.
        let apply = |x: &[u8], y: &mut [u8]| unsafe { differences::apply(entries, x, y) };
        cases.push(("XNNPACK's technique, avx2".into(), Box::new(apply)));
    }
    cases
}

/// Whether all cases but copies write the same, so that what is timed is the work.
fn assert_alike(cases: &mut [Case<'_>]) {
    let x: Vec<u8> = (0..=255).chain(0..=20).collect();
    let looks_up = |(name, _): &&mut Case<'_>| !name.contains("cpy") && !name.contains("copy");
    let mut results = cases.iter_mut().filter(looks_up).map(|(name, case)| {
        let mut y = vec![0; x.len()];
        case(&x, &mut y);
        (name, y)
    });
    let (_, expected) = results.next().expect("scalar code is always there");
    for (name, y) in results {
        assert_eq!(y, expected, "{name}");
    }
}

fn measure(name: &str, len: usize, rounds: usize, mut cases: Vec<Case<'_>>) {
    let x: Vec<u8> = (0..len as u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let mut y = vec![0; len];
    assert_alike(&mut cases);
    let mut times = vec![Vec::new(); cases.len()];
    // Small sizes several times, as the clock ticks in tens of nanoseconds.
    let calls = (1 << 16) / len.min(1 << 16);
    for round in 0..rounds {
        for turn in 0..cases.len() {
            let case = (round + turn) % cases.len();
            let started = Instant::now();
            for _ in 0..calls {
                (cases[case].1)(black_box(&x), black_box(&mut y));
            }
            times[case].push(started.elapsed().as_secs_f64() / calls as f64);
        }
    }
    println!("\n| {name} | ns | of memcpy |\n|---|---|---|");
    let medians: Vec<f64> = times
        .iter_mut()
        .map(|times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        })
        .collect();
    for ((case, _), median) in cases.iter().zip(&medians) {
        println!(
            "| {case} | {:.0} | {:.2} |",
            median * 1e9,
            median / medians[0]
        );
    }
}

/// A copy past the cache, in four places at a time, which is the fastest that there is for what no cache holds.
#[cfg(target_arch = "x86_64")]
mod streamed {
    use core::arch::x86_64::*;

    const STRANDS: usize = 4;
    const LINE: usize = 64;

    /// # Safety
    /// The CPU has AVX2.
    #[target_feature(enable = "avx2")]
    pub unsafe fn copy(x: &[u8], y: &mut [u8]) {
        assert_eq!(x.len(), y.len());
        let start = y.as_ptr().addr().wrapping_neg() % LINE;
        let strand = x.len().saturating_sub(start + LINE) / STRANDS / LINE * LINE;
        let end = if strand == 0 {
            0
        } else {
            start + STRANDS * strand
        };
        for at in (start..start + strand).step_by(LINE) {
            for place in 0..STRANDS {
                let at = at + place * strand;
                // SAFETY: the strands lie inside of both, and begin at a line of what is written.
                unsafe {
                    let (from, to) = (x.as_ptr().add(at), y.as_mut_ptr().add(at));
                    let (a, b) = (
                        _mm256_loadu_si256(from.cast()),
                        _mm256_loadu_si256(from.add(32).cast()),
                    );
                    _mm256_stream_si256(to.cast(), a);
                    _mm256_stream_si256(to.add(32).cast(), b);
                }
            }
        }
        if end > 0 {
            y[..start].copy_from_slice(&x[..start]);
        }
        y[end..].copy_from_slice(&x[end..]);
        _mm_sfence();
    }
}

/// XNNPACK's technique.
#[cfg(target_arch = "x86_64")]
mod differences {
    use core::arch::x86_64::*;

    /// # Safety
    /// The CPU has AVX2.
    #[target_feature(enable = "avx2")]
    pub unsafe fn apply(table: &[u8; 256], x: &[u8], y: &mut [u8]) {
        assert_eq!(x.len(), y.len());
        let mut rows = [_mm256_setzero_si256(); 16];
        for (row, entries) in rows.iter_mut().zip(table.as_chunks::<16>().0) {
            // SAFETY: sixteen bytes are read.
            *row = _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(entries.as_ptr().cast()) });
        }
        // Within each half of the table, what a row differs by from the one before it.
        let mut differences = rows;
        for row in (1..16).filter(|&row| row != 8) {
            differences[row] = _mm256_xor_si256(rows[row], rows[row - 1]);
        }
        let sixteen = _mm256_set1_epi8(16);
        let (whole, rest) = x.as_chunks::<32>();
        let (whole_y, rest_y) = y.as_chunks_mut::<32>();
        for (x, y) in whole.iter().zip(whole_y) {
            // SAFETY: both are 32 bytes.
            unsafe {
                let bytes = _mm256_loadu_si256(x.as_ptr().cast());
                let mut low = bytes;
                let mut high = _mm256_xor_si256(bytes, _mm256_set1_epi8(i8::MIN));
                let mut found = _mm256_xor_si256(
                    _mm256_shuffle_epi8(differences[0], low),
                    _mm256_shuffle_epi8(differences[8], high),
                );
                for row in 1..8 {
                    // An index below the row is negative, and stays so: its entry is 0.
                    low = _mm256_subs_epi8(low, sixteen);
                    high = _mm256_subs_epi8(high, sixteen);
                    let of_row = _mm256_xor_si256(
                        _mm256_shuffle_epi8(differences[row], low),
                        _mm256_shuffle_epi8(differences[row + 8], high),
                    );
                    found = _mm256_xor_si256(found, of_row);
                }
                _mm256_storeu_si256(y.as_mut_ptr().cast(), found);
            }
        }
        for (y, &x) in rest_y.iter_mut().zip(rest) {
            *y = table[usize::from(x)];
        }
    }
}
