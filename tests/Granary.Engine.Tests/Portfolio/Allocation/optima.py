"""Writes optima.json: covariances of scikit-learn 1.2.1, optima of SciPy's SLSQP, and the code of López de Prado (2016).

usage: python3 optima.py > optima.json
"""
import json

import numpy as np
import pandas as pd
import scipy.cluster.hierarchy as sch
from scipy.optimize import linprog, minimize
from sklearn.covariance import ledoit_wolf


# ---- López de Prado, Building diversified portfolios that outperform out of sample, appendix (Python 3, pandas 1 spelling).
def get_ivp(cov):
    ivp = 1.0 / np.diag(cov)
    return ivp / ivp.sum()


def get_cluster_var(cov, items):
    part = cov.loc[items, items]
    w = get_ivp(part).reshape(-1, 1)
    return np.dot(np.dot(w.T, part), w)[0, 0]


def get_quasi_diag(link):
    link = link.astype(int)
    sort = pd.Series([link[-1, 0], link[-1, 1]])
    count = link[-1, 3]
    while sort.max() >= count:
        sort.index = range(0, sort.shape[0] * 2, 2)
        clusters = sort[sort >= count]
        i, j = clusters.index, clusters.values - count
        sort[i] = link[j, 0]
        sort = pd.concat([sort, pd.Series(link[j, 1], index=i + 1)]).sort_index()
        sort.index = range(sort.shape[0])
    return sort.tolist()


def get_rec_bipart(cov, order):
    w = pd.Series(1.0, index=order)
    items = [order]
    while len(items) > 0:
        items = [i[j:k] for i in items for j, k in ((0, len(i) // 2), (len(i) // 2, len(i))) if len(i) > 1]
        for i in range(0, len(items), 2):
            left, right = get_cluster_var(cov, items[i]), get_cluster_var(cov, items[i + 1])
            alpha = 1 - left / (left + right)
            w[items[i]] *= alpha
            w[items[i + 1]] *= 1 - alpha
    return w


def hierarchical(x):
    cov, corr = pd.DataFrame(x).cov(), pd.DataFrame(x).corr()
    link = sch.linkage(((1 - corr) / 2.0) ** 0.5, "single")
    return get_rec_bipart(cov, get_quasi_diag(link)).sort_index().tolist()


# ---- Optima. The variables are the weights, then the absolute changes.
def optimum(f, df, total, case, price):
    n = len(case["returns"])
    caps = [(m, b) for m, b in case["caps"]]
    g, h = np.array([[1.0 if i in m else 0.0 for i in range(n)] for m, _ in caps]).reshape(-1, n), np.array([b for _, b in caps])
    before = np.array(case["previous"] or np.zeros(n))
    bounds = [(case["minimum"], case["maximum"])] * n + [(0, None)] * n
    eye, none = np.eye(n), np.zeros((len(caps), n))
    rules = [
        dict(type="eq", fun=lambda v: v[:n].sum() - total, jac=lambda v: np.r_[np.ones(n), np.zeros(n)]),
        dict(type="ineq", fun=lambda v: np.r_[v[n:] - v[:n] + before, v[n:] + v[:n] - before], jac=lambda v: np.block([[-eye, eye], [eye, eye]])),
    ]
    if caps:
        rules.append(dict(type="ineq", fun=lambda v: h - g @ v[:n], jac=lambda v: np.hstack([-g, none])))
    best = None
    rng = np.random.default_rng(1)
    for _ in range(8):
        # A feasible start: the vertex of a random objective, mixed with another one.
        ends = [linprog(rng.normal(size=n), A_ub=g if caps else None, b_ub=h if caps else None, A_eq=np.ones((1, n)), b_eq=[total],
                        bounds=bounds[:n]).x for _ in range(6)]
        w = np.mean(ends, axis=0)
        start = np.r_[w, abs(w - before)]
        for _ in range(4):
            r = minimize(lambda v: f(v[:n], price * v[n:].sum()), start, jac=lambda v: df(v[:n], price * v[n:].sum(), price, n), bounds=bounds,
                         constraints=rules, method="SLSQP", options=dict(ftol=1e-16, maxiter=2000))
            start = r.x
        w = r.x[:n]
        broken = max(abs(w.sum() - total), (case["minimum"] - w).max(), (w - case["maximum"]).max(), (g @ w - h).max() if caps else 0)
        if broken < 1e-12 and (best is None or r.fun < best[0]):
            best = (r.fun, w)
    return best[1].tolist()


def total_of(case):
    n, caps = len(case["returns"]), case["caps"]
    rows = [[1.0 if i in m else 0.0 for i in range(n)] for m, _ in caps]
    most = -linprog(-np.ones(n), A_ub=rows or None, b_ub=[b for _, b in caps] or None, bounds=[(case["minimum"], case["maximum"])] * n).fun
    return min(1.0, most)


def solve(case):
    x = np.array(case["returns"]).T
    n = x.shape[1]
    cov, shrinkage = ledoit_wolf(x)
    mu, scale, total, price = x.mean(0), np.trace(cov) / n, total_of(case), case["price"] if case["previous"] else 0
    variance = optimum(lambda w, c: (w @ cov @ w + c) / scale,
                       lambda w, c, p, n: np.r_[2 * cov @ w, p * np.ones(n)] / scale, total, case, price)

    def ratio(w, c):
        return -(mu @ w - c) / np.sqrt(w @ cov @ w)

    def ratio_slope(w, c, p, n):
        s = np.sqrt(w @ cov @ w)
        return np.r_[-mu / s + (mu @ w - c) * (cov @ w) / s**3, p * np.ones(n) / s]

    def equal(w, c):
        return 0.5 * np.log(w @ cov @ w) - np.log(np.maximum(w, 1e-300)).mean()

    def equal_slope(w, c, p, n):
        return np.r_[cov @ w / (w @ cov @ w) - 1 / np.maximum(w, 1e-300) / n, np.zeros(n)]

    case["total"] = total
    case["covariance"], case["shrinkage"] = cov.tolist(), shrinkage
    case["minimumVariance"] = variance
    case["maximumSharpe"] = optimum(ratio, ratio_slope, total, case, price)
    case["riskParity"] = None if price else optimum(equal, equal_slope, total, case, 0)
    case["hierarchical"] = hierarchical(x)
    return case


def main():
    rng, cases = np.random.default_rng(57), []
    shapes = [(3, 20), (4, 30), (5, 12), (6, 8), (6, 40), (8, 60), (5, 25), (7, 35)]
    for k, (n, periods) in enumerate(shapes):
        x = rng.normal(size=(periods, 2)) @ rng.normal(size=(2, n)) * 0.01 + rng.normal(size=(periods, n)) * rng.uniform(0.005, 0.03, n) + 0.002
        case = dict(returns=x.T.round(6).tolist(), minimum=0.0, maximum=1.0, caps=[], price=0.0, previous=None)
        if k in (2, 4, 7):
            case.update(minimum=0.02, maximum=0.4, caps=[[[0, 1], 0.35], [[2, 3], 0.3], [[0, 1, 2, 3], 0.5]])
        if k == 5:
            case.update(maximum=0.2, caps=[[[0, 1, 2], 0.25], [[3, 4], 0.25], [[5, 6, 7], 0.25]])
        if k in (3, 6, 7):
            w = rng.dirichlet(np.ones(n)).round(3)
            w[-1] = round(1 - w[:-1].sum(), 3)
            case.update(price=[0, 0, 0, 2e-5, 0, 0, 1e-4, 5e-5][k], previous=w.tolist())
        cases.append(solve(case))
    print(json.dumps(cases))


if __name__ == "__main__":
    main()
