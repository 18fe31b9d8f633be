//! `rten-vecmath`. It takes AVX-512 wherever the CPU has it; held to AVX2, its loops are called
//! with that instruction set by hand.

use crate::calls::{Call, Entry, Library};
use crate::functions::{Function, ROW};
use crate::scores::{SCALE, Scores};
use activations::Isa;
use rten_simd::functional::simd_map;
use rten_simd::isa::Avx2Isa;
use rten_simd::span::SrcDest;
use rten_simd::{SimdOp, SimdUnaryOp, is_avx512_supported};
use rten_vecmath::{ApproxGelu, Elu, Erf, Exp, Gelu, LeakyRelu, Sigmoid, Silu, Softmax, Tanh};
use std::cell::RefCell;
use std::mem::MaybeUninit;

/// What it has; ReLU it leaves to the compiler.
pub fn entry(function: Function, isa: Isa) -> Option<Entry> {
    let cap = match isa {
        Isa::Avx2 if is_avx512_supported() => Some(Avx2Isa::new()?),
        _ => None,
    };
    let [out_of_place, in_place] = match function.name() {
        "leaky_relu" => of(|| LeakyRelu { alpha: 0.01 }, cap),
        "sigmoid" => of(|| Sigmoid {}, cap),
        "tanh" => of(|| Tanh {}, cap),
        "silu" => of(|| Silu {}, cap),
        "gelu" => of(|| Gelu {}, cap),
        "gelu_tanh" => of(|| ApproxGelu {}, cap),
        "elu" => of(|| Elu { alpha: 1.0 }, cap),
        "exp" => of(|| Exp {}, cap),
        "erf" => of(|| Erf {}, cap),
        "softmax" => softmax(cap),
        "softmax_masked" => attention(Scores::Masked, cap),
        "softmax_decoding" => attention(Scores::Decoding, cap),
        _ => return None,
    };
    let isa = match (cap, is_avx512_supported(), Avx2Isa::new()) {
        (None, true, _) => "avx512",
        (_, _, Some(_)) => "avx2",
        _ => "sse2",
    };
    Some(Entry {
        library: Library::Rten,
        isa: isa.to_owned(),
        out_of_place: Some(out_of_place),
        in_place: Some(in_place),
    })
}

/// The calls for one of its operations, which are not to be copied.
fn of<F: SimdUnaryOp<f32> + 'static>(make: fn() -> F, cap: Option<Avx2Isa>) -> [Call; 2] {
    let (function, in_place) = (make(), make());
    [
        Call::OutOfPlace(Box::new(move |x, y| {
            run(Map(&function, (x, uninit(y)).into()), cap);
        })),
        Call::InPlace(Box::new(move |x| run(Map(&in_place, x.into()), cap))),
    ]
}

fn softmax(cap: Option<Avx2Isa>) -> [Call; 2] {
    [
        Call::OutOfPlace(Box::new(move |x, y| {
            for (x, y) in x.chunks_exact(ROW).zip(uninit(y).chunks_exact_mut(ROW)) {
                run(Softmax::new(x, y), cap);
            }
        })),
        Call::InPlace(Box::new(move |x| {
            for x in x.chunks_exact_mut(ROW) {
                run(Softmax::new_mut(x), cap);
            }
        })),
    ]
}

/// The softmax of scores: it has no kernel for the product and the sum before it, which a loop takes that is compiled as its kernels
/// are. A sink is one more key of a row in memory of its own.
fn attention(scores: Scores, cap: Option<Avx2Isa>) -> [Call; 2] {
    let [_, keys] = scores.shape();
    let normalise = move |number: usize, row: &mut [f32], longer: &mut Vec<f32>| {
        let Some(sink) = scores.sink(number) else {
            run(Softmax::new_mut(row), cap);
            return;
        };
        longer.clear();
        longer.extend_from_slice(row);
        longer.push(sink);
        run(Softmax::new_mut(longer), cap);
        row.copy_from_slice(&longer[..keys]);
    };
    let memory = || RefCell::new(Vec::with_capacity(keys + 1));
    let (out_of_place, in_place) = (memory(), memory());
    [
        Call::OutOfPlace(Box::new(move |x, y| {
            let longer = &mut *out_of_place.borrow_mut();
            let rows = x.chunks_exact(keys).zip(y.chunks_exact_mut(keys));
            for (number, (x, y)) in rows.enumerate() {
                let mask = scores.mask(number);
                run(Logits { x, mask, y }, cap);
                normalise(number, y, longer);
            }
        })),
        Call::InPlace(Box::new(move |x| {
            let longer = &mut *in_place.borrow_mut();
            for (number, row) in x.chunks_exact_mut(keys).enumerate() {
                let mask = scores.mask(number);
                run(LogitsInPlace { row, mask }, cap);
                normalise(number, row, longer);
            }
        })),
    ]
}

/// The logits of a row of scores.
struct Logits<'a> {
    x: &'a [f32],
    mask: &'a [f32],
    y: &'a mut [f32],
}

impl SimdOp for Logits<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: rten_simd::Isa>(self, _isa: I) {
        for ((y, x), mask) in self.y.iter_mut().zip(self.x).zip(self.mask) {
            *y = x * SCALE + mask;
        }
    }
}

/// The logits of a row of scores, in their place.
struct LogitsInPlace<'a> {
    row: &'a mut [f32],
    mask: &'a [f32],
}

impl SimdOp for LogitsInPlace<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: rten_simd::Isa>(self, _isa: I) {
        for (x, mask) in self.row.iter_mut().zip(self.mask) {
            *x = *x * SCALE + mask;
        }
    }
}

/// What `SimdUnaryOp::map` and `map_mut` do, on an instruction set that is given.
struct Map<'a, F>(&'a F, SrcDest<'a, 'a, f32>);

impl<F: SimdUnaryOp<f32>> SimdOp for Map<'_, F> {
    type Output = ();

    #[inline(always)]
    fn eval<I: rten_simd::Isa>(self, isa: I) {
        let Self(function, slices) = self;
        simd_map(
            isa.f32(),
            slices,
            #[inline(always)]
            |x| function.eval(isa, x),
        );
    }
}

fn run(operation: impl SimdOp, cap: Option<Avx2Isa>) {
    match cap {
        None => {
            operation.dispatch();
        }
        Some(isa) => on_avx2(
            #[inline(always)]
            || {
                operation.eval(isa);
            },
        ),
    }
}

/// What its own dispatch compiles the loops for AVX2 with.
fn on_avx2(work: impl FnOnce()) {
    #[target_feature(enable = "avx2,fma,f16c")]
    fn compiled(work: impl FnOnce()) {
        work();
    }
    // SAFETY: it is called where there is an `Avx2Isa`, which tells that the CPU has all of them.
    unsafe { compiled(work) }
}

/// The slice as one to be written.
fn uninit(y: &mut [f32]) -> &mut [MaybeUninit<f32>] {
    // SAFETY: both have the same layout, and the library writes numbers only.
    unsafe { &mut *(std::ptr::from_mut(y) as *mut [MaybeUninit<f32>]) }
}
