//! What the program was built for.

/// What code without instruction sets of its own is compiled to.
pub const fn instructions() -> &'static str {
    if cfg!(target_feature = "avx512f") {
        "avx512, as built"
    } else if cfg!(all(target_feature = "avx2", target_feature = "fma")) {
        "avx2, as built"
    } else {
        "sse2, as built"
    }
}
