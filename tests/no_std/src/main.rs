//! Links `activations` where there is no standard library: a dependency that brought it along would bring a second
//! panic handler, which is an error.
//!
//! `activations-no-std ISA..` checks that these are the instruction sets of this CPU, worst first, and that each has the
//! bits that are kept in `tests/data/hashes.txt`. Where it does not return 0, it says why.
#![no_std]
#![no_main]

#[path = "../../common/kept.rs"]
mod kept;

use activations::{
    Activation, AnyActivation, Gate, Isa, RowActivation, Rows, Softmax, Swiglu, Tanh,
};
use core::ffi::{CStr, c_char, c_int};
use core::fmt::{self, Write};
use kept::Hash;

const KEPT: &str = include_str!("../../data/hashes.txt");

/// As in `tests/it/hashes.rs`.
const STRIDED: usize = 1 << 20;

/// Elements that are computed at a time.
const BLOCK: usize = 4096;

/// Standard output, or standard error.
struct File(c_int);

impl Write for File {
    fn write_str(&mut self, mut text: &str) -> fmt::Result {
        while !text.is_empty() {
            // SAFETY: `text` is readable for its length.
            let written = unsafe { libc::write(self.0, text.as_ptr().cast(), text.len()) };
            let written = usize::try_from(written).map_err(|_| fmt::Error)?;
            text = text.get(written..).ok_or(fmt::Error)?;
        }
        Ok(())
    }
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    // There is nobody left to tell that this fails.
    let _ = writeln!(File(libc::STDERR_FILENO), "{info}");
    // SAFETY: it may be called at any time.
    unsafe { libc::abort() }
}

/// What `core` as it comes compiled asks for, where nothing unwinds.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

/// The allocator of the C library.
#[cfg(feature = "alloc")]
mod allocator {
    use core::alloc::{GlobalAlloc, Layout};
    use core::ptr::null_mut;

    struct C;

    // SAFETY: `posix_memalign` returns memory as asked for, which `free` takes back; where it fails, null.
    unsafe impl GlobalAlloc for C {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            let mut start = null_mut();
            let align = layout.align().max(size_of::<usize>());
            // SAFETY: `align` is a power of two and a multiple of a pointer's size.
            match unsafe { libc::posix_memalign(&mut start, align, layout.size()) } {
                0 => start.cast(),
                _ => null_mut(),
            }
        }

        unsafe fn dealloc(&self, start: *mut u8, _: Layout) {
            // SAFETY: it comes from `alloc`.
            unsafe { libc::free(start.cast()) }
        }
    }

    #[global_allocator]
    static ALLOCATOR: C = C;
}

/// Compares what is written to it with `expected`, from the start on.
struct Expect<'a>(&'a str);

impl Write for Expect<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(text).ok_or(fmt::Error)?;
        Ok(())
    }
}

/// The hash that is kept for `activation`.
fn kept_hash(activation: &AnyActivation<'_>) -> Hash {
    let hash = KEPT.lines().find_map(|line| {
        let (hash, description) = line.split_once(' ')?;
        let mut rest = Expect(description);
        write!(rest, "{activation}").ok()?;
        let hash = u64::from_str_radix(hash, 16).ok()?;
        rest.0.is_empty().then_some(Hash(hash))
    });
    hash.unwrap_or_else(|| panic!("no hash is kept for {activation}"))
}

/// The hash of what `activation` returns on `isa`.
fn hash(activation: &AnyActivation<'_>, isa: Isa) -> Hash {
    let mut inputs = kept::strided(STRIDED).chain(kept::special());
    let (mut x, mut y) = ([0.0; BLOCK], [0.0; BLOCK]);
    let mut hash = Hash::EMPTY;
    loop {
        let mut len = 0;
        for (place, input) in x.iter_mut().zip(&mut inputs) {
            *place = input;
            len += 1;
        }
        if len == 0 {
            return hash;
        }
        let (x, y) = (&x[..len], &mut y[..len]);
        activation.apply_on(isa, x, y).expect("no error");
        hash = hash.and(y);
    }
}

/// Asserts that a gate and an operation on rows return the same on `isa` as in scalar code.
fn check_gate_and_rows(isa: Isa) {
    const LEN: usize = 200;
    let (mut x, mut value) = ([0.0; LEN], [0.0; LEN]);
    Tanh.apply(
        &core::array::from_fn::<f32, LEN, _>(|i| 0.1 * i as f32 - 10.0),
        &mut value,
    )
    .expect("lengths are equal");
    for (i, x) in x.iter_mut().enumerate() {
        *x = value[LEN - 1 - i] * 20.0;
    }
    let gate = |isa| {
        let mut y = [0.0; LEN];
        Swiglu::default()
            .apply_on(isa, &x, &value, &mut y)
            .expect("lengths are equal");
        Hash::EMPTY.and(&y)
    };
    assert_eq!(gate(isa), gate(Isa::Scalar), "swiglu on {isa}");
    for rows in [Rows::last(100), Rows::strided(20, 5)] {
        let softmax = |isa| {
            let mut y = [0.0; LEN];
            Softmax::default()
                .apply_on(isa, rows, &x, &mut y)
                .expect("the rows fit");
            Hash::EMPTY.and(&y)
        };
        assert_eq!(
            softmax(isa),
            softmax(Isa::Scalar),
            "softmax of {rows:?} on {isa}"
        );
    }
}

/// What the feature `alloc` adds.
#[cfg(feature = "alloc")]
fn check_alloc() {
    let activation: AnyActivation<'_> = "LeakyRelu(alpha=0.5)".parse().expect("an activation");
    assert_eq!(
        activation.to_vec(&[-1.0, 1.0]).expect("no error")[..],
        [-0.5, 1.0]
    );
    assert!("leaky".parse::<AnyActivation<'_>>().is_err());
}

#[unsafe(no_mangle)]
extern "C" fn main(count: c_int, arguments: *const *const c_char) -> c_int {
    let count = usize::try_from(count).unwrap_or(0);
    let argument = |i: usize| {
        // SAFETY: C passes `count` strings; `i` is less.
        let argument = unsafe { CStr::from_ptr(*arguments.add(i)) };
        argument.to_str().expect("UTF-8")
    };
    let expected = (1..count).map(argument);
    assert!(
        Isa::available().map(Isa::name).eq(expected),
        "this CPU is said to have other instruction sets than the arguments"
    );
    assert_eq!(Some(Isa::detect()), Isa::available().last());

    #[cfg(feature = "alloc")]
    check_alloc();

    let mut out = File(libc::STDOUT_FILENO);
    for isa in Isa::available() {
        let all = AnyActivation::all();
        let checked = all.len();
        for activation in all {
            assert_eq!(
                hash(&activation, isa),
                kept_hash(&activation),
                "{activation} on {isa}"
            );
        }
        check_gate_and_rows(isa);
        writeln!(
            out,
            "{isa}: {checked} activations, a gate and softmax: as kept"
        )
        .expect("an output");
    }
    0
}
