//! The functions, made of elementary ones as a careful user would: for what has only those.

use crate::calls::Call;
use crate::functions::{Function, ROW};
use std::ops::{Add, Div, Mul, Sub};

/// A vector, or one number, with the elementary functions of a library.
pub trait Vector:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    const LANES: usize;
    fn splat(value: f32) -> Self;
    /// The first lanes of `x`.
    fn load(x: &[f32]) -> Self;
    /// Over the first lanes of `y`.
    fn store(self, y: &mut [f32]);
    fn max(self, other: Self) -> Self;
    fn min(self, other: Self) -> Self;
    /// `self` where `x < 0`, else `other`.
    fn where_negative(self, x: Self, other: Self) -> Self;
    fn mul_add(self, factor: Self, summand: Self) -> Self;
    fn exp(self) -> Self;
    fn exp_m1(self) -> Self;
    fn ln_1p(self) -> Self;
    fn tanh(self) -> Self;
}

/// A vector of a library that has the error function, too.
pub trait WithErf: Vector {
    fn erf(self) -> Self;
}

/// A function of one element. Types, and not functions: these would not be inlined into the loops.
pub trait Lane<V> {
    fn of(x: V) -> V;
}

macro_rules! lanes {
    ($bound:ident: $($name:ident = |$x:ident| $body:expr;)*) => {$(
        pub struct $name;
        impl<V: $bound> Lane<V> for $name {
            #[inline(always)]
            fn of($x: V) -> V {
                $body
            }
        }
    )*};
}

lanes! { Vector:
    Relu = |x| x.max(V::splat(0.0));
    LeakyRelu = |x| (x * V::splat(0.01)).where_negative(x, x);
    Hardswish = |x| {
        let gate = (x + V::splat(3.0)).max(V::splat(0.0)).min(V::splat(6.0));
        x * gate * V::splat(1.0 / 6.0)
    };
    Sigmoid = |x| V::splat(1.0) / (V::splat(1.0) + (V::splat(0.0) - x).exp());
    Tanh = |x| x.tanh();
    Silu = |x| x / (V::splat(1.0) + (V::splat(0.0) - x).exp());
    GeluTanh = |x| {
        let cubic = (x * x * x).mul_add(V::splat(0.044_715), x);
        let tanh = (cubic * V::splat(0.797_884_6)).tanh();
        V::splat(0.5) * x * (V::splat(1.0) + tanh)
    };
    Elu = |x| x.min(V::splat(0.0)).exp_m1().where_negative(x, x);
    Exp = |x| x.exp();
    // e^-|x| does not overflow.
    Softplus = |x| {
        let far = x.min(V::splat(0.0) - x);
        x.max(V::splat(0.0)) + far.exp().ln_1p()
    };
    Mish = |x| x * Softplus::of(x).tanh();
}

lanes! { WithErf:
    Gelu = |x| {
        let erf = (x * V::splat(core::f32::consts::FRAC_1_SQRT_2)).erf();
        V::splat(0.5) * x * (V::splat(1.0) + erf)
    };
    Erf = |x| x.erf();
}

/// The instructions that a loop is compiled for.
pub trait Target: 'static {
    /// Does `work`, which is to be inlined.
    fn run(work: impl FnOnce());
}

/// Those of the whole build.
pub struct AsBuilt;

impl Target for AsBuilt {
    fn run(work: impl FnOnce()) {
        work();
    }
}

/// AVX2, FMA and the rest of x86-64-v3; for CPUs that are known to have them.
pub struct V3;

impl Target for V3 {
    fn run(work: impl FnOnce()) {
        #[target_feature(enable = "avx2,bmi1,bmi2,f16c,fma,lzcnt,movbe")]
        fn compiled(work: impl FnOnce()) {
            work();
        }
        // SAFETY: who takes this target has seen to it that the CPU is an x86-64-v3.
        unsafe { compiled(work) }
    }
}

/// AVX-512, for CPUs that are known to have it.
pub struct V4;

impl Target for V4 {
    fn run(work: impl FnOnce()) {
        #[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512cd,avx512dq,avx512vl")]
        fn compiled(work: impl FnOnce()) {
            work();
        }
        // SAFETY: who takes this target has seen to it that the CPU is an x86-64-v4.
        unsafe { compiled(work) }
    }
}

/// `y[i] = f(x[i])`, for lengths of whole vectors.
#[inline(always)]
pub fn map<V: Vector, L: Lane<V>>(x: &[f32], y: &mut [f32]) {
    for (x, y) in x.chunks_exact(V::LANES).zip(y.chunks_exact_mut(V::LANES)) {
        L::of(V::load(x)).store(y);
    }
}

/// `x[i] = f(x[i])`, for lengths of whole vectors.
#[inline(always)]
pub fn map_in_place<V: Vector, L: Lane<V>>(x: &mut [f32]) {
    for x in x.chunks_exact_mut(V::LANES) {
        L::of(V::load(x)).store(x);
    }
}

/// Softmax of each row.
#[inline(always)]
pub fn softmax<V: Vector>(x: &[f32], y: &mut [f32]) {
    for (x, y) in x.chunks_exact(ROW).zip(y.chunks_exact_mut(ROW)) {
        let largest = largest::<V>(x);
        let mut sum = V::splat(0.0);
        for (x, y) in x.chunks_exact(V::LANES).zip(y.chunks_exact_mut(V::LANES)) {
            let numerator = (V::load(x) - largest).exp();
            sum = sum + numerator;
            numerator.store(y);
        }
        divide(y, sum);
    }
}

/// Softmax of each row, in place.
#[inline(always)]
pub fn softmax_in_place<V: Vector>(x: &mut [f32]) {
    for x in x.chunks_exact_mut(ROW) {
        let largest = largest::<V>(x);
        let mut sum = V::splat(0.0);
        for x in x.chunks_exact_mut(V::LANES) {
            let numerator = (V::load(x) - largest).exp();
            sum = sum + numerator;
            numerator.store(x);
        }
        divide(x, sum);
    }
}

/// The largest element of `x`, in all lanes.
#[inline(always)]
fn largest<V: Vector>(x: &[f32]) -> V {
    let vectors = x.chunks_exact(V::LANES);
    let largest = vectors.fold(V::splat(f32::NEG_INFINITY), |largest, x| {
        largest.max(V::load(x))
    });
    V::splat(lanes(largest, f32::NEG_INFINITY, f32::max))
}

/// Divides `y` by the sum of the lanes of `sum`.
#[inline(always)]
fn divide<V: Vector>(y: &mut [f32], sum: V) {
    let inverse = V::splat(1.0 / lanes(sum, 0.0, |a, b| a + b));
    for y in y.chunks_exact_mut(V::LANES) {
        (V::load(y) * inverse).store(y);
    }
}

/// The lanes of a vector, put together.
#[inline(always)]
fn lanes<V: Vector>(vector: V, first: f32, add: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0; 16];
    vector.store(&mut lanes);
    lanes[..V::LANES].iter().copied().fold(first, add)
}

/// The calls for `function`, out of place and in place; `None` where it takes an error function.
pub fn calls<V: Vector + 'static, T: Target>(function: Function) -> Option<[Call; 2]> {
    let calls = match function.name() {
        "relu" => of::<V, T, Relu>(),
        "leaky_relu" => of::<V, T, LeakyRelu>(),
        "hardswish" => of::<V, T, Hardswish>(),
        "sigmoid" => of::<V, T, Sigmoid>(),
        "tanh" => of::<V, T, Tanh>(),
        "silu" => of::<V, T, Silu>(),
        "gelu_tanh" => of::<V, T, GeluTanh>(),
        "elu" => of::<V, T, Elu>(),
        "exp" => of::<V, T, Exp>(),
        "softplus" => of::<V, T, Softplus>(),
        "mish" => of::<V, T, Mish>(),
        "softmax" => [
            Call::OutOfPlace(Box::new(|x, y| {
                T::run(
                    #[inline(always)]
                    || softmax::<V>(x, y),
                )
            })),
            Call::InPlace(Box::new(|x| {
                T::run(
                    #[inline(always)]
                    || softmax_in_place::<V>(x),
                )
            })),
        ],
        _ => return None,
    };
    Some(calls)
}

/// As [`calls`], with the error function.
pub fn calls_with_erf<V: WithErf + 'static, T: Target>(function: Function) -> Option<[Call; 2]> {
    match function.name() {
        "gelu" => Some(of::<V, T, Gelu>()),
        "erf" => Some(of::<V, T, Erf>()),
        _ => calls::<V, T>(function),
    }
}

fn of<V: Vector + 'static, T: Target, L: Lane<V> + 'static>() -> [Call; 2] {
    [
        Call::OutOfPlace(Box::new(|x, y| {
            T::run(
                #[inline(always)]
                || map::<V, L>(x, y),
            )
        })),
        Call::InPlace(Box::new(|x| {
            T::run(
                #[inline(always)]
                || map_in_place::<V, L>(x),
            )
        })),
    ]
}
