#!/usr/bin/env bash
# The sweep of ../shared/bench (1,000 pairs of averages over a year of minutes) in real processes: the embedded host beside one silo at the same
# number of threads, one silo of one thread beside two of them, and how soon 10,000 strategies have begun. What two silos can gain at all on this
# machine is measured beside them: two clusters of one silo of one thread that have nothing to do with one another, each with a whole sweep at the same
# time, left to the scheduler and with a processor each. In each round every host is started, made warm and measured alone, since even an idle silo
# takes a few hundredths of a processor; of each the best sweep of all rounds counts, and ratios are what is compared.
#   tests/Granary.Benchmarks/Cluster/run.sh [ROUNDS [SWEEPS]]
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
source "$here/../../Shared/silos.sh"
rounds="${1:-2}"
sweeps="${2:-6}"
bench="${GRANARY_BENCH:-$root/../shared/bench}"
[[ -f "$bench/m1.csv.gz" ]] || { echo "needs m1.csv.gz in $bench (or set GRANARY_BENCH)" >&2; exit 2; }
need_postgres
begin
start_postgres "$work/pg"
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

hosts=()
# NAME THREADS COUNT: a cluster; its first silo's address goes to $urls
silos() {
  local port first="" i
  for i in $(seq "$3"); do
    port="$(free_port)"
    start_silo "$round-$1-$i" "$port" --cluster-id "$1-$round" --new-cluster --threads "$2"
    hosts+=("${pids[-1]}")
    ready "$port"
    first="${first:-http://127.0.0.1:$port}"
  done
  urls+=("$1=$first")
}
# NAME THREADS: the in-process host behind the same API, warm like a silo
embedded() {
  local port
  port="$(free_port)"
  dotnet "$root/src/Granary.Cli/bin/$configuration/net10.0/granary.dll" serve --urls "http://127.0.0.1:$port" --threads "$2" --runs "$work/embedded-$1" > "$work/$round-$1.log" 2>&1 &
  pids+=($!) hosts+=($!)
  ready "$port"
  urls+=("$1=http://127.0.0.1:$port")
}
# measures what was started, and ends it
measure() {
  python3 "$work/measure.py" "$work" "$sweeps" "$round" "${urls[@]}"
  { kill -9 "${hosts[@]}" && wait "${hosts[@]}"; } 2>/dev/null || true
  hosts=() urls=() pids=()
}
cat > "$work/measure.py" <<'PY'
import glob, json, os, sys, threading, time, urllib.request
work, sweeps, round = sys.argv[1], int(sys.argv[2]), sys.argv[3]
hosts = dict(a.split("=") for a in sys.argv[4:])
# a client that costs next to nothing, since it shares the processors with what is measured
def run(host, batch):
    base = hosts[host] + "/api/v1/batches"
    path = f"{work}/{batch}.json"
    request = urllib.request.Request(f"{base}?folder={work}&file={path}", data=open(path, "rb").read(), headers={"Content-Type": "application/json"}, method="POST")
    status = json.load(urllib.request.urlopen(request, timeout=60))
    while status["state"] in ("queued", "running"):
        time.sleep(0.05)
        status = json.load(urllib.request.urlopen(f"{base}/{status['id']}", timeout=60))
    if status["state"] != "done": sys.exit(f"{host}: {status}")
    return status
def said(host, run, field): # of each silo, the first that it says of the run
    for log in glob.glob(f"{work}/{round}-{host}-*.log"):
        states = [json.loads(l).get("State", {}) for l in open(log) if l.startswith("{") and l.endswith("}\n")]
        values = [(s["Strategies"], s[field]) for s in states if s.get("RunId") == run and field in s]
        if values: yield values
def walk(host, status): return max((v for values in said(host, status["id"], "Elapsed") for _, v in values), default=0)
def at_once(): # clusters that have nothing to do with one another: the slower one's batch and walk
    statuses = {}
    def one(host): statuses[host] = run(host, "sweep")
    threads = [threading.Thread(target=one, args=(h,)) for h in hosts]
    for t in threads: t.start()
    for t in threads: t.join()
    return max(s["seconds"] for s in statuses.values()), max(walk(h, s) for h, s in statuses.items())
def pin(host, processors): # all threads of a cluster's silos
    for process in glob.glob("/proc/[0-9]*"):
        try: arguments = open(process + "/cmdline").read().split("\0")
        except OSError: continue
        if "--cluster-id" in arguments and work + "/runs" in arguments and arguments[arguments.index("--cluster-id") + 1] == f"{host}-{round}":
            for task in os.listdir(process + "/task"): os.sched_setaffinity(int(task), processors)
def keep(name, batch, sweep): open(f"{work}/measured", "a").write(json.dumps([name, batch, sweep]) + "\n")
for host in hosts:  # the first times are the compiler's
    for _ in range(12): open(f"{work}/digests", "a").write(run(host, "sweep")["digest"] + "\n")
if len(hosts) == 1:
    host = next(iter(hosts))
    for _ in range(sweeps):
        status = run(host, "sweep")
        keep(host, status["seconds"], walk(host, status))
    if host == "two":
        began = [values[0] for values in said("two", run("two", "many")["id"], "Seconds")]
        open(f"{work}/began", "a").write(json.dumps([sum(n for n, _ in began), max(s for _, s in began)]) + "\n")
else:
    for _ in range(sweeps): keep("free", *at_once())
    everywhere = sorted(os.sched_getaffinity(0))
    if len(everywhere) > 1:
        for i, h in enumerate(hosts): pin(h, {everywhere[i]})
        for _ in range(sweeps): keep("pinned", *at_once())
PY
urls=()
for round in $(seq "$rounds"); do
  embedded e1 1; measure
  silos one 1 1; measure
  silos two 1 2; measure
  silos one 1 1; silos other 1 1; measure
  embedded e2 2; measure
  silos wide 2 1; measure
done
python3 - "$work" "$rounds" "$sweeps" <<'PY'
import json, os, sys
work, rounds, sweeps = sys.argv[1:]
if len(set(open(f"{work}/digests"))) > 1: sys.exit("the digests differ")
batch, sweep = {}, {}
for name, b, s in map(json.loads, open(f"{work}/measured")):
    batch[name], sweep[name] = min(b, batch.get(name, b)), min(s, sweep.get(name, s))
print(f"525,600 bars, 1,000 strategies, best of {rounds} rounds of {sweeps} sweeps, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; all digests are equal")
def row(name, a, b, ratio): print(f"{name:<60}{a:8.3f} s{b:8.3f} s{ratio:8.2f}")
row("whole batch: embedded | one silo, 1 thread (goal 1.10)", batch["e1"], batch["one"], batch["one"] / batch["e1"])
row("whole batch: embedded | one silo, 2 threads (goal 1.10)", batch["e2"], batch["wide"], batch["wide"] / batch["e2"])
row("sweep alone: one silo | two, 1 thread each", sweep["one"], sweep["two"], sweep["one"] / sweep["two"])
row("whole batch: one silo | two, 1 thread each", batch["one"], batch["two"], batch["one"] / batch["two"])
for name, title in (("free", ""), ("pinned", ", pinned")):
    if name not in batch: continue
    row(f"sweep alone, ceiling: one | two unrelated at once{title}", sweep["one"], sweep[name] / 2, 2 * sweep["one"] / sweep[name])
    row(f"whole batch, ceiling: one | two unrelated at once{title}", batch["one"], batch[name] / 2, 2 * batch["one"] / batch[name])
    row(f"sweep alone: two unrelated at once{title} | two silos (goal 0.9)", sweep[name] / 2, sweep["two"], sweep[name] / 2 / sweep["two"])
strategies, seconds = min(map(json.loads, open(f"{work}/began")), key=lambda b: b[1])
print(f"{strategies:,} strategy grains on two silos were owned by their grains and started within {seconds:.2f} s of the order (goal 1)")
PY
