"""Computes accounts with balances in several currencies again from the raw files and their fills, with numpy and pandas: the definitions of
docs/borrowing.md, docs/currencies.md and docs/perpetuals.md. Prints {"compared": ..., "recalled": ..., "refused": ..., "wrong": [...]}.

    borrowing.py SPEC.json

SPEC names the run and the raw files: bars by symbol, currencies, exchange rates, the table of borrowing, interest, funding and dividends.
All orders fill at opens. Dates are UTC days; a bar is known at the next midnight.
"""
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

SPEC = json.loads(Path(sys.argv[1]).read_text())
RUN, CASH, OWN = Path(SPEC["run"]), SPEC["cash"], SPEC["currency"]
DAY, EPOCH = pd.Timedelta(days=1), pd.Timestamp("2021-12-01")
wrong, compared = [], 0


def table(path):
    return pd.read_csv(path, float_precision="round_trip", keep_default_na=False)


def when(column):
    return pd.to_datetime(column, utc=True).dt.tz_localize(None)


def check(what, ours, theirs, tolerance):
    global compared
    compared += 1
    if not abs(ours - theirs) <= tolerance:
        wrong.append(f"{what}: {ours!r} here, {theirs!r} there")


class Steps:
    """Values that count from a time on."""

    def __init__(self, times, values):
        self.times, self.values = pd.DatetimeIndex(times), np.asarray(values, dtype=float)
        self.daily = None

    def at(self, time, before=np.nan):
        place = self.times.searchsorted(time, side="right") - 1
        return self.values[place] if place >= 0 else before

    def nights(self, start, end):
        """Of each night between two days, the value that is known before its midnight."""
        first = (start - EPOCH).days
        return self.by_day()[first:first + (end - start).days]

    def by_day(self):
        if self.daily is None:
            ends = pd.date_range(EPOCH, periods=1500) + DAY - pd.Timedelta(1, "ns")
            places = self.times.searchsorted(ends, side="right") - 1
            self.daily = np.where(places >= 0, self.values[np.maximum(places, 0)], np.nan)
        return self.daily


bars = {}
for symbol, file in SPEC["bars"].items():
    b = table(file)
    bars[symbol] = b.assign(day=when(b["date"])).set_index("day")[["open", "close"]].astype(float)
currency = SPEC["currencies"]

rates = table(SPEC["fx"])
rates = {c: Steps(when(rates["time"]), 1 / rates["EURUSD"] if c == "USD" else 1 / rates["EUR" + c]) for c in ("USD", "JPY")}


def rate(c, time):
    return 1.0 if c == OWN else rates[c].at(time)


fees, available = {}, {}
b = table(SPEC["borrow"])
for symbol, rows in b.groupby("symbol"):
    known = when(rows["time"]) + pd.Timedelta(days=SPEC["delay"])
    fees[symbol] = Steps(known, rows["fee"].astype(float) / 100)
    available[symbol] = Steps(known, [np.inf if a == "yes" else 0.0 if a == "no" else float(a) for a in rows["available"].astype(str)])

interest = {}
for c, keys in SPEC["interest"].items():
    r = table(keys["file"])
    interest[c] = (Steps(when(r["date"]), r["rate"].astype(float) / 100), keys["cash"] / 100, keys["loan"] / 100)


def interest_of(c, balance, start, end):
    reference, cash, loan = interest[c]
    night = reference.nights(start, end)
    earned = np.where(night > 0, np.maximum(0, night - cash), night)
    return balance * (np.sum(earned) if balance > 0 else np.sum(np.maximum(0, night + loan))) / 365


f = table(SPEC["funding"])
f["at"] = when(f["time"])
# By symbol and day.
funding = {s: {day: [(r.at, float(r.mark), float(r.rate)) for r in own.itertuples()] for day, own in rows.groupby(rows["at"].dt.normalize())}
           for s, rows in f.groupby("symbol")}
dividends = {s: [(pd.Timestamp(day), amount) for day, amount in rows] for s, rows in SPEC["dividends"].items()}


class Account:
    """Balances by currency, open trades, and what each trade has had besides its fills."""

    def __init__(self):
        self.balance = {c: 0.0 for c in interest}
        self.balance[OWN] = CASH
        self.open, self.carry, self.last = {}, {}, {}
        self.paid_to, self.seen = None, {}
        self.earned, self.paid, self.fees = ({c: 0.0 for c in interest} for _ in range(3))

    def nights(self, day):
        """Interest on the balances before a day, without the proceeds of short sales."""
        if self.paid_to is not None and day > self.paid_to:
            base = dict(self.balance)
            for symbol, sign, quantity, _ in self.open.values():
                if sign < 0:
                    base[currency[symbol]] -= quantity * self.last[symbol]
            for c, balance in base.items():
                amount = interest_of(c, balance, self.paid_to, day)
                self.balance[c] += amount
                self.earned[c] += max(0, amount)
                self.paid[c] += max(0, -amount)
        self.paid_to = day if self.paid_to is None else max(day, self.paid_to)

    def pay(self, key, amount):
        self.balance[currency[self.open[key][0]]] += amount
        self.carry[key] = self.carry.get(key, 0.0) + amount

    def bar(self, symbol, day):
        """What the nights before a bar, its ex date and the fundings before its open cost and bring."""
        before = self.seen.get(symbol)
        for key, (own, sign, quantity, entered) in list(self.open.items()):
            if own != symbol:
                continue
            if sign < 0:
                nights = fees[symbol].nights(max(before, entered), day)
                fee = self.last[symbol] * quantity * np.sum(nights) / 365
                self.pay(key, -fee)
                self.fees[currency[symbol]] += fee
            for ex, amount in dividends.get(symbol, []):
                if entered < ex and before < ex <= day:
                    self.pay(key, sign * amount * quantity)
        self.seen[symbol] = day

    def fund(self, symbol, start, end):
        if symbol in funding:
            for at, mark, rate_paid in funding[symbol].get(start, []):
                for key, (own, sign, quantity, _) in list(self.open.items()):
                    if own == symbol and start <= at < end:
                        self.pay(key, -sign * quantity * mark * rate_paid)

    def fill(self, key, symbol, sign, quantity, price, commission, day, entry):
        side = sign if entry else -sign
        self.balance[currency[symbol]] -= side * quantity * price + commission
        if entry:
            self.open[key] = (symbol, sign, quantity, day)
            return
        own = self.open[key]
        left = own[2] - quantity
        if left > 1e-9 * own[2]:
            self.open[key] = (symbol, sign, left, own[3])
        else:
            del self.open[key]

    def worth(self):
        """By currency, of balances and positions at the last closes."""
        worth = dict(self.balance)
        for symbol, sign, quantity, _ in self.open.values():
            worth[currency[symbol]] += sign * quantity * self.last[symbol]
        return worth

    def shorts(self, symbol):
        return sum(q for own, sign, q, _ in self.open.values() if own == symbol and sign < 0)


def portfolio():
    fills, equity = table(RUN / "portfolio_fills.csv"), table(RUN / "equity.csv")
    fills["day"], equity["day"] = when(fills["time"]), when(equity["time"])
    days = sorted(set().union(*(b.index for b in bars.values())))
    by_day = dict(tuple(fills.groupby("day")))
    theirs = dict(zip(equity["day"], equity["equity"].astype(float)))
    account, parts, then, past = Account(), np.zeros(3), None, None
    for day in days:
        account.nights(day)
        today = [s for s in bars if day in bars[s].index]
        for symbol in today:
            account.bar(symbol, day)
            account.fund(symbol, day, day)
        late = []
        if day in by_day:
            # The portfolio's own exits come at the close, and so after the fundings of the day.
            for row in by_day[day].itertuples():
                sign = 1 if row.side == "long" else -1
                fill = ((row.strategy, row.number), row.symbol, sign, float(row.quantity), float(row.price), float(row.commission), day,
                        row.kind == "entry")
                if abs(fill[4] - bars[row.symbol].loc[day, "open"]) > 1e-9 * fill[4]:
                    late.append(fill)
                    continue
                if fill[7] and sign < 0:
                    room = available[row.symbol].at(day, 0.0) - account.shorts(row.symbol)
                    if fill[3] > room * (1 + 1e-9):
                        wrong.append(f"{day} {row.symbol}: {fill[3]} is more than the {room} that can be borrowed")
                account.fill(*fill)
        for symbol in today:
            account.fund(symbol, day, day + DAY)
            account.last[symbol] = bars[symbol].loc[day, "close"]
        for fill in late:
            check(f"{day} {fill[1]} at the close", fill[4], account.last[fill[1]], 1e-9 * fill[4])
            account.fill(*fill)
        for symbol in today:
            known = days[days.index(day) - 1] + DAY
            if SPEC["recall"] == "close" and account.shorts(symbol) > available[symbol].at(known, 0.0) * (1 + 1e-9):
                wrong.append(f"{day} {symbol}: {account.shorts(symbol)} are held short after the recall")
        worth, close = account.worth(), day + DAY
        now = {c: rate(c, close) for c in worth}
        check(f"equity of {day}", sum(w * now[c] for c, w in worth.items()), theirs[day], 1e-9 * CASH)
        before = past or {c: CASH if c == OWN else 0.0 for c in worth}
        for c in worth:
            gain, move, old = worth[c] - before[c], now[c] - (then or now)[c], (then or now)[c]
            parts += [gain * old, before[c] * move, gain * move]
        then, past = now, worth
    results = json.loads((RUN / "results.json").read_text())
    for name, part in zip(("price", "currency", "product"), parts / CASH):
        check(name, part, results["currency"][name], 1e-9)
    check("sum of the parts", parts.sum() / CASH, results["portfolio"]["stats"]["totalReturn"], 1e-9)
    for row in results["currency"]["balances"]:
        check(f"balance in {row['currency']}", account.balance[row["currency"]], row["amount"], 1e-6 * CASH)
        check(f"rate of {row['currency']}", now[row["currency"]], row["rate"], 1e-12)
    for row in results["borrowing"]["currencies"]:
        c = row["currency"]
        check(f"interest earned in {c}", account.earned[c], row["interestEarned"], 1e-6)
        check(f"interest paid in {c}", account.paid[c], row["interestPaid"], 1e-6)
        check(f"borrow fees in {c}", account.fees[c], row["borrowFees"], 1e-6)


def strategies():
    """The account of each strategy, from its list of trades."""
    trades = table(RUN / "trades.csv")
    trades["entered"], trades["left"] = when(trades["entry_time"]), when(trades["exit_time"])
    results = json.loads((RUN / "results.json").read_text())
    by_strategy = dict(tuple(trades.groupby("strategy")))
    close_of = {s: dict(zip(b.index, b["close"])) for s, b in bars.items()}
    for strategy in results["strategies"]:
        symbol = strategy["symbol"]
        own, account = by_strategy.get(strategy["id"]), Account()
        entries, exits = {}, {}
        for row in own.itertuples() if own is not None else []:
            entries.setdefault(row.entered, []).append(row)
            if row.exit_reason != "open":
                exits.setdefault(row.left, []).append(row)
        closes = close_of[symbol]
        for day in closes:
            account.nights(day)
            account.bar(symbol, day)
            for row in exits.get(day, []):
                account.fill(row.Index, symbol, 1 if row.side == "long" else -1, float(row.quantity), float(row.exit_price),
                             SPEC["commission"] * float(row.quantity) * float(row.exit_price), day, False)
            for row in entries.get(day, []):
                account.fill(row.Index, symbol, 1 if row.side == "long" else -1, float(row.quantity), float(row.entry_price),
                             SPEC["commission"] * float(row.quantity) * float(row.entry_price), day, True)
            account.fund(symbol, day, day + DAY)
            account.last[symbol] = closes[day]
        for row in own.itertuples() if own is not None else []:
            check(f"carry of {strategy['id']} {row.entry_time}", account.carry.get(row.Index, 0.0), float(row.carry_local), 1e-6)
        equity = sum(w * rate(k, bars[symbol].index[-1] + DAY) for k, w in account.worth().items())
        check(f"equity of {strategy['id']}", equity, strategy["stats"]["finalEquity"], 1e-9 * CASH * 10)


{"portfolio": portfolio, "strategies": strategies}[SPEC["what"]]()
signals = table(RUN / "signals.csv") if (RUN / "signals.csv").exists() else pd.DataFrame({"decision": [], "outcome": []})
trades = table(RUN / ("trades.csv" if SPEC["what"] == "strategies" else "portfolio_trades.csv"))
print(json.dumps({"compared": compared, "recalled": int((trades["exit_reason"] == "recalled").sum()),
                  "refused": int((signals == "not-shortable").any(axis=1).sum()), "wrong": wrong[:20]}))
