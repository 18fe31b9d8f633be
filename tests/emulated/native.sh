#!/usr/bin/env bash
# native.sh [FILTER]...: builds the tests and runs them on this machine. Called by run.sh.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

out=$target/native
mkdir -p "$out"
write_job "$out/job" '' '' "$@"

say "native: building"
cd "$checkout"
host_test_binaries >"$out/binaries"
check_binaries "$out/binaries"
say "native: running"
timeout --kill-after=10 "$ACTIVATIONS_TEST_LIMIT" sh "$here/each.sh" "$out/job" "$out/binaries"
