#!/usr/bin/env python3
"""ONNX's own test cases for its activation operators, as `tests/repo/onnx.rs` reads them.

    pip install --requirement tests/onnx/requirements.txt
    export.py           writes tests/data/onnx/cases.txt and values.bin
    export.py --check   fails where they are not what would be written

The cases are the node tests of ONNX's backends, which the package `onnx` generates from seeded random
numbers and a reference implementation in numpy. `cases.txt` has a paragraph for each:

    case NAME
    operator OPERATOR OPSET
    attribute NAME VALUE            for each attribute that is given
    input NAME TYPE @START SIZE..   for each input that is given, by its name in the operator's schema
    output NAME TYPE @START SIZE..  for each output that is given

No size is a scalar. The elements of a tensor are in `values.bin` from byte START on, little-endian and a byte for each
bool. Tensors share bytes where they can: each case draws its inputs from the same random numbers.
A line `left_out REASON CASE` stands for each case of these operators that is not exported. Neither are the outputs in
CONCATENATED, of any case.

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
os.environ["OPENBLAS_CORETYPE"] = "Prescott"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
warnings.simplefilter("ignore")

import numpy as np
import onnx
from onnx.backend.test.case.node import collect_testcases

OPERATORS = """
    Attention Celu Clip Elu Erf Exp Gelu HardSigmoid HardSwish Hardmax Identity LeakyRelu LogSoftmax Mish PRelu Relu
    Selu Shrink Sigmoid Softmax Softplus Softsign SwiGLU Swish Tanh ThresholdedRelu
""".split()

# The types of what is exported of a case: of attention, of others.
ATTENTION_TYPES = ["float32", "float16", "bfloat16", "bool", "int64"]
TYPES = ["float32"]

# Outputs that are two inputs, one after the other.
CONCATENATED = ["present_key", "present_value"]

HERE = Path(__file__).parent
DATA = HERE.parent / "data" / "onnx"
PINNED = re.search(r"^onnx==(.*)$", (HERE / "requirements.txt").read_text(), re.MULTILINE)[1]

# More than this is no file to check in.
LIMIT = 320_000


def base(name):
    """The case that an expanded one spells out in other operators."""
    return re.sub(r"_expanded(_ver\d+)?$", "", name)


def reason_against(case, operator):
    """Why a case is left out, in one word."""
    if case.name != base(case.name):
        return "expanded"
    types = ATTENTION_TYPES if operator == "Attention" else TYPES
    (inputs, outputs), *others = case.data_sets
    assert not others, case.name
    for value in [*inputs, *outputs]:
        if not isinstance(value, np.ndarray | np.generic):
            return "no_tensor"
        if str(value.dtype) not in types:
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


def little_endian(value):
    """The bytes of a tensor."""
    return value.astype(value.dtype.newbyteorder("<")).tobytes()


def operands(case):
    """Inputs and outputs that are exported: what they are, their names in the schema, and their values."""
    (node,) = case.model.graph.node
    schema = onnx.defs.get_schema(node.op_type, opset_of(case, node).version, node.domain)
    (inputs, outputs) = case.data_sets[0]
    for kind, formals, names, values in [
        ("input", schema.inputs, node.input, inputs),
        ("output", schema.outputs, node.output, outputs),
    ]:
        given = [formal.name for formal, name in zip(formals, names) if name]
        for name, value in zip(given, values, strict=True):
            if name not in CONCATENATED:
                yield kind, name, np.asarray(value)


def opset_of(case, node):
    """The opset, of those that a case imports, that its operator is from."""
    (opset,) = (opset for opset in case.model.opset_import if opset.domain == node.domain)
    return opset


def pool(tensors):
    """Bytes that hold each of the tensors somewhere."""
    held = bytearray()
    for tensor in sorted(set(tensors), key=lambda tensor: (-len(tensor), tensor)):
        if tensor not in held:
            held += tensor
    return bytes(held)


def describe(case, values):
    """A paragraph on a case, whose tensors `values` hold."""
    (node,) = case.model.graph.node
    lines = [f"case {case.name}", f"operator {node.op_type} {opset_of(case, node).version}"]
    lines += [f"attribute {a.name} {attribute_text(a)}" for a in node.attribute]
    for kind, name, value in operands(case):
        start = values.index(little_endian(value))
        lines.append(" ".join([kind, name, str(value.dtype), f"@{start}", *map(str, value.shape)]))
    return lines


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
    exported, left_out = [], []
    for case in cases:
        if reason := reason_against(case, operators[base(case.name)]):
            left_out.append(f"left_out {reason} {case.name}")
        else:
            exported.append(case)
    values = pool([little_endian(value) for case in exported for *_, value in operands(case)])
    paragraphs = [describe(case, values) for case in exported]
    head = [
        f"# Node tests of onnx {onnx.__version__}, exported by tests/onnx/export.py, which describes the format.",
        "# Copyright (c) ONNX Project Contributors. SPDX-License-Identifier: Apache-2.0; see LICENSE and README.md.",
        f"# {len(paragraphs)} cases; {len(left_out)} are left out, and listed at the end.",
    ]
    text = "\n\n".join("\n".join(lines) for lines in [head, *paragraphs, sorted(left_out)])
    return {"cases.txt": f"{text}\n".encode(), "values.bin": values}


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
