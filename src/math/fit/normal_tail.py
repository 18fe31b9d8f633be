#!/usr/bin/env python3
"""The constants of normal_tail.rs: python3 normal_tail.py.

2 e^(u^2/2) Phi(-u) = FACTOR 2^(-k/8) e^(-d P(t) / 2) in each of eight intervals of u, with
y = SCALE u + START, d = u - centre and t = d/y; the integer k and the centre are chosen such that
the left side is FACTOR 2^(-k/8) at the centre, as exactly as a float centre can make it. FACTOR
lies close to 1 and makes the eight entries of the table of 2^(j/8) lie close to floats.
"""
import mpmath as mp

mp.mp.prec = 140
FACTOR = mp.mpf("0.9706414976716041")
TOP = mp.mpf("14.385")
DEGREE = 5
K = [1, 7, 13, 18, 22, 24, 28, 31]
# Binade by binade: the quarters of 4..8, 8..16 and 16..32 that y goes through.
BOUNDS = [7, 8, 10, 12, 14, 16, 20, 24]


def f32(x, bits=24):
    x = mp.mpf(x)
    if x == 0:
        return mp.mpf(0)
    m, e = mp.frexp(x)
    return mp.nint(m * 2**bits) * mp.mpf(2) ** (e - bits)


def literal(x):
    text = float(x).hex()
    mantissa, exponent = text.split("p")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f'"{mantissa}p{int(exponent)}"'


START = f32(mp.mpf("6.3"))
SCALE = f32((24 - START) / TOP)
STEP = mp.log(2) / 4
STEP_HIGH = f32(STEP, 13)  # A product with 11 bits is exact.


def psi(u):
    return -2 * mp.log(mp.exp(u * u / 2) * mp.erfc(u / mp.sqrt(2)) / FACTOR)


def show(name, values):
    """In the order of the index: bits 21 to 23 of y."""
    print(name)
    order = sorted(range(8), key=lambda i: (i + 6) % 8)
    for i in order:
        print(f"    {literal(values[i])}, // {mp.nstr(values[i], 9)}")


centres, coefficients = [], []
low = mp.mpf(0)
for i, bound in enumerate(BOUNDS):
    high = (bound - START) / SCALE
    # Beyond 13.3 results have few bits.
    end = min(high, mp.mpf("13.3"))
    centre = f32(mp.findroot(lambda u: psi(u) - K[i] * STEP, (low + end) / 2))
    assert low <= centre <= end
    points = []
    n = 80
    first, last = SCALE * low + START, SCALE * end + START
    for q in range(n):
        x = -mp.cos(mp.pi * (q + mp.mpf("0.5")) / n)
        y = 1 / ((1 / first + 1 / last) / 2 + (1 / last - 1 / first) / 2 * x)
        u = (y - START) / SCALE
        d = u - centre
        points.append((d, d / y, psi(u) - K[i] * STEP))
    # Round a coefficient, then fit the others again.
    c = []
    for m in range(DEGREE):
        a, b = mp.matrix(n, DEGREE - m), mp.matrix(n, 1)
        for q, (d, t, value) in enumerate(points):
            for j in range(m, DEGREE):
                a[q, j - m] = d * t**j
            b[q] = value - sum(c[j] * d * t**j for j in range(m))
        c.append(f32(mp.lu_solve(a, b)[0]))
    error = max(abs(sum(c[j] * d * t**j for j in range(DEGREE)) - v) / 2 for d, t, v in points)
    print(f"{mp.nstr(low, 4)} to {mp.nstr(high, 4)}: off by 2^{mp.nstr(mp.log(error, 2), 4)}")
    centres.append(centre)
    coefficients.append(c)
    low = high

print("SCALE", literal(SCALE), "START", literal(START))
print("STEPS", literal(f32(-1 / STEP)))
print("STEP_HIGH", literal(STEP_HIGH), "STEP_LOW", literal(f32(STEP - STEP_HIGH)))
print("TABLE")
for j in range(8):
    t = f32(FACTOR * mp.mpf(2) ** (mp.mpf(j) / 8))
    print(f"    {literal(t)}, // {mp.nstr(t, 9)}")
print("K", sorted(K, key=lambda k: (K.index(k) + 6) % 8))
show("CENTRE", centres)
for m in range(DEGREE):
    show(f"P{m}", [c[m] for c in coefficients])
