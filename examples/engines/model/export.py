#!/usr/bin/env python3
"""Writes the ONNX graph of a BERT model from its weights: export.py MODEL_DIR OUT.onnx

The nodes are those of Hugging Face's export through PyTorch: LayerNorm and GELU in their parts, softmax over masked
scores, the last hidden state and the pooler's output. PyTorch is not needed.
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file


class Graph:
    """Nodes and initializers, named as they come."""

    def __init__(self, weights):
        self.weights = weights
        self.nodes = []
        self.initializers = {}

    def constant(self, name, value):
        if name not in self.initializers:
            self.initializers[name] = numpy_helper.from_array(np.asarray(value, order="C"), name)
        return name

    def scalar(self, value):
        return self.constant(f"scalar_{value!r}", np.array(value, dtype=np.float32))

    def integers(self, *values):
        name = "integers_" + "_".join(map(str, values))
        return self.constant(name, np.array(values, dtype=np.int64))

    def weight(self, name):
        return self.constant(name, self.weights[name])

    def node(self, op, *inputs, output=None, **attributes):
        output = output or f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def linear(self, x, name):
        matrix = self.constant(f"{name}.weight_transposed", self.weights[f"{name}.weight"].T)
        product = self.node("MatMul", x, matrix)
        return self.node("Add", self.weight(f"{name}.bias"), product)

    def layer_norm(self, x, name, epsilon):
        centred = self.node("Sub", x, self.node("ReduceMean", x, axes=[-1]))
        squares = self.node("Pow", centred, self.scalar(2.0))
        variance = self.node("ReduceMean", squares, axes=[-1])
        deviation = self.node("Sqrt", self.node("Add", variance, self.scalar(epsilon)))
        scaled = self.node("Mul", self.node("Div", centred, deviation), self.weight(f"{name}.weight"))
        return self.node("Add", scaled, self.weight(f"{name}.bias"))

    def gelu(self, x):
        erf = self.node("Erf", self.node("Div", x, self.scalar(math.sqrt(2.0))))
        product = self.node("Mul", x, self.node("Add", erf, self.scalar(1.0)))
        return self.node("Mul", product, self.scalar(0.5))


def embeddings(graph, epsilon):
    length = graph.node("Gather", graph.node("Shape", "input_ids"), graph.integers(1))
    ids = graph.constant("position_ids", np.arange(512, dtype=np.int64)[None])
    positions = graph.node("Slice", ids, graph.integers(0), length, graph.integers(1))
    parts = [("word", "input_ids"), ("token_type", "token_type_ids"), ("position", positions)]
    words, types, places = (
        graph.node("Gather", graph.weight(f"embeddings.{table}_embeddings.weight"), index)
        for table, index in parts
    )
    total = graph.node("Add", graph.node("Add", words, types), places)
    return graph.layer_norm(total, "embeddings.LayerNorm", epsilon)


def mask(graph):
    """Zero for tokens, the least number of f32 for padding: [batch, 1, 1, sequence]."""
    kept = graph.node("Unsqueeze", "attention_mask", graph.integers(1, 2))
    kept = graph.node("Cast", kept, to=TensorProto.FLOAT)
    padding = graph.node("Sub", graph.scalar(1.0), kept)
    return graph.node("Mul", padding, graph.scalar(float(np.finfo(np.float32).min)))


def layer(graph, x, name, heads, size, epsilon, added):
    def split(part):
        y = graph.linear(x, f"{name}.attention.self.{part}")
        y = graph.node("Reshape", y, graph.integers(0, 0, heads, size))
        return graph.node("Transpose", y, perm=[0, 2, 3, 1] if part == "key" else [0, 2, 1, 3])

    query, key, value = (split(part) for part in ("query", "key", "value"))
    scores = graph.node("Div", graph.node("MatMul", query, key), graph.scalar(math.sqrt(size)))
    weights = graph.node("Softmax", graph.node("Add", scores, added), axis=-1)
    context = graph.node("Transpose", graph.node("MatMul", weights, value), perm=[0, 2, 1, 3])
    context = graph.node("Reshape", context, graph.integers(0, 0, heads * size))

    y = graph.linear(context, f"{name}.attention.output.dense")
    y = graph.layer_norm(graph.node("Add", y, x), f"{name}.attention.output.LayerNorm", epsilon)
    z = graph.gelu(graph.linear(y, f"{name}.intermediate.dense"))
    z = graph.linear(z, f"{name}.output.dense")
    return graph.layer_norm(graph.node("Add", z, y), f"{name}.output.LayerNorm", epsilon)


def export(directory, out):
    config = json.loads((directory / "config.json").read_text())
    if config["model_type"] != "bert" or config["hidden_act"] != "gelu":
        sys.exit(f"{directory}: no BERT model with GELU")
    hidden, heads = config["hidden_size"], config["num_attention_heads"]
    epsilon = config["layer_norm_eps"]
    graph = Graph(load_file(directory / "model.safetensors"))

    x = embeddings(graph, epsilon)
    added = mask(graph)
    for number in range(config["num_hidden_layers"]):
        name = f"encoder.layer.{number}"
        x = layer(graph, x, name, heads, hidden // heads, epsilon, added)
    graph.node("Identity", x, output="last_hidden_state")
    first = graph.node("Gather", x, graph.constant("first", np.array(0, dtype=np.int64)), axis=1)
    graph.node("Tanh", graph.linear(first, "pooler.dense"), output="pooler_output")

    tokens = ["batch", "sequence"]
    inputs = ["input_ids", "attention_mask", "token_type_ids"]
    outputs = {"last_hidden_state": [*tokens, hidden], "pooler_output": ["batch", hidden]}
    integers, floats = TensorProto.INT64, TensorProto.FLOAT
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            directory.name,
            [helper.make_tensor_value_info(name, integers, tokens) for name in inputs],
            [helper.make_tensor_value_info(name, floats, shape) for name, shape in outputs.items()],
            list(graph.initializers.values()),
        ),
        opset_imports=[helper.make_opsetid("", 14)],
        ir_version=8,
    )
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, out)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    export(Path(sys.argv[1]), sys.argv[2])
