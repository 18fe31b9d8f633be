//! SLEEF: elementary functions of vectors, in C. Of each the one within 1.0 ULP (`u10`).

use super::composed::{V3, V4, Vector, WithErf, calls_with_erf};
use crate::calls::{Entry, Library};
use crate::functions::Function;
use activations::Isa;

/// A vector with the functions of SLEEF that end in `$suffix`.
macro_rules! vector {
    (
        $name:ident, $inner:ident, $lanes:literal, $features:literal,
        [$set1:ident, $load:ident, $store:ident, $add:ident, $sub:ident, $mul:ident, $div:ident,
         $max:ident, $min:ident, $fma:ident],
        |$this:ident, $x:ident, $other:ident| $where_negative:expr,
        [$exp:ident, $exp_m1:ident, $ln_1p:ident, $tanh:ident, $erf:ident]
    ) => {
        use std::arch::x86_64::{
            $inner, $add, $div, $fma, $load, $max, $min, $mul, $set1, $store, $sub,
        };

        /// A vector; it is used only where the CPU has the instructions.
        #[derive(Clone, Copy)]
        pub struct $name($inner);

        // Their real types, from one vector to one, are not to be declared in a stable compiler.
        unsafe extern "C" {
            fn $exp();
            fn $exp_m1();
            fn $ln_1p();
            fn $tanh();
            fn $erf();
        }

        vector!(operator $name, Add, add, $add);
        vector!(operator $name, Sub, sub, $sub);
        vector!(operator $name, Mul, mul, $mul);
        vector!(operator $name, Div, div, $div);

        impl Vector for $name {
            const LANES: usize = $lanes;

            #[inline(always)]
            fn splat(value: f32) -> Self {
                // SAFETY: the CPU has the instructions, as the type says.
                Self(unsafe { $set1(value) })
            }

            #[inline(always)]
            fn load(x: &[f32]) -> Self {
                let x = &x[..$lanes];
                // SAFETY: as above; and these are as many elements as it reads.
                Self(unsafe { $load(x.as_ptr()) })
            }

            #[inline(always)]
            fn store(self, y: &mut [f32]) {
                let y = &mut y[..$lanes];
                // SAFETY: as above; and these are as many elements as it writes.
                unsafe { $store(y.as_mut_ptr(), self.0) }
            }

            #[inline(always)]
            fn where_negative(self, x: Self, other: Self) -> Self {
                let ($this, $x, $other) = (self.0, x.0, other.0);
                // SAFETY: as above.
                Self(unsafe { $where_negative })
            }

            #[inline(always)]
            fn mul_add(self, factor: Self, summand: Self) -> Self {
                // SAFETY: as above.
                Self(unsafe { $fma(self.0, factor.0, summand.0) })
            }

            vector!(binary max, $max);
            vector!(binary min, $min);
            vector!(call $inner, $features, exp, $exp);
            vector!(call $inner, $features, exp_m1, $exp_m1);
            vector!(call $inner, $features, ln_1p, $ln_1p);
            vector!(call $inner, $features, tanh, $tanh);
        }

        impl WithErf for $name {
            vector!(call $inner, $features, erf, $erf);
        }
    };
    (operator $name:ident, $trait:ident, $method:ident, $intrinsic:ident) => {
        impl std::ops::$trait for $name {
            type Output = Self;
            vector!(binary $method, $intrinsic);
        }
    };
    (binary $method:ident, $intrinsic:ident) => {
        #[inline(always)]
        fn $method(self, other: Self) -> Self {
            // SAFETY: the CPU has the instructions, as the type says.
            Self(unsafe { $intrinsic(self.0, other.0) })
        }
    };
    (call $inner:ident, $features:literal, $method:ident, $function:ident) => {
        #[inline(always)]
        fn $method(self) -> Self {
            // A vector goes to C in a register only from a function that has such registers.
            #[inline]
            #[target_feature(enable = $features)]
            fn call(x: $inner) -> $inner {
                type Untyped = unsafe extern "C" fn();
                #[expect(improper_ctypes_definitions, reason = "vectors go as the C ABI has it")]
                type Typed = unsafe extern "C" fn($inner) -> $inner;
                // SAFETY: this is the type that sleef.h has for it, and it asks for nothing but the
                // instructions.
                unsafe { std::mem::transmute::<Untyped, Typed>($function)(x) }
            }
            // SAFETY: the CPU has the instructions, as the type says.
            Self(unsafe { call(self.0) })
        }
    };
}

use std::arch::x86_64::{_CMP_LT_OQ, _mm256_blendv_ps, _mm256_cmp_ps, _mm256_setzero_ps};
use std::arch::x86_64::{_mm512_cmp_ps_mask, _mm512_mask_blend_ps, _mm512_setzero_ps};

vector!(
    Avx2,
    __m256,
    8,
    "avx2,fma",
    [
        _mm256_set1_ps,
        _mm256_loadu_ps,
        _mm256_storeu_ps,
        _mm256_add_ps,
        _mm256_sub_ps,
        _mm256_mul_ps,
        _mm256_div_ps,
        _mm256_max_ps,
        _mm256_min_ps,
        _mm256_fmadd_ps
    ],
    |this, x, other| _mm256_blendv_ps(
        other,
        this,
        _mm256_cmp_ps::<_CMP_LT_OQ>(x, _mm256_setzero_ps())
    ),
    [
        Sleef_expf8_u10avx2,
        Sleef_expm1f8_u10avx2,
        Sleef_log1pf8_u10avx2,
        Sleef_tanhf8_u10avx2,
        Sleef_erff8_u10avx2
    ]
);

vector!(
    Avx512,
    __m512,
    16,
    "avx512f",
    [
        _mm512_set1_ps,
        _mm512_loadu_ps,
        _mm512_storeu_ps,
        _mm512_add_ps,
        _mm512_sub_ps,
        _mm512_mul_ps,
        _mm512_div_ps,
        _mm512_max_ps,
        _mm512_min_ps,
        _mm512_fmadd_ps
    ],
    |this, x, other| _mm512_mask_blend_ps(
        _mm512_cmp_ps_mask::<_CMP_LT_OQ>(x, _mm512_setzero_ps()),
        other,
        this
    ),
    [
        Sleef_expf16_u10avx512f,
        Sleef_expm1f16_u10avx512f,
        Sleef_log1pf16_u10avx512f,
        Sleef_tanhf16_u10avx512f,
        Sleef_erff16_u10avx512f
    ]
);

/// Each function, in the vectors of `isa`.
pub fn entry(function: Function, isa: Isa) -> Option<Entry> {
    let (name, calls) = match isa {
        _ if !isa.is_available() => return None,
        Isa::Avx512 => ("avx512, u10", calls_with_erf::<Avx512, V4>(function)?),
        Isa::Avx2 => ("avx2, u10", calls_with_erf::<Avx2, V3>(function)?),
        _ => return None,
    };
    let [out_of_place, in_place] = calls;
    Some(Entry {
        library: Library::Sleef,
        isa: name.to_owned(),
        out_of_place: Some(out_of_place),
        in_place: Some(in_place),
    })
}

/// The version of the library that was loaded, from the name of its file.
pub fn version() -> Option<String> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let (_, after) = maps.split_once("libsleef.so.")?;
    Some(after.lines().next()?.to_owned())
}
