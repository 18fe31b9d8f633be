//! Snake with parameters per channel, over all kinds of shapes.

use crate::common::{Variant, assert_same_bits, bounds, compute, inputs, on_each_isa, scale, ulp};
use activations::{AnyActivation, Formula, Isa, Snake};

const ALPHAS: [f32; 7] = [1.0, 0.5, -3.0, 0.0, 12.5, 1e-20, 1e3];
const BETAS: [f32; 7] = [1.0, -0.25, 4.0, 1.0, 0.01, 1e9, 3e-4];

/// Of these no kernel takes the last.
const RARE: [(f32, f32); 3] = [(1.0, 1.0), (0.5, -2.0), (1e20, 1e-30)];

/// Returns an alpha and a beta for each of `count` channels.
fn waves(count: usize) -> (Vec<f32>, Vec<f32>) {
    let of = |few: [f32; 7]| few.into_iter().cycle().take(count).collect();
    (of(ALPHAS), of(BETAS))
}

/// Each element as the shared parameters have it that are those of its channel.
fn assert_right(alphas: &[f32], betas: &[f32], inner: usize, x: &[f32], isa: Isa) {
    let per_channel = Snake::per_channel(alphas, betas, inner).unwrap();
    let activation: AnyActivation = per_channel.into();
    assert_eq!(activation.to_string(), "snake(per channel)");
    let mut expected = vec![0.0; x.len()];
    for (channel, (&alpha, &beta)) in alphas.iter().zip(betas).enumerate() {
        let shared = AnyActivation::from(Snake::shared(alpha, beta));
        let places = || (0..x.len()).filter(|i| i / inner % alphas.len() == channel);
        let of_channel: Vec<f32> = places().map(|i| x[i]).collect();
        let y = compute(&shared, Isa::Scalar, Variant::OutOfPlace, &of_channel);
        for (i, y) in places().zip(y) {
            let exact = activation.reference_at(i, f64::from(x[i]));
            assert_eq!(exact.to_bits(), shared.reference(f64::from(x[i])).to_bits());
            let error = ulp::ulp_error(y, exact);
            assert!(
                error <= bounds::at(&shared, x[i], exact) && ulp::right_sign(y, exact),
                "{shared}: f({:e}) is {y:e}, not {exact:e}",
                x[i]
            );
            expected[i] = y;
        }
    }
    for variant in Variant::ALL {
        let y = compute(&activation, isa, variant, x);
        let shape = (x.len() / inner / alphas.len(), alphas.len(), inner);
        assert_same_bits(
            &y,
            &expected,
            x,
            format_args!("{shape:?} on {isa}, {variant:?}"),
        );
    }
}

#[test]
fn waves_of_shapes_small_and_large_are_right() {
    let channels = [1, 2, 3, 8, 17, 64, 65, 513];
    let inners = [1, 2, 3, 7, 8, 15, 16, 17, 31, 64, 256, 257];
    let outers: &[usize] = if scale() > 1 { &[2] } else { &[0, 1, 2, 5] };
    // Numbers of ordinary size, and among them now and then one for another way.
    let special = inputs::special();
    let mut pool = inputs::noise(20_000);
    for (i, x) in pool.iter_mut().enumerate() {
        if i % 131 == 7 {
            *x = special[i / 131 % special.len()];
        }
        if i % 177 == 3 {
            *x *= 1e5;
        }
    }
    on_each_isa("waves_of_shapes", |isa| {
        for channels in channels {
            let (alphas, betas) = waves(channels);
            for inner in inners {
                for outer in outers {
                    let len = outer * channels * inner;
                    if len <= pool.len() / scale().min(8) {
                        assert_right(&alphas, &betas, inner, &pool[..len], isa);
                    }
                }
            }
        }
        let (alphas, betas): (Vec<f32>, Vec<f32>) = RARE.into_iter().unzip();
        for inner in [1, 5, 300] {
            assert_right(&alphas, &betas, inner, &pool[..900], isa);
        }
    });
}

/// Where the kernels of shared parameters and those of each element choose between ways.
#[test]
fn waves_are_the_same_at_the_ends_of_their_ways() {
    let (alphas, betas) = waves(7);
    let next_to_zero = 1.0 / (1_u64 << 60) as f32;
    let ends = alphas
        .iter()
        .map(|alpha| 3200.0 / alpha)
        .chain([next_to_zero]);
    let near =
        |x: f32| (-70..70_i32).map(move |i| f32::from_bits(x.to_bits().wrapping_add_signed(i)));
    // Some lie a thousandth further inside.
    let x: Vec<f32> = ends
        .flat_map(|x| [x, 0.999 * x, -x])
        .filter(|x| x.is_finite())
        .flat_map(near)
        .flat_map(|x| [x; 7])
        .collect();
    on_each_isa("waves_are_the_same", |isa| {
        assert_right(&alphas, &betas, 1, &x, isa);
    });
}
