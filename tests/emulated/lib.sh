# shellcheck shell=bash
# shellcheck disable=SC2034 # its variables are for the others
# What the scripts of this folder share. Sourced, never run.

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
checkout=$(cd -- "$here/../.." && pwd -P)
cache=${ACTIVATIONS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/activations}
target=$checkout/target/emulated

PATH=$PATH:/usr/sbin:/sbin # where debootstrap and chroot are, and a user's PATH may not lead

say() { printf '%s\n' "-- $*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }
# cpu_has FLAG...: whether Linux lists them all. It lists those of AVX-512 only where it also saves the registers (XCR0).
cpu_has() {
    local flag
    for flag in "$@"; do
        grep -q -m1 -w "$flag" /proc/cpuinfo || return 1
    done
}
have() { command -v "$1" >/dev/null; }

# Only chroots and mounts need root; cargo never runs through this.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif have sudo; then sudo -- "$@"
    else die "a chroot needs root, or sudo"
    fi
}

# in_chroot ROOT USER:GROUP [MODE:SOURCE:PLACE]... -- COMMAND...
# In namespaces of its own: whatever way this ends, the kernel takes down every mount and process of it.
# No network, unless `network=yes`: builds are offline, and Bochs would offer its screen to everybody.
in_chroot() {
    local namespaces=(--mount --pid --fork --kill-child --mount-proc="$1/proc")
    [ "${network-no}" = yes ] || namespaces+=(--net)
    as_root unshare "${namespaces[@]}" "$here/enter.sh" "$@"
}

# test_binaries PROFILE COMMAND...: prints the path of every test binary: the library's unit tests and each
# tests/*/main.rs, no doc tests. COMMAND goes before cargo: the way into a chroot, or `env`.
test_binaries() {
    "${@:2}" cargo test --no-run --locked --all-features --tests --profile "$1" --message-format=json-render-diagnostics |
        sed -n 's/.*"profile":{[^}]*"test":true}.*"executable":"\([^"]*\)".*/\1/p'
}

# For this machine, or one that is emulated: the binaries of `cargo test --all-features`, which are built where
# they are absent. Flags of the host's are left out: a target-cpu would be wrong in the guest.
host_test_binaries() {
    test_binaries test env -u CARGO_ENCODED_RUSTFLAGS RUSTFLAGS=
}

# check_binaries LIST: a binary that cargo's words were not understood to name would be missed by nobody.
check_binaries() {
    local suites=("$checkout"/tests/*/main.rs)
    # The tests of the library itself and of the report come to the suites.
    (($(wc -l <"$1") >= ${#suites[@]} + 2)) ||
        die "only $(wc -l <"$1") test binaries for ${#suites[@]} suites, the library and the report"
}

# write_job FILE RUNNER THREADS [FILTER]...: what each.sh is to run the binaries with.
write_job() {
    local file=$1 name
    {
        printf 'runner=%s threads=%s\n' "${2@Q}" "${3@Q}"
        # For tests that start themselves anew: Linux would not run the program of another CPU.
        printf 'export ACTIVATIONS_TEST_RUNNER=%s\n' "${2@Q}"
        for name in $(compgen -e); do
            case $name in ACTIVATIONS_BLESS) ;; ACTIVATIONS_* | PROPTEST_* | RUST_BACKTRACE) printf 'export %s=%s\n' "$name" "${!name@Q}" ;; esac
        done
        printf 'export CARGO_MANIFEST_DIR=%s\ncd %s\nset --' "${checkout@Q}" "${checkout@Q}"
        shift 3
        printf ' %s' "${@@Q}"
        echo
    } >"$file"
}

# Sets `enter`, what goes before a command to build for aarch64 or run under qemu-aarch64, with the
# variables that cargo needs for it; $1 is the target folder.
neon_toolchain() {
    local triple=aarch64-unknown-linux-gnu cargo_home=${CARGO_HOME:-$HOME/.cargo} chroot
    mkdir -p "$1/cargo/registry" "$cargo_home/registry"
    if [ -d "$(rustc --print target-libdir --target "$triple")" ] && have qemu-aarch64 && have aarch64-linux-gnu-gcc; then
        say "neon: with this machine's own cross toolchain"
        enter=(env)
    else
        chroot=$("$here/chroot.sh" neon)
        # The chroot's cargo never asks the network: the host's fetches, and lends its registry.
        # All at the same paths as outside, since tests know their checkout's by env!("CARGO_MANIFEST_DIR").
        cargo fetch --locked --quiet --manifest-path "$checkout/Cargo.toml"
        enter=(in_chroot "$chroot" "$(id -u):$(id -g)" "ro:$checkout:$checkout" "rw:$1:$1"
            "ro:$cargo_home/registry:$1/cargo/registry" --
            env -C "$checkout" CARGO_HOME="$1/cargo" CARGO_NET_OFFLINE=true)
    fi
    enter+=(CARGO_TARGET_DIR="$1" CARGO_BUILD_TARGET="$triple"
        CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc)
}
