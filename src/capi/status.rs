//! What a call returns.

use crate::Error;
use core::ffi::{CStr, c_int};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What every function that computes returns; later versions may have more of them.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is done.
    Ok = 0,
    /// A pointer is NULL where there are elements, or text.
    Null = 1,
    /// A pointer has not the alignment of what it points to.
    Misaligned = 2,
    /// The output overlaps an input, and that is not in place; functions with _split in their names cannot be in place.
    Overlap = 3,
    /// A length, or a product of lengths, is beyond what memory can hold.
    Length = 4,
    /// The operands do not fit one another: slopes, biases, rows, or what goes with attention.
    Shape = 5,
    /// A parameter has a value for which there is no meaning.
    Parameter = 6,
    /// The text names no operation, or its parameters cannot be read.
    Name = 7,
    /// A defect of the library.
    Internal = 8,
}

impl Status {
    const ALL: [Self; 9] = [
        Self::Ok,
        Self::Null,
        Self::Misaligned,
        Self::Overlap,
        Self::Length,
        Self::Shape,
        Self::Parameter,
        Self::Name,
        Self::Internal,
    ];

    /// A sentence for whoever reads a log.
    pub(super) fn message(number: c_int) -> &'static CStr {
        let status = Self::ALL
            .into_iter()
            .find(|&status| status as c_int == number);
        match status {
            Some(Self::Ok) => c"no error",
            Some(Self::Null) => c"a pointer is NULL",
            Some(Self::Misaligned) => c"a pointer has not the alignment of what it points to",
            Some(Self::Overlap) => c"the output overlaps an input",
            Some(Self::Length) => c"a length is beyond what memory can hold",
            Some(Self::Shape) => c"the operands do not fit one another",
            Some(Self::Parameter) => c"a parameter has a value for which there is no meaning",
            Some(Self::Name) => c"the text names no operation, or its parameters cannot be read",
            Some(Self::Internal) => c"a defect of the library",
            None => c"not a status of this library",
        }
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        match error {
            Error::LengthMismatch { .. }
            | Error::ShapeMismatch { .. }
            | Error::NotBroadcastable { .. }
            | Error::RowsMismatch { .. }
            | Error::AttentionMismatch { .. }
            | Error::OperandMismatch { .. }
            | Error::SplitMismatch { .. }
            | Error::AxisMismatch { .. }
            | Error::NoSuchAxis { .. }
            | Error::NotStandardLayout
            | Error::DependsOnPosition => Self::Shape,
            Error::InvalidParameter { .. } => Self::Parameter,
            Error::UnknownIsa(_)
            | Error::UnknownActivation { .. }
            | Error::UnknownGate { .. }
            | Error::UnknownLibrary { .. }
            | Error::OfAnotherKind { .. }
            | Error::UnreadableParameters { .. } => Self::Name,
            // Nothing here asks for an instruction set.
            Error::IsaUnavailable(_) => Self::Internal,
        }
    }
}

/// Runs the body of a C function. A panic, which would be a defect, does not cross the boundary.
#[inline]
pub(super) fn call(body: impl FnOnce() -> Result<(), Status>) -> Status {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => Status::Ok,
        Ok(Err(status)) => status,
        Err(_) => Status::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_a_message_of_its_own() {
        let messages: Vec<_> = (-1..=9).map(Status::message).collect();
        assert_eq!(messages[0], messages[10]);
        for (i, message) in messages.iter().enumerate().skip(1) {
            assert_eq!(
                messages.iter().position(|other| other == message),
                Some(i % 10)
            );
        }
    }

    #[test]
    fn a_panic_becomes_a_status() {
        assert_eq!(call(|| panic!("on purpose")), Status::Internal);
        assert_eq!(call(|| Err(Status::Shape)), Status::Shape);
        assert_eq!(call(|| Ok(())), Status::Ok);
    }
}
