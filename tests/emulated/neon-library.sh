#!/usr/bin/env bash
# Builds the library for aarch64 as users do, and prints its path: for those who want to look at the NEON
# kernels' code.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

out=$target/neon
neon_toolchain "$out"
cd "$checkout"
# With a test, dependencies have the features that they have for all tests: neon.sh finds the library built.
"${enter[@]}" cargo build --quiet --release --locked --all-features --lib --test it >&2
echo "$out/aarch64-unknown-linux-gnu/release/libactivations.rlib"
