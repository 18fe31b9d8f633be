#!/bin/sh
# Runs each fuzz target for some seconds: fuzz/smoke.sh [seconds, 30 by default]
#
# A crash ends the script with a failure, and names the input that repeats it.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-30}

# Only for the sanitizer's flags does cargo-fuzz want a nightly compiler; so a stable one takes them.
export RUSTC_BOOTSTRAP=1

cargo fuzz --version >/dev/null 2>&1 || cargo install cargo-fuzz --locked

# The standard library's assertions and the tracing of comparisons double the time that the kernels take to compile, for
# some seconds of fuzzing. Whoever fuzzes for hours leaves these away: the target then has both.
quick="-O --no-trace-compares"

# All at once, so that what they share is compiled once.
# shellcheck disable=SC2086 # two words
cargo fuzz build $quick

for target in $(cargo fuzz list); do
    echo "fuzz: $target for $seconds s"
    # shellcheck disable=SC2086
    if ! cargo fuzz run $quick "$target" -- -max_total_time="$seconds" -max_len=2048 -timeout=10 \
        -rss_limit_mb=1024 -malloc_limit_mb=64 -print_final_stats=1; then
        echo "fuzz: $target failed; to repeat it, RUSTC_BOOTSTRAP=1 cargo fuzz run $target with one of" >&2
        find "fuzz/artifacts/$target" -type f >&2
        exit 1
    fi
done
echo "fuzz: no target failed"
