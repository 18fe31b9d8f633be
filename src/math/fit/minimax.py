"""What the scripts here share: polynomials with coefficients in f32, from Sollya's `fpminimax`, and
constants in the form in which they stand in the sources.

Needs `sollya` and Python's `mpmath`.
"""

import struct
import subprocess

from mpmath import mp, mpf

mp.prec = 120


def f32(x):
    """The f32 nearest to x, exactly."""
    return mpf(struct.unpack("<f", struct.pack("<f", float(x)))[0])


def ulp(x):
    """The spacing of f32 at a normal number."""
    (bits,) = struct.unpack("<I", struct.pack("<f", abs(float(x))))
    return mpf(struct.unpack("<f", struct.pack("<I", bits + 1))[0]) - abs(f32(x))


def hexadecimal(x):
    """An f32 as a literal."""
    if x == 0:
        return "0x0p0"
    mantissa, exponent = float(x).hex().split("p")
    return f"{mantissa.rstrip('0').rstrip('.')}p{int(exponent)}"


def polynomial(f, powers, lo, hi):
    """Coefficients, lowest power first, of the polynomial nearest to `f`, an expression in x, on
    [lo, hi], and the largest absolute error."""
    powers = list(powers)
    script = f"""
        verbosity = 0!; prec = 200!; display = hexadecimal!;
        f = {f}; I = [{float(lo).hex()}; {float(hi).hex()}];
        p = fpminimax(f, [|{", ".join(map(str, powers))}|], [|{", ".join(["SG"] * len(powers))}|],
                      I, floating, absolute);
        {" ".join(f"print(coeff(p, {k}));" for k in powers)}
        print(double(dirtyinfnorm(p - f, I))); quit;
    """.replace("p+", "p")
    run = subprocess.run(["sollya"], input=script, text=True, capture_output=True)
    *found, error = [mpf(float.fromhex(line)) for line in run.stdout.split()]
    return [f32(c) for c in found], error


def constant(name, x):
    print(f'const {name}: f32 = hex("{hexadecimal(x)}"); // {float(x):.8g}')


def array(name, entries, comments=None):
    print(f"const {name}: [f32; {len(entries)}] = [")
    rows = [(f'    hex("{hexadecimal(x)}"),', f"{float(x):.8g}") for x in entries]
    width = max(len(code) for code, _ in rows)
    for i, (code, comment) in enumerate(rows):
        print(f"{code:{width}} // {comment if comments is None else comments[i]}")
    print("];")


def nearly(f, inverse, wish, span, grid=None):
    """(x, y): f32 values near `wish` with y = f(x) as exactly as can be; y is a multiple of `grid`,
    by default of its own last place."""
    grid = ulp(f(wish)) if grid is None else grid
    best = None
    first = int(f(wish) / grid)
    for k in range(first - 3000, first + 3001):
        y = k * grid
        if not 0 < y < 1:
            continue
        x = f32(inverse(y))
        if abs(x - wish) <= span and (best is None or abs(f(x) - y) < best[0]):
            best = (abs(f(x) - y), x, y)
    return best[1:]
