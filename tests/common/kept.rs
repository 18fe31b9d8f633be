//! What the kept hashes are hashes of, and how. Without the standard library, as `tests/no_std` has none.

/// Inputs at which formulas change, and their neighbours: zeros, ones, thresholds, the limits of
/// the format, infinities, NaNs with payload.
pub fn special() -> impl Iterator<Item = f32> {
    let centres = [
        0.0,
        f32::from_bits(1),
        f32::MIN_POSITIVE,
        1e-30,
        0.01,
        0.25,
        1.0 / 6.0,
        1.0 / 3.0,
        0.5,
        1.0,
        1.5,
        2.0,
        2.9999,
        3.0,
        6.0,
        1e6,
        (1 << 24) as f32,
        (1 << 30) as f32,
        1e19,
        1e38,
        f32::MAX,
    ];
    let values = [
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::NAN,
        -f32::NAN,
        f32::from_bits(0x7f80_0001),
        f32::from_bits(0xffff_ffff),
    ];
    let around = |x: f32| [x, x.next_up(), x.next_down()];
    let centres = centres.into_iter().flat_map(|centre| [centre, -centre]);
    values.into_iter().chain(centres.flat_map(around))
}

/// `count` bit patterns spread over all 2^32, NaNs and infinities among them.
pub fn strided(count: usize) -> impl Iterator<Item = f32> {
    // The stride is odd, so that the low bits vary as the high ones do.
    let stride = ((1u64 << 32) / count as u64) as u32 | 1;
    (0..count as u32).map(move |i| f32::from_bits(i.wrapping_mul(stride)))
}

/// The bits of `x`, with one pattern for all NaNs.
pub fn bits(x: f32) -> u32 {
    if x.is_nan() { 0x7fc0_0000 } else { x.to_bits() }
}

/// FNV-1a over the bits, a word at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hash(pub u64);

impl Hash {
    /// Of nothing.
    pub const EMPTY: Self = Self(0xcbf2_9ce4_8422_2325);

    /// Of what has been seen, and `values`.
    #[must_use]
    pub fn and(self, values: &[f32]) -> Self {
        Self(values.iter().fold(self.0, |hash, &value| {
            (hash ^ u64::from(bits(value))).wrapping_mul(0x0000_0100_0000_01b3)
        }))
    }
}
