#!/usr/bin/env bash
# Follows the section Compose of docs/containers.md, command by command, from an empty folder to a paper session that survives the loss of a silo
# and a stop of everything. There is no container engine: tests/Compose/docker starts the local programs of docker-compose.yml in its place.
#   tests/compose.sh
# Skips with its reason, and exit code 0, where the programs or the rights are missing.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
skip() { echo "SKIPPED $(basename "$0"): $1"; exit 0; }
fail() { echo "FAILED: $1"; exit 1; }

if [[ -z "${COMPOSE_STATE:-}" ]]; then
  [[ $EUID == 0 ]] || skip "only root may make the namespaces that take the place of containers"
  for program in docker-compose ip unshare nsenter setpriv prometheus prometheus-alertmanager; do
    command -v "$program" >/dev/null || skip "$program is not installed"
  done
  compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || skip "PostgreSQL's server programs are not installed"
  unshare --net --mount --pid --fork --mount-proc sh -c 'ip link add granary0 type bridge && mount -t tmpfs t /mnt' 2>/dev/null \
    || skip "this machine allows no namespaces"
  [[ -n "${GRANARY_BUILT:-}" ]] || "$root/infra/programs.sh"
  work="$(mktemp -d)"
  chmod 755 "$work"
  # Everything below ends with the first process of the namespaces, and so with this script; or after many times what a busy machine needs.
  COMPOSE_STATE="$work/state" GRANARY_ROOT="$root" timeout -s KILL 30m unshare --net --mount --pid --fork --mount-proc --kill-child \
    "$(readlink -f "$0")" &
  child=$!
  trap 'kill -9 "$child" $(pgrep -P "$child") 2>/dev/null || true; rm -rf "$work"' EXIT
  status=0
  wait "$child" || status=$?
  ((status != 137)) || echo "FAILED: the page was not followed within 30 minutes"
  exit "$status"
fi

work="$(dirname "$COMPOSE_STATE")"
ip link set lo up
mkdir -p "$COMPOSE_STATE" /run/netns "$work/bin" "$work/clone"
mount -t tmpfs netns /run/netns
ln -s "$root/tests/Compose/docker" "$work/bin/docker"
printf '#!/bin/sh\nexec dotnet "%s" "$@"\n' "$root/src/Granary.Cli/bin/Release/published/granary.dll" >"$work/bin/granary"
chmod +x "$work/bin/granary"
export PATH="$work/bin:$PATH" GRANARY_TRIALS="$work/trials"
cp -r "$root"/{docker-compose.yml,Dockerfile,infra,deploy,samples} "$work/clone"
cd "$work/clone"

# Runs the commands under a heading of the page, in this shell, as the page has them.
trap 'echo "FAILED: $BASH_COMMAND"; docker compose ps; tail -n 5 session.txt' ERR
set -E
follow() {
  local commands
  commands="$(awk -v heading="### $1" '/^##/ { on = $0 == heading } /^```/ { code = on && /^```sh/; next } code' "$root/docs/containers.md")"
  [[ -n "$commands" ]] || fail "docs/containers.md has no commands under $1"
  echo "== $1"
  sed 's/^/$ /' <<<"$commands"
  eval "$commands"
}
passed() { echo "PASSED $1"; }

follow Start
[[ "$(stat -c %a .env secrets/keys.json | sort -u)" == 600 ]] || fail "others may read the secrets"
granary setup compose >again.txt 2>&1 && fail "a second setup replaced the secrets"
passed "the profile full starts from an empty folder, with secrets that only their owner may read"

follow Use
[[ "$(python3 -c 'import json; print(json.load(open("runs/first/results.json"))["digest"])')" == d3d7ba3bee077922563d38581a18b56db9b4b71a9971bd6a037dd01d6c400859 ]] \
  || fail "two silos of the file give another digest than one process"
passed "a batch on both silos, whose streams go over Kafka's protocol, has the digest of one process"

bars() {
  local port
  for port in 8080 8081; do
    curl -fsS -H "Authorization: Bearer $GRANARY_KEY" "http://127.0.0.1:$port/api/v1/sessions/paper" 2>/dev/null && break
  done | python3 -c 'import json,sys; print((json.load(sys.stdin).get("status") or {}).get("bars", 0))'
}
# more_bars COUNT: waits until the session has processed more bars than these.
more_bars() {
  for _ in $(seq 600); do (($(bars 2>/dev/null || echo 0) > $1)) && return; sleep 0.5; done
  granary session paper status --json --host "$silos"; fail "the session did not go on after $1 bars"
}
follow "A paper session"
more_bars 0
passed "a paper session trades the configuration of the batch, with new weights"

before="$(bars)"
follow "A lost silo"
more_bars "$before"
passed "the session went on after its bar $before when a silo was killed, and the silo joined again"
docker compose crash silo-2
for _ in $(seq 600); do docker compose ps silo-2 | grep -q "running (healthy), restarts 1" && break; sleep 0.5; done
docker compose ps silo-2 | grep -q "running (healthy), restarts 1" || fail "a silo that ended was not started again"
passed "a silo whose process ends is started again"

ask() { curl -fsS "http://127.0.0.1:9090/api/v1/$1" | python3 -c 'import json,sys; print(eval(sys.argv[1], {}, {"d": json.load(sys.stdin)["data"]}))' "$2"; }
up='sorted(r["metric"]["instance"] for r in d["result"] if r["value"][1] == "1")'
for _ in $(seq 120); do [[ "$(ask 'query?query=up%7Bjob="granary"%7D' "$up")" == "['silo-1:8080', 'silo-2:8080']" ]] && break; sleep 0.5; done
[[ "$(ask 'query?query=up%7Bjob="granary"%7D' "$up")" == "['silo-1:8080', 'silo-2:8080']" ]] || fail "Prometheus does not scrape both silos"
[[ "$(ask alertmanagers '[a["url"] for a in d["activeAlertmanagers"]]')" == "['http://alertmanager:9093/api/v2/alerts']" ]] || fail "Prometheus has no Alertmanager"
(($(ask rules 'sum(len(g["rules"]) for g in d["groups"])') > 0)) || fail "Prometheus has no rules"
passed "Prometheus scrapes both silos with its own key, has the rules, and sends alerts to Alertmanager"

sql() { PGPASSWORD="$1" psql -h "$(awk '$2 == "postgres" { print $1 }' "$COMPOSE_STATE/hosts")" -U granary -d granary -AXtc "$2"; }
password="$(sed -n 's/^POSTGRES_PASSWORD=//p' .env)"
sql wrong "SELECT 1" >/dev/null 2>&1 && fail "PostgreSQL takes another password"
[[ "$(sql "$password" "SELECT left(rolpassword, 13) FROM pg_authid WHERE rolname = 'granary'")" == SCRAM-SHA-256 ]] || fail "the password is not kept as SCRAM"
passed "PostgreSQL takes the generated password only"

before="$(bars)"
follow "Stop and start"
more_bars "$before"
passed "everything stopped within stop_grace_period, and the session went on after its bar $before"
granary session paper stop --host "$silos"
docker compose down

sed -i 's/GRANARY_CLUSTER_ID: granary$/GRANARY_CLUSTER_ID: other/; s/^COMPOSE_PROFILES=.*/COMPOSE_PROFILES=small/' docker-compose.yml .env
docker compose up -d --wait
[[ "$(granary cluster status --host http://127.0.0.1:8080 | head -1)" == "cluster other: 1 silo,"* ]] || fail "the silo does not have the environment of the file"
passed "the profile small starts one silo with the environment that the file has"

# An engine that starts with its machine starts all containers at once.
docker compose stop postgres
docker compose crash silo
sleep 2
docker compose up -d --wait
docker compose ps
passed "a silo that starts before its database waits for it"
docker compose down -v
