"""Constants of src/math/erf.rs."""

import math
import struct

from mpmath import erf, mpf

from minimax import array, constant, f32, polynomial, ulp

MULTIPLES = [0, 1, 2, 3, 4, 5, 6, 8]
SATURATED = mpf("3.93")


def float32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def off(step):
    """How far from f32 numbers erf is at the multiples of `step`, in ULP."""
    y = [math.erf(n * step) for n in MULTIPLES[1:]]
    return max(abs(y - float32(y)) / 2.0 ** (math.frexp(y)[1] - 24) for y in y)


# From 0.459 on, the slope of the chord from 1/2 step to 1 step is below 1, which halves the
# rounding of the polynomial there; the wider the step, the less exact it is.
step = min((k * 2.0**-25 for k in range(int(0.4585 * 2**25), int(0.4625 * 2**25))), key=off)
values, rows = [], []
for j, n in enumerate(MULTIPLES):
    centre = n * mpf(step)
    if n == 0:
        value = mpf(0)
        f, powers, lo, hi = "erf(x) / x - 1", range(6), mpf(2) ** -40, step / 2
    else:
        value = f32(erf(centre))
        f, powers = f"erf({float(centre).hex()} + x) - {float(value).hex()}", range(1, 7)
        lo = (MULTIPLES[j - 1] - n) * step / 2
        hi = (MULTIPLES[j + 1] - n) * step / 2 if j < 7 else SATURATED - centre
    if n == 6:
        # Fitted a little wider, or three results are less than those of smaller inputs.
        lo, hi = lo * mpf("1.016"), hi * mpf("1.016")
    coefficients, error = polynomial(f, powers, lo, hi)
    values.append(value)
    rows.append(coefficients)
    print(f"// {n}: within {float(error * 2**24):.2f} ULP of numbers from 1/2 to 1")

constant("STEP", step)
constant("STEPS", f32(1 / step))
array("VALUES", values)
for k in range(6):
    array(f"P{k + 1}", [row[k] for row in rows])
print(f"// The values are within {off(step):.2g} ULP.")
