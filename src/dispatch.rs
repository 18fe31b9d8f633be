//! The only run-time branch: from an [`Isa`] to the kernel written for it.

use crate::drive::fused::{Biased, Residual};
use crate::drive::{Cached, Io, Streamed, gated::TwoTensors, pairs::Pairs};
use crate::kernels::{biased, gated, gated_pairs, residual};
#[cfg(target_arch = "x86_64")]
use crate::kernels::{streamed, streamed_biased, streamed_gated, streamed_residual};
use crate::registry::for_each_activation;
use crate::{AnyActivation, Formula, Isa, kernels, *};

/// What has a kernel per instruction set for a walk over memory of type `W`.
///
/// Every activation and [`AnyActivation`], for each walk, and [`Fused`] for the plain one; being
/// crate-private in effect, it seals [`Activation`] and [`Compose`].
pub trait Launch<W>: Formula {
    /// Applies the kernel for `isa` along `walk`.
    ///
    /// # Safety
    /// The CPU has `isa`; what the walk's type asks of its memory holds. `check`, of as many
    /// elements as are written, has returned `Ok`. Unless `W` is an [`Io`],
    /// `depends_on_position` is false.
    unsafe fn launch(&self, isa: Isa, walk: W);
}

/// An activation that gates and fused calls can be made of: every activation of the crate and
/// [`AnyActivation`].
///
/// It cannot be implemented elsewhere.
pub trait Compose:
    Launch<Io<f32>>
    + Launch<TwoTensors>
    + Launch<Pairs>
    + Launch<Biased>
    + Launch<Residual>
    + Launch<Io<f32, Streamed>>
    + Launch<TwoTensors<Streamed>>
    + Launch<Biased<Streamed>>
    + Launch<Residual<Streamed>>
{
}

impl<A> Compose for A where
    A: Launch<Io<f32>>
        + Launch<TwoTensors>
        + Launch<Pairs>
        + Launch<Biased>
        + Launch<Residual>
        + Launch<Io<f32, Streamed>>
        + Launch<TwoTensors<Streamed>>
        + Launch<Biased<Streamed>>
        + Launch<Residual<Streamed>>
{
}

/// One walk: its type, and the module that has its kernels.
macro_rules! launch {
    (
        $walk:ty, $kernels:ident;
        $($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt $other_names:tt;)*
    ) => {
        $(
            impl $(<$lt>)? Launch<$walk> for $type $(<$lt>)? {
                #[inline]
                unsafe fn launch(&self, isa: Isa, walk: $walk) {
                    // SAFETY: the caller's promises are those that the kernels ask for. An arm
                    // that is missing on this architecture stands for an `Isa` that no CPU of it
                    // has, so the caller has ruled it out; scalar code is right there all the same.
                    unsafe {
                        match isa {
                            #[cfg(target_arch = "x86_64")]
                            Isa::Avx512 => $kernels::avx512::$name(self, walk),
                            #[cfg(target_arch = "x86_64")]
                            Isa::Avx2 => $kernels::avx2::$name(self, walk),
                            #[cfg(target_arch = "aarch64")]
                            Isa::Neon => $kernels::neon::$name(self, walk),
                            _ => $kernels::scalar::$name(self, walk),
                        }
                    }
                }
            }
        )*
        launch_any! { $walk; $($type)* }
    };
}

/// One walk that streams: x86-64 alone has kernels for it.
macro_rules! launch_streamed {
    (
        $walk:ty, $kernels:ident;
        $($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt $other_names:tt;)*
    ) => {
        $(
            impl $(<$lt>)? Launch<$walk> for $type $(<$lt>)? {
                #[inline]
                unsafe fn launch(&self, isa: Isa, walk: $walk) {
                    // SAFETY: the caller's promises are those that the kernels ask for.
                    unsafe {
                        match isa {
                            #[cfg(target_arch = "x86_64")]
                            Isa::Avx512 => $kernels::avx512::$name(self, walk),
                            #[cfg(target_arch = "x86_64")]
                            Isa::Avx2 => $kernels::avx2::$name(self, walk),
                            _ => self.launch(isa, walk.by::<Cached>()),
                        }
                    }
                }
            }
        )*
        launch_any! { $walk; $($type)* }
    };
}

/// One walk, for the activation chosen at run time.
macro_rules! launch_any {
    ($walk:ty; $($type:ident)*) => {
        impl Launch<$walk> for AnyActivation<'_> {
            #[inline]
            unsafe fn launch(&self, isa: Isa, walk: $walk) {
                match self {
                    // SAFETY: the caller's promises, passed on.
                    $(Self::$type(activation) => unsafe { activation.launch(isa, walk) },)*
                }
            }
        }
    };
}

macro_rules! launches {
    ($($line:tt)*) => {
        launch! { Io<f32>, kernels; $($line)* }
        launch! { TwoTensors, gated; $($line)* }
        launch! { Pairs, gated_pairs; $($line)* }
        launch! { Biased, biased; $($line)* }
        launch! { Residual, residual; $($line)* }
        launch_streamed! { Io<f32, Streamed>, streamed; $($line)* }
        launch_streamed! { TwoTensors<Streamed>, streamed_gated; $($line)* }
        launch_streamed! { Biased<Streamed>, streamed_biased; $($line)* }
        launch_streamed! { Residual<Streamed>, streamed_residual; $($line)* }
    };
}

for_each_activation!(launches);
