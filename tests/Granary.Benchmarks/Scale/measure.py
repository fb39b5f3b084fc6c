"""Runs the cases of run.sh on running silos and appends a row for each: measure.py WORK FILE.csv SILOS PIDS HTTP_PORT SILO_PORTS."""
import glob
import json
import os
import re
import subprocess
import sys
import time
import urllib.request

work, out, silos, pids, http, ports = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4].split(), sys.argv[5], sys.argv[6].split()
here = os.path.dirname(os.path.abspath(__file__))
columns = "use,silos,batches,strategies,symbols,bars,groups,seconds,processorSeconds,busiestSeconds,statements,rows,logBytes,networkBytes,peakMegabytes"
grids = {40: (5, 8), 100: (10, 10), 400: (20, 20), 500: (20, 25), 800: (20, 40), 1000: (20, 50), 2000: (40, 50), 5000: (50, 100), 10000: (100, 100),
         20000: (100, 200)}


def bars(symbols, count):
    folder = f"{work}/bars-{symbols}-{count}"
    if not os.path.exists(folder):
        subprocess.run([sys.executable, f"{here}/bars.py", folder, str(symbols), str(count)], check=True)
    return folder


def run(strategies, symbols, count, victim=None, weights="winners", outputs=("results",), commission=5):
    fast, slow = grids[strategies // symbols]
    batch = {"name": "scale", "data": {"source": f"csv:{bars(symbols, count)}", "symbols": "*", "timeframe": "1h"}, "account": {"cash": 100000},
             "execution": {"commissionPercent": commission},
             "strategies": [{"class": "SmaCross", "params": {"fast": list(range(5, 5 + fast)), "slow": list(range(120, 120 + slow))},
                             "sides": "long", "size": {"units": 1}}],
             "portfolio": {"weights": weights}, "outputs": list(outputs)}
    base = f"http://127.0.0.1:{http}/api/v1/batches"
    request = urllib.request.Request(f"{base}?folder={work}&file={work}/scale.json", json.dumps(batch).encode(),
                                     {"Content-Type": "application/json"}, method="POST")
    status = json.load(urllib.request.urlopen(request, timeout=120))
    while status["state"] in ("queued", "running"):
        time.sleep(0.1)
        status = json.load(urllib.request.urlopen(f"{base}/{status['id']}", timeout=120))
        if victim and status["progress"]["bars"] > 0.5 * status["progress"]["barsTotal"] > 0:
            victim.append(processor()[-1])
            os.kill(int(pids[-1]), 9)
            victim = None
    if status["state"] != "done":
        sys.exit(f"the batch did not end: {status}")
    return status["id"]


def groups(ids):
    lines = "".join(open(log, encoding="utf-8").read() for log in glob.glob(f"{work}/{silos}-*.log"))
    return sum(1 for line in lines.splitlines() if "begin on this silo" in line and any(i in line for i in ids))


def processor():  # of each silo
    seconds = []
    for pid in pids:
        if not os.path.exists(f"/proc/{pid}/stat"):
            continue
        fields = open(f"/proc/{pid}/stat", encoding="utf-8").read().rsplit(")", 1)[1].split()
        seconds.append((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))
    return seconds


def database():
    query = ("select coalesce(sum(calls),0), coalesce(sum(rows),0), coalesce(sum(wal_bytes),0) from pg_stat_statements s "
             "join pg_database d on d.oid = s.dbid where d.datname = 'postgres'")
    return [int(v) for v in subprocess.run(os.environ["PSQL"].split() + ["-c", query], check=True, capture_output=True, text=True)
            .stdout.strip().split("|")]


def network():  # bytes that sockets between silos have sent; each is sent once
    text = subprocess.run(["ss", "-tinHO"], check=True, capture_output=True, text=True).stdout
    total = 0
    for line in text.splitlines():
        addresses = line.split()[3:5]
        if any(a.rsplit(":", 1)[1] in ports for a in addresses) and (sent := re.search(r"bytes_sent:(\d+)", line)):
            total += int(sent[1])
    return total


def peak(reset=False):
    most = 0
    for pid in pids:
        most = max(most, int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{pid}/status", encoding="utf-8").read())[1]))
        if reset:
            open(f"/proc/{pid}/clear_refs", "w", encoding="utf-8").write("5")
    return most / 1024


def measure(use, strategies, symbols, count, batches=1, idle=0.0):
    peak(reset=True)
    began, busy, before = time.time(), processor(), (*database(), network())
    ids = [run(strategies, symbols, count) for _ in range(batches)]
    time.sleep(idle + 0.5)
    after, seconds = (*database(), network()), time.time() - began
    spent, busy = [b - a for a, b in zip(before, after)], [b - a for a, b in zip(busy, processor())]
    row = [use, silos, batches, strategies, symbols, count, groups(ids), f"{seconds:.1f}", f"{sum(busy):.2f}", f"{max(busy):.2f}", *spent,
           f"{peak():.0f}"]
    with open(out, "a", encoding="utf-8") as file:
        file.write(",".join(map(str, row)) + "\n")
    print(*row, flush=True)


def session(strategies, symbols, count):
    prod = f"{work}/runs/{run(strategies, symbols, count, None, 'equal', ('results', 'prod'), 0.1)}/prod.json"
    account = f"scale-{strategies}-{count}"
    body = {"configuration": open(prod, encoding="utf-8").read(), "feed": f"csv:{bars(symbols, count)}", "broker": "paper", "pace": "asap",
            "account": account, "withoutEvidence": True}
    base = f"http://127.0.0.1:{http}/api/v1/sessions"
    began, before, busy = time.time(), database(), processor()
    urllib.request.urlopen(urllib.request.Request(base, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"), timeout=120)
    phase = "running"
    while phase == "running":
        time.sleep(0.5)
        view = json.load(urllib.request.urlopen(f"{base}/{account}", timeout=120))
        phase = view["phase"]
    statements, rows, log = (b - a for a, b in zip(before, database()))
    status = view["status"]
    print(f"session of {strategies} strategies and {symbols} symbols, {phase}: {status['bars']} bars, {status['ordersSent']} orders, {status['fills']} fills; "
          f"{statements} statements, {rows} rows, {log} bytes of log, {sum(processor()) - sum(busy):.1f} s of processor time, {time.time() - began:.0f} s",
          flush=True)


def evict():
    run(20000, 1, 4000)
    for _ in range(6):
        run(2000, 1, 4000)
    for _ in range(2):
        before, began = processor(), time.time()
        run(20000, 1, 128000)
        print(f"without a loss: {sum(processor()) - sum(before):.1f} s of processor time, {time.time() - began:.1f} s", flush=True)
    before, began, victim = processor(), time.time(), ["of the lost silo"]
    run(20000, 1, 128000, victim)
    time.sleep(1)
    spent = sum(processor()[:2]) - sum(before[:2]) + victim[1] - before[2]
    print(f"one of {silos} silos killed at half: {spent:.1f} s, of which {victim[1] - before[2]:.1f} s by that silo, {time.time() - began:.1f} s", flush=True)


if os.path.basename(out) == "session":
    grids[10] = (2, 5)
    for case in ((50, 5, 1000), (50, 5, 2000), (500, 5, 1000)):
        session(*case)
    sys.exit()
if os.path.basename(out) == "evict":
    evict()
    sys.exit()
if not os.path.exists(out):
    open(out, "w", encoding="utf-8").write(columns + "\n")
if silos <= 4:
    run(20000, 1, 4000)
    for _ in range(10):  # the first times are the compiler's
        run(2000, 1, 4000)
        run(2000, 50, 1000)
idle = [("fit", 0, 0, 0, 0, 20.0)]
one = [("fit", 2000, 1, 4000), ("fit", 100, 1, 4000), ("fit", 500, 1, 4000), ("fit", 5000, 1, 4000), ("fit", 10000, 1, 4000),
       ("fit", 20000, 1, 4000), ("fit", 2000, 5, 4000), ("fit", 2000, 20, 4000), ("fit", 2000, 50, 4000), ("fit", 2000, 1, 1000),
       ("fit", 2000, 1, 16000), ("fit", 2000, 1, 64000), ("fit", 100, 1, 4000, 5), ("check", 5000, 5, 8000)]
several = [("fit", 2000, 1, 4000), ("fit", 100, 1, 4000, 5), ("fit", 10000, 1, 4000), ("fit", 20000, 1, 4000), ("fit", 2000, 20, 4000),
           ("fit", 2000, 50, 4000), ("fit", 2000, 1, 64000), ("check", 10000, 10, 8000)]
for case in (one if silos == 1 else several if silos <= 4 else []) + idle:
    for _ in range(2):
        measure(*case)
