#!/usr/bin/env bash
# Two silos as real processes that find one another in PostgreSQL, a batch from the command line, one silo killed with SIGKILL in the middle,
# and the digest of the embedded host as the measure. Also: how long after the kill the batch computes at full speed again.
#   tests/Granary.Cluster.Tests/processes.sh [--configuration Release]
# Skips with its reason, and exit code 0, where PostgreSQL's server programs are not installed.
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
configuration=Release
[[ "${1:-}" == "--configuration" ]] && configuration="$2"

pg=""
for candidate in $(command -v pg_ctl 2>/dev/null || true) /usr/lib/postgresql/*/bin/pg_ctl; do [[ -x "$candidate" ]] && pg="$(dirname "$candidate")"; done
if [[ -z "$pg" ]]; then echo "SKIPPED processes.sh: PostgreSQL's server programs (pg_ctl, initdb) are not installed"; exit 0; fi

work="$(mktemp -d)"
chmod 755 "$work"
pids=()
as_owner() { if [[ $EUID -eq 0 ]]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
cleanup() {
  for pid in "${pids[@]:-}"; do [[ -n "$pid" ]] && kill -9 "$pid" 2>/dev/null || true; done
  as_owner "$pg/pg_ctl" -D "$work/pg" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# a cluster of the machine's own server programs, trusted on loopback only
mkdir "$work/pg"
[[ $EUID -eq 0 ]] && chown postgres: "$work/pg"
as_owner "$pg/initdb" -D "$work/pg" -A trust -U postgres >/dev/null
pg_port="$(free_port)"
as_owner "$pg/pg_ctl" -D "$work/pg" -w -l "$work/pg/log" -o "-p $pg_port -k $work/pg -c listen_addresses=127.0.0.1" start >/dev/null

dotnet build "$root/src/Granary.Silo" -c "$configuration" -v q -nologo >/dev/null
dotnet build "$root/src/Granary.Cli" -c "$configuration" -v q -nologo >/dev/null
granary() { dotnet "$root/src/Granary.Cli/bin/$configuration/net10.0/granary.dll" "$@"; }

# a batch of some seconds: one feed of minutes, strategies enough for both silos
granary data generate --out "$work/data" --symbols COINUSDT,GLIMUSDT --timeframe 1m --from 2023-01-01 --to 2023-07-01 --seed 3 >/dev/null
cat > "$work/batch.json" <<'JSON'
{ "name": "processes",
  "data": { "source": "csv:data/1m", "symbols": "*", "timeframe": "1m" },
  "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 8, 12, 18, 25, 30, 35, 40, 45, 50], "slow": [60, 80, 100, 120, 140, 160, 180, 200, 220, 240, 260, 280, 300, 320, 340, 360, 380, 400, 450, 500] }, "size": { "percentOfEquity": 50 } } ],
  "outputs": ["results", "prod"] }
JSON
embedded="$(granary backtest "$work/batch.json" --threads 2 --json --out "$work/embedded" | python3 -c 'import json,sys; print(json.load(sys.stdin)["digest"])')"

start_silo() { # name, http port
  dotnet "$root/src/Granary.Silo/bin/$configuration/net10.0/granary-silo.dll" --urls "http://127.0.0.1:$2" --clustering postgres \
    --connection "Host=127.0.0.1;Port=$pg_port;Username=postgres;Database=postgres" --advertise 127.0.0.1 \
    --silo-port "$(free_port)" --gateway-port "$(free_port)" --runs "$work/runs" --threads 1 > "$work/$1.log" 2>&1 &
  pids+=($!)
}
ready() { for _ in $(seq 300); do curl -fs "http://127.0.0.1:$1/api/v1/health/ready" >/dev/null && return; sleep 0.2; done; echo "the silo on port $1 was not ready within a minute"; cat "$work"/*.log; exit 1; }
http_a="$(free_port)"; http_b="$(free_port)"
start_silo a "$http_a"; ready "$http_a"
start_silo b "$http_b"; ready "$http_b"

digest_of() { python3 -c 'import json,sys; print(json.load(sys.stdin)["digest"])'; }
whole="$(granary backtest "$work/batch.json" --host "http://127.0.0.1:$http_a" --json --out "$work/whole" | digest_of)"
[[ "$whole" == "$embedded" ]] || { echo "FAILED: two silos give $whole, the embedded host $embedded"; exit 1; }
echo "PASSED two silos give the digest of the embedded host"

granary backtest "$work/batch.json" --host "http://127.0.0.1:$http_a" --json --out "$work/killed" > "$work/killed.json" 2> "$work/killed.err" &
client=$!
# killed as soon as it computes
python3 - "$http_a" <<'PY'
import json, sys, time, urllib.request
base = f"http://127.0.0.1:{sys.argv[1]}/api/v1/batches"
for _ in range(600):
    newest = json.load(urllib.request.urlopen(base + "?most=1"))
    if newest and newest[0]["state"] == "running" and newest[0]["progress"]["bars"] > 0: break
    time.sleep(0.05)
PY
kill -9 "${pids[1]}"
killed_at="$(date +%s.%N)"
# back at full speed: the survivor works for all strategies again, which it does once it has begun with those of the lost silo
python3 - "$work/a.log" "$killed_at" <<'PY'
import sys, time
log, killed = sys.argv[1], float(sys.argv[2])
for _ in range(600):
    text = open(log).read()
    if "is lost" in text or "cohorts are driven again" in text:
        print(f"the lost silo's strategies run again {time.time() - killed:.1f} s after the kill")
        sys.exit(0 if time.time() - killed < 5 else 1)
    time.sleep(0.05)
print("the lost silo's strategies were not driven again within 30 s"); sys.exit(1)
PY
wait "$client" || { echo "FAILED: the batch did not survive the kill: $(cat "$work/killed.err")"; exit 1; }
killed="$(digest_of < "$work/killed.json")"
[[ "$killed" == "$embedded" ]] || { echo "FAILED: after a SIGKILL $killed, the embedded host $embedded"; exit 1; }
echo "PASSED a silo killed with SIGKILL in the middle of a batch: same digest"
