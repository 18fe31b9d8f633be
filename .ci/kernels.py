#!/usr/bin/env python3
"""What the compiler made of the kernels: every registered activation must have its named function on each
instruction set given, and a streamed one where there are such stores; each stage must have the same; and their code
must be what the source means.

    kernels.py OBJDUMP LIBRARY ISA...

Fails where a kernel is missing, calls anything (so something was not inlined; a streamed one calls its cached twin
alone), moves a vector to or from the stack in a loop (a spill; a few kernels may, see SPILLS), has a scalar
operation or a gather inside a loop, or lacks a loop without masked moves that stores as many vectors as the loops of
`src/drive/` unroll. (A loop with masked moves is that over what is left of a buffer.) Scalar kernels may call `fmaf`
alone. Prints the size of the code.

The kernels of operations on rows are checked for the same, but with more loops to a kernel: see
`complaints_of_rows`.
"""

import re
import subprocess
import sys
from pathlib import Path

SYMBOL = re.compile(
    r"^[0-9a-f]+ <activations::((?:kernel|stage)(?:::streamed)?|kernels::rows)::(scalar|neon|avx2|avx512)::([\w:]+)>:$"
)
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\s+(\S+)\s*(.*)$")
RELOCATION = re.compile(r"^\s+[0-9a-f]+: R_\S+\s+(\S+)")
LIST = r" +\[([^\]]*)\]"
REGISTRY = re.compile(rf"^ +\w+(?:<'\w+>)? +(\w+){LIST}{LIST};", re.M)
ROW_REGISTRY = re.compile(rf"^ +\w+(?:<'\w+>)? +(\w+){LIST}{LIST}{LIST};", re.M)

# What a call looks like, a vector on the stack, a store of a vector, and what no loop may have.
X86 = {
    # A jump through a register or memory leaves the function, too: jump tables are not expected.
    "call": r"^(call|jmp +\*)",
    "jump": r"^j\w+ ",
    # Not an indexed access: that is a table.
    "spill": r"%[xyz]mm\d+.*\(%rsp\)|\(%rsp\).*%[xyz]mm\d+",
    "store": r"^vmov(up|ap|dqu|dqa)\w* %[yz]mm\d+,(?!.*\(%rsp\)).*\(",
    "stream": r"^vmovntps %[yz]mm",
    "masked": r"^vp?maskmov|^vmov\w+ .*\(.*\{%k|^vmov\w+ .*\{%k.*\(",
    "never_in_a_loop": r"^(vp?maskmov|vp?gather|v(add|sub|mul|div|min|max|fn?m\w+)ss\b)",
}
ARM = {
    "call": r"^(bl|blr|br) ",
    "jump": r"^b(\.\w+)? |^cbn?z |^tbn?z ",
    "spill": r"\bq\d+,.*\[sp(, #\d+)?\]",
    "store": r"^(str|stur|stp) +q\d+|^st1 +\{v\d+\.4s",
    "masked": r"$^", # There are none.
    "never_in_a_loop": r"^f(add|sub|mul|div|min|max|n?madd|n?msub) +s\d+",
}
# How often a loop of these may touch the stack: constants that wait there for want of a register, and
# one or two values of two interleaved vectors, which are faster so than one vector at a time
# (docs/kernels.md).
SPILLS = {
    "avx2": {
        "elu": 1,
        "erf": 1,
        "expm1": 2,
        "gelu": 4,
        "gelu_tanh": 1,
        "log_sigmoid": 1,
        "mish": 3,
        "quick_gelu": 1,
        "sigmoid": 1,
        "silu": 1,
        "softplus": 6,
        "swish": 4,
        "tanhshrink": 2,
    },
    "avx512": {
        "softplus": 3,
    },
    "neon": {
        "gelu": 1,
        "log_sigmoid": 3,
        "mish": 2,
        "softplus": 6,
        "tanhshrink": 1,
    },
}

# How often more in streamed kernels, where there are one or two values more to keep.
STREAMED_SPILLS = {
    "avx2": {"gelu": 2, "sigmoid": 5, "tanh": 2},
}
# The instruction sets that have stores past the cache.
STREAMING = ["avx2", "avx512"]
STREAMED = "kernel::streamed"
ROWS = "kernels::rows"

# The same for operations on rows, over all their loops. The most is in those for logits that one float does not
# hold, which are summed up in three parts; loops over numerators of ordinary ones touch it 2 to 8 times, and
# on NEON, where a block is four vectors, several times that. A tenth more passes, or two: the count differs by that
# much between checkouts, whose paths change the order in which LLVM meets functions.
ROW_SPILLS = {
    "avx2": {
        "log_softmax::masked::last_axis": 52,
        "log_softmax::masked::other_axis": 38,
        "log_softmax::plain::last_axis": 35,
        "log_softmax::plain::other_axis": 28,
        "log_softmax::scaled::last_axis": 50,
        "log_softmax::scaled::other_axis": 37,
        "softmax::masked::last_axis": 60,
        "softmax::masked::other_axis": 31,
        "softmax::plain::last_axis": 19,
        "softmax::plain::other_axis": 19,
        "softmax::scaled::last_axis": 43,
        "softmax::scaled::other_axis": 28,
    },
    "avx512": {
        "log_softmax::masked::last_axis": 1,
        "log_softmax::masked::other_axis": 2,
        "log_softmax::scaled::last_axis": 1,
    },
    "neon": {
        "log_softmax::masked::last_axis": 77,
        "log_softmax::masked::other_axis": 98,
        "log_softmax::plain::last_axis": 59,
        "log_softmax::plain::other_axis": 63,
        "log_softmax::scaled::last_axis": 69,
        "log_softmax::scaled::other_axis": 87,
        "softmax::masked::last_axis": 66,
        "softmax::masked::other_axis": 69,
        "softmax::plain::last_axis": 47,
        "softmax::plain::other_axis": 50,
        "softmax::scaled::last_axis": 62,
        "softmax::scaled::other_axis": 70,
    },
}

# What kernels of operations on rows may call: for zeros at the start of short rows, and past a length.
ROW_CALLS = r"^memset\b"
# Scalar ones also what is not worth unrolling sixteen times.
SCALAR_ROW_CALLS = r"^(memset|memcpy|fmaf)\b|^<?activations::(simd::rolled|drive::rows::walk)::"

SOURCES = Path(__file__).parent.parent / "src"
PATTERNS = {"avx2": X86, "avx512": X86, "neon": ARM, "scalar": X86}


def functions(objdump, library):
    """{(module, isa, name): [(address, text, relocated)]} of all kernels and stages in the library."""
    command = [objdump, "--disassemble", "--reloc", "--demangle", "--no-show-raw-insn", library]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found, body = {}, None
    for line in text.splitlines():
        if symbol := SYMBOL.match(line):
            body = found.setdefault(symbol.groups(), [])
        elif line.endswith(">:"):
            body = None
        elif body is None:
            continue
        elif relocation := RELOCATION.match(line):
            if body:
                body[-1][2].append(relocation.group(1))
        elif instruction := INSTRUCTION.match(line):
            address, name, operands = instruction.groups()
            body.append((int(address, 16), f"{name} {operands}".strip(), []))
    return found


def loops(body):
    """The instructions of each innermost loop: what leads to a jump backwards from where it goes to, unless
    the function's start leads there by another way; that is a block that stands behind its end, and no loop."""
    index = {address: i for i, (address, _, _) in enumerate(body)}
    before = [set() for _ in body]
    jumps_back = []
    for i, (_, text, _) in enumerate(body):
        target = re.match(r"^(?:j\w+|b\.?\w*|cbn?z \w+,|tbn?z \w+, #\w+,) *([0-9a-f]+) <", text)
        to = index.get(int(target.group(1), 16)) if target else None
        if to is not None:
            before[to].add(i)
            if to <= i:
                jumps_back.append((to, i))
        if i + 1 < len(body) and not re.match(r"^(ret|jmp|b|br)\b(?!\.)", text):
            before[i + 1].add(i)
    found = []
    for first, last in jumps_back:
        loop, left = {first}, [last]
        while left:
            i = left.pop()
            if i not in loop:
                loop.add(i)
                left.extend(before[i])
        if first == 0 or 0 not in loop:
            found.append(loop)
    innermost = [loop for loop in found if not any(other < loop for other in found)]
    return [[body[i][1] for i in sorted(loop)] for loop in innermost]


def complaints(module, isa, name, body):
    """What is wrong with one kernel or stage."""
    patterns = PATTERNS[isa]
    # Scalar code may load the address of `fmaf` once and call it through a register.
    has_fmaf = any("fmaf" in symbol for _, _, relocated in body for symbol in relocated)
    streams = module.endswith("::streamed")
    twin = f"activations::{module.removesuffix('::streamed')}::{isa}::{name}"
    for _, text, relocated in body:
        of_fmaf = "*%" in text if not relocated else "fmaf" in relocated[0]
        of_twin = streams and relocated and relocated[0].startswith(twin)
        allowed = of_twin or isa == "scalar" and has_fmaf and of_fmaf
        # A jump to another function, a tail call, is left to the linker as a call is.
        leaves = relocated and re.search(patterns["jump"], text)
        if (leaves or re.search(patterns["call"], text)) and not allowed:
            yield f"calls {' '.join(relocated) or text}"
    if isa == "scalar":
        return
    # An arm store may be of a pair.
    expected = unrolled(module, isa, name) // (2 if isa == "neon" else 1)
    store = patterns["stream" if streams else "store"]
    stores, spills = 0, 0
    for loop in loops(body):
        if any(re.search(patterns["masked"], text) for text in loop):
            continue
        spills = max(spills, sum(bool(re.search(patterns["spill"], text)) for text in loop))
        stores = max(stores, sum(bool(re.search(store, text)) for text in loop))
        for text in loop:
            if re.search(patterns["never_in_a_loop"], text):
                yield f"has in a loop: {text}"
    if stores < expected:
        yield f"stores {stores} times a turn, not {expected}"
    allowed = SPILLS[isa].get(name, 0) + (STREAMED_SPILLS.get(isa, {}).get(name, 0) if streams else 0)
    if spills > allowed:
        yield f"touches the stack {spills} times in a loop"


def complaints_of_rows(isa, name, body):
    """What is wrong with one kernel of an operation on rows: softmax::plain::last_axis.

    Loops with masked moves are those over partial blocks. Along the last axis there are few, over rows so short
    that they end in one; across others each loop has a twin for strips that are not whole, and two of those
    may have become one. The loops without are where the time goes."""
    patterns = PATTERNS[isa]
    allowed = SCALAR_ROW_CALLS if isa == "scalar" else ROW_CALLS
    for _, text, relocated in body:
        leaves = relocated and re.search(patterns["jump"], text)
        calls = leaves or re.search(patterns["call"], text)
        # Scalar code may load the address of a function once and call it through a register: then what is loaded
        # is looked at.
        through_register = isa == "scalar" and "*%" in text and not relocated
        loads = isa == "scalar" and text.startswith("mov ") and relocated and not relocated[0].startswith(".L")
        if (calls and not through_register) or loads:
            called = relocated[0] if relocated else text
            of_data = re.search(r"::[A-Z_]+(-0x4)?$", called)
            if not of_data and not re.search(allowed, called):
                yield f"calls {called}"
    if isa == "scalar":
        return
    masked, whole, spills = 0, 0, 0
    for loop in loops(body):
        has = lambda pattern: sum(bool(re.search(patterns[pattern], text)) for text in loop)
        # What all lanes of a row share is divided once a row, and may be added up. An operation on vectors that was
        # taken apart would be there as many times as there are lanes.
        wasteful = [
            text
            for text in loop
            if re.search(patterns["never_in_a_loop"], text)
            and not re.search(patterns["masked"], text)
            and not re.match(r"^v?f?div(ss)?\b", text)
        ]
        if len(wasteful) > 3:
            yield f"has in a loop: {', '.join(wasteful)}"
        if has("masked"):
            masked += 1
        else:
            whole += 1
            spills = max(spills, has("spill"))
    if masked > (whole // 4 if name.endswith("last_axis") else whole + 2):
        yield f"has masked moves in {masked} loops, and none in {whole}"
    listed = ROW_SPILLS.get(isa, {}).get(name, 0)
    if spills > max(1.1 * listed, listed + 2):
        yield f"touches the stack {spills} times in a loop"


def stages():
    """The names of the stages that may stream, and of all others."""
    text = (SOURCES / "stage.rs").read_text()
    last = re.findall(r"^    (\w+) \w+;$", text, re.M)
    fields = re.search(r"^pub\(crate\) struct Stages \{(.*?)^\}", text, re.M | re.S)
    every = re.findall(r"^    pub\(crate\) (\w+):", fields.group(1), re.M) if fields else []
    return last, [name for name in every if name not in last]


def unrolled(module, isa, name):
    """Vectors in a turn of the loop: for a long kernel the instruction set says how many."""
    if module.startswith("stage"):
        # Of pairs there are a vector of first elements and one of second ones.
        return 2 if name == "unzip" else 4
    kernel = (SOURCES / "activation" / f"{name}.rs").read_text()
    weights = re.findall(r"const WEIGHT: Weight = Weight::(\w+);", kernel)
    if not weights:
        return 4
    machine = (SOURCES / "simd" / f"{isa}.rs").read_text()
    return min(int(re.search(rf"const {w.upper()}: usize = (\d+);", machine).group(1)) for w in weights)


def main():
    objdump, library, *isas = sys.argv[1:]
    registry = SOURCES / "registry.rs"
    names = [name for name, *_ in REGISTRY.findall(registry.read_text())]
    found = functions(objdump, library)
    wrong = 0
    row_names = [
        f"{name}::{kind}::{axis}"
        for name, _, _, kinds in ROW_REGISTRY.findall(registry.read_text())
        for kind in kinds.split()
        for axis in ("last_axis", "other_axis")
    ]
    if not row_names:
        wrong += 1
        print(f"kernels: {registry.name} was not understood: it has no operations on rows")
    last, others = stages()
    if not last or not others:
        wrong += 1
        print("kernels: stage.rs was not understood: it has no stages")
    expected = {"kernel": names, STREAMED: names, "stage": last + others, "stage::streamed": last, ROWS: row_names}
    for module, isa, name in sorted(found):
        # Closures of scalar code stand for themselves.
        if name not in expected[module] and not re.search(r"::|^STAGES$", name):
            wrong += 1
            print(f"kernels: {module}::{isa}::{name} is not in {registry.name} or stage.rs, as far as they were understood")
    for isa in isas:
        for module, registered in expected.items():
            if module.endswith("::streamed") and isa not in STREAMING:
                continue
            size = 0
            for name in registered:
                body = found.get((module, isa, name))
                if not body:
                    wrong += 1
                    print(f"kernels: {module}::{isa}::{name} is missing")
                    continue
                size += body[-1][0] - body[0][0] # but for the last instruction, a return
                found_wrong = (
                    complaints_of_rows(isa, name, body) if module == ROWS else complaints(module, isa, name, body)
                )
                for complaint in sorted(set(found_wrong)):
                    wrong += 1
                    print(f"kernels: {module}::{isa}::{name} {complaint}")
            print(f"kernels: {module}::{isa}: {len(registered)} functions, {size} bytes of code")
    print(f"kernels: {wrong} complaints")
    sys.exit(wrong != 0)


if __name__ == "__main__":
    main()
