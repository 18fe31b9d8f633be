#!/usr/bin/env bash
# Checks the program of this folder without any feature of the crate, and runs it with `alloc`. What the CPU has is asked
# of Linux, which lists what it saves the registers for (XCR0), so that detection is tested as well.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/../../target/no_std}

# shellcheck source-path=SCRIPTDIR source=../emulated/lib.sh
. ../emulated/lib.sh

available=(scalar)
if cpu_has avx2 fma bmi1 bmi2 abm; then
    available+=(avx2)
    if cpu_has avx512{f,bw,cd,dq,vl}; then available+=(avx512); fi
fi
[ "$(uname -m)" != aarch64 ] || available=(scalar neon)

cargo check --locked --quiet --release
cargo run --locked --quiet --release --features alloc -- "${available[@]}"
