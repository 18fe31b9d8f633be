//! Instruction sets: what this CPU has, what is picked, how a user caps it.

use core::fmt;
use core::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// An instruction set that the kernels are written for.
///
/// The order is the order of preference: `Scalar < Neon < Avx2 < Avx512`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Isa {
    /// One element at a time; on every CPU.
    Scalar,
    /// 128-bit vectors: the baseline of aarch64.
    Neon,
    /// 256-bit vectors: AVX2 with FMA and F16C (and the rest of x86-64-v3).
    Avx2,
    /// 512-bit vectors: AVX-512 F, BW, CD, DQ and VL (x86-64-v4).
    Avx512,
}

/// The environment variable that caps what [`Isa::detect`] picks, where there is an environment: with the feature
/// `std`.
pub const ISA_VARIABLE: &str = "ACTIVATIONS_ISA";

/// 0 until the first call; then bit 7 is set, bits 0..=3 say which [`Isa`] is available
/// and bits 4..=5 which one is picked. One byte, so that no reader sees a half-written state.
static STATE: AtomicU8 = AtomicU8::new(0);

const DETECTED: u8 = 1 << 7;
const PICKED_SHIFT: u32 = 4;

impl Isa {
    /// All instruction sets, whether or not this CPU has them.
    pub const ALL: &'static [Self] = &[Self::Scalar, Self::Neon, Self::Avx2, Self::Avx512];

    /// The instruction set that [`Activation::apply`](crate::Activation::apply) uses: the best
    /// that this CPU has, capped by the environment variable `ACTIVATIONS_ISA`.
    ///
    /// The variable is read once, where the feature `std` is on, on the first use of the crate. It names the highest
    /// instruction set to use, in the order `scalar`, `neon`, `avx2`, `avx512`; so `avx2` on an AVX-512 machine picks
    /// AVX2, and `neon` on an x86 machine picks scalar code. An empty value is none, and one that names none of them is
    /// ignored, as a library must neither print nor panic; [`Isa::env_cap`] lets a program report it.
    #[inline]
    pub fn detect() -> Self {
        Self::from_index((state() >> PICKED_SHIFT) & 3)
    }

    /// The instruction sets that this CPU and this build have, worst first; always
    /// [`Isa::Scalar`]. `ACTIVATIONS_ISA` has no effect on it.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|isa| isa.is_available())
    }

    /// Whether this CPU and this build have it.
    #[inline]
    pub fn is_available(self) -> bool {
        state() & (1 << self as u8) != 0
    }

    /// Its name, as [`FromStr`](core::str::FromStr) reads it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Neon => "neon",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// The instruction set of that name, in any case, with or without `-`: `avx512`, `AVX-512`.
    #[cfg(feature = "alloc")]
    pub(crate) fn from_name(text: &str) -> Option<Self> {
        let plain = text.trim().replace('-', "").to_ascii_lowercase();
        Self::ALL.iter().copied().find(|isa| isa.name() == plain)
    }

    #[inline(always)]
    fn from_index(index: u8) -> Self {
        match index {
            3 => Self::Avx512,
            2 => Self::Avx2,
            1 => Self::Neon,
            _ => Self::Scalar,
        }
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[inline(always)]
fn state() -> u8 {
    // Relaxed: the byte carries all there is to know.
    match STATE.load(Relaxed) {
        0 => initialise(),
        state => state,
    }
}

#[cold]
#[inline(never)]
fn initialise() -> u8 {
    let mut available = 1 << Isa::Scalar as u8;
    for isa in [Isa::Neon, Isa::Avx2, Isa::Avx512] {
        available |= u8::from(hardware_has(isa)) << isa as u8;
    }
    #[cfg(feature = "std")]
    let cap = std::env::var_os(ISA_VARIABLE).and_then(|cap| Isa::from_name(&cap.to_string_lossy()));
    #[cfg(not(feature = "std"))]
    let cap = None;
    let state = DETECTED | available | (pick(available, cap) as u8) << PICKED_SHIFT;
    STATE.store(state, Relaxed);
    state
}

/// The best available instruction set that is not above the cap.
fn pick(available: u8, cap: Option<Isa>) -> Isa {
    Isa::ALL
        .iter()
        .copied()
        .rev()
        .filter(|&isa| cap.is_none_or(|cap| isa <= cap))
        .find(|&isa| available & (1 << isa as u8) != 0)
        .unwrap_or(Isa::Scalar)
}

#[cfg(target_arch = "x86_64")]
fn hardware_has(isa: Isa) -> bool {
    cpufeatures::new!(avx2_fma, "avx2", "fma");
    cpufeatures::new!(
        avx512, "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"
    );
    // cpufeatures looks at CPUID and at XCR0 (does the OS save the registers?). pulp's tokens
    // claim a few features more (BMI, LZCNT), so they are asked as well. F16C neither of them knows.
    let has_f16c = || {
        raw_cpuid::CpuId::new()
            .get_feature_info()
            .is_some_and(|info| info.has_f16c())
    };
    match isa {
        Isa::Scalar => true,
        Isa::Neon => false,
        Isa::Avx2 => avx2_fma::get() && has_f16c() && pulp::x86::V3::is_available(),
        Isa::Avx512 => avx512::get() && pulp::x86::V4::is_available(),
    }
}

#[cfg(target_arch = "aarch64")]
fn hardware_has(isa: Isa) -> bool {
    matches!(isa, Isa::Scalar | Isa::Neon)
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn hardware_has(isa: Isa) -> bool {
    isa == Isa::Scalar
}

#[cfg(test)]
mod tests {
    use super::*;

    const X86: u8 = 0b1101;
    const ARM: u8 = 0b0011;

    #[test]
    fn pick_takes_the_best_below_the_cap() {
        assert_eq!(pick(X86, None), Isa::Avx512);
        assert_eq!(pick(X86, Some(Isa::Avx512)), Isa::Avx512);
        assert_eq!(pick(X86, Some(Isa::Avx2)), Isa::Avx2);
        assert_eq!(pick(X86, Some(Isa::Neon)), Isa::Scalar);
        assert_eq!(pick(X86, Some(Isa::Scalar)), Isa::Scalar);
        assert_eq!(pick(ARM, None), Isa::Neon);
        assert_eq!(pick(ARM, Some(Isa::Avx512)), Isa::Neon);
        assert_eq!(pick(0b0101, Some(Isa::Avx512)), Isa::Avx2);
        assert_eq!(pick(1, None), Isa::Scalar);
    }

    #[test]
    fn scalar_is_always_available_and_first() {
        assert_eq!(Isa::available().next(), Some(Isa::Scalar));
        assert!(Isa::detect().is_available());
    }
}
