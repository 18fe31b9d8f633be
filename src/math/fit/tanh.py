"""Constants of src/math/tanh.rs."""

from mpmath import atanh, mpf, tanh

from minimax import array, constant, f32, nearly, polynomial, ulp

# Where the error is least, by trial: in the interval from 0 and in the next one, which bound it,
# the one rises and the other falls with the step, and with how far the even part is fitted.
STEP = mpf("0.755")
FITTED = mpf(".533")
# Left of the middle, as the error is the worse the farther t falls below 0; and such that no
# result is less than that of a smaller input, which a sweep over all of them tells.
CENTRES = ["0.600", "1.465", "2.431", "3.682", "5.166", "6.700", "8.318"]

even, error = polynomial("sqrt(x) / tanh(sqrt(x)) - 1", range(1, 4), mpf(2) ** -40, FITTED**2)
centres, values, slopes = [mpf(0)], [mpf(0)], [mpf(1)]
for wish in map(mpf, CENTRES):
    x, y = nearly(tanh, atanh, wish, 0.0004 if wish < 1 else 0.02 if wish < 6 else 0.05 if wish < 8 else 0.4)
    centres.append(x)
    values.append(y)
    slopes.append(f32(1 - tanh(x) ** 2))

constant("STEPS", f32(1 / STEP))
array("EVEN", even)
array("CENTRES", centres)
array("VALUES", values)
array("SLOPES", slopes)
off = max(abs(tanh(x) - y) / ulp(y) for x, y in zip(centres[1:], values[1:]))
print(f"// The even part is within {float(error):.2g}, the values within {float(off):.2g} ULP.")
