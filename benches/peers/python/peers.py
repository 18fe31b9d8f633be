"""PyTorch and ONNX Runtime side by side with `activations`: speed and error, in one table.

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
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, required=True, help="libactivations_native.so")
    parser.add_argument("--cap", choices=["avx2", "avx512"], help="no more than these instructions")
    parser.add_argument("--sizes", type=listed(size), help="as in 1Ki,64Ki,16Mi (the default)")
    parser.add_argument("--functions", type=listed(function), default=FUNCTIONS)
    parser.add_argument("--quick", action="store_true", help="be done in seconds")
    parser.add_argument("--out", type=Path, help="a folder for peers-python.md")
    scope = parser.parse_args()
    scope.sizes = scope.sizes or ([1 << 10, 1 << 16] if scope.quick else [1 << 10, 1 << 16, 1 << 24])
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
    os.environ.update({"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"})
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
    import libraries
    import measure
    import table

    own = libraries.Own(scope.library, scope.cap)
    peers, missing = [], []
    for make in (libraries.PyTorch, libraries.OnnxRuntime):
        try:
            peers.append(make(scope.cap))
        except (ImportError, OSError, ValueError) as error:
            missing.append(f"SKIPPED: {make.name}: {str(error).splitlines()[0]}")
    if not peers:
        print("\n".join(missing))
        return
    survey = measure.survey(scope, own, peers)
    text = table.report(own, peers, missing, survey)
    if scope.out:
        # Under its name only when it is whole.
        path = scope.out / "peers-python.md"
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
