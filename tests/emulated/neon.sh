#!/usr/bin/env bash
# neon.sh [FILTER]...: builds the tests for aarch64 and runs them under qemu-aarch64. Called by run.sh.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

out=$target/neon
neon_toolchain "$out"
write_job "$out/job" 'qemu-aarch64 -L /usr/aarch64-linux-gnu' --test-threads=1 "$@"

say "neon: building"
cd "$checkout"
# As users build it, and as neon-library.sh does, so once; assertions are for `cargo test` on this machine.
test_binaries release "${enter[@]}" >"$out/binaries"
check_binaries "$out/binaries"
say "neon: running under qemu-aarch64"
"${enter[@]}" timeout --kill-after=10 "$ACTIVATIONS_TEST_LIMIT" sh "$here/each.sh" "$out/job" "$out/binaries"
