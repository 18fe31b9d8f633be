#!/usr/bin/env python3
"""What the compiler made of the kernels: every registered activation must have its named function on each
instruction set given, and a streamed one where there are such stores; each stage must have the same; and their code
must be what the source means.

    kernels.py OBJDUMP LIBRARY ISA...

Fails where a kernel is missing, calls anything (so something was not inlined; a streamed one calls its cached twin
alone; all may call what they leave numbers to that stand apart, and one, before its loops, what makes of its
parameters what it needs), moves a vector to or from the stack in a loop (a spill; a few kernels may, see SPILLS), has
a scalar operation or a gather inside a loop, or lacks a loop without masked moves that stores as many vectors as the
loops of `src/drive/` unroll. (A loop with masked moves is that over what is left of a buffer.) Scalar kernels may
call `fmaf` alone. Prints the size of the code.

The passes of operations on rows are checked for the same, but for the number of their stores: see
`complaints_of_pass`.
"""

import re
import subprocess
import sys
from pathlib import Path

from spills import PASS_SPILLS, SLACK, SPILLS, SPILLS_OF_16_BITS, STREAMED_SPILLS, SURROUNDED_SPILLS

SYMBOL = re.compile(
    r"^[0-9a-f]+ <activations::((?:kernel|stage)(?:::float16::b?f16)?(?:::surrounded|::limited)?(?:::streamed)?|row::passes"
    r"|kernel::of_each::b?f\d+)"
    r"::(scalar|neon|avx2|avx512)::([\w:]+)>:$"
)
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\s+(\S+)\s*(.*)$")
RELOCATION = re.compile(r"^\s+[0-9a-f]+: R_\S+\s+(\S.*)$")
OUTLINED = "::outline::outlined"  # src/drive/apart.rs
# Works out, once a call, what a kernel needs and the parameters do not say.
PREPARES = "::xielu::Xielu::branches"
LIST = r" +\[([^\]]*)\]"
REGISTRY = re.compile(rf"^ +\w+(?:<'\w+>)? +(\w+){LIST}{LIST};", re.M)

# What a call looks like, a vector on the stack, a store of a vector, and what no loop may have.
X86 = {
    # A jump through a register or memory leaves the function, too: jump tables are not expected.
    "call": r"^(call|jmp +\*)",
    "jump": r"^j\w+ ",
    # Not an indexed access: that is a table.
    "spill": r"%[xyz]mm\d+.*\(%rsp\)|\(%rsp\).*%[xyz]mm\d+",
    "store": r"^vmov(up|ap|dqu|dqa)\w* %[yz]mm\d+,(?!.*\(%rsp\)).*\(",
    "stream": r"^vmovnt(ps|dq) %[xyz]mm",
    "store of 16 bits": r"^(vcvtps2ph .*|vpmovdw %zmm\d+|vmov(up|ap|dqu|dqa)\w* %[xyz]mm\d+),(?!.*\(%rsp\)).*\(",
    "masked": r"^vp?maskmov|^vmov\w+ .*\(.*\{%k|^vmov\w+ .*\{%k.*\(",
    "never_in_a_loop": r"^(vp?maskmov|vp?gather|v(add|sub|mul|div|min|max|fn?m\w+)ss\b)",
}
ARM = {
    "call": r"^(bl|blr|br) ",
    "jump": r"^b(\.\w+)? |^cbn?z |^tbn?z ",
    "spill": r"\bq\d+,.*\[sp(, #\d+)?\]",
    "store": r"^(str|stur|stp) +q\d+|^st1 +\{v\d+\.4s",
    "store of 16 bits": r"^(str|stur|stp) +d\d+|^st1 +\{v\d+\.4h",
    "masked": r"$^", # There are none.
    "never_in_a_loop": r"^f(add|sub|mul|div|min|max|n?madd|n?msub) +s\d+",
}
# The instruction sets that have stores past the cache.
STREAMING = ["avx2", "avx512"]
PASSES = "row::passes"

# What passes may call: where there are few elements, for zeros, and in scalar code for fused operations.
PASS_CALLS = r"^(memset|fmaf)\b"

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


def calls(name, body, text, relocated):
    """Whether an instruction may call a function of that name. If it calls through a register, the function's address
    was loaded somewhere in the body."""
    if relocated:
        return name in relocated[0] and bool(re.match("call|jmp|bl?", text))
    return "*%" in text and any(name in symbol for _, _, of in body for symbol in of)


def loops(body):
    """The instructions of each innermost loop: what leads to a jump backwards from where it goes to, unless
    the function's start leads there by another way; that is a block that stands behind its end, and no loop."""
    index = {address: i for i, (address, _, _) in enumerate(body)}
    before = [set() for _ in body]
    jumps_back = []
    for i, (_, text, relocated) in enumerate(body):
        target = re.match(r"^(?:j\w+|b(?:\.\w+)?|cbn?z \w+,|tbn?z \w+, #\w+,) *([0-9a-f]+) <", text)
        to = index.get(int(target.group(1), 16)) if target else None
        if to is not None:
            before[to].add(i)
            if to <= i:
                jumps_back.append((to, i))
        # What leads to such a call is seldom wanted, and what follows it: they belong to no loop.
        is_outlined = calls(OUTLINED, body, text, relocated)
        if i + 1 < len(body) and not is_outlined and not re.match(r"^(ret|jmp|b|br)\b(?!\.)", text):
            before[i + 1].add(i)
    found = []
    for first, last in jumps_back:
        loop, left = {first}, [last]
        while left:
            i = left.pop()
            if i not in loop:
                loop.add(i)
                left.extend(before[i])
        while unreached := {i for i in loop - {first} if not before[i] & loop}:
            loop -= unreached
        if last in loop and (first == 0 or 0 not in loop):
            found.append(loop)
    innermost = [loop for loop in found if not any(other < loop for other in found)]
    return [[body[i][1] for i in sorted(loop)] for loop in innermost]


def complaints(module, isa, name, body):
    """What is wrong with one kernel or stage."""
    patterns = PATTERNS[isa]
    streams = module.endswith("::streamed")
    twin = f"activations::{module.removesuffix('::streamed')}::{isa}::{name}"
    for _, text, relocated in body:
        of_fmaf = isa == "scalar" and calls("fmaf", body, text, relocated)
        of_twin = streams and relocated and relocated[0].startswith(twin)
        # The closure that calls it, if it stands by itself: a function of several kernels calls it often.
        if streams and relocated and not of_twin:
            of_twin = re.search(rf"8streamed\d+{isa}{len(name)}{name}\d+_.*closure", relocated[0])
        is_outlined = calls(OUTLINED, body, text, relocated)
        prepares = calls(PREPARES, body, text, relocated)
        allowed = of_twin or is_outlined or of_fmaf or prepares
        # A jump to another function, a tail call, is left to the linker as a call is.
        leaves = relocated and re.search(patterns["jump"], text)
        if (leaves or re.search(patterns["call"], text)) and not allowed:
            yield f"calls {' '.join(relocated) or text}"
    if isa == "scalar":
        return
    # An arm store may be of a pair, and so are those of bf16.
    in_pairs = isa == "neon" or "::bf16" in module
    expected = max(1, unrolled(module, isa, name) // (2 if in_pairs else 1))
    # What widens reads 16 bits, and writes more.
    of_16_bits = re.search("::b?f16", module) and name != "widen"
    store = patterns["stream" if streams else "store of 16 bits" if of_16_bits else "store"]
    stores, spills = 0, 0
    for loop in loops(body):
        if any(re.search(patterns["masked"], text) for text in loop):
            continue
        spills = max(spills, sum(bool(re.search(patterns["spill"], text)) for text in loop))
        stores = max(stores, sum(bool(re.search(store, text)) for text in loop))
        for text in loop:
            if re.search(patterns["never_in_a_loop"], text) or re.search(patterns["call"], text):
                yield f"has in a loop: {text}"
    if stores < expected:
        yield f"stores {stores} times a turn, not {expected}"
    allowed = SPILLS[isa].get(name, 0)
    if streams:
        allowed += STREAMED_SPILLS.get(isa, {}).get(name, 0)
    if of_16_bits:
        allowed += SPILLS_OF_16_BITS.get(isa, {}).get(name, 0)
    if re.search("::(surrounded|limited|of_each)", module):
        allowed += SURROUNDED_SPILLS.get(isa, {}).get(name, 0)
    if spills > allowed + SLACK:
        yield f"touches the stack {spills} times in a loop"


def complaints_of_pass(isa, name, body):
    """What is wrong with one pass over rows.

    Loops with masked moves are those over partial blocks; the loops without are where the time goes. What is worked out
    between the passes goes round once, for all rows of a group."""
    patterns = PATTERNS[isa]
    for _, text, relocated in body:
        leaves = relocated and re.search(patterns["jump"], text)
        calls = leaves or re.search(patterns["call"], text)
        # Scalar code may load the address of a function once and call it through a register.
        through_register = isa == "scalar" and "*%" in text and not relocated
        if calls and not through_register:
            called = relocated[0] if relocated else text
            if not re.search(PASS_CALLS, called):
                yield f"calls {called}"
    if isa == "scalar":
        return
    whole, spills = 0, 0
    for loop in loops(body):
        has = lambda pattern: sum(bool(re.search(patterns[pattern], text)) for text in loop)
        if has("masked"):
            continue
        whole += 1
        spills = max(spills, has("spill"))
        # An operation on vectors that was taken apart would be there as many times as there are lanes.
        wasteful = [text for text in loop if re.search(patterns["never_in_a_loop"], text)]
        if wasteful:
            yield f"has in a loop: {', '.join(wasteful)}"
    is_pass = re.search(r"_(along|across|in_scratch)$", name)
    if is_pass and not whole:
        yield "has no loop without masked moves"
    if is_pass and spills > PASS_SPILLS.get(isa, {}).get(name, 0) + SLACK:
        yield f"touches the stack {spills} times in a loop"


def passes():
    """The names of the passes, and of what is worked out between them."""
    text = (SOURCES / "row" / "passes.rs").read_text()
    between = re.search(r"^    between: ([\w ]+);$", text, re.M)
    over_groups = re.findall(r"^    (\w+_(?:along|across|in_scratch)): \w+, ", text, re.M)
    return over_groups + between.group(1).split() + ["transpose"] if between and over_groups else []


def complaints_of_fences(objdump, library):
    """What streams has to be followed by a fence before users get it back: in the C functions that call streaming kernels, and
    in what gates call, which does so by way of pointers."""
    command = [objdump, "--disassemble", "--reloc", "--demangle", "--no-show-raw-insn", library]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    callers, fenced, name = set(), set(), None
    for line in text.splitlines():
        if symbol := re.match(r"^[0-9a-f]+ <(.*)>:$", line):
            name = symbol.group(1)
            if "::gate::" in name and name.endswith("Pipeline>::gate_of_f32"):
                callers.add(name)
        elif name and re.search(r"R_\S+\s+activations::kernel::(surrounded::|limited::)?streamed::", line):
            if re.fullmatch(r"activations_\w+|activations::elementwise::apply_to", name):
                callers.add(name)
        elif re.search(r"\tsfence", line):
            fenced.add(name)
    if len(callers) < 2:
        yield "nothing that streams was found"
    for name in sorted(callers - fenced):
        yield f"{name} streams, and has no fence"


def stages():
    """The names of the stages that may stream, and of all others."""
    text = (SOURCES / "stage.rs").read_text()
    last = re.findall(r"^        (\w+) [A-Z]\w+;$", text, re.M)
    fields = re.search(r"^pub\(crate\) struct Stages \{(.*?)^\}", text, re.M | re.S)
    every = re.findall(r"^    pub\(crate\) (\w+):", fields.group(1), re.M) if fields else []
    return last, [name for name in every if name not in last]


def unrolled(module, isa, name):
    """Vectors in a turn of the loop: for a long kernel the instruction set says how many."""
    if module.startswith("stage"):
        # Of pairs there are a vector of first elements and one of second ones.
        if name == "unzip" or "float16" in module:
            return 2
        type_name = "".join(word.capitalize() for word in name.split("_"))
        arithmetic = (SOURCES / "stage" / "arithmetic.rs").read_text()
        kernel = "".join(re.findall(rf"^impl BinaryKernel for {type_name} \{{.*?^\}}", arithmetic, re.M | re.S))
    elif name == "identity" and "float16" in module:
        return 1 # Nothing is done, and the compiler copies as it likes.
    else:
        kernel = (SOURCES / "activation" / f"{name}.rs").read_text()
        # A kernel around another one, which has its weight.
        if (around := re.search(r"^use super::(\w+)::", kernel, re.M)) and "K::WEIGHT" in kernel:
            kernel += (SOURCES / "activation" / f"{around.group(1)}.rs").read_text()
    weights = set(re.findall(r"\bWeight::(Light|Long|Heavy)\b", kernel)) or {"Light"}
    machine = (SOURCES / "simd" / f"{isa}.rs").read_text()
    vectors = {"Light": 4}
    for weight in ["Long", "Heavy"]:
        vectors[weight] = int(re.search(rf"const {weight.upper()}: usize = (\d+);", machine).group(1))
    return min(vectors[weight] for weight in weights)


def activations():
    """The names of the activations, which are those of their kernels."""
    registered, *_ = (SOURCES / "registry.rs").read_text().partition("macro_rules! for_each_gate")
    return [name for name, *_ in REGISTRY.findall(registered)]


def main():
    objdump, library, *isas = sys.argv[1:]
    names = activations()
    found = functions(objdump, library)
    wrong = 0
    pass_names = passes()
    if not pass_names:
        wrong += 1
        print("kernels: passes.rs was not understood: it has no passes")
    last, others = stages()
    if not last or not others:
        wrong += 1
        print("kernels: stage.rs was not understood: it has no stages")
    expected = {
        "kernel": names,
        "kernel::streamed": names,
        "kernel::surrounded": names,
        "kernel::surrounded::streamed": names,
        "kernel::limited": ["swish"],
        "kernel::limited::streamed": ["swish"],
        "stage": last + others,
        "stage::streamed": last,
        PASSES: pass_names,
    }
    for element in ["f32", "f16", "bf16"]:
        expected[f"kernel::of_each::{element}"] = ["snake"]
    for element in ["f16", "bf16"]:
        expected[f"kernel::float16::{element}"] = names
        expected[f"kernel::float16::{element}::streamed"] = names
        expected[f"stage::float16::{element}"] = ["round", "scale_negative", "widen"]
    for module, isa, name in sorted(found):
        # Closures of scalar code stand for themselves.
        if name not in expected[module] and not re.search(r"::|^STAGES$|^PASSES$", name):
            wrong += 1
            print(f"kernels: {module}::{isa}::{name} is not in registry.rs, stage.rs or passes.rs, as far as they were understood")
    for isa in isas:
        for module, registered in expected.items():
            if module.endswith("::streamed") and isa not in STREAMING:
                continue
            # Around scalar kernels there are stages.
            if re.search("::(surrounded|limited)", module) and isa == "scalar":
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
                    complaints_of_pass(isa, name, body) if module == PASSES else complaints(module, isa, name, body)
                )
                for complaint in sorted(set(found_wrong)):
                    wrong += 1
                    print(f"kernels: {module}::{isa}::{name} {complaint}")
            print(f"kernels: {module}::{isa}: {len(registered)} functions, {size} bytes of code")
    if set(isas) & set(STREAMING):
        for complaint in complaints_of_fences(objdump, library):
            wrong += 1
            print(f"kernels: {complaint}")
    print(f"kernels: {wrong} complaints")
    sys.exit(wrong != 0)


if __name__ == "__main__":
    main()
