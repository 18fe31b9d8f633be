"""PyTorch and ONNX Runtime side by side with `activations`: speed and error, in one table; of 16-bit types with candle
and with a table of all results, too.

Meant to be run by run.sh, which installs what it needs and builds the library that it loads.
"""

import argparse
import os
import sys
from pathlib import Path

SIZES = {"Ki": 1 << 10, "Mi": 1 << 20}
ROW = 1024
FUNCTIONS = (
    "relu leaky_relu hardswish sigmoid tanh silu gelu gelu_tanh elu exp erf softplus mish softmax"
).split()


def size(text):
    """A number of elements: 64Ki."""
    digits, unit = (text[:-2], SIZES[text[-2:]]) if text[-2:] in SIZES else (text, 1)
    elements = int(digits) * unit if digits.isascii() and digits.isdigit() else 0
    if not 0 < elements <= 1 << 28 or elements % ROW:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no size; it takes multiples of 1024 up to 256Mi, as in 64Ki"
        )
    return elements


def function(text):
    if text not in FUNCTIONS:
        raise argparse.ArgumentTypeError(f"no {text!r} among {', '.join(FUNCTIONS)}")
    return text


def listed(read):
    """A list of what `read` reads, with commas, none of it twice."""
    return lambda text: list(dict.fromkeys(read(part.strip()) for part in text.split(",")))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--library", type=Path, required=True, help="libactivations_native.so")
    parser.add_argument("--dtype", choices=["f32", "f16", "bf16"], default="f32")
    parser.add_argument("--cap", choices=["avx2", "avx512"], help="no more than these instructions")
    parser.add_argument("--sizes", type=listed(size), help="as in 1Ki,64Ki,16Mi (the default; 64Ki of 16 bits)")
    parser.add_argument("--functions", type=listed(function), help="all, or as in silu,gelu")
    parser.add_argument("--quick", action="store_true", help="be done in seconds")
    parser.add_argument("--out", type=Path, help="a folder for peers-python.md, or peers-f16.md")
    scope = parser.parse_args()
    sizes = [1 << 10, 1 << 16] if scope.quick else [1 << 10, 1 << 16, 1 << 24]
    compared = FUNCTIONS
    if scope.dtype != "f32":
        sizes = [1 << 16]
        # A softmax is no activation of single elements, for which alone there is a table.
        compared = [name for name in FUNCTIONS if name != "softmax"]
    scope.sizes = scope.sizes or sizes
    scope.functions = scope.functions or compared
    if not set(scope.functions) <= set(compared):
        parser.error("--functions softmax: it is compared in f32 alone")
    if not scope.library.is_file():
        parser.error(f"--library {scope.library}: no such file")
    if scope.out:
        try:
            scope.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            parser.error(f"--out {scope.out}: {error.strerror}")
        if not os.access(scope.out, os.W_OK):
            parser.error(f"--out {scope.out}: cannot be written")
    return scope


def cap_libraries(cap):
    """One thread, and no more than the instructions of `cap`; the libraries look when they load."""
    os.environ.update({"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"})
    if cap == "avx2":
        os.environ.update(
            {
                "ATEN_CPU_CAPABILITY": "avx2",
                "MKL_ENABLE_INSTRUCTIONS": "AVX2",
                "ONEDNN_MAX_CPU_ISA": "AVX2",
            }
        )


def main():
    scope = arguments()
    cap_libraries(scope.cap)
    # Only now: they read the environment.
    import float16
    import libraries
    import measure
    import table

    if scope.dtype == "f32":
        own, peers = libraries.Own(scope.library, scope.cap), []
    else:
        own = float16.Own16(scope.library, scope.cap, scope.dtype)
        peers = [float16.Table(own), float16.Candle(own)]
    missing = []
    for make in (libraries.PyTorch, libraries.OnnxRuntime):
        try:
            peers.append(make(scope.cap, scope.dtype))
        except (ImportError, OSError, ValueError) as error:
            missing.append(f"SKIPPED: {make.name}: {str(error).splitlines()[0]}")
    if not peers:
        print("\n".join(missing))
        return
    survey = measure.survey(scope, own, peers)
    text = table.report(own, peers, missing, survey)
    if scope.out:
        # Under its name only when it is whole.
        name = "python" if scope.dtype == "f32" else scope.dtype
        path = scope.out / f"peers-{name}.md"
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(path)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            sys.exit(f"peers.py: {path}: {error.strerror}")
    print(text, end="")


if __name__ == "__main__":
    main()
