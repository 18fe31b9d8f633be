#!/usr/bin/env bash
# neon.sh [FILTER]...: builds the tests for aarch64 and runs them under qemu-aarch64. Called by run.sh.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

triple=aarch64-unknown-linux-gnu
out=$target/neon
cargo_home=${CARGO_HOME:-$HOME/.cargo}
mkdir -p "$out/cargo/registry" "$cargo_home/registry"
write_job "$out/job" 'qemu-aarch64 -L /usr/aarch64-linux-gnu' --test-threads=1 "$@"

if [ -d "$(rustc --print target-libdir --target "$triple")" ] && have qemu-aarch64 && have aarch64-linux-gnu-gcc; then
    say "neon: with this machine's own cross toolchain"
    enter=(env)
else
    chroot=$("$here/chroot.sh" neon)
    # The chroot's cargo never asks the network: the host's fetches, and lends its registry.
    # All at the same paths as outside, since tests know their checkout's by env!("CARGO_MANIFEST_DIR").
    cargo fetch --locked --quiet --manifest-path "$checkout/Cargo.toml"
    enter=(in_chroot "$chroot" "$(id -u):$(id -g)" "ro:$checkout:$checkout" "rw:$out:$out"
        "ro:$cargo_home/registry:$out/cargo/registry" --
        env -C "$checkout" CARGO_HOME="$out/cargo" CARGO_NET_OFFLINE=true)
fi

say "neon: building"
cd "$checkout"
test_binaries "${enter[@]}" CARGO_TARGET_DIR="$out" CARGO_BUILD_TARGET="$triple" \
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc >"$out/binaries"
say "neon: running under qemu-aarch64"
"${enter[@]}" timeout --kill-after=10 "$ACTIVATIONS_TEST_LIMIT" sh "$here/each.sh" "$out/job" "$out/binaries"
