"""Times and errors: all libraries of a function take turns on the same buffers."""

import random
import sys
from time import perf_counter_ns

import numpy as np

# Elements that small blocks add up to: input and output together stay in a first-level cache.
PASS = 4096


def aligned(elements, storage):
    """An array that starts a page."""
    size = elements * np.dtype(storage).itemsize
    room = np.empty(size + 4096, np.uint8)
    start = -room.ctypes.data % 4096
    return room[start : start + size].view(storage)


class Case:
    """A call on each block, and the times that it took."""

    def __init__(self, calls, restore):
        self.calls, self.restore, self.samples = calls, restore, []

    def time(self):
        self.restore()
        calls = self.calls
        start = perf_counter_ns()
        for call in calls:
            call()
        return (perf_counter_ns() - start) / len(calls)

    def median(self):
        return sorted(self.samples)[len(self.samples) // 2]


def survey(scope, own, peers):
    """For each size and function a row for each library."""
    stride = 262_147 if scope.quick else 4099
    errors = {function: errors_of(function, own, peers, stride) for function in scope.functions}
    sizes = []
    for elements in scope.sizes:
        original = aligned(max(1, PASS // elements) * elements, own.storage)
        work = aligned(original.size, own.storage)
        own.inputs(original)
        most, least, least_rounds = (1 << 18, 3, 101) if scope.quick else (1 << 24, 7, 1001)
        rounds = min(max(most // elements, least), least_rounds)
        groups = []
        for function in scope.functions:
            print(f"{function}: {elements} elements, {rounds} rounds", file=sys.stderr)
            times = times_of(function, own, peers, original, work, elements, rounds)
            groups.append((function, rows_of(function, own, peers, times, errors[function])))
        sizes.append((elements, groups))
    return sizes


def errors_of(function, own, peers, stride):
    """The errors of all libraries that have the function, by name."""
    x = own.inputs_for_errors(function, stride)
    errors = {}
    for library in (own, *peers):
        y = np.full_like(x, own.nan)
        call = library.out_of_place(function, x, y)
        if call:
            call()
            errors[library.name] = own.errors(function, x, y)
    return errors


def times_of(function, own, peers, original, work, elements, rounds):
    """The median times of all libraries, out of place and in place, by name."""
    blocks = range(0, original.size, elements)
    pairs = [(original[at : at + elements], work[at : at + elements]) for at in blocks]
    cases = {("memcpy", "out"): Case([own.memcpy(x, y) for x, y in pairs], lambda: None)}
    for library in (own, *peers):
        calls = [library.out_of_place(function, x, y) for x, y in pairs]
        if None not in calls:
            cases[library.name, "out"] = Case(calls, lambda: None)
        calls = [library.in_place(function, y) for _, y in pairs]
        if None not in calls:
            cases[library.name, "in"] = Case(calls, lambda: np.copyto(work, original))
    # As in src/measure.rs: each call is to find the caches as it leaves them, and none is always to
    # come after the same other.
    warm_up = max(1, min((1 << 17) // elements, 4))
    order, shuffle = list(cases.values()), random.Random(1).shuffle
    for _ in range(rounds):
        shuffle(order)
        for case in order:
            for _ in range(warm_up):
                case.time()
            case.samples.append(case.time())
    return {key: case.median() for key, case in cases.items()}


def rows_of(function, own, peers, times, errors):
    """Name, instructions, both times, errors."""
    rows = [
        (
            library.name,
            library.instructions(function),
            times.get((library.name, "out")),
            times.get((library.name, "in")),
            errors.get(library.name),
        )
        for library in (own, *peers)
    ]
    return [*rows, ("memcpy", "C library's choice", times["memcpy", "out"], None, None)]
