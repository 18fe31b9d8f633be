#!/usr/bin/env python3
"""The constants of gate.rs: python3 gate.py; with `search`, the factor as well (some minutes).

e^(cw) = 2^(-n/8) e^(cr) for n = -round(8cw / ln 2), in units of the argument w, where c is a
constant of the activation. The table holds 2^(-j/8) times a factor a little above 1, by which all
eight entries lie close to floats; e^(cr) divided by it, less 1, is a cubic in r.
"""
import sys
import mpmath as mp

mp.mp.prec = 120
FACTOR = 1 + mp.mpf("0.02711701399120159")


def f32(x, bits=24):
    x = mp.mpf(x)
    if x == 0:
        return mp.mpf(0)
    m, e = mp.frexp(x)
    return mp.nint(m * 2**bits) * mp.mpf(2) ** (e - bits)


def literal(x):
    text = float(x).hex()  # [-]0x1.ddddddddddddd0p[+-]e
    mantissa, exponent = text.split("p")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f'"{mantissa}p{int(exponent)}"'


def show(name, value):
    print(f"{name}: hex({literal(value)}), // {mp.nstr(mp.mpf(value), 9)}")


def worst(factor):
    """The largest relative error of an entry of the table."""
    entries = [factor * mp.mpf(2) ** (mp.mpf(-j) / 8) for j in range(8)]
    return max(abs(f32(t) / t - 1) for t in entries)


def search():
    """The factor between 1 and 1.04 for which the table is most accurate."""
    powers = [2.0 ** (-j / 8) for j in range(8)]
    best = (1.0, 0.0)
    for i in range(1 << 24):
        factor = 1 + i * 0.04 / (1 << 24)
        error = 0.0
        for power in powers:
            t = factor * power
            unit = 2.0**-24 if t < 1 else 2.0**-23
            error = max(error, abs(t / unit - round(t / unit)) * unit / t)
            if error >= best[0]:
                break
        else:
            best = (error, factor)
    return best


def cubic():
    """(e^r / FACTOR - 1) on |r| <= ln2/16, minimax by reweighted least squares."""
    radius = mp.log(2) / 16 * mp.mpf("1.0005")
    n = 200
    xs = [radius * mp.cos(mp.pi * (k + mp.mpf("0.5")) / n) for k in range(n)]
    weights = [mp.mpf(1)] * n
    best = None
    for _ in range(30):
        a, y = mp.matrix(n, 4), mp.matrix(n, 1)
        for i, x in enumerate(xs):
            root = mp.sqrt(weights[i])
            for j in range(4):
                a[i, j] = root * x**j
            y[i] = root * mp.exp(x)
        c = mp.lu_solve(a, y)
        errors = [abs(mp.polyval([c[3], c[2], c[1], c[0]], x) - mp.exp(x)) for x in xs]
        if best is None or max(errors) < best[0]:
            best = (max(errors), [c[j] / FACTOR for j in range(4)])
        weights = [w * e for w, e in zip(weights, errors)]
        total = sum(weights)
        weights = [w / total for w in weights]
    error, c = best
    c[0] -= 1
    return error, c


if "search" in sys.argv:
    print(search())
print("TABLE, off by at most 2^", mp.nstr(mp.log(worst(FACTOR), 2), 4), sep="")
for j in range(8):
    t = f32(FACTOR * mp.mpf(2) ** (mp.mpf(-j) / 8))
    print(f"    {literal(t)}, // {mp.nstr(t, 9)}")
error, c = cubic()
print("e^r, off by at most 2^", mp.nstr(mp.log(error, 2), 4), sep="")
for name, scale, bits in (
    ("LOGISTIC", mp.mpf(1), 24),
    ("QUICK_GELU", mp.mpf("1.702"), 24),
    # A product with n (11 bits) is exact.
    ("GELU_TANH", 2 * mp.sqrt(2 / mp.pi) * mp.mpf("0.044715"), 13),
):
    print(name)
    step = mp.log(2) / 8 / scale
    high = f32(step, bits)
    show("    steps", f32(-1 / step))
    show("    step_high", high)
    show("    step_low", f32(step - high))
    for k in range(4):
        show(f"    coefficient of r^{k}", f32(c[k] * scale**k))
ratio = 1 / mp.mpf("0.044715")
high = f32(ratio, 21)
show("RATIO_HIGH", high)
show("RATIO_LOW", f32(ratio - high))
