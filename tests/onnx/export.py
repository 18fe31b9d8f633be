#!/usr/bin/env python3
"""ONNX's own test cases for its activation operators, as `tests/repo/onnx.rs` reads them.

    pip install --requirement tests/onnx/requirements.txt
    export.py           writes tests/data/onnx/cases.txt and values.f32
    export.py --check   fails where they are not what would be written

The cases are the node tests of ONNX's backends, which the package `onnx` generates from seeded random
numbers and a reference implementation in numpy. `cases.txt` has a paragraph for each:

    case NAME
    operator OPERATOR OPSET
    attribute NAME VALUE            for each attribute that is given
    input NAME TYPE SIZE..          for each input that is given, by its name in the operator's schema
    output NAME TYPE SIZE..

No size is a scalar. `values.f32` holds the values of all inputs and outputs in this order, little-endian.
A line `left_out REASON CASE` stands for each case of these operators that is not exported.

The maths is numpy's, without the instruction sets that not every x86-64 has, so that the bytes do not depend on
the CPU. (Another architecture or C library may round results otherwise.)
"""

import argparse
import os
import re
import warnings
from pathlib import Path

# Before numpy is loaded.
os.environ["NPY_DISABLE_CPU_FEATURES"] = "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"
warnings.simplefilter("ignore")

import numpy as np
import onnx
from onnx.backend.test.case.node import collect_testcases

OPERATORS = """
    Celu Clip Elu Erf Exp Gelu HardSigmoid HardSwish Hardmax Identity LeakyRelu LogSoftmax Mish PRelu Relu
    Selu Shrink Sigmoid Softmax Softplus Softsign SwiGLU Swish Tanh ThresholdedRelu
""".split()

HERE = Path(__file__).parent
DATA = HERE.parent / "data" / "onnx"
PINNED = re.search(r"^onnx==(.*)$", (HERE / "requirements.txt").read_text(), re.MULTILINE)[1]

# More than this is no file to check in.
LIMIT = 300_000


def base(name):
    """The case that an expanded one spells out in other operators."""
    return re.sub(r"_expanded(_ver\d+)?$", "", name)


def reason_against(case):
    """Why a case is left out, in one word."""
    if case.name != base(case.name):
        return "expanded"
    (inputs, outputs), *others = case.data_sets
    assert not others, case.name
    for value in [*inputs, *outputs]:
        if not isinstance(value, np.ndarray | np.generic):
            return "no_tensor"
        if value.dtype != np.float32:
            return str(value.dtype)
    return None


def attribute_text(attribute):
    value = onnx.helper.get_attribute_value(attribute)
    match value:
        case bytes():
            return value.decode()
        case float():
            # The shortest text that reads back as the same f32.
            return str(np.float32(value))
        case int():
            return str(value)
    raise TypeError(f"{attribute.name}: {value!r}")


def describe(case):
    """A paragraph on a case, and its values."""
    (node,) = case.model.graph.node
    (opset,) = case.model.opset_import
    schema = onnx.defs.get_schema(node.op_type, opset.version)
    (inputs, outputs) = case.data_sets[0]
    given = [formal.name for formal, name in zip(schema.inputs, node.input) if name]
    lines = [f"case {case.name}", f"operator {node.op_type} {opset.version}"]
    lines += [f"attribute {a.name} {attribute_text(a)}" for a in node.attribute]
    operands = [("input", *pair) for pair in zip(given, inputs, strict=True)]
    operands += [("output", schema.outputs[0].name, *outputs)]
    for kind, name, value in operands:
        lines.append(" ".join([kind, name, str(value.dtype), *map(str, value.shape)]))
    values = [np.asarray(value, "<f4").tobytes() for *_, value in operands]
    return lines, b"".join(values)


def export():
    """The contents of both files."""
    cases = sorted(collect_testcases(None), key=lambda case: case.name)
    operators = {
        case.name: node.op_type
        for case in cases
        if case.name == base(case.name)
        for node in case.model.graph.node
    }
    cases = [case for case in cases if operators.get(base(case.name)) in OPERATORS]
    paragraphs, blobs, left_out = [], [], []
    for case in cases:
        if reason := reason_against(case):
            left_out.append(f"left_out {reason} {case.name}")
        else:
            lines, values = describe(case)
            paragraphs.append(lines)
            blobs.append(values)
    head = [
        f"# Node tests of onnx {onnx.__version__}, exported by tests/onnx/export.py, which describes the format.",
        "# Copyright (c) ONNX Project Contributors. SPDX-License-Identifier: Apache-2.0; see LICENSE and README.md.",
        f"# {len(paragraphs)} cases; {len(left_out)} are left out, and listed at the end.",
    ]
    text = "\n\n".join("\n".join(lines) for lines in [head, *paragraphs, sorted(left_out)])
    return {"cases.txt": f"{text}\n".encode(), "values.f32": b"".join(blobs)}


def main():
    parser = argparse.ArgumentParser(description="ONNX's test cases for activations, for tests/repo/onnx.rs.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    if onnx.__version__ != PINNED:
        raise SystemExit(f"export.py: this is onnx {onnx.__version__}, not {PINNED}")
    files = export()
    size = sum(map(len, files.values()))
    if size > LIMIT:
        raise SystemExit(f"export.py: {size} bytes are more than {LIMIT}")
    for name, content in files.items():
        path = DATA / name
        if not check:
            path.write_bytes(content)
        elif path.read_bytes() != content:
            raise SystemExit(f"export.py: {path} is not what onnx {PINNED} gives")
    print(f"{size} bytes {'as expected' if check else 'written'}")


if __name__ == "__main__":
    main()
