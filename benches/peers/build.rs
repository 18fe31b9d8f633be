//! Links SLEEF, and notes what the program was built with.

use std::process::Command;
use std::{env, path::Path};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=CC");
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(rustc).arg("--version").output();
    let version = version.expect("the compiler that builds this tells its version");
    println!(
        "cargo:rustc-env=RUSTC_VERSION={}",
        String::from_utf8_lossy(&version.stdout).trim()
    );
    if env::var_os("CARGO_FEATURE_SLEEF").is_some() {
        link_sleef();
    }
}

/// Sees to it that the library is there: the linker's own complaint would not say where to get it.
fn link_sleef() {
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let out = env::var("OUT_DIR").expect("cargo sets it");
    let linked = Command::new(&compiler)
        .args(["-shared", "-o"])
        .arg(Path::new(&out).join("probe.so"))
        .args(["-Wl,--no-as-needed", "-lsleef"])
        .output();
    let linked = linked.unwrap_or_else(|error| panic!("cannot run {compiler}: {error}"));
    assert!(
        linked.status.success(),
        "SLEEF is not installed: `apt-get install libsleef-dev`, or build without it: \
         `--no-default-features`\n{}",
        String::from_utf8_lossy(&linked.stderr)
    );
    println!("cargo:rustc-link-lib=sleef");
}
