#!/usr/bin/env bash
# Causes each alert of deploy/alerts once, on real silos with a real Prometheus and Alertmanager, runs the commands of its page of the runbook,
# and writes what happened to tests/alerts.md. The expressions are those of the rules; "for" and limits in seconds are seconds
# (tests/Granary.Cluster.Tests/Fixtures/Prometheus.cs). It needs PostgreSQL's server programs, prometheus and prometheus-alertmanager, and the
# right to mount a tmpfs (GranaryDiskLow).
#   tests/alerts.sh
# GRANARY_BUILT=1: tests and command line are built.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
for program in prometheus prometheus-alertmanager; do
  command -v "$program" >/dev/null || { echo "SKIPPED alerts.sh: $program is not installed"; exit 0; }
done
source tests/Shared/postgres.sh
find_postgres || { echo "SKIPPED alerts.sh: PostgreSQL's server programs are not installed"; exit 0; }
if [[ -z "${GRANARY_BUILT:-}" ]]; then
  dotnet build src/Granary.Cli -c Release -v q -nologo >/dev/null
  dotnet build tests/Granary.Cluster.Tests -c Release -v q -nologo >/dev/null
fi
work="$(mktemp -d)"
chmod 755 "$work"
trap 'stop_postgres; rm -rf "$work"' EXIT
start_postgres "$work/pg"
started=$SECONDS
GRANARY_TEST_POSTGRES="$pg_port" GRANARY_TEST_LONG=1 GRANARY_ALERTS_RECORD="$work/rows" \
  dotnet exec tests/Granary.Cluster.Tests/bin/Release/net10.0/Granary.Cluster.Tests.dll -noLogo -noColor -class "*AlertsFireTests" \
  >"$work/log" 2>&1 || { cat "$work/rows.answers" 2>/dev/null; tail -60 "$work/log"; echo "FAILED alerts.sh"; exit 1; }
fired="$(cut -d'|' -f2 "$work/rows" | sort -u | wc -l)"
defined="$(grep -c -- '- alert:' deploy/alerts/granary.yml)"
{
  echo "# Alerts that were caused"
  echo
  echo "[alerts.sh](alerts.sh) wrote this page. Seconds: from the cause until Alertmanager had delivered the alert, with shortened waits. Commands:"
  echo "those of the page that only read, as they ran while the alert fired."
  echo
  echo "Last run: $(date -u +%F), commit $(git rev-parse --short HEAD), $fired of $defined alerts, $((SECONDS - started)) s."
  echo
  echo "| alert | cause | text | seconds | page | commands |"
  echo "| --- | --- | --- | --- | --- | --- |"
  sort "$work/rows"
} >tests/alerts.md
[[ "$fired" == "$defined" ]] || { echo "FAILED alerts.sh: $fired of $defined alerts fired"; exit 1; }
echo "PASSED each alert fired, was delivered, and has a page whose commands work"
