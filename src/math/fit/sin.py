"""The constants of `sin.rs`: the parts of pi, and the polynomial of sin r.

The polynomial is that of the least relative error, found by Remez' exchange; the coefficients are rounded to f32 one after the
other, and those behind are found again.

Needs Python's `mpmath`.
"""

from minimax import array, constant, f32
from mpmath import cos, floor, ldexp, lu_solve, matrix, mp, mpf, nint, pi, sin, sqrt

mp.prec = 300

# The largest s.
END = (pi / 2 + mpf(2) ** -10) ** 2

# What P changes its sign with.
C = f32(mpf("-0.15"))

# The number of coefficients of P.
DEGREE = 5


def ratio(s):
    """sin(r)/r."""
    return sin(sqrt(s)) / sqrt(s)


def extremes(error, count):
    """Where `error` is largest, with turning signs."""
    grid = [END * (1 - cos(pi * k / 600)) / 2 + mpf("1e-12") for k in range(601)]
    values = [error(s) for s in grid]
    found = []
    for k, value in enumerate(values):
        around = values[max(k - 1, 0) : k + 2]
        if abs(value) < max(abs(v) for v in around):
            continue
        if found and (values[found[-1]] > 0) == (value > 0):
            if abs(value) > abs(values[found[-1]]):
                found[-1] = k
        else:
            found.append(k)
    while len(found) > count:
        found.pop(0 if abs(values[found[0]]) < abs(values[found[-1]]) else -1)
    return [grid[k] for k in found]


def remez(known, count):
    """`count` coefficients behind those that are `known`, of which the first is that of s."""

    def rest(s):
        return ratio(s) - 1 - sum(c * s ** (k + 1) for k, c in enumerate(known))

    points = [END * (1 - cos(pi * (2 * i + 1) / (2 * count + 2))) / 2 for i in range(count + 1)]
    for _ in range(12):
        system, right = matrix(count + 1, count + 1), matrix(count + 1, 1)
        for i, s in enumerate(points):
            for k in range(count):
                system[i, k] = s ** (len(known) + 1 + k)
            system[i, count] = (-1) ** i * ratio(s)
            right[i] = rest(s)
        solved = lu_solve(system, right)

        def error(s):
            powers = (solved[k] * s ** (len(known) + 1 + k) for k in range(count))
            return (rest(s) - sum(powers)) / ratio(s)

        found = extremes(error, count + 1)
        if len(found) < count + 1:
            break
        points = found
    return [solved[k] for k in range(count)]


coefficients, known = [], []
for i in range(DEGREE):
    first = remez(known, DEGREE - i)[0]
    coefficients.append(f32(first - C if i == 0 else first))
    known = [C + coefficients[0], *coefficients[1:]]

points = [END * k / 2000 for k in range(1, 2001)]
values = [1 + sum(c * s ** (k + 1) for k, c in enumerate(known)) for s in points]
worst = max(abs(v / ratio(s) - 1) for v, s in zip(values, points))

low = pi - f32(pi)
middle = nint(ldexp(low, 36)) / 2**36
constant("INVERSE_PI", f32(1 / pi))
constant("PI", f32(pi))
constant("PI_LOW", f32(low))
constant("PI_MIDDLE", middle)
constant("PI_LOWEST", f32(low - middle))
constant("FIRST", C)
array("REST", coefficients)
print(f"// relative error {float(worst):.2g}")
digits = int(floor(ldexp(1 / pi, 224)))
print([f"{digits >> 32 * k & 0xffffffff:#010x}" for k in reversed(range(7))])
