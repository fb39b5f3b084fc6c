"""Writes trend_season.csv: hourly labels and the fit of an additive trend-and-seasonality model by plain Gaussian elimination.

The model is Prophet's (Taylor and Letham 2018, "Forecasting at scale", The American Statistician 72) with a normal prior of the changes
of the slope in place of the Laplace prior, so that the most likely coefficients are a ridge regression:

    y(t) / s = m + k u + sum_j delta_j max(0, u - c_j) + sum_p sum_n a_pn cos(2 pi n t / p) + b_pn sin(2 pi n t / p)

t: days since 1970, u: t scaled to 0..1 over the training samples, s: standard deviation of y (population), c_j: j / (J + 1) * 0.8 of
the training samples' times, j = 1..J, J = 25. Minimised: sum of squared residuals + sum(delta^2) / 0.05^2 + sum(a^2 + b^2) / 10^2.
Periods: a day (n = 1..4), a week (n = 1..3). Run: python3 make_trend_season.py > trend_season.csv
"""
import math

J, RANGE, TAU, SIGMA, TRAIN, COUNT = 25, 0.8, 0.05, 10.0, 24 * 40, 24 * 50
PERIODS = ((1.0, 4), (7.0, 3))
START = 19000.0  # days since 1970

state = 12345


def uniform():
    global state
    state = (1103515245 * state + 12345) % 2**31
    return state / 2**31


def noise():
    return math.sqrt(-2 * math.log(1 - uniform())) * math.cos(2 * math.pi * uniform())


times = [START + i / 24 for i in range(COUNT)]
labels = [round(0.02 * (t - START) - 0.05 * max(0, t - START - 15) + 0.4 * math.sin(2 * math.pi * t)
                + 0.3 * math.cos(2 * math.pi * t / 7) + 0.2 * noise(), 6) for t in times]


def row(t):
    u = (t - times[0]) / (times[TRAIN - 1] - times[0])
    changes = [max(0.0, u - RANGE * j / (J + 1)) for j in range(1, J + 1)]
    waves = [f(2 * math.pi * n * t / p) for p, top in PERIODS for n in range(1, top + 1) for f in (math.cos, math.sin)]
    return [1.0, u] + changes + waves


def solve(a, b):
    n = len(b)
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(a[r][i]))
        a[i], a[pivot], b[i], b[pivot] = a[pivot], a[i], b[pivot], b[i]
        for r in range(i + 1, n):
            f = a[r][i] / a[i][i]
            for c in range(i, n):
                a[r][c] -= f * a[i][c]
            b[r] -= f * b[i]
    for i in range(n - 1, -1, -1):
        b[i] = (b[i] - sum(a[i][c] * b[c] for c in range(i + 1, n))) / a[i][i]
    return b


mean = sum(labels[:TRAIN]) / TRAIN
scale = math.sqrt(sum((y - mean) ** 2 for y in labels[:TRAIN]) / TRAIN)
rows = [row(t) for t in times]
width = len(rows[0])
gram = [[math.fsum(r[i] * r[j] for r in rows[:TRAIN]) for j in range(width)] for i in range(width)]
for i in range(2, width):
    gram[i][i] += 1 / TAU**2 if i < 2 + J else 1 / SIGMA**2
right = [math.fsum(r[i] * y / scale for r, y in zip(rows[:TRAIN], labels)) for i in range(width)]
beta = solve(gram, right)
print("day,label,fit")
for t, y, r in zip(times, labels, rows):
    print(f"{t!r},{y!r},{scale * math.fsum(c * x for c, x in zip(beta, r))!r}")
