#!/usr/bin/env python3
"""Compares each block of README.md that names a file above it, in a comment, with that file; fails on a difference."""

import difflib
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^<!-- (\S+) -->\n```\S*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LEAST = 3  # that a changed way of writing them does not go unnoticed


def main() -> int:
    blocks = BLOCK.findall((ROOT / "README.md").read_text())
    differences = []
    for name, text in blocks:
        kept = (ROOT / name).read_text()
        differences += difflib.unified_diff(kept.splitlines(), text.splitlines(), name, "README.md", lineterm="")
    print("\n".join(differences), file=sys.stderr)
    if len(blocks) < LEAST:
        print(f"only {len(blocks)} blocks of README.md name a file", file=sys.stderr)
        return 1
    print(f"{len(blocks)} snippets compared")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
