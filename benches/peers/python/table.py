"""The tables, as markdown: the columns of the other program."""

import datetime
import math
import platform

HEAD = """
| Function | Library | Instructions | Out of place | × memcpy | × this crate | In place | × memcpy | × this crate | {} | {} | {} |
|---|---|---|---|---|---|---|---|---|---|---|---|
"""

NOTES = """
Each time has the call from Python in it, which is most of it at 1 Ki elements: that of ctypes for this
crate and memcpy, that of the library's own binding for the others. PyTorch writes to a given buffer (`out=`),
ONNX Runtime to a bound one: no time of the two has an allocation in it.
"""

NOTES_16_BITS = """
Misrounded: the results, for all numbers of the type, that are not the correctly rounded ones by the oracle in f64;
nearer to a tie than that tells, both neighbours pass. candle returns new tensors, and each time of it has the
allocation and the release of one in it. none: the library has no kernel of this type, or lacks the function.
"""

VERDICT = """
## Is this crate ahead of every peer?

The factor is the time of the fastest peer, whatever its error, divided by that of this crate.

| Function | Elements | Out of place | In place |
|---|---|---|---|
"""


def report(own, peers, missing, survey):
    text = "# Peers from Python\n\n" + header(own, peers, missing)
    for elements, groups in survey:
        text += f"\n## {short(elements)} elements\n{HEAD.format(*own.error_heads)}"
        text += "".join(line(function, rows, row) for function, rows in groups for row in rows)
    notes = NOTES if own.dtype == "f32" else NOTES + NOTES_16_BITS + lacking(peers)
    return text + notes + verdict(own, survey)


def lacking(peers):
    """What the libraries said of what they have not."""
    text = ""
    for peer in peers:
        if peer.missing:
            functions, said = ", ".join(peer.missing), next(iter(peer.missing.values()))
            text += f"\n{peer.name} has no {functions}: `{said}`\n"
    return text


def header(own, peers, missing):
    libraries = ", ".join(f"{peer.name} {peer.version}".strip() for peer in peers)
    today = datetime.datetime.now(datetime.timezone.utc).date()
    lines = [
        f"CPU: {cpu()}",
        f"Date: {today} (UTC)",
        f"This crate: activations {own.version} on {own.isa}",
        f"Elements: {own.dtype}",
        f"Peers: {libraries}; Python {platform.python_version()}",
        *missing,
    ]
    return "".join(f"- {line}\n" for line in lines)


def cpu():
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        return next(names, "unnamed")


def line(function, rows, row):
    name, instructions, out_of_place, in_place, errors = row
    if out_of_place is None:
        return f"| {function} | {name} |{' none |' * 10}\n"
    memcpy = time_of(rows, "memcpy", 2)
    cells = [function, name, instructions]
    for column, time in ((2, out_of_place), (3, in_place)):
        own = time_of(rows, "activations", column)
        cells += [duration(time), ratio(time, memcpy), ratio(time, own)]
    cells += ["–"] * 3 if errors is None else [error_cell(error) for error in errors]
    return f"| {' | '.join(cells)} |\n"


def verdict(own, survey):
    text = VERDICT
    counts = {2: [0, 0], 3: [0, 0]}
    for elements, groups in survey:
        for function, rows in groups:
            cells = [standing(own, rows, column, counts[column]) for column in counts]
            text += f"| {function} | {short(elements)} | {' | '.join(cells)} |\n"
    (out, out_of), (inside, inside_of) = counts.values()
    return text + (
        f"\nAhead of every peer in {out} of {out_of} cases out of place"
        f" and in {inside} of {inside_of} in place.\n"
    )


def standing(own, rows, column, count):
    """This crate and the fastest of its peers; counts cases, and those where it is ahead."""
    peers = [row for row in rows if row[0] not in (own.name, "memcpy") and row[column]]
    if not peers:
        return "–"
    best = min(peers, key=lambda row: row[column])
    factor = best[column] / time_of(rows, own.name, column)
    count[0] += factor > 1
    count[1] += 1
    return f"{'ahead' if factor > 1 else '**behind**'}, {factor:.2f} × {best[0]}"


def time_of(rows, name, column):
    return next(row[column] for row in rows if row[0] == name)


def ratio(a, b):
    return f"{a / b:.2f}" if a and b else "–"


def duration(ns):
    if ns is None:
        return "–"
    if ns < 1e3:
        return f"{ns:.1f} ns"
    return f"{ns / 1e3:.2f} µs" if ns < 1e6 else f"{ns / 1e6:.2f} ms"


def error_cell(error):
    if isinstance(error, int):
        return str(error)  # A number of results.
    if math.isinf(error):
        return "inf"
    return f"{error:.2f}" if error < 1e4 else f"{error:.1e}"


def short(elements):
    for unit, name in ((1 << 20, "Mi"), (1 << 10, "Ki")):
        if elements % unit == 0:
            return f"{elements // unit} {name}"
    return str(elements)
