use super::Vocabulary;
use crate::Isa;
use pulp::{Scalar, bytemuck};

const VALUES: [f32; 20] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.25,
    -0.25,
    f32::from_bits(1),
    -f32::from_bits(1),
    f32::MIN_POSITIVE,
    -f32::MIN_POSITIVE,
    f32::MAX,
    f32::MIN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::NAN,
    -f32::NAN,
    3.0,
    -3.0,
    1e-20,
    -1e20,
];

fn first_lane<S: Vocabulary>(vector: S::f32s) -> f32 {
    bytemuck::cast_slice::<S::f32s, f32>(&[vector])[0]
}

fn assert_same(got: f32, expected: f32, what: &str) {
    let same = got.to_bits() == expected.to_bits() || got.is_nan() && expected.is_nan();
    assert!(same, "{what}: {got:e}, not {expected:e}");
}

/// Each operation against its definition, over all pairs of values.
fn operations<S: Vocabulary>(simd: S) {
    let splat = |x| simd.splat_f32s(x);
    for x in VALUES {
        for c in VALUES {
            let low = if x < c { c } else { x };
            let got = first_lane::<S>(simd.at_least_f32s(splat(x), splat(c)));
            assert_same(got, low, &format!("at_least({x:e}, {c:e})"));

            let high = if x > c { c } else { x };
            let got = first_lane::<S>(simd.at_most_f32s(splat(x), splat(c)));
            assert_same(got, high, &format!("at_most({x:e}, {c:e})"));

            if c.is_finite() {
                let scaled = if x.is_sign_negative() { x * c } else { x };
                let got = first_lane::<S>(simd.scale_negative_f32s(splat(x), splat(c)));
                assert_same(got, scaled, &format!("scale_negative({x:e}, {c:e})"));
            }

            let cleared = if x < c { 0.0 } else { x };
            let mask = simd.less_than_f32s(splat(x), splat(c));
            let got = first_lane::<S>(simd.clear_f32s(mask, splat(x)));
            assert_same(got, cleared, &format!("clear({x:e} < {c:e}, {x:e})"));
        }
        let got = first_lane::<S>(simd.magnitude_f32s(splat(x)));
        assert_same(got, x.abs(), &format!("magnitude({x:e})"));
        let got = first_lane::<S>(simd.sign_f32s(splat(x)));
        assert_same(got, 0.0f32.copysign(x), &format!("sign({x:e})"));
    }
}

/// Whole and partial reads and writes, of every count.
fn memory<S: Vocabulary>(simd: S) {
    let lanes = S::F32_LANES;
    let source: Vec<f32> = (1..=lanes as u16 + 1).map(f32::from).collect();
    for count in 0..=lanes {
        let mut target = vec![-1.0; lanes + 1];
        // SAFETY: both buffers are longer than a vector, and `count` is at most its lanes.
        unsafe {
            let value = simd.load_first_f32s(count, source.as_ptr());
            for (i, &lane) in bytemuck::cast_slice::<S::f32s, f32>(&[value])
                .iter()
                .enumerate()
            {
                assert_eq!(lane, if i < count { source[i] } else { 0.0 }, "{count}");
            }
            let value = simd.load_f32s(source.as_ptr());
            simd.store_first_f32s(count, target.as_mut_ptr(), value);
        }
        for (i, &cell) in target.iter().enumerate() {
            assert_eq!(cell, if i < count { source[i] } else { -1.0 }, "{count}");
        }
    }
    let mut target = vec![-1.0; lanes + 1];
    // SAFETY: as above; from the second element on there is a vector, too.
    unsafe {
        let value = simd.load_f32s(source.as_ptr().add(1));
        simd.store_f32s(target.as_mut_ptr().add(1), value);
    }
    assert_eq!(target[0], -1.0);
    assert_eq!(target[1..], source[1..]);
    simd.prefetch_for_write(core::ptr::null_mut());
}

fn all<S: Vocabulary>(simd: S, isa: Isa) {
    operations(simd);
    memory(simd);
    println!("isa-run: {isa} vocabulary");
}

#[test]
fn the_vocabulary_means_the_same_everywhere() {
    all(Scalar, Isa::Scalar);
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(simd) = pulp::x86::V3::try_new() {
            simd.vectorize(|| all(simd, Isa::Avx2));
        }
        if let Some(simd) = pulp::x86::V4::try_new() {
            simd.vectorize(|| all(simd, Isa::Avx512));
        }
    }
    #[cfg(target_arch = "aarch64")]
    all(
        pulp::aarch64::Neon::try_new().expect("the baseline of aarch64"),
        Isa::Neon,
    );
}
