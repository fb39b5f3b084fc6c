#!/usr/bin/env bash
# Two silos as real processes that find one another in PostgreSQL, a batch from the command line, one silo killed with SIGKILL in the middle,
# and the digest of the embedded host as the measure. Also: how long after the kill the batch computes at full speed again.
#   tests/Granary.Cluster.Tests/processes.sh [--configuration Release]
# Skips with its reason, and exit code 0, where PostgreSQL's server programs are not installed.
set -euo pipefail
[[ "${1:-}" == "--configuration" ]] && configuration="$2"
source "$(dirname "$0")/../Shared/silos.sh"
need_postgres
begin
start_postgres

# a batch of some seconds: one feed of minutes, strategies enough for both silos
granary data generate --out "$work/data" --symbols COINUSDT,GLIMUSDT --timeframe 1m --from 2023-01-01 --to 2023-07-01 --seed 3 >/dev/null
cat > "$work/batch.json" <<'JSON'
{ "name": "processes",
  "data": { "source": "csv:data/1m", "symbols": "*", "timeframe": "1m" },
  "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 8, 12, 18, 25, 30, 35, 40, 45, 50], "slow": [60, 80, 100, 120, 140, 160, 180, 200, 220, 240, 260, 280, 300, 320, 340, 360, 380, 400, 450, 500] }, "size": { "percentOfEquity": 50 } } ],
  "outputs": ["results", "prod"] }
JSON
embedded="$(granary backtest "$work/batch.json" --threads 2 --json --out "$work/embedded" | field digest)"

http_a="$(free_port)"; http_b="$(free_port)"
start_silo a "$http_a" --threads 1; ready "$http_a"
start_silo b "$http_b" --threads 1; ready "$http_b"

whole="$(granary backtest "$work/batch.json" --host "http://127.0.0.1:$http_a" --json --out "$work/whole" | field digest)"
[[ "$whole" == "$embedded" ]] || { echo "FAILED: two silos give $whole, the embedded host $embedded"; exit 1; }
echo "PASSED two silos give the digest of the embedded host"

granary backtest "$work/batch.json" --host "http://127.0.0.1:$http_a" --json --out "$work/killed" > "$work/killed.json" 2> "$work/killed.err" &
client=$!
# killed a second after it began to compute; back at full speed once the lost silo's strategies were given out again and the survivor's threads are
# as busy as before, whatever of the batch's grains and feeds had lived on the lost one
python3 - "$http_a" "$work/a.log" "${pids[0]}" "${pids[1]}" <<'PY'
import json, os, signal, sys, time, urllib.request
base, log, survivor, victim = f"http://127.0.0.1:{sys.argv[1]}/api/v1/batches", sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
def cpu():
    fields = open(f"/proc/{survivor}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
for _ in range(600):
    newest = json.load(urllib.request.urlopen(base + "?most=1"))
    if newest and newest[0]["state"] == "running" and newest[0]["progress"]["bars"] > 0: break
    time.sleep(0.05)
before, at = cpu(), time.time()
time.sleep(1)
full = (cpu() - before) / (time.time() - at)
os.kill(victim, signal.SIGKILL)
killed, samples, lost, slow = time.time(), [], None, 0.0
while time.time() - killed < 8:
    samples.append((time.time() - killed, cpu()))
    if lost is None and "is lost" in open(log).read(): lost = samples[-1][0]
    earlier = [s for s in samples if s[0] <= samples[-1][0] - 0.5]
    if earlier:
        (t0, c0), (t1, c1) = earlier[-1], samples[-1]
        if (c1 - c0) / (t1 - t0) < 0.6 * full: slow = t1
    if lost is not None and time.time() - killed - max(lost, slow) > 1.5: break
    time.sleep(0.05)
if lost is None: print("FAILED: the lost silo's strategies were not given out again within 8 s"); sys.exit(1)
took = max(lost, slow)
print(f"{'PASSED' if took < 5 else 'FAILED'} back at full speed {took:.1f} s after the kill, 5 at most (the loss was found after {lost:.1f} s)")
sys.exit(0 if took < 5 else 1)
PY
wait "$client" || { echo "FAILED: the batch did not survive the kill: $(cat "$work/killed.err")"; exit 1; }
killed="$(field digest < "$work/killed.json")"
[[ "$killed" == "$embedded" ]] || { echo "FAILED: after a SIGKILL $killed, the embedded host $embedded"; exit 1; }
echo "PASSED a silo killed with SIGKILL in the middle of a batch: same digest"
