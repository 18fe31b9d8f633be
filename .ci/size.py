#!/usr/bin/env python3
"""Measures what the library costs whoever uses it, and fails above the bars: the time that it takes to compile, the
size of the library, and the size of its machine code.

    size.py

It builds tests/downstream, a package as users have them, with the profiles and features that they get unless they ask
for others; then for activations alone, and for 16-bit elements, with the feature `half`. Times are CPU seconds of the one rustc that
compiles the library, on one thread; dependencies do not count. For those times the machine is to be quiet otherwise.
The machine code is also printed part by part.
"""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "tests" / "downstream" / "Cargo.toml"


# The bars are what users pay: CPU seconds of each build from scratch, bytes on disk, bytes of code that are linked
# into a program that uses all of it. To raise one is to raise their price, so look first at what has become dearer.
# (The release build had 60 s for 33 activations.) 16-bit elements may take 1.8 times as long.
DEBUG, RELEASE = "debug", "release"
ALONE, HALF = "release, activations alone", "release, with 16-bit elements"
CPU_SECONDS = {DEBUG: 30, RELEASE: 70, ALONE: 35, HALF: 126}
BUILDS = {
    DEBUG: ["dev"],
    RELEASE: ["release"],
    ALONE: ["release", "--no-default-features"],
    HALF: ["release", "--features", "half"],
}
# On a CPU of the bars rustc works so many seconds on pulp, the largest dependency, in either profile. It is compiled
# just before the library, so that a slower CPU, and one that others use as well, is seen to be slower; times are taken
# as so many of that CPU.
YARDSTICK = ("pulp", 4.5)
LIBRARY = 12_000_000
# It was 1,000,000 for 33 activations and 5 gates, and for softmax with a scale, a mask and lengths; there are 43 and 8
# now, gates with biases, and all that attention asks of a softmax.
CODE = 1_500_000
# Without gates, operations on rows, fused calls and tables of bytes.
ALONE_CODE = 650_000
# So many bytes of code more with 16-bit elements.
HALF_CODE = 1_150_000

# The parts of the machine code, by the modules that they are in; the first that fits counts, and the rest is "rest".
PARTS = {
    "kernel::float16": r"kernel::(float16|ranges)\b",
    "kernel::streamed": r"kernel::streamed\b",
    "kernel": r"kernel\b",
    "stage": r"stage\b",
    "row::passes": r"row::passes\b",
    "row, but for passes": r"row\b",
    "pipeline": r"pipeline\b",
    "names": r"(any|gate::any)\b",
    "capi": r"capi\b",
}

# The folder where times are to be noted, while this program stands before rustc.
NOTE = "ACTIVATIONS_COMPILE_TIMES"


def compile_and_note(command):
    """Runs rustc, as cargo's RUSTC_WRAPPER; if it compiles the library or the yardstick, notes how many seconds it worked."""
    # The pipes of cargo's job server are not handed on to a process that Python starts; rustc would warn of that.
    environment = {name: value for name, value in os.environ.items() if name != "CARGO_MAKEFLAGS"}
    status = subprocess.run(command, env=environment).returncode
    for name in ["activations", YARDSTICK[0]]:
        if any(pair == ("--crate-name", name) for pair in zip(command, command[1:])):
            usage = resource.getrusage(resource.RUSAGE_CHILDREN)
            (Path(os.environ[NOTE]) / name).write_text(f"{usage.ru_utime + usage.ru_stime}\n")
    sys.exit(status)


def cargo(target, *arguments):
    """What cargo prints for a command on the package."""
    environment = {
        **os.environ,
        "CARGO_TARGET_DIR": str(target),
        # What users compile comes from a registry, and is never compiled incrementally.
        "CARGO_INCREMENTAL": "0",
        "RUSTC_WRAPPER": str(Path(__file__).resolve()),
        NOTE: str(target / "compile-times"),
    }
    command = ["cargo", *arguments, "--locked", "--quiet", "--manifest-path", str(PACKAGE)]
    return subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout


def built(target, build):
    """(CPU seconds on a CPU of the bars, path) of the library, compiled anew."""
    notes = target / "compile-times"
    shutil.rmtree(notes, ignore_errors=True)
    notes.mkdir()
    profile, *features = BUILDS[build]
    yardstick, of_bars = YARDSTICK
    for package in ["activations", yardstick]:
        cargo(target, "clean", "--package", package, "--profile", profile)
    messages = cargo(target, "build", "--jobs", "1", "--profile", profile, *features, "--message-format", "json-render-diagnostics")
    if not all((notes / crate).exists() for crate in ["activations", yardstick]):
        sys.exit("size: cargo did not compile the library, as far as it was understood")
    seconds, of_yardstick = (float((notes / crate).read_text()) for crate in ["activations", yardstick])
    slower = max(1.0, of_yardstick / of_bars)
    print(f"size: {seconds:.1f} CPU seconds, {build}, on a CPU that is {slower:.2f} times slower than one of the bars")
    for line in messages.splitlines():
        message = json.loads(line)
        if message["reason"] == "compiler-artifact" and message["target"]["name"] == "activations":
            for path in message["filenames"]:
                if path.endswith(".rlib"):
                    return seconds / slower, Path(path)
    sys.exit("size: cargo named no library")


def printed(*command):
    """What a program prints of the library; its complaint about rustc's metadata, which is no object file, is not shown."""
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if not run.stdout:
        sys.exit(f"size: {' '.join(command)} printed nothing:\n{run.stderr}")
    return run.stdout


def code(library):
    """Bytes of machine code: what all sections of that kind hold."""
    sections = re.findall(r"^ *\d+ \.text\S* +([0-9a-f]+) ", printed("objdump", "--section-headers", "--wide", library), re.M)
    return sum(int(size, 16) for size in sections)


def part(symbol):
    """The part that a function belongs to, by its name."""
    if symbol.startswith("activations_"):
        return "capi"
    path = re.search(r"\bactivations::([\w:]+)", symbol)
    names = (name for name, pattern in PARTS.items() if path and re.match(pattern, path.group(1)))
    return next(names, "rest")


def parts(library):
    """{part: (functions, bytes)} of the library's functions."""
    symbols = printed("nm", "--print-size", "--demangle", "--defined-only", library)
    found = {name: (0, 0) for name in [*PARTS, "rest"]}
    for size, symbol in re.findall(r"^[0-9a-f]+ ([0-9a-f]+) [tTwW] (.*)$", symbols, re.M):
        functions, total = found[part(symbol)]
        found[part(symbol)] = functions + 1, total + int(size, 16)
    return found


def printed_parts(library):
    """Prints the parts of the machine code; returns the bytes of all."""
    for name, (functions, size) in parts(library).items():
        if functions:
            print(f"size: {name}: {functions} functions, {size} bytes")
    return code(library)


def least_seconds(target, seconds):
    """The CPU seconds of each build, of which those above their bars are taken again: what else the machine does makes
    a build slower, and never faster."""
    for _ in range(2):
        for build in [build for build, bar in CPU_SECONDS.items() if seconds[build] > bar]:
            seconds = {**seconds, build: min(seconds[build], built(target, build)[0])}
    return seconds


def main():
    if os.environ.get(NOTE) and len(sys.argv) > 1:
        compile_and_note(sys.argv[1:])
    if sys.argv[1:]:
        sys.exit(__doc__)
    # By default the folder that the packages share which depend on the library as users do: what is compiled here is
    # not compiled there once more.
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target" / "packages")).resolve()
    target.mkdir(parents=True, exist_ok=True)
    seconds, codes, libraries = {}, {}, {}
    for build in CPU_SECONDS:
        seconds[build], library = built(target, build)
        if build != DEBUG:
            codes[build], libraries[build] = printed_parts(str(library)), library.stat().st_size
    seconds = least_seconds(target, seconds)
    measured = [(f"CPU seconds to compile, {build}", round(seconds[build], 1), bar) for build, bar in CPU_SECONDS.items()]
    measured += [
        ("bytes of the library", libraries[RELEASE], LIBRARY),
        ("bytes of machine code", codes[RELEASE], CODE),
        ("bytes of machine code, activations alone", codes[ALONE], ALONE_CODE),
        ("bytes of machine code more with 16-bit elements", codes[HALF] - codes[RELEASE], HALF_CODE),
    ]
    for what, value, bar in measured:
        print(f"size: {value} {what}, of {bar}{'' if value <= bar else ': too many'}")
    wrong = sum(value > bar for _, value, bar in measured)
    print(f"size: {wrong} complaints")
    sys.exit(wrong != 0)


if __name__ == "__main__":
    main()
