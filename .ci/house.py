#!/usr/bin/env python3
"""Checks the order of the house: which module of src/ knows which, and how long the files are.

    house.py [--arrows]

An arrow goes from a top-level module to another whose names it uses, be it in a `use` or in a path. It fails where
arrows form a circle, where one points up in LAYERS, where a module is not in LAYERS, or where a file is too long.
Tests at the end of a file, or in a tests.rs, may
look anywhere. `--arrows` prints all arrows, each with a line that makes it.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# The top-level modules of src/, those that users call first. A module knows those of its own layer and of layers
# further down.
LAYERS = [
    ["capi", "guide"],
    ["array"],
    ["fused", "gate", "row", "byte_table"],
    ["elementwise"],
    ["any"],
    ["parallel"],
    ["pipeline"],
    ["kernel"],
    ["activation"],
    ["apply", "channels"],
    ["converted"],
    ["stage"],
    ["formula"],
    ["registry"],
    ["math"],
    ["drive"],
    ["simd"],
    ["buffer", "cuts", "element", "scratch"],
    ["isa_choice"],
    ["error"],
    ["isa", "shape"],
]

LONGEST = 400
FOLDERS = ["src", "tests", "benches", "examples", "fuzz", ".ci"]
ENDINGS = {".rs", ".c", ".cc", ".h", ".py", ".sh"}
# What nobody writes by hand.
GENERATED = {"src/capi/activations.h"}

TOKEN = re.compile(r"\w+|::|[{},;*]")
TESTS = re.compile(r"#\[cfg\((?:test|all\(test\b.*?\))\)\]\s*mod \w+ \{")


def code(path):
    """The text of a Rust file without comments and strings, each line where it was, and without tests at its end."""
    text = path.read_text()
    pattern = r'//[^\n]*|/\*.*?\*/|r#*"(?:.*?)"#*|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])\''
    text = re.sub(pattern, lambda found: "\n" * found.group().count("\n"), text, flags=re.DOTALL)
    tests = TESTS.search(text)
    return text[: tests.start()] if tests else text


def leaves(tokens, at, prefix):
    """The paths of a `use` tree, or of one path, from the token `at` on; and the token after it."""
    path = list(prefix)
    while at < len(tokens):
        token = tokens[at]
        if token == "{":
            found, at = [], at + 1
            while at < len(tokens) and tokens[at] != "}":
                if tokens[at] == ",":
                    at += 1
                    continue
                more, after = leaves(tokens, at, path)
                found += more
                at = max(after, at + 1)
                if at < len(tokens) and tokens[at] == "as":
                    at += 2
            return found, at + 1
        path.append(token)
        if at + 1 >= len(tokens) or tokens[at + 1] != "::":
            return [path], at + 1
        at += 2
    return [path], at


def paths(text):
    """(line, path) of everything in `text` that starts with `crate::` or `super::`."""
    for start in re.finditer(r"(?<!\w)(?:crate|super)\s*::", text):
        if re.search(r"::\s*$", text[: start.start()]):
            continue # The middle of a path that was seen from its start.
        end = text.find(";", start.start())
        tokens = TOKEN.findall(text[start.start() : end if end >= 0 else None][:4000])
        line = text.count("\n", 0, start.start()) + 1
        for path in leaves(tokens, 0, [])[0]:
            yield line, path


def exports(modules):
    """{name at the root of the crate: the top-level module that it is from}."""
    names = {}
    # Packages are re-exported as well.
    for tree in re.findall(r"pub use (\w+::[^;]*);", code(ROOT / "src" / "lib.rs")):
        for path in leaves(TOKEN.findall(tree), 0, [])[0]:
            if path[0] in modules:
                names[path[-1]] = path[0]
    return names


def arrows():
    """{(from, to): where} between the top-level modules."""
    source = ROOT / "src"
    modules = {path.stem for path in source.iterdir() if path.suffix == ".rs" or path.is_dir()} - {"lib", "bin", "tests"}
    known = {**exports(modules), **{module: module for module in modules}}
    found = {}
    for path in sorted(source.rglob("*.rs")):
        parts = list(path.relative_to(source).with_suffix("").parts)
        if parts[0] not in modules or parts[-1] == "tests":
            continue
        if parts[-1] == "mod":
            parts.pop()
        for line, names in paths(code(path)):
            place = list(parts)
            while names and names[0] in ("crate", "super"):
                place = [] if names[0] == "crate" else place[:-1]
                names = names[1:]
            place += names
            to = known.get(place[0]) if place else None
            if to and to != parts[0]:
                found.setdefault((parts[0], to), f"{path.relative_to(ROOT)}:{line}")
    return modules, found


def circles(modules, found):
    """The sets of modules of which each leads to all others of its set."""
    reached = {module: {module} for module in modules}
    changed = True
    while changed:
        changed = False
        for start, end in found:
            more = reached[end] - reached[start]
            reached[start] |= more
            changed |= bool(more)
    sets = {frozenset(other for other in reached[module] if module in reached[other]) for module in modules}
    return [sorted(circle) for circle in sets if len(circle) > 1]


def long_files():
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *FOLDERS]
    listed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.suffix in ENDINGS and name not in GENERATED and path.exists():
            length = len(path.read_text().splitlines())
            if length > LONGEST:
                yield f"{name} has {length} lines, more than {LONGEST}"


def main():
    if sys.argv[1:] not in ([], ["--arrows"]):
        sys.exit(__doc__)
    modules, found = arrows()
    if sys.argv[1:]:
        for (start, end), where in sorted(found.items()):
            print(f"{start} -> {end}: {where}")
        return
    layer = {module: number for number, names in enumerate(LAYERS) for module in names}
    complaints = [f"{module} is in no layer" for module in sorted(modules - layer.keys())]
    complaints += [f"{module} is in a layer, and not in src/" for module in sorted(layer.keys() - modules)]
    complaints += [f"a circle of {', '.join(circle)}" for circle in circles(modules, found)]
    for (start, end), where in sorted(found.items()):
        if start in layer and end in layer and layer[end] < layer[start]:
            complaints.append(f"{start} -> {end} points up: {where}")
    complaints += long_files()
    for complaint in complaints:
        print(f"house: {complaint}")
    print(f"house: {len(modules)} modules, {len(found)} arrows, {len(complaints)} complaints")
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()
