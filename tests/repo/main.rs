//! Tests that need what the published package leaves out: ONNX's data, and the sources of benches and fuzz targets.

// The other test program uses all of it.
#[allow(dead_code)]
#[path = "../common/mod.rs"]
mod common;

mod bytes;
mod coverage;
mod onnx;
