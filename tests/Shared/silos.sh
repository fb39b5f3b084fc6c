# Sourced by scripts that start real silos: a PostgreSQL server of the machine's own programs, silos that find one another in
# it, and the command line. Sets $root; call need_postgres, then begin, then the rest. Everything ends with the script.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
configuration="${configuration:-Release}"
work=""
pids=()

source "$root/tests/Shared/postgres.sh"

# Ends the script with its reason, and exit code 0, where PostgreSQL's server programs are not installed.
need_postgres() {
  find_postgres || { echo "SKIPPED $(basename "$0"): PostgreSQL's server programs (pg_ctl, initdb) are not installed"; exit 0; }
}

cleanup() {
  for pid in "${pids[@]:-}"; do [[ -n "$pid" ]] && { pkill -9 -P "$pid" || true; kill -9 "$pid" || true; } 2>/dev/null; done
  stop_postgres
  rm -rf "$work"
}

# A port that had no listener a moment ago, in turn with the tests (FreePorts.cs).
free_port() {
  python3 - <<'PYTHON'
import fcntl, os, socket, tempfile
with open(os.path.join(tempfile.gettempdir(), "granary-test-ports"), "a+") as turn:
    fcntl.flock(turn, fcntl.LOCK_EX)
    turn.seek(0)
    text = turn.read()
    port = int(text) if text.isdigit() else 0
    while True:
        chosen, port = 10000 + port, (port + 1) % 20000
        try:
            socket.socket().bind(("0.0.0.0", chosen))
            break
        except OSError:
            pass
    turn.truncate(0)
    turn.write(str(port))
print(chosen)
PYTHON
}

# Publishes silo and command line, unless GRANARY_BUILT says that they are.
begin() {
  work="$(mktemp -d)"
  chmod 755 "$work"
  trap cleanup EXIT
  export GRANARY_TRIALS="$work/trials"
  [[ -n "${GRANARY_BUILT:-}" ]] && return
  "$root/infra/programs.sh" >/dev/null
}

granary() { dotnet "$root/src/Granary.Cli/bin/Release/published/granary.dll" "$@"; }

# start_silo NAME HTTP_PORT [OPTION…]: of a cluster in PostgreSQL; logs to $work/NAME.log.
start_silo() {
  local name="$1" port="$2"; shift 2
  dotnet "$root/src/Granary.Silo/bin/Release/published/granary-silo.dll" --urls "http://127.0.0.1:$port" --clustering postgres \
    --connection "Host=127.0.0.1;Port=$pg_port;Username=granary;Password='$pg_password';Database=postgres" \
    --silo-port "$(free_port)" --gateway-port "$(free_port)" --runs "$work/runs" "$@" > "$work/$name.log" 2>&1 &
  pids+=($!)
}

# Seconds after which a wait for a condition ends the script: many times what a busy machine needs.
longest=900

# ready HTTP_PORT: waits until the silo is ready.
ready() {
  for _ in $(seq $((2 * longest))); do
    curl -fs "http://127.0.0.1:$1/api/v1/health/ready" >/dev/null && return
    for pid in "${pids[@]}"; do kill -0 "$pid" 2>/dev/null || { echo "FAILED: a silo ended before it was ready"; cat "$work"/*.log; exit 1; }; done
    sleep 0.5
  done
  echo "FAILED: the silo on port $1 was not ready within $longest s"
  cat "$work"/*.log
  exit 1
}

# of the JSON that the command line prints
field() { python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
