#!/usr/bin/env bash
# Measures what a cluster spends: processor time of its silos, statements and rows of the database, bytes between silos, memory. One thing at a time
# is varied: strategies, symbols, bars, silos. Processor time is that of the kernel for each process, so other work on the machine changes it little.
# "session" runs live sessions over replayed bars, and prints what they wrote.
# "evict" kills one of three silos in the middle of a batch, and prints what that batch spent beside one without a loss.
#   tests/Granary.Benchmarks/Scale/run.sh session|evict
#   tests/Granary.Benchmarks/Scale/run.sh FILE.csv [SILOS…]     default: measured.csv of this folder, with 1, 2, 4 and 8 silos
# More than four silos are measured while they are idle.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
source "$here/../../Shared/silos.sh"
out="$(realpath -m "${1:-$here/measured.csv}")"
shift || true
counts=("${@:-1 2 4 8}")
timeout=60
[[ "$(basename "$out")" == evict ]] && counts=(3) timeout=10
[[ "$(basename "$out")" == session ]] && counts=(1)
need_postgres
begin
start_postgres "$work/pg"
super() { PGPASSWORD="$pg_password" "$pg_bin/psql" -h 127.0.0.1 -p "$pg_port" -U postgres -d template1 -X -q -A -t -v ON_ERROR_STOP=1 -c "$1"; }
super "ALTER SYSTEM SET shared_preload_libraries = pg_stat_statements"
as_owner "$pg_bin/pg_ctl" -D "$pg_folder" -w -l "$pg_folder/log" -m fast \
  -o "-p $pg_port -k $pg_folder -c listen_addresses=127.0.0.1 -c max_connections=400 -c fsync=off -c full_page_writes=off -c jit=off" restart >/dev/null
super "CREATE EXTENSION pg_stat_statements"
export PGPASSWORD="$pg_password" PSQL="$pg_bin/psql -h 127.0.0.1 -p $pg_port -U postgres -d template1 -X -q -A -t"
for count in ${counts[@]}; do
  pids=() https=() silos=()
  for i in $(seq "$count"); do
    http="$(free_port)" port="$(free_port)"
    dotnet "$root/src/Granary.Silo/bin/$configuration/net10.0/granary-silo.dll" --urls "http://127.0.0.1:$http" --clustering postgres \
      --connection "Host=127.0.0.1;Port=$pg_port;Username=granary;Password='$pg_password';Database=postgres" --cluster-id "scale-$count" \
      --new-cluster --silo-port "$port" --gateway-port "$(free_port)" --runs "$work/runs" --threads 1 --failure-timeout "$timeout" \
      > "$work/$count-$i.log" 2>&1 &
    pids+=($!) https+=("$http") silos+=("$port")
    ready "$http"
  done
  python3 "$here/measure.py" "$work" "$out" "$count" "${pids[*]}" "${https[0]}" "${silos[*]}"
  { kill -9 "${pids[@]}" && wait "${pids[@]}"; } 2>/dev/null || true
  pids=()
done
