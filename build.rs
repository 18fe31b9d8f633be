//! Tells the library whether it is optimised: where it is not, nobody asks for its speed, and it leaves out the kernels
//! that are there for speed alone, which would double the time that a debug build takes. The largest part of those are
//! the surrounded kernels, which are left out as well where no feature that has calls for them is set.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(unoptimised, surrounded)");
    let is_set = |variable| std::env::var_os(variable).is_some();
    if std::env::var("OPT_LEVEL").as_deref() == Ok("0") {
        println!("cargo::rustc-cfg=unoptimised");
    } else if is_set("CARGO_FEATURE_FUSED") || is_set("CARGO_FEATURE_GATES") {
        println!("cargo::rustc-cfg=surrounded");
    }
}
