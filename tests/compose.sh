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
  [[ -n "${GRANARY_BUILT:-}" ]] || for project in Silo Cli; do dotnet build "$root/src/Granary.$project" -c Release -v q -nologo >/dev/null; done
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
  chmod 755 "$work"
  # Everything below ends with the first process of the namespaces, and so with this script.
  COMPOSE_STATE="$work/state" GRANARY_ROOT="$root" unshare --net --mount --pid --fork --mount-proc --kill-child "$(readlink -f "$0")" && exit 0
  exit 1
fi

work="$(dirname "$COMPOSE_STATE")"
ip link set lo up
mkdir -p "$COMPOSE_STATE" /run/netns "$work/bin" "$work/clone"
mount -t tmpfs netns /run/netns
ln -s "$root/tests/Compose/docker" "$work/bin/docker"
printf '#!/bin/sh\nexec dotnet "%s" "$@"\n' "$root/src/Granary.Cli/bin/Release/net10.0/granary.dll" >"$work/bin/granary"
chmod +x "$work/bin/granary"
export PATH="$work/bin:$PATH" GRANARY_TRIALS="$work/trials"
cp -r "$root"/{docker-compose.yml,Dockerfile,infra,deploy,samples} "$work/clone"
cd "$work/clone"

# Runs the commands under a heading of the page, in this shell, as the page has them.
trap 'fail "$BASH_COMMAND"' ERR
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
docker compose ps
passed "a batch on both silos, weights and a paper session"
