//! From an [`Isa`](crate::Isa) to the kernel written for it.

pub(crate) mod rows;
