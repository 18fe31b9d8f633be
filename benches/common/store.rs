//! A pass that only writes: the floor under every pass that writes as many bytes.

use super::Work;
use activations::Isa;
use std::hint::black_box;

/// Writes every element of the destination in the vectors of `isa`.
pub fn stored(isa: Isa) -> Work<'static> {
    Box::new(move |blocks, variant, calls| {
        let fill = |to: &mut [f32]| {
            let value = black_box(0.75);
            match isa {
                // SAFETY: this and the others are asked for only where `Isa::available` lists them.
                #[cfg(target_arch = "x86_64")]
                Isa::Avx512 => unsafe { avx512(to, value) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                Isa::Avx2 => unsafe { avx2(to, value) },
                // SAFETY: as above.
                #[cfg(target_arch = "aarch64")]
                Isa::Neon => unsafe { neon(to, value) },
                // What scalar kernels are compiled to.
                _ => to.fill(value),
            }
            Ok(())
        };
        blocks.time(variant, calls, |_, y| fill(y), fill)
    })
}

/// Four stores a turn, as the kernels have them, then one; a rest shorter than a vector, which no
/// size that is measured has, is left as it is.
macro_rules! fill {
    ($name:ident, $feature:literal, $lanes:literal, $arch:ident::{$set1:ident, $store:ident}) => {
        #[target_feature(enable = $feature)]
        fn $name(to: &mut [f32], value: f32) {
            use core::arch::$arch::{$set1, $store};
            let value = $set1(value);
            let mut turns = to.chunks_exact_mut(4 * $lanes);
            for turn in &mut turns {
                for k in 0..4 {
                    // SAFETY: the turn has four vectors, of which this is the `k`th.
                    unsafe { $store(turn.as_mut_ptr().add(k * $lanes), value) };
                }
            }
            for vector in turns.into_remainder().chunks_exact_mut($lanes) {
                // SAFETY: these are as many elements as a vector has.
                unsafe { $store(vector.as_mut_ptr(), value) };
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
fill!(avx512, "avx512f", 16, x86_64::{_mm512_set1_ps, _mm512_storeu_ps});
#[cfg(target_arch = "x86_64")]
fill!(avx2, "avx2", 8, x86_64::{_mm256_set1_ps, _mm256_storeu_ps});
#[cfg(target_arch = "aarch64")]
fill!(neon, "neon", 4, aarch64::{vdupq_n_f32, vst1q_f32});
