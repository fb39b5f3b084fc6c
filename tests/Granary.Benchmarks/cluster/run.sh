#!/usr/bin/env bash
# The sweep of ../shared/bench (1,000 pairs of averages over a year of minutes) in real processes: the embedded host beside one silo at the same
# number of threads, one silo of one thread beside two of them, and how soon 10,000 strategies have begun. They take turns in one run; of each the
# best turn counts, and ratios are what is compared. What two silos can gain at all on this machine is measured beside them: two clusters of one silo
# of one thread that have nothing to do with one another, each with a whole sweep at the same time, left to the scheduler and with a processor each.
#   tests/Granary.Benchmarks/cluster/run.sh [TURNS]
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
source "$here/../../Shared/silos.sh"
turns="${1:-3}"
bench="${GRANARY_BENCH:-$root/../shared/bench}"
[[ -f "$bench/m1.csv.gz" ]] || { echo "needs m1.csv.gz in $bench (or set GRANARY_BENCH)" >&2; exit 2; }
need_postgres
begin
start_postgres
gunzip -c "$bench/m1.csv.gz" > "$work/m1.csv"
granary data import "$work/m1.csv" --store "$work/bars" --symbol m1 --timeframe 1m >/dev/null
python3 - "$work" <<'PY'
import json, sys
work = sys.argv[1]
def batch(name, params, to=None):
    data = {"source": f"store:{work}/bars", "symbols": "m1", "timeframe": "1m"}
    if to: data["to"] = to
    json.dump({"name": name, "data": data, "account": {"cash": 100000}, "execution": {"commissionPercent": 0.1},
               "strategies": [{"class": "SmaCross", "params": params, "sides": "long", "size": {"units": 10}}],
               "portfolio": {"weights": "winners"}, "outputs": ["results"]}, open(f"{work}/{name}.json", "w"))
batch("sweep", {"fast": list(range(5, 45)), "slow": list(range(50, 300, 10))})
batch("many", {"fast": list(range(5, 105)), "slow": list(range(110, 210))}, to="2021-01-08")
PY

silos() { # NAME THREADS COUNT: a cluster, and its first silo's address in $url
  local port first="" i
  for i in $(seq "$3"); do
    port="$(free_port)"
    start_silo "$1-$i" "$port" --cluster-id "$1" --new-cluster --threads "$2"
    ready "$port"
    first="${first:-http://127.0.0.1:$port}"
  done
  url="$first"
}
embedded() { # THREADS: the in-process host behind the same API, warm like a silo
  local port
  port="$(free_port)"
  granary serve --urls "http://127.0.0.1:$port" --threads "$1" --runs "$work/embedded-$1" > "$work/embedded-$1.log" 2>&1 &
  pids+=($!)
  ready "$port"
  url="http://127.0.0.1:$port"
}
embedded 1; e1="$url"
embedded 2; e2="$url"
silos one 1 1; s1="$url"
silos other 1 1; o1="$url"
silos wide 2 1; s2="$url"
silos two 1 2; t1="$url"
python3 - "$work" "$turns" "$e1" "$e2" "$s1" "$s2" "$t1" "$o1" <<'PY'
import glob, json, os, sys, threading, time, urllib.request
work, turns = sys.argv[1], int(sys.argv[2])
hosts = dict(zip(["e1", "e2", "one", "wide", "two", "other"], sys.argv[3:]))
# a client that costs next to nothing, since it shares the processors with what is measured
def run(host, batch):
    base = hosts[host] + "/api/v1/batches"
    path = f"{work}/{batch}.json"
    request = urllib.request.Request(f"{base}?folder={work}&file={path}", data=open(path, "rb").read(), headers={"Content-Type": "application/json"}, method="POST")
    status = json.load(urllib.request.urlopen(request))
    while status["state"] in ("queued", "running"):
        time.sleep(0.05)
        status = json.load(urllib.request.urlopen(f"{base}/{status['id']}"))
    if status["state"] != "done": sys.exit(f"{host}: {status}")
    return status
def at_once(): # the two clusters that have nothing to do with one another: the slower one's batch and walk
    statuses = {}
    def one(host): statuses[host] = run(host, "sweep")
    threads = [threading.Thread(target=one, args=(h,)) for h in ("one", "other")]
    for t in threads: t.start()
    for t in threads: t.join()
    return max(s["seconds"] for s in statuses.values()), max(v for h, s in statuses.items() for values in said(h, s["id"], "Elapsed") for _, v in values)
def pin(host, processors): # all threads of a cluster's silos
    for process in glob.glob("/proc/[0-9]*"):
        try: arguments = open(process + "/cmdline").read().split("\0")
        except OSError: continue
        if "--cluster-id" in arguments and work + "/runs" in arguments and arguments[arguments.index("--cluster-id") + 1] == host:
            for task in os.listdir(process + "/task"): os.sched_setaffinity(int(task), processors)
def said(host, run, field): # of each silo, the first that it says of the run
    for log in glob.glob(f"{work}/{host}-*.log"):
        states = [json.loads(l).get("State", {}) for l in open(log) if l.startswith("{") and l.endswith("}\n")]
        values = [(s["Strategies"], s[field]) for s in states if s.get("RunId") == run and field in s]
        if values: yield values
digests = {run(h, "sweep")["digest"] for h in hosts for _ in range(4)}  # the first times are the compiler's
if len(digests) > 1: sys.exit("the digests differ")
whole, walk, free, pinned = {h: [] for h in hosts}, {h: [] for h in hosts}, [], []
everywhere = os.sched_getaffinity(0)
for _ in range(turns):
    free.append(at_once())
    if len(everywhere) > 1:
        for i, h in enumerate(("one", "other")): pin(h, {sorted(everywhere)[i]})
        pinned.append(at_once())
        for h in ("one", "other"): pin(h, everywhere)
    for h in hosts:
        status = run(h, "sweep")
        whole[h].append(status["seconds"])
        walk[h].append(max((v for values in said(h, status["id"], "Elapsed") for _, v in values), default=0))
best, sweep = {h: min(v) for h, v in whole.items()}, {h: min(v) for h, v in walk.items()}
print(f"525,600 bars, 1,000 strategies, best of {turns} turns, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; all digests are equal")
def row(name, a, b, ratio): print(f"{name:<60}{a:8.3f} s{b:8.3f} s{ratio:8.2f}")
row("whole batch: embedded | one silo, 1 thread (goal 1.25)", best["e1"], best["one"], best["one"] / best["e1"])
row("whole batch: embedded | one silo, 2 threads (goal 1.25)", best["e2"], best["wide"], best["wide"] / best["e2"])
row("sweep alone: one silo | two, 1 thread each (goal 1.8)", sweep["one"], sweep["two"], sweep["one"] / sweep["two"])
row("whole batch: one silo | two, 1 thread each", best["one"], best["two"], best["one"] / best["two"])
for name, times in (("", free), (", pinned", pinned)):
    if not times: continue
    batch, sweeps = min(t for t, _ in times), min(t for _, t in times)
    row(f"sweep alone, ceiling: one | two unrelated at once{name}", sweep["one"], sweeps / 2, 2 * sweep["one"] / sweeps)
    row(f"whole batch, ceiling: one | two unrelated at once{name}", best["one"], batch / 2, 2 * best["one"] / batch)
many = run("two", "many")["id"]
began = [values[0] for values in said("two", many, "Seconds")]
print(f"{sum(n for n, _ in began):,} strategy grains on two silos were made and activated within {max(s for _, s in began):.2f} s of the order (goal 5)")
PY
