"""Computes the figures of costs.json again from the file of fills, with numpy, in the form with the covariance matrix of all fills
(docs/costs.md). Prints {"compared": count, "wrong": [path: ours, theirs]}.

    costs.py FILLS.csv COSTS.json

Point estimates are compared to nine digits, errors of estimates with a bootstrap of its own, which has other random numbers.
"""
import csv
import json
import sys
from datetime import datetime

import numpy as np
from scipy import stats

fills_file, costs_file = sys.argv[1:]
costs = json.load(open(costs_file, encoding="utf-8"))
rows = list(csv.DictReader(open(fills_file, encoding="utf-8")))
compared, wrong = 0, []


def check(path, ours, theirs, tolerance=1e-9):
    global compared
    compared += 1
    if ours is None or abs(ours - theirs) > tolerance * max(1, abs(theirs)):
        wrong.append(f"{path}: {ours}, {theirs}")


def number(name):
    return np.array([float(r[name]) for r in rows])


times = [datetime.fromisoformat(r["time"].replace("Z", "+00:00")) for r in rows]
order = sorted(range(len(rows)), key=lambda i: times[i])
rows, times = [rows[i] for i in order], [times[i] for i in order]
sign = np.array([1.0 if r["side"] == "buy" else -1.0 for r in rows])
price, n = number("price"), len(rows)
share, band = number("quantity") / number("volume"), number("range_bp")
hour = np.array([t.hour for t in times])
day = np.array([t.toordinal() for t in times])
days = np.unique(day)
cells = sorted({(r["side"], r["venue"]) for r in rows})
cell = np.array([cells.index((r["side"], r["venue"])) for r in rows])
hours = sorted(set(hour.tolist()))
reference = {"open": number("open"), "mid": (number("bid") + number("ask")) / 2, "close": number("decision_price")}


def standard(values):
    return (values - values.mean()) / values.std()


X = np.column_stack([np.ones(n), standard(np.sqrt(share)), standard(band)])
U = (cell[:, None] == np.arange(len(cells))).astype(float)
H = (hour[:, None] == np.array(hours)).astype(float)


def predictions(y, a, b, x=X, u=U, h=H, w=None, prior=None):
    """Fixed effects, cells and hours for the penalties a and b, by the normal equations of Henderson."""
    w = np.ones(len(y)) if w is None else w
    W = np.column_stack([x, u, h])
    penalty = np.array([0, 1e-3, 1e-3] + [a] * u.shape[1] + [b] * h.shape[1])
    right = W.T @ (w * y) + (0 if prior is None else penalty * prior)
    return np.linalg.solve(W.T @ (w[:, None] * W) + np.diag(penalty), right)


def figures(theta, y_mean):
    counts, per_hour = U.sum(0), H.sum(0)
    effect = theta[3 + len(cells):]
    mean = (per_hour * effect).sum() / n
    level = y_mean + theta[0] + theta[3:3 + len(cells)] + mean
    sides = []
    for s in ("buy", "sell"):
        own = np.array([c[0] == s for c in cells])
        sides.append((counts * level)[own].sum() / counts[own].sum())
    return np.concatenate([[(counts * level).sum() / n, theta[1] / np.sqrt(share).std(), theta[2] / band.std()], level, sides, effect - mean])


def choose(y):
    """Maximises the restricted likelihood times both variances, with the covariance matrix of all fills."""
    def rest(a, b):
        t = predictions(y, a, b)
        return y @ y - t @ (np.column_stack([X, U, H]).T @ y)

    least = min(1, max(1e-6, rest(1e-6, 1e-6) / (y @ y)))
    grid = [least * 10 ** (k / 4) for k in range(25)]
    loose = np.diag([0, 1e3, 1e3])

    def likelihood(a, b):
        V = np.eye(n) + U @ U.T / a + H @ H.T / b + X @ loose @ X.T
        inverse = np.linalg.inv(V)
        one = X[:, :1]
        q = (one.T @ inverse @ one)[0, 0]
        p = y @ inverse @ y - (one.T @ inverse @ y)[0] ** 2 / q
        return -0.5 * ((n - 3) * np.log(p) + np.linalg.slogdet(V)[1] + np.log(q)) - np.log(a) - np.log(b)

    a = b = least
    for _ in range(3):
        a = max(grid, key=lambda g: likelihood(g, b))
        b = max(grid, key=lambda g: likelihood(a, g))
    return a, b, np.sqrt(rest(a, b) / (n - 3))


def errors(y, y_mean, a, b, deviation):
    random = np.random.default_rng(3)
    place = np.searchsorted(days, day)
    draws = []
    for _ in range(600):
        w = np.bincount(random.integers(0, len(days), len(days)), minlength=len(days))[place].astype(float)
        prior = np.concatenate([np.zeros(3), random.normal(size=len(cells)) * deviation / np.sqrt(a),
                                random.normal(size=len(hours)) * deviation / np.sqrt(b)])
        draws.append(figures(predictions(y, a, b, w=w, prior=prior), y_mean))
    moved = figures(predictions(y, a, b), y_mean) - figures(predictions(y, 1e-6, 1e-6), y_mean)
    return np.sqrt(np.std(draws, axis=0, ddof=1) ** 2 + moved ** 2) * np.sqrt(len(days) / (len(days) - 1))


def interval(path, figure, mean, error):
    check(path + ".mean", figure["mean"], mean)
    t = stats.t(len(days) - 1)
    for name, value in (("low", mean - t.ppf(0.995) * error), ("high", mean + t.ppf(0.995) * error), ("upper", mean + t.ppf(0.95) * error)):
        # Of 400 and 600 resamples: the deviations of two bootstraps differ by some 5 %, of t = 2.7 errors.
        near(f"{path}.{name}", figure[name], value, error)


def near(path, ours, theirs, error):
    global compared
    compared += 1
    if abs(ours - theirs) > 0.5 * error:
        wrong.append(f"{path}: {ours}, {theirs}")


for model in costs["models"]:
    name = model["reference"]
    slippage = sign * (price / reference[name] - 1) * 1e4
    mean = slippage.mean()
    y = slippage - mean
    a, b, deviation = choose(y)
    best, error = figures(predictions(y, a, b), mean), errors(y, mean, a, b, deviation)
    check(f"{name}.fills", model["fills"], n)
    check(f"{name}.days", model["days"], len(days))
    check(f"{name}.raw", model["raw"], mean)
    check(f"{name}.deviation", model["deviation"], deviation)
    interval(f"{name}.pool", model["pool"], best[0], error[0])
    for k, key in ((1, "size"), (2, "volatility")):
        measure, values = model[key], (share, band)[k - 1]
        scaled = np.sqrt(values) if key == "size" else values
        check(f"{name}.{key}.center", measure["center"], scaled.mean())
        check(f"{name}.{key}.least", measure["least"], scaled.min())
        check(f"{name}.{key}.most", measure["most"], scaled.max())
        interval(f"{name}.{key}", measure["cost"], best[k], error[k])
        for i, point in enumerate(measure["curve"]):
            at = scaled.min() + (scaled.max() - scaled.min()) * i / 20
            check(f"{name}.{key}.curve[{i}].at", point["at"], at * at if key == "size" else at)
            check(f"{name}.{key}.curve[{i}].mean", point["mean"], best[0] + (at - scaled.mean()) * best[k])
        ranked = sorted(range(n), key=lambda i: (values[i], slippage[i]))
        for i, bucket in enumerate(measure["bins"]):
            own = ranked[i * n // 8:(i + 1) * n // 8]
            for field, value in (("from", values[own[0]]), ("to", values[own[-1]]), ("at", values[own].mean()), ("fills", len(own)),
                                 ("mean", slippage[own].mean())):
                check(f"{name}.{key}.bins[{i}].{field}", bucket[field], value)
    for line in model["cells"]:
        i = cells.index((line["side"], line["venue"]))
        own = cell == i
        check(f"{name}.{cells[i]}.fills", line["fills"], own.sum())
        check(f"{name}.{cells[i]}.raw", line["raw"], slippage[own].mean())
        check(f"{name}.{cells[i]}.shrinkage", line["shrinkage"], a / (own.sum() + a))
        interval(f"{name}.{cells[i]}", line["cost"], best[3 + i], error[3 + i])
    for line in model["sides"]:
        i = 3 + len(cells) + ("buy", "sell").index(line["side"])
        own = sign == (1 if line["side"] == "buy" else -1)
        check(f"{name}.{line['side']}.fills", line["fills"], own.sum())
        check(f"{name}.{line['side']}.raw", line["raw"], slippage[own].mean())
        interval(f"{name}.{line['side']}", line["cost"], best[i], error[i])
    for line in model["hours"]:
        i = hours.index(line["hour"])
        own = hour == line["hour"]
        check(f"{name}.hour {line['hour']}.fills", line["fills"], own.sum())
        check(f"{name}.hour {line['hour']}.raw", line["raw"], slippage[own].mean() - mean)
        check(f"{name}.hour {line['hour']}.shrinkage", line["shrinkage"], b / (own.sum() + b))
        at = 5 + len(cells) + i
        interval(f"{name}.hour {line['hour']}", line["cost"], best[at], error[at])
check("fills", costs["fills"], n)
check("days", costs["days"], len(days))
check("fee", costs["fee"], number("fee").sum() / (price * number("quantity")).sum() * 1e4)
print(json.dumps({"compared": compared, "wrong": wrong}))
