#!/usr/bin/env python3
"""Writes tests/data/onnx/bytes.txt: activations of 8-bit elements as others compute them.

    pip install -r tests/onnx/requirements.txt onnxruntime
    python tests/onnx/quantized.py

Each line is who computed it, the operator with its parameter, the type, the scales and zero points of input and output,
and the results for the 256 values, from the smallest on, as hexadecimal bytes. Those of `onnxruntime` are its operators
QLinearSigmoid and QLinearLeakyRelu; those of `onnx` are its reference evaluator's DequantizeLinear, the operator,
QuantizeLinear.
"""

from pathlib import Path

import numpy as np
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

TARGET = Path(__file__).parent.parent / "data" / "onnx" / "bytes.txt"

# Input scale and zero point, output scale and zero point, all for u8; for i8 the zero points are 128 less.
QUANTIZATIONS = [
    (0.1, 128, 1 / 256, 0),
    (0.047, 100, 0.0123, 7),
    (0.02, 0, 0.02, 255),
    (0.5, 200, 0.11, 128),
    (0.0078125, 131, 0.0078125, 131),
]
# Operators of ONNX, their attributes, and their names in this crate.
OPERATORS = [
    ("Sigmoid", {}, "sigmoid"),
    ("Tanh", {}, "tanh"),
    ("Relu", {}, "relu"),
    ("LeakyRelu", {"alpha": 0.1}, "leaky_relu(0.1)"),
    ("Elu", {"alpha": 1.0}, "elu"),
    ("HardSwish", {}, "hardswish"),
    ("Softplus", {}, "softplus"),
    ("Mish", {}, "mish"),
    ("Gelu", {}, "gelu"),
]
TYPES = {"u8": (np.uint8, TensorProto.UINT8, 0), "i8": (np.int8, TensorProto.INT8, -128)}


def model(nodes, inputs, of):
    values = [helper.make_tensor_value_info(name, kind, None) for name, kind in inputs]
    graph = helper.make_graph(nodes, "g", values, [helper.make_tensor_value_info("y", of, None)])
    opsets = [helper.make_opsetid("", 22), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def constants(kind, dtype, quantization):
    xs, xz, ys, yz = quantization
    return {
        "xs": np.float32(xs).reshape(()),
        "xz": np.array(xz, dtype),
        "ys": np.float32(ys).reshape(()),
        "yz": np.array(yz, dtype),
    }


def initialised(nodes, kind, feeds):
    """The model with its constants as initializers, as ONNX Runtime wants them."""
    made = model(nodes, [("x", kind)], kind)
    for name, value in feeds.items():
        of = TensorProto.FLOAT if value.dtype == np.float32 else kind
        made.graph.initializer.append(helper.make_tensor(name, of, [], [value.item()]))
    return made


def main():
    lines = []
    for name, (dtype, kind, shift) in TYPES.items():
        x = np.arange(256, dtype=np.int32)
        x = (x + shift).astype(dtype)
        for xs, xz, ys, yz in QUANTIZATIONS:
            quantization = (xs, xz + shift, ys, yz + shift)
            numbers = " ".join(repr(float(np.float32(n))) if i % 2 == 0 else str(n) for i, n in enumerate(quantization))
            feeds = constants(kind, dtype, quantization)
            add = lambda who, what, y: lines.append(f"{who} {what} {name} {numbers} {y.astype(dtype).tobytes().hex()}")
            for operator, attributes, of_crate in OPERATORS:
                nodes = [
                    helper.make_node("DequantizeLinear", ["x", "xs", "xz"], ["r"]),
                    helper.make_node(operator, ["r"], ["s"], **attributes),
                    helper.make_node("QuantizeLinear", ["s", "ys", "yz"], ["y"]),
                ]
                inputs = [("x", kind), ("xs", 1), ("xz", kind), ("ys", 1), ("yz", kind)]
                add("onnx", of_crate, ReferenceEvaluator(model(nodes, inputs, kind)).run(None, {"x": x, **feeds})[0])
            for operator, attributes, of_crate in [("QLinearSigmoid", {}, "sigmoid"), ("QLinearLeakyRelu", {"alpha": 0.1}, "leaky_relu(0.1)")]:
                nodes = [helper.make_node(operator, ["x", "xs", "xz", "ys", "yz"], ["y"], domain="com.microsoft", **attributes)]
                session = onnxruntime.InferenceSession(
                    initialised(nodes, kind, feeds).SerializeToString(), providers=["CPUExecutionProvider"]
                )
                add("onnxruntime", of_crate, session.run(None, {"x": x})[0])
    TARGET.write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} tables in {TARGET}")


if __name__ == "__main__":
    main()
