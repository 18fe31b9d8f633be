//! All tests of the library from the outside, in one program.

#[path = "../common/mod.rs"]
mod common;

#[cfg(feature = "ndarray")]
mod arrays;
mod attention;
mod biased_calls;
mod biased_gates;
mod byte_table;
#[cfg(feature = "capi")]
mod capi;
#[cfg(feature = "capi")]
mod capi_values;
mod channels;
mod clamped_gates;
mod cuts;
mod elementwise;
mod exhaustive;
#[cfg(feature = "half")]
mod float16;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod flushed;
mod fused;
mod fused_skip;
mod gate_names;
mod gates;
mod hashes;
mod hashes_gates;
mod hashes_rows;
mod isa;
mod isa_cap;
mod miri_subset;
#[cfg(feature = "half")]
mod mixed;
mod monotone;
mod names;
mod near_zero;
mod oracle;
#[cfg(unix)]
mod page_guard;
#[cfg(unix)]
mod page_guard_gates;
#[cfg(unix)]
mod page_guard_rows;
#[cfg(feature = "parallel")]
mod parallel;
#[cfg(all(feature = "parallel", unix))]
mod parallel_threads;
mod parameters;
mod refusals;
mod row_names;
mod rows;
mod rows_oracle;
mod rows_refusals;
mod rows_special_values;
mod special_values;
mod to_vec;
mod ulp;
mod uninit;
mod waves;
