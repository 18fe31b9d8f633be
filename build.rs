//! Tells the library whether it is optimised: where it is not, nobody asks for its speed, and it leaves out the kernels
//! that are there for speed alone, which would double the time that a debug build takes.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(unoptimised)");
    if std::env::var("OPT_LEVEL").as_deref() == Ok("0") {
        println!("cargo::rustc-cfg=unoptimised");
    }
}
