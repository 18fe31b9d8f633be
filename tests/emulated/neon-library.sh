#!/usr/bin/env bash
# Builds the library for aarch64 as users do, without the tests' assertions, and prints its path: for
# those who want to look at the NEON kernels' code.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

out=$target/neon-library
neon_toolchain "$out"
cd "$checkout"
"${enter[@]}" cargo build --quiet --release --locked --lib >&2
echo "$out/aarch64-unknown-linux-gnu/release/libactivations.rlib"
