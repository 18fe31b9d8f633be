#!/usr/bin/env bash
# Makes src/capi/activations.h from src/capi.rs; with --check compares, and fails where they differ.
# Needs cbindgen (`cargo install cbindgen`).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
made=target/capi-header/activations.h
mkdir -p "${made%/*}"
# The functions come from macros, and stable Rust shows their expansion to those who insist only.
RUSTC_BOOTSTRAP=1 cbindgen --quiet --config src/capi/cbindgen.toml --output "$made.new" .
mv "$made.new" "$made"
case ${1-} in
--check) diff -u src/capi/activations.h "$made" ;;
"") cp "$made" src/capi/activations.h ;;
*) echo "usage: tests/capi/header.sh [--check]" >&2; exit 2 ;;
esac
