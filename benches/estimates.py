#!/usr/bin/env python3
"""Estimated cycles per element of the kernels' hot loops, by llvm-mca, on CPUs that need not be there.

    estimates.py X86_LIBRARY ARM_LIBRARY      (as `.ci/run` builds them; prints a markdown table)

The loop is the innermost one that stores the most vectors. llvm-mca knows ports, latencies and the
order of issue, not caches, nor what a compiler for that CPU would schedule.
"""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

# Of LLVM 19 or later, which knows these CPUs.
MCA = os.environ.get("LLVM_MCA", "llvm-mca")
ROOT = Path(__file__).parent.parent
spec = importlib.util.spec_from_file_location("kernels", ROOT / ".ci" / "kernels.py")
kernels = importlib.util.module_from_spec(spec)
spec.loader.exec_module(kernels)

# Those whose longest loop is not that of the default parameters, which is another activation's.
OTHER_KERNELS = {"swish", "softplus", "celu"}

# Column, instruction set, lanes, triple, CPU.
CPUS = [
    ("AVX2, sapphirerapids", "avx2", 8, "x86_64", "sapphirerapids"),
    ("AVX-512, sapphirerapids", "avx512", 16, "x86_64", "sapphirerapids"),
    ("AVX-512, znver4", "avx512", 16, "x86_64", "znver4"),
    ("NEON, neoverse-v2", "neon", 4, "aarch64", "neoverse-v2"),
    ("NEON, apple-m1", "neon", 4, "aarch64", "apple-m1"),
]


def hot_loop(isa, body):
    """The loop that stores most vectors, and how many."""
    store = kernels.PATTERNS[isa]["store"]

    def vectors(loop):
        return sum(2 if re.match(r"^stp +q", t) else bool(re.search(store, t)) for t in loop)

    found = [(vectors(loop), loop) for loop in kernels.loops(body)]
    return max(found, key=lambda found: (found[0], len(found[1])))


def assembly(loop):
    """The loop's instructions without jumps, symbols and comments."""
    lines = []
    for text in loop:
        text = re.sub(r"\s*(# .*|//.*)$", "", text)
        if re.match(r"^(j\w+|b(\.\w+)?|cbn?z|tbn?z) ", text):
            continue
        lines.append(re.sub(r"\s*<[^>]*>", "", text))
    return "\n".join(lines)


def cycles(code, triple, cpu):
    """Cycles for one turn of the loop, in a long row of turns."""
    command = [MCA, f"-mtriple={triple}", f"-mcpu={cpu}", "-iterations=300"]
    run = subprocess.run(command, input=code, text=True, capture_output=True)
    found = re.search(r"Total Cycles:\s+(\d+)", run.stdout)
    if not found:
        sys.exit(f"{' '.join(command)}: {run.stderr[:500]}")
    return int(found.group(1)) / 300


def main():
    x86, arm = sys.argv[1:]
    found = kernels.functions("objdump", x86) | kernels.functions("aarch64-linux-gnu-objdump", arm)
    print("| cycles per element, estimated |", " | ".join(column for column, *_ in CPUS), "|")
    print("|---|" + "---|" * len(CPUS))
    for name in kernels.activations():
        if name in OTHER_KERNELS:
            continue
        cells = []
        for _, isa, lanes, triple, cpu in CPUS:
            stores, loop = hot_loop(isa, found[("kernel", isa, name)])
            cells.append(f"{cycles(assembly(loop), triple, cpu) / (stores * lanes):.2f}")
        print(f"| `{name}` |", " | ".join(cells), "|")


if __name__ == "__main__":
    main()
