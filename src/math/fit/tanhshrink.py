"""Constants of src/math/tanhshrink.rs."""

from mpmath import atanh, mpf, tanh

from minimax import array, constant, f32, nearly, polynomial

third = f32(mpf(1) / 3)
f = f"(1 - tanh(sqrt(x)) / sqrt(x)) / x / {float(third).hex()} - 1"
small, error = polynomial(f, range(7), mpf(2) ** -40, mpf(9) / 16)

# Where the error is least, by trial; and the exponents of the ULP of x in the interval.
WISHES = [("0.78", -24), ("1.10", -23), ("1.67", -23), ("2.45", -22)]
WISHES += [("3.40", -22), ("4.74", -21), ("6.18", -21)]
centres, values, slopes = [], [], []
for wish, exponent in WISHES:
    wish = mpf(wish)
    x, y = nearly(tanh, atanh, wish, 0.005 * wish, mpf(2) ** exponent)
    centres.append(x)
    values.append(y)
    slopes.append(f32(1 - y**2))

constant("THIRD", third)
array("SMALL", small)
array("CENTRES", centres + [mpf(9)])
array("VALUES", values + [mpf(1)])
array("SLOPES", slopes + [f32(mpf("7e-8"))])
print(f"// The polynomial is within {float(error):.2g}.")
