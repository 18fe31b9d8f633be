#!/usr/bin/env python3
"""Counts the instructions that each AVX2 kernel and stage takes per element, and compares them with those on record.

    instructions.py [--bless]

Counts are the same on every CPU, so this notices what a benchmark on a busy machine would not: a kernel that takes
3 % more than benches/record/instructions.txt says fails, with both numbers. A kernel that is missing on either side
fails, too. `--bless` writes the record anew. Needs valgrind.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "benches" / "record" / "instructions.txt"
PROGRAM = ROOT / "benches" / "instructions.rs"
# What may be due to the order in which LLVM meets functions, which depends on paths.
TOLERANCE = 1.03
# In the names of what writes past the cache.
STREAMED = "streamed"
KERNEL = re.compile(r"activations::((?:kernel|stage|row::passes)::(?:surrounded::|limited::)?(?:streamed::)?avx2::[\w:]+?)(?:::h[0-9a-f]{16})?$")


def elements(name):
    """How many the program writes that has a constant of this name."""
    shift = re.search(rf"const {name}: usize = 1 << (\d+);", PROGRAM.read_text())
    if not shift:
        sys.exit(f"instructions: {PROGRAM.name} does not say how many elements {name} is, as far as it was understood")
    return 1 << int(shift.group(1))


def executable():
    """Builds the program, and says where it is."""
    command = ["cargo", "bench", "--locked", "--all-features", "--bench", "instructions", "--no-run", "--message-format=json"]
    output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    for line in output.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["name"] == "instructions":
            return message["executable"]
    sys.exit("instructions: cargo named no executable")


def counted(program):
    """{kernel: instructions} of one run; a kernel calls nothing, so its own are all."""
    counts, names = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder) / "profile"
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}", program]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if run.returncode != 0 or not profile.exists():
            sys.exit(f"instructions: {' '.join(map(str, command))} failed:\n{run.stdout}{run.stderr}")
        kernel, skip = None, False
        for line in profile.read_text().splitlines():
            if function := re.match(r"(c?)fn=\((\d+)\)(?: (.*))?$", line):
                callee, number, name = function.groups()
                # A name stands where its number comes first, be it that of a callee.
                name = names.setdefault(number, name)
                if not callee:
                    found = KERNEL.search(name or "")
                    kernel = found and found.group(1)
            elif line.startswith("calls="):
                skip = True # The next line is about the callee.
            elif cost := re.match(r"[+*\d-]\S* (\d+)$", line):
                if kernel and not skip:
                    counts[kernel] = counts.get(kernel, 0) + int(cost.group(1))
                skip = False
    return counts


def main():
    if sys.argv[1:] not in ([], ["--bless"]):
        sys.exit(__doc__)
    cached, streamed = elements("LEN"), elements("STREAMED_LEN")
    counts = counted(executable())
    now = {kernel: count / (streamed if STREAMED in kernel else cached) for kernel, count in counts.items()}
    if not now:
        sys.exit("instructions: no kernel ran")
    if not any(STREAMED in kernel for kernel in now):
        sys.exit("instructions: no big output was written past the cache")
    if sys.argv[1:]:
        lines = (f"{kernel} {count:.4f}\n" for kernel, count in sorted(now.items()))
        RECORD.write_text("".join(lines))
        print(f"instructions: {len(now)} kernels on record")
        return
    recorded = dict(line.split() for line in RECORD.read_text().splitlines())
    wrong = 0
    for kernel in sorted(now.keys() | recorded.keys()):
        before, after = float(recorded.get(kernel, "nan")), now.get(kernel, float("nan"))
        if not after <= before * TOLERANCE:
            wrong += 1
            print(f"instructions: {kernel} takes {after:.4f} an element, and {before:.4f} on record")
        elif after < before / TOLERANCE:
            print(f"instructions: {kernel} takes {after:.4f} an element, better than {before:.4f}: bless it")
    print(f"instructions: {len(now)} kernels counted, {wrong} complaints")
    sys.exit(wrong != 0)


if __name__ == "__main__":
    main()
