//! Links what there is of the C libraries, and notes what the program was built with.

use std::process::Command;
use std::{env, path::Path};

/// A C library: its name here, the packages of Debian's that have it, and the names that it is linked by.
struct Library {
    name: &'static str,
    packages: &'static [&'static str],
    linked: &'static [&'static str],
    /// Whether `src/libraries/NAME.c` calls it, and not Rust.
    in_c: bool,
}

const LIBRARIES: [Library; 3] = [
    Library {
        name: "sleef",
        packages: &["libsleef-dev"],
        linked: &["sleef"],
        in_c: false,
    },
    // With the library that tells it what the CPU has.
    Library {
        name: "xnnpack",
        packages: &["libxnnpack-dev", "libpthreadpool-dev", "libcpuinfo-dev"],
        linked: &["XNNPACK", "cpuinfo"],
        in_c: true,
    },
    // With OpenMP's library, which is told to take one thread.
    Library {
        name: "onednn",
        packages: &["libdnnl-dev"],
        linked: &["dnnl", "gomp"],
        in_c: true,
    },
];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=CC");
    println!("cargo:rerun-if-env-changed=PEERS_ALL");
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = output(&rustc, &["--version"]);
    let version = version.expect("the compiler that builds this tells its version");
    println!("cargo:rustc-env=RUSTC_VERSION={version}");
    for library in &LIBRARIES {
        let name = library.name;
        let packages = library.packages.join(" ");
        println!("cargo:rustc-check-cfg=cfg(has_{name})");
        match library.link() {
            Ok(()) => println!("cargo:rustc-cfg=has_{name}"),
            Err(error) if env::var_os("PEERS_ALL").is_some() => {
                panic!("{name} is not there: `apt-get install {packages}`\n{error}")
            }
            Err(_) => {
                println!("cargo:warning={name} is left out: `apt-get install {packages}`");
                // What is not there has always changed: the next build looks again.
                println!("cargo:rerun-if-changed=not-installed");
            }
        }
        let query = output(
            "dpkg-query",
            &["--show", "--showformat=${Version}", library.packages[0]],
        );
        let version = query.unwrap_or_else(|| "of unknown version".to_owned());
        println!("cargo:rustc-env={}_VERSION={version}", name.to_uppercase());
    }
}

impl Library {
    /// Sees to it that the library is there, as the linker would complain too late, and links it.
    fn link(&self) -> Result<(), String> {
        let out = env::var("OUT_DIR").expect("cargo sets it");
        let compiler = env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        let libraries = self.linked.iter().map(|name| format!("-l{name}"));
        let linked = Command::new(&compiler)
            .args(["-shared", "-o"])
            .arg(Path::new(&out).join("probe.so"))
            .arg("-Wl,--no-as-needed")
            .args(libraries)
            .output()
            .map_err(|error| format!("cannot run {compiler}: {error}"))?;
        if !linked.status.success() {
            return Err(String::from_utf8_lossy(&linked.stderr).into_owned());
        }
        if self.in_c {
            let file = format!("src/libraries/{}.c", self.name);
            println!("cargo:rerun-if-changed={file}");
            cc::Build::new()
                .file(file)
                .flag("-std=c11")
                .warnings_into_errors(true)
                .cargo_warnings(false)
                .try_compile(&format!("peers_{}", self.name))
                .map_err(|error| error.to_string())?;
        }
        for name in self.linked {
            println!("cargo:rustc-link-lib={name}");
        }
        Ok(())
    }
}

/// What a program prints, if it is there and succeeds.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}
