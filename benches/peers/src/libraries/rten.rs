//! `rten-vecmath`. It takes AVX-512 wherever the CPU has it; held to AVX2, its loops are called
//! with that instruction set by hand.

use crate::calls::{Call, Entry, Library};
use crate::functions::{Function, ROW};
use activations::Isa;
use rten_simd::functional::simd_map;
use rten_simd::isa::Avx2Isa;
use rten_simd::span::SrcDest;
use rten_simd::{SimdOp, SimdUnaryOp, is_avx512_supported};
use rten_vecmath::{ApproxGelu, Elu, Erf, Exp, Gelu, LeakyRelu, Sigmoid, Silu, Softmax, Tanh};
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
