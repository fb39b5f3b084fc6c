"""Writes hourly bars of seeded random series, one CSV file for each symbol: bars.py FOLDER SYMBOLS BARS."""
import math
import os
import random
import sys
from datetime import datetime, timedelta

folder, symbols, bars = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.makedirs(folder, exist_ok=True)
start = datetime(2000, 1, 1)
times = [(start + timedelta(hours=i)).strftime("%Y-%m-%d %H:%M:%S") for i in range(bars)]
for s in range(symbols):
    chance, last = random.Random(s), 100.0
    with open(os.path.join(folder, f"S{s:02}.csv"), "w", encoding="utf-8") as file:
        file.write("timestamp,open,high,low,close,volume\n")
        for time in times:
            close = last * math.exp(chance.gauss(0, 0.004))
            high, low = max(last, close) * 1.001, min(last, close) * 0.999
            file.write(f"{time},{last:.4f},{high:.4f},{low:.4f},{close:.4f},1000\n")
            last = close
