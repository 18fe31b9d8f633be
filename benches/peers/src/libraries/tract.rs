//! `tract-linalg`: the kernels that tract takes on this CPU, which work in place.

use crate::calls::{Call, Entry, Library};
use crate::functions::{Function, ROW};
use crate::scores::{SCALE, Scores};
use activations::Isa;
use std::rc::Rc;
use tract_linalg::Func;
use tract_linalg::element_wise::{ElementWise, ElementWiseKer};
use tract_linalg::generic::by_scalar::SMaxByScalar4;
use tract_linalg::generic::unicast::SUnicastAdd4;
use tract_linalg::knobs::TRACT_CPU_ISA;
use tract_linalg::unicast::UnicastKer;

const REFUSED: &str = "slices of f32 are never refused";

/// Takes AVX-512 away where it is not wanted, unless the user of tract's own variable has a say.
pub fn set_up(isa: Isa) {
    if isa < Isa::Avx512 && std::env::var_os("TRACT_CPU_ISA").is_none() {
        TRACT_CPU_ISA.set(Some("-avx512f,-avx512vnni,-avx512fp16".to_owned()));
    }
}

/// A kernel's name, and the kernel.
type Kernel = (&'static str, Box<dyn Fn(&mut [f32])>);

/// What it has. Its GELU is that by tanh; its ReLU the maximum with a number.
pub fn entry(function: Function) -> Option<Entry> {
    let (name, run) = match function.name() {
        "softmax_masked" => softmax(Some(Scores::Masked))?,
        "softmax_decoding" => softmax(Some(Scores::Decoding))?,
        "relu" => with_parameter(SMaxByScalar4::ew(), 0.0),
        "leaky_relu" => with_parameter(Func::LeakyRelu.ew_f32_param().ok()?, 0.01),
        "hardswish" => of(Func::Hardswish)?,
        "sigmoid" => of(Func::Sigmoid)?,
        "tanh" => of(Func::Tanh)?,
        "silu" => of(Func::Silu)?,
        "gelu_tanh" => of(Func::Gelu)?,
        "exp" => of(Func::Exp)?,
        "erf" => of(Func::Erf)?,
        "softmax" => softmax(None)?,
        _ => return None,
    };
    let run = Rc::new(run);
    let in_place = Rc::clone(&run);
    Some(Entry {
        library: Library::Tract,
        isa: instructions(name),
        out_of_place: Some(Call::OutOfPlace(Box::new(move |x, y| {
            y.copy_from_slice(x);
            run(y);
        }))),
        in_place: Some(Call::InPlace(Box::new(move |x| in_place(x)))),
    })
}

fn of(function: Func) -> Option<Kernel> {
    let kernel = function.ew_f32().ok()?;
    Some((
        kernel.name(),
        Box::new(move |x| kernel.run(x).expect(REFUSED)),
    ))
}

fn with_parameter(kernel: Box<dyn ElementWise<f32, f32>>, parameter: f32) -> Kernel {
    let name = kernel.name();
    (
        name,
        Box::new(move |x| kernel.run_with_params(x, parameter).expect(REFUSED)),
    )
}

/// Row by row with three kernels, as tract does; before them, for scores of attention, those for a product with a number and for
/// a sum. A sink, for which it has none, goes by way of the largest number and the sum.
fn softmax(scores: Option<Scores>) -> Option<Kernel> {
    let largest = Func::ReduceMax.reduce_f32().ok()?;
    let numerators = Func::Softmax2.map_reduce_f32().ok()?;
    let scale = Func::MulByScalar.ew_f32_param().ok()?;
    let name = numerators.name();
    let keys = scores.map_or(ROW, |scores| scores.shape()[1]);
    let run = move |x: &mut [f32]| {
        for (number, row) in x.chunks_exact_mut(keys).enumerate() {
            if let Some(scores) = scores {
                scale.run_with_params(row, SCALE).expect(REFUSED);
                SUnicastAdd4::run(row, scores.mask(number));
            }
            let sink = scores.and_then(|scores| scores.sink(number));
            let sink = sink.unwrap_or(f32::NEG_INFINITY);
            let largest = largest.run(row).expect(REFUSED).max(sink);
            let sum = numerators.run_with_params(row, largest).expect(REFUSED);
            let sum = sum + (sink - largest).exp();
            scale.run_with_params(row, sum.recip()).expect(REFUSED);
        }
    };
    Some((name, Box::new(run)))
}

/// The instruction set in a kernel's name; those of portable code have none.
fn instructions(name: &str) -> String {
    if name.contains("avx512") {
        "avx512".to_owned()
    } else if name.contains("fma") {
        "avx2".to_owned()
    } else if name.contains("avx") {
        "avx".to_owned()
    } else {
        crate::built::instructions().to_owned()
    }
}
