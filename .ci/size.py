#!/usr/bin/env python3
"""Measures what the library costs whoever uses it, and fails above the bars: the time that it takes to compile, the
size of the library, and the size of its machine code.

    size.py

It builds tests/downstream, a package as users have them, with the profiles and features that they get unless they ask
for others, and once more for 16-bit elements, with the feature `half`. Times are CPU seconds of the one rustc that compiles the library, on one thread; dependencies do not count.
For those times the machine is to be quiet otherwise. The machine code is also printed part by part.
"""

import json
import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "tests" / "downstream" / "Cargo.toml"

# The bars are what users pay: CPU seconds of each build from scratch, bytes on disk, bytes of code that are linked
# into a program that uses all of it. To raise one is to raise their price, so look first at what has become dearer.
CPU_SECONDS = {"release": 60, "debug": 30}
# On a CPU that takes this long to count to five million; times of a slower one are taken as so many of that.
COUNTING = 0.21
LIBRARY = 12_000_000
CODE = 1_000_000
# With 16-bit elements: so many times as long to compile, and so many bytes of code more.
HALF_TIMES = 1.8
HALF_CODE = 1_000_000

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

# Where the time is to be noted, while this program stands before rustc.
NOTE = "ACTIVATIONS_COMPILE_TIME"


def compile_and_note(command):
    """Runs rustc, as cargo's RUSTC_WRAPPER; if it compiles the library, notes how many seconds it worked."""
    # The pipes of cargo's job server are not handed on to a process that Python starts; rustc would warn of that.
    environment = {name: value for name, value in os.environ.items() if name != "CARGO_MAKEFLAGS"}
    status = subprocess.run(command, env=environment).returncode
    if any(pair == ("--crate-name", "activations") for pair in zip(command, command[1:])):
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        Path(os.environ[NOTE]).write_text(f"{usage.ru_utime + usage.ru_stime}\n")
    sys.exit(status)


def cargo(target, *arguments):
    """What cargo prints for a command on the package."""
    environment = {
        **os.environ,
        "CARGO_TARGET_DIR": str(target),
        # What users compile comes from a registry, and is never compiled incrementally.
        "CARGO_INCREMENTAL": "0",
        "RUSTC_WRAPPER": str(Path(__file__).resolve()),
        NOTE: str(target / "compile-time"),
    }
    command = ["cargo", *arguments, "--locked", "--quiet", "--manifest-path", str(PACKAGE)]
    return subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout


def built(target, profile, *features):
    """(CPU seconds, path) of the library, compiled anew in the profile with features."""
    note = target / "compile-time"
    note.unlink(missing_ok=True)
    name = {"release": "release", "debug": "dev"}[profile]
    cargo(target, "clean", "--package", "activations", "--profile", name)
    messages = cargo(target, "build", "--jobs", "1", "--profile", name, *features, "--message-format", "json-render-diagnostics")
    if not note.exists():
        sys.exit("size: cargo did not compile the library, as far as it was understood")
    for line in messages.splitlines():
        message = json.loads(line)
        if message["reason"] == "compiler-artifact" and message["target"]["name"] == "activations":
            for path in message["filenames"]:
                if path.endswith(".rlib"):
                    return float(note.read_text()), Path(path)
    sys.exit("size: cargo named no library")


def slowness():
    """How many times longer than COUNTING this CPU counts, but at least 1: the bars on time are not about its age."""
    times = []
    for _ in range(3):
        start, count = time.process_time(), 0
        for i in range(5_000_000):
            count += i & 7
        times.append(time.process_time() - start)
    return max(1.0, min(times) / COUNTING)


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


def main():
    if os.environ.get(NOTE) and len(sys.argv) > 1:
        compile_and_note(sys.argv[1:])
    if sys.argv[1:]:
        sys.exit(__doc__)
    # By default the folder that the packages share which depend on the library as users do: what is compiled here is
    # not compiled there once more.
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target" / "packages")).resolve()
    target.mkdir(parents=True, exist_ok=True)
    measured, slower = [], slowness()
    print(f"size: this CPU counts as {slower:.2f} times slower than one of the bars")
    for profile, bar in CPU_SECONDS.items():
        seconds, library = built(target, profile)
        measured.append((f"CPU seconds to compile, {profile}", round(seconds / slower, 1), bar))
        if profile == "release":
            compiled, machine_code = seconds, printed_parts(str(library))
            measured.append(("bytes of the library", library.stat().st_size, LIBRARY))
            measured.append(("bytes of machine code", machine_code, CODE))
    print("size: with 16-bit elements")
    seconds, library = built(target, "release", "--features", "half")
    more = printed_parts(str(library)) - machine_code
    measured.append(("times as long to compile with 16-bit elements", round(seconds / compiled, 2), HALF_TIMES))
    measured.append(("bytes of machine code more with 16-bit elements", more, HALF_CODE))
    for what, value, bar in measured:
        print(f"size: {value} {what}, of {bar}{'' if value <= bar else ': too many'}")
    wrong = sum(value > bar for _, value, bar in measured)
    print(f"size: {wrong} complaints")
    sys.exit(wrong != 0)


if __name__ == "__main__":
    main()
