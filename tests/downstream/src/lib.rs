//! Runs every public call as a user's tests do, and finds out how much stack each takes.

#![cfg(test)]

#[cfg(feature = "groups")]
mod bytes;
#[cfg(feature = "groups")]
mod composed;
mod elements;
#[cfg(all(feature = "groups", feature = "half"))]
mod float16;
#[cfg(target_os = "linux")]
mod painted;
#[cfg(feature = "groups")]
mod rows;

use activations::Isa;

/// A call that is about to be made, on operands that stand ready.
type Call<'a> = &'a mut (dyn FnMut() + Send);

/// Makes the call, somewhere: the first argument says what it is.
type Caller<'a> = &'a mut dyn FnMut(&str, Call<'_>);

/// Has `caller` make every call on each instruction set, and compares the results with the oracles.
fn every_call(caller: Caller<'_>) {
    for isa in Isa::available() {
        elements::activations(isa, caller);
        #[cfg(feature = "groups")]
        {
            composed::gates(isa, caller);
            composed::biased(isa, caller);
            composed::fused(isa, caller);
            rows::operations(isa, caller);
            bytes::tables(isa, caller);
        }
        #[cfg(all(feature = "groups", feature = "half"))]
        {
            float16::activations(isa, caller);
            float16::composed(isa, caller);
        }
    }
    elements::names(caller);
    #[cfg(feature = "groups")]
    composed::names(caller);
}

/// Panics where a result is further from the oracle's than rounding explains.
#[track_caller]
fn assert_near(y: &[f32], expected: &[f64], what: &str) {
    assert_eq!(y.len(), expected.len(), "{what}");
    for (i, (&y, &expected)) in y.iter().zip(expected).enumerate() {
        let y = f64::from(y);
        let near = match expected.is_finite() {
            true => (y - expected).abs() <= 1e-5 * expected.abs().max(0.1),
            false => y == expected || y.is_nan() && expected.is_nan(),
        };
        assert!(near, "{what}: element {i} is {y:e}, not {expected:e}");
    }
}

#[test]
fn every_call_runs_on_a_thread_of_512_kib() {
    let thread = std::thread::Builder::new().stack_size(512 << 10);
    let running = thread.spawn(|| every_call(&mut |_, call| call()));
    running.unwrap().join().unwrap();
}

/// A quarter of a MiB without optimisation, where each value of an inlined function has a place of its own.
#[cfg(target_os = "linux")]
const LIMIT: usize = if cfg!(debug_assertions) {
    256 << 10
} else {
    12 << 10
};

#[cfg(target_os = "linux")]
#[test]
fn every_call_takes_little_stack() {
    // All of it is looked at after each call, so it is not much larger than what fails.
    let stack = &mut painted::Stack::new(2 << 20);
    let (mut calls, mut depths) = (0, std::collections::BTreeMap::<String, usize>::new());
    every_call(&mut |what, call| {
        calls += 1;
        let depth = depths.entry(what.to_owned()).or_default();
        *depth = stack.depth(call).max(*depth);
    });
    let mut deepest: Vec<_> = depths.into_iter().collect();
    deepest.sort_by_key(|&(_, depth)| std::cmp::Reverse(depth));
    println!("the deepest of {calls} calls, in bytes of stack:");
    for (what, depth) in deepest.iter().take(10) {
        println!("{depth:8} {what}");
    }
    deepest.retain(|&(_, depth)| depth > LIMIT);
    assert!(
        deepest.is_empty(),
        "{} kinds of calls take more than {LIMIT} bytes of stack",
        deepest.len()
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_call_is_as_deep_as_it_is() {
    fn takes(bytes: &mut [u8]) {
        bytes.fill(1);
        std::hint::black_box(bytes);
    }
    let stack = &mut painted::Stack::new(1 << 20);
    let shallow = stack.depth(&mut || {
        std::hint::black_box(());
    });
    let deep = stack.depth(&mut || takes(&mut [0; 100_000]));
    assert!(shallow < 8192, "{shallow}");
    assert!((100_000..110_000).contains(&deep), "{deep}");
}
