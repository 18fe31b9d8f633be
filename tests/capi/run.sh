#!/usr/bin/env bash
# Installs the C interface by cargo-c, into target/capi, and runs the programs of this folder on it: C and C++, linked to
# the shared and to the static library, as it is and under valgrind.
# Needs cargo-c and cbindgen (`cargo install cargo-c cbindgen`), gcc, g++, pkg-config and valgrind.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=$PWD/target/capi
prefix=$out/usr/local

say() { printf '%s\n' "-- $*" >&2; }

say "the header is what src/capi.rs makes it"
tests/capi/header.sh --check

say "installing"
rm -rf "$out"
cargo cinstall --locked --release --prefix=/usr/local --libdir=lib --destdir="$out"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$out
read -ra cflags <<<"$(pkg-config --cflags activations)"
read -ra shared <<<"$(pkg-config --libs activations)"
read -ra static <<<"$(pkg-config --libs --static activations)"
static=("${static[@]/#-lactivations/-l:libactivations.a}")
[ "$(pkg-config --modversion activations)" = "$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml)" ]

say "the shared library exports what the header declares, and nothing else"
sed -n 's/.*\<\(activations_[a-z0-9_]*\)(.*/\1/p' src/capi/activations.h | grep -v NAME | sort >"$out/declared"
nm --dynamic --defined-only --format=posix "$prefix/lib/libactivations.so" | cut -d' ' -f1 | sort >"$out/exported"
diff "$out/declared" "$out/exported"

warnings=(-Wall -Wextra -Wpedantic -Wconversion -Werror -O1 -g)
build() { # NAME COMPILER SOURCE LIBRARIES..
    "${@:2:1}" "${flags[@]}" "${warnings[@]}" "${cflags[@]}" "$3" -o "$out/$1" "${@:4}"
}
flags=(-std=c99)
build every-c-shared gcc tests/capi/every.c "${shared[@]}"
build every-c-static gcc tests/capi/every.c "${static[@]}"
build snippet gcc tests/capi/snippet.c "${shared[@]}"
flags=(-std=c++17)
build vectors-shared g++ tests/capi/vectors.cc "${shared[@]}"
build vectors-static g++ tests/capi/vectors.cc "${static[@]}"
flags=(-std=c++17 -x c++)
build every-c++-shared g++ tests/capi/every.c -x none "${shared[@]}"

say "every.c calls every function"
nm --undefined-only --format=posix "$out/every-c-shared" | cut -d' ' -f1 | grep '^activations_' | sort >"$out/called"
diff "$out/declared" "$out/called"

export LD_LIBRARY_PATH=$prefix/lib
values=tests/data/capi.txt
for program in every-c-shared every-c-static every-c++-shared; do
    say "$program"
    "$out/$program" "$values"
done
for program in snippet vectors-shared vectors-static; do
    say "$program"
    "$out/$program"
done
say "snippet.py"
python3 tests/capi/snippet.py
say "every-c-shared, in scalar code"
ACTIVATIONS_ISA=scalar "$out/every-c-shared" "$values" scalar
say "every-c-shared, with nothing better than avx2"
ACTIVATIONS_ISA=avx2 "$out/every-c-shared" "$values"

say "valgrind"
for program in every-c-shared every-c-static vectors-shared; do
    valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
        "$out/$program" --any-zero "$values"
done
