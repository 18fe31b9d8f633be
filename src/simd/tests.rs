use super::{Machine, NEXT_TO_ZERO, Table, Unrolled, Vocabulary, product_in_range};
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

fn assert_same(got: f32, expected: f32, what: &str) {
    let same = got.to_bits() == expected.to_bits() || got.is_nan() && expected.is_nan();
    assert!(same, "{what}: {got:e}, not {expected:e}");
}

/// The value of an operation in all lanes of both vectors, which have to agree.
fn value<S: Machine>(vectors: [S::f32s; 2]) -> f32 {
    let lanes = bytemuck::cast_slice::<S::f32s, f32>(&vectors);
    for lane in lanes {
        assert_eq!(lane.to_bits(), lanes[0].to_bits());
    }
    lanes[0]
}

/// Each operation against its definition, over all pairs of values.
fn operations<S: Machine>(simd: S) {
    let simd = Unrolled::<S, 2>(simd);
    let splat = |x| simd.splat_f32s(x);
    let bits = f32::from_bits;
    let if_true = |mask| value::<S>(simd.select_f32s(mask, splat(1.0), splat(0.0))) == 1.0;
    let same = |got, expected, what: &str, x: f32, c: f32| {
        assert_same(
            value::<S>(got),
            expected,
            &format!("{what} of {x:e}, {c:e}"),
        );
    };
    for x in VALUES {
        for c in VALUES {
            let (a, b) = (splat(x), splat(c));
            let (x_bits, c_bits) = (x.to_bits(), c.to_bits());
            same(simd.add_f32s(a, b), x + c, "add", x, c);
            same(simd.sub_f32s(a, b), x - c, "sub", x, c);
            same(simd.mul_f32s(a, b), x * c, "mul", x, c);
            same(simd.div_f32s(a, b), x / c, "div", x, c);
            for d in VALUES {
                let s = splat(d);
                same(simd.mul_add_f32s(a, b, s), x.mul_add(c, d), "mul_add", x, c);
                let expected = (-x).mul_add(c, d);
                same(
                    simd.negate_mul_add_f32s(a, b, s),
                    expected,
                    "negate_mul_add",
                    x,
                    c,
                );
            }
            let low = if x < c { c } else { x };
            same(simd.at_least_f32s(a, b), low, "at_least", x, c);
            let high = if x > c { c } else { x };
            same(simd.at_most_f32s(a, b), high, "at_most", x, c);
            if c.is_finite() {
                let scaled = if x.is_sign_negative() { x * c } else { x };
                same(
                    simd.scale_negative_f32s(a, b),
                    scaled,
                    "scale_negative",
                    x,
                    c,
                );
            }
            assert_eq!(if_true(simd.equal_f32s(a, b)), x == c);
            assert_eq!(if_true(simd.less_than_f32s(a, b)), x < c);
            assert_eq!(if_true(simd.less_than_or_equal_f32s(a, b)), x <= c);
            let cleared = if x < c { 0.0 } else { x };
            same(
                simd.clear_f32s(simd.less_than_f32s(a, b), a),
                cleared,
                "clear",
                x,
                c,
            );
            let kept = if x < c { x } else { 0.0 };
            same(
                simd.keep_f32s(simd.less_than_f32s(a, b), a),
                kept,
                "keep",
                x,
                c,
            );
            same(simd.and_f32s(a, b), bits(x_bits & c_bits), "and", x, c);
            same(simd.or_f32s(a, b), bits(x_bits | c_bits), "or", x, c);
            same(simd.xor_f32s(a, b), bits(x_bits ^ c_bits), "xor", x, c);
            let sum = bits(x_bits.wrapping_add(c_bits));
            same(simd.add_bits_f32s(a, b), sum, "add_bits", x, c);
            let difference = bits(x_bits.wrapping_sub(c_bits));
            same(simd.sub_bits_f32s(a, b), difference, "sub_bits", x, c);
        }
        let (a, x_bits) = (splat(x), x.to_bits());
        same(simd.magnitude_f32s(a), x.abs(), "magnitude", x, x);
        same(simd.sign_f32s(a), 0.0f32.copysign(x), "sign", x, x);
        same(simd.sqrt_f32s(a), libm::sqrtf(x), "sqrt", x, x);
        same(
            simd.shift_left_bits_f32s::<20>(a),
            bits(x_bits << 20),
            "shift_left",
            x,
            x,
        );
        same(
            simd.shift_right_bits_f32s::<1>(a),
            bits(x_bits >> 1),
            "shift_right",
            x,
            x,
        );
    }
}

/// Looking up, with a different index in each lane and every bit above it set or not.
fn lookups<S: Machine>(simd: S) {
    let table = Table::new([0.5, -1.0, 2.0, -3.0, 4.0, -5.0, 6.0, f32::INFINITY]);
    for first in 0..8u32 {
        for above in [0, 8, u32::MAX << 3] {
            let index: Vec<f32> = (0..S::F32_LANES as u32)
                .map(|lane| f32::from_bits((first + 3 * lane) & 7 | above))
                .collect();
            // SAFETY: there is an index for each lane.
            let vector = unsafe { simd.load_f32s(index.as_ptr()) };
            let found = Unrolled::<S, 1>(simd).lookup_f32s(&table, [vector]);
            let found = bytemuck::cast_slice::<S::f32s, f32>(&found);
            for (found, index) in found.iter().zip(&index) {
                assert_eq!(*found, table.0[(index.to_bits() & 7) as usize]);
            }
        }
    }
}

/// Whole and partial reads and writes, of every count.
fn memory<S: Machine>(simd: S) {
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
    let pairs: Vec<f32> = (0..=2 * lanes as u16).map(f32::from).collect();
    // SAFETY: from the second element on there are two vectors.
    let (first, second) = unsafe { simd.load_pairs_f32s(pairs.as_ptr().add(1)) };
    for (element, vector) in [(0, first), (1, second)] {
        let vector = [vector];
        let lanes = bytemuck::cast_slice::<S::f32s, f32>(&vector);
        assert!(lanes.iter().eq(pairs[1 + element..].iter().step_by(2)));
    }
    for count in 0..=lanes {
        let pairs = &pairs[..2 * count];
        // SAFETY: there are `count` pairs.
        let (first, second) = unsafe { simd.load_first_pairs_f32s(count, pairs.as_ptr()) };
        for (element, vector) in [(0, first), (1, second)] {
            let vector = [vector];
            for (i, &lane) in bytemuck::cast_slice::<S::f32s, f32>(&vector)
                .iter()
                .enumerate()
            {
                assert_eq!(
                    lane,
                    pairs.get(2 * i + element).copied().unwrap_or(0.0),
                    "{count}"
                );
            }
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
    simd.prefetch(core::ptr::null());
}

/// What is asked of several vectors: of each value, in any one lane among ones.
fn questions<S: Machine>(simd: S) {
    const LARGEST: f32 = 87.0;
    let around = [NEXT_TO_ZERO, LARGEST]
        .into_iter()
        .flat_map(|x| [x.next_down(), x, x.next_up()])
        .flat_map(|x| [x, -x]);
    for x in VALUES.into_iter().chain(around) {
        let is_near = x != 0.0 && x.abs() < NEXT_TO_ZERO;
        let is_beyond = x.is_nan() || x.abs() > LARGEST;
        for lane in 0..2 * S::F32_LANES {
            let mut vectors = [simd.splat_f32s(1.0); 2];
            bytemuck::cast_slice_mut::<S::f32s, f32>(&mut vectors)[lane] = x;
            assert_eq!(simd.any_next_to_zero_f32s(vectors), is_near, "{x:e}");
            assert_eq!(simd.any_beyond_f32s(vectors, LARGEST), is_beyond, "{x:e}");
            assert_eq!(
                simd.any_next_to_zero_or_beyond_f32s(vectors, LARGEST),
                is_near || is_beyond,
                "{x:e}"
            );
        }
    }
}

/// A product that may be subnormal is rounded as any is.
fn products<S: Machine>(simd: S) {
    let simd = Unrolled::<S, 2>(simd);
    for i in 0..100_000_u32 {
        // 2^-100 to 2^-20 and 2^-60: from what vanishes to what is normal.
        let a = f32::from_bits((27 << 23) + i.wrapping_mul(0x9e37_79b1) % (80 << 23));
        let b = f32::from_bits((67 << 23) + i.wrapping_mul(0x85eb_ca6b) % (1 << 23));
        let is_small = if a * b < f32::MIN_POSITIVE { 0.0 } else { 1.0 };
        let is_small = simd.equal_f32s(simd.splat_f32s(is_small), simd.splat_f32s(0.0));
        let product = product_in_range(simd, simd.splat_f32s(a), simd.splat_f32s(b), is_small);
        assert_same(value::<S>(product), a * b, "product_in_range");
    }
}

fn all<S: Machine>(simd: S, isa: Isa) {
    operations(simd);
    questions(simd);
    products(simd);
    lookups(simd);
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
