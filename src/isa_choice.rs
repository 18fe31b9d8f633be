//! The instruction set that a user asks for, by name or by the environment, and what is refused.

#[cfg(feature = "std")]
use crate::ISA_VARIABLE;
use crate::{Error, Isa};
#[cfg(feature = "alloc")]
use alloc::borrow::ToOwned;
#[cfg(feature = "alloc")]
use core::str::FromStr;

impl Isa {
    /// Returns `Ok` if this CPU and this build have the instruction set, and [`Error::IsaUnavailable`] if not.
    #[inline]
    pub(crate) fn require(self) -> Result<(), Error> {
        if self.is_available() {
            Ok(())
        } else {
            Err(Error::IsaUnavailable(self))
        }
    }

    /// The cap that `ACTIVATIONS_ISA` asks for, `None` where it is unset or empty.
    ///
    /// # Errors
    /// [`Error::UnknownIsa`] where the variable names no instruction set.
    #[cfg(feature = "std")]
    pub fn env_cap() -> Result<Option<Self>, Error> {
        match std::env::var_os(ISA_VARIABLE) {
            None => Ok(None),
            Some(value) if value.is_empty() => Ok(None),
            Some(value) => value.to_string_lossy().parse().map(Some),
        }
    }
}

#[cfg(feature = "alloc")]
impl FromStr for Isa {
    type Err = Error;

    /// Reads a name, in any case, with or without `-`: `avx512`, `AVX-512`.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::from_name(text).ok_or_else(|| Error::UnknownIsa(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for &isa in Isa::ALL {
            assert_eq!(isa.to_string().parse(), Ok(isa));
        }
        assert_eq!("AVX-512".parse(), Ok(Isa::Avx512));
        let error = "sse9".parse::<Isa>().unwrap_err();
        assert!(error.to_string().contains("\"sse9\""), "{error}");
    }
}
