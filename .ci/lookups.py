#!/usr/bin/env python3
"""Checks the machine code that looks up bytes in tables.

    lookups.py OBJDUMP LIBRARY ISA...

Fails where a function is missing, calls anything (so something was not inlined, which takes hundreds of times as long), or
has fewer of its instruction than a turn of its loop takes.
"""

import re
import subprocess
import sys

# For each instruction set its modules in src/byte_table/lookup/, the functions of each, their instruction, and how many
# of it a turn of four vectors has.
MODULES = {
    "avx2": {"avx2": (["map", "stream"], r"vpshufb", 4 * 16)},
    "avx512": {
        "avx512": (["map", "stream"], r"vpshufb", 4 * 16),
        "vbmi": (["map", "stream"], r"vperm[it]2b", 4 * 2),
    },
    "neon": {"neon": (["map"], r"tb[lx]", 4 * 4)},
}
SYMBOL = re.compile(r"^[0-9a-f]+ <activations::byte_table::lookup::(\w+)::(map|stream)>:$")
CALL = re.compile(r"\t(?:call|bl|blr)\b")


def main():
    objdump, library, *isas = sys.argv[1:]
    command = [objdump, "--disassemble", "--demangle", "--no-show-raw-insn", library]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found, body = {}, None
    for line in text.splitlines():
        if line.endswith(">:"):
            symbol = SYMBOL.match(line)
            body = found.setdefault(symbol.groups(), []) if symbol else None
        elif body is not None:
            body.append(line)
    wrong = checked = 0
    for isa in isas:
        for module, (names, instruction, count) in MODULES[isa].items():
            for name in names:
                body = found.get((module, name), [])
                complaints = [f"calls something: {line.strip()}" for line in body if CALL.search(line)]
                has = sum(bool(re.search(rf"\t{instruction}\b", line)) for line in body)
                if has < count:
                    complaints.append(f"has {has} times {instruction}, not {count}")
                for complaint in complaints:
                    print(f"lookups: {module}::{name} {complaint}")
                wrong += len(complaints)
                checked += 1
    print(f"lookups: {checked} functions, {wrong} complaints")
    sys.exit(wrong != 0 or checked == 0)


if __name__ == "__main__":
    main()
