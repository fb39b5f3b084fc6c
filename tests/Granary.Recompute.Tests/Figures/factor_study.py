"""Computes every figure of study.json again from the bars, with numpy, scipy and pandas: the definitions of alphalens and of
docs/factor-study.md. Prints {"compared": count, "wrong": [path: ours, theirs]}.

    factor_study.py BARS STUDY [GROUPS.csv]

BARS has a file SYMBOL.csv with time,open,high,low,close,volume for each symbol; STUDY is the folder of the study.
"""
import json
import math
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats


def factor(name, close):
    word, n = name.split("(")[0], int(name.split("(")[1].split(")")[0])
    if word == "momentum":
        return close - close.shift(n)
    if word == "roc":
        return (close - close.shift(n)) / close.shift(n) * 100
    if word == "rsi":
        change = close.diff()
        out = np.full(len(close), np.nan)
        if len(close) > n:
            up, down = change.clip(lower=0).to_numpy(), (-change).clip(lower=0).to_numpy()
            gain, loss = up[1:n + 1].mean(), down[1:n + 1].mean()
            for t in range(n, len(close)):
                if t > n:
                    gain, loss = (gain * (n - 1) + up[t]) / n, (loss * (n - 1) + down[t]) / n
                out[t] = 100 if loss == 0 else 100 - 100 / (1 + gain / loss)
        return pd.Series(out, close.index)
    raise SystemExit(f"no definition of {name}")


def newey_west(values, overlap):
    """Of a series with gaps: mean, deviation, error, t, p, interval, lag."""
    x = np.asarray(values, float)
    n = int(np.isfinite(x).sum())
    if n == 0:
        return dict(dates=0, mean=None, deviation=None, error=None, t=None, p=None, low=None, high=None, lag=0)
    mean = np.nanmean(x)
    lag = min(max(int(4 * (n / 100) ** (2 / 9)), 3 * overlap), n // 3)
    e = np.where(np.isfinite(x), x - mean, 0)
    dev = math.sqrt((e @ e) / (n - 1)) if n > 1 else None
    if n < 2 or dev < 1e-11 * np.nanmax(np.abs(x)):
        return dict(dates=n, mean=mean, deviation=0.0 if n > 1 else None, error=None, t=None, p=None, low=None, high=None, lag=lag)
    s = (e @ e) / n + sum(2 * (1 - k / (lag + 1)) * (e[k:] @ e[:-k]) / n for k in range(1, lag + 1))
    if n <= lag + 1 or s <= 0:
        return dict(dates=n, mean=mean, deviation=dev, error=None, t=None, p=None, low=None, high=None, lag=lag)
    error = math.sqrt(s / (n - lag - 1))
    freedom = min(n - 1, 1.5 * n / (lag + 1))
    q = stats.t.ppf(0.975, freedom)
    return dict(dates=n, mean=mean, deviation=dev, error=error, t=mean / error, p=2 * stats.t.sf(abs(mean / error), freedom),
                low=mean - q * error, high=mean + q * error, lag=lag)


def quantiles_of(values, q):
    """As qcut of pandas, but with whole fractions: qcut's rounding of an edge can part values that are equal. None where edges are."""
    v, n = sorted(Fraction(x) for x in values), len(values)
    edges = []
    for k in range(q + 1):
        at, rest = divmod(k * (n - 1), q)
        edges.append(v[at] + (v[at + 1] - v[at]) * Fraction(rest, q) if rest else v[at])
    if any(b <= a for a, b in zip(edges, edges[1:])):
        return None
    return pd.Series([sum(Fraction(x) > e for e in edges[1:-1]) for x in values], values.index)


def spearman(a, b):
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return np.nan
    return stats.spearmanr(a, b)[0]


def plain(v):
    return None if v is None or not np.isfinite(v) else float(v)


def mean_of(values):
    values = [v for v in values if np.isfinite(v)]
    return float(np.mean(values)) if values else None


class Study:
    def __init__(self, bars, given, groups):
        self.given, self.groups = given, groups
        frames = {f.stem: pd.read_csv(f, parse_dates=["time"]).set_index("time") for f in sorted(Path(bars).glob("*.csv"))}
        self.symbols = list(frames)
        self.close = pd.DataFrame({s: f["close"] for s, f in frames.items()}).sort_index()
        self.open = pd.DataFrame({s: f["open"] for s, f in frames.items()}).sort_index()
        self.frames, self.dates = frames, self.close.index
        self.horizons, self.quantiles = given["horizons"], given["quantiles"]
        self.last = {s: self.dates.get_loc(f.index[-1]) for s, f in frames.items()}

    def forward(self, h):
        """Returns over h dates of the panel; of a symbol that ends between, to its last close."""
        delay = 1 if self.given["price"] == "next-open" else 0
        price = (self.open if delay else self.close).shift(-delay)
        returns = price.shift(-h) / price - 1
        end = len(self.dates) - delay
        for s in self.symbols:
            final = self.frames[s]["close"].iloc[-1]
            column = self.symbols.index(s)
            for t in range(max(0, self.last[s] - delay - h + 1), self.last[s]):
                if t + h < end:
                    returns.iat[t, column] = final / price.iat[t, column] - 1
        return returns

    def group_of(self, date):
        out = {}
        for symbol, group, start in self.groups:
            if pd.isna(start) or start <= date:
                out[symbol] = group
        return out

    def adjusted(self, returns, group):
        """Less the mean of all, or of the group."""
        if self.given["groupNeutral"]:
            return returns - returns.groupby(group).transform("mean")
        return returns - returns.mean()

    def of(self, name):
        values = pd.DataFrame({s: factor(name, f["close"]) for s, f in self.frames.items()}).reindex(self.dates)
        steps = self.decay_steps()
        forward = {h: self.forward(h) for h in sorted(set(self.horizons) | set(steps))}
        n = len(self.dates)
        neutral, q = self.given["groupNeutral"], self.quantiles
        nan = lambda: np.full(n, np.nan)
        ic, spread = {h: nan() for h in self.horizons}, {h: nan() for h in self.horizons}
        raw = {h: [nan() for _ in range(q)] for h in self.horizons}
        demeaned = {h: [nan() for _ in range(q)] for h in self.horizons}
        decay = {h: nan() for h in steps}
        names = self.given["groups"]
        group_ic = {(g, h): nan() for g in names for h in self.horizons}
        group_returns = {(g, h, k): nan() for g in names for h in self.horizons for k in range(q)}
        one, weighted = [nan() for _ in range(q)], nan()
        ranks, bins, ranked, counts = {}, {}, [], []
        few = constant = tied = ended = 0
        for t, date in enumerate(self.dates):
            group = pd.Series(self.group_of(date), dtype=object).reindex(self.symbols)
            ok = values.loc[date].notna()
            for h in self.horizons:
                ok &= forward[h].loc[date].notna()
            if neutral:
                ok &= group.notna()
            rows = [s for s in self.symbols if ok[s]]
            if not rows:
                continue
            if len(rows) < 2 * q:
                few += 1
                continue
            f, g = values.loc[date, rows], group[rows]
            if np.ptp(f) == 0:
                constant += 1
                continue
            ranked.append(t)
            counts.append(len(rows))
            delay = 1 if self.given["price"] == "next-open" else 0
            ended += sum(self.last[s] - delay < t + self.horizons[-1] for s in rows)
            ranks[t] = f.rank()
            found = quantiles_of(f, q)
            if found is None:
                tied += 1
            else:
                bins[t] = found
            for h in self.horizons:
                r = forward[h].loc[date, rows]
                a = self.adjusted(r, g)
                judged = a if neutral else r
                ic[h][t] = spearman(f.to_numpy(), judged.to_numpy())
                if t in bins:
                    for k in range(q):
                        raw[h][k][t], demeaned[h][k][t] = r[bins[t] == k].mean(), a[bins[t] == k].mean()
                    spread[h][t] = demeaned[h][-1][t] - demeaned[h][0][t]
                for word in names:
                    own = [s for s in rows if g[s] == word]
                    if len(own) < q:
                        continue
                    group_ic[word, h][t] = spearman(f[own].to_numpy(), judged[own].to_numpy())
                    for k in range(q):
                        if t in bins and (bins[t][own] == k).any():
                            group_returns[word, h, k][t] = a[own][bins[t][own] == k].mean()
            for h in steps:
                r = forward[h].loc[date, rows]
                judged = self.adjusted(r, g) if neutral else r
                known = judged.notna()
                decay[h][t] = spearman(f[known].to_numpy(), judged[known].to_numpy())
            r = forward[1].loc[date, rows]
            a = self.adjusted(r, g)
            if t in bins:
                for k in range(q):
                    one[k][t] = a[bins[t] == k].mean()
            w = f - (f.groupby(g).transform("mean") if neutral else f.mean())
            if neutral:
                size = w.abs().groupby(g).transform("sum")
                w = (w / size).where(size > 0)
            weighted[t] = (w * r).sum() / w.abs().sum()
        def turnover(k, h):
            out = []
            for t in bins:
                if t - h not in bins:
                    continue
                now, before = set(bins[t].index[bins[t] == k]), set(bins[t - h].index[bins[t - h] == k])
                if now:
                    out.append(len(now - before) / len(now))
            return mean_of(out)

        def autocorrelation(h):
            out = []
            for t in ranks:
                if t - h in ranks:
                    both = pd.concat([ranks[t], ranks[t - h]], axis=1, join="inner")
                    if len(both) > 1 and np.ptp(both.iloc[:, 0]) > 0 and np.ptp(both.iloc[:, 1]) > 0:
                        out.append(np.corrcoef(both.iloc[:, 0], both.iloc[:, 1])[0, 1])
            return mean_of(out)

        out = dict(factor=name, dates=len(ranked), fewDates=few, constantDates=constant, tiedDates=tied,
                   meanSymbols=float(np.mean(counts)), endedReturns=int(ended), horizons=[], decay=[])
        for h in self.horizons:
            m = newey_west(ic[h], h - 1)
            out["horizons"].append(dict(
                horizon=h, ic=m, ratio=None if not m["deviation"] else m["mean"] / m["deviation"], spread=newey_west(spread[h], h - 1),
                rankAutocorrelation=autocorrelation(h),
                quantiles=[{"quantile": k + 1, "return": newey_west(raw[h][k], h - 1)["mean"],
                            "demeaned": newey_west(demeaned[h][k], h - 1)["mean"], "error": newey_west(demeaned[h][k], h - 1)["error"],
                            "turnover": turnover(k, h)} for k in range(q)],
                groups=[dict(group=w, ic=newey_west(group_ic[w, h], h - 1),
                             quantiles=[newey_west(group_returns[w, h, k], h - 1)["mean"] for k in range(q)]) for w in names]))
        for h in steps:
            m = newey_west(decay[h], h - 1)
            out["decay"].append(dict(horizon=h, ic=m["mean"], low=m["low"], high=m["high"]))
        growth = lambda r: np.cumprod([1 + (v if np.isfinite(v) else 0) for v in r[ranked]]).tolist()
        rolling = lambda x: [None if i < 62 else mean_of(x[i - 62:i + 1]) for i in range(len(x))]
        out["series"] = dict(datesPerPoint=1, window=63, times=[self.dates[t].strftime("%Y-%m-%dT%H:%M:%SZ") for t in ranked],
                             ic=[[plain(v) for v in ic[h][ranked]] for h in self.horizons],
                             rollingIc=[rolling(ic[h][ranked]) for h in self.horizons], quantiles=[growth(r) for r in one],
                             longShort=growth(one[-1] - one[0]), weighted=growth(weighted))
        first = ic[self.horizons[0]]
        out["first"] = first[np.isfinite(first)]
        return out

    def decay_steps(self):
        longest = self.horizons[-1]
        step = -(-longest // 40)
        return sorted({1, *self.horizons, *range(step, longest + 1, step)})


def corrected(tests, price):
    m = len(tests)
    order = sorted(range(m), key=lambda i: tests[i])
    out, least = [None] * m, 1.0
    for k in range(m, 0, -1):
        least = min(least, tests[order[k - 1]] * m * price / k)
        out[order[k - 1]] = least
    return out


def compare(path, ours, theirs, wrong):
    """Returns the number of compared leaves."""
    if isinstance(theirs, dict):
        return sum(compare(f"{path}.{k}", ours.get(k, "missing"), v, wrong) for k, v in theirs.items())
    if isinstance(theirs, list):
        if len(ours) != len(theirs):
            wrong.append(f"{path}: {len(ours)} of {len(theirs)}")
            return 1
        return sum(compare(f"{path}[{i}]", a, b, wrong) for i, (a, b) in enumerate(zip(ours, theirs)))
    numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in (ours, theirs))
    same = math.isclose(ours, theirs, rel_tol=1e-8, abs_tol=1e-9) if numbers else ours == theirs
    if not same:
        wrong.append(f"{path}: {ours}, {theirs}")
    return 1


def main(bars, folder, groups=None):
    given = json.loads(Path(folder, "study.json").read_text())
    rows = []
    if groups:
        table = pd.read_csv(groups)
        table["from"] = pd.to_datetime(table["from"], utc=True) if "from" in table else pd.NaT
        table = table.sort_values("from", na_position="first", kind="stable")
        rows = list(zip(table["symbol"], table["group"], table["from"]))
    study = Study(bars, given, rows)
    found = [study.of(f["factor"]) for f in given["factors"]]
    tests = [h["ic"]["p"] for f in found for h in f["horizons"]]
    known = [p for p in tests if p is not None]
    by = iter(corrected(known, sum(1 / k for k in range(1, len(known) + 1))))
    bh = iter(corrected(known, 1))
    discoveries = 0
    for f in found:
        for h in f["horizons"]:
            h["q"], h["qIndependent"] = (next(by), next(bh)) if h["ic"]["p"] is not None else (None, None)
            h["isDiscovery"] = h["q"] is not None and h["q"] <= given["level"]
            discoveries += h["isDiscovery"]
    wrong = []
    compared = compare("tests", given["tests"], len(known), wrong) + compare("discoveries", given["discoveries"], discoveries, wrong)
    compared += compare("dates", given["dates"], len(study.dates), wrong)
    for ours, theirs in zip(given["factors"], found):
        first = theirs.pop("first")
        edges = [b["from"] for b in ours["histogram"]] + [ours["histogram"][-1]["to"]]
        # The least and the greatest are edges, up to rounding.
        counts, _ = np.histogram(np.clip(first, edges[0], edges[-1]), edges)
        theirs["histogram"] = [{"count": int(c)} for c in counts]
        compared += compare(theirs["factor"], ours, theirs, wrong)
    print(json.dumps({"compared": compared, "wrong": wrong[:50]}))


main(*sys.argv[1:])
