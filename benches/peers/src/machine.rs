//! What was measured, on what, with what, and when.

use std::fmt::Write;
use std::time::{SystemTime, UNIX_EPOCH};

const LOCK: &str = include_str!("../Cargo.lock");

/// The lines that go before the tables.
pub fn header(isa: &str) -> String {
    let mut text = format!(
        "- CPU: {}\n- Date: {} (UTC)\n- This crate: activations {} on {isa}\n",
        cpu().unwrap_or_else(|| "unnamed".to_owned()),
        today(),
        version("activations"),
    );
    let packages = [
        "rten-vecmath",
        "tract-linalg",
        "candle-core",
        "candle-nn",
        "wide",
        "libm",
    ];
    let peers = packages.map(|package| format!("{package} {}", version(package)));
    let in_c = crate::libraries::in_c();
    let _ = writeln!(text, "- Peers: {}, {}", peers.join(", "), in_c.join(", "));
    let _ = writeln!(
        text,
        "- Built with {} for {}",
        env!("RUSTC_VERSION"),
        target()
    );
    text
}

/// The version that the lock file has of a package.
fn version(package: &str) -> &'static str {
    version_in(LOCK, package).expect("the lock file lists what the program is built of")
}

fn version_in<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines
        .nth(1)?
        .strip_prefix("version = \"")?
        .strip_suffix('"')
}

fn target() -> &'static str {
    if cfg!(target_feature = "avx512f") {
        "x86-64-v4"
    } else if cfg!(all(target_feature = "avx2", target_feature = "fma")) {
        "x86-64-v3"
    } else {
        "x86-64: `wide`, candle and the plain loop have SSE2; `RUSTFLAGS=\"-C target-cpu=x86-64-v3\"` gives them AVX2"
    }
}

/// As Linux tells it.
fn cpu() -> Option<String> {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = cpuinfo
        .lines()
        .find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn today() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = now.expect("the clock is past 1970").as_secs();
    let (year, month, day) = civil(seconds / 86_400);
    format!("{year}-{month:02}-{day:02}")
}

/// The date so many days after the first of January, 1970.
fn civil(days: u64) -> (u64, u64, u64) {
    // Years that start in March have their leap day last. (Hinnant, "chrono-compatible low-level
    // date algorithms".)
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + 400 * era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_the_lock_file() {
        let lock = "[[package]]\nname = \"ab\"\nversion = \"1.2.3\"\n\n[[package]]\nname = \"a\"\nversion = \"4.5.6\"\n";
        assert_eq!(version_in(lock, "a"), Some("4.5.6"));
        assert_eq!(version_in(lock, "ab"), Some("1.2.3"));
        assert_eq!(version_in(lock, "b"), None);
        assert!(header("avx2").contains("rten-vecmath 0."));
    }

    #[test]
    fn days_have_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(11_017), (2000, 3, 1));
        assert_eq!(civil(20_088), (2024, 12, 31));
        assert_eq!(civil(20_089), (2025, 1, 1));
    }
}
