"""GELU of four numbers, and two rows of softmax, in place."""
import ctypes

library = ctypes.CDLL("libactivations.so")
x = (ctypes.c_float * 4)(-2.0, -0.5, 0.0, 3.0)
size = ctypes.c_size_t
for status in [
    library.activations_gelu(x, x, size(4)),
    library.activations_softmax(x, x, size(2), size(2), size(1), None),
]:
    if status != 0:
        raise ValueError(status)
print(list(x))
