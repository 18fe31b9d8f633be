"""Constants of src/math/tanhshrink.rs."""

from mpmath import atanh, mpf, tanh

from minimax import array, constant, f32, nearly, polynomial

# Among what x^3 is multiplied by, so that the polynomial is small; where the error is least, by trial.
factor = f32(mpf("0.2945"))
f = f"(1 - tanh(sqrt(x)) / sqrt(x)) / x / {float(factor).hex()} - 1"
small, error = polynomial(f, range(7), mpf(2) ** -40, mpf(9) / 16)

even, even_error = polynomial("sqrt(x) / tanh(sqrt(x)) - 1", range(1, 4), mpf(2) ** -40, mpf("0.42") ** 2)

# Where the error is least, by trial; and the exponents of the ULP of x in the interval.
WISHES = [("0.851", -24), ("1.10", -23), ("1.67", -23), ("2.45", -22)]
WISHES += [("3.40", -22), ("4.74", -21), ("6.18", -21)]
centres, values, slopes = [], [], []
for wish, exponent in WISHES:
    wish = mpf(wish)
    x, y = nearly(tanh, atanh, wish, 0.0004 if wish < 1 else 0.005 * wish, mpf(2) ** exponent)
    centres.append(x)
    values.append(y)
    slopes.append(f32(1 - y**2))

constant("FACTOR", factor)
array("SMALL", small)
array("EVEN", even)
array("CENTRES", centres + [mpf(9)])
array("VALUES", values + [mpf(1)])
array("SLOPES", slopes + [f32(mpf("7e-8"))])
print(f"// The polynomials are within {float(error):.2g} and {float(even_error):.2g}.")
