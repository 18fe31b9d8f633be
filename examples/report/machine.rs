//! What the measurements were taken on.

use activations::{ISA_VARIABLE, Isa};
use std::fmt;

/// The CPU, and what the crate makes of it.
pub struct Machine {
    pub cpu: String,
    available: Vec<Isa>,
    picked: Isa,
    /// Why a lower instruction set may be picked than there is.
    cap: Option<Isa>,
}

impl Machine {
    pub fn detect() -> Self {
        Self {
            cpu: cpu_name().unwrap_or_else(|| format!("unnamed {}", std::env::consts::ARCH)),
            available: Isa::available().collect(),
            picked: Isa::detect(),
            // One that cannot be read was reported at the start, and has no effect.
            cap: Isa::env_cap().ok().flatten(),
        }
    }

    /// The instruction sets, and which of them is used.
    pub fn isas(&self) -> String {
        let names: Vec<&str> = self.available.iter().map(|isa| isa.name()).collect();
        let mut text = format!("{}; picked: {}", names.join(", "), self.picked);
        if let Some(cap) = self.cap {
            text += &format!(" ({ISA_VARIABLE} allows {cap} at most)");
        }
        text
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Detected")?;
        writeln!(f, "  CPU               {}", self.cpu)?;
        writeln!(f, "  instruction sets  {}", self.isas())
    }
}

/// As Linux tells it; on x86, that is.
fn cpu_name() -> Option<String> {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = cpuinfo
        .lines()
        .find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
