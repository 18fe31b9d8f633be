#!/usr/bin/env bash
# Runs a small part of the tests under Miri, which finds undefined behaviour, wherever nightly's `cargo miri` works:
# `rustup +nightly component add miri rust-src`. Elsewhere it says so, and that is no failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}/miri

if ! version=$(cargo +nightly miri --version 2>/dev/null); then
    echo "miri: not installed, so nothing was run"
    exit 0
fi
if ! cargo +nightly miri setup >/dev/null 2>&1; then
    echo "miri: its standard library cannot be built here, so nothing was run"
    exit 0
fi
echo "$version"
# Miri's CPU has no instruction set but the baseline. It takes no function for one of another type: no C interface.
cargo +nightly miri test --locked --features ndarray --test it -- miri_subset
