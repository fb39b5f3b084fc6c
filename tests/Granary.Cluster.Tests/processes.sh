#!/usr/bin/env bash
# Two silos as real processes that find one another in PostgreSQL, a batch from the command line, one silo killed with SIGKILL in the middle,
# and the digest of the embedded host as the measure. How long after the kill the batch computes at full speed again is printed beside its goal;
# it decides nothing, since a busy machine is slow for other reasons.
#   tests/Granary.Cluster.Tests/processes.sh [--configuration Release]
# Skips with its reason, and exit code 0, where PostgreSQL's server programs are not installed.
set -euo pipefail
[[ "${1:-}" == "--configuration" ]] && configuration="$2"
source "$(dirname "$0")/../Shared/silos.sh"
need_postgres
begin
start_postgres

# a batch of some seconds even on a quiet machine: two feeds of minutes, strategies enough for both silos
granary data generate --out "$work/data" --symbols COINUSDT,GLIMUSDT --timeframe 1m --from 2022-01-01 --to 2024-01-01 --seed 3 >/dev/null
cat > "$work/batch.json" <<'JSON'
{ "name": "processes",
  "data": { "source": "csv:data/1m", "symbols": "*", "timeframe": "1m" },
  "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43, 45, 47, 49, 51, 53], "slow": [60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200, 210, 220, 230, 240, 250, 260, 270, 280, 290, 300, 310, 320, 330, 340, 350, 360, 370, 380, 390, 400, 410, 420, 430, 440, 450] }, "size": { "percentOfEquity": 50 } } ],
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
# killed in the middle, once it computes; back at full speed once the lost silo's strategies were given out again and the survivor's threads are
# as busy as before, whatever of the batch's grains and feeds had lived on the lost one
python3 - "$http_a" "$work/a.log" "${pids[0]}" "${pids[1]}" "$(basename "$work"/runs/processes-*)" <<'PY'
import json, os, signal, sys, time, urllib.error, urllib.request
base, log, survivor, victim = f"http://127.0.0.1:{sys.argv[1]}/api/v1/batches", sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
def cpu():
    fields = open(f"/proc/{survivor}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
def ask(url):
    for _ in range(5):
        try: return json.load(urllib.request.urlopen(url))
        except urllib.error.URLError as e: refused = e # a machine too busy to answer within the API's half minute
    raise refused
def computing():
    status = ask(f"{base}/{run}")
    return status["state"] == "running" and status["progress"]["done"] < status["progress"]["strategies"]
began = time.time()
while time.time() - began < 120:
    newest = ask(base + "?most=1")
    if newest and newest[0]["id"] != sys.argv[5] and newest[0]["progress"]["bars"] > 0: break
    time.sleep(0.05)
else: print("FAILED: the batch did not begin to compute within 120 s"); sys.exit(1)
run = newest[0]["id"]
before, at = cpu(), time.time()
time.sleep(0.6)
full = (cpu() - before) / (time.time() - at)
# what the survivor says when the lost one's strategies are given out again, or begin with it where another batch grain than before gives them out
def begun(): return sum(open(log).read().count(words) for words in ("cohorts are driven again", "begin on this silo"))
had = begun()
os.kill(victim, signal.SIGKILL)
killed, samples, lost, slow = time.time(), [], None, 0.0
while time.time() - killed < 120:
    samples.append((time.time() - killed, cpu()))
    if lost is None and begun() > had: lost = samples[-1][0]
    earlier = [s for s in samples if s[0] <= samples[-1][0] - 0.5]
    if earlier:
        (t0, c0), (t1, c1) = earlier[-1], samples[-1]
        if (c1 - c0) / (t1 - t0) < 0.6 * full: slow = t1
    if lost is not None and time.time() - killed - max(lost, slow) > 1.5: break
    # All of it is computed: what is slow from here on is nobody's loss.
    if not computing(): break
    time.sleep(0.05)
if lost is None and computing(): print("FAILED: the lost silo's strategies were not given out again within 120 s"); sys.exit(1)
if lost is None: print("SKIPPED back at full speed: all was computed before the lost silo's strategies had to be given out again")
else: print(f"PASSED the lost silo's strategies were given out again after {lost:.1f} s, and the batch was back at full speed {max(lost, slow):.1f} s after the kill; the goal is 5")
PY
wait "$client" || { echo "FAILED: the batch did not survive the kill: $(cat "$work/killed.err")"; exit 1; }
killed="$(field digest < "$work/killed.json")"
[[ "$killed" == "$embedded" ]] || { echo "FAILED: after a SIGKILL $killed, the embedded host $embedded"; exit 1; }
echo "PASSED a silo killed with SIGKILL in the middle of a batch: same digest"
