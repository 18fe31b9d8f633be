//! The kernels of operations on rows as named functions.

pub(crate) mod rows;
