"""Computes funding payments and isolated liquidations of a run again from its trades, fills, bars, rates and tiers, with numpy: the
definitions of docs/perpetuals.md. All orders must fill at opens. Prints {"compared": …, "liquidated": …, "wrong": […]}.

    perpetual.py RUN BARS FUNDING.csv TIERS.csv LEVERAGE LIQUIDATION_FEE COMMISSION SLIPPAGE END

BARS has a file SYMBOL.csv of hours for each symbol, of which those before END count. The fees and the slippage are fractions.
"""
import csv
import json
import sys
from datetime import datetime
from pathlib import Path

import numpy as np

RUN, BARS, FUNDING, TIERS = map(Path, sys.argv[1:5])
LEVERAGE, FEE, COMMISSION, SLIPPAGE = map(float, sys.argv[5:9])
END = datetime.fromisoformat(sys.argv[9] + "+00:00").timestamp()
HOUR = 3600
wrong, compared, liquidated = [], 0, 0


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def check(what, ours, theirs, tolerance):
    global compared
    compared += 1
    if not abs(ours - theirs) <= tolerance:
        wrong.append(f"{what}: {ours} here, {theirs} there")


def numbers(table, *columns):
    return np.array([[float(r[c]) for c in columns] for r in table])


bars, rates = {}, {}
for file in sorted(BARS.glob("*.csv")):
    table = [r for r in rows(file) if seconds(r["time"]) < END]
    bars[file.stem] = (np.array([seconds(r["time"]) for r in table]), numbers(table, "open", "high", "low"))
for symbol in bars:
    table = [r for r in rows(FUNDING) if r["symbol"] == symbol]
    rates[symbol] = (np.array([seconds(r["time"]) for r in table]), numbers(table, "rate", "mark") if table else np.empty((0, 2)))

steps = numbers(rows(TIERS), "from", "ratePercent")
floors, step_rates = steps[:, 0], steps[:, 1] / 100
# The amount of a step removes the jump at its start.
amounts = np.concatenate([[0], np.cumsum(floors[1:] * np.diff(step_rates))])


def left(price, sign, entry, quantity):
    """What backs a position less what it requires, at a price."""
    notional = price * quantity
    step = np.searchsorted(floors, notional, side="right") - 1
    required = notional * step_rates[step] - amounts[step] + FEE * notional
    return entry * quantity / LEVERAGE + sign * (price - entry) * quantity - required


def liquidation_price(sign, entry, quantity):
    good, bad = entry, entry * (1 - sign * 1.2 / LEVERAGE)
    for _ in range(200):
        middle = (good + bad) / 2
        good, bad = (middle, bad) if left(middle, sign, entry, quantity) > 0 else (good, middle)
    return bad


def ends_at(symbol, sign, price, entered, left_at):
    """Time and price of the liquidation; none before the exit. Entry and exit are at opens."""
    times, prices = bars[symbol]
    first, last = np.searchsorted(times, entered), np.searchsorted(times, left_at)
    reached = prices[first:last, 2] <= price if sign > 0 else prices[first:last, 1] >= price
    # At the open of the exit's bar, or of a later bar than the entry's, the market may be beyond the price.
    at = first + np.argmax(reached) if reached.any() else last
    opens = prices[first + 1:last + 1, 0]
    beyond = opens <= price if sign > 0 else opens >= price
    gap = first + 1 + np.argmax(beyond) if beyond.any() else len(times)
    if gap <= at and gap < len(times):
        return times[gap], prices[gap, 0]
    return (times[at], price) if reached.any() else None


def funding(symbol, sign, quantity, entered, left_at):
    times, values = rates[symbol]
    held = (times > entered) & (times <= left_at)
    return float(-sign * quantity * (values[held, 0] * values[held, 1]).sum())


def follows(symbol, sign, ended):
    """Time and price at which a portfolio closes what it holds of a trade that has ended in its strategy's account."""
    times, prices = bars[symbol]
    at = np.searchsorted(times, ended, side="right")
    if at == len(times):
        return None
    opened, high, low = prices[at]
    return times[at], min(high, max(low, opened * (1 - sign * SLIPPAGE)))


def trades(name, liquidations):
    """Compares the trades of a file. What a portfolio holds of a trade is closed at the open after the strategy's liquidation."""
    global liquidated
    sums, ends = {}, {}
    for at, row in enumerate(rows(RUN / name)):
        symbol, sign, reason = row["symbol"], 1 if row["side"] == "long" else -1, row["exit_reason"]
        quantity, entry, leave = float(row["quantity"]), float(row["entry_price"]), float(row["exit_price"])
        entered, left_at, end = seconds(row["entry_time"]), seconds(row["exit_time"]), bars[symbol][0][-1]
        label, key = f"{name}, row {at + 2}", (row["strategy"], row["entry_time"], row["side"])
        price = liquidation_price(sign, entry, quantity)
        theirs = liquidations.get(key)
        follow = follows(symbol, sign, theirs[0]) if theirs else None
        found = ends_at(symbol, sign, price, entered, follow[0] if follow else end if reason in ("liquidation", "open") else left_at)
        ends[key] = found
        if (found is not None) != (reason == "liquidation"):
            wrong.append(f"{label}: {reason}, and the bars liquidate {found}")
            continue
        if follow and found is None:
            if reason != "signal":
                wrong.append(f"{label}: {reason}, and its strategy was liquidated")
            check(label + ", exit_time after its strategy's", follow[0], left_at, 0)
            check(label + ", exit_price after its strategy's", follow[1], leave, 1e-9 * entry)
        expected = funding(symbol, sign, quantity, entered, end + HOUR - 1 if reason == "open" else left_at)
        sums[row["strategy"]] = sums.get(row["strategy"], 0) + expected
        fees = COMMISSION * quantity * (entry + (0 if reason == "open" else leave))
        check(label + ", commission", fees, float(row["commission"]), 1e-7)
        if found is not None:
            liquidated += 1
            check(label + ", exit_time", found[0], left_at, 0)
            check(label + ", exit_price", found[1], leave, 1e-9 * entry)
        if found is not None:
            net = expected - entry * quantity / LEVERAGE - COMMISSION * entry * quantity
        else:
            net = expected + sign * (leave - entry) * quantity - fees
            check(label + ", carry", expected, float(row["carry"]), 1e-7)
        check(label + ", pnl_net", net, float(row["pnl_net"]), 1e-6)
    return sums, ends


own, ends = trades("trades.csv", {})
portfolio, _ = trades("portfolio_trades.csv", ends)

# The portfolio's funding again, from the quantities that its fills leave.
net, held, fills = 0.0, {}, rows(RUN / "portfolio_fills.csv")
events = sorted([(seconds(f["time"]), 1, at, f) for at, f in enumerate(fills)]
                + [(t, 0, i, s) for s in rates for i, t in enumerate(rates[s][0]) if t < bars[s][0][-1] + HOUR],
                key=lambda e: e[:2])
for time, kind, at, what in events:
    if kind == 0:
        rate, mark = rates[what][1][at]
        net -= held.get(what, 0.0) * rate * mark
    else:
        sign = (1 if what["side"] == "long" else -1) * (1 if what["kind"] == "entry" else -1)
        held[what["symbol"]] = held.get(what["symbol"], 0.0) + sign * float(what["quantity"])

results = json.loads((RUN / "results.json").read_text())
stats = results["portfolio"]["stats"]
check("funding of the portfolio, by fills", net, stats["funding"], 1e-6)
check("funding of the portfolio, by trades", sum(portfolio.values()), stats["funding"], 1e-6)
check("funding, net", net, results["funding"]["net"], 1e-6)
check("funding, paid and received", net, results["funding"]["received"] - results["funding"]["paid"], 1e-6)
check("liquidations", sum(r["exit_reason"] == "liquidation" for r in rows(RUN / "portfolio_trades.csv")), stats["liquidations"], 0)
for strategy in results["strategies"]:
    check(f"funding of {strategy['id']}", own.get(strategy["id"], 0.0), strategy["stats"].get("funding", 0.0), 1e-6)
print(json.dumps({"compared": compared, "liquidated": liquidated, "wrong": wrong[:20]}))
