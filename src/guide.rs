//! The pages of `docs/`.
//!
//! They are here for rustdoc, which tests their examples as well as those of the README.

#[doc = include_str!("../docs/activations.md")]
pub mod activations {}

#[doc = include_str!("../docs/gates.md")]
pub mod gates {}

#[doc = include_str!("../docs/rows.md")]
pub mod rows {}

#[doc = include_str!("../docs/sixteen_bit.md")]
pub mod sixteen_bit {}

#[doc = include_str!("../docs/eight_bit.md")]
pub mod eight_bit {}

#[doc = include_str!("../docs/large_tensors.md")]
pub mod large_tensors {}

#[doc = include_str!("../docs/instruction_sets.md")]
pub mod instruction_sets {}

#[doc = include_str!("../docs/speed.md")]
pub mod speed {}

#[doc = include_str!("../docs/linking.md")]
pub mod linking {}

/// The README, for its examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub mod readme {}
