"""What is compared in 16-bit types alone, by calls of the library that run.sh builds."""

import re
from ctypes import c_char_p, c_double, c_size_t, c_void_p
from pathlib import Path

import numpy as np
from libraries import Own, address

# Numbers of a 16-bit type.
ALL = 1 << 16


class Own16(Own):
    """`activations` in a 16-bit type."""

    storage, nan = np.uint16, 0x7FFF
    error_heads = (f"Misrounded of {ALL:,}", "Max ULP", "Wrong inf, NaN")

    def __init__(self, path, cap, dtype):
        self.dtype, self.kernels = dtype, {}
        super().__init__(path, cap)

    def declare(self):
        self.library.activations16_find.restype = c_void_p
        self.library.activations16_find.argtypes = [c_char_p, c_char_p, c_char_p]
        self.library.activations16_candle_tensor.restype = c_void_p
        self.library.activations16_candle_built_for.restype = c_char_p

    def find(self, function, isa=None):
        key = function, isa or self.isa
        # Each has a table of its own, which takes time and memory.
        if key not in self.kernels:
            names = [name.encode() for name in (*key, self.dtype)]
            self.kernels[key] = self.library.activations16_find(*names)
        kernel = self.kernels[key]
        return c_void_p(kernel) if kernel else None

    def out_of_place(self, function, x, y):
        apply, kernel = self.library.activations16_apply, self.find(function)
        x, y, length = address(x), address(y), c_size_t(x.size)
        return lambda: apply(kernel, x, y, length)

    def in_place(self, function, x):
        apply, kernel = self.library.activations16_apply_in_place, self.find(function)
        x, length = address(x), c_size_t(x.size)
        return lambda: apply(kernel, x, length)

    def inputs(self, x):
        self.library.activations16_inputs(self.find("relu"), address(x), c_size_t(x.size))

    def inputs_for_errors(self, function, stride):
        return np.arange(ALL, dtype=np.uint16)

    def errors(self, function, x, results):
        assert results.size == ALL and results.dtype == np.uint16
        errors = (c_double * 3)()
        self.library.activations16_errors(self.find(function), address(results), errors)
        return int(errors[0]), errors[1], int(errors[2])


class Table:
    """A table of all results: one loop for every function, and as fast for each."""

    name = "table of 65,536"
    version = ""

    def __init__(self, own):
        self.own, self.missing = own, {}

    def instructions(self, function):
        return "a load an element"

    def out_of_place(self, function, x, y):
        look_up, kernel = self.own.library.activations16_look_up, self.own.find(function)
        x, y, length = address(x), address(y), c_size_t(x.size)
        return lambda: look_up(kernel, x, y, length)

    def in_place(self, function, x):
        return self.out_of_place(function, x, x)


class Candle:
    """`candle`, which returns new tensors: allocation and release are in its times."""

    name = "candle"

    def __init__(self, own):
        self.own, self.missing = own, {}
        lock = (Path(__file__).parents[1] / "Cargo.lock").read_text()
        self.version = re.search('^name = "candle-core"\nversion = "(.*)"', lock, re.MULTILINE)[1]

    def instructions(self, function):
        return self.own.library.activations16_candle_built_for().decode()

    def tensor(self, function, x):
        library, kernel = self.own.library, self.own.find(function)
        tensor = library.activations16_candle_tensor(kernel, address(x), c_size_t(x.size))
        if not tensor:
            self.missing[function] = f"no {function} of {self.own.dtype}"
        return c_void_p(tensor) if tensor else None

    def out_of_place(self, function, x, y):
        """Fills `y` with its results before, as the call that is timed gives them away."""
        tensor = self.tensor(function, x)
        if tensor is None:
            return None
        library, kernel = self.own.library, self.own.find(function)
        library.activations16_candle_results(kernel, tensor, address(y))
        apply = library.activations16_candle
        return lambda: apply(kernel, tensor)

    def in_place(self, function, x):
        return None
