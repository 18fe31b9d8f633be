"""What is compared, and how each is called.

A library has, for each function, calls on given buffers: `out_of_place(function, x, y)` and
`in_place(function, x)` return a call without arguments, or None where there is none.

Buffers of f32 are arrays of it. NumPy has no bf16: those of both 16-bit types are arrays of u16 with their bits.
"""

import ctypes
import re
import tempfile
from ctypes import c_char_p, c_double, c_size_t, c_void_p
from pathlib import Path

import numpy as np

ROW = 1024


def address(array):
    return c_void_p(array.ctypes.data)


class Own:
    """`activations`, its oracle, and the C library's memcpy."""

    name = "activations"
    dtype, storage, nan = "f32", np.float32, np.nan
    error_heads = ("Max ULP", r"Max ULP, \|x\| ≤ 8", "Wrong inf, NaN")

    def __init__(self, path, cap):
        self.library = ctypes.CDLL(str(path))
        self.declare()
        self.libc = ctypes.CDLL(None)
        isas = [cap] if cap else ["avx512", "avx2", "scalar"]
        self.isa = next((isa for isa in isas if self.find("relu", isa)), None)
        if self.isa is None:
            raise SystemExit(f"peers.py: --cap {cap}: this CPU lacks it")
        manifest = Path(__file__).parents[3] / "Cargo.toml"
        self.version = re.search('^version = "(.*)"', manifest.read_text(), re.MULTILINE)[1]

    def declare(self):
        self.library.activations_find.restype = c_void_p
        self.library.activations_find.argtypes = [c_char_p, c_char_p]
        self.library.activations_inputs_for_errors.restype = c_size_t

    def find(self, function, isa=None):
        kernel = self.library.activations_find(function.encode(), (isa or self.isa).encode())
        return c_void_p(kernel) if kernel else None

    def instructions(self, function):
        return self.isa

    def out_of_place(self, function, x, y):
        apply, kernel = self.library.activations_apply, self.find(function)
        x, y, length = address(x), address(y), c_size_t(x.size)
        return lambda: apply(kernel, x, y, length)

    def in_place(self, function, x):
        apply, kernel = self.library.activations_apply_in_place, self.find(function)
        x, length = address(x), c_size_t(x.size)
        return lambda: apply(kernel, x, length)

    def memcpy(self, x, y):
        copy, x, y, size = self.libc.memcpy, address(x), address(y), c_size_t(x.nbytes)
        return lambda: copy(y, x, size)

    def inputs(self, x):
        """Fills `x` with what is timed."""
        self.library.activations_inputs(address(x), c_size_t(x.size))

    def inputs_for_errors(self, function, stride):
        read, kernel = self.library.activations_inputs_for_errors, self.find(function)
        # For the first call there is no room: it tells how much it takes.
        x = np.empty(read(kernel, c_size_t(stride), address(np.empty(1, np.float32)), c_size_t(0)), np.float32)
        read(kernel, c_size_t(stride), address(x), c_size_t(x.size))
        return x

    def errors(self, function, x, results):
        """What `error_heads` names; numbers of results are whole."""
        assert x.size == results.size and results.dtype == np.float32
        errors = (c_double * 3)()
        kernel, length = self.find(function), c_size_t(x.size)
        self.library.activations_errors(kernel, address(x), address(results), length, errors)
        return errors[0], errors[1], int(errors[2])


class PyTorch:
    """Each function by its `out` form: with the buffer given, without an allocation."""

    name = "PyTorch"

    def __init__(self, cap, dtype):
        import torch

        self.dtype = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}[dtype]
        self.missing = {}
        self.torch, self.version = torch, torch.__version__
        torch.set_num_threads(1)
        torch.set_grad_enabled(False)
        nn = torch._C._nn
        self.calls = {
            # What relu is inside, which has no such form.
            "relu": lambda x, y: torch.clamp_min(x, 0, out=y),
            "leaky_relu": lambda x, y: nn.leaky_relu(x, 0.01, out=y),
            "hardswish": lambda x, y: nn.hardswish(x, out=y),
            "sigmoid": lambda x, y: torch.sigmoid(x, out=y),
            "tanh": lambda x, y: torch.tanh(x, out=y),
            "silu": lambda x, y: nn.silu(x, out=y),
            "gelu": lambda x, y: nn.gelu(x, out=y),
            "gelu_tanh": lambda x, y: nn.gelu(x, approximate="tanh", out=y),
            "elu": lambda x, y: nn.elu(x, out=y),
            "exp": lambda x, y: torch.exp(x, out=y),
            "erf": lambda x, y: torch.erf(x, out=y),
            "softplus": lambda x, y: nn.softplus(x, out=y),
            "mish": lambda x, y: nn.mish(x, out=y),
            "softmax": lambda x, y: torch.softmax(x, -1, out=y),
        }

    def instructions(self, function):
        return self.torch.backends.cpu.get_cpu_capability().lower()

    def out_of_place(self, function, x, y):
        call = self.calls[function]
        x, y = (self.torch.from_numpy(array.reshape(-1, ROW)).view(self.dtype) for array in (x, y))
        before = y.clone()
        try:
            call(x, y)
        except RuntimeError as error:
            if "not implemented" not in str(error):
                raise
            self.missing[function] = str(error).splitlines()[0]
            return None
        # A trial in place is to leave no trace.
        y.copy_(before)
        return lambda: call(x, y)

    def in_place(self, function, x):
        # Softmax reads what it has written, and no other form of it works in place.
        return None if function == "softmax" else self.out_of_place(function, x, x)


class OnnxRuntime:
    """A model of one node, bound to the buffers; SiLU is Sigmoid and Mul, which it fuses."""

    name = "ONNX Runtime"

    NODES = {
        "relu": [("Relu", {})],
        "leaky_relu": [("LeakyRelu", {"alpha": 0.01})],
        "hardswish": [("HardSwish", {})],
        "sigmoid": [("Sigmoid", {})],
        "tanh": [("Tanh", {})],
        "silu": [("Sigmoid", {}), ("Mul", {})],
        "gelu": [("Gelu", {})],
        "gelu_tanh": [("Gelu", {"approximate": "tanh"})],
        "elu": [("Elu", {"alpha": 1.0})],
        "exp": [("Exp", {})],
        "erf": [("Erf", {})],
        "softplus": [("Softplus", {})],
        "mish": [("Mish", {})],
        "softmax": [("Softmax", {"axis": -1})],
    }

    def __init__(self, cap, dtype):
        import onnx
        import onnxruntime

        kinds = {"f32": "FLOAT", "f16": "FLOAT16", "bf16": "BFLOAT16"}
        self.kind = getattr(onnx.TensorProto, kinds[dtype])
        self.missing = {}
        self.onnx, self.runtime, self.version = onnx, onnxruntime, onnxruntime.__version__
        self.sessions = {}

    def instructions(self, function):
        # Nothing tells which, and nothing caps it.
        session = self.session(function)
        return "its choice, of f32 between casts" if session and session.casts else "its choice"

    def session(self, function):
        if function not in self.sessions:
            self.sessions[function] = self.new_session(function)
        return self.sessions[function]

    def new_session(self, function):
        """None where it has no kernel of the type."""
        from onnxruntime.capi.onnxruntime_pybind11_state import NotImplemented as NoKernel

        helper, kind = self.onnx.helper, self.kind
        (first, attributes), *rest = self.NODES[function]
        inner = "t" if rest else "y"
        nodes = [helper.make_node(first, ["x"], [inner], **attributes)]
        nodes += [helper.make_node(name, ["x", inner], ["y"], **more) for name, more in rest]
        ends = [[helper.make_tensor_value_info(name, kind, ["rows", ROW])] for name in "xy"]
        model = helper.make_model(
            helper.make_graph(nodes, function, *ends),
            opset_imports=[helper.make_opsetid("", 22)],
            ir_version=10,
        )
        options = self.runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # It warns that a model that is written is for this machine alone, as it is.
        options.log_severity_level = 3
        with tempfile.TemporaryDirectory() as folder:
            options.optimized_model_filepath = str(Path(folder) / "optimized.onnx")
            try:
                session = self.runtime.InferenceSession(
                    model.SerializeToString(), options, providers=["CPUExecutionProvider"]
                )
            except NoKernel as error:
                self.missing[function] = str(error).splitlines()[0]
                return None
            optimized = self.onnx.load(options.optimized_model_filepath)
        # Where it has no kernel of f16, but one of f32, it casts.
        session.casts = any(node.op_type == "Cast" for node in optimized.graph.node)
        return session

    def out_of_place(self, function, x, y):
        session = self.session(function)
        if session is None:
            return None
        binding = session.io_binding()
        shape = (x.size // ROW, ROW)
        binding.bind_input("x", "cpu", 0, self.kind, shape, x.ctypes.data)
        binding.bind_output("y", "cpu", 0, self.kind, shape, y.ctypes.data)
        run = session.run_with_iobinding
        return lambda: run(binding)

    def in_place(self, function, x):
        return None
