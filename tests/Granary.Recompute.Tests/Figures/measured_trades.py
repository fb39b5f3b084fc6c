"""Computes the prices of the trades of a run with measured costs again, from bars and costs.json (docs/costs.md). All orders of the run
are market orders. Prints {"compared": count, "wrong": [place: ours, theirs], "slipped": fills that the bar's range did not bound}.

    measured_trades.py RUN BARS COSTS.json mean|upper
"""
import csv
import json
import math
import sys
from datetime import datetime
from pathlib import Path

run, folder, costs_file, at = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
model = next(m for m in json.load(open(costs_file, encoding="utf-8"))["models"] if m["reference"] == "open")
bars = {}
for file in folder.glob("*.csv"):
    with open(file, encoding="utf-8") as lines:
        table = bars[file.stem] = {}
        for row in csv.DictReader(lines):
            table[datetime.fromisoformat(row["time"].replace("Z", "+00:00"))] = [float(row[k]) for k in
                                                                               ("open", "high", "low", "close", "volume")]


def cost(side, quantity, bar, hour):
    level = next(s["cost"] for s in model["sides"] if s["side"] == side)
    share = quantity / bar[4] if bar[4] > quantity else 1
    terms = [(level, 1)]
    if model["size"]:
        terms.append((model["size"]["cost"], math.sqrt(share) - model["size"]["center"]))
    if model["volatility"]:
        terms.append((model["volatility"]["cost"], (bar[1] - bar[2]) / bar[0] * 1e4 - model["volatility"]["center"]))
    terms += [(h["cost"], 1) for h in model["hours"] if h["hour"] == hour]
    mean = sum(c["mean"] * x for c, x in terms)
    if at == "upper":
        mean += math.sqrt(sum(((c["upper"] - c["mean"]) * x) ** 2 for c, x in terms))
    return max(0, mean)


compared, wrong, slipped = 0, [], 0
for row in csv.DictReader(open(run / "trades.csv", encoding="utf-8")):
    for end in ("entry", "exit"):
        if end == "exit" and row["exit_reason"] == "open":
            continue
        time = datetime.fromisoformat(row[f"{end}_time"].replace("Z", "+00:00"))
        bar = bars[row["symbol"]][time]
        side = "buy" if (row["side"] in ("long", "buy")) == (end == "entry") else "sell"
        quantity = float(row["quantity"])
        sign = 1 if side == "buy" else -1
        free = bar[0] * (1 + sign * 1e-4 * cost(side, quantity, bar, time.hour))
        price = min(free, bar[1]) if sign > 0 else max(free, bar[2])
        slipped += price == free
        compared += 1
        ours = float(row[f"{end}_price"])
        if abs(ours - price) > 1e-9 * price:
            wrong.append(f"{row['symbol']} {end} {time}: {ours}, {price}")
print(json.dumps({"compared": compared, "wrong": wrong[:10], "slipped": int(slipped)}))
