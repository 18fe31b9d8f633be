//! The floating-point types of elements, and what is different for each.

#[cfg(feature = "half")]
use super::apart::NeverNextToZero;
use super::{Kernel, WithKernel};
use crate::Element;
#[cfg(feature = "half")]
use half::{bf16, f16};

/// A floating-point type that activations have kernels for.
pub(crate) trait Precision: Element {
    /// Whether it has 16 bits: results are then the correctly rounded ones.
    const HAS_16_BITS: bool;

    /// Whether its numbers are as small and as large as those of f32. What is less than 2^-25 or more than 2^16 is 0 or
    /// infinite otherwise.
    const HAS_RANGE_OF_F32: bool;

    /// Of 16-bit types: added to half of the type's smallest number, it makes the next f32 of that.
    const SPECK: f32 = 0.0;

    /// A kernel as it is given numbers of the type.
    type Given<K: Kernel>: Kernel;

    /// `kernel` for numbers of the type.
    fn given<K: Kernel>(kernel: K) -> Self::Given<K>;

    /// Hands on one of two kernels. (No branch: code that is not optimised would have both of them.)
    fn choose<W: WithKernel>(then: W, of_f32: impl Kernel, of_16_bits: impl Kernel);

    /// The bits of the number of a 16-bit type that is nearest to `x`, ties to even.
    #[cfg(feature = "half")]
    fn bits_of(x: f32) -> u16 {
        let _ = x;
        unreachable!("it has more bits")
    }

    /// The number of a 16-bit type with these bits.
    #[cfg(feature = "half")]
    fn value_of(bits: u16) -> f32 {
        let _ = bits;
        unreachable!("it has more bits")
    }
}

impl Precision for f32 {
    const HAS_16_BITS: bool = false;
    const HAS_RANGE_OF_F32: bool = true;

    type Given<K: Kernel> = K;

    #[inline(always)]
    fn given<K: Kernel>(kernel: K) -> K {
        kernel
    }

    #[inline(always)]
    fn choose<W: WithKernel>(then: W, of_f32: impl Kernel, _of_16_bits: impl Kernel) {
        then.with(of_f32);
    }
}

/// What is the same for both 16-bit types: `half` has the conversions.
#[cfg(feature = "half")]
macro_rules! of_16_bits {
    ($type:ident) => {
        const HAS_16_BITS: bool = true;

        #[inline(always)]
        fn choose<W: WithKernel>(then: W, _of_f32: impl Kernel, of_16_bits: impl Kernel) {
            then.with(of_16_bits);
        }

        #[inline]
        fn bits_of(x: f32) -> u16 {
            $type::from_f32_const(x).to_bits()
        }

        #[inline]
        fn value_of(bits: u16) -> f32 {
            $type::from_bits(bits).to_f32_const()
        }
    };
}

#[cfg(feature = "half")]
impl Precision for f16 {
    const HAS_RANGE_OF_F32: bool = false;
    const SPECK: f32 = 1.0 / (1u64 << 48) as f32;

    type Given<K: Kernel> = NeverNextToZero<K>;

    #[inline(always)]
    fn given<K: Kernel>(kernel: K) -> NeverNextToZero<K> {
        NeverNextToZero(kernel)
    }

    of_16_bits!(f16);
}

#[cfg(feature = "half")]
impl Precision for bf16 {
    const HAS_RANGE_OF_F32: bool = true;
    const SPECK: f32 = f32::from_bits(1);

    type Given<K: Kernel> = K;

    #[inline(always)]
    fn given<K: Kernel>(kernel: K) -> K {
        kernel
    }

    of_16_bits!(bf16);
}
